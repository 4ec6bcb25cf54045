//! Rates over the last second.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const WINDOW: Duration = Duration::from_secs(1);

/// No more pictures than this are remembered, however fast they come.
const CAPACITY: usize = 256;

/// Remembers the pictures of the last second.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    samples: VecDeque<Sample>,
}

#[derive(Debug)]
struct Sample {
    at: Instant,
    bytes: usize,
    effort: Duration,
}

impl Meter {
    /// Counts a picture of `bytes` that took `effort` to make.
    pub(crate) fn count(&mut self, at: Instant, bytes: usize, effort: Duration) {
        if self.samples.len() == CAPACITY {
            self.samples.pop_front();
        }
        self.samples.push_back(Sample { at, bytes, effort });
        self.forget(at);
    }

    /// Pictures a second; zero after a second without any.
    pub(crate) fn fps(&mut self, now: Instant) -> f32 {
        self.forget(now);
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else { return 0.0 };
        let intervals = self.samples.len() - 1;
        let span = last.at.saturating_duration_since(first.at);
        // A picture that is overdue slows the rate down, one that is not due yet does not.
        let overdue = now.saturating_duration_since(last.at);
        let Some(mean) = span.checked_div(u32::try_from(intervals).unwrap_or(1)) else { return 1.0 };
        let span = if overdue > mean * 2 { span + overdue } else { span };
        if span.is_zero() { 0.0 } else { intervals as f32 / span.as_secs_f32() }
    }

    /// Kilobits a second.
    pub(crate) fn kbps(&mut self, now: Instant) -> u32 {
        self.forget(now);
        let bytes: usize = self.samples.iter().map(|sample| sample.bytes).sum();
        u32::try_from(bytes * 8 / 1000).unwrap_or(u32::MAX)
    }

    /// Mean effort for a picture, in milliseconds.
    pub(crate) fn ms_per_frame(&mut self, now: Instant) -> f32 {
        self.forget(now);
        let effort: Duration = self.samples.iter().map(|sample| sample.effort).sum();
        if self.samples.is_empty() { 0.0 } else { effort.as_secs_f32() * 1000.0 / self.samples.len() as f32 }
    }

    fn forget(&mut self, now: Instant) {
        while self.samples.front().is_some_and(|sample| now.saturating_duration_since(sample.at) > WINDOW) {
            self.samples.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_rate_is_measured_to_the_tenth() {
        let start = Instant::now();
        let mut meter = Meter::default();
        let at = |frame: u32| start + Duration::from_secs(1) * frame / 30;

        (0..60).for_each(|frame| meter.count(at(frame), 1250, Duration::from_millis(2)));

        assert!((meter.fps(at(60)) - 30.0).abs() < 0.1);
        assert!((meter.ms_per_frame(at(60)) - 2.0).abs() < 0.01);
        assert!(meter.kbps(at(60)).abs_diff(300) <= 10);
    }

    #[test]
    fn rates_fall_to_zero_when_nothing_comes() {
        let start = Instant::now();
        let mut meter = Meter::default();
        (0..30).for_each(|frame| meter.count(start + Duration::from_secs(1) * frame / 30, 1000, Duration::ZERO));

        let later = start + Duration::from_secs(3);

        assert_eq!((meter.fps(later), meter.kbps(later), meter.ms_per_frame(later)), (0.0, 0, 0.0));
    }

    #[test]
    fn memory_is_bounded() {
        let start = Instant::now();
        let mut meter = Meter::default();

        (0..10_000).for_each(|_| meter.count(start, 1, Duration::ZERO));

        assert_eq!(meter.samples.len(), CAPACITY);
    }
}
