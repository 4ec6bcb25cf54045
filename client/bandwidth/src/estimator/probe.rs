//! Bursts that find out whether more would pass than is sent.
//!
//! A burst leaves the narrowest link of the way stretched: so many bits apart in time that it has just the rate of
//! that link (packet trains; draft-ietf-rmcat-gcc-02 knows them as probes). It only ever raises the target.
use std::time::{Duration, Instant};

use super::{Fate, PacketReport};

/// The first burst comes so early in a call, and another one so soon after one that found what it asked for.
const QUICK: Duration = Duration::from_millis(400);
/// Where nothing more was found, or the link was full, the next burst waits for so long.
const CALM: Duration = Duration::from_secs(3);
/// Where bursts find nothing, each waits twice as long as the one before, up to this.
const RAREST: Duration = Duration::from_secs(12);
/// A burst asks for so many times the target.
const FACTOR: f64 = 2.0;
/// Packets in a burst: fewer say nothing, and more fill the queue of a slow link.
const PACKETS: usize = 6;
/// An answer counts for so long.
const PATIENCE: Duration = Duration::from_secs(2);
/// Clocks and timers are no more exact: what came within this time came in this time.
const EXACT: Duration = Duration::from_millis(5);
/// The share of the measured rate that is believed.
const BELIEVED: f64 = 0.85;

/// A burst to send, at once: packets as large as pictures have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probe {
    /// What its packets' reports are to name in [`PacketReport::probe`].
    pub number: u32,
    /// How many packets.
    pub packets: usize,
}

/// Decides on bursts, and measures them.
#[derive(Debug, Default)]
pub(super) struct Prober {
    number: u32,
    under_way: Option<UnderWay>,
    next: Option<Instant>,
    interval: Option<Duration>,
    found: Option<f64>,
}

#[derive(Debug)]
struct UnderWay {
    sent: Instant,
    asked: f64,
    arrivals: Vec<(Duration, usize)>,
    reported: usize,
}

impl Prober {
    /// A burst, if it is time and `wanted`.
    pub(super) fn poll(&mut self, target: f64, wanted: bool, now: Instant) -> Option<Probe> {
        if self.under_way.as_ref().is_some_and(|probe| now.saturating_duration_since(probe.sent) > PATIENCE) {
            self.end(None);
        }
        let next = *self.next.get_or_insert(now + QUICK);
        if !wanted || now < next || self.under_way.is_some() || target >= super::MAX_BITS_PER_SECOND {
            return None;
        }
        self.number = self.number.wrapping_add(1);
        self.next = Some(now + self.interval.unwrap_or(QUICK));
        self.under_way =
            Some(UnderWay { sent: now, asked: FACTOR * target, arrivals: Vec::with_capacity(PACKETS), reported: 0 });
        Some(Probe { number: self.number, packets: PACKETS })
    }

    pub(super) fn take(&mut self, report: &PacketReport) {
        let Some(probe) = self.under_way.as_mut().filter(|_| report.probe == Some(self.number)) else { return };
        probe.reported += 1;
        if let Fate::Arrived(at) = report.fate {
            probe.arrivals.push((at, report.bytes));
        }
        if probe.reported < PACKETS {
            return;
        }
        let measured = measure(&mut probe.arrivals).map(|rate| (BELIEVED * rate).min(probe.asked));
        self.end(measured);
    }

    /// What the last burst found, told once.
    pub(super) fn found(&mut self) -> Option<f64> {
        self.found.take()
    }

    /// The link is full: no bursts for a while.
    pub(super) fn congested(&mut self, now: Instant) {
        self.next = Some(now + CALM);
        self.interval = Some(CALM);
    }

    fn end(&mut self, measured: Option<f64>) {
        let Some(probe) = self.under_way.take() else { return };
        self.found = measured;
        let more = measured.is_some_and(|rate| rate > 0.6 * probe.asked);
        self.interval = (!more).then(|| self.interval.map_or(CALM, |before| (2 * before).min(RAREST)));
        self.next = Some(probe.sent + self.interval.unwrap_or(QUICK));
    }
}

/// The rate with which the packets arrived.
fn measure(arrivals: &mut [(Duration, usize)]) -> Option<f64> {
    arrivals.sort_unstable();
    let (first, last) = (arrivals.first()?.0, arrivals.last()?.0);
    let bits = arrivals.iter().skip(1).map(|(_, bytes)| *bytes).sum::<usize>() as f64 * 8.0;
    (arrivals.len() * 2 > PACKETS).then(|| bits / (last - first).max(EXACT).as_secs_f64())
}
