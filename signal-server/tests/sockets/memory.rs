//! What a slow reader costs the server, measured from outside: a process of its own and its resident memory.
use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use futures_util::SinkExt;
use parlor_protocol::{ByeReason, Generation, Relayed, ServerMessage};
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, hello, join, person, relay};

/// What one slow reader may cost, in KiB.
const MOST_GROWTH: u64 = 4 * 1024;
/// The slow one has this number; the others fill the rest of a room.
const SLOW: u8 = 1;
const SENDERS: std::ops::RangeInclusive<u8> = 2..=8;

#[tokio::test]
async fn a_slow_reader_is_cut_off_before_it_costs_four_megabytes() {
    let server = Process::start();
    let _slow = server.slow_reader().await;
    let mut senders = Vec::new();
    for number in SENDERS {
        senders.push(server.enter(number).await);
    }
    let before = server.memory("VmRSS:");

    // Together 3.3 MB; each of them stays below what one may send in a burst.
    for sender in &mut senders {
        for _ in 0..8 {
            let offer = Relayed::Offer { generation: Generation::new(1), sdp: "x".repeat(59_000) };
            sender.say(&relay(SLOW, offer)).await;
        }
    }

    let bye = ServerMessage::Bye { participant: person(SLOW), reason: ByeReason::Dropped };
    while senders[0].hear().await != bye {}
    let growth = server.memory("VmHWM:").saturating_sub(before);
    assert!(growth < MOST_GROWTH, "{growth} KiB");
}

/// The program; killed when this is dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_parlor-server"))
            .args(["--listen", "127.0.0.1:0", "--admin-token", crate::request::TOKEN])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ws://").expect("where it listens").to_owned();
        Self { child, address }
    }

    async fn enter(&self, number: u8) -> Client {
        let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{}/ws", self.address)).await.unwrap();
        let mut client = Client { socket };
        client.say(&hello()).await;
        client.say(&join("tea", number, true)).await;
        while !matches!(client.hear().await, ServerMessage::Joined { .. }) {}
        client
    }

    /// Somebody in the room who reads nothing beyond the answer to the upgrade.
    async fn slow_reader(&self) -> tokio::net::TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(self.address.parse().unwrap()).await.unwrap();
        let (mut websocket, _) =
            tokio_tungstenite::client_async(format!("ws://{}/ws", self.address), stream).await.unwrap();
        for message in [hello(), join("tea", SLOW, true)] {
            websocket.send(Message::text(serde_json::to_string(&message).unwrap())).await.unwrap();
        }
        websocket.into_inner()
    }

    /// A line of the kernel's account of its memory, in KiB (proc(5)).
    fn memory(&self, what: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("the kernel knows");
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
