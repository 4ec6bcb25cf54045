//! The page that the browser opens, and what it tells: a web server that serves one file and listens.
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use parlor_media::frame::{Size, VideoFrame};
use serde_json::Value;

const PAGE: &str = include_str!("page.html");
/// How long a browser may leave a connection unused: it opens some only because it may need them.
const IDLE: Duration = Duration::from_secs(10);
/// More than a picture of the size that is sent here.
const LONGEST_BODY: usize = 4 << 20;

/// The page, served for as long as this lives. Drop it after the browser that reads it.
#[derive(Debug)]
pub(super) struct Page {
    address: SocketAddr,
    told: Arc<Told>,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Told {
    notes: Mutex<Notes>,
    more: Condvar,
}

/// What the page has told.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// All events, in the order in which they were told.
    pub(super) events: Vec<Value>,
    /// The picture that it has shown: grey.
    pub(super) picture: Option<VideoFrame>,
}

impl Page {
    /// Serves the page on a free port.
    pub(super) fn serve() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (told, closing) = (Arc::new(Told::default()), Arc::new(AtomicBool::new(false)));
        let (ears, closed) = (told.clone(), closing.clone());
        let thread = thread::Builder::new().name("page".to_owned()).spawn(move || {
            thread::scope(|scope| {
                for connection in listener.incoming().map_while(Result::ok) {
                    if closed.load(Ordering::Acquire) {
                        return;
                    }
                    let ears = &ears;
                    // Browsers give connections up as they like.
                    scope.spawn(move || answer(&connection, ears).ok());
                }
            });
        });
        Self { address, told, closing, thread: Some(thread.expect("a thread")) }
    }

    /// Where it is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything of one kind that it has told so far.
    pub(super) fn events_of(&self, kind: &str) -> Vec<Value> {
        let notes = self.told.notes.lock().expect("not poisoned");
        notes.events.iter().filter(|event| event["event"] == kind).cloned().collect()
    }

    /// Waits until there is something to be found in what it has told.
    ///
    /// # Errors
    /// Everything that it told, one a line, where that does not happen in time or the page is in trouble.
    pub(super) fn wait<T>(&self, patience: Duration, find: impl Fn(&Notes) -> Option<T>) -> Result<T, String> {
        let deadline = Instant::now() + patience;
        let mut notes = self.told.notes.lock().expect("not poisoned");
        loop {
            if let Some(found) = find(&notes) {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || notes.events.iter().any(|event| event["event"] == "trouble") {
                let told: Vec<_> = notes.events.iter().map(Value::to_string).collect();
                return Err(told.join("\n"));
            }
            notes = self.told.more.wait_timeout(notes, left).expect("not poisoned").0;
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Release);
        // Only the next connection lets the listener look.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Answers the one request of a connection (RFC 9112).
fn answer(mut connection: &TcpStream, told: &Told) -> io::Result<()> {
    connection.set_read_timeout(Some(IDLE))?;
    let mut reader = BufReader::new(connection);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; usize::min(length, LONGEST_BODY)];
    reader.read_exact(&mut body)?;
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, page) = match path.split_once('?').map_or(path, |(path, _)| path) {
        "/" => ("200 OK", PAGE),
        path if told.hear(path, body).is_some() => ("200 OK", ""),
        _ => ("404 Not Found", ""),
    };
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
        page.len(),
    )
}

impl Told {
    /// Takes what is told at `/tell` (an event) and at `/picture/WIDTHxHEIGHT` (the brightness of its pixels).
    fn hear(&self, path: &str, body: Vec<u8>) -> Option<()> {
        let mut notes = self.notes.lock().expect("not poisoned");
        match path.strip_prefix("/picture/") {
            Some(size) => notes.picture = Some(picture(size, body)?),
            None if path == "/tell" => notes.events.push(serde_json::from_slice(&body).ok()?),
            None => return None,
        }
        self.more.notify_all();
        Some(())
    }
}

/// A grey picture.
fn picture(size: &str, mut luma: Vec<u8>) -> Option<VideoFrame> {
    let (width, height) = size.split_once('x')?;
    let size = Size::new(width.parse().ok()?, height.parse().ok()?);
    luma.resize(size.i420_bytes(), 128);
    VideoFrame::new(size, luma, Instant::now())
}
