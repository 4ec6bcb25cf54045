//! Keeps the pictures and the sound of somebody together, by their sender's own clock.
//!
//! Sender reports tell which RTP time of each stream belongs to which moment (RFC 3550, section 6.4.1). From what is
//! played and when follows how long sound takes from there to the loudspeaker; a picture that has got here faster is
//! held back until then, and where pictures keep coming later than their sound the sound is made to wait, a little.
//! Both are bounded: nobody wants to wait for the sake of lips. The peers' tasks tell this of reports, and the decoder
//! of pictures asks it; it is told the time.
use std::time::{Duration, Instant};

/// The longest that a picture is held back.
pub const LONGEST_HOLD: Duration = Duration::from_millis(150);

/// The longest that sound waits for pictures.
pub const LONGEST_EXTRA: Duration = Duration::from_millis(100);

/// Further apart than this the clocks have nothing to do with each other, in microseconds.
const NONSENSE: i64 = 2_000_000;

/// How far pictures may be late, as a mean, before sound waits, and how early before it no longer does, in microseconds.
const LATE: f64 = 25_000.0;
const EARLY: f64 = -15_000.0;

/// By how much the wait of the sound changes at a time, and how often.
const STEP: Duration = Duration::from_millis(5);
const STEP_INTERVAL: Duration = Duration::from_millis(500);

/// How much one picture counts in the means: about a second.
const NEWS: f64 = 1.0 / 30.0;

/// How much one look at the sound counts.
const SOUND_NEWS: f64 = 1.0 / 8.0;

/// A jump of the sound's delay by this much is believed at once, in microseconds.
const JUMP: f64 = 100_000.0;

/// What is known of the sound holds for so long after it was heard last: pauses are longer than words.
const SOUND_HOLDS: Duration = Duration::from_secs(30);

/// One sender report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderReport {
    /// The sender's clock, in 2^-32 s (RFC 3550, section 4).
    pub ntp: u64,
    /// The RTP time of the stream at that moment.
    pub rtp: u32,
}

/// The clock of one stream.
#[derive(Debug, Clone, Copy)]
struct Clock {
    report: SenderReport,
    /// Ticks a second.
    rate: i64,
}

impl Clock {
    /// When something was sent, by the sender's clock, in microseconds.
    fn sent(self, rtp: u32) -> i64 {
        let reported = (u128::from(self.report.ntp) * 1_000_000) >> 32;
        let ticks = i64::from(rtp.wrapping_sub(self.report.rtp) as i32);
        reported as i64 + ticks * 1_000_000 / self.rate
    }
}

/// What one participant's pictures and sound need of each other.
#[derive(Debug, Default)]
pub struct LipSync {
    epoch: Option<Instant>,
    sound: Option<Clock>,
    pictures: Option<Clock>,
    /// How long the sound takes from the sender's clock to ours, in microseconds on a scale that begins anywhere; and
    /// when that was last seen.
    sound_takes: Option<(f64, Instant)>,
    /// How much later than their sound pictures were ready, as a mean in microseconds.
    late: f64,
    /// How much later than their sound they are shown, likewise; none before it is known.
    skew: Option<f64>,
    extra: Duration,
    stepped: Option<Instant>,
}

impl LipSync {
    /// A sender report for the sound, whose clock has `rate` ticks a second.
    pub fn sound_report(&mut self, report: SenderReport, rate: u32) {
        self.sound = Some(Clock { report, rate: i64::from(rate.max(1)) });
    }

    /// A sender report for the pictures, whose clock has `rate` ticks a second.
    pub fn pictures_report(&mut self, report: SenderReport, rate: u32) {
        self.pictures = Some(Clock { report, rate: i64::from(rate.max(1)) });
    }

    /// A new connection brings streams of their own clocks.
    pub fn restart(&mut self) {
        (self.sound, self.pictures, self.sound_takes, self.skew) = (None, None, None, None);
    }

    /// The sound of the RTP time `rtp` is heard at `at`.
    pub fn heard(&mut self, rtp: u32, at: Instant) {
        let (Some(sound), played) = (self.sound, self.micros(at)) else { return };
        let takes = (played - sound.sent(rtp)) as f64;
        let known = self.sound_takes.map(|(known, _)| known).filter(|known| (takes - known).abs() < JUMP);
        self.sound_takes = Some((known.map_or(takes, |known| known + (takes - known) * SOUND_NEWS), at));
    }

    /// How long the picture of the RTP time `rtp`, which is ready `now`, is to be held back.
    pub fn hold(&mut self, rtp: u32, now: Instant) -> Duration {
        let (Some(pictures), Some((takes, at)), ready) = (self.pictures, self.sound_takes, self.micros(now)) else {
            return Duration::ZERO;
        };
        let late = ready - pictures.sent(rtp) - takes as i64;
        if now.saturating_duration_since(at) > SOUND_HOLDS || late.abs() > NONSENSE {
            self.skew = None;
            return Duration::ZERO;
        }
        let hold = Duration::from_micros(u64::try_from(-late).unwrap_or(0)).min(LONGEST_HOLD);
        let shown = (late + hold.as_micros() as i64) as f64;
        self.skew = Some(self.skew.map_or(shown, |skew| skew + (shown - skew) * NEWS));
        self.late += (late as f64 - self.late) * NEWS;
        self.step(now);
        hold
    }

    /// How much longer than the network needs the sound is to wait.
    pub fn extra(&self) -> Duration {
        self.extra
    }

    /// How much later than its sound a picture is shown, in milliseconds, as a mean; less than 0 where it is earlier.
    pub fn skew_ms(&self) -> Option<f32> {
        self.skew.map(|skew| (skew / 1_000.0) as f32)
    }

    fn step(&mut self, now: Instant) {
        if self.stepped.is_some_and(|before| now.saturating_duration_since(before) < STEP_INTERVAL) {
            return;
        }
        let extra = if self.late > LATE {
            (self.extra + STEP).min(LONGEST_EXTRA)
        } else if self.late < EARLY {
            self.extra.saturating_sub(STEP)
        } else {
            return;
        };
        (self.extra, self.stepped) = (extra, Some(now));
    }

    fn micros(&mut self, at: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(at);
        let after = at.saturating_duration_since(epoch).as_micros() as i64;
        after - epoch.saturating_duration_since(at).as_micros() as i64
    }
}

#[cfg(test)]
mod tests;
