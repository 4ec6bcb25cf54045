//! Numbers that wrap, made to count on: RTP sequence numbers and timestamps (RFC 3550, section 5.1).

/// Turns 16-bit sequence numbers into ones that never wrap.
#[derive(Debug, Default)]
pub(super) struct SequenceUnwrapper {
    last: Option<i64>,
}

impl SequenceUnwrapper {
    /// The endless number nearest to the last one that ends in these 16 bits.
    pub(super) fn unwrap(&mut self, sequence: u16) -> i64 {
        let number = match self.last {
            None => i64::from(sequence),
            Some(last) => last + i64::from(sequence.wrapping_sub(last as u16) as i16),
        };
        self.last = Some(number);
        number
    }
}

/// Turns 32-bit timestamps into ones that never wrap.
#[derive(Debug, Default)]
pub(super) struct TimestampUnwrapper {
    last: Option<i64>,
}

impl TimestampUnwrapper {
    /// The endless time nearest to the last one that ends in these 32 bits.
    pub(super) fn unwrap(&mut self, timestamp: u32) -> i64 {
        let time = match self.last {
            None => i64::from(timestamp),
            Some(last) => last + i64::from(timestamp.wrapping_sub(last as u32) as i32),
        };
        self.last = Some(time);
        time
    }
}

/// What is known of a sequence number that has just arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It has not been here before.
    Fresh,
    /// It has.
    Copy,
    /// It is so far behind that it belongs to another stream, or to the distant past.
    TooOld,
}

/// Which of the latest sequence numbers have been received, so that a copy is told from a straggler.
#[derive(Debug, Default)]
pub(super) struct Received {
    highest: Option<i64>,
    /// Bit n: the number n below the highest.
    seen: u128,
}

impl Received {
    /// Notes a number and says whether it was there before.
    pub(super) fn note(&mut self, number: i64) -> Arrival {
        let Some(highest) = self.highest else {
            (self.highest, self.seen) = (Some(number), 1);
            return Arrival::Fresh;
        };
        if number > highest {
            let ahead = u32::try_from(number - highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = Some(number);
            return Arrival::Fresh;
        }
        let Some(bit) = u32::try_from(highest - number).ok().and_then(|behind| 1u128.checked_shl(behind)) else {
            return Arrival::TooOld;
        };
        let arrival = if self.seen & bit == 0 { Arrival::Fresh } else { Arrival::Copy };
        self.seen |= bit;
        arrival
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_count_on_over_the_wrap_and_back() {
        let mut unwrapper = SequenceUnwrapper::default();

        let numbers = [65_534, 65_535, 0, 65_535, 1].map(|sequence| unwrapper.unwrap(sequence));

        assert_eq!(numbers, [65_534, 65_535, 65_536, 65_535, 65_537]);
    }

    #[test]
    fn timestamps_count_on_over_the_wrap_and_back() {
        let mut unwrapper = TimestampUnwrapper::default();

        let times = [u32::MAX - 959, 0, u32::MAX - 959, 960].map(|timestamp| unwrapper.unwrap(timestamp));

        assert_eq!(times, [4_294_966_336, 4_294_967_296, 4_294_966_336, 4_294_968_256]);
    }

    #[test]
    fn a_copy_is_known_and_a_straggler_is_welcome() {
        let mut received = Received::default();

        let arrivals = [10, 10, 12, 11, 11].map(|number| received.note(number));

        assert_eq!(arrivals, [Arrival::Fresh, Arrival::Copy, Arrival::Fresh, Arrival::Fresh, Arrival::Copy]);
    }

    #[test]
    fn a_number_far_behind_is_too_old_to_tell() {
        let mut received = Received::default();
        received.note(1_000);

        let arrivals = [1_000 - 127, 1_000 - 128, -5, 100_000, 99_000].map(|number| received.note(number));

        assert_eq!(arrivals, [Arrival::Fresh, Arrival::TooOld, Arrival::TooOld, Arrival::Fresh, Arrival::TooOld]);
    }
}
