//! What is sent, and what of it arrives, in bits a second.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use super::{Fate, PacketReport};

/// Rates are taken over this time: several pictures, and not yet the past.
const WINDOW: Duration = Duration::from_millis(500);
/// What the link gives since it became narrow is taken over this time.
const LATELY: Duration = Duration::from_millis(80);
/// Less than this says nothing yet.
const LEAST: Duration = Duration::from_millis(50);
/// Packets that are remembered, at most.
const PACKETS: usize = 2048;

/// The two rates.
#[derive(Debug, Default)]
pub(super) struct Throughput {
    sent: VecDeque<(Instant, usize)>,
    arrived: VecDeque<(Duration, usize)>,
}

impl Throughput {
    pub(super) fn take(&mut self, report: &PacketReport) {
        let newest = self.sent.back().map_or(report.departed, |(at, _)| report.departed.max(*at));
        self.sent.push_back((newest, report.bytes));
        while self.sent.len() > PACKETS
            || self.sent.front().is_some_and(|(at, _)| newest.saturating_duration_since(*at) > WINDOW)
        {
            self.sent.pop_front();
        }
        let Fate::Arrived(at) = report.fate else { return };
        // A clock that was set back: what was before means nothing any more.
        if self.arrived.back().is_some_and(|(before, _)| before.saturating_sub(at) > WINDOW) {
            self.arrived.clear();
        }
        let newest = self.arrived.back().map_or(at, |(before, _)| at.max(*before));
        self.arrived.push_back((newest, report.bytes));
        while self.arrived.len() > PACKETS
            || self.arrived.front().is_some_and(|(at, _)| newest.saturating_sub(*at) > WINDOW)
        {
            self.arrived.pop_front();
        }
    }

    /// What was sent, of what is known to have arrived or not.
    pub(super) fn sent(&self) -> f64 {
        let (Some((first, _)), Some((last, _))) = (self.sent.front(), self.sent.back()) else { return 0.0 };
        rate(self.sent.iter().map(|(_, bytes)| *bytes), last.saturating_duration_since(*first)).unwrap_or(0.0)
    }

    /// What arrived. `None` until there is enough of it.
    pub(super) fn arrived(&self) -> Option<f64> {
        let (first, last) = (self.arrived.front()?.0, self.arrived.back()?.0);
        rate(self.arrived.iter().map(|(_, bytes)| *bytes), last.saturating_sub(first))
    }

    /// What arrived in the last moment, for when half a second ago means nothing any more.
    pub(super) fn arrived_lately(&self) -> Option<f64> {
        let last = self.arrived.back()?.0;
        let lately = || self.arrived.iter().filter(|(at, _)| last.saturating_sub(*at) <= LATELY);
        rate(lately().map(|(_, bytes)| *bytes), last.saturating_sub(lately().next()?.0))
    }
}

/// The first packet only marks where the time begins.
fn rate(bytes: impl Iterator<Item = usize>, time: Duration) -> Option<f64> {
    let bits = bytes.skip(1).sum::<usize>() as f64 * 8.0;
    (time >= LEAST).then(|| bits / time.as_secs_f64())
}
