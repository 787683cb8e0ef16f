//! Where the bytes go: standard output and files, all of which are written, or none.

mod atomic;

use std::borrow::Cow;
use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use terminal_size::{Width, terminal_size_of};

pub use self::atomic::AtomicFile;
use crate::error::Error;
use crate::settings::{Color, Output};
use crate::signals;

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
    // One that does not give its width may be of the usual one.
    let columns = terminal_size_of(stdout).map_or(80, |(Width(columns), _)| columns.into());
    Some(Terminal { columns, is_dumb: env::var_os("TERM").is_some_and(|term| term == "dumb") })
}

/// All that a run writes, opened before anything is computed.
#[derive(Debug)]
pub struct Outputs {
    /// The report's file; `None`: standard output.
    report: Option<AtomicFile>,
    color: Color,
    /// The file of the null distribution, until it is taken to be written while it is computed.
    pub distribution: Option<AtomicFile>,
    plot: Option<AtomicFile>,
    page: Option<AtomicFile>,
    summary: Option<Summary>,
}

/// What goes there, once it is known; `None` where it is not wanted.
#[derive(Debug, Default)]
pub struct Contents {
    /// The report, with ANSI colours, which are kept on standard output as the user wants it, and never reach a file.
    pub report: String,
    /// The file of the null distribution, written.
    pub distribution: Option<AtomicFile>,
    /// The plot.
    pub plot: Option<Vec<u8>>,
    /// The page.
    pub page: Option<String>,
    /// The report for the job's summary.
    pub summary: Option<String>,
}

impl Outputs {
    /// Opens everything that a test writes; nothing of it is to be seen yet.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] for the first place that cannot be written.
    pub fn open(output: &Output) -> Result<Self, Error> {
        let file = |path: Option<&PathBuf>| path.map(|path| AtomicFile::create(path)).transpose();
        Ok(Self {
            distribution: file(output.distribution.as_ref().map(|distribution| &distribution.path))?,
            plot: file(output.pictures.plot.as_ref().map(|plot| &plot.path))?,
            page: file(output.pictures.page.as_ref().map(|page| &page.path))?,
            summary: output.summary.as_deref().map(Summary::open).transpose()?,
            ..Self::of_report(output.file.as_deref(), output.color)?
        })
    }

    /// Opens the place of a report that has nothing beside it.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if it cannot be written.
    pub fn of_report(file: Option<&Path>, color: Color) -> Result<Self, Error> {
        let report = file.map(AtomicFile::create).transpose()?;
        Ok(Self { report, color, distribution: None, plot: None, page: None, summary: None })
    }

    /// Writes everything, or nothing.
    ///
    /// What can be taken back comes first: files that have no name yet and the summary; then pipes, devices and standard output;
    /// then the files get their names. Standard output whose reader has left is no failure.
    ///
    /// # Errors
    ///
    /// [`Error::Output`] if not all of it could be written; [`Error::Interrupted`].
    pub fn commit(self, contents: Contents) -> Result<(), Error> {
        signals::unwatch()?;
        let Self { report, color, plot, page, summary, .. } = self;
        let mut on_stdout = None;
        let mut files = Vec::from_iter(contents.distribution.map(|file| (file, Cow::from(&[][..]))));
        files.extend(plot.zip(contents.plot.as_deref().map(Cow::from)));
        files.extend(page.zip(contents.page.as_deref().map(|page| page.as_bytes().into())));
        let text = plain(&contents.report);
        match report {
            Some(file) => files.push((file, text.as_bytes().into())),
            None => on_stdout = Some(&contents.report),
        }
        let (direct, replacing): (Vec<_>, Vec<_>) = files.into_iter().partition(|(file, _)| file.is_direct());
        let write = |(mut file, bytes): (AtomicFile, Cow<[u8]>)| {
            let written = unless_closed(file.write_all(&bytes)).map_err(|error| Error::output(file.path(), error));
            written.and_then(|()| file.settle()).map(|()| file)
        };
        let ready: Vec<AtomicFile> = replacing.into_iter().map(write).collect::<Result<_, Error>>()?;
        let mut summary = summary.zip(contents.summary);
        let appended = summary.as_mut().map_or(Ok(()), |(summary, text)| summary.append(text));
        let written = appended
            .and_then(|()| direct.into_iter().try_for_each(|file| write(file).map(drop)))
            .and_then(|()| on_stdout.map_or(Ok(()), |text| write_to_stdout(text, color).map_err(no_stdout)));
        if let (Err(_), Some((summary, _))) = (&written, &summary) {
            summary.take_back();
        }
        written?;
        atomic::publish(ready.into_iter().chain(summary.and_then(|(summary, _)| summary.into_new_file())).collect())
    }
}

/// A file to which something is added at its end.
#[derive(Debug)]
enum Summary {
    /// It is there, and has so many bytes.
    Old {
        path: PathBuf,
        file: File,
        length: u64,
    },
    New(AtomicFile),
}

impl Summary {
    fn open(path: &Path) -> Result<Self, Error> {
        let opened = OpenOptions::new().append(true).open(path).and_then(|file| {
            let length = file.metadata()?.len();
            Ok(Self::Old { path: path.to_owned(), file, length })
        });
        match opened {
            Err(error) if error.kind() == io::ErrorKind::NotFound => AtomicFile::create(path).map(Self::New),
            opened => opened.map_err(|error| Error::output(path, error)),
        }
        // Whoever reads the message has named no such file.
        .map_err(|error| match error {
            Error::Output { target, source, remedy } => {
                Error::Output { target: format!("GITHUB_STEP_SUMMARY {target}"), source, remedy }
            }
            other => other,
        })
    }

    fn append(&mut self, text: &str) -> Result<(), Error> {
        let text = plain(text);
        match self {
            Self::Old { path, file, .. } => file.write_all(text.as_bytes()).map_err(|error| Error::output(path, error)),
            Self::New(file) => {
                file.write_all(text.as_bytes()).map_err(|error| Error::output(file.path(), error))?;
                file.settle()
            }
        }
    }

    /// Cuts off what was added.
    fn take_back(&self) {
        if let Self::Old { file, length, .. } = self {
            // It cannot be done to a pipe, and need not be.
            let _ = file.set_len(*length);
        }
    }

    fn into_new_file(self) -> Option<AtomicFile> {
        match self {
            Self::Old { .. } => None,
            Self::New(file) => Some(file),
        }
    }
}

/// A reader that has left is no failure.
///
/// # Errors
/// All others.
pub fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn write_to_stdout(text: &str, color: Color) -> io::Result<()> {
    let stdout = io::stdout().lock();
    let choice = match color {
        Color::Auto => AutoStream::choice(&stdout),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let text = if choice == ColorChoice::Never { plain(text) } else { Cow::Borrowed(text) };
    // The colours have been decided; the stream only sees to consoles that need to know of them.
    let mut stdout = AutoStream::new(stdout, ColorChoice::Always);
    // Only when it is flushed may a full disk show itself.
    unless_closed(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// The text without its colours; data formats, which have none, pass untouched.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\u{1b}') { Cow::Owned(strip_str(text).to_string()) } else { Cow::Borrowed(text) }
}

/// Standard output that could not be written.
#[must_use]
pub fn no_stdout(source: io::Error) -> Error {
    let remedy = "free some space, or write elsewhere with -o FILE".to_owned();
    Error::Output { target: "standard output".to_owned(), source, remedy }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write(text: &str, to: Option<&Path>, color: Color) -> Result<(), Error> {
        Outputs::of_report(to, color)?.commit(Contents { report: text.to_owned(), ..Contents::default() })
    }

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

            let mut open = tempfile::NamedTempFile::new().unwrap();
            open.write_all(b"kept ").unwrap();
            let descriptor = PathBuf::from(format!("/dev/fd/{}", open.as_file().as_raw_fd()));
            write("appended", Some(&descriptor), Color::Never).unwrap();
            assert_eq!(fs::read_to_string(open.path()).unwrap(), "kept appended");
        }
    }
}
