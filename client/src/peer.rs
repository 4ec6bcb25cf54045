//! One webrtc connection to one participant: an actor that owns it, and always closes it.
//!
//! The engine opens a peer and gives it orders; what it has to tell comes back as [`PeerEvent`]s. Media goes past
//! both: from the [`FanOut`] to the network, and from the network to the participant's [`Receivers`].
mod actor;
mod data;
mod fan_out;
mod impair;
mod incoming;
mod outgoing;
mod packets;
mod receivers;
mod relay;
mod repair;
mod route;
mod setup;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use parlor_call::{PeerAction, PeerEvent, PeerKey};
use tokio::sync::mpsc;

pub use self::impair::{Impairment, ParseImpairmentError};
pub(crate) use self::{
    fan_out::FanOut,
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
}

/// The hold on a peer. Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct PeerHandle {
    orders: mpsc::Sender<PeerAction>,
    stats: Arc<Mutex<PeerStats>>,
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
}

impl PeerHandle {
    /// Opens a connection. Its events go to `events`, under its name.
    pub(crate) fn open(settings: PeerSettings, events: mpsc::Sender<(PeerKey, PeerEvent)>) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING_ORDERS);
        let stats = Arc::new(Mutex::new(PeerStats::default()));
        tokio::spawn(actor::Actor::new(settings, waiting, events, stats.clone()).run());
        Self { orders, stats }
    }

    /// Gives an order. Returns whether it was taken; a peer that takes none is to be given up.
    pub(crate) fn order(&self, action: PeerAction) -> bool {
        self.orders.try_send(action).is_ok()
    }

    pub(crate) fn stats(&self) -> PeerStats {
        *self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
