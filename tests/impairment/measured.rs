//! What a call on a bad network came to.
use std::time::Duration;

use parlor_tests::{
    score::{Film, Journal, LipScore, PictureScore, mean},
    trial::Outcome,
};
use serde_json::Value;

use crate::{
    cases::{Case, Measure},
    sound::{SoundScore, SoundScorer},
};

/// Until then a call settles: it is not scored.
const SETTLED: Duration = Duration::from_secs(6);
const SECOND: Duration = Duration::from_secs(1);
/// Until then pictures and sound find together: the sound waits for pictures step by step.
const TOGETHER: Duration = Duration::from_secs(10);
/// How long the stretches of speech are whose delays are known, in microseconds.
const STRETCH_US: u64 = 2_000_000;
/// What is sent may be so much more than the link takes, and counts as no more.
const DOWN_TO: f64 = 1.05;
const BACK_TO: f64 = 0.8;
/// How often one looks whether the rate is what it should be.
const LOOK: Duration = Duration::from_millis(100);

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) pictures: Option<PictureScore>,
    pub(crate) sound: Option<SoundScore>,
    pub(crate) lips: Option<LipScore>,
    /// What the receiver takes the skew for.
    pub(crate) told_skew_ms: Option<f64>,
    /// What was sent, on the wire, lost or not.
    pub(crate) sent_kbps: f64,
    pub(crate) queued_ms: Option<f64>,
    pub(crate) queued_high_ms: Option<f64>,
    pub(crate) down_seconds: Option<f64>,
    pub(crate) up_seconds: Option<f64>,
    /// Processor cores that each program used, encoding and decoding and all.
    pub(crate) sender_cores: Option<f64>,
    pub(crate) receiver_cores: Option<f64>,
    pub(crate) seconds: Vec<Second>,
}

/// A second of the call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second {
    /// When it begins, since the network began.
    pub(crate) at: f64,
    pub(crate) sent_kbps: f64,
    pub(crate) limit_kbps: Option<f64>,
    /// What the sender took the way for. Its clock begins with its joining, a moment earlier.
    pub(crate) estimate_kbps: Option<f64>,
    pub(crate) queued_ms: Option<f64>,
}

impl Measured {
    pub(crate) fn of(case: &Case, outcome: &Outcome, film: &Film, scorer: &SoundScorer<'_>) -> Self {
        let window = outcome.window(SETTLED);
        let seen = case.video_kbps.map(|_| (outcome.shown(film), outcome.arrivals(film)));
        let pictures = seen.as_ref().map(|(shown, arrivals)| PictureScore::new(film, shown, arrivals, window));
        let sound = scorer.score(outcome, window);
        let lips = seen.as_ref().zip(sound.as_ref()).and_then(|((shown, arrivals), sound)| {
            LipScore::new(shown, arrivals, &sound.delays(), STRETCH_US, outcome.window(TOGETHER))
        });
        let journal = &outcome.journal;
        let (from, to) = (SETTLED, case.time);
        let cores = |stats: &[Value]| {
            let settled = stats.iter().filter(|stats| stats["at_ms"].as_f64() > Some(SETTLED.as_secs_f64() * 1e3));
            mean(&settled.filter_map(|stats| stats["me"]["cpu_cores"].as_f64()).collect::<Vec<_>>())
        };
        Self {
            pictures,
            sound,
            lips,
            told_skew_ms: mean(&outcome.told_skews_ms(TOGETHER)),
            sent_kbps: journal.offered_kbps(from, to),
            queued_ms: journal.queued_ms(from, to, 0.5),
            queued_high_ms: journal.queued_ms(from, to, 0.95),
            down_seconds: down_seconds(case, journal),
            up_seconds: up_seconds(case, journal),
            sender_cores: cores(&outcome.sender_stats),
            receiver_cores: cores(&outcome.receiver_stats),
            seconds: (0..case.time.as_secs()).map(|second| Second::of(second, case, outcome)).collect(),
        }
    }

    /// The measure; `clean` is the call on which nothing was bad.
    pub(crate) fn value(&self, measure: Measure, case: &Case, clean: Option<&Self>) -> Option<f64> {
        let delay_ms = |measured: &Self| measured.sound.as_ref()?.delay_ms;
        match measure {
            Measure::Stoi => Some(self.sound.as_ref()?.stoi),
            Measure::MouthToEarMs => delay_ms(self),
            Measure::AddedDelayMs => Some(delay_ms(self)? - delay_ms(clean?)?),
            Measure::LongestGapMs => Some(self.sound.as_ref()?.longest_gap_ms),
            Measure::PictureLatencyMs => self.pictures.as_ref()?.latency_ms,
            Measure::ApartMs => Some(self.lips?.apart_ms),
            Measure::FrozenPercent => Some(100.0 * self.pictures.as_ref()?.frozen),
            Measure::SentPercent => Some(100.0 * self.sent_kbps / case.limit_kbps(SETTLED.as_secs())?),
            Measure::SentKbps => Some(self.sent_kbps),
            Measure::QueuedMs => self.queued_high_ms,
            Measure::DownSeconds => self.down_seconds,
            Measure::UpSeconds => self.up_seconds,
        }
    }
}

impl Second {
    fn of(second: u64, case: &Case, outcome: &Outcome) -> Self {
        let (from, to) = (Duration::from_secs(second), Duration::from_secs(second + 1));
        let told = outcome.sender_stats.iter().rev().find(|stats| {
            let at_ms = stats["at_ms"].as_u64().unwrap_or(u64::MAX);
            Duration::from_millis(at_ms) < to
        });
        Self {
            at: second as f64,
            sent_kbps: outcome.journal.offered_kbps(from, to),
            limit_kbps: case.limit_kbps(second),
            estimate_kbps: told.and_then(|stats| stats["participants"][0]["estimate_kbps"].as_f64()),
            queued_ms: outcome.journal.queued_ms(from, to, 0.95),
        }
    }
}

impl Case {
    /// The rate of the link at that second.
    pub(crate) fn limit_kbps(&self, second: u64) -> Option<f64> {
        self.rates.iter().rev().find(|(from, _)| *from <= second).map(|(_, kbps)| *kbps)
    }
}

/// From the first fall of the rate until a second begins in which no more is sent than passes.
fn down_seconds(case: &Case, journal: &Journal) -> Option<f64> {
    let (at, kbps) = change(case, |before, after| after < before)?;
    first_second(at, case, |from| journal.offered_kbps(from, from + SECOND) <= kbps * DOWN_TO)
}

/// From the first rise of the rate until the end of a second in which 80 % of it is sent. Who has never come down does not
/// come back.
fn up_seconds(case: &Case, journal: &Journal) -> Option<f64> {
    down_seconds(case, journal)?;
    let (at, kbps) = change(case, |before, after| after > before)?;
    let begins = first_second(at, case, |from| journal.offered_kbps(from, from + SECOND) >= kbps * BACK_TO)?;
    Some(begins + 1.0)
}

fn change(case: &Case, fits: impl Fn(f64, f64) -> bool) -> Option<(Duration, f64)> {
    let pair = case.rates.windows(2).find(|pair| fits(pair[0].1, pair[1].1))?;
    Some((Duration::from_secs(pair[1].0), pair[1].1))
}

fn first_second(at: Duration, case: &Case, fits: impl Fn(Duration) -> bool) -> Option<f64> {
    let mut looks = (0..).map(|look| at + look * LOOK).take_while(|from| *from + SECOND <= case.time);
    looks.find(|from| fits(*from)).map(|from| (from - at).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::cases::CASES;

    const STEP_MS: u64 = 10;
    const HEADER_BYTES: u64 = 28;

    #[test]
    fn coming_down_and_coming_back_are_timed_from_the_steps_of_the_link() {
        let steps = steps();
        let journal = sending(|ms| if (16_500..28_000).contains(&ms) { 400 } else { 3_000 });

        let seconds = [down_seconds(steps, &journal), up_seconds(steps, &journal)];

        // Of the second that begins a little before 1.5 s nearly all has the new rate.
        let [down, up] = seconds.map(|seconds| seconds.expect("it comes down and back"));
        assert!((1.4..=1.5).contains(&down), "{down}");
        // From 28 s on; 0.77 of a second at 3,000 and the rest at 400 is 80 %.
        assert!((3.7..=3.9).contains(&up), "{up}");
    }

    #[test]
    fn who_never_comes_down_does_not_come_back() {
        let journal = sending(|_| 3_000);

        assert_eq!((down_seconds(steps(), &journal), up_seconds(steps(), &journal)), (None, None));
    }

    fn steps() -> &'static Case {
        CASES.iter().find(|case| case.name == "steps").expect("a case with steps")
    }

    /// What somebody hands to the network who sends so many kbit/s at that millisecond.
    fn sending(kbps: impl Fn(u64) -> u64) -> Journal {
        let mut log = "DEBUG parlor::peer::impair: the bad network begins unix_us=1\n".to_owned();
        for ms in (0..steps().time.as_millis() as u64).step_by(STEP_MS as usize) {
            let (at_us, bytes) = (ms * 1_000, kbps(ms) * STEP_MS / 8 - HEADER_BYTES);
            let packet = format!("socket=0 at_us={at_us} bytes={bytes} queued_us=0");
            let _ = writeln!(log, "TRACE parlor::peer::impair: a packet passes {packet}");
        }
        Journal::read(&log).expect("a journal")
    }
}
