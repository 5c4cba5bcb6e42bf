//! The log on standard error. A separate thread writes it, so that a slow or missing reader cannot stop the sidecar.

use std::{
    fmt,
    io::{self, Write},
    panic::{self, PanicHookInfo},
    sync::{Arc, OnceLock, mpsc},
    thread,
    time::Duration,
};

use tracing::{Subscriber, field::Field};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    EnvFilter,
    field::MakeExt,
    fmt::format::{self, Writer},
};

/// Number of lines that may wait to be written; further lines are lost.
const WAITING_LINES: usize = 1024;
/// How long to wait for the last lines at the end.
const LAST: Duration = Duration::from_millis(1200);

/// Logs to `out` without waiting for it. Dropping the guard writes the last lines.
pub fn to(out: impl Write + Send + 'static, filter: EnvFilter) -> (impl Subscriber, LastLines) {
    let (writer, guard) = without_waiting(out);
    (subscriber(writer, filter), LastLines(Some(guard)))
}

/// On drop, waits a moment until the last lines are written.
pub struct LastLines(Option<WorkerGuard>);

impl Drop for LastLines {
    fn drop(&mut self) {
        let (done, written) = mpsc::channel();
        let guard = self.0.take();
        // Dropping the guard may write to standard output, which blocks when nobody reads it.
        thread::spawn(move || {
            drop(guard);
            let _ = done.send(());
        });
        let _ = written.recv_timeout(LAST);
    }
}

fn without_waiting(out: impl Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    let counter = Arc::new(OnceLock::new());
    let out = Reporting { out, counter: Arc::clone(&counter), reported: 0 };
    let builder = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING_LINES).thread_name("log");
    let (writer, guard) = builder.finish(out);
    let _ = counter.set(writer.error_counter());
    (writer, guard)
}

/// The format of a line.
pub(crate) fn subscriber<W>(writer: W, filter: EnvFilter) -> impl Subscriber
where
    W: for<'a> tracing_subscriber::fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    // The default formatter looks up a colour for each name and value although there are none. That took a quarter of
    // the time of a cached request.
    let fields = format::debug_fn(field).delimited(" ");
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).fmt_fields(fields).with_writer(writer).finish()
}

fn field(out: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    if field.name() != "message" {
        out.write_str(field.name())?;
        out.write_str("=")?;
    }
    write!(out, "{value:?}")
}

/// Logs every panic from now on. The line carries the id of the request in which the panic happened, and goes through
/// the log, because a direct write to standard error blocks when nobody reads it.
pub fn panics() {
    panic::set_hook(Box::new(log_panic));
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let text = info.payload_as_str().unwrap_or("of unknown type");
    tracing::error!(panic = text, at = info.location().map(tracing::field::display), "A bug");
}

/// After the next line, reports how many lines were lost before it.
struct Reporting<W> {
    out: W,
    counter: Arc<OnceLock<ErrorCounter>>,
    reported: usize,
}

impl<W: Write> Write for Reporting<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.out.write_all(line)?;
        let lost = self.counter.get().map_or(0, ErrorCounter::dropped_lines);
        if lost > self.reported {
            let new = lost - self.reported;
            self.reported = lost;
            writeln!(self.out, "{new} lines of the log are lost: it is read too slowly")?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use tokio::time::Instant;

    use super::*;

    #[test]
    fn a_log_that_nobody_reads_stops_nobody_and_says_later_what_was_lost() {
        use std::io::Read;
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let (mut log, guard) = without_waiting(ours);
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
        drop(log);
        drop(guard);
        let read = reader.join().unwrap();
        assert!(read.contains(" lines of the log are lost"), "{}", read.len());
    }
}
