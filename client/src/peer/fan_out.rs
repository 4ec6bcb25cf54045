//! What we send, encoded once for each size that somebody gets and packetised once, handed to every peer.
//!
//! Encoders push their pictures; the engine says which encoder's pictures every peer gets ([`FanOut::choose`]); peers
//! [subscribe](FanOut::subscribe).
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Instant,
};

use parlor_bandwidth::{layers::Layer, plan::Choice};
use parlor_call::{PeerKey, TrackKind};
use parlor_media::{
    frame::{EncodedBlock, EncodedFrame},
    record::{Deck, Tape},
    video::encode::Need,
};

use self::lane::Follower;
pub(super) use self::subscriber::{Outgoing, Subscriber};
use super::packets::PacketizedFrame;

mod lane;
mod subscriber;
#[cfg(test)]
mod tests;

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

/// Which encoder's pictures a peer gets of each track; none where it gets no pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Choices {
    /// Those of the camera.
    pub(crate) camera: Option<Choice>,
    /// Those of what is shared.
    pub(crate) screen: Option<Choice>,
}

/// Hands our media to all peers. Clones share it; encoders push, peers subscribe.
#[derive(Debug, Clone, Default)]
pub(crate) struct FanOut(Arc<Mutex<Shared>>);

/// Asks an encoder for a keyframe.
type Ask = dyn Fn(TrackKind, Layer, Need) + Send;

#[derive(Default)]
struct Shared {
    subscribers: Vec<Weak<Subscriber>>,
    choices: BTreeMap<PeerKey, Choices>,
    decks: Decks,
    recorded: Recorded,
    ask_for_keyframe: Option<Box<Ask>>,
}

/// Whose pictures a recording takes.
#[derive(Debug, Default)]
struct Recorded {
    camera: Follower,
    screen: Follower,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("subscribers", &self.subscribers.len()).finish_non_exhaustive()
    }
}

impl FanOut {
    /// Sets what to do when some peer needs a picture of an encoder that depends on no other.
    pub(crate) fn on_keyframe_needed(&self, ask: impl Fn(TrackKind, Layer, Need) + Send + 'static) {
        self.lock().ask_for_keyframe = Some(Box::new(ask));
    }

    /// Where our media passes a recording.
    pub(crate) fn decks(&self) -> Decks {
        self.lock().decks.clone()
    }

    /// Gives every peer pictures of these encoders from their next keyframes on, which are asked for; until then those
    /// that it had go on. Peers that are missing get none.
    pub(crate) fn choose(&self, choices: BTreeMap<PeerKey, Choices>) {
        let mut shared = self.lock();
        let mut needed = BTreeSet::new();
        shared.for_each(|subscriber| {
            needed.extend(subscriber.choose(choices.get(&subscriber.key()).copied().unwrap_or_default()));
        });
        shared.choices = choices;
        needed.into_iter().for_each(|(kind, layer, need)| shared.ask_for_keyframe(kind, layer, need));
    }

    /// Records pictures of this encoder, from its next keyframe on.
    pub(crate) fn record(&self, kind: TrackKind, layer: Option<Layer>) {
        let mut shared = self.lock();
        if shared.recorded.of(kind).follow(layer)
            && let Some(layer) = layer
        {
            shared.ask_for_keyframe(kind, layer, Need::Next);
        }
    }

    /// The encoders of a track whose pictures somebody still gets.
    pub(crate) fn in_use(&self, kind: TrackKind) -> BTreeSet<Layer> {
        let mut shared = self.lock();
        let mut used: BTreeSet<_> = shared.recorded.of(kind).present().into_iter().collect();
        shared.for_each(|subscriber| used.extend(subscriber.present(kind)));
        used
    }

    /// Asks an encoder of a track for a keyframe.
    fn ask_for_keyframe(&self, kind: TrackKind, layer: Layer, need: Need) {
        self.lock().ask_for_keyframe(kind, layer, need);
    }

    /// Sends a picture of ours to everybody who gets those of this encoder.
    pub(crate) fn send_frame(&self, kind: TrackKind, layer: Layer, frame: &EncodedFrame) {
        let mut shared = self.lock();
        let mut asks = false;
        if shared.recorded.of(kind).admits(layer, frame.keyframe) {
            let deck = shared.decks.of(kind);
            asks = deck.picture(&frame.payload, frame.keyframe, frame.timestamp, Instant::now());
        }
        let packetized = PacketizedFrame::of(frame, Instant::now());
        shared.for_each(|subscriber| asks |= subscriber.push_frame(kind, layer, &packetized));
        if asks {
            shared.ask_for_keyframe(kind, layer, Need::Next);
        }
    }

    /// Sends a block of our sound to everybody.
    pub(crate) fn send_block(&self, block: &EncodedBlock) {
        let mut shared = self.lock();
        shared.decks.person.sound(&block.payload, block.timestamp, Instant::now());
        shared.for_each(|subscriber| subscriber.push_block(block.clone()));
    }

    /// A new queue for one peer. Dropping it unsubscribes.
    pub(super) fn subscribe(&self, key: PeerKey) -> Arc<Subscriber> {
        let mut shared = self.lock();
        let subscriber = Arc::new(Subscriber::new(key, self.clone()));
        subscriber.choose(shared.choices.get(&key).copied().unwrap_or_default());
        shared.subscribers.push(Arc::downgrade(&subscriber));
        subscriber
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn ask_for_keyframe(&self, kind: TrackKind, layer: Layer, need: Need) {
        if let Some(ask) = &self.ask_for_keyframe {
            ask(kind, layer, need);
        }
    }

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

impl Recorded {
    fn of(&mut self, kind: TrackKind) -> &mut Follower {
        match kind {
            TrackKind::Microphone | TrackKind::Camera => &mut self.camera,
            TrackKind::Screen => &mut self.screen,
        }
    }
}
