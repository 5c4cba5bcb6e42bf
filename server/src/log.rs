//! The log on standard error, written by a thread of its own: who reads it slowly, or not at all, must not stop the sidecar.

use std::{
    io::{self, Write},
    panic::{self, PanicHookInfo},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait to be written; further ones are lost.
const WAITING: usize = 1024;
/// How long the end waits for the last lines.
const LAST: Duration = Duration::from_secs(1);

/// Takes lines and never blocks.
#[derive(Clone)]
pub struct Log {
    lines: SyncSender<Item>,
    lost: Arc<AtomicU64>,
}

/// Waits for the last lines when it is dropped.
pub struct Flush(SyncSender<Item>);

enum Item {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

impl Log {
    /// Writes to `out` from now on.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn to(out: impl Write + Send + 'static) -> io::Result<(Self, Flush)> {
        let (lines, waiting) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&lost);
        thread::Builder::new().name("log".into()).spawn(move || write(out, &waiting, &told))?;
        Ok((Self { lines: lines.clone(), lost }, Flush(lines)))
    }
}

/// Logs every panic from now on: within the request that it happens in, so that it carries the request's id, and without
/// writing to standard error itself, which blocks when nobody reads it.
pub fn panics() {
    panic::set_hook(Box::new(log_panic));
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("of unknown type");
    tracing::error!(panic = text, at = info.location().map(tracing::field::display), "A bug");
}

/// What cannot be written is lost: a full disk is no reason to stop.
fn write(mut out: impl Write, waiting: &Receiver<Item>, lost: &AtomicU64) {
    while let Ok(item) = waiting.recv() {
        match item {
            Item::Line(line) => {
                let _ = out.write_all(&line);
            }
            Item::Flush(done) => {
                let _ = done.try_send(());
            }
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(out, "{lost} lines of the log are lost: it is read too slowly");
        }
    }
}

impl Write for Log {
    /// A line comes in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(TrySendError::Full(_)) = self.lines.try_send(Item::Line(line.to_vec())) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Drop for Flush {
    fn drop(&mut self) {
        let (done, told) = sync_channel(1);
        let (begin, mut flush) = (Instant::now(), Item::Flush(done));
        loop {
            match self.0.try_send(flush) {
                Ok(()) => break,
                // Of what was logged before the end.
                Err(TrySendError::Full(item)) if begin.elapsed() < LAST => flush = item,
                Err(_) => return,
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = told.recv_timeout(LAST.saturating_sub(begin.elapsed()));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn a_log_that_nobody_reads_stops_nobody_and_says_later_what_was_lost() {
        use std::io::Read;
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let (mut log, flush) = Log::to(ours).unwrap();
        let begin = Instant::now();
        for _ in 0..10_000 {
            log.write_all(&[b'x'; 200]).unwrap();
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "it was written without anybody reading");
        let reader = thread::spawn(move || {
            let mut read = String::new();
            let _ = theirs.read_to_string(&mut read);
            read
        });
        drop(flush);
        drop(log);
        let read = reader.join().unwrap();
        assert!(read.contains(" lines of the log are lost"), "{}", read.len());
    }
}
