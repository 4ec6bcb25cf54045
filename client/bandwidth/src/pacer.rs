//! When each packet leaves, so that pictures are no bursts, and which pictures are too late to leave at all.
//!
//! A picture that is written at once fills the queue of the narrowest link, and sound behind it waits. So packets of
//! pictures leave at [`FACTOR`] times the target: a debt is made with each packet, and paid back with that rate. Sound
//! passes at once, and makes debt like all else.
//!
//! A queue of our own would only move the delay to ourselves. So a picture is looked at before its first packet
//! leaves: one whose last packet would leave more than [`MAX_AGE`] after it was made is not sent at all. Pictures that
//! are worth waiting for are the exception: a keyframe, because nothing follows without one, and text, of which a new page
//! is as large as a keyframe that would come in its place. They may take longer, and what was made in the meantime may be
//! as late as they made it.
//!
//! The task that sends to a peer asks, and does what it is told; the pacer knows no clock and no packets.
use std::time::{Duration, Instant};

/// Pictures leave so many times as fast as the target: a picture of usual size is out before the next is made, and a
/// keyframe does not take all of a short queue.
pub const FACTOR: f64 = 1.8;
/// A picture is late if its last packet leaves so long after it was made. More would be seen as delay; less, and a
/// single large picture costs a keyframe.
pub const MAX_AGE: Duration = Duration::from_millis(150);
/// A picture that is worth waiting for may take this long to leave. Longer, and nobody would call it a live picture.
pub const PATIENT_TIME: Duration = Duration::from_secs(3);
/// So much may leave at once: timers are no more exact.
const BURST: Duration = Duration::from_millis(5);
/// While nothing is known of the way, bits a second.
const UNKNOWN: f64 = 20e6;

/// Whether a picture is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is in time.
    Send,
    /// It would come too late.
    Late,
}

/// A picture that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// When it was made.
    pub made: Instant,
    /// Its size, with the headers of all its packets.
    pub bytes: usize,
    /// Whether it is worth waiting for: a keyframe, or text.
    pub patient: bool,
}

/// Paces what goes to one peer.
#[derive(Debug)]
pub struct Pacer {
    /// Bits a second.
    rate: f64,
    /// Bits that have left too early, at `counted`.
    debt: f64,
    counted: Option<Instant>,
    /// Until when the last picture takes that was worth waiting for.
    busy_until: Option<Instant>,
}

impl Default for Pacer {
    fn default() -> Self {
        Self { rate: UNKNOWN, debt: 0.0, counted: None, busy_until: None }
    }
}

impl Pacer {
    /// What the way takes, in bits a second; `None` where nobody knows.
    pub fn set_target(&mut self, bits_per_second: Option<f64>, now: Instant) {
        self.pay(now);
        self.rate = bits_per_second.map_or(UNKNOWN, |target| (FACTOR * target).max(1e3));
    }

    /// Whether to send a picture, now that it is next.
    pub fn admit(&mut self, picture: Waiting, now: Instant) -> Admission {
        self.pay(now);
        let takes = Duration::from_secs_f64(((self.debt + picture.bytes as f64 * 8.0) / self.rate).min(60.0));
        let end = now + takes;
        let excused = self.busy_until.map_or(picture.made, |until| until.max(picture.made));
        if picture.patient && takes <= PATIENT_TIME {
            // One that leaves quickly is no excuse, or none would ever be late beside text.
            if end > picture.made + MAX_AGE / 2 {
                self.busy_until = Some(end);
            }
            return Admission::Send;
        }
        if end <= excused + MAX_AGE { Admission::Send } else { Admission::Late }
    }

    /// When the next packet of a picture may leave: `now` or later.
    pub fn ready_at(&mut self, now: Instant) -> Instant {
        self.pay(now);
        let excess = self.debt - self.rate * BURST.as_secs_f64();
        now + Duration::from_secs_f64((excess / self.rate).clamp(0.0, 60.0))
    }

    /// A packet has left.
    pub fn sent(&mut self, bytes: usize, now: Instant) {
        self.pay(now);
        self.debt += bytes as f64 * 8.0;
    }

    fn pay(&mut self, now: Instant) {
        let passed = self.counted.map_or(Duration::ZERO, |before| now.saturating_duration_since(before));
        self.debt = (self.debt - passed.as_secs_f64() * self.rate).max(0.0);
        self.counted = Some(self.counted.map_or(now, |before| before.max(now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MBIT: f64 = 1e6;

    #[test]
    fn a_picture_leaves_at_a_multiple_of_the_target() {
        let start = moment();
        let mut pacer = paced(MBIT, start);

        let mut now = start;
        for _ in 0..20 {
            now = pacer.ready_at(now);
            pacer.sent(1_250, now);
        }

        let expected = 20.0 * 10_000.0 / (FACTOR * MBIT);
        let took = (now - start).as_secs_f64();
        assert!((took - expected).abs() < 0.02, "{took} instead of {expected}");
    }

    #[test]
    fn a_picture_that_would_leave_late_does_not_leave() {
        let start = moment();
        let mut pacer = paced(MBIT, start);
        let picture = |bytes, patient| Waiting { made: start, bytes, patient };

        assert_eq!(pacer.admit(picture(4_000, false), start), Admission::Send);
        assert_eq!(pacer.admit(picture(60_000, false), start), Admission::Late);
        assert_eq!(pacer.admit(picture(4_000, false), start + MAX_AGE), Admission::Late);
    }

    #[test]
    fn a_keyframe_may_take_longer_and_excuses_what_waits_for_it() {
        let start = moment();
        let mut pacer = paced(MBIT, start);
        let keyframe = Waiting { made: start, bytes: 60_000, patient: true };
        let next = Waiting { made: start + Duration::from_millis(33), bytes: 4_000, patient: false };

        assert_eq!(pacer.admit(keyframe, start), Admission::Send);
        pacer.sent(keyframe.bytes, start);
        let end = pacer.ready_at(start);

        assert!(end - next.made > MAX_AGE, "it takes long");
        assert_eq!(pacer.admit(next, end), Admission::Send);
        assert_eq!(pacer.admit(next, end + 2 * MAX_AGE), Admission::Late);
    }

    #[test]
    fn small_pictures_that_are_worth_waiting_for_make_no_others_late() {
        let start = moment();
        let mut pacer = paced(MBIT, start);
        let picture = |made, patient| Waiting { made, bytes: 1_000, patient };

        let now = start + 3 * MAX_AGE;

        assert_eq!(pacer.admit(picture(now, true), now), Admission::Send);
        assert_eq!(pacer.admit(picture(start, false), now), Admission::Late);
    }

    #[test]
    fn a_keyframe_that_would_take_for_ever_is_not_begun() {
        let start = moment();
        let mut pacer = paced(50e3, start);
        let keyframe = Waiting { made: start, bytes: 1_000_000, patient: true };

        assert_eq!(pacer.admit(keyframe, start), Admission::Late);
    }

    #[test]
    fn whatever_is_sent_in_a_rush_is_paid_back_by_the_pictures() {
        let start = moment();
        let mut pacer = paced(MBIT, start);

        (0..100).for_each(|_| pacer.sent(1_250, start));

        let wait = pacer.ready_at(start) - start;
        assert!(wait > Duration::from_millis(500), "{wait:?}");
        assert_eq!(pacer.ready_at(start + wait), start + wait);
    }

    #[test]
    fn a_clock_that_goes_back_and_a_target_of_nothing_do_no_harm() {
        let start = moment() + Duration::from_secs(100);
        let mut pacer = paced(0.0, start);

        pacer.sent(usize::MAX >> 8, start);
        let early = start - Duration::from_secs(50);

        assert!(pacer.ready_at(early) >= early);
        pacer.set_target(Some(f64::NAN), early);
        assert!(pacer.ready_at(start) >= start);
    }

    #[expect(clippy::disallowed_methods, reason = "a test chooses the starting instant")]
    fn moment() -> Instant {
        Instant::now()
    }

    fn paced(target: f64, now: Instant) -> Pacer {
        let mut pacer = Pacer::default();
        pacer.set_target(Some(target), now);
        pacer
    }
}
