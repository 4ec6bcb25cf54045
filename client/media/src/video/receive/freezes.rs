//! Counts freezes as WebRTC statistics do (`freezeCount` of the W3C).
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The average goes over so many intervals.
const INTERVALS: usize = 30;

/// Fewer intervals say nothing about the flow of pictures, because the first ones come in a lump. So many take Chromium
/// and everything else that is made of libwebrtc (`kMinFrameSamplesToDetectFreeze`).
const LEAST_INTERVALS: usize = 5;

/// A freeze is at least this much longer than the average interval.
const MARGIN: Duration = Duration::from_millis(150);

/// Watches when pictures come.
#[derive(Debug)]
pub(super) struct FreezeMeter {
    intervals: VecDeque<Duration>,
    last: Option<Instant>,
    frozen: bool,
    expected: bool,
    count: u32,
}

impl Default for FreezeMeter {
    fn default() -> Self {
        Self { intervals: VecDeque::with_capacity(INTERVALS), last: None, frozen: false, expected: true, count: 0 }
    }
}

impl FreezeMeter {
    /// A picture is shown.
    pub(super) fn picture(&mut self, now: Instant) {
        let freezes = self.freezes(now);
        if let Some(last) = self.last.replace(now) {
            if self.intervals.len() == INTERVALS {
                self.intervals.pop_front();
            }
            self.intervals.push_back(now.saturating_duration_since(last));
        }
        self.count = freezes;
        self.frozen = false;
    }

    /// Whether pictures are to come. While the sender's camera is off, their absence is no freeze.
    pub(super) fn set_expected(&mut self, expected: bool) {
        if self.expected != expected {
            self.last = None;
            self.frozen = false;
            self.expected = expected;
        }
    }

    /// Freezes so far, the present one included.
    pub(super) fn freezes(&mut self, now: Instant) -> u32 {
        let (Some(last), Some(average)) = (self.last, self.average()) else { return self.count };
        let limit = (average * 3).max(average + MARGIN);
        if self.expected && !self.frozen && now.saturating_duration_since(last) > limit {
            self.frozen = true;
            self.count += 1;
        }
        self.count
    }

    fn average(&self) -> Option<Duration> {
        if self.intervals.len() < LEAST_INTERVALS {
            return None;
        }
        let count = u32::try_from(self.intervals.len()).ok()?;
        self.intervals.iter().sum::<Duration>().checked_div(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_never_freezes() {
        let (mut meter, start) = (FreezeMeter::default(), Instant::now());

        (0..300).for_each(|frame| meter.picture(start + Duration::from_millis(frame * 33)));

        assert_eq!(meter.freezes(start + Duration::from_millis(300 * 33)), 0);
    }

    #[test]
    fn a_pause_longer_than_the_limit_is_one_freeze_however_often_it_is_looked_at() {
        let (mut meter, start) = (FreezeMeter::default(), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        (0..30).for_each(|frame| meter.picture(at(frame * 33)));
        let last = 29 * 33;

        assert_eq!(meter.freezes(at(last + 183)), 0);
        assert_eq!(meter.freezes(at(last + 184)), 1);
        assert_eq!(meter.freezes(at(last + 900)), 1);
        meter.picture(at(last + 1000));
        assert_eq!(meter.freezes(at(last + 1010)), 1);
    }

    #[test]
    fn a_pause_that_nobody_looked_at_is_counted_with_the_next_picture() {
        let (mut meter, start) = (FreezeMeter::default(), Instant::now());
        (0..30).for_each(|frame| meter.picture(start + Duration::from_millis(frame * 33)));

        meter.picture(start + Duration::from_secs(3));

        assert_eq!(meter.count, 1);
    }

    #[test]
    fn first_pictures_that_come_in_a_lump_make_no_freeze_of_those_that_follow_evenly() {
        let (mut meter, start) = (FreezeMeter::default(), Instant::now());
        let lump = [0, 30, 60];
        let even = (1..50).map(|frame| 60 + frame * 300);

        lump.into_iter().chain(even).for_each(|at| meter.picture(start + Duration::from_millis(at)));

        assert_eq!(meter.count, 0);
    }

    #[test]
    fn silence_of_a_camera_that_is_off_is_no_freeze() {
        let (mut meter, start) = (FreezeMeter::default(), Instant::now());
        (0..30).for_each(|frame| meter.picture(start + Duration::from_millis(frame * 33)));

        meter.set_expected(false);
        let off = meter.freezes(start + Duration::from_secs(10));
        meter.set_expected(true);
        meter.picture(start + Duration::from_secs(20));

        assert_eq!((off, meter.freezes(start + Duration::from_secs(20))), (0, 0));
    }
}
