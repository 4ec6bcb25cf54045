//! Whether packets are lost because we send too much, or because that is how the path is.
//!
//! By one number nobody can tell. So loss that is new lowers the rate a little, once: an experiment. Where as much is
//! lost with the lower rate, the loss is the path's own: it is remembered, and only what exceeds it counts from then
//! on. Loss while a queue stands is the queue's, and proves nothing of the path; loss of who sends far less than the
//! path takes is the path's.
use super::{Fate, PacketReport};

/// Packets over which the share of loss is taken: half a second of pictures, more than one of sound.
const PACKETS: u32 = 80;
/// Loss above the path's own that may be chance or does no harm.
const TOLERATED: f64 = 0.03;
/// How sure to be that it is no chance: so many standard deviations.
const SIGMAS: f64 = 3.0;
/// So quickly the path's own loss follows what is lost where nothing is suspicious.
const LEARNING: f64 = 0.1;
/// The rate is lower than at the suspicious moment if it is below this share of it.
const LOWER: f64 = 0.97;
/// Windows with the lower rate until the experiment ends.
const EXPERIMENT: u32 = 2;
/// A path that loses more than this is not served by any rate.
const MOST_INHERENT: f64 = 0.6;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Nothing.
    Harmless,
    /// Send less.
    TooMuch,
    /// It was not our rate: go back to what was `before`, in bits a second.
    NotOurs { before: f64 },
}

/// Counts what is lost.
#[derive(Debug, Default)]
pub(super) struct Loss {
    known: u32,
    lost: u32,
    inherent: f64,
    suspicion: Option<Suspicion>,
}

/// An experiment that goes on.
#[derive(Debug, Clone, Copy)]
struct Suspicion {
    /// What was sent when it began, in bits a second.
    rate: f64,
    /// What was lost then.
    loss: f64,
    /// Packets that were sent and lost since, with a lower rate.
    known: u32,
    lost: u32,
}

impl Loss {
    /// The share that the path loses by itself.
    pub(super) fn inherent(&self) -> f64 {
        self.inherent
    }

    /// Counts packets that were sent with a `rate` in bits a second; none where it is far below what the way takes.
    pub(super) fn take(&mut self, reports: &[PacketReport], queue_stands: bool, rate: Option<f64>) -> Verdict {
        self.known = self.known.saturating_add(reports.len() as u32);
        self.lost += reports.iter().filter(|report| report.fate == Fate::Lost).count() as u32;
        if self.known < PACKETS {
            return Verdict::Harmless;
        }
        let (known, lost) = (std::mem::take(&mut self.known), std::mem::take(&mut self.lost));
        if queue_stands {
            return Verdict::Harmless;
        }
        let share = f64::from(lost) / f64::from(known);
        let Some(sent) = rate else {
            self.inherent += LEARNING * (share.min(MOST_INHERENT) - self.inherent);
            return Verdict::Harmless;
        };
        match &mut self.suspicion {
            Some(suspicion) if sent < LOWER * suspicion.rate => {
                suspicion.known += known;
                suspicion.lost += lost;
                if suspicion.known >= EXPERIMENT * PACKETS {
                    return self.conclude();
                }
                Verdict::Harmless
            }
            Some(_) | None => {
                let expected = self.inherent.max(0.01);
                let chance = SIGMAS * (expected * (1.0 - expected) / f64::from(known)).sqrt();
                if share > self.inherent + TOLERATED.max(chance) {
                    self.suspicion = Some(Suspicion { rate: sent, loss: share, known: 0, lost: 0 });
                    return Verdict::TooMuch;
                }
                self.inherent += LEARNING * (share - self.inherent);
                Verdict::Harmless
            }
        }
    }

    /// Compares what was lost before and after.
    fn conclude(&mut self) -> Verdict {
        let Some(suspicion) = self.suspicion.take() else { return Verdict::Harmless };
        let share = f64::from(suspicion.lost) / f64::from(suspicion.known.max(1));
        if share < 0.5 * suspicion.loss {
            return Verdict::Harmless; // Sending less helped.
        }
        self.inherent = share.max(self.inherent).min(MOST_INHERENT);
        Verdict::NotOurs { before: suspicion.rate }
    }
}
