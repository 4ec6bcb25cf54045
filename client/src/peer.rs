//! One webrtc connection to one participant: an actor that owns it, and always closes it.
//!
//! The engine opens a peer and gives it orders; what it has to tell comes back as [`PeerEvent`]s. Media goes past
//! both: from the [`FanOut`] to the network, and from the network to the participant's [`Receivers`].
mod actor;
mod clocks;
mod congestion;
mod data;
mod fan_out;
mod files;
mod impair;
mod incoming;
mod outgoing;
mod packets;
mod receivers;
mod relay;
mod repair;
mod route;
mod setup;
mod sound_terms;

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use parlor_call::{PeerAction, PeerEvent, PeerKey};
use parlor_media::audio::resilience::SoundReport;
use tokio::sync::mpsc;

pub use self::impair::{Impairment, ParseImpairmentError};
pub(crate) use self::{
    fan_out::{Choices, Decks, FanOut},
    files::{Arrived, CHUNK_BYTES, FilePort, Transfers, WINDOW},
    receivers::{ReceivedTrack, Receivers, ReceiversSettings},
    relay::Relay,
    route::Route,
    setup::Network,
};

/// Orders that may wait for a peer. It takes them in milliseconds; a peer that lets so many pile up is broken.
const WAITING_ORDERS: usize = 512;

/// What a peer needs.
#[derive(Debug)]
pub(crate) struct PeerSettings {
    /// Its name.
    pub(crate) key: PeerKey,
    /// How to reach the network.
    pub(crate) network: Network,
    /// Where our own media comes from.
    pub(crate) fan_out: FanOut,
    /// Where the participant's media goes.
    pub(crate) receivers: Arc<Receivers>,
    /// Where the participant's files go.
    pub(crate) transfers: Transfers,
}

/// The hold on a peer. Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct PeerHandle {
    orders: mpsc::Sender<PeerAction>,
    files: Arc<OnceLock<FilePort>>,
    stats: Arc<Mutex<PeerStats>>,
    gauge: congestion::Gauge,
}

/// What a connection says of itself, a second old at most.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PeerStats {
    /// The time to the other side and back.
    pub(crate) round_trip: Option<Duration>,
    /// Pictures that had to be thrown away because the network did not take them in time.
    pub(crate) dropped_frames: u64,
    /// Whether media could ever flow.
    pub(crate) connected: bool,
    /// The way that it goes.
    pub(crate) route: Option<Route>,
    /// How much the way there takes of everything that we send, in thousands of bits a second, once that is known.
    pub(crate) estimate_kbps: Option<u32>,
    /// What was sent.
    pub(crate) sent: Sent,
    /// What the other side reports of our sound; none before it has.
    pub(crate) sound: Option<SoundReport>,
    /// How many copies of the ones before it each packet of our sound brings along.
    pub(crate) copies: usize,
}

/// What was sent over a connection so far, and what the other side says of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// When it was counted; none before the first time.
    pub(crate) at: Option<Instant>,
    /// Bytes of sound and pictures, each counted once.
    pub(crate) bytes: u64,
    /// Packets of which the other side has told what became of them, or, where it does not tell, all.
    pub(crate) packets: u64,
    /// Packets that never arrived, as far as the other side has told.
    pub(crate) lost: u64,
}

impl PeerHandle {
    /// Opens a connection. Its events go to `events`, under its name.
    pub(crate) fn open(settings: PeerSettings, events: mpsc::Sender<(PeerKey, PeerEvent)>) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING_ORDERS);
        let stats = Arc::new(Mutex::new(PeerStats::default()));
        let files = Arc::new(OnceLock::new());
        let gauge = congestion::Gauge::default();
        let actor = actor::Actor::new(settings, waiting, events, stats.clone(), files.clone(), gauge.clone());
        tokio::spawn(actor.run());
        Self { orders, files, stats, gauge }
    }

    /// Gives an order. Returns whether it was taken; a peer that takes none is to be given up.
    pub(crate) fn order(&self, action: PeerAction) -> bool {
        self.orders.try_send(action).is_ok()
    }

    /// The way by which files go to them; none before there is a connection.
    pub(crate) fn files(&self) -> Option<FilePort> {
        self.files.get().cloned()
    }

    /// How much the way there takes of everything that we send, in thousands of bits a second, at this moment; none
    /// until the other side has reported.
    pub(crate) fn estimate_kbps(&self) -> Option<u32> {
        self.gauge.estimate_kbps()
    }

    /// Says what would be sent if the way took everything, in thousands of bits a second.
    pub(crate) fn set_wanted_kbps(&self, kbps: u32) {
        self.gauge.set_wanted_kbps(kbps);
    }

    pub(crate) fn stats(&self) -> PeerStats {
        let stats = *self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        PeerStats { estimate_kbps: self.estimate_kbps(), ..stats }
    }
}
