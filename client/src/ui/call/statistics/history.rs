//! The last minutes of a call in numbers, second by second, ready to be plotted.
use std::collections::BTreeMap;

use egui_plot::PlotPoint;
use parlor_protocol::ParticipantId;

use crate::engine::stats::{ParticipantStats, Stats, TrackStats};

/// How many seconds are kept.
pub(super) const SECONDS: usize = 180;

/// What is plotted of each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Metric {
    /// Thousands of bits a second from them.
    Received,
    /// Thousands of bits a second to them.
    Sent,
    /// Lost packets of a hundred from them.
    Loss,
    /// Milliseconds to them and back.
    RoundTrip,
    /// Milliseconds by which their sound arrives unevenly.
    Jitter,
    /// Pictures a second of their camera.
    FrameRate,
}

impl Metric {
    pub(super) const ALL: [Self; 6] =
        [Self::Received, Self::Sent, Self::Loss, Self::RoundTrip, Self::Jitter, Self::FrameRate];

    fn of(self, stats: &ParticipantStats) -> Option<f64> {
        match self {
            Self::Received => Some(stats.tracks.iter().map(received_kbps).sum::<u64>() as f64),
            Self::Sent => Some(stats.sent_kbps as f64),
            Self::Loss => Some(stats.lost_ratio * 100.0),
            Self::RoundTrip => stats.rtt_ms,
            Self::Jitter => stats.tracks.iter().find_map(|track| match track {
                TrackStats::Microphone(sound) => Some(sound.jitter_ms),
                TrackStats::Camera(_) | TrackStats::Screen(_) => None,
            }),
            Self::FrameRate => stats.tracks.iter().find_map(|track| match track {
                TrackStats::Camera(pictures) => Some(pictures.fps),
                TrackStats::Microphone(_) | TrackStats::Screen(_) => None,
            }),
        }
    }

    /// One number for several people: the sum of what adds up, the worst of what does not.
    pub(super) fn together(self, values: impl Iterator<Item = f64>) -> Option<f64> {
        match self {
            Self::Received | Self::Sent => values.reduce(|a, b| a + b),
            Self::Loss | Self::RoundTrip | Self::Jitter => values.reduce(f64::max),
            Self::FrameRate => values.reduce(f64::min),
        }
    }
}

fn received_kbps(track: &TrackStats) -> u64 {
    match track {
        TrackStats::Camera(pictures) | TrackStats::Screen(pictures) => pictures.kbps,
        TrackStats::Microphone(sound) => sound.kbps,
    }
}

/// Somebody, for as long as anything of the last minutes is theirs.
#[derive(Debug)]
pub(super) struct Line {
    /// What they are called.
    pub(super) nickname: String,
    metrics: BTreeMap<Metric, Vec<PlotPoint>>,
}

impl Line {
    /// A measure over time: seconds since we came in, and its value.
    pub(super) fn points(&self, metric: Metric) -> &[PlotPoint] {
        self.metrics.get(&metric).map_or(&[], Vec::as_slice)
    }

    fn forget_before(&mut self, second: f64) {
        for points in self.metrics.values_mut() {
            points.retain(|point| point.x > second);
        }
        self.metrics.retain(|_, points| !points.is_empty());
    }
}

/// The last minutes of everybody. Bounded by the time, and by how many people fit into a room.
#[derive(Debug, Default)]
pub(crate) struct History {
    at_ms: Option<u64>,
    people: BTreeMap<ParticipantId, Line>,
}

impl History {
    /// Takes in the newest statistics; each second counts once. Without any there is no call, and nothing is kept.
    pub(crate) fn watch(&mut self, stats: Option<&Stats>) {
        let Some(stats) = stats else {
            *self = Self::default();
            return;
        };
        if self.at_ms == Some(stats.at_ms) {
            return;
        }
        if self.at_ms.is_some_and(|before| stats.at_ms < before) {
            *self = Self::default(); // another call
        }
        self.at_ms = Some(stats.at_ms);
        let now = self.now();
        for other in &stats.participants {
            let line = self
                .people
                .entry(other.id)
                .or_insert_with(|| Line { nickname: other.nickname.clone(), metrics: BTreeMap::new() });
            for metric in Metric::ALL {
                if let Some(value) = metric.of(other).filter(|value| value.is_finite()) {
                    line.metrics.entry(metric).or_default().push(PlotPoint::new(now, value));
                }
            }
        }
        for line in self.people.values_mut() {
            line.forget_before(now - SECONDS as f64);
        }
        self.people.retain(|_, line| !line.metrics.is_empty());
    }

    /// Seconds since we came in.
    pub(super) fn now(&self) -> f64 {
        self.at_ms.unwrap_or_default() as f64 / 1e3
    }

    /// Everybody of the last minutes, or one of them.
    pub(super) fn lines(&self, about: Option<ParticipantId>) -> impl Iterator<Item = (ParticipantId, &Line)> {
        let people = self.people.iter().map(|(who, line)| (*who, line));
        people.filter(move |(who, _)| about.is_none_or(|about| about == *who))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::fixtures::{participant_stats, stats};

    #[test]
    fn each_second_is_kept_once_for_some_minutes() {
        let mut history = History::default();

        for second in 0..1000 {
            let stats = at(second, vec![ada(28.0)]);
            history.watch(Some(&stats));
            history.watch(Some(&stats));
        }

        let (_, line) = history.lines(None).next().unwrap();
        let points = line.points(Metric::RoundTrip);
        assert_eq!(points.len(), SECONDS);
        assert_eq!(points.last().map(|point| (point.x, point.y)), Some((999.0, 28.0)));
        assert_eq!(points[0].x, 820.0);
    }

    #[test]
    fn what_is_not_known_leaves_a_gap() {
        let mut history = History::default();

        history.watch(Some(&at(1, vec![participant_stats(2, "Ada")])));
        history.watch(Some(&at(2, vec![ada(30.0)])));

        let (_, line) = history.lines(None).next().unwrap();
        assert_eq!(line.points(Metric::RoundTrip).len(), 1);
        assert_eq!(line.points(Metric::Sent).len(), 2);
        assert_eq!(line.points(Metric::FrameRate), []);
    }

    #[test]
    fn whoever_has_left_fades_out_and_is_forgotten() {
        let mut history = History::default();
        history.watch(Some(&at(1, vec![ada(30.0)])));

        history.watch(Some(&at(100, Vec::new())));
        let shown = history.lines(None).count();
        history.watch(Some(&at(182, Vec::new())));

        assert_eq!((shown, history.lines(None).count()), (1, 0));
    }

    #[test]
    fn another_call_starts_afresh_and_no_call_keeps_nothing() {
        let mut history = History::default();
        history.watch(Some(&at(50, vec![ada(30.0)])));

        history.watch(Some(&at(1, vec![participant_stats(3, "Bob")])));
        let names: Vec<_> = history.lines(None).map(|(_, line)| line.nickname.clone()).collect();
        history.watch(None);

        assert_eq!(names, ["Bob"]);
        assert_eq!(history.lines(None).count(), 0);
    }

    #[test]
    fn rates_add_up_and_of_the_rest_the_worst_counts() {
        let together = |metric: Metric| metric.together([10.0, 30.0].into_iter());

        assert_eq!(together(Metric::Received), Some(40.0));
        assert_eq!(together(Metric::RoundTrip), Some(30.0));
        assert_eq!(together(Metric::FrameRate), Some(10.0));
        assert_eq!(Metric::Loss.together(std::iter::empty()), None);
    }

    fn ada(rtt_ms: f64) -> ParticipantStats {
        ParticipantStats { rtt_ms: Some(rtt_ms), ..participant_stats(2, "Ada") }
    }

    fn at(second: u64, participants: Vec<ParticipantStats>) -> Stats {
        Stats { at_ms: second * 1000, participants, ..stats(&[]) }
    }
}
