//! The test of speaker and microphone: a chime, or a few seconds of the microphone played back to whoever spoke.
//!
//! The studio runs it. It is told the time; sound goes past it.
use std::time::{Duration, Instant};

/// How long the microphone is listened to.
pub(super) const RECORDING: Duration = Duration::from_secs(5);
/// What a device may need to open, or to play what is in its buffers.
const SLACK: Duration = Duration::from_millis(500);

/// The test that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SoundTest {
    /// None.
    #[default]
    Off,
    /// A chime is played.
    Speaker {
        /// When it is over.
        until: Instant,
    },
    /// The microphone is listened to.
    Recording {
        /// When that is over, and it is played back.
        until: Instant,
    },
    /// What it heard is played.
    Playing {
        /// When it is over.
        until: Instant,
    },
}

impl SoundTest {
    /// A chime of this length begins.
    pub(super) fn speaker(length: Duration, now: Instant) -> Self {
        Self::Speaker { until: now + length + SLACK }
    }

    /// The microphone is listened to from now on.
    pub(super) fn microphone(now: Instant) -> Self {
        Self::Recording { until: now + RECORDING }
    }

    /// What was recorded is played; nothing where nothing came.
    pub(super) fn playback(length: Duration, now: Instant) -> Self {
        if length.is_zero() { Self::Off } else { Self::Playing { until: now + length + SLACK } }
    }

    /// When it goes on by itself.
    pub(super) fn poll_timeout(self) -> Option<Instant> {
        match self {
            Self::Off => None,
            Self::Speaker { until } | Self::Recording { until } | Self::Playing { until } => Some(until),
        }
    }

    /// Whether what is played can be measured.
    pub(super) fn is_audible(self) -> bool {
        match self {
            Self::Speaker { .. } | Self::Playing { .. } => true,
            Self::Off | Self::Recording { .. } => false,
        }
    }

    /// How many seconds are left, counted as people do: five at the start, one at the end.
    pub fn seconds_left(self, now: Instant) -> u64 {
        let left = self.poll_timeout().map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        left.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seconds_are_counted_down_to_one() {
        let start = Instant::now();
        let test = SoundTest::microphone(start);
        let after = |millis| test.seconds_left(start + Duration::from_millis(millis));

        assert_eq!([0, 1, 999, 1001, 4999, 5000, 9000].map(after), [5, 5, 5, 4, 1, 0, 0]);
    }

    #[test]
    fn a_microphone_that_gave_nothing_is_not_played_back() {
        assert_eq!(SoundTest::playback(Duration::ZERO, Instant::now()), SoundTest::Off);
    }
}
