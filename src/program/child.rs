//! One running program: its process, and the threads that write to it, read from it and listen to its complaints.
//!
//! Pipes are small. Whoever writes a batch and only then reads waits forever for a program that replies meanwhile; so
//! each stream has a thread, and the caller waits on a channel, with a time limit and without blocking on a pipe.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::process::{self, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::failure;
use crate::signals::{self, Undo};

/// Most bytes in one read or write.
const PIECE: usize = 1 << 16;

/// Pieces of output that may wait for the caller; a program that writes more without being asked is held up.
const PIECES_WAITING: usize = 16;

/// Lines of standard error that are kept, and characters of each.
const KEPT_LINES: usize = 5;
const KEPT_CHARACTERS: usize = 200;

/// How long a killed program's last words are waited for.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What happens on the streams.
#[derive(Debug)]
pub(super) enum Event {
    /// The program wrote something.
    Output(Vec<u8>),
    /// The program will write nothing more.
    OutputEnded,
    /// The program will read nothing more.
    InputEnded,
}

/// A running program; it ends, with all that it started, when this is dropped.
#[derive(Debug)]
pub(super) struct Child {
    process: process::Child,
    /// A signal that ends this process at once ends the program, too.
    undo: Option<Undo>,
    life: Life,
    input: Option<Sender<Vec<u8>>>,
    spent: Receiver<Vec<u8>>,
    flow: Arc<Flow>,
    events: Receiver<Event>,
    complaints: Arc<Mutex<Complaints>>,
    complaints_end: Receiver<()>,
}

/// Whether the number of a process is still its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    /// It runs, or has ended and the system keeps its number and status.
    NotReaped,
    /// The number may belong to another process; the status is known unless the system forgot it.
    Reaped(Option<ExitStatus>),
}

/// How the writing to a program goes.
#[derive(Debug, Default)]
struct Flow {
    sent: AtomicU64,
    ended: AtomicBool,
}

impl Child {
    /// Starts a program and the threads that serve it.
    pub(super) fn start(argv: &[String]) -> io::Result<Self> {
        let (program, arguments) =
            argv.split_first().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program is named"))?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let (mut process, undo) = signals::undoable(|| command.spawn(), end_group)?;

        let (stdin, stdout, stderr) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (stdin, stdout, stderr) =
            (stdin.expect("a pipe was asked for"), stdout.expect("a pipe was asked for"), stderr.expect("so was this"));
        widen(&stdin);
        let (input, pieces) = mpsc::channel();
        let (give_back, spent) = mpsc::channel();
        let (tell, events) = mpsc::sync_channel(PIECES_WAITING);
        let (alive, complaints_end) = mpsc::channel();
        let (flow, complaints) = (Arc::default(), Arc::default());
        // The process is ours from here on, so that it is killed if a thread cannot be had.
        let child = Self {
            process,
            undo: Some(undo),
            life: Life::NotReaped,
            input: Some(input),
            spent,
            flow: Arc::clone(&flow),
            events,
            complaints: Arc::clone(&complaints),
            complaints_end,
        };
        let thread = |name: &str| thread::Builder::new().name(name.to_owned());
        let tell_of_input = tell.clone();
        thread("program input").spawn(move || write(stdin, &pieces, &give_back, &flow, &tell_of_input))?;
        thread("program output").spawn(move || read(stdout, &tell))?;
        thread("program errors").spawn(move || listen(stderr, &complaints, alive))?;
        Ok(child)
    }

    /// An empty buffer, if possible one that was sent before.
    pub(super) fn buffer(&self) -> Vec<u8> {
        let mut buffer = self.spent.try_recv().unwrap_or_default();
        buffer.clear();
        buffer
    }

    /// Hands bytes on to the program, without waiting until it reads them.
    pub(super) fn send(&self, bytes: Vec<u8>) {
        if let Some(input) = &self.input {
            // If they are not taken the program has closed its input, which is an event of its own.
            let _ = input.send(bytes);
        }
    }

    /// Bytes that have gone into the program's pipe so far.
    pub(super) fn sent(&self) -> u64 {
        self.flow.sent.load(Ordering::Relaxed)
    }

    /// Whether the program reads nothing more.
    pub(super) fn has_ended_input(&self) -> bool {
        self.flow.ended.load(Ordering::Relaxed)
    }

    /// Ends the program's input once all that was sent is written.
    pub(super) fn end_input(&mut self) {
        self.input = None;
    }

    /// The next event, if there is one within a time; after the last one, the end of the output is reported again.
    pub(super) fn event(&self, within: Duration) -> Option<Event> {
        match self.events.recv_timeout(within) {
            Ok(event) => Some(event),
            Err(mpsc::RecvTimeoutError::Timeout) => None,
            Err(mpsc::RecvTimeoutError::Disconnected) => Some(Event::OutputEnded),
        }
    }

    /// Waits until the program has ended by itself. Then what it left behind is ended too, and its exit status is given
    /// if the system knows it.
    pub(super) fn await_end(&mut self, within: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + within;
        while self.life == Life::NotReaped && !self.has_ended() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::sleep(left.min(Duration::from_millis(2)));
        }
        self.kill();
        match self.life {
            Life::Reaped(status) => status,
            Life::NotReaped => None,
        }
    }

    /// Ends the program and all that it started, and reaps it.
    pub(super) fn kill(&mut self) {
        if self.life != Life::NotReaped {
            return;
        }
        self.input = None;
        // First the group, while the program's number is certainly its own: it keeps it until it is reaped.
        end_group(&self.process)();
        let _ = self.process.kill();
        self.undo = None;
        self.life = Life::Reaped(self.process.wait().ok());
    }

    /// The last lines that the program wrote to standard error, once it has ended.
    pub(super) fn last_words(&self) -> Vec<String> {
        // Nothing is ever sent: the thread lets go of its end when standard error has ended.
        let _ = self.complaints_end.recv_timeout(LAST_WORDS);
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).lines()
    }

    /// Whether the process has ended; it is not reaped by that.
    #[cfg(unix)]
    fn has_ended(&mut self) -> bool {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::Pid(Pid::from_child(&self.process)), options), Ok(None))
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> bool {
        !matches!(self.process.try_wait(), Ok(None))
    }
}

/// What ends a program and all that it started.
#[cfg(unix)]
fn end_group(process: &process::Child) -> impl FnOnce() + Send + use<> {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = Pid::from_child(process);
    move || {
        // It fails if all have ended, which is as well.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(_: &process::Child) -> impl FnOnce() + Send + use<> {
    || ()
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks for a pipe that holds half a batch: fewer turns between writer and reader. Were it to hold a whole one, nothing would
/// show that the program has closed its input once the batch lies in the pipe. It works without, more slowly.
fn widen(stdin: &ChildStdin) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(stdin, 1 << 19);
    let _ = stdin;
}

/// Writes pieces until there are no more, or they are not read.
fn write(
    mut stdin: ChildStdin,
    pieces: &Receiver<Vec<u8>>,
    give_back: &Sender<Vec<u8>>,
    flow: &Flow,
    tell: &SyncSender<Event>,
) {
    for piece in pieces {
        for part in piece.chunks(PIECE) {
            if stdin.write_all(part).is_err() {
                flow.ended.store(true, Ordering::Relaxed);
                let _ = tell.send(Event::InputEnded);
                return;
            }
            flow.sent.fetch_add(part.len() as u64, Ordering::Relaxed);
        }
        let _ = give_back.send(piece);
    }
}

/// Reads until the output ends, or it is not wanted.
fn read(mut stdout: impl Read, tell: &SyncSender<Event>) {
    let mut buffer = vec![0; PIECE];
    while let Some(n) = read_some(&mut stdout, &mut buffer) {
        if tell.send(Event::Output(buffer[..n].to_vec())).is_err() {
            return;
        }
    }
    let _ = tell.send(Event::OutputEnded);
}

/// Reads standard error to its end, so that the program never waits for a listener, and keeps the last lines. That it has ended
/// shows when `alive` is dropped.
fn listen(mut stderr: impl Read, complaints: &Mutex<Complaints>, alive: Sender<()>) {
    let mut buffer = vec![0; PIECE];
    while let Some(n) = read_some(&mut stderr, &mut buffer) {
        complaints.lock().unwrap_or_else(PoisonError::into_inner).take(&buffer[..n]);
    }
    drop(alive);
}

/// Bytes read, or nothing at the end.
fn read_some(stream: &mut impl Read, buffer: &mut [u8]) -> Option<usize> {
    loop {
        match stream.read(buffer) {
            Ok(0) => return None,
            Ok(n) => return Some(n),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(_) => return None,
        }
    }
}

/// The last lines of standard error, in little memory however much there is.
#[derive(Debug, Default)]
struct Complaints {
    lines: VecDeque<String>,
    /// The line that has no end yet, cut.
    partial: Vec<u8>,
}

impl Complaints {
    fn take(&mut self, bytes: &[u8]) {
        // A carriage return begins a line anew, as in a progress bar.
        for (i, line) in bytes.split(|byte| matches!(byte, b'\n' | b'\r')).enumerate() {
            if i > 0 {
                self.end_line();
            }
            // Four bytes hold any character, and one more shows that something was cut.
            let room = (4 * KEPT_CHARACTERS + 4).saturating_sub(self.partial.len());
            self.partial.extend(&line[..line.len().min(room)]);
        }
    }

    fn end_line(&mut self) {
        let line = one_complaint(&self.partial);
        self.partial.clear();
        if !line.is_empty() {
            self.lines.push_back(line);
            if self.lines.len() > KEPT_LINES {
                self.lines.pop_front();
            }
        }
    }

    fn lines(&mut self) -> Vec<String> {
        self.end_line();
        self.lines.iter().cloned().collect()
    }
}

fn one_complaint(bytes: &[u8]) -> String {
    failure::one_line(String::from_utf8_lossy(bytes).trim(), KEPT_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_five_complaints_are_kept_however_they_arrive() {
        let mut complaints = Complaints::default();
        for piece in ["one\ntwo\n\n  thr", "ee\r\nfour\n10 %\r20 %\rfi", "ve"] {
            complaints.take(piece.as_bytes());
        }
        assert_eq!(complaints.lines(), ["three", "four", "10 %", "20 %", "five"]);
    }

    #[test]
    fn an_endless_complaint_is_cut() {
        let mut complaints = Complaints::default();
        for _ in 0..1000 {
            complaints.take(&[b'x'; 1000]);
        }
        assert!(complaints.partial.len() < 1000);
        assert_eq!(complaints.lines(), [format!("{}…", "x".repeat(KEPT_CHARACTERS))]);
    }
}
