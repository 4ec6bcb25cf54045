//! What waits to be sent to one peer.
use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use parlor_bandwidth::layers::Layer;
use parlor_call::{PeerKey, TrackKind, Wanted};
use parlor_media::{
    frame::{EncodedBlock, Temporal},
    gop::Pushed,
    video::encode::Need,
};
use tokio::sync::Notify;

use super::{super::packets::PacketizedFrame, Choices, FanOut, lane::Lane};

/// Blocks of sound that may wait for one peer: 200 ms.
const WAITING_BLOCKS: usize = 10;

/// What waits to be sent to one peer: bounded, and never a picture that cannot be decoded.
#[derive(Debug)]
pub(in crate::peer) struct Subscriber {
    key: PeerKey,
    fan_out: FanOut,
    queues: Mutex<Queues>,
    ready: Notify,
    sent_bytes: AtomicU64,
    sent_packets: AtomicU64,
    /// How many copies of the ones before each packet of sound brings along.
    copies: AtomicUsize,
}

#[derive(Debug, Default)]
struct Queues {
    blocks: VecDeque<EncodedBlock>,
    camera: Lane,
    screen: Lane,
}

impl Queues {
    fn lane(&mut self, kind: TrackKind) -> &mut Lane {
        match kind {
            TrackKind::Microphone | TrackKind::Camera => &mut self.camera,
            TrackKind::Screen => &mut self.screen,
        }
    }
}

/// One thing to send.
#[derive(Debug)]
pub(in crate::peer) enum Outgoing {
    Block(EncodedBlock),
    Frame(TrackKind, PacketizedFrame),
}

impl Subscriber {
    pub(super) fn new(key: PeerKey, fan_out: FanOut) -> Self {
        Self {
            key,
            fan_out,
            queues: Mutex::default(),
            ready: Notify::new(),
            sent_bytes: AtomicU64::new(0),
            sent_packets: AtomicU64::new(0),
            copies: AtomicUsize::new(0),
        }
    }

    pub(super) fn key(&self) -> PeerKey {
        self.key
    }

    /// Waits for the next thing to send: sound first, because a gap in it is worse.
    pub(in crate::peer) async fn next(&self) -> Outgoing {
        loop {
            let ready = self.ready.notified();
            if let Some(next) = self.pop() {
                return next;
            }
            ready.await;
        }
    }

    /// Waits for the next block of sound.
    pub(in crate::peer) async fn next_block(&self) -> EncodedBlock {
        loop {
            let ready = self.ready.notified();
            let block = self.lock().blocks.pop_front();
            if let Some(block) = block {
                return block;
            }
            ready.await;
        }
    }

    /// Takes note of a picture that is too late to be sent. What builds on it is of no use, so it goes on with a
    /// keyframe, which is asked for where none waits.
    pub(in crate::peer) fn skip_late(&self, kind: TrackKind, temporal: Temporal) {
        if self.lock().lane(kind).skip_late(temporal) {
            self.ask_for_keyframe(kind, Need::Next);
        }
    }

    /// Queues no pictures from now on but those that the peer wants. What it wants again goes on with a keyframe, which
    /// is asked for.
    pub(in crate::peer) fn show(&self, shown: Wanted) {
        let mut queues = self.lock();
        let camera = queues.camera.show(shown.camera.is_some());
        let screen = queues.screen.show(shown.screen.is_some());
        drop(queues);
        for (kind, layer) in [(TrackKind::Camera, camera), (TrackKind::Screen, screen)] {
            if let Some(layer) = layer {
                self.fan_out.ask_for_keyframe(kind, layer, Need::First);
            }
        }
    }

    /// Asks the encoder whose pictures the peer gets, or is to get, for a keyframe.
    pub(in crate::peer) fn ask_for_keyframe(&self, kind: TrackKind, need: Need) {
        let wanted = self.lock().lane(kind).wanted();
        if let Some(layer) = wanted {
            self.fan_out.ask_for_keyframe(kind, layer, need);
        }
    }

    /// Takes other pictures from now on. Returns the encoders that have to make a keyframe for that, and what for.
    pub(super) fn choose(&self, choices: Choices) -> Vec<(TrackKind, Layer, Need)> {
        let mut queues = self.lock();
        let camera = queues.camera.choose(choices.camera).map(|(layer, need)| (TrackKind::Camera, layer, need));
        let screen = queues.screen.choose(choices.screen).map(|(layer, need)| (TrackKind::Screen, layer, need));
        camera.into_iter().chain(screen).collect()
    }

    /// The encoder whose pictures it gets.
    pub(super) fn present(&self, kind: TrackKind) -> Option<Layer> {
        self.lock().lane(kind).present()
    }

    /// Has each packet of sound bring so many of the ones before it along, where the peer takes that.
    pub(in crate::peer) fn set_copies(&self, copies: usize) {
        self.copies.store(copies, Ordering::Relaxed);
    }

    /// How many copies of the ones before it a packet of sound brings along.
    pub(in crate::peer) fn copies(&self) -> usize {
        self.copies.load(Ordering::Relaxed)
    }

    /// Takes note of what was sent to the peer.
    pub(in crate::peer) fn count_sent(&self, packets: usize, bytes: usize) {
        self.sent_packets.fetch_add(packets as u64, Ordering::Relaxed);
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Packets and bytes that were sent so far.
    pub(in crate::peer) fn sent(&self) -> (u64, u64) {
        (self.sent_packets.load(Ordering::Relaxed), self.sent_bytes.load(Ordering::Relaxed))
    }

    pub(in crate::peer) fn dropped_frames(&self) -> u64 {
        let queues = self.lock();
        queues.camera.dropped() + queues.screen.dropped()
    }

    pub(super) fn pop(&self) -> Option<Outgoing> {
        let mut queues = self.lock();
        if let Some(block) = queues.blocks.pop_front() {
            return Some(Outgoing::Block(block));
        }
        if let Some(frame) = queues.camera.pop() {
            return Some(Outgoing::Frame(TrackKind::Camera, frame));
        }
        queues.screen.pop().map(|frame| Outgoing::Frame(TrackKind::Screen, frame))
    }

    pub(super) fn push_block(&self, block: EncodedBlock) {
        let mut queues = self.lock();
        if queues.blocks.len() == WAITING_BLOCKS {
            queues.blocks.pop_front();
        }
        queues.blocks.push_back(block);
        drop(queues);
        self.ready.notify_one();
    }

    /// Returns whether the queue ran over, so that a keyframe is needed.
    pub(super) fn push_frame(&self, kind: TrackKind, layer: Layer, frame: &PacketizedFrame) -> bool {
        let pushed = self.lock().lane(kind).push(layer, frame);
        if pushed.is_some() {
            self.ready.notify_one();
        }
        pushed == Some(Pushed::Overflowed)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
