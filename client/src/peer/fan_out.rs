//! What we send, encoded and packetised once, handed to every peer.
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use parlor_call::TrackKind;
use parlor_media::{
    frame::{EncodedBlock, EncodedFrame},
    gop::{GopQueue, Pushed},
};
use tokio::sync::Notify;

use super::packets::{FramePacketizer, PacketizedFrame};

/// Pictures that may wait for one peer: two thirds of a second. Beyond that they come too late to be of use.
const WAITING_FRAMES: usize = 20;
/// Blocks of sound that may wait for one peer: 200 ms.
const WAITING_BLOCKS: usize = 10;

/// Hands our media to all peers. Clones share it; encoders push, peers subscribe.
#[derive(Debug, Clone, Default)]
pub(crate) struct FanOut(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    camera: FramePacketizer,
    screen: FramePacketizer,
    subscribers: Vec<Weak<Subscriber>>,
    ask_for_keyframe: Option<Box<dyn Fn(TrackKind) + Send>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("subscribers", &self.subscribers.len()).finish_non_exhaustive()
    }
}

impl FanOut {
    /// Sets what to do when some peer needs a picture that depends on no other.
    pub(crate) fn on_keyframe_needed(&self, ask: impl Fn(TrackKind) + Send + 'static) {
        self.lock().ask_for_keyframe = Some(Box::new(ask));
    }

    /// Asks the encoder of a track for a keyframe.
    pub(super) fn ask_for_keyframe(&self, kind: TrackKind) {
        if let Some(ask) = &self.lock().ask_for_keyframe {
            ask(kind);
        }
    }

    /// Sends a picture of ours to everybody.
    pub(crate) fn send_frame(&self, kind: TrackKind, frame: &EncodedFrame) {
        let mut shared = self.lock();
        let packetizer = match kind {
            TrackKind::Camera | TrackKind::Microphone => &mut shared.camera,
            TrackKind::Screen => &mut shared.screen,
        };
        let Some(packetized) = packetizer.packetize(frame) else { return };
        let mut overflowed = false;
        shared.for_each(|subscriber| overflowed |= subscriber.push_frame(kind, packetized.clone()));
        if overflowed && let Some(ask) = &shared.ask_for_keyframe {
            ask(kind);
        }
    }

    /// Sends a block of our sound to everybody.
    pub(crate) fn send_block(&self, block: &EncodedBlock) {
        self.lock().for_each(|subscriber| subscriber.push_block(block.clone()));
    }

    /// A new queue for one peer. Dropping it unsubscribes.
    pub(super) fn subscribe(&self) -> Arc<Subscriber> {
        let subscriber = Arc::new(Subscriber::default());
        self.lock().subscribers.push(Arc::downgrade(&subscriber));
        subscriber
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn for_each(&mut self, mut act: impl FnMut(&Subscriber)) {
        self.subscribers.retain(|subscriber| {
            let subscriber = subscriber.upgrade();
            if let Some(subscriber) = &subscriber {
                act(subscriber);
            }
            subscriber.is_some()
        });
    }
}

/// What waits to be sent to one peer: bounded, and never a picture that cannot be decoded.
#[derive(Debug, Default)]
pub(super) struct Subscriber {
    queues: Mutex<Queues>,
    ready: Notify,
}

#[derive(Debug)]
struct Queues {
    blocks: VecDeque<EncodedBlock>,
    camera: GopQueue<PacketizedFrame>,
    screen: GopQueue<PacketizedFrame>,
    dropped_frames: u64,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            blocks: VecDeque::with_capacity(WAITING_BLOCKS),
            camera: GopQueue::new(WAITING_FRAMES),
            screen: GopQueue::new(WAITING_FRAMES),
            dropped_frames: 0,
        }
    }
}

/// One thing to send.
#[derive(Debug)]
pub(super) enum Outgoing {
    Block(EncodedBlock),
    Frame(TrackKind, PacketizedFrame),
}

impl Subscriber {
    /// Waits for the next thing to send: sound first, because a gap in it is worse.
    pub(super) async fn next(&self) -> Outgoing {
        loop {
            let ready = self.ready.notified();
            if let Some(next) = self.pop() {
                return next;
            }
            ready.await;
        }
    }

    pub(super) fn dropped_frames(&self) -> u64 {
        self.lock().dropped_frames
    }

    fn pop(&self) -> Option<Outgoing> {
        let mut queues = self.lock();
        if let Some(block) = queues.blocks.pop_front() {
            return Some(Outgoing::Block(block));
        }
        if let Some(frame) = queues.camera.pop() {
            return Some(Outgoing::Frame(TrackKind::Camera, frame));
        }
        queues.screen.pop().map(|frame| Outgoing::Frame(TrackKind::Screen, frame))
    }

    fn push_block(&self, block: EncodedBlock) {
        let mut queues = self.lock();
        if queues.blocks.len() == WAITING_BLOCKS {
            queues.blocks.pop_front();
        }
        queues.blocks.push_back(block);
        drop(queues);
        self.ready.notify_one();
    }

    /// Returns whether the queue ran over.
    fn push_frame(&self, kind: TrackKind, frame: PacketizedFrame) -> bool {
        let mut queues = self.lock();
        let queue = match kind {
            TrackKind::Camera | TrackKind::Microphone => &mut queues.camera,
            TrackKind::Screen => &mut queues.screen,
        };
        let pushed = queue.push(frame);
        if pushed != Pushed::Queued {
            queues.dropped_frames += 1;
        }
        drop(queues);
        self.ready.notify_one();
        pushed == Pushed::Overflowed
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
