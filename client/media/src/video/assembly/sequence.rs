//! Sequence numbers of 16 bits that wrap around, made into numbers that only rise.

/// A jump further than this, either way, is no loss and no detour: the stream starts anew.
const MAX_JUMP: i64 = 3000;

/// Far enough from zero that a detour at the very beginning stays above it.
const BASE: u64 = 1 << 32;

#[derive(Debug, Default)]
pub(super) struct Unwrapper {
    highest: Option<u64>,
    stray: Option<u16>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unwrapped {
    /// The packet's number, and the highest one before it.
    Number { number: u64, highest: Option<u64> },
    /// Far away from all others. It may be the first of a stream that starts anew; the next packet tells.
    Stray,
    /// The second packet in a row from far away: the stream did start anew.
    Restart,
}

impl Unwrapper {
    pub(super) fn unwrap(&mut self, sequence: u16) -> Unwrapped {
        let Some(highest) = self.highest else {
            let number = BASE + u64::from(sequence);
            self.highest = Some(number);
            return Unwrapped::Number { number, highest: None };
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            reason = "differences are taken modulo 2^16"
        )]
        let step = i64::from(sequence.wrapping_sub(highest as u16) as i16);
        if step.abs() <= MAX_JUMP {
            self.stray = None;
            let number = highest.saturating_add_signed(step);
            self.highest = Some(highest.max(number));
            return Unwrapped::Number { number, highest: Some(highest) };
        }
        if self.stray == Some(sequence.wrapping_sub(1)) {
            return Unwrapped::Restart;
        }
        self.stray = Some(sequence);
        Unwrapped::Stray
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_over_the_wrap_around_and_back() {
        let mut unwrapper = Unwrapper::default();

        let numbers: Vec<_> = [65534, 65535, 1, 0, 65533, 2].map(|sequence| number(&mut unwrapper, sequence)).into();

        assert_eq!(numbers, [65534, 65535, 65537, 65536, 65533, 65538].map(|number| BASE + number));
    }

    #[test]
    fn one_stray_packet_changes_nothing() {
        let mut unwrapper = Unwrapper::default();
        number(&mut unwrapper, 100);

        assert_eq!(unwrapper.unwrap(30_000), Unwrapped::Stray);

        assert_eq!(number(&mut unwrapper, 101), BASE + 101);
    }

    #[test]
    fn two_packets_in_a_row_from_far_away_are_a_restart() {
        let mut unwrapper = Unwrapper::default();
        number(&mut unwrapper, 100);

        assert_eq!(unwrapper.unwrap(30_000), Unwrapped::Stray);
        assert_eq!(unwrapper.unwrap(30_001), Unwrapped::Restart);
    }

    fn number(unwrapper: &mut Unwrapper, sequence: u16) -> u64 {
        match unwrapper.unwrap(sequence) {
            Unwrapped::Number { number, .. } => number,
            other => panic!("{other:?}"),
        }
    }
}
