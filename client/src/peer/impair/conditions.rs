//! How bad a network is, and the line of text that says so.
use std::{str::FromStr, time::Duration};

use thiserror::Error;

use super::steps::Steps;

/// How long packets may wait for a link with a limited rate before they are dropped, unless said otherwise.
const DEFAULT_QUEUE: Duration = Duration::from_millis(300);
/// The longest delay, jitter, queue or cut that makes sense.
const LONGEST: Duration = Duration::from_secs(60);
/// The latest moment at which something may change.
const LATEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How bad the network is, in the direction in which we send. Each connection has one of its own.
///
/// Written as parts with commas between, each optional: `loss=5%,burst=3,delay=50ms,jitter=20ms,reorder=1%,
/// duplicate=1%,rate=1mbit,queue=300ms,cut=10s+2s,seed=7`. Loss, delay, jitter and rate may change: `rate=500kbit@20s`
/// holds from the twentieth second after the first connection began. There may be several cuts.
#[derive(Debug, Clone, PartialEq)]
pub struct Impairment {
    /// The share of packets that vanish, 0 to 1.
    pub loss: Steps<f64>,
    /// How many packets in a row vanish on average (Gilbert's model); none where each vanishes by itself.
    pub burst: Option<f64>,
    /// How long every packet takes.
    pub delay: Steps<Duration>,
    /// How much longer it takes at most, at random. Does not change the order.
    pub jitter: Steps<Duration>,
    /// The share of packets that are held back, so that others overtake them, 0 to 1.
    pub reorder: f64,
    /// The share of packets that arrive twice, 0 to 1.
    pub duplicate: f64,
    /// Bits a second that pass; none for no limit.
    pub rate: Steps<Option<f64>>,
    /// How much may wait for the rate; what would wait longer is dropped.
    pub queue: Duration,
    /// Times during which nothing passes.
    pub cuts: Vec<Cut>,
    /// Where the dice start: the same seed loses the same packets.
    pub seed: u64,
}

/// A time during which nothing passes, counted from the beginning of the first connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// When it begins.
    pub from: Duration,
    /// How long it lasts.
    pub length: Duration,
}

impl Cut {
    pub(super) fn covers(self, time: Duration) -> bool {
        (self.from..self.from + self.length).contains(&time)
    }
}

impl Default for Impairment {
    fn default() -> Self {
        Self {
            loss: Steps::new(0.0),
            burst: None,
            delay: Steps::new(Duration::ZERO),
            jitter: Steps::new(Duration::ZERO),
            reorder: 0.0,
            duplicate: 0.0,
            rate: Steps::new(None),
            queue: DEFAULT_QUEUE,
            cuts: Vec::new(),
            seed: 1,
        }
    }
}

/// A text that describes no network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{part:?} is not understood: write loss=5%,burst=3,delay=50ms,jitter=20ms,reorder=1%,duplicate=1%,rate=1mbit,\
     queue=300ms,cut=10s+2s,seed=7; loss, delay, jitter and rate may change, as in rate=500kbit@20s"
)]
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
            "loss" => set_step(&mut self.loss, value, parse_share)?,
            "burst" => self.burst = Some(parse_burst(value)?),
            "delay" => set_step(&mut self.delay, value, parse_duration)?,
            "jitter" => set_step(&mut self.jitter, value, parse_duration)?,
            "reorder" => self.reorder = parse_share(value)?,
            "duplicate" => self.duplicate = parse_share(value)?,
            "rate" => set_step(&mut self.rate, value, parse_rate)?,
            "queue" => self.queue = parse_duration(value)?,
            "cut" => self.cuts.push(parse_cut(value)?),
            "seed" => self.seed = value.parse().ok()?,
            _ => return None,
        }
        Some(())
    }
}

/// Sets a value from the beginning on, or, with `@TIME` behind it, from then on.
fn set_step<T: Copy>(steps: &mut Steps<T>, text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<()> {
    let (value, from) = match text.split_once('@') {
        Some((value, from)) => (value, parse_time(from)?),
        None => (text, Duration::ZERO),
    };
    steps.set(from, parse(value)?);
    Some(())
}

fn parse_share(text: &str) -> Option<f64> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? / 100.0,
        None => text.parse().ok()?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

fn parse_burst(text: &str) -> Option<f64> {
    let packets = text.parse::<f64>().ok()?;
    (1.0..=1e4).contains(&packets).then_some(packets)
}

fn parse_duration(text: &str) -> Option<Duration> {
    parse_time(text).filter(|duration| *duration <= LONGEST)
}

fn parse_time(text: &str) -> Option<Duration> {
    let (number, unit) = match text.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (text.strip_suffix('s')?, 1.0),
    };
    let seconds = number.parse::<f64>().ok()? * unit;
    (0.0..=LATEST.as_secs_f64()).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

fn parse_rate(text: &str) -> Option<Option<f64>> {
    if text == "none" {
        return Some(None);
    }
    let (number, unit) = match (text.strip_suffix("kbit"), text.strip_suffix("mbit")) {
        (Some(number), _) => (number, 1e3),
        (None, Some(number)) => (number, 1e6),
        (None, None) => return None,
    };
    let rate = number.parse::<f64>().ok()? * unit;
    (1e3..=1e10).contains(&rate).then_some(Some(rate))
}

fn parse_cut(text: &str) -> Option<Cut> {
    let (from, length) = text.split_once('+')?;
    Some(Cut { from: parse_time(from)?, length: parse_duration(length)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_network_is_read_from_a_line_of_text() {
        let text = "loss=5%,burst=2.5,delay=50ms,jitter=20ms,reorder=1%,duplicate=0.02,rate=1mbit,seed=3";

        let impairment: Impairment = text.parse().expect("a network");

        let expected = Impairment {
            loss: 0.05.into(),
            burst: Some(2.5),
            delay: Duration::from_millis(50).into(),
            jitter: Duration::from_millis(20).into(),
            reorder: 0.01,
            duplicate: 0.02,
            rate: Some(1e6).into(),
            queue: DEFAULT_QUEUE,
            cuts: Vec::new(),
            seed: 3,
        };
        assert_eq!(impairment, expected);
    }

    #[test]
    fn what_changes_is_read_with_its_times_in_any_order() {
        let text =
            "rate=none@40s, delay=120ms@1.5s, rate=3mbit, rate=500kbit@20s, loss=20%@3s, cut=10s+2s, cut=30s+500ms";

        let impairment: Impairment = text.parse().expect("a network");

        let rates = [0, 19, 20, 39, 40].map(|second| impairment.rate.at(second * SECOND));
        assert_eq!(rates, [Some(3e6), Some(3e6), Some(5e5), Some(5e5), None]);
        assert_eq!(impairment.delay.at(2 * SECOND), Duration::from_millis(120));
        assert_eq!([2, 3].map(|second| impairment.loss.at(second * SECOND)), [0.0, 0.2]);
        let cut = |from, length| Cut { from: Duration::from_millis(from), length: Duration::from_millis(length) };
        assert_eq!(impairment.cuts, [cut(10_000, 2_000), cut(30_000, 500)]);
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        let shares = ["loss=150%", "loss=NaN", "reorder=2", "duplicate=-1%", "burst=0.5", "burst=inf"];
        let times = ["delay=50", "delay=-1ms", "delay=61s", "queue=1s@3s", "cut=10s", "cut=10s+", "cut=2s+61s"];
        let rates = ["rate=fast", "rate=0kbit", "rate=1mbit@", "rate=1mbit@soon", "rate=@3s"];
        for text in [&shares[..], &times, &rates, &["speed=1", "loss"]].concat() {
            let error = text.parse::<Impairment>().expect_err(text);
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
