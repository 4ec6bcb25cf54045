//! How much sound a device moves at once, and when that is too little for this computer.
use std::time::{Duration, Instant};

use cpal::{BufferSize, SupportedBufferSize};

/// How long to look before a judgement.
const WINDOW: Duration = Duration::from_secs(2);

/// So often may sound be lost in a window: a computer may stumble, and opening a device always makes it.
const STUMBLES: u32 = 3;

/// How much sound a device moves at once. Drivers keep two of these, so whoever is held up for longer loses sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallLength {
    milliseconds: u32,
}

impl CallLength {
    /// What a call should have: hardly any delay.
    pub(crate) const SHORTEST: Self = Self { milliseconds: 10 };

    /// Longer than that is no conversation.
    const LONGEST: Self = Self { milliseconds: 160 };

    /// The same in samples of one channel, as far as the device allows it.
    pub(crate) fn at(self, rate: u32, possible: SupportedBufferSize) -> BufferSize {
        let frames = rate / 1000 * self.milliseconds;
        match possible {
            SupportedBufferSize::Range { min, max } if min <= max => BufferSize::Fixed(frames.clamp(min, max)),
            SupportedBufferSize::Range { .. } | SupportedBufferSize::Unknown => BufferSize::Fixed(frames),
        }
    }

    fn longer(self) -> Option<Self> {
        (self != Self::LONGEST).then_some(Self { milliseconds: self.milliseconds * 4 })
    }
}

/// Judges whether a device's calls are long enough.
#[derive(Debug)]
pub(crate) struct Strain {
    length: CallLength,
    xruns_before: u32,
    window_ends: Instant,
}

impl Strain {
    /// For a device that was just opened.
    pub(crate) fn new(length: CallLength, now: Instant) -> Self {
        Self { length, xruns_before: 0, window_ends: now + WINDOW }
    }

    /// With which calls to open the device anew, where sound was lost too often. `xruns` counts since it was opened.
    pub(crate) fn judge(&mut self, xruns: u32, now: Instant) -> Option<CallLength> {
        if xruns.wrapping_sub(self.xruns_before) > STUMBLES {
            return self.length.longer();
        }
        if now >= self.window_ends {
            (self.xruns_before, self.window_ends) = (xruns, now + WINDOW);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_often_loses_sound_gets_longer_calls_up_to_a_limit() {
        let now = Instant::now();
        let longer = |length| Strain::new(length, now).judge(STUMBLES + 1, now);

        let once = longer(CallLength::SHORTEST).unwrap();
        let twice = longer(once).unwrap();

        assert_eq!([once, twice].map(|length| length.milliseconds), [40, 160]);
        assert_eq!(longer(twice), None);
    }

    #[test]
    fn to_stumble_now_and_then_changes_nothing() {
        let start = Instant::now();
        let mut strain = Strain::new(CallLength::SHORTEST, start);

        let judgements = (0..50).map(|second| strain.judge(second, start + Duration::from_secs(second.into())));

        assert_eq!(judgements.flatten().count(), 0);
    }

    #[test]
    fn a_length_is_what_the_device_allows() {
        let range = SupportedBufferSize::Range { min: 32, max: 256 };

        assert_eq!(CallLength::SHORTEST.at(48_000, SupportedBufferSize::Unknown), BufferSize::Fixed(480));
        assert_eq!(CallLength::SHORTEST.at(48_000, range), BufferSize::Fixed(256));
    }
}
