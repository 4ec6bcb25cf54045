//! A call over a narrow link, in virtual time: sources that follow their estimator, a queue that drops what does not
//! fit, and reports on the way back.
use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use super::{Estimator, Fate, PacketReport};
use crate::pacer::{Admission, Pacer, Waiting};

/// A step of the simulation.
const STEP: Duration = Duration::from_millis(1);
const FRAME: Duration = Duration::from_micros(33_333);
const BLOCK: Duration = Duration::from_millis(20);
/// 32 kbit/s in blocks of 20 ms, with headers.
const BLOCK_BYTES: usize = 80 + 56;
/// A packet of a picture, with headers.
const PACKET_BYTES: usize = 1_226;
/// So much of the target goes to pictures and sound.
const SHARE: f64 = 0.9;
const SOUND: f64 = 54_400.0;

/// How bad the link is.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// Bits a second, from each time on.
    pub(super) rate: Vec<(f64, f64)>,
    /// How much may wait.
    pub(super) queue: Duration,
    /// One way.
    pub(super) delay: Duration,
    /// Longer by up to this, at random; packets stay in order.
    pub(super) jitter: Duration,
    /// The share that vanishes, 0 to 1: packets, and reports too.
    pub(super) loss: f64,
    /// Between two reports.
    pub(super) report: Duration,
    /// From a second on everything takes longer by this: the way has changed.
    pub(super) detour: Option<(f64, Duration)>,
    /// At a second the receiver's clock is set to this.
    pub(super) clock_set: Option<(f64, Duration)>,
}

impl Path {
    pub(super) fn of(rate: f64) -> Self {
        Self {
            rate: vec![(0.0, rate)],
            queue: Duration::from_millis(300),
            delay: Duration::from_millis(25),
            jitter: Duration::ZERO,
            loss: 0.0,
            report: Duration::from_millis(100),
            detour: None,
            clock_set: None,
        }
    }

    fn delay_at(&self, time: Duration) -> Duration {
        let detour = self.detour.filter(|(from, _)| *from <= time.as_secs_f64());
        self.delay + detour.map_or(Duration::ZERO, |(_, longer)| longer)
    }

    /// The receiver's clock, which began at another time than ours.
    fn clock_at(&self, time: Duration) -> Duration {
        match self.clock_set {
            Some((at, clock)) if at <= time.as_secs_f64() => clock + time - Duration::from_secs_f64(at),
            Some(_) | None => time + Duration::from_secs(1_000),
        }
    }

    fn rate_at(&self, time: Duration) -> f64 {
        self.rate.iter().rev().find(|(from, _)| *from <= time.as_secs_f64()).map_or(self.rate[0].1, |(_, rate)| *rate)
    }
}

/// What one source does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    /// When it begins.
    pub(super) from: Duration,
    /// It never makes more than this for its pictures, in bits a second.
    pub(super) at_most: f64,
    /// It has nothing to show in this time.
    pub(super) pause: Option<(Duration, Duration)>,
}

impl Default for Habit {
    fn default() -> Self {
        Self { from: Duration::ZERO, at_most: f64::INFINITY, pause: None }
    }
}

/// What happened in one hundredth of a second.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moment {
    pub(super) bits_sent: f64,
    pub(super) bits_arrived: f64,
    pub(super) target: f64,
    /// The longest that a packet which left in it waited for the link, in seconds.
    pub(super) queued: f64,
}

/// One sender with its estimator.
struct Source {
    habit: Habit,
    estimator: Estimator,
    pacer: Pacer,
    waiting: VecDeque<usize>,
    frames: u64,
    blocks: u64,
    numbers: u64,
    /// What nobody has reported yet, by its number.
    sent: BTreeMap<u64, (Instant, usize, Option<u32>)>,
    /// What arrived since the last report, by its number.
    arrived: BTreeMap<u64, Duration>,
    reported: u64,
    reports: VecDeque<(Instant, Vec<PacketReport>)>,
    moments: Vec<Moment>,
    dice: fastrand::Rng,
}

/// A packet under way.
struct UnderWay {
    arrives: Instant,
    source: usize,
    number: u64,
}

/// The simulation.
pub(super) struct Simulation {
    path: Path,
    start: Instant,
    now: Instant,
    free_at: Instant,
    last_arrival: Instant,
    under_way: VecDeque<UnderWay>,
    sources: Vec<Source>,
    dice: fastrand::Rng,
    /// Every packet that passed: when, and how long it waited.
    waits: Vec<(f64, f64)>,
    /// When the sound of the first source arrived.
    heard: Vec<f64>,
}

impl Simulation {
    pub(super) fn new(path: Path, habits: &[Habit], seed: u64) -> Self {
        let start = moment();
        let sources =
            habits.iter().enumerate().map(|(index, habit)| Source::new(*habit, seed + index as u64)).collect();
        Self {
            path,
            start,
            now: start,
            free_at: start,
            last_arrival: start,
            under_way: VecDeque::new(),
            sources,
            dice: fastrand::Rng::with_seed(seed),
            waits: Vec::new(),
            heard: Vec::new(),
        }
    }

    /// Runs so long.
    pub(super) fn run(mut self, time: Duration) -> Outcome {
        while self.now < self.start + time {
            self.now += STEP;
            let passed = self.now - self.start;
            for index in 0..self.sources.len() {
                let packets = self.sources[index].produce(passed, self.now);
                for (number, bytes) in packets {
                    self.transmit(index, number, bytes);
                }
            }
            self.deliver();
        }
        let moments = self.sources.into_iter().map(|source| source.moments).collect();
        Outcome { moments, waits: self.waits, heard: self.heard }
    }

    fn transmit(&mut self, source: usize, number: u64, bytes: usize) {
        let start = self.free_at.max(self.now);
        let wait = start - self.now;
        if wait > self.path.queue || self.dice.f64() < self.path.loss {
            return;
        }
        self.waits.push(((self.now - self.start).as_secs_f64(), wait.as_secs_f64()));
        if let Some(moment) = self.sources[source].moments.last_mut() {
            moment.queued = moment.queued.max(wait.as_secs_f64());
        }
        let rate = self.path.rate_at(self.now - self.start);
        self.free_at = start + Duration::from_secs_f64(bytes as f64 * 8.0 / rate);
        let delay = self.path.delay_at(self.now - self.start);
        let arrives = self.free_at + delay + self.path.jitter.mul_f64(self.dice.f64());
        self.last_arrival = self.last_arrival.max(arrives);
        self.under_way.push_back(UnderWay { arrives: self.last_arrival, source, number });
    }

    fn deliver(&mut self) {
        while self.under_way.front().is_some_and(|packet| packet.arrives <= self.now) {
            let Some(packet) = self.under_way.pop_front() else { return };
            let source = &mut self.sources[packet.source];
            source.arrived.insert(packet.number, self.path.clock_at(packet.arrives - self.start));
            if let (Some((_, bytes, _)), Some(moment)) = (source.sent.get(&packet.number), source.moments.last_mut()) {
                moment.bits_arrived += *bytes as f64 * 8.0;
                if packet.source == 0 && *bytes == BLOCK_BYTES {
                    self.heard.push((packet.arrives - self.start).as_secs_f64());
                }
            }
        }
        let passed = (self.now - self.start).as_millis();
        if passed.is_multiple_of(self.path.report.as_millis()) {
            for source in &mut self.sources {
                let lost = self.dice.f64() < self.path.loss;
                source.report(self.now + self.path.delay, lost);
            }
        }
    }
}

impl Source {
    fn new(habit: Habit, seed: u64) -> Self {
        Self {
            habit,
            estimator: Estimator::default(),
            pacer: Pacer::default(),
            waiting: VecDeque::new(),
            frames: 0,
            blocks: 0,
            numbers: 0,
            sent: BTreeMap::new(),
            arrived: BTreeMap::new(),
            reported: 0,
            reports: VecDeque::new(),
            moments: Vec::new(),
            dice: fastrand::Rng::with_seed(seed.wrapping_mul(31)),
        }
    }

    /// What leaves in this step: numbers and bytes.
    fn produce(&mut self, passed: Duration, now: Instant) -> Vec<(u64, usize)> {
        while self.reports.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, reports)) = self.reports.pop_front() else { break };
            self.estimator.handle(&reports, now);
        }
        if self.estimator.poll_timeout().is_some_and(|due| due <= now) {
            self.estimator.handle_timeout(now);
        }
        if passed.as_millis().is_multiple_of(10) {
            let target = self.estimator.target().unwrap_or(0.0);
            self.moments.push(Moment { target, ..Moment::default() });
        }
        if passed < self.habit.from || self.habit.pause.is_some_and(|(from, to)| (from..to).contains(&passed)) {
            return Vec::new();
        }
        let mut leaving = Vec::new();
        let passed = passed - self.habit.from;
        if passed >= BLOCK * self.blocks as u32 {
            self.blocks = (passed.as_millis() / BLOCK.as_millis()) as u64 + 1;
            leaving.push((BLOCK_BYTES, None));
        }
        let target = self.estimator.target();
        self.pacer.set_target(target, now);
        if passed >= FRAME * self.frames as u32 {
            self.frames = (passed.as_micros() / FRAME.as_micros()) as u64 + 1;
            self.make_frame(target.unwrap_or(super::START_BITS_PER_SECOND), now);
        }
        while !self.waiting.is_empty() && self.pacer.ready_at(now) <= now {
            let Some(bytes) = self.waiting.pop_front() else { break };
            self.pacer.sent(bytes, now);
            leaving.push((bytes, None));
        }
        if let Some(probe) = self.estimator.poll_probe(now) {
            leaving.extend((0..probe.packets).map(|_| (PACKET_BYTES, Some(probe.number))));
        }
        leaving.into_iter().map(|(bytes, probe)| self.leave(bytes, probe, now)).collect()
    }

    /// A picture of a size that varies as pictures do.
    fn make_frame(&mut self, target: f64, now: Instant) {
        let rate = (SHARE * target - SOUND).clamp(20e3, self.habit.at_most);
        let bytes = (rate * FRAME.as_secs_f64() / 8.0 * (0.7 + 0.6 * self.dice.f64())) as usize;
        let picture = Waiting { made: now, bytes, patient: self.frames == 1 };
        if !self.waiting.is_empty() || self.pacer.admit(picture, now) == Admission::Late {
            return;
        }
        let whole = bytes / PACKET_BYTES;
        self.waiting.extend((0..whole).map(|_| PACKET_BYTES));
        self.waiting.extend((bytes > whole * PACKET_BYTES).then_some((bytes - whole * PACKET_BYTES).max(60)));
    }

    fn leave(&mut self, bytes: usize, probe: Option<u32>, now: Instant) -> (u64, usize) {
        let number = self.numbers;
        self.numbers += 1;
        self.sent.insert(number, (now, bytes, probe));
        self.estimator.sent(now);
        if let Some(moment) = self.moments.last_mut() {
            moment.bits_sent += bytes as f64 * 8.0;
        }
        (number, bytes)
    }

    /// Reports on all up to the newest that arrived; a report that is lost is never said again.
    fn report(&mut self, arrives: Instant, lost: bool) {
        let Some((&newest, _)) = self.arrived.last_key_value() else { return };
        let arrived = std::mem::take(&mut self.arrived);
        let known = (self.reported..=newest).filter_map(|number| {
            let (departed, bytes, probe) = self.sent.remove(&number)?;
            let fate = arrived.get(&number).map_or(Fate::Lost, |at| Fate::Arrived(*at));
            Some(PacketReport { departed, fate, bytes, probe })
        });
        let known: Vec<_> = known.collect();
        self.reported = newest + 1;
        if !lost {
            self.reports.push_back((arrives, known));
        }
    }
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) moments: Vec<Vec<Moment>>,
    waits: Vec<(f64, f64)>,
    heard: Vec<f64>,
}

impl Outcome {
    /// The mean rate that a source sent with, in bits a second, from one second to another.
    pub(super) fn sent(&self, source: usize, from: f64, to: f64) -> f64 {
        self.mean(source, from, to, |moment| moment.bits_sent * 100.0)
    }

    /// What arrived of it.
    pub(super) fn arrived(&self, source: usize, from: f64, to: f64) -> f64 {
        self.mean(source, from, to, |moment| moment.bits_arrived * 100.0)
    }

    pub(super) fn target(&self, source: usize, from: f64, to: f64) -> f64 {
        self.mean(source, from, to, |moment| moment.target)
    }

    /// The first second from which on for a second so much was sent.
    pub(super) fn reaches(&self, source: usize, from: f64, rate: f64) -> Option<f64> {
        let end = self.moments[source].len() as f64 / 100.0 - 1.0;
        (0..)
            .map(|step| from + f64::from(step) * 0.1)
            .take_while(|at| *at < end)
            .find(|at| self.sent(source, *at, at + 1.0) >= rate)
    }

    /// The first second from which on for a second no more than that was sent.
    pub(super) fn falls_to(&self, source: usize, from: f64, rate: f64) -> Option<f64> {
        let end = self.moments[source].len() as f64 / 100.0 - 1.0;
        (0..)
            .map(|step| from + f64::from(step) * 0.1)
            .take_while(|at| *at < end)
            .find(|at| self.sent(source, *at, at + 1.0) <= rate)
    }

    /// How long packets waited for the link, in milliseconds: the share `quantile` waited no longer.
    pub(super) fn queued_ms(&self, from: f64, to: f64, quantile: f64) -> f64 {
        let mut waits: Vec<_> =
            self.waits.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, wait)| *wait).collect();
        waits.sort_unstable_by(f64::total_cmp);
        waits.get((waits.len() as f64 * quantile) as usize).copied().unwrap_or_default() * 1e3
    }

    /// The longest time in which no sound of the first source arrived, in milliseconds.
    pub(super) fn silence_ms(&self, from: f64, to: f64) -> f64 {
        let inside = |pair: &&[f64]| pair[0] >= from && pair[1] <= to;
        self.heard.windows(2).filter(inside).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max) * 1e3
    }

    fn mean(&self, source: usize, from: f64, to: f64, value: impl Fn(&Moment) -> f64) -> f64 {
        let range = (from * 100.0) as usize..((to * 100.0) as usize).min(self.moments[source].len());
        let count = range.len().max(1) as f64;
        self.moments[source][range].iter().map(value).sum::<f64>() / count
    }
}

#[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
pub(super) fn moment() -> Instant {
    Instant::now()
}
