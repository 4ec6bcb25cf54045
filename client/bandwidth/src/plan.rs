//! What is encoded, how, and who gets which of it: one [`Plan`] a few times a second.
//!
//! [`Planner::plan`] is told the sources, what every receiver wants and has room for, what the person allows and how
//! busy the encoders are. It divides the bits ([`budget`](crate::budget)), puts everybody on a rung of each source's
//! ladder ([`layers`](crate::layers)), and lets go what the computer has no time for ([`strain`](crate::strain)). Only
//! rungs that somebody gets are encoded, and a rung's rate is set by those who get it.
//!
//! Patience is added here: a receiver goes down at once, and up only after [`UP_AFTER`] during which the better rung
//! would have been affordable with [`HEADROOM`] to spare. What is merely shown larger is sent larger at once.
//!
//! Called by the engine, about four times a second and whenever somebody wants something else.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use crate::{
    budget::{Allowance, Demand, Want, split},
    layers::{Ladder, Layer, Receiver, Relief, Rung, Source, choose, rate},
    strain::Governor,
};

/// How long a better rung must be affordable before it is taken.
pub const UP_AFTER: Duration = Duration::from_secs(4);
/// What must be left over then, in percent of what is needed.
pub const HEADROOM: u32 = 20;
/// Whoever had to do with the base alone gets everything again with so much left over, in percent.
const BASE_HEADROOM: u32 = 15;

/// All that a plan depends on. `K` names a receiver.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation<K> {
    /// The camera's pictures; none while it is off.
    pub camera: Option<Source>,
    /// What is shared, if anything is.
    pub screen: Option<Source>,
    /// Who gets what we send.
    pub receivers: Vec<Wish<K>>,
    /// Thousands of bits a second that our sound takes for each of them.
    pub sound_kbps: u32,
    /// Thousands of bits a second that everything may take together, if the person has said so.
    pub upload_kbps: Option<u32>,
    /// The time that encoders take over the time that they have, of the one that is worst off.
    pub load: f32,
    /// Whether our pictures are recorded here, for which they are wanted whole.
    pub recorded: bool,
}

/// What one receiver wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish<K> {
    /// Who.
    pub who: K,
    /// How many lines of the camera's pictures they show; 0 for none.
    pub camera_lines: u16,
    /// How many lines of what is shared.
    pub screen_lines: u16,
    /// Thousands of bits a second that the way to them takes of everything, if that is known.
    pub estimate_kbps: Option<u32>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<K> {
    /// With the camera's pictures.
    pub camera: TrackPlan<K>,
    /// With what is shared.
    pub screen: TrackPlan<K>,
    /// Thousands of bits a second that the way to everybody would have to take for all that they want.
    pub wanted_kbps: BTreeMap<K, u32>,
    /// What keeps pictures from being as good as they are wanted.
    pub limit: Limit<K>,
}

/// What to do with the pictures of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackPlan<K> {
    /// The encoders that run, that of the largest pictures first.
    pub encoders: Vec<Run>,
    /// Which of them everybody gets. Those who are missing get nothing.
    pub choices: BTreeMap<K, Choice>,
}

/// One encoder at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub layer: Layer,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
    /// Thousands of bits a second.
    pub kbps: u32,
}

/// What one receiver gets of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// From which encoder.
    pub layer: Layer,
    /// Whether it is every second picture alone.
    pub base_only: bool,
}

/// What keeps pictures from being as good as they are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Limit<K> {
    /// Nothing does.
    #[default]
    Nothing,
    /// The computer is too slow.
    Processor,
    /// What the person allows.
    Upload,
    /// The way to this receiver, and perhaps to others.
    Network(K),
}

/// Remembers what everybody gets, so that nobody's picture flaps.
#[derive(Debug)]
pub struct Planner<K> {
    governor: Governor,
    camera: BTreeMap<K, Held>,
    screen: BTreeMap<K, Held>,
}

/// What a receiver gets of a source.
#[derive(Debug, Clone, Copy)]
struct Held {
    layer: Layer,
    base_only: bool,
    /// The best that is of use to them.
    top: Layer,
    /// Since when a better one would do.
    better: Option<Instant>,
}

/// A receiver of one source.
struct Candidate<K> {
    who: K,
    receiver: Receiver,
}

impl<K> Default for Planner<K> {
    fn default() -> Self {
        Self { governor: Governor::default(), camera: BTreeMap::new(), screen: BTreeMap::new() }
    }
}

impl<K: Copy + Ord> Planner<K> {
    /// What to do from `now` on.
    pub fn plan(&mut self, situation: &Situation<K>, now: Instant) -> Plan<K> {
        self.governor.load(situation.load, now);
        let relief = self.governor.relief();
        let camera = situation.camera.map(|source| Ladder::of(source, relief));
        let screen = situation.screen.map(|source| Ladder::of(source, relief));

        let demands: Vec<_> = situation.receivers.iter().map(|wish| demand(wish, &camera, &screen)).collect();
        let allowances = split(&demands, situation.upload_kbps, situation.sound_kbps);
        let all = || situation.receivers.iter().zip(&allowances);
        let track = |ladder: &Option<Ladder>, held, lines: fn(&Wish<K>) -> u16, kbps: fn(&Allowance) -> u32| {
            let Some(ladder) = ladder else { return TrackPlan::nothing(held) };
            let wanted = all().filter(|(wish, _)| lines(wish) > 0);
            let candidates = wanted.filter_map(|(wish, allowance)| {
                let top = ladder.top(lines(wish));
                let receiver = Receiver { top, kbps: kbps(allowance) };
                // Beside a shared picture there may be no room for the camera's. An only picture is never refused.
                let only = wish.camera_lines == 0 || wish.screen_lines == 0 || situation.screen.is_none();
                let entry = ladder.rungs().last().map_or(0, Rung::entry_kbps);
                (only || receiver.kbps >= entry).then_some(Candidate { who: wish.who, receiver })
            });
            distribute(ladder, held, &candidates.collect::<Vec<_>>(), situation.recorded, now)
        };
        let camera_plan = track(&camera, &mut self.camera, |wish| wish.camera_lines, |it| it.camera);
        let screen_plan = track(&screen, &mut self.screen, |wish| wish.screen_lines, |it| it.screen);
        let limit = self.limit(situation, relief, &demands, &allowances);
        let wanted = all_wanted(situation, &demands);
        Plan { camera: camera_plan, screen: screen_plan, wanted_kbps: wanted, limit }
    }

    fn limit(
        &self,
        situation: &Situation<K>,
        relief: Relief,
        demands: &[Demand],
        allowances: &[Allowance],
    ) -> Limit<K> {
        if relief != Relief::NONE {
            return Limit::Processor;
        }
        let short = |wish: &Wish<K>| {
            let held = [self.camera.get(&wish.who), self.screen.get(&wish.who)];
            held.into_iter().flatten().any(|held| held.base_only || held.layer != held.top)
        };
        let Some(place) = situation.receivers.iter().position(short) else { return Limit::Nothing };
        let free = split(demands, None, situation.sound_kbps);
        if allowances[place] == free[place] { Limit::Network(situation.receivers[place].who) } else { Limit::Upload }
    }
}

impl<K> TrackPlan<K> {
    fn nothing(held: &mut BTreeMap<K, Held>) -> Self {
        held.clear();
        Self { encoders: Vec::new(), choices: BTreeMap::new() }
    }
}

fn demand<K>(wish: &Wish<K>, camera: &Option<Ladder>, screen: &Option<Ladder>) -> Demand {
    let want = |ladder: &Option<Ladder>, lines| {
        let Some(ladder) = ladder.as_ref().filter(|_| lines > 0) else { return Want::default() };
        let least = ladder.rungs().last().map_or(0, Rung::entry_kbps);
        Want { most: ladder.rungs()[ladder.top(lines)].most_kbps, least }
    };
    Demand {
        screen: want(screen, wish.screen_lines),
        camera: want(camera, wish.camera_lines),
        large: camera.as_ref().is_some_and(|ladder| ladder.top(wish.camera_lines) == 0),
        estimate_kbps: wish.estimate_kbps,
    }
}

fn all_wanted<K: Copy + Ord>(situation: &Situation<K>, demands: &[Demand]) -> BTreeMap<K, u32> {
    let wanted = |(wish, demand): (&Wish<K>, &Demand)| (wish.who, demand.wanted_kbps(situation.sound_kbps));
    situation.receivers.iter().zip(demands).map(wanted).collect()
}

/// Puts everybody on a rung, with patience, and works out what the rungs that are used cost.
fn distribute<K: Copy + Ord>(
    ladder: &Ladder,
    held: &mut BTreeMap<K, Held>,
    candidates: &[Candidate<K>],
    recorded: bool,
    now: Instant,
) -> TrackPlan<K> {
    let rungs = ladder.rungs();
    let receivers: Vec<_> = candidates.iter().map(|candidate| candidate.receiver).collect();
    let cautious: Vec<_> = receivers.iter().map(|it| Receiver { kbps: without(it.kbps, HEADROOM), ..*it }).collect();
    let places = choose(ladder, &receivers).into_iter().zip(choose(ladder, &cautious));
    held.retain(|who, _| candidates.iter().any(|candidate| candidate.who == *who));
    let places: Vec<_> = candidates
        .iter()
        .zip(places)
        .map(|(candidate, (place, safe))| {
            let top = rungs[candidate.receiver.top].layer;
            let before = held.get_mut(&candidate.who);
            let Some(before) = before else {
                let layer = rungs[place].layer;
                held.insert(candidate.who, Held { layer, base_only: false, top, better: None });
                return place;
            };
            let place = patiently(ladder, before, top, (place, safe), now);
            (before.layer, before.top) = (rungs[place].layer, top);
            place
        })
        .collect();

    let mut plan = TrackPlan { encoders: Vec::new(), choices: BTreeMap::new() };
    for (place, rung) in rungs.iter().enumerate() {
        let here = || candidates.iter().zip(&places).filter(|(_, other)| **other == place).map(|(it, _)| it);
        let kept = recorded && place == 0;
        if !kept && here().next().is_none() {
            continue;
        }
        let kbps = rate(rung, &here().map(|it| it.receiver.kbps).collect::<Vec<_>>());
        let Rung { layer, width, height, fps, .. } = *rung;
        plan.encoders.push(Run { layer, width, height, fps, kbps });
        for candidate in here() {
            let Some(held) = held.get_mut(&candidate.who) else { continue };
            let spare = if held.base_only { BASE_HEADROOM } else { 0 };
            held.base_only = rung.temporal && without(candidate.receiver.kbps, spare) < kbps;
            plan.choices.insert(candidate.who, Choice { layer, base_only: held.base_only });
        }
    }
    plan
}

/// The place for a receiver who could have `place`, and with headroom `safe`.
fn patiently(ladder: &Ladder, held: &mut Held, top: Layer, (place, safe): (usize, usize), now: Instant) -> usize {
    let at = |layer: Layer| ladder.rungs().iter().position(|rung| rung.layer >= layer).unwrap_or(0);
    let present = at(held.layer);
    // Nothing but what they showed kept them there.
    let was_enough = held.layer == held.top && top < held.top;
    if place >= present || was_enough {
        held.better = None;
        return place;
    }
    if safe >= present {
        held.better = None;
    } else if now.saturating_duration_since(*held.better.get_or_insert(now)) >= UP_AFTER {
        held.better = None;
        return safe;
    }
    present
}

/// What is left of a rate when so many percent of what it is used for stay free.
fn without(kbps: u32, percent: u32) -> u32 {
    u32::try_from(u64::from(kbps) * 100 / u64::from(100 + percent)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
