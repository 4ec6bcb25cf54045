//! Delivers packets when their time has come.
use std::{collections::BinaryHeap, net::SocketAddr, sync::Arc, time::Instant};

use tokio::sync::mpsc;
use webrtc::runtime::AsyncUdpSocket;

use super::UNDER_WAY;

/// A packet that is under way.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub(super) arrival: Instant,
    pub(super) contents: Vec<u8>,
    pub(super) destination: SocketAddr,
}

/// The task that delivers. It ends when its socket is closed.
pub(super) struct Courier {
    socket: Arc<dyn AsyncUdpSocket>,
    packets: mpsc::Receiver<Packet>,
    waiting: BinaryHeap<Waiting>,
    sent: u64,
}

impl Courier {
    pub(super) fn new(socket: Arc<dyn AsyncUdpSocket>, packets: mpsc::Receiver<Packet>) -> Self {
        Self { socket, packets, waiting: BinaryHeap::new(), sent: 0 }
    }

    pub(super) async fn run(mut self) {
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
