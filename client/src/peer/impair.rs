//! A bad network put into webrtc's own sockets: for tests and demonstrations, without root.
mod conditions;
mod courier;
mod link;
mod steps;
mod tally;

use std::{
    future::Future,
    io::{self, IoSliceMut},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::sync::mpsc;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};

pub use self::conditions::{Impairment, ParseImpairmentError};
use self::{
    courier::{Courier, Packet},
    link::{Fate, Link},
    tally::Tally,
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Packets under way on one socket. More than any real network holds.
const UNDER_WAY: usize = 4096;

/// A runtime whose UDP sockets lose and delay what they send. All else is tokio's.
#[derive(Debug)]
pub(super) struct ImpairedRuntime {
    impairment: Impairment,
    /// When the first socket was made: the times of the impairment count from then on, whatever is connected anew.
    begun: OnceLock<Instant>,
    sockets: AtomicU64,
}

impl ImpairedRuntime {
    pub(super) fn new(impairment: Impairment) -> Self {
        Self { impairment, begun: OnceLock::new(), sockets: AtomicU64::new(0) }
    }
}

impl Runtime for ImpairedRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let inner = TokioRuntime.wrap_udp_socket(socket)?;
        let number = self.sockets.fetch_add(1, Ordering::Relaxed);
        let begun = *self.begun.get_or_init(begin);
        let link = Link::new(self.impairment.clone(), number, begun);
        Ok(Arc::new(ImpairedSocket::new(inner, Lane { number, begun, link, tally: Tally::default() })))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, address: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        TokioRuntime.connect_tcp(address)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        TokioRuntime.resolve_host(host)
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn name(&self) -> &'static str {
        "impaired"
    }
}

/// Tells the log the time of day, so that two programs on one machine can be compared.
fn begin() -> Instant {
    tracing::debug!(
        unix_us = micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        "the bad network begins"
    );
    Instant::now()
}

/// A socket behind a bad network. What it sends goes to a task that waits for each packet's time.
#[derive(Debug)]
struct ImpairedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    lane: Mutex<Lane>,
    under_way: mpsc::Sender<Packet>,
}

/// The bad network of one socket, and its book.
#[derive(Debug)]
struct Lane {
    number: u64,
    begun: Instant,
    link: Link,
    tally: Tally,
}

impl Lane {
    fn send(&mut self, bytes: usize) -> Fate {
        let now = Instant::now();
        let fate = self.link.send(bytes, now);
        self.tally.count(fate);
        let at_us = micros(now.saturating_duration_since(self.begun));
        let socket = self.number;
        match fate {
            Fate::Arrives { queued, .. } => {
                tracing::trace!(socket, at_us, bytes, queued_us = micros(queued), "a packet passes");
            }
            Fate::Lost | Fate::Cut | Fate::QueueFull => {
                tracing::trace!(socket, at_us, bytes, why = ?fate, "a packet vanishes");
            }
        }
        fate
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let Tally { passed, lost, cut, queue_full, .. } = self.tally;
        if self.tally.is_empty() {
            return;
        }
        let [half, most, all] = [0.5, 0.95, 1.0].map(|share| self.tally.queued_at_most(share).as_millis());
        tracing::info!(
            passed,
            lost,
            cut,
            queue_full,
            "the bad network ends: half of the packets waited {half} ms at most, 95 % {most} ms, all {all} ms"
        );
    }
}

impl ImpairedSocket {
    fn new(inner: Arc<dyn AsyncUdpSocket>, lane: Lane) -> Self {
        let (under_way, packets) = mpsc::channel(UNDER_WAY);
        tokio::spawn(Courier::new(inner.clone(), packets).run());
        Self { inner, lane: Mutex::new(lane), under_way }
    }

    fn lane(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncUdpSocket for ImpairedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_recv(cx, buffers, meta)
    }

    fn poll_send(&self, _: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let bytes = transmit.contents.len();
        match self.lane().send(bytes) {
            Fate::Arrives { at: arrival, twice, .. } => {
                let packet =
                    Packet { arrival, contents: transmit.contents.to_vec(), destination: transmit.destination };
                // A full channel is one more way to lose a packet.
                if twice {
                    let _ = self.under_way.try_send(packet.clone());
                }
                let _ = self.under_way.try_send(packet);
            }
            Fate::Lost | Fate::Cut | Fate::QueueFull => {}
        }
        Poll::Ready(Ok(bytes))
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
