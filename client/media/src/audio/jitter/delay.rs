//! How unevenly packets arrive, and from that how long each must wait so that nearly all are there in time.
//!
//! Every packet's transit is compared with the fastest one lately; what it took longer, its lag, goes into a histogram
//! that forgets, and the delay to aim for is where 98 of 100 packets would have been in time, plus a margin. A packet
//! that was lost counts as arriving with the one that it can be rebuilt from. Lags that stand out are remembered by
//! themselves: where they return, the delay covers them too, however rare they are.
mod peaks;

use self::peaks::Peaks;

/// The shortest delay ever aimed for, in microseconds.
pub(super) const SHORTEST: i64 = 20_000;

/// The longest delay ever aimed for, in microseconds.
pub(super) const LONGEST: i64 = 400_000;

/// A packet that could be rebuilt only after so long was lost in an outage, which no delay should cover, in microseconds.
const LONGEST_REPAIR: i64 = 140_000;

/// The width of one bucket of the histogram, in microseconds.
const BUCKET: i64 = 5_000;

const BUCKETS: usize = (LONGEST / BUCKET) as usize + 1;

/// How much of the histogram one packet replaces once it is warm: a memory of about three seconds.
const NEWS: f32 = 1.0 / 150.0;

/// As many packets as this the first guess counts for.
const FIRST_GUESS_WEIGHT: f32 = 5.0;

/// The share of packets that may come later than the delay aimed for.
const LATE_SHARE: f32 = 0.02;

/// What is added on top: the grain of the playing side, which asks every 10 ms.
const MARGIN: i64 = 10_000;

/// Packets after which the fastest transit is looked for afresh: about five seconds.
const WINDOW: u32 = 250;

/// A packet whose transit differs this much from the fastest belongs to another time line, in microseconds.
const ANOTHER_TIME: i64 = 1_000_000;

/// What the transit of one packet means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transit {
    /// One like the others.
    Usual,
    /// The sender's clock has jumped: everything before is meaningless.
    AnotherTime,
}

#[derive(Debug)]
pub(super) struct DelayEstimator {
    /// The fastest transit of this window and of the one before, on an arbitrary scale, in microseconds.
    fastest: Option<(i64, i64)>,
    in_window: u32,
    histogram: [f32; BUCKETS],
    heard: f32,
    peaks: Peaks,
    target: i64,
    last_transit: Option<i64>,
    jitter: f32,
}

impl DelayEstimator {
    pub(super) fn new() -> Self {
        let mut histogram = [0.0; BUCKETS];
        histogram[(25_000 / BUCKET) as usize] = 1.0;
        let mut estimator = Self {
            fastest: None,
            in_window: 0,
            histogram,
            heard: FIRST_GUESS_WEIGHT,
            peaks: Peaks::default(),
            target: SHORTEST,
            last_transit: None,
            jitter: 0.0,
        };
        estimator.target = estimator.percentile();
        estimator
    }

    /// Takes in one packet that arrived at `arrival` and belongs to the sender's time `sent`, both in microseconds.
    pub(super) fn heard(&mut self, arrival: i64, sent: i64) -> Transit {
        let transit = arrival - sent;
        if self.fastest.is_some_and(|(now, before)| (transit - now.min(before)).abs() > ANOTHER_TIME) {
            return Transit::AnotherTime;
        }
        if let Some(last) = self.last_transit.replace(transit) {
            // RFC 3550, section 6.4.1.
            self.jitter += ((transit - last).abs() as f32 - self.jitter) / 16.0;
        }
        let lag = transit - self.update_fastest(transit);
        self.learn(lag);
        Transit::Usual
    }

    /// A packet of the sender's time `sent` never came, but one did at `arrival` that it can be rebuilt from.
    pub(super) fn rebuilt(&mut self, arrival: i64, sent: i64) {
        if let Some(earliest) = self.earliest_arrival(sent) {
            let lag = arrival - earliest;
            if lag <= LONGEST_REPAIR {
                self.learn(lag);
            }
        }
    }

    /// Forgets where time began, but not how the network behaves.
    pub(super) fn restart(&mut self) {
        self.fastest = None;
        self.in_window = 0;
        self.last_transit = None;
    }

    /// The delay to aim for, in microseconds.
    pub(super) fn target(&self) -> i64 {
        self.target
    }

    /// The interarrival jitter of RFC 3550, in milliseconds.
    pub(super) fn jitter_ms(&self) -> f32 {
        self.jitter / 1_000.0
    }

    /// When a packet of the sender's time `sent` arrives if nothing holds it up. Both in microseconds.
    pub(super) fn earliest_arrival(&self, sent: i64) -> Option<i64> {
        self.fastest.map(|(now, before)| now.min(before) + sent)
    }

    fn update_fastest(&mut self, transit: i64) -> i64 {
        let (now, before) = self.fastest.unwrap_or((transit, transit));
        self.in_window += 1;
        let (now, before) = if self.in_window > WINDOW {
            self.in_window = 0;
            (transit, now)
        } else {
            (now.min(transit), before)
        };
        self.fastest = Some((now, before));
        now.min(before)
    }

    fn learn(&mut self, lag: i64) {
        self.heard += 1.0;
        self.peaks.heard(lag, self.target);
        let news = (1.0 / self.heard).max(NEWS);
        self.histogram.iter_mut().for_each(|share| *share *= 1.0 - news);
        let bucket = usize::try_from(lag / BUCKET).unwrap_or(0).min(BUCKETS - 1);
        self.histogram[bucket] += news;
        self.target = self.percentile();
    }

    fn percentile(&self) -> i64 {
        let mut later = 0.0;
        let bucket = self.histogram.iter().rposition(|share| {
            later += share;
            later > LATE_SHARE
        });
        let usual = (bucket.unwrap_or(0) as i64 + 1) * BUCKET;
        (usual.max(self.peaks.returning()) + MARGIN).clamp(SHORTEST, LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: i64 = 20_000;

    fn hear(estimator: &mut DelayEstimator, packets: std::ops::Range<i64>, lag: impl Fn(i64) -> i64) {
        for n in packets {
            estimator.heard(n * PACKET + 7_000_000 + lag(n), n * PACKET);
        }
    }

    #[test]
    fn an_even_network_needs_the_shortest_delay() {
        let mut estimator = DelayEstimator::new();

        hear(&mut estimator, 0..400, |_| 0);

        assert_eq!(estimator.target(), SHORTEST);
        assert!(estimator.jitter_ms() < 0.1);
    }

    #[test]
    fn the_delay_covers_the_jitter_and_goes_down_when_it_ends() {
        let mut estimator = DelayEstimator::new();

        hear(&mut estimator, 0..500, |n| (n * 7_919 % 61) * 1_000);
        let shaken = estimator.target();
        hear(&mut estimator, 500..1_500, |_| 0);

        assert!((60_000..=80_000).contains(&shaken), "{shaken}");
        assert_eq!(estimator.target(), SHORTEST);
    }

    #[test]
    fn the_delay_is_never_longer_than_the_longest() {
        let mut estimator = DelayEstimator::new();

        hear(&mut estimator, 0..500, |n| n % 2 * 900_000);

        assert_eq!(estimator.target(), LONGEST);
    }

    #[test]
    fn a_hiccup_that_returns_is_covered_and_one_that_does_not_is_forgotten() {
        let mut estimator = DelayEstimator::new();

        hear(&mut estimator, 0..500, |n| if n == 300 { 150_000 } else { 0 });
        let once = estimator.target();
        hear(&mut estimator, 500..1_000, |n| if n % 200 == 0 { 150_000 } else { 0 });
        let again = estimator.target();
        hear(&mut estimator, 1_000..2_000, |_| 0);

        assert_eq!(once, SHORTEST);
        assert!((150_000..=170_000).contains(&again), "{again}");
        assert_eq!(estimator.target(), SHORTEST);
    }

    #[test]
    fn what_is_rebuilt_from_a_later_packet_is_waited_for() {
        let mut estimator = DelayEstimator::new();

        for n in 0..500 {
            hear(&mut estimator, n..n + 1, |_| 0);
            if n % 10 == 0 {
                estimator.rebuilt((n + 3) * PACKET + 7_000_000, n * PACKET);
            }
        }

        assert!((60_000..=80_000).contains(&estimator.target()), "{}", estimator.target());
    }

    #[test]
    fn an_outage_is_not_waited_for() {
        let mut estimator = DelayEstimator::new();
        hear(&mut estimator, 0..500, |_| 0);

        for n in 500..600 {
            estimator.rebuilt(600 * PACKET + 7_000_000, n * PACKET);
        }

        assert!(estimator.target() <= LONGEST_REPAIR + 2 * MARGIN, "{}", estimator.target());
    }

    #[test]
    fn a_longer_way_becomes_the_normal_one_in_time() {
        let mut estimator = DelayEstimator::new();

        hear(&mut estimator, 0..300, |_| 0);
        hear(&mut estimator, 300..2_000, |_| 100_000);

        assert_eq!(estimator.target(), SHORTEST);
        assert_eq!(estimator.earliest_arrival(0), Some(7_100_000));
    }

    #[test]
    fn a_clock_that_jumps_is_noticed() {
        let mut estimator = DelayEstimator::new();
        hear(&mut estimator, 0..10, |_| 0);

        let jumped = estimator.heard(10 * PACKET + 7_000_000, 10 * PACKET + 5_000_000);

        assert_eq!(jumped, Transit::AnotherTime);
    }
}
