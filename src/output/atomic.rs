//! A file that appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::Error;
use crate::signals::{self, Undo};

/// A file that appears under its name when it is committed, and leaves nothing behind if it never is.
///
/// The bytes go to a temporary file in the same folder, which takes the target's name in one step. The target's
/// permissions are kept; a new file gets those of any new file. A symbolic link stays one, and what it points to is
/// replaced. Devices, pipes and open descriptors (`/dev/stdout`) cannot be replaced and are written to directly.
#[derive(Debug)]
pub struct AtomicFile {
    /// As the user wrote it, for messages.
    path: PathBuf,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Replacement(Replacement),
    Direct(File),
}

#[derive(Debug)]
struct Replacement {
    temporary: NamedTempFile,
    target: PathBuf,
    /// Whether nothing is there yet.
    is_new: bool,
    /// A signal that ends the process at once removes the temporary file.
    undo: Undo,
}

/// What a path leads to.
enum Target {
    File(PathBuf),
    Special,
}

impl AtomicFile {
    /// Begins to write; the target is not touched yet.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if the path names a folder, or no file can be written there.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let sink = open(path).map_err(|source| Error::output(path, source))?;
        Ok(Self { path: path.to_owned(), sink })
    }

    /// The path as the user wrote it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what is written appears at once, as in a pipe.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        matches!(self.sink, Sink::Direct(_))
    }

    /// Sees to it that all that was written has been taken: on the disk before it takes the name, so that no power cut leaves an
    /// empty file where a whole one was.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if the disk did not take it all.
    pub fn settle(&mut self) -> Result<(), Error> {
        let settled = match &mut self.sink {
            Sink::Direct(file) => file.flush(),
            Sink::Replacement(replacement) => replacement.temporary.as_file().sync_all(),
        };
        settled.map_err(|source| Error::output(&self.path, source))
    }

    /// Makes all that was written appear under the target's name.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if the disk did not take it all or the target could not be replaced; the target is as before.
    pub fn commit(mut self) -> Result<(), Error> {
        self.settle()?;
        publish(vec![self])
    }
}

/// Makes files that have been settled appear under their names, all at once as far as signals are concerned.
///
/// # Errors
///
/// [`Error::Output`] if one cannot take its name; then those that would have been new are not there, either.
pub fn publish(files: Vec<AtomicFile>) -> Result<(), Error> {
    // What a signal would undo is forgotten only afterwards.
    let (mut files, mut undoings) = (files.into_iter(), Vec::new());
    signals::undisturbed(|| {
        let mut new: Vec<PathBuf> = Vec::new();
        for AtomicFile { path, sink } in files.by_ref() {
            let Sink::Replacement(Replacement { temporary, target, is_new, undo }) = sink else { continue };
            undoings.push(undo);
            if let Err(failure) = temporary.persist(&target) {
                for target in new {
                    let _ = fs::remove_file(target);
                }
                return Err(Error::output(&path, failure.error));
            }
            new.extend(is_new.then_some(target));
        }
        Ok(())
    })
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Replacement(replacement) => replacement.temporary.as_file_mut().write(bytes),
            Sink::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Replacement(replacement) => replacement.temporary.as_file_mut().flush(),
            Sink::Direct(file) => file.flush(),
        }
    }
}

fn open(path: &Path) -> io::Result<Sink> {
    let target = match resolve(path)? {
        // Appending: a redirection that the descriptor stands for keeps what it holds.
        Target::Special => return OpenOptions::new().append(true).open(path).map(Sink::Direct),
        Target::File(target) => target,
    };
    let permissions = match OpenOptions::new().write(true).open(&target) {
        // Opened only to ask: whoever write-protected a file does not want it replaced either.
        Ok(existing) => Some(existing.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = target.parent().unwrap_or(Path::new("/"));
    let create = || as_any_new_file(tempfile::Builder::new().prefix(".permtest-")).tempfile_in(folder);
    let remove = |temporary: &NamedTempFile| {
        let path = temporary.path().to_owned();
        move || drop(fs::remove_file(path))
    };
    let (temporary, undo) = signals::undoable(create, remove)
        // Its own words would name a file that the user has never heard of.
        .map_err(|error| io::Error::from(error.kind()))?;
    let is_new = permissions.is_none();
    if let Some(permissions) = permissions {
        temporary.as_file().set_permissions(permissions)?;
    }
    Ok(Sink::Replacement(Replacement { temporary, target, is_new, undo }))
}

/// Temporary files are private by default; this one will be the user's file, so the umask decides.
#[cfg(unix)]
fn as_any_new_file<'b, 'p, 's>(builder: &'b mut tempfile::Builder<'p, 's>) -> &'b mut tempfile::Builder<'p, 's> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

/// Elsewhere the folder's rules decide.
#[cfg(not(unix))]
fn as_any_new_file<'b, 'p, 's>(builder: &'b mut tempfile::Builder<'p, 's>) -> &'b mut tempfile::Builder<'p, 's> {
    builder
}

/// Follows symbolic links to the file that is to be replaced, which need not exist yet.
fn resolve(path: &Path) -> io::Result<Target> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(found) if !found.is_file() => return Ok(Target::Special),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut target = path.to_owned();
    // The system has just followed the same links to their end, so there is one.
    loop {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.canonicalize()?,
            _ => Path::new(".").canonicalize()?,
        };
        // An open descriptor, though a regular file stands behind it.
        if folder.starts_with("/proc") {
            return Ok(Target::Special);
        }
        let entry = folder.join(name);
        match fs::read_link(&entry) {
            Ok(next) => target = folder.join(next),
            Err(_) => return Ok(Target::File(entry)),
        }
    }
}
