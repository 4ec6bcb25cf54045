//! Keyframes on request, at most one a second.
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A keyframe costs three ordinary pictures. Six peers that ask at once get one.
const PERIOD: Duration = Duration::from_secs(1);

/// Asks the encoder for keyframes. Clones ask the same encoder.
#[derive(Debug, Clone, Default)]
pub struct KeyframeRequests(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    wanted: bool,
    granted: Option<Instant>,
}

impl KeyframeRequests {
    /// Asks for a keyframe: with the next picture, or a second after the last one that was asked for.
    pub fn request(&self) {
        self.lock().wanted = true;
    }

    /// Whether the picture that is about to be encoded must become a keyframe.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut state = self.lock();
        let allowed = state.granted.is_none_or(|granted| now.saturating_duration_since(granted) >= PERIOD);
        let grant = state.wanted && allowed;
        if grant {
            *state = State { wanted: false, granted: Some(now) };
        }
        grant
    }

    /// A keyframe was made for another reason, which serves whoever asked before.
    pub(super) fn keyframe_made(&self) {
        self.lock().wanted = false;
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
        let start = Instant::now();
        let requests = KeyframeRequests::default();
        let mut granted = Vec::new();

        for millis in (0..2500).step_by(50) {
            requests.clone().request();
            if requests.take(start + Duration::from_millis(millis)) {
                granted.push(millis);
            }
        }

        assert_eq!(granted, [0, 1000, 2000]);
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
        requests.request();
        assert!(requests.take(start));

        requests.request();

        assert!(!requests.take(start + Duration::from_millis(900)));
        assert!(requests.take(start + Duration::from_millis(1000)));
    }

    #[test]
    fn a_keyframe_made_for_another_reason_answers_the_request() {
        let requests = KeyframeRequests::default();
        requests.request();

        requests.keyframe_made();

        assert!(!requests.take(Instant::now()));
    }
}
