//! A bad network, pure: for each packet, whether and when it arrives.
use std::{str::FromStr, time::Duration, time::Instant};

use thiserror::Error;

/// How long packets may wait for a link with a limited rate before they are dropped, unless said otherwise.
const DEFAULT_QUEUE: Duration = Duration::from_millis(300);
/// What every packet carries beside what we hand over: IPv4 and UDP headers.
const HEADER_BYTES: usize = 28;

/// How bad the network is, in the direction in which we send.
///
/// Written as `loss=5%,delay=50ms,jitter=20ms,reorder=1%,rate=1mbit,queue=300ms,seed=7`, each part optional.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impairment {
    /// The share of packets that vanish, 0 to 1.
    pub loss: f64,
    /// How long every packet takes.
    pub delay: Duration,
    /// How much longer it takes at most, at random. Does not change the order.
    pub jitter: Duration,
    /// The share of packets that skip the delay and so overtake others, 0 to 1.
    pub reorder: f64,
    /// Bits a second that pass; none for no limit.
    pub rate: Option<f64>,
    /// How much may wait for the rate; what would wait longer is dropped.
    pub queue: Duration,
    /// Where the dice start: the same seed loses the same packets.
    pub seed: u64,
}

impl Default for Impairment {
    fn default() -> Self {
        Self {
            loss: 0.0,
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            reorder: 0.0,
            rate: None,
            queue: DEFAULT_QUEUE,
            seed: 1,
        }
    }
}

/// A text that describes no network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{part:?} is not understood: write loss=5%,delay=50ms,jitter=20ms,reorder=1%,rate=1mbit,queue=300ms,seed=7")]
pub struct ParseImpairmentError {
    part: String,
}

impl FromStr for Impairment {
    type Err = ParseImpairmentError;

    fn from_str(text: &str) -> Result<Self, ParseImpairmentError> {
        let mut impairment = Self::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            impairment.set(part.trim()).ok_or_else(|| ParseImpairmentError { part: part.to_owned() })?;
        }
        Ok(impairment)
    }
}

impl Impairment {
    fn set(&mut self, part: &str) -> Option<()> {
        let (name, value) = part.split_once('=')?;
        match name {
            "loss" => self.loss = parse_share(value)?,
            "delay" => self.delay = parse_duration(value)?,
            "jitter" => self.jitter = parse_duration(value)?,
            "reorder" => self.reorder = parse_share(value)?,
            "rate" => self.rate = Some(parse_rate(value)?),
            "queue" => self.queue = parse_duration(value)?,
            "seed" => self.seed = value.parse().ok()?,
            _ => return None,
        }
        Some(())
    }
}

fn parse_share(text: &str) -> Option<f64> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? / 100.0,
        None => text.parse().ok()?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

fn parse_duration(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s')?, 1.0),
    };
    let seconds = number.parse::<f64>().ok()? * unit;
    (0.0..=60.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

fn parse_rate(text: &str) -> Option<f64> {
    let (number, unit) = match (text.strip_suffix("kbit"), text.strip_suffix("mbit")) {
        (Some(number), _) => (number, 1e3),
        (None, Some(number)) => (number, 1e6),
        (None, None) => return None,
    };
    let rate = number.parse::<f64>().ok()? * unit;
    (1e3..=1e10).contains(&rate).then_some(rate)
}

/// One direction of a bad network.
#[derive(Debug)]
pub(super) struct Link {
    impairment: Impairment,
    dice: fastrand::Rng,
    /// When the last bit of what was sent so far has left.
    free_at: Option<Instant>,
    /// When the newest packet in order arrives.
    arrival: Option<Instant>,
}

impl Link {
    pub(super) fn new(impairment: Impairment, number: u64) -> Self {
        let dice = fastrand::Rng::with_seed(impairment.seed.wrapping_add(number));
        Self { impairment, dice, free_at: None, arrival: None }
    }

    /// When a packet of so many bytes that is sent now arrives. `None` where it is lost.
    pub(super) fn send(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        if self.dice.f64() < self.impairment.loss {
            return None;
        }
        let sent = self.transmit(bytes, now)?;
        if self.dice.f64() < self.impairment.reorder {
            return Some(sent);
        }
        let arrival = sent + self.impairment.delay + self.impairment.jitter.mul_f64(self.dice.f64());
        let arrival = self.arrival.map_or(arrival, |before| arrival.max(before));
        self.arrival = Some(arrival);
        Some(arrival)
    }

    fn transmit(&mut self, bytes: usize, now: Instant) -> Option<Instant> {
        let Some(rate) = self.impairment.rate else { return Some(now) };
        let start = self.free_at.map_or(now, |free| free.max(now));
        if start - now > self.impairment.queue {
            return None;
        }
        let bits = (bytes + HEADER_BYTES) as f64 * 8.0;
        let sent = start + Duration::from_secs_f64(bits / rate);
        self.free_at = Some(sent);
        Some(sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_read_from_a_line_of_text() {
        let impairment: Impairment = "loss=5%,delay=50ms,jitter=20ms,rate=1mbit,seed=3".parse().expect("a network");

        assert_eq!(impairment.loss, 0.05);
        assert_eq!(impairment.delay, Duration::from_millis(50));
        assert_eq!(impairment.rate, Some(1e6));
        assert_eq!(impairment.queue, DEFAULT_QUEUE);
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        for text in ["loss=150%", "delay=50", "rate=fast", "speed=1", "loss", "delay=-1ms", "rate=0kbit"] {
            let error = text.parse::<Impairment>().expect_err(text);
            assert!(error.to_string().contains(text), "{error}");
        }
    }

    #[test]
    fn the_share_of_lost_packets_is_the_one_asked_for_and_repeats() {
        let lost = |seed| {
            let mut link = Link::new(Impairment { loss: 0.05, seed, ..Default::default() }, 0);
            let now = Instant::now();
            (0..10_000).filter(|_| link.send(1_200, now).is_none()).count()
        };

        assert!((400..600).contains(&lost(1)), "{}", lost(1));
        assert_eq!(lost(1), lost(1));
        assert_ne!(lost(1), lost(2));
    }

    #[test]
    fn jitter_does_not_change_the_order() {
        let jitter = Duration::from_millis(20);
        let mut link = Link::new(Impairment { jitter, ..Default::default() }, 0);
        let start = Instant::now();

        let arrivals: Vec<_> =
            (0..100).map(|n| link.send(100, start + Duration::from_millis(n)).expect("arrives")).collect();

        assert!(arrivals.is_sorted());
    }

    #[test]
    fn what_exceeds_the_rate_waits_and_then_is_dropped() {
        let impairment = Impairment { rate: Some(1e6), queue: Duration::from_millis(100), ..Default::default() };
        let mut link = Link::new(impairment, 0);
        let now = Instant::now();

        let passed: Vec<_> = std::iter::from_fn(|| link.send(1_222, now)).collect();

        assert_eq!(passed.len(), 11, "each packet of 10,000 bits takes 10 ms");
        assert_eq!(passed[10] - now, Duration::from_millis(110));
    }
}
