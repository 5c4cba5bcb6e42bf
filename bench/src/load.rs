//! Load over keep-alive connections: each sends its next request when the last answer is complete.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};

/// Maximum number of headers in an answer.
const HEADERS: usize = 64;

/// The address to connect to.
#[derive(Clone, Debug)]
pub enum Address {
    Tcp(String),
    Unix(PathBuf),
}

/// A GET request without a body, as bytes.
#[must_use]
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").into_bytes()
}

/// The result of a load.
#[derive(Debug, Default)]
pub struct Measured {
    /// Response time of each answer.
    times: Vec<Duration>,
    pub not_ok: usize,
    wall: Duration,
}

impl Measured {
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.wall.as_secs_f64()
    }

    /// The time within which `share` of the answers arrived, milliseconds.
    #[must_use]
    pub fn quantile_ms(&self, share: f64) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// Sends `request(connection, n)` on each connection for some time; `n` counts that connection's requests.
///
/// # Errors
/// When a connection fails.
pub async fn run(
    address: &Address,
    connections: usize,
    time: Duration,
    request: impl Fn(usize, usize) -> Vec<u8> + Send + Sync + 'static,
) -> Result<Measured> {
    let request = Arc::new(request);
    let begin = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|connection| {
            let (address, request) = (address.clone(), Arc::clone(&request));
            tokio::spawn(async move {
                match address {
                    Address::Tcp(address) => {
                        let stream = TcpStream::connect(address).await?;
                        stream.set_nodelay(true)?;
                        repeat(stream, begin + time, |n| request(connection, n)).await
                    }
                    Address::Unix(path) => {
                        repeat(UnixStream::connect(path).await?, begin + time, |n| request(connection, n)).await
                    }
                }
            })
        })
        .collect();
    let mut all = Measured::default();
    for task in tasks {
        let one = task.await??;
        all.times.extend(one.times);
        all.not_ok += one.not_ok;
    }
    all.wall = begin.elapsed();
    Ok(all)
}

/// Sends one request and returns its answer.
///
/// # Errors
/// When the connection fails.
pub async fn once(address: &Address, request: &[u8]) -> Result<Answer> {
    match address {
        Address::Tcp(address) => exchange(&mut TcpStream::connect(address).await?, request, &mut Vec::new()).await,
        Address::Unix(path) => exchange(&mut UnixStream::connect(path).await?, request, &mut Vec::new()).await,
    }
}

async fn repeat<S>(mut stream: S, until: Instant, request: impl Fn(usize) -> Vec<u8>) -> Result<Measured>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut measured = Measured::default();
    let mut buffer = Vec::with_capacity(64 << 10);
    while Instant::now() < until {
        let request = request(measured.times.len());
        let begin = Instant::now();
        let answer = exchange(&mut stream, &request, &mut buffer).await?;
        measured.times.push(begin.elapsed());
        measured.not_ok += usize::from(answer.status != 200);
    }
    Ok(measured)
}

/// An answer: status, `Age` header in seconds, and body.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub age: Option<u64>,
    pub body: Vec<u8>,
}

async fn exchange<S>(stream: &mut S, request: &[u8], buffer: &mut Vec<u8>) -> Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the connection ended within an answer");
        }
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut head = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(begin) = head.parse(buffer)? else { continue };
        let status = head.code.unwrap_or_default();
        let number = |name: &str| {
            let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
            header.map(|header| anyhow::Ok(std::str::from_utf8(header.value)?.parse::<u64>()?)).transpose()
        };
        let (length, age) = (number("content-length")?, number("age")?);
        let length = match length {
            Some(length) => usize::try_from(length)?,
            None if status == 304 => 0,
            None => bail!("an answer {status} without Content-Length"),
        };
        while buffer.len() < begin + length {
            if stream.read_buf(buffer).await? == 0 {
                bail!("the connection ended within an answer");
            }
        }
        let body = buffer.get(begin..begin + length).context("length")?.to_vec();
        return Ok(Answer { status, age, body });
    }
}
