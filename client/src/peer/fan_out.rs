//! What we send, encoded and packetised once, handed to every peer.
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use parlor_call::{TrackKind, Wanted};
use parlor_media::{
    frame::{EncodedBlock, EncodedFrame},
    gop::{GopQueue, Pushed},
    record::{Deck, Tape},
};
use tokio::sync::Notify;

use super::packets::{FramePacketizer, PacketizedFrame};

/// Pictures that may wait for one peer: two thirds of a second. Beyond that they come too late to be of use.
const WAITING_FRAMES: usize = 20;
/// Blocks of sound that may wait for one peer: 200 ms.
const WAITING_BLOCKS: usize = 10;

/// Where somebody's media passes a recording.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decks {
    /// What they say, with their camera's pictures.
    pub(crate) person: Deck<Tape>,
    /// What they share.
    pub(crate) screen: Deck<Tape>,
}

impl Decks {
    /// The one that pictures of a track pass.
    pub(super) fn of(&self, kind: TrackKind) -> &Deck<Tape> {
        match kind {
            TrackKind::Microphone | TrackKind::Camera => &self.person,
            TrackKind::Screen => &self.screen,
        }
    }

    /// Has everything recorded from now on: `tape` makes a tape with a name.
    pub(crate) fn load(&self, name: &str, tape: impl Fn(&str) -> Tape) {
        self.person.insert(tape(name));
        self.screen.insert(tape(&format!("{name}-screen")));
    }

    /// Has nothing recorded any more.
    pub(crate) fn unload(&self) {
        self.person.eject();
        self.screen.eject();
    }
}

/// Hands our media to all peers. Clones share it; encoders push, peers subscribe.
#[derive(Debug, Clone, Default)]
pub(crate) struct FanOut(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    camera: FramePacketizer,
    screen: FramePacketizer,
    subscribers: Vec<Weak<Subscriber>>,
    decks: Decks,
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

    /// Where our media passes a recording.
    pub(crate) fn decks(&self) -> Decks {
        self.lock().decks.clone()
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
        let recorder_asks =
            shared.decks.of(kind).picture(&frame.payload, frame.keyframe, frame.timestamp, Instant::now());
        let packetizer = match kind {
            TrackKind::Camera | TrackKind::Microphone => &mut shared.camera,
            TrackKind::Screen => &mut shared.screen,
        };
        let packetized = packetizer.packetize(frame);
        let mut overflowed = false;
        if let Some(packetized) = packetized {
            shared.for_each(|subscriber| overflowed |= subscriber.push_frame(kind, packetized.clone()));
        }
        if (overflowed || recorder_asks)
            && let Some(ask) = &shared.ask_for_keyframe
        {
            ask(kind);
        }
    }

    /// Sends a block of our sound to everybody.
    pub(crate) fn send_block(&self, block: &EncodedBlock) {
        let mut shared = self.lock();
        shared.decks.person.sound(&block.payload, block.timestamp, Instant::now());
        shared.for_each(|subscriber| subscriber.push_block(block.clone()));
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
    sent_bytes: AtomicU64,
    sent_packets: AtomicU64,
}

#[derive(Debug)]
struct Queues {
    blocks: VecDeque<EncodedBlock>,
    camera: GopQueue<PacketizedFrame>,
    screen: GopQueue<PacketizedFrame>,
    /// How large the peer wants our pictures.
    shown: Wanted,
    dropped_frames: u64,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            blocks: VecDeque::with_capacity(WAITING_BLOCKS),
            camera: GopQueue::new(WAITING_FRAMES),
            screen: GopQueue::new(WAITING_FRAMES),
            shown: Wanted::default(),
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

    /// Queues these pictures from now on, and no others. Returns the tracks that need a keyframe to go on with.
    pub(super) fn show(&self, shown: Wanted) -> Vec<TrackKind> {
        let mut queues = self.lock();
        let before = std::mem::replace(&mut queues.shown, shown);
        if !shown.camera.is_some() {
            queues.camera.clear();
        }
        if !shown.screen.is_some() {
            queues.screen.clear();
        }
        let tracks = [
            (TrackKind::Camera, shown.camera.is_some() && !before.camera.is_some()),
            (TrackKind::Screen, shown.screen.is_some() && !before.screen.is_some()),
        ];
        tracks.into_iter().filter_map(|(kind, again)| again.then_some(kind)).collect()
    }

    /// Takes note of what was sent to the peer.
    pub(super) fn count_sent(&self, packets: usize, bytes: usize) {
        self.sent_packets.fetch_add(packets as u64, Ordering::Relaxed);
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Packets and bytes that were sent so far.
    pub(super) fn sent(&self) -> (u64, u64) {
        (self.sent_packets.load(Ordering::Relaxed), self.sent_bytes.load(Ordering::Relaxed))
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
        let shown = queues.shown;
        let (queue, shown) = match kind {
            TrackKind::Camera | TrackKind::Microphone => (&mut queues.camera, shown.camera.is_some()),
            TrackKind::Screen => (&mut queues.screen, shown.screen.is_some()),
        };
        if !shown {
            return false;
        }
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

#[cfg(test)]
mod tests {
    use parlor_media::frame::Size;
    use parlor_protocol::Lines;

    use super::*;

    const NO_CAMERA: Wanted = Wanted { camera: Lines::NONE, screen: Lines::ALL };

    #[test]
    fn pictures_that_one_peer_does_not_want_go_to_the_others_alone() {
        let (fan_out, asked) = fan_out();
        let (blind, seeing) = (fan_out.subscribe(), fan_out.subscribe());

        let again = blind.show(NO_CAMERA);
        fan_out.send_frame(TrackKind::Camera, &frame(true));
        fan_out.send_frame(TrackKind::Screen, &frame(true));

        assert_eq!(again, []);
        assert_eq!(waiting(&blind), [TrackKind::Screen]);
        assert_eq!(waiting(&seeing), [TrackKind::Camera, TrackKind::Screen]);
        assert_eq!(blind.dropped_frames(), 0, "what is not wanted is not lost");
        assert_eq!(*asked.lock().unwrap(), []);
    }

    #[test]
    fn pictures_that_wait_are_thrown_away_once_they_are_not_wanted() {
        let (fan_out, _) = fan_out();
        let peer = fan_out.subscribe();
        fan_out.send_frame(TrackKind::Camera, &frame(true));

        peer.show(NO_CAMERA);

        assert_eq!(waiting(&peer), []);
    }

    #[test]
    fn pictures_that_are_wanted_again_go_on_with_a_keyframe() {
        let (fan_out, _) = fan_out();
        let peer = fan_out.subscribe();
        fan_out.send_frame(TrackKind::Camera, &frame(true));
        peer.show(NO_CAMERA);

        let again = peer.show(Wanted::default());
        fan_out.send_frame(TrackKind::Camera, &frame(false));
        let before_the_keyframe = waiting(&peer);
        fan_out.send_frame(TrackKind::Camera, &frame(true));

        assert_eq!(again, [TrackKind::Camera]);
        assert_eq!(before_the_keyframe, []);
        assert_eq!(waiting(&peer), [TrackKind::Camera]);
    }

    type Asked = Arc<Mutex<Vec<TrackKind>>>;

    fn fan_out() -> (FanOut, Asked) {
        let (fan_out, asked) = (FanOut::default(), Asked::default());
        let notes = asked.clone();
        fan_out.on_keyframe_needed(move |kind| notes.lock().unwrap().push(kind));
        (fan_out, asked)
    }

    fn frame(keyframe: bool) -> EncodedFrame {
        EncodedFrame { payload: vec![0; 100].into(), keyframe, timestamp: 90_000, size: Size::new(640, 360) }
    }

    /// Takes out all that waits.
    fn waiting(subscriber: &Subscriber) -> Vec<TrackKind> {
        let next = std::iter::from_fn(|| subscriber.pop());
        next.map(|outgoing| match outgoing {
            Outgoing::Block(_) => TrackKind::Microphone,
            Outgoing::Frame(kind, _) => kind,
        })
        .collect()
    }
}
