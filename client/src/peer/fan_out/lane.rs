//! The pictures of one track for one peer: of one encoder at a time, in a bounded queue.
use parlor_bandwidth::{layers::Layer, plan::Choice};
use parlor_media::{
    frame::Temporal,
    gop::{Coded, GopQueue, Pushed},
    video::encode::Need,
};

use super::super::packets::{Numbering, PacketizedFrame};

/// Pictures that may wait for one peer: two thirds of a second. Beyond that they come too late to be of use.
const WAITING_FRAMES: usize = 20;

/// Follows the pictures of one encoder, and goes over to another one where that begins afresh.
#[derive(Debug, Default)]
pub(super) struct Follower {
    wanted: Option<Layer>,
    present: Option<Layer>,
}

impl Follower {
    /// Follows this encoder from now on. Returns whether a keyframe of it is needed for that.
    pub(super) fn follow(&mut self, layer: Option<Layer>) -> bool {
        let before = std::mem::replace(&mut self.wanted, layer);
        if layer.is_none() {
            self.present = None;
        }
        before != layer && layer.is_some() && self.present != layer
    }

    /// Whether a picture is one to take.
    pub(super) fn admits(&mut self, layer: Layer, keyframe: bool) -> bool {
        if keyframe && self.wanted == Some(layer) {
            self.present = self.wanted;
        }
        self.present == Some(layer)
    }

    /// The encoder whose pictures are taken.
    pub(super) fn present(&self) -> Option<Layer> {
        self.present
    }

    /// The encoder whose pictures are to be taken.
    pub(super) fn wanted(&self) -> Option<Layer> {
        self.wanted
    }

    /// Whether smaller pictures are on their way.
    fn goes_down(&self) -> bool {
        matches!((self.present, self.wanted), (Some(present), Some(wanted)) if wanted > present)
    }
}

/// The pictures of one track for one peer.
#[derive(Debug)]
pub(super) struct Lane {
    queue: GopQueue<PacketizedFrame>,
    follower: Follower,
    base_only: bool,
    /// Whether the peer wants any.
    shown: bool,
    numbering: Numbering,
    dropped: u64,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            queue: GopQueue::new(WAITING_FRAMES),
            follower: Follower::default(),
            base_only: false,
            shown: true,
            numbering: Numbering::default(),
            dropped: 0,
        }
    }
}

impl Lane {
    /// Takes other pictures from now on. Returns the encoder that has to make a keyframe for that, and what for.
    pub(super) fn choose(&mut self, choice: Option<Choice>) -> Option<(Layer, Need)> {
        self.base_only = choice.is_some_and(|choice| choice.base_only);
        if choice.is_none() {
            self.queue.clear();
        }
        let layer = choice.map(|choice| choice.layer);
        let needed = self.follower.follow(layer);
        let need = if self.follower.present().is_some() { Need::Next } else { Need::First };
        layer.filter(|_| needed && self.shown).map(|layer| (layer, need))
    }

    /// Whether the peer wants any. Returns the encoder that has to make a keyframe for that.
    pub(super) fn show(&mut self, shown: bool) -> Option<Layer> {
        let before = std::mem::replace(&mut self.shown, shown);
        if !shown {
            self.queue.clear();
        }
        self.follower.wanted().filter(|_| shown && !before)
    }

    pub(super) fn push(&mut self, layer: Layer, frame: &PacketizedFrame) -> Option<Pushed> {
        let taken = self.follower.admits(layer, frame.is_keyframe());
        let spared = frame.temporal() == Temporal::Upper && (self.base_only || self.follower.goes_down());
        if !taken || !self.shown || spared {
            return None;
        }
        // What nothing builds on is the first to go where pictures pile up.
        if frame.temporal() == Temporal::Upper && self.queue.len() >= WAITING_FRAMES / 2 {
            self.dropped += 1;
            return Some(Pushed::Refused);
        }
        let pushed = self.queue.push(frame.clone());
        if pushed != Pushed::Queued {
            self.dropped += 1;
        }
        Some(pushed)
    }

    /// The next picture to send, numbered.
    pub(super) fn pop(&mut self) -> Option<PacketizedFrame> {
        self.queue.pop().map(|frame| self.numbering.number(frame))
    }

    /// Leaves out a picture of this temporal layer that came too late, with all that builds on it. Returns whether a
    /// keyframe has to be asked for.
    pub(super) fn skip_late(&mut self, temporal: Temporal) -> bool {
        self.dropped += 1;
        if temporal == Temporal::Upper {
            return false;
        }
        let before = self.queue.len();
        let keyframe_waits = self.queue.skip_to_keyframe();
        self.dropped += (before - self.queue.len()) as u64;
        !keyframe_waits
    }

    pub(super) fn present(&self) -> Option<Layer> {
        self.follower.present()
    }

    pub(super) fn wanted(&self) -> Option<Layer> {
        self.follower.wanted()
    }

    /// Pictures that were thrown away because the connection did not take them in time.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}
