//! What is known of the way to one peer: written where packets pass, read by everybody without waiting.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parlor_bandwidth::estimator::Estimator;

/// What a round trip is taken for until one is measured.
const USUAL_ROUND_TRIP: Duration = Duration::from_millis(100);

/// The readings. Clones share them.
#[derive(Debug, Clone, Default)]
pub(in crate::peer) struct Gauge(Arc<Readings>);

#[derive(Debug, Default)]
struct Readings {
    /// Bits a second; 0 while nobody knows.
    target: AtomicU64,
    /// The same, as far as it says anything about the way.
    estimate: AtomicU64,
    /// What the way loses by itself, in millionths.
    path_loss: AtomicU64,
    /// Whether a queue of ours stands on the way.
    full: AtomicBool,
    /// What would be sent if the way took everything, in bits a second; 0 while nobody knows.
    wanted: AtomicU64,
    /// Microseconds; 0 while nobody knows.
    round_trip: AtomicU64,
    known: AtomicU64,
    lost: AtomicU64,
}

impl Gauge {
    /// How fast to send, in bits a second; none until the other side has reported.
    pub(in crate::peer) fn target(&self) -> Option<f64> {
        let target = self.0.target.load(Ordering::Relaxed);
        (target > 0).then_some(target as f64)
    }

    /// How much the way takes of everything, in thousands of bits a second; none until that has been found out.
    pub(in crate::peer) fn estimate_kbps(&self) -> Option<u32> {
        let estimate = self.0.estimate.load(Ordering::Relaxed);
        (estimate > 0).then(|| u32::try_from(estimate.div_ceil(1_000)).unwrap_or(u32::MAX))
    }

    /// Whether a queue of ours stands on the way, which everything that is sent makes longer.
    pub(in crate::peer) fn is_full(&self) -> bool {
        self.0.full.load(Ordering::Relaxed)
    }

    /// The share of packets that the way loses whatever is sent, 0 to 1.
    pub(in crate::peer) fn path_loss(&self) -> f64 {
        self.0.path_loss.load(Ordering::Relaxed) as f64 / 1e6
    }

    /// What would be sent if the way took everything, in bits a second.
    pub(super) fn wanted(&self) -> Option<f64> {
        let wanted = self.0.wanted.load(Ordering::Relaxed);
        (wanted > 0).then_some(wanted as f64)
    }

    /// Says what would be sent if the way took everything, in thousands of bits a second: nobody needs to find out
    /// whether it takes more.
    pub(in crate::peer) fn set_wanted_kbps(&self, kbps: u32) {
        self.0.wanted.store(u64::from(kbps) * 1_000, Ordering::Relaxed);
    }

    /// To the other side and back.
    pub(in crate::peer) fn round_trip(&self) -> Duration {
        match self.0.round_trip.load(Ordering::Relaxed) {
            0 => USUAL_ROUND_TRIP,
            micros => Duration::from_micros(micros),
        }
    }

    /// Packets of ours of which the other side has said what became of them, and how many of them were lost. None
    /// where it says nothing of packets.
    pub(in crate::peer) fn reported(&self) -> Option<(u64, u64)> {
        let known = self.0.known.load(Ordering::Relaxed);
        (known > 0).then(|| (known, self.0.lost.load(Ordering::Relaxed)))
    }

    /// Sets the round trip, as it is measured by those who know it.
    pub(in crate::peer) fn set_round_trip(&self, round_trip: Duration) {
        let micros = u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX).max(1);
        self.0.round_trip.store(micros, Ordering::Relaxed);
    }

    pub(in crate::peer) fn set(&self, estimator: &Estimator) {
        let bits = |rate: Option<f64>| rate.map_or(0, |rate| rate as u64);
        self.0.target.store(bits(estimator.target()), Ordering::Relaxed);
        self.0.estimate.store(bits(estimator.estimate()), Ordering::Relaxed);
        self.0.full.store(estimator.is_draining(), Ordering::Relaxed);
        self.0.path_loss.store((estimator.path_loss() * 1e6) as u64, Ordering::Relaxed);
    }

    pub(super) fn count(&self, known: usize, lost: usize) {
        self.0.lost.fetch_add(lost as u64, Ordering::Relaxed);
        self.0.known.fetch_add(known as u64, Ordering::Relaxed);
    }
}
