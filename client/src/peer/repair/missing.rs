//! Which packets of one stream are missing, and when to ask for them: pure, told the time.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Packets that are asked for at a time: a jump over more is another stream under the same name, or an outage that no
/// retransmission mends.
const MOST: u64 = 256;
/// Packets that others overtake by so little are not missing.
const OVERTAKEN: Duration = Duration::from_millis(10);
/// A request may be lost, and is small: it is repeated once, so soon after it.
const REPEATED: Duration = Duration::from_millis(8);
/// A packet is asked for again once an answer could be here, but not more often than this,
const SOONEST: Duration = Duration::from_millis(20);
/// and, since requests and answers are lost too, no more rarely.
const LATEST: Duration = Duration::from_millis(100);

/// What is missing of one stream.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// The newest packet, counted on over the end of the 16 bits.
    newest: Option<u64>,
    gaps: BTreeMap<u64, Gap>,
}

#[derive(Debug, Clone, Copy)]
struct Gap {
    noticed: Instant,
    next: Instant,
    /// Whether what is next is the repetition of a request.
    repeats: bool,
}

impl Missing {
    /// A packet is there, by itself or repaired.
    pub(super) fn arrived(&mut self, sequence: u16, now: Instant) {
        let Some(newest) = self.newest else {
            self.newest = Some(u64::from(sequence) + (1 << 32));
            return;
        };
        let ahead = i64::from(sequence.wrapping_sub(newest as u16).cast_signed());
        let number = newest.saturating_add_signed(ahead);
        self.gaps.remove(&number);
        if number <= newest {
            return;
        }
        self.newest = Some(number);
        if number - newest > MOST {
            self.gaps.clear();
            return;
        }
        let gap = Gap { noticed: now, next: now + OVERTAKEN, repeats: false };
        self.gaps.extend((newest + 1..number).map(|number| (number, gap)));
        while self.gaps.len() as u64 > MOST {
            self.gaps.pop_first();
        }
    }

    /// What to ask for now. What could not be here in time any more, `patience` after it was missed, is given up.
    pub(super) fn due(&mut self, round_trip: Duration, patience: Duration, now: Instant) -> Vec<u16> {
        self.gaps.retain(|_, gap| now + round_trip <= gap.noticed + patience);
        let interval = round_trip.clamp(SOONEST, LATEST);
        let due = self.gaps.iter_mut().filter(|(_, gap)| gap.next <= now).map(|(number, gap)| {
            gap.next = now + if gap.repeats { interval - REPEATED } else { REPEATED };
            gap.repeats = !gap.repeats;
            *number as u16
        });
        due.collect()
    }

    /// When something will be due.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.gaps.values().map(|gap| gap.next).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND_TRIP: Duration = Duration::from_millis(50);
    const PATIENCE: Duration = Duration::from_millis(400);
    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn what_is_missing_is_asked_for_twice_each_round_trip_until_it_comes() {
        let (mut missing, start) = with_gap();

        let first = missing.due(ROUND_TRIP, PATIENCE, start + MS(10));
        let repeated = missing.due(ROUND_TRIP, PATIENCE, start + MS(18));
        let too_soon = missing.due(ROUND_TRIP, PATIENCE, start + MS(40));
        let again = missing.due(ROUND_TRIP, PATIENCE, start + MS(60));
        missing.arrived(11, start + MS(65));
        let rest = missing.due(ROUND_TRIP, PATIENCE, start + MS(68));

        assert_eq!((first, repeated, too_soon), (vec![11, 12], vec![11, 12], vec![]));
        assert_eq!((again, rest), (vec![11, 12], vec![12]));
    }

    #[test]
    fn what_was_only_overtaken_is_not_asked_for() {
        let (mut missing, start) = with_gap();

        missing.arrived(12, start + MS(2));
        missing.arrived(11, start + MS(3));

        assert_eq!(missing.due(ROUND_TRIP, PATIENCE, start + MS(50)), [0_u16; 0]);
        assert_eq!(missing.poll_timeout(), None);
    }

    #[test]
    fn what_would_come_too_late_is_given_up() {
        let (mut far, start) = with_gap();
        let (mut near, _) = with_gap();

        assert_eq!(far.due(MS(500), PATIENCE, start + MS(10)), [0_u16; 0], "no answer can be here in time");
        assert_eq!(near.due(ROUND_TRIP, PATIENCE, start + MS(360)), [0_u16; 0]);
        assert_eq!((far.poll_timeout(), near.poll_timeout()), (None, None));
    }

    #[test]
    fn numbers_go_on_over_the_end_of_their_sixteen_bits() {
        let start = Instant::now();
        let mut missing = Missing::default();

        missing.arrived(u16::MAX - 1, start);
        missing.arrived(2, start);

        assert_eq!(missing.due(ROUND_TRIP, PATIENCE, start + MS(10)), [u16::MAX, 0, 1]);
    }

    #[test]
    fn a_jump_that_nothing_mends_is_not_asked_for() {
        let start = Instant::now();
        let mut missing = Missing::default();

        missing.arrived(0, start);
        missing.arrived(20_000, start);
        missing.arrived(20_002, start);

        assert_eq!(missing.due(ROUND_TRIP, PATIENCE, start + MS(10)), [20_001]);
    }

    #[test]
    fn however_the_numbers_come_what_is_kept_is_bounded() {
        let start = Instant::now();
        let mut missing = Missing::default();
        let mut dice = fastrand::Rng::with_seed(3);

        for n in 0..20_000 {
            missing.arrived(dice.u16(..), start + MS(n));
            assert!(missing.gaps.len() as u64 <= MOST);
        }
    }

    /// 11 and 12 are missing.
    fn with_gap() -> (Missing, Instant) {
        let start = Instant::now();
        let mut missing = Missing::default();
        missing.arrived(10, start);
        missing.arrived(13, start);
        (missing, start)
    }
}
