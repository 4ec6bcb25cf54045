//! The table.
use std::fmt;

use crate::measure::{Measurement, Sample, Target};

/// What is behind the table.
pub(crate) const FOOT: &str = "Medians of all repetitions, with the lowest and the highest. *Busy* is how much of its \
                               processor each server used: a throughput counts as the server's own where that is near \
                               100 %.";

/// The first two lines.
pub(crate) fn head() -> String {
    "| | parlor-server | socket.io | ratio | wanted | busy |\n|---|---|---|---|---|---|".to_owned()
}

/// One line, once both have all samples.
#[derive(Debug)]
pub(crate) struct Row {
    measurement: Measurement,
    tls: bool,
    pub(crate) ours: Vec<Sample>,
    pub(crate) theirs: Vec<Sample>,
}

impl Row {
    pub(crate) fn new(measurement: Measurement, tls: bool) -> Self {
        Self { measurement, tls, ours: Vec::new(), theirs: Vec::new() }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.measurement.digits();
        let (ours, theirs) = (Spread::of(&self.ours, |s| s.value), Spread::of(&self.theirs, |s| s.value));
        let busy = |samples| Spread::of(samples, |sample: &Sample| sample.busy * 100.0).median;
        let ratio = ours.median / theirs.median;
        let target = self.measurement.target();
        let wanted = match target {
            Target::AtLeast(least) => format!("≥ {least}"),
            Target::AtMost(most) => format!("≤ {most}"),
        };
        let verdict = if target.is_met_by(ratio) { "" } else { " **missed**" };
        let tls = if self.tls { " (ours with TLS)" } else { "" };
        write!(
            f,
            "| {}{tls} | {ours:.digits$} | {theirs:.digits$} | {ratio:.2} | {wanted}{verdict} | {:.0} %, {:.0} % |",
            self.measurement.title(),
            busy(&self.ours),
            busy(&self.theirs),
        )
    }
}

/// The middle of some numbers, and how far they reach.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    lowest: f64,
    median: f64,
    highest: f64,
}

impl Spread {
    fn of(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> Self {
        let mut values: Vec<f64> = samples.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { lowest: at(0), median: at(values.len() / 2), highest: at(values.len().saturating_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(0);
        write!(f, "{:.digits$} ({:.digits$} to {:.digits$})", self.median, self.lowest, self.highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_whether_the_ratio_is_as_wanted() {
        let sample = |value| Sample { value, busy: 0.98 };
        let mut row = Row::new(Measurement::RoomRelay, false);
        row.theirs = vec![sample(90.0), sample(100.0), sample(120.0)];

        row.ours = vec![sample(250.0)];
        assert_eq!(
            row.to_string(),
            "| room relay, messages delivered/s | 250 (250 to 250) | 100 (90 to 120) | 2.50 | ≥ 2.5 | 98 %, 98 % |"
        );

        row.ours = vec![sample(249.0)];
        assert!(row.to_string().contains("missed"), "{row}");
    }
}
