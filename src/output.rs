//! Where the bytes go: standard output, or a file that appears whole or not at all.

use std::borrow::Cow;
use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use tempfile::NamedTempFile;
use terminal_size::{Width, terminal_size_of};

use crate::error::Error;
use crate::settings::Color;

/// The terminal that standard output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Its width in characters.
    pub columns: usize,
    /// Whether it shows plain characters only.
    pub is_dumb: bool,
}

/// The terminal, if standard output is one.
#[must_use]
pub fn terminal() -> Option<Terminal> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    // One that does not tell its width may be of the usual one.
    let columns = terminal_size_of(stdout).map_or(80, |(Width(columns), _)| columns.into());
    Some(Terminal { columns, is_dumb: env::var_os("TERM").is_some_and(|term| term == "dumb") })
}

/// Writes a rendered report to a file or, without one, to standard output.
///
/// The text's ANSI colours are kept on standard output as `color` says, and never reach a file.
///
/// # Errors
///
/// [`Error::Output`] if not all of it could be written; [`Error::ClosedPipe`] if the reader went away.
pub fn write(text: &str, to: Option<&Path>, color: Color) -> Result<(), Error> {
    let Some(path) = to else {
        return write_to_stdout(text, color).map_err(Error::stdout);
    };
    let mut file = AtomicFile::create(path)?;
    match file.write_all(plain(text).as_bytes()) {
        Ok(()) => file.commit(),
        // A pipe that the user named, such as /dev/stdout.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Error::ClosedPipe),
        Err(error) => Err(Error::output(path, error)),
    }
}

/// Writes a file whole or not at all.
///
/// # Errors
///
/// [`Error::Output`] if not all of it could be written; then there is no file, or the old one.
pub fn write_bytes(bytes: &[u8], path: &Path) -> Result<(), Error> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(|error| Error::output(path, error))?;
    file.commit()
}

/// Adds a rendered report at the end of a file, which need not exist.
///
/// # Errors
///
/// [`Error::Output`] if not all of it could be written.
pub fn append(text: &str, to: &Path) -> Result<(), Error> {
    let mut file = OpenOptions::new().append(true).create(true).open(to).map_err(|error| Error::output(to, error))?;
    file.write_all(plain(text).as_bytes()).map_err(|error| Error::output(to, error))
}

fn write_to_stdout(text: &str, color: Color) -> io::Result<()> {
    let stdout = io::stdout().lock();
    let choice = match color {
        Color::Auto => AutoStream::choice(&stdout),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let text = if choice == ColorChoice::Never { plain(text) } else { Cow::Borrowed(text) };
    // The colours have been decided; the stream only sees to consoles that need to be told of them.
    let mut stdout = AutoStream::new(stdout, ColorChoice::Always);
    stdout.write_all(text.as_bytes())?;
    // Only here may a full disk show itself.
    stdout.flush()
}

/// The text without its colours; data formats, which have none, pass untouched.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\u{1b}') { Cow::Owned(strip_str(text).to_string()) } else { Cow::Borrowed(text) }
}

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
    Replacement { temporary: NamedTempFile, target: PathBuf },
    Direct(File),
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

    /// Makes all that was written appear under the target's name.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if the disk did not take it all or the target could not be replaced; the target is as before.
    pub fn commit(self) -> Result<(), Error> {
        let Self { path, sink } = self;
        let finished = match sink {
            Sink::Direct(mut file) => file.flush(),
            // On the disk before it takes the name: no power cut may leave an empty file where a whole one was.
            Sink::Replacement { temporary, target } => temporary
                .as_file()
                .sync_all()
                .and_then(|()| temporary.persist(target).map_err(|failure| failure.error))
                .map(drop),
        };
        finished.map_err(|source| Error::output(&path, source))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Replacement { temporary, .. } => temporary.as_file_mut().write(bytes),
            Sink::Direct(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Replacement { temporary, .. } => temporary.as_file_mut().flush(),
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
    let temporary = as_any_new_file(tempfile::Builder::new().prefix(".permtest-"))
        .tempfile_in(folder)
        // Its own words would name a file that the user has never heard of.
        .map_err(|error| io::Error::from(error.kind()))?;
    if let Some(permissions) = permissions {
        temporary.as_file().set_permissions(permissions)?;
    }
    Ok(Sink::Replacement { temporary, target })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_only_when_it_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"whole").unwrap();
        assert!(!path.exists());
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(entries(folder.path()), ["report.txt"]);
    }

    #[test]
    fn a_file_that_is_not_committed_leaves_the_old_one_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(entries(folder.path()), ["report.txt"]);
    }

    #[test]
    fn colours_never_reach_a_file_and_data_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        write("\u{1b}[1mp\u{1b}[0m 0.06\n", Some(&path), Color::Always).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "p 0.06\n");
        write("a\u{7f}b\n", Some(&path), Color::Never).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\u{7f}b\n");
    }

    #[test]
    fn folders_and_missing_folders_are_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| AtomicFile::create(path).unwrap_err().to_string();
        assert!(message(folder.path()).ends_with("; name a file in it"));
        assert!(message(&folder.path().join("none/report.txt")).ends_with("; create the folder first"));
        assert_eq!(entries(folder.path()), [""; 0]);
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{PermissionsExt, symlink};

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        }

        #[test]
        fn a_new_file_has_the_permissions_of_any_new_file_and_an_old_one_keeps_its_own() {
            let folder = tempfile::tempdir().unwrap();
            let (any, new) = (folder.path().join("any"), folder.path().join("new"));
            fs::write(&any, "").unwrap();
            write("x", Some(&new), Color::Never).unwrap();
            assert_eq!(mode(&new), mode(&any));
            fs::set_permissions(&new, fs::Permissions::from_mode(0o640)).unwrap();
            write("y", Some(&new), Color::Never).unwrap();
            assert_eq!((mode(&new), fs::read_to_string(&new).unwrap().as_str()), (0o640, "y"));
        }

        #[test]
        fn a_symbolic_link_stays_one_even_when_it_dangles() {
            let folder = tempfile::tempdir().unwrap();
            let (link, file) = (folder.path().join("link"), folder.path().join("file"));
            symlink("file", &link).unwrap();
            for text in ["first", "second"] {
                write(text, Some(&link), Color::Never).unwrap();
                assert_eq!(fs::read_to_string(&file).unwrap(), text);
                assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            }
            symlink("loop", folder.path().join("loop")).unwrap();
            assert!(write("x", Some(&folder.path().join("loop")), Color::Never).is_err());
        }

        #[cfg(target_os = "linux")]
        #[test]
        fn devices_and_descriptors_are_written_to_directly() {
            use std::os::fd::AsRawFd;
            let full = write("x", Some(Path::new("/dev/full")), Color::Never).unwrap_err();
            assert!(full.to_string().starts_with("/dev/full: "));
            assert!(full.to_string().ends_with("; free some space or choose another disk"));

            let mut open = NamedTempFile::new().unwrap();
            open.write_all(b"kept ").unwrap();
            let descriptor = PathBuf::from(format!("/dev/fd/{}", open.as_file().as_raw_fd()));
            write("appended", Some(&descriptor), Color::Never).unwrap();
            assert_eq!(fs::read_to_string(open.path()).unwrap(), "kept appended");
        }
    }
}
