//! Keyframes on request: at once for those who see nothing yet, and rarely for all others.
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A keyframe costs three ordinary pictures, so whoever only lost some waits until the one before is so old. Six peers
/// that ask at once get one.
const PERIOD: Duration = Duration::from_secs(1);

/// So many keyframes in a row may come sooner than that for those who see nothing: a room fills in less than a second,
/// and whoever comes then would wait for the rest of it. One is given back each period, so that nobody who comes and
/// goes again and again makes a stream of them.
const SPARE: u32 = 8;

/// What a keyframe is needed for. The later one counts for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Somebody goes on with other pictures than they have, or has lost some.
    Next,
    /// Somebody sees nothing until then.
    First,
}

/// Asks the encoder for keyframes. Clones ask the same encoder.
#[derive(Debug, Clone, Default)]
pub struct KeyframeRequests(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    wanted: Option<Need>,
    granted: Option<Instant>,
    /// Until when the keyframes that were granted last, a period each (the virtual scheduling of ITU-T I.371).
    paid_until: Option<Instant>,
}

impl KeyframeRequests {
    /// Asks for a keyframe: with the next picture where it is somebody's first, or a second after the last one.
    pub fn request(&self, need: Need) {
        let mut state = self.lock();
        state.wanted = state.wanted.max(Some(need));
    }

    /// Whether the picture that is about to be encoded must become a keyframe.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let rested = state.granted.is_none_or(|granted| now.saturating_duration_since(granted) >= PERIOD);
        let ahead = state.paid_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let grant = match state.wanted {
            None => false,
            Some(Need::Next) => rested,
            Some(Need::First) => rested || ahead <= PERIOD * (SPARE - 1),
        };
        if grant {
            *state = State { wanted: None, granted: Some(now), paid_until: Some(now + ahead + PERIOD) };
        }
        grant
    }

    /// A keyframe was made for another reason, which serves whoever asked before.
    pub(super) fn keyframe_made(&self) {
        self.lock().wanted = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_request_is_granted_at_once_and_further_ones_once_a_second() {
        let granted = granted(Need::Next, 0..2_500);

        assert_eq!(granted, [0, 1_000, 2_000]);
    }

    #[test]
    fn each_of_those_who_come_within_a_second_gets_a_picture_at_once() {
        let start = Instant::now();
        let requests = KeyframeRequests::default();

        let granted = [0, 80, 160, 240, 320].map(|millis| {
            requests.request(Need::First);
            requests.take(start + Duration::from_millis(millis))
        });

        assert_eq!(granted, [true; 5]);
    }

    #[test]
    fn whoever_comes_and_goes_for_ever_gets_no_stream_of_keyframes() {
        let granted = granted(Need::First, 0..20_000);

        let (early, late): (Vec<u64>, Vec<u64>) = granted.into_iter().partition(|millis| *millis < 5_000);
        assert_eq!(early.len(), SPARE as usize + 4, "those to spare, and those given back: {early:?}");
        assert_eq!(late.len(), 15, "one a second: {late:?}");
    }

    #[test]
    fn a_repair_is_not_sooner_for_those_to_spare_and_comes_along_with_a_first_one() {
        let start = Instant::now();
        let requests = KeyframeRequests::default();
        requests.request(Need::Next);
        assert!(requests.take(start));

        requests.request(Need::Next);
        let alone = requests.take(start + Duration::from_millis(100));
        requests.request(Need::First);
        requests.request(Need::Next);
        let together = requests.take(start + Duration::from_millis(200));

        assert_eq!((alone, together), (false, true));
        assert!(!requests.take(start + Duration::from_secs(5)), "it was for both");
    }

    #[test]
    fn nothing_is_granted_without_a_request() {
        let requests = KeyframeRequests::default();

        assert!(!requests.take(Instant::now()));
    }

    #[test]
    fn a_request_during_the_pause_is_kept() {
        let start = Instant::now();
        let requests = KeyframeRequests::default();
        requests.request(Need::Next);
        assert!(requests.take(start));

        requests.request(Need::Next);

        assert!(!requests.take(start + Duration::from_millis(900)));
        assert!(requests.take(start + Duration::from_millis(1000)));
    }

    #[test]
    fn a_keyframe_made_for_another_reason_answers_the_request() {
        let requests = KeyframeRequests::default();
        requests.request(Need::First);

        requests.keyframe_made();

        assert!(!requests.take(Instant::now()));
    }

    /// When keyframes are granted to somebody who asks for one with every picture, in milliseconds.
    fn granted(need: Need, millis: std::ops::Range<u64>) -> Vec<u64> {
        let start = Instant::now();
        let requests = KeyframeRequests::default();
        let grants = |millis: &u64| {
            requests.clone().request(need);
            requests.take(start + Duration::from_millis(*millis))
        };
        millis.step_by(50).filter(grants).collect()
    }
}
