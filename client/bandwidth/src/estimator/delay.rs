//! How long packets wait: the queue that stands on the way, and whether it grows.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{Fate, PacketReport};

/// Not even one packet in this time may have escaped the queue.
const STANDING: Duration = Duration::from_millis(100);
/// The newest packets are those that left in the last of this time,
const NEWEST: Duration = Duration::from_millis(30);
/// and no fewer than this.
const NEWEST_PACKETS: usize = 5;
/// Over this time the trend is taken.
const TREND: Duration = Duration::from_millis(400);
/// The fastest packet of this time, in [`EPOCH`]s, took no queue. Longer, and two clocks drift apart too far (100 ppm
/// are 3 ms); shorter, and a queue of ours becomes the measure.
const EPOCHS: usize = 15;
/// See [`EPOCHS`].
const EPOCH: Duration = Duration::from_secs(2);
/// No queue is this long: the receiver's clock was set, or the way is another one.
const IMPLAUSIBLE: f64 = 3.0;
/// The share with which each packet counts for the spread.
const SPREAD_FOLLOWS: f64 = 0.01;
/// Packets that are looked at, at most: 100 ms at more than anybody sends.
const PACKETS: usize = 1024;

/// The queue at the moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Queue {
    /// Seconds that every packet waits.
    pub(super) standing: f64,
    /// Seconds by which that grows each second.
    pub(super) trend: f64,
    /// Seconds by which packets differ, of those that left together.
    pub(super) spread: f64,
}

/// Watches the delay of one way.
#[derive(Debug, Default)]
pub(super) struct Delay {
    /// Any moment of ours, to count from.
    origin: Option<Instant>,
    /// When packets left, and how long they took by two clocks that do not agree.
    packets: VecDeque<(Instant, f64)>,
    /// The fastest of each epoch, and when the epoch began.
    fastest: VecDeque<(Instant, f64)>,
    /// The smallest delay, as it was seen by each report.
    history: VecDeque<(Instant, f64)>,
    spread: f64,
}

impl Delay {
    pub(super) fn take(&mut self, report: &PacketReport) {
        let Fate::Arrived(arrived) = report.fate else { return };
        let departed = report.departed;
        let origin = *self.origin.get_or_insert(departed);
        let since = departed.saturating_duration_since(origin).as_secs_f64()
            - origin.saturating_duration_since(departed).as_secs_f64();
        let took = arrived.as_secs_f64() - since;
        if self.packets.back().is_some_and(|(_, before)| (took - before).abs() > IMPLAUSIBLE) {
            *self = Self { origin: self.origin, ..Self::default() };
        }
        self.remember_fastest(departed, took);
        self.packets.push_back((departed, took));
        let newest = self.packets.iter().map(|(at, _)| *at).max().unwrap_or(departed);
        while self.packets.len() > PACKETS
            || self.packets.front().is_some_and(|(at, _)| newest.saturating_duration_since(*at) > STANDING)
        {
            self.packets.pop_front();
        }
        self.remember_history(departed);
        if let Some(smallest) = smallest(&self.packets) {
            self.spread += SPREAD_FOLLOWS * (took - smallest - self.spread);
        }
    }

    /// `None` before the first packet.
    pub(super) fn queue(&self) -> Option<Queue> {
        let (smallest, base) = (smallest(&self.packets)?, smallest(&self.fastest)?);
        Some(Queue { standing: (smallest - base).max(0.0), trend: slope(&self.history), spread: self.spread })
    }

    /// Seconds that even the fastest of the newest packets waits. `None` where so few packets leave that none of them
    /// need say anything.
    pub(super) fn of_newest(&self) -> Option<f64> {
        let newest = self.packets.iter().map(|(at, _)| *at).max()?;
        let recent = || self.packets.iter().filter(|(at, _)| newest.saturating_duration_since(*at) <= NEWEST);
        let fastest = recent().map(|(_, took)| *took).reduce(f64::min)?;
        (recent().count() >= NEWEST_PACKETS).then_some(fastest - smallest(&self.fastest)?)
    }

    /// Seconds that the very last packet waits which is known to have arrived.
    pub(super) fn of_last(&self) -> Option<f64> {
        let (_, took) = self.packets.iter().max_by_key(|(at, _)| *at)?;
        Some(took - smallest(&self.fastest)?)
    }

    /// Takes the queue that stands for a part of the way.
    pub(super) fn accept(&mut self) {
        if let (Some(smallest), Some((at, _))) = (smallest(&self.packets), self.packets.back().copied()) {
            self.fastest = VecDeque::from([(at, smallest)]);
        }
    }

    fn remember_fastest(&mut self, departed: Instant, took: f64) {
        match self.fastest.back_mut() {
            Some((began, fastest)) if departed.saturating_duration_since(*began) < EPOCH => {
                *fastest = fastest.min(took);
            }
            Some(_) | None => self.fastest.push_back((departed, took)),
        }
        if self.fastest.len() > EPOCHS {
            self.fastest.pop_front();
        }
    }

    fn remember_history(&mut self, departed: Instant) {
        let Some(smallest) = smallest(&self.packets) else { return };
        match self.history.back_mut() {
            // A point for every 20 ms is enough, and bounds them.
            Some((at, before)) if departed.saturating_duration_since(*at) < TREND / 20 => *before = smallest,
            Some(_) | None => self.history.push_back((departed, smallest)),
        }
        while self.history.front().is_some_and(|(at, _)| departed.saturating_duration_since(*at) > TREND) {
            self.history.pop_front();
        }
    }
}

fn smallest(delays: &VecDeque<(Instant, f64)>) -> Option<f64> {
    delays.iter().map(|(_, took)| *took).reduce(f64::min)
}

/// The straight line through all points that misses them least (least squares).
fn slope(points: &VecDeque<(Instant, f64)>) -> f64 {
    let Some((first, _)) = points.front().filter(|_| points.len() >= 5) else { return 0.0 };
    let count = points.len() as f64;
    let points = || points.iter().map(|(at, y)| (at.saturating_duration_since(*first).as_secs_f64(), *y));
    let (sum_x, sum_y) = points().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (above, below) = points().fold((0.0, 0.0), |(above, below), (x, y)| {
        (above + (x - mean_x) * (y - mean_y), below + (x - mean_x) * (x - mean_x))
    });
    if below > 1e-9 { above / below } else { 0.0 }
}
