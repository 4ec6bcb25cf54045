//! How our sound is protected against loss, from what those who receive it report.
//!
//! One encoder serves everybody, so the worst of those connected decides. Up to a few per cent the copies inside the
//! packets (LBRR) are all it takes; beyond that, and where losses come in bursts, each packet carries along up to a
//! second of the sound before it (DRED), for which there are more bits. Protection comes at once and goes slowly: a
//! network that has lost packets will do so again.
mod redundancy;

use std::time::Duration;

pub use self::redundancy::{MOST_COPIES, Redundancy};

/// What speech gets on a network that loses nothing, in bit/s: enough for the full 20 kHz.
const CALM_BITRATE: u32 = 32_000;

/// What speech gets where packets carry other sound along, in bit/s.
const CARRYING_BITRATE: u32 = 48_000;

/// From this share of lost packets on, copies are worth their bits; below the other they go again.
const COPIES_FROM: f32 = 0.01;
const COPIES_UNTIL: f32 = 0.003;

/// From this share on a copy of the packet before is too often lost with it; and where DRED ends again.
const CARRY_FROM: f32 = 0.12;
const CARRY_UNTIL: f32 = 0.05;

/// One report of so much is a burst, even where the mean is low.
const BURST: f32 = 0.2;

/// For so many reports after a burst the next one is expected: half a minute.
const BURST_MEMORY: u32 = 30;

/// How much of the way to a higher and to a lower loss one report makes.
const UP: f32 = 0.4;
const DOWN: f32 = 0.08;

/// How much a packet carries along, for few losses and for many.
const CARRY_SOME: Duration = Duration::from_millis(400);
const CARRY_MUCH: Duration = Duration::from_secs(1);

/// From this share on it is much.
const MUCH: f32 = 0.3;

/// How the encoder protects speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// The share of packets that is expected to be lost, in per cent.
    pub expected_loss: u8,
    /// Whether packets have a copy of the one before.
    pub copies: bool,
    /// How much of the sound before it a packet carries along.
    pub carried: Duration,
    /// Bits a second for all that.
    pub bitrate: u32,
}

impl Default for Protection {
    /// What a call begins with, when nobody has reported yet.
    fn default() -> Self {
        Self { expected_loss: 10, copies: true, carried: Duration::ZERO, bitrate: CALM_BITRATE }
    }
}

/// What one of those who receive our sound tells about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoundReport {
    /// The share of packets that were lost since the last report, 0 to 1 (RFC 3550, section 6.4.1).
    pub lost: f32,
    /// Whether their program can use DRED.
    pub revives: bool,
}

/// Decides how speech is protected. Told once a second what everybody reports.
#[derive(Debug, Default)]
pub struct Resilience {
    loss: f32,
    told: bool,
    /// For how many reports a burst is still expected.
    burst: u32,
    copies: bool,
    carries: bool,
}

impl Resilience {
    /// Takes in the latest report of everybody connected, none of those who have made none, and decides.
    pub fn decide(&mut self, reports: impl IntoIterator<Item = SoundReport>) -> Protection {
        let (mut worst, mut revives, mut any) = (0.0f32, false, false);
        for report in reports {
            worst = worst.max(report.lost.clamp(0.0, 1.0));
            revives |= report.revives && (self.carries || report.lost > 0.0);
            any = true;
        }
        if !any && !self.told {
            return Protection::default();
        }
        if !std::mem::replace(&mut self.told, true) {
            // As many as the default expects, until several reports say otherwise.
            (self.loss, self.copies) = (0.05, true);
        }
        let step = if worst > self.loss { UP } else { DOWN };
        self.loss += (worst - self.loss) * step;
        self.burst = if worst >= BURST { BURST_MEMORY } else { self.burst.saturating_sub(1) };

        self.copies = self.loss >= if self.copies { COPIES_UNTIL } else { COPIES_FROM };
        let bursts = self.burst > 0;
        self.carries = revives && (bursts || self.loss >= if self.carries { CARRY_UNTIL } else { CARRY_FROM });
        self.protection()
    }

    fn protection(&self) -> Protection {
        let expected_loss = (self.loss * 100.0).ceil().clamp(0.0, 60.0) as u8;
        if !self.carries {
            return Protection {
                // More than a quarter makes the voice itself poorer than the losses do.
                expected_loss: if self.copies { expected_loss.clamp(5, 25) } else { 0 },
                copies: self.copies,
                carried: Duration::ZERO,
                bitrate: CALM_BITRATE,
            };
        }
        Protection {
            expected_loss: expected_loss.max(10),
            copies: true,
            carried: if self.loss >= MUCH { CARRY_MUCH } else { CARRY_SOME },
            bitrate: CARRYING_BITRATE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lost: f32) -> Option<SoundReport> {
        Some(SoundReport { lost, revives: true })
    }

    /// What is decided after so many seconds of the same reports.
    fn after(resilience: &mut Resilience, seconds: u32, lost: f32) -> Protection {
        (0..seconds).map(|_| resilience.decide(report(lost))).last().unwrap_or_default()
    }

    #[test]
    fn a_call_begins_protected_and_a_calm_network_gets_all_bits_for_the_voice() {
        let mut resilience = Resilience::default();

        let first = resilience.decide(None);
        let calm = after(&mut resilience, 60, 0.0);

        assert_eq!(first, Protection::default());
        assert!(first.copies);
        assert_eq!((calm.copies, calm.expected_loss, calm.carried), (false, 0, Duration::ZERO));
    }

    #[test]
    fn a_few_per_cent_of_loss_bring_copies_and_no_more() {
        let mut resilience = Resilience::default();
        after(&mut resilience, 60, 0.0);

        let protection = after(&mut resilience, 2, 0.05);

        assert!(protection.copies);
        assert_eq!((protection.carried, protection.bitrate), (Duration::ZERO, CALM_BITRATE));
        assert!((5..=25).contains(&protection.expected_loss), "{protection:?}");
    }

    #[test]
    fn heavy_loss_has_packets_carry_a_second_along_within_three_reports() {
        let mut resilience = Resilience::default();

        let protection = after(&mut resilience, 3, 0.5);

        assert_eq!((protection.carried, protection.bitrate), (CARRY_MUCH, CARRYING_BITRATE));
        assert!(protection.expected_loss >= 30, "{protection:?}");
    }

    #[test]
    fn a_burst_is_prepared_for_again_for_half_a_minute() {
        let mut resilience = Resilience::default();
        after(&mut resilience, 60, 0.0);

        let at_once = after(&mut resilience, 1, 0.4);
        let soon = after(&mut resilience, 20, 0.0);
        let later = after(&mut resilience, 60, 0.0);

        assert_ne!(at_once.carried, Duration::ZERO);
        assert_ne!(soon.carried, Duration::ZERO);
        assert_eq!(later.carried, Duration::ZERO);
    }

    #[test]
    fn the_worst_of_those_who_listen_decides() {
        let mut resilience = Resilience::default();
        let reports = || [report(0.0), report(0.3), report(0.01)].into_iter().flatten();

        let protection = (0..5).map(|_| resilience.decide(reports())).last().unwrap_or_default();

        assert_ne!(protection.carried, Duration::ZERO);
    }

    #[test]
    fn a_program_that_cannot_use_it_is_not_sent_it() {
        let mut resilience = Resilience::default();
        let foreign = || Some(SoundReport { lost: 0.4, revives: false });

        let protection = (0..5).map(|_| resilience.decide(foreign())).last().unwrap_or_default();

        assert_eq!(protection.carried, Duration::ZERO);
        assert_eq!((protection.copies, protection.expected_loss), (true, 25));
    }

    #[test]
    fn losses_that_come_and_go_do_not_switch_to_and_fro() {
        let mut resilience = Resilience::default();
        after(&mut resilience, 5, 0.15);

        let decisions: Vec<_> = (0..60).map(|n| resilience.decide(report([0.06, 0.14][n % 2])).carried).collect();

        assert!(decisions.iter().all(|carried| *carried == CARRY_SOME), "{decisions:?}");
    }

    #[test]
    fn nonsense_is_not_believed() {
        let mut resilience = Resilience::default();

        let protection = after(&mut resilience, 5, 1e9);

        assert!(protection.expected_loss <= 60);
    }
}
