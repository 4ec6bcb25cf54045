//! How much one way through the network takes: the bandwidth estimator, one for each peer.
//!
//! # What it knows
//!
//! The receiver says of every packet when it arrived, by its own clock, or that it did not (transport-wide congestion
//! control, draft-holmer-rmcat-transport-wide-cc-extensions-01). Four things are read out of that:
//!
//! - **The standing queue** ([`delay`]). What a packet takes longer than the fastest of the last half minute it spent
//!   in queues. A picture is a burst and queues behind itself, and jitter delays single packets, so only the smallest
//!   delay of the last 100 ms counts: what not even one packet escapes is a queue that stands. Its trend tells a
//!   queue that will stand soon.
//!   A link that has suddenly become narrow is told sooner: all of the newest packets are late by a lot, or, sooner
//!   still, the report tells of none of them, and what it tells of last is late.
//! - **The throughput** ([`throughput`]): what arrived in the last half second. While a queue stands it is exactly what
//!   the narrowest link gives us.
//! - **The loss** ([`loss`]), and whether it depends on how much we send.
//! - **Probes** ([`probe`]): a burst leaves the narrowest link stretched to that link's rate.
//!
//! # What it does
//!
//! ```text
//!            a queue stands, or loss that depends on the rate
//!   Searching ───────────────────────────────────────────────► Draining ──┐
//!   doubles quickly                                            below the  │ the queue is gone
//!       ▲                                                      throughput │
//!       │  more arrives than the capacity that was known,         ▲       ▼
//!       └──────────────────────────────────────────────────────── Climbing
//!          or loss turned out not to depend on the rate           about a packet a round trip
//! ```
//!
//! These are the states of GCC (draft-ietf-rmcat-gcc-02, section 5.5), with three differences. The delay itself is
//! judged and not only its gradient, as in NADA (RFC 8698, section 4.2): a queue that stands still has no gradient, and
//! does the same harm. A queue is *drained*: the rate goes below the throughput by as much as the queue is long, and
//! comes back once it is empty. And loss alone proves nothing: it lowers the rate once, as an experiment, and where
//! that does not lower the loss, the loss is the path's own and is ignored from then on (as WebRTC's second loss
//! controller does by fitting both to a model).
//!
//! A queue that stays although we send less is somebody else's, or the path has become longer: after two attempts it
//! is taken for a part of the path. So other people's traffic does not starve us.
//!
//! # Who sends less than it may
//!
//! The target grows no further than half as much again as really arrives, and a little more: beyond that nothing is known.
//! It does not fall because little is sent. Probes find out more for who sends little, and would send more: what would be
//! sent at most is told by [`Estimator::set_wanted`].
mod delay;
mod loss;
mod probe;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod throughput;

use std::time::{Duration, Instant};

pub use self::probe::Probe;
use self::{
    delay::Delay,
    loss::{Loss, Verdict},
    probe::Prober,
    throughput::Throughput,
};

/// The target never falls below: sound with its headers.
pub const MIN_BITS_PER_SECOND: f64 = 50e3;
/// Nor does it rise above: all that a call sends to one peer has room in half of it.
pub const MAX_BITS_PER_SECOND: f64 = 10e6;
/// Where it begins. A small picture fits, and it doubles several times in the first second.
pub const START_BITS_PER_SECOND: f64 = 500e3;

/// What counts as a standing queue, on a fast link. Below that are timers, scheduling and Wi-Fi.
const QUEUE: Duration = Duration::from_millis(20);
/// On a slow link a single packet already takes long, and one behind another is no queue yet.
const QUEUE_PACKETS: f64 = 1.5;
/// Where single packets are late by so much anyway, the smallest delay is late too: by this share of it,
const QUEUE_SPREAD: f64 = 0.7;
/// but the limit grows by no more than this.
const QUEUE_SPREAD_MOST: f64 = 0.03;
/// If the newest packets are later than this, the link has become narrower. Pictures that queue behind themselves are
/// not so late.
const SUDDEN: f64 = 0.06;
/// So it is if nothing is known of as much as left in this time, while usually it is known of,
const MISSING: f64 = 0.045;
/// and the last packet that is known of was later than this.
const MISSING_LATE: f64 = 0.03;
/// Then, this share of what arrives is sent.
const SUDDEN_DRAIN: f64 = 0.4;
/// A large packet with all its headers, in bits.
const PACKET_BITS: f64 = 1_250.0 * 8.0;
/// So far ahead the trend of the queue is looked at: about the time until the next report.
const FORESIGHT: f64 = 0.1;

/// While searching, the target doubles in this time, and the time in which an answer comes.
const SEARCH_DOUBLES: f64 = 0.2;
/// And so when it is far below a capacity that is known, or has just grown out of one.
const RETURN_DOUBLES: f64 = 0.7;
/// No more than this share more a second, near the capacity.
const CLIMB_SHARE: f64 = 0.11;
/// The target is at most so many times what arrives, and [`UNKNOWN`] more.
const BEYOND_THROUGHPUT: f64 = 1.5;
/// See [`BEYOND_THROUGHPUT`]: from silence to a first small picture.
const UNKNOWN: f64 = 100e3;
/// Who sends less than this share of the target does not use it: what happens then says nothing of the target.
const WELL_USED: f64 = 0.7;
/// More than this share of the known capacity arrives: it is more by now.
const OUTGROWN: f64 = 1.12;
/// Below this share of the capacity that is known there is no need for care.
const WELL_BELOW: f64 = 0.8;

/// While draining, the share of the throughput that is sent while the queue is short,
const DRAIN: f64 = 0.87;
/// less as much for each second of queue,
const DRAIN_PER_SECOND: f64 = 1.0;
/// but at least so much.
const DRAIN_LEAST: f64 = 0.3;
/// The share of the capacity with which it goes on once the queue is gone.
const RESUME: f64 = 0.93;
/// Without a known throughput near the target, a queue lowers it by this.
const BLIND_DECREASE: f64 = 0.75;
/// An attempt to drain a queue may take this long, and several round trips. After [`ATTEMPTS`] it is not ours.
const ATTEMPT: Duration = Duration::from_millis(900);
/// See [`ATTEMPT`].
const ATTEMPTS: u32 = 2;

/// Until a limit is met, or for so long, the target says where the search is rather than what the way takes.
const FIRST_SEARCH: Duration = Duration::from_millis(1_500);

/// No answer for so long, and two round trips: something is very wrong, and the target falls.
const SILENCE: Duration = Duration::from_millis(600);
/// Every so often, by [`SILENCE_DECREASE`].
const SILENCE_STEP: Duration = Duration::from_millis(300);
/// See [`SILENCE_STEP`].
const SILENCE_DECREASE: f64 = 0.7;

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived, at this time of the receiver's clock.
    Arrived(Duration),
    /// It arrived, and nobody knows when.
    ArrivedSometime,
    /// It did not arrive, or will only after others that were sent later.
    Lost,
}

/// What the receiver says of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketReport {
    /// When we sent it.
    pub departed: Instant,
    /// What became of it.
    pub fate: Fate,
    /// Its size with all headers, as the network counts it.
    pub bytes: usize,
    /// The probe that it belongs to, by [`Probe::number`].
    pub probe: Option<u32>,
}

/// What to do with the rate at the moment.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// Nothing is known of a limit.
    Searching { doubles: f64 },
    /// There is a limit near.
    Climbing,
    /// A queue stands that we try to empty.
    Draining { attempt: u32, since: Instant, queue: f64 },
}

/// The estimator. See the module.
#[derive(Debug)]
pub struct Estimator {
    target: f64,
    phase: Phase,
    /// What the narrowest link gave us when it was full.
    capacity: Option<f64>,
    throughput: Throughput,
    delay: Delay,
    loss: Loss,
    prober: Prober,
    /// To the receiver and back, with the time that it waits before it reports.
    response: Duration,
    /// Seconds by which the newest report is behind what is usual.
    missing: f64,
    answered: bool,
    /// When the receiver has first reported.
    began: Option<Instant>,
    /// Whether a limit was met, or [`FIRST_SEARCH`] is over.
    settled: bool,
    /// See [`Self::set_wanted`].
    wanted: Option<f64>,
    unanswered_since: Option<Instant>,
    last_handled: Option<Instant>,
    next_silence_step: Option<Instant>,
}

impl Default for Estimator {
    fn default() -> Self {
        Self {
            target: START_BITS_PER_SECOND,
            phase: Phase::Searching { doubles: SEARCH_DOUBLES },
            capacity: None,
            throughput: Throughput::default(),
            delay: Delay::default(),
            loss: Loss::default(),
            prober: Prober::default(),
            response: Duration::from_millis(150),
            missing: 0.0,
            answered: false,
            began: None,
            settled: false,
            wanted: None,
            unanswered_since: None,
            last_handled: None,
            next_silence_step: None,
        }
    }
}

impl Estimator {
    /// Bits a second that may be sent, of everything, with all headers. `None` until the receiver has reported.
    pub fn target(&self) -> Option<f64> {
        self.answered.then_some(self.target)
    }

    /// The same as far as it says anything about the way: `None` at the beginning, while the target merely grows.
    pub fn estimate(&self) -> Option<f64> {
        self.settled.then_some(self.target)
    }

    /// How long packets wait in a queue that stands, as far as it is known.
    pub fn queue(&self) -> Duration {
        Duration::from_secs_f64(self.delay.queue().map_or(0.0, |queue| queue.standing).clamp(0.0, 60.0))
    }

    /// Whether a queue stands that we try to empty: what can wait should not be sent now.
    pub fn is_draining(&self) -> bool {
        matches!(self.phase, Phase::Draining { .. })
    }

    /// The time to the receiver and back, with its waiting before it reports.
    pub fn response(&self) -> Duration {
        self.response
    }

    /// The share of packets that the path loses whatever is sent, 0 to 1.
    pub fn path_loss(&self) -> f64 {
        self.loss.inherent()
    }

    /// What would be sent if the way took everything, in bits a second; `None` where nobody knows. Beyond it no bursts
    /// are sent to find out more.
    pub fn set_wanted(&mut self, bits_per_second: Option<f64>) {
        self.wanted = bits_per_second;
    }

    /// A packet leaves.
    pub fn sent(&mut self, now: Instant) {
        self.unanswered_since.get_or_insert(now);
    }

    /// A report of the receiver: packets in the order in which they were sent.
    pub fn handle(&mut self, reports: &[PacketReport], now: Instant) {
        let Some(newest) =
            reports.iter().filter(|report| report.fate != Fate::Lost).map(|report| report.departed).max()
        else {
            return; // What was lost is told again, by what arrives next.
        };
        self.answered = true;
        self.unanswered_since = None;
        self.next_silence_step = None;
        let response = now.saturating_duration_since(newest).min(Duration::from_secs(2));
        self.missing = response.saturating_sub(self.response).as_secs_f64();
        self.response = (self.response * 7 + response) / 8;
        for report in reports {
            self.throughput.take(report);
            self.delay.take(report);
            self.prober.take(report);
        }
        let queue_stands = self.overused() || self.is_draining();
        // Who sends far less than the way takes loses nothing by sending too much.
        let rate = Some(self.throughput.sent()).filter(|sent| *sent > WELL_USED * self.target);
        let verdict = self.loss.take(reports, queue_stands, rate);
        let passed = self.last_handled.map_or(Duration::ZERO, |before| now.saturating_duration_since(before));
        self.last_handled = Some(now);

        match verdict {
            Verdict::Harmless => {}
            Verdict::TooMuch => self.retreat_from_loss(),
            Verdict::NotOurs { before } => {
                self.target = self.target.max(before);
                self.capacity = None;
                self.phase = Phase::Searching { doubles: RETURN_DOUBLES };
            }
        }
        self.judge_queue(now);
        self.grow(passed.min(Duration::from_millis(500)).as_secs_f64());
        if let Some(found) = self.prober.found().filter(|found| *found > self.target && !self.overused()) {
            self.target = found;
        }
        self.target = self.target.clamp(MIN_BITS_PER_SECOND, MAX_BITS_PER_SECOND);
        let began = *self.began.get_or_insert(now);
        let searched = now.saturating_duration_since(began) >= FIRST_SEARCH;
        self.settled |= searched || !matches!(self.phase, Phase::Searching { .. });
    }

    /// A burst to send now, to find out whether there is more. `None` mostly.
    pub fn poll_probe(&mut self, now: Instant) -> Option<Probe> {
        let more_is_wanted = self.wanted.is_none_or(|wanted| self.target < wanted);
        let quiet = self.answered
            && more_is_wanted
            && self.unanswered_since.is_none_or(|since| now.saturating_duration_since(since) < SILENCE)
            && self.delay.queue().is_some_and(|queue| queue.standing < self.queue_limit() / 2.0)
            && !self.is_draining();
        let sends_little = self.throughput.sent() < WELL_USED * self.target;
        self.prober.poll(self.target, quiet && sends_little, now)
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let since = self.unanswered_since.filter(|_| self.answered)?;
        Some(self.next_silence_step.unwrap_or(since + SILENCE + 2 * self.response))
    }

    /// Lowers the target where packets are sent and nobody answers.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.target = (self.target * SILENCE_DECREASE).max(MIN_BITS_PER_SECOND);
            self.phase = Phase::Searching { doubles: RETURN_DOUBLES };
            self.next_silence_step = Some(now + SILENCE_STEP);
        }
    }

    /// Seconds of standing queue that are too much.
    fn queue_limit(&self) -> f64 {
        let spread = self.delay.queue().map_or(0.0, |queue| (QUEUE_SPREAD * queue.spread).min(QUEUE_SPREAD_MOST));
        QUEUE.as_secs_f64() + QUEUE_PACKETS * PACKET_BITS / self.target + spread
    }

    /// Whether the link has just become much narrower.
    fn is_sudden(&self) -> bool {
        let packet = PACKET_BITS / self.capacity.map_or(self.target, |capacity| capacity.max(self.target));
        let scale = (3.0 * packet / SUDDEN).max(1.0);
        let late = |late: Option<f64>, limit: f64| late.is_some_and(|late| late > scale * limit);
        late(self.delay.of_newest(), SUDDEN)
            || self.missing > scale * MISSING && late(self.delay.of_last(), MISSING_LATE)
    }

    fn overused(&self) -> bool {
        let limit = self.queue_limit();
        self.is_sudden()
            || self.delay.queue().is_some_and(|queue| {
                queue.standing > limit
                    || queue.standing > limit / 2.0 && queue.standing + queue.trend * FORESIGHT > limit
            })
    }

    fn judge_queue(&mut self, now: Instant) {
        let Some(queue) = self.delay.queue() else { return };
        match self.phase {
            Phase::Searching { .. } | Phase::Climbing if self.overused() => self.drain(1, queue.standing, now),
            Phase::Searching { .. } | Phase::Climbing => {}
            Phase::Draining { .. } if queue.standing < self.queue_limit() / 2.0 && !self.is_sudden() => {
                if let Some(capacity) = self.capacity {
                    self.target = RESUME * capacity;
                }
                self.phase = Phase::Climbing;
            }
            Phase::Draining { attempt, since, queue: before } => {
                let passed = now.saturating_duration_since(since);
                let still_grows = queue.standing > before && passed > self.response;
                if still_grows || passed > ATTEMPT + 3 * self.response {
                    let helped = queue.standing < 0.8 * before;
                    match attempt {
                        ATTEMPTS.. if !still_grows && !helped => {
                            self.delay.accept();
                            self.phase = Phase::Climbing;
                        }
                        _ if helped => self.drain(1, queue.standing, now),
                        _ if still_grows => self.drain(attempt, queue.standing, now),
                        _ => self.drain(attempt + 1, queue.standing, now),
                    }
                }
            }
        }
    }

    /// Sends less than the link takes, until the queue is gone.
    fn drain(&mut self, attempt: u32, queue: f64, now: Instant) {
        self.phase = Phase::Draining { attempt, since: now, queue };
        // Who sends less than it may learns nothing of the link by what arrives.
        // Most of what arrived in the last half second came before the link was what it is now.
        let lately = self.throughput.arrived_lately().filter(|_| self.is_sudden());
        let arrived = lately.or(self.throughput.arrived());
        let Some(arrived) = arrived.filter(|_| self.throughput.sent() > WELL_USED * self.target) else {
            self.target *= BLIND_DECREASE;
            return;
        };
        self.capacity = Some(match self.capacity {
            Some(before) if (0.75..1.25).contains(&(arrived / before)) => 0.5 * before + 0.5 * arrived,
            Some(_) | None => arrived,
        });
        let share = (DRAIN - queue * DRAIN_PER_SECOND).max(DRAIN_LEAST);
        let share = if lately.is_some() { SUDDEN_DRAIN } else { share };
        self.target = self.target.min(share * arrived);
        self.prober.congested(now);
    }

    fn retreat_from_loss(&mut self) {
        let Some(arrived) = self.throughput.arrived() else { return };
        self.target = self.target.min(RESUME * arrived);
        self.capacity = Some(arrived);
        self.phase = Phase::Climbing;
    }

    fn grow(&mut self, seconds: f64) {
        let quiet = self.delay.queue().is_none_or(|queue| queue.standing < self.queue_limit() / 2.0);
        let Some(arrived) = self.throughput.arrived().filter(|_| quiet) else { return };
        let response = self.response.as_secs_f64();
        let doubled_in = |doubles: f64| (seconds / (doubles + response)).exp2();
        let grown = match (self.phase, self.capacity) {
            (Phase::Draining { .. }, _) => return,
            (Phase::Searching { doubles }, _) => self.target * doubled_in(doubles),
            (Phase::Climbing, Some(capacity)) if arrived > OUTGROWN * capacity => {
                self.phase = Phase::Searching { doubles: RETURN_DOUBLES };
                return;
            }
            (Phase::Climbing, Some(capacity)) if self.target < WELL_BELOW * capacity => {
                self.target * doubled_in(RETURN_DOUBLES)
            }
            (Phase::Climbing, Some(_) | None) => {
                let a_packet_each_response = PACKET_BITS / (response + 0.1);
                self.target + seconds * a_packet_each_response.min(CLIMB_SHARE * self.target)
            }
        };
        let known = BEYOND_THROUGHPUT * arrived + UNKNOWN;
        self.target = grown.min(known.max(self.target));
    }
}
