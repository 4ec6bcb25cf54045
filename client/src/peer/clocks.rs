//! When what we send was seen and said, for the sender reports: by them receivers keep lips and words together.
//!
//! webrtc's reports take a packet for as old as its sending. Sound is sent once a whole packet of it is encoded, behind
//! all that is done to it, and pictures when their turn comes; whoever holds the ones against the others by that is wrong
//! by what differs. So the task that sends notes what is how old, and `repair.rs` corrects the reports that pass it.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rtc::rtcp::{self, sender_report::SenderReport};

/// What comes later than expected, but by no more than this, in seconds, comes from a thread that is late. More is time
/// that was left out.
const LATE: std::ops::RangeInclusive<f64> = 0.0..=0.1;
/// How much of what comes later than expected is believed: threads are late, and clocks are hardly slow.
const LATE_NEWS: f64 = 1.0 / 64.0;

/// The clocks of our streams, by SSRC. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct SenderClocks(Arc<Mutex<BTreeMap<u32, Clock>>>);

/// At which moment the clock of a stream showed what.
#[derive(Debug, Clone, Copy)]
struct Clock {
    /// Ticks a second.
    rate: u32,
    rtp: u32,
    at: Instant,
}

impl SenderClocks {
    /// What is sent as of the RTP time `rtp` was seen or said at `at`. The clock has `rate` ticks a second.
    pub(super) fn note(&self, ssrc: u32, rate: u32, rtp: u32, at: Instant) {
        let mut clocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = clocks.entry(ssrc).or_insert(Clock { rate, rtp, at });
        *clock = clock.noted(rtp, at);
    }

    /// The same report by our clock; none for what is no sender report of ours.
    pub(super) fn corrected(&self, packet: &dyn rtcp::Packet, now: Instant) -> Option<SenderReport> {
        let report = packet.as_any().downcast_ref::<SenderReport>()?;
        let clock = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&report.ssrc).copied()?;
        Some(SenderReport { rtp_time: clock.shows(now), ..report.clone() })
    }
}

impl Clock {
    /// What it shows at `now`.
    fn shows(self, now: Instant) -> u32 {
        let ticks = seconds_between(self.at, now) * f64::from(self.rate);
        // RTP time wraps around (RFC 3550, section 5.1).
        self.rtp.wrapping_add(ticks.round() as i64 as u32)
    }

    fn noted(self, rtp: u32, at: Instant) -> Self {
        let ticks = rtp.wrapping_sub(self.rtp) as i32;
        let late = seconds_between(self.at, at) - f64::from(ticks) / f64::from(self.rate.max(1));
        let believed = if LATE.contains(&late) { late * LATE_NEWS } else { late };
        let doubted = Duration::try_from_secs_f64(late - believed).unwrap_or_default();
        Self { rtp, at: at.checked_sub(doubted).unwrap_or(at), ..self }
    }
}

fn seconds_between(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() - from.saturating_duration_since(to).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use rtc::rtcp::receiver_report::ReceiverReport;

    use super::*;

    const SSRC: u32 = 7;
    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn a_report_tells_when_things_were_said_and_not_when_they_were_sent() {
        let (clocks, start) = (SenderClocks::default(), Instant::now());
        clocks.note(SSRC, 48_000, u32::MAX - 479, start);

        let report = clocks.corrected(&report(SSRC, 1), start + MS(35));

        // 35 ms are 1,680 ticks, and the clock has wrapped around.
        let report = report.expect("a report of a stream of ours");
        assert_eq!((report.rtp_time, report.ntp_time), (1_200, 99));
    }

    #[test]
    fn packets_that_are_late_now_and_then_do_not_move_the_clock() {
        let (clocks, start) = (SenderClocks::default(), Instant::now());

        for packet in 0..500_u64 {
            let late = if packet % 5 == 0 { MS(15) } else { MS(0) };
            clocks.note(SSRC, 48_000, (packet * 960) as u32, start + MS(packet * 20) + late);
        }

        let shown = clocks.corrected(&report(SSRC, 1), start + MS(10_000)).expect("a report").rtp_time;
        assert!(shown.abs_diff(480_000) < 48, "off by {} samples", shown.abs_diff(480_000));
    }

    #[test]
    fn a_clock_that_is_slow_is_followed() {
        let (clocks, start) = (SenderClocks::default(), Instant::now());

        // 300 millionths too slow, which is more than a sound card has.
        for packet in 0..3_000_u64 {
            clocks.note(SSRC, 48_000, (packet * 960) as u32, start + Duration::from_nanos(packet * 20_006_000));
        }

        let now = start + Duration::from_nanos(3_000 * 20_006_000);
        let shown = clocks.corrected(&report(SSRC, 1), now).expect("a report").rtp_time;
        assert!(shown.abs_diff(2_880_000) < 48, "off by {} samples", shown.abs_diff(2_880_000));
    }

    #[test]
    fn time_that_was_left_out_moves_the_clock_at_once() {
        let (clocks, start) = (SenderClocks::default(), Instant::now());
        clocks.note(SSRC, 90_000, 0, start);

        clocks.note(SSRC, 90_000, 3_000, start + MS(5_000));

        let shown = clocks.corrected(&report(SSRC, 1), start + MS(5_000)).expect("a report").rtp_time;
        assert_eq!(shown, 3_000);
    }

    #[test]
    fn what_is_of_others_stays_as_it_is() {
        let (clocks, now) = (SenderClocks::default(), Instant::now());
        clocks.note(SSRC, 48_000, 0, now);

        let others = clocks.corrected(&report(8, 1), now);
        let received = clocks.corrected(&ReceiverReport::default(), now);

        assert_eq!((others, received), (None, None));
    }

    fn report(ssrc: u32, rtp_time: u32) -> SenderReport {
        SenderReport { ssrc, rtp_time, ntp_time: 99, ..SenderReport::default() }
    }
}
