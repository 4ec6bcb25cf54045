//! A bad network put into webrtc's own sockets: for tests and demonstrations, without root.
mod link;

use std::{
    collections::BinaryHeap,
    future::Future,
    io::{self, IoSliceMut},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, TokioRuntime,
    Transmit,
};

use self::link::Link;
pub use self::link::{Impairment, ParseImpairmentError};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Packets under way on one socket. More than any real network holds.
const UNDER_WAY: usize = 4096;

/// A runtime whose UDP sockets lose and delay what they send. All else is tokio's.
#[derive(Debug)]
pub(super) struct ImpairedRuntime {
    impairment: Impairment,
    sockets: AtomicU64,
}

impl ImpairedRuntime {
    pub(super) fn new(impairment: Impairment) -> Self {
        Self { impairment, sockets: AtomicU64::new(0) }
    }
}

impl Runtime for ImpairedRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        TokioRuntime.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let inner = TokioRuntime.wrap_udp_socket(socket)?;
        let number = self.sockets.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(ImpairedSocket::new(inner, Link::new(self.impairment, number))))
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

/// A socket behind a bad network. What it sends goes to a task that waits for each packet's time.
#[derive(Debug)]
struct ImpairedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    link: Mutex<Link>,
    under_way: mpsc::Sender<Packet>,
}

impl ImpairedSocket {
    fn new(inner: Arc<dyn AsyncUdpSocket>, link: Link) -> Self {
        let (under_way, packets) = mpsc::channel(UNDER_WAY);
        tokio::spawn(Courier { socket: inner.clone(), packets, waiting: BinaryHeap::new(), sent: 0 }.run());
        Self { inner, link: Mutex::new(link), under_way }
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
        let arrival = self.link.lock().unwrap_or_else(PoisonError::into_inner).send(bytes, Instant::now());
        if let Some(arrival) = arrival {
            let packet = Packet { arrival, contents: transmit.contents.to_vec(), destination: transmit.destination };
            // A full channel is one more way to lose a packet.
            let _ = self.under_way.try_send(packet);
        }
        Poll::Ready(Ok(bytes))
    }
}

#[derive(Debug)]
struct Packet {
    arrival: Instant,
    contents: Vec<u8>,
    destination: SocketAddr,
}

/// A packet in the order of its arrival; of two at the same time the first sent comes first.
struct Waiting {
    packet: Packet,
    number: u64,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (other.packet.arrival, other.number).cmp(&(self.packet.arrival, self.number))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Waiting {}

/// The task that delivers. It ends when its socket is closed.
struct Courier {
    socket: Arc<dyn AsyncUdpSocket>,
    packets: mpsc::Receiver<Packet>,
    waiting: BinaryHeap<Waiting>,
    sent: u64,
}

impl Courier {
    async fn run(mut self) {
        loop {
            let next = self.waiting.peek().map(|waiting| waiting.packet.arrival);
            tokio::select! {
                packet = self.packets.recv() => match packet {
                    Some(packet) => self.take(packet),
                    None => return,
                },
                () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now).into()), if next.is_some() => {
                    self.deliver().await;
                }
            }
        }
    }

    fn take(&mut self, packet: Packet) {
        if self.waiting.len() < UNDER_WAY {
            self.sent += 1;
            self.waiting.push(Waiting { packet, number: self.sent });
        }
    }

    async fn deliver(&mut self) {
        let now = Instant::now();
        while self.waiting.peek().is_some_and(|waiting| waiting.packet.arrival <= now) {
            let Some(Waiting { packet, .. }) = self.waiting.pop() else { return };
            if let Err(error) = self.socket.send_to(&packet.contents, packet.destination).await {
                tracing::trace!(%error, "a packet is lost for real");
            }
        }
    }
}
