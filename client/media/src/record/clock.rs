//! From the time stamps of one track to one clock for all: that of this computer.
use std::time::{Duration, Instant};

/// Clocks of computers go apart by a ten-thousandth at most; twice that is allowed for.
const DRIFT: f64 = 2e-4;

/// A stamp that is further off did not drift: the sender left out some time, or began anew.
const JUMP: f64 = 1.0;

/// Places stamps by the packet that came fastest: others were only held up on their way.
#[derive(Debug)]
pub(super) struct TrackClock {
    /// Ticks a second.
    rate: f64,
    epoch: Instant,
    last: Option<Last>,
}

/// What is known since the last stamp.
#[derive(Debug, Clone, Copy)]
struct Last {
    stamp: u32,
    /// The same, not wrapped.
    ticks: i64,
    arrived: Instant,
    /// Seconds from a stamp to the moment it stands for, counted from the epoch.
    offset: f64,
}

impl TrackClock {
    /// For stamps of so many ticks a second. Moments are counted from `epoch`.
    pub(super) fn new(rate: u32, epoch: Instant) -> Self {
        Self { rate: f64::from(rate), epoch, last: None }
    }

    /// How long after the epoch something with this stamp, which arrived then, belongs. Never before it.
    pub(super) fn place(&mut self, stamp: u32, arrived: Instant) -> Duration {
        let after = arrived.saturating_duration_since(self.epoch).as_secs_f64();
        let ticks = self.last.map_or(0, |last| last.ticks + i64::from(stamp.wrapping_sub(last.stamp) as i32));
        let seconds = ticks as f64 / self.rate;
        let seen = after - seconds;
        let offset = match self.last {
            None => seen,
            Some(last) if (seen - last.offset).abs() > JUMP => seen,
            Some(last) => {
                let passed = arrived.saturating_duration_since(last.arrived).as_secs_f64();
                seen.min(last.offset + passed * DRIFT)
            }
        };
        self.last = Some(Last { stamp, ticks, arrived, offset });
        Duration::try_from_secs_f64(seconds + offset).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: u32 = 90_000;

    #[test]
    fn what_is_held_up_on_its_way_is_placed_where_it_belongs() {
        let start = Instant::now();
        let mut clock = TrackClock::new(SECOND, start);

        let placed = [(0, 500), (1, 1_700), (2, 2_500), (3, 3_900)]
            .map(|(second, arrived)| clock.place(second * SECOND, start + Duration::from_millis(arrived)));

        assert_eq!(placed.map(|at| at.as_millis() / 10), [50, 150, 250, 350]);
    }

    #[test]
    fn a_sender_that_left_out_time_or_began_anew_is_placed_by_arrival() {
        let start = Instant::now();
        let mut clock = TrackClock::new(SECOND, start);
        clock.place(0, start);

        let after_a_rest = clock.place(SECOND, start + Duration::from_secs(60));
        let after_a_new_beginning = clock.place(3_000_000_000, start + Duration::from_secs(61));
        let then = clock.place(3_000_000_000 + SECOND, start + Duration::from_millis(62_300));

        assert_eq!(after_a_rest, Duration::from_secs(60));
        assert_eq!(after_a_new_beginning, Duration::from_secs(61));
        assert_eq!(then.as_millis() / 10, 6200);
    }

    #[test]
    fn stamps_wrap_without_a_jump() {
        let start = Instant::now();
        let mut clock = TrackClock::new(48_000, start);
        clock.place(u32::MAX - 959, start + Duration::from_millis(20));

        let next = clock.place(0, start + Duration::from_millis(55));

        assert_eq!(next.as_micros() / 100, 400);
    }

    #[test]
    fn a_clock_that_goes_slower_is_followed() {
        let start = Instant::now();
        let mut clock = TrackClock::new(48_000, start);
        // A tick of theirs takes a ten-thousandth longer.
        let ours = |seconds: u32| start + Duration::from_secs_f64(f64::from(seconds) * 1.0001);

        let hour = (0..=3600).map(|second| clock.place(second * 48_000, ours(second))).last().unwrap();

        assert!((hour.as_secs_f64() - 3600.36).abs() < 0.01, "{hour:?}");
    }

    proptest! {
        #[test]
        fn no_arrival_at_all_places_anything_far_from_when_it_came(
            steps in proptest::collection::vec((any::<u32>(), 0_u64..5_000), 1..100),
        ) {
            let start = Instant::now();
            let mut clock = TrackClock::new(SECOND, start);
            let mut passed = 0;
            for (stamp, step) in steps {
                passed += step;
                let placed = clock.place(stamp, start + Duration::from_millis(passed)).as_secs_f64();
                let came = passed as f64 / 1000.0;
                prop_assert!((placed - came).abs() <= JUMP + 0.01, "{} for {}", placed, came);
            }
        }
    }
}
