//! A picture of a call over time: what was sent, what the link took, what it was taken for, and what waited.
use std::fmt::Write as _;

use crate::{
    cases::Case,
    measured::{Measured, Second},
};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 34.0;
/// Of each of the two panels, and between them.
const PANEL: f64 = 150.0;
const BETWEEN: f64 = 46.0;
const BOTTOM: f64 = 34.0;

const SENT: &str = "#1f6feb";
const LIMIT: &str = "#8b949e";
const ESTIMATE: &str = "#d97706";
const QUEUED: &str = "#be185d";

/// One of the two panels: where it is, and what its highest value is.
struct Panel {
    top: f64,
    most: f64,
    seconds: f64,
}

/// The plot of a case whose link has a rate. `None` for the others: they would show a line.
pub(crate) fn of(case: &Case, measured: &Measured) -> Option<String> {
    if case.rates.is_empty() {
        return None;
    }
    let seconds = case.time.as_secs_f64();
    let most =
        |value: fn(&Second) -> Option<f64>, least: f64| measured.seconds.iter().filter_map(value).fold(least, f64::max);
    let rates = [most(|second| Some(second.sent_kbps), 100.0), most(|second| second.limit_kbps, 100.0)];
    let rate = Panel { top: TOP, most: round_up(rates[0].max(rates[1])), seconds };
    let wait = Panel { top: TOP + PANEL + BETWEEN, most: round_up(most(|second| second.queued_ms, 100.0)), seconds };
    let height = wait.top + PANEL + BOTTOM;

    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
"##
    );
    rate.frame(&mut svg, "kbit/s");
    wait.frame(&mut svg, "ms waiting for the link (p95)");
    let line = |value: fn(&Second) -> Option<f64>| {
        measured.seconds.iter().map(move |second| (second.at + 0.5, value(second))).collect::<Vec<_>>()
    };
    rate.line(&mut svg, LIMIT, &limit_steps(case));
    rate.line(&mut svg, ESTIMATE, &line(|second| second.estimate_kbps));
    rate.line(&mut svg, SENT, &line(|second| Some(second.sent_kbps)));
    wait.line(&mut svg, QUEUED, &line(|second| second.queued_ms));
    legend(&mut svg, &[("the link takes", LIMIT), ("estimate", ESTIMATE), ("sent", SENT)]);
    svg.push_str("</svg>\n");
    Some(svg)
}

/// The rate of the link as corners of a line.
fn limit_steps(case: &Case) -> Vec<(f64, Option<f64>)> {
    let ends = case.rates.iter().skip(1).map(|(from, _)| *from as f64).chain([case.time.as_secs_f64()]);
    case.rates
        .iter()
        .zip(ends)
        .flat_map(|((from, kbps), end)| [(*from as f64, Some(*kbps)), (end, Some(*kbps))])
        .collect()
}

impl Panel {
    fn x(&self, second: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * second / self.seconds
    }

    fn y(&self, value: f64) -> f64 {
        self.top + PANEL * (1.0 - (value / self.most).clamp(0.0, 1.0))
    }

    fn frame(&self, svg: &mut String, title: &str) {
        let (left, right, top) = (LEFT, WIDTH - RIGHT, self.top);
        let _ = writeln!(svg, r##"<text x="{left}" y="{}" fill="#24292f">{title}</text>"##, top - 8.0);
        for quarter in 0..=4 {
            let value = self.most * f64::from(quarter) / 4.0;
            let y = self.y(value);
            let _ = writeln!(svg, r##"<line x1="{left}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#d0d7de"/>"##);
            let (x, y) = (left - 6.0, y + 4.0);
            let _ = writeln!(svg, r##"<text x="{x}" y="{y:.1}" text-anchor="end" fill="#57606a">{value:.0}</text>"##);
        }
        for second in (0..=self.seconds as u32).step_by(5) {
            let (x, y) = (self.x(f64::from(second)), top + PANEL + 16.0);
            let _ =
                writeln!(svg, r##"<text x="{x:.1}" y="{y}" text-anchor="middle" fill="#57606a">{second} s</text>"##);
        }
    }

    /// A line, with holes where there is no value.
    fn line(&self, svg: &mut String, colour: &str, points: &[(f64, Option<f64>)]) {
        for run in points.split(|(_, value)| value.is_none()).filter(|run| !run.is_empty()) {
            let places = run
                .iter()
                .filter_map(|(second, value)| Some(format!("{:.1},{:.1}", self.x(*second), self.y((*value)?))));
            let places = places.collect::<Vec<_>>().join(" ");
            let _ = writeln!(svg, r#"<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>"#);
        }
    }
}

fn legend(svg: &mut String, entries: &[(&str, &str)]) {
    for (place, (text, colour)) in entries.iter().enumerate() {
        let x = WIDTH - RIGHT - 110.0 * (entries.len() - place) as f64;
        let _ = writeln!(svg, r#"<rect x="{x}" y="16" width="14" height="4" fill="{colour}"/>"#);
        let _ = writeln!(svg, r##"<text x="{}" y="22" fill="#24292f">{text}</text>"##, x + 20.0);
    }
}

/// The next number that is easy to divide by four.
fn round_up(value: f64) -> f64 {
    let magnitude = 10_f64.powf(value.log10().floor());
    let step = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].into_iter().find(|step| step * magnitude >= value);
    step.unwrap_or(10.0) * magnitude
}
