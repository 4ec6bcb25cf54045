//! How well the others are reached, in two numbers.
use eframe::egui::Ui;

use crate::{
    engine::stats::{Stats, TrackStats},
    ui::{
        icons,
        widgets::{ChipTone, chip_ui},
    },
};

/// A way to somebody and back that is longer than this is felt in a conversation (ITU-T G.114 puts it at 150 ms one
/// way).
const SLOW_MS: f64 = 300.0;

/// The connections to all others taken together.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Network {
    /// The longest way to somebody and back.
    rtt_ms: Option<f64>,
    /// All pictures received.
    kbps: u64,
}

/// A chip with the longest way and what arrives; none while nobody is there.
pub(super) fn network_ui(ui: &mut Ui, stats: &Stats) {
    let Some(network) = Network::of(stats) else { return };
    let tone = if network.rtt_ms.is_some_and(|ms| ms > SLOW_MS) { ChipTone::Warning } else { ChipTone::Plain };
    chip_ui(ui, tone, icons::SIGNAL, &network.short(), &network.long());
}

impl Network {
    fn of(stats: &Stats) -> Option<Self> {
        if stats.participants.is_empty() {
            return None;
        }
        let rtt_ms = stats.participants.iter().filter_map(|other| other.rtt_ms).max_by(f64::total_cmp);
        let tracks = stats.participants.iter().flat_map(|other| &other.tracks);
        let kbps = tracks.map(|track| match track {
            TrackStats::Camera(pictures) | TrackStats::Screen(pictures) => pictures.kbps,
            TrackStats::Microphone(_) => 0,
        });
        Some(Self { rtt_ms, kbps: kbps.sum() })
    }

    fn short(self) -> String {
        let rate = self.kbps as f64 / 1000.0;
        match self.rtt_ms {
            Some(ms) => format!("{} ms · {rate:.1} Mbit/s", ms.ceil()),
            None => format!("{rate:.1} Mbit/s"),
        }
    }

    fn long(self) -> String {
        let rate = self.kbps as f64 / 1000.0;
        match self.rtt_ms {
            Some(ms) => format!("{} ms to the farthest and back, {rate:.1} Mbit/s of pictures received", ms.ceil()),
            None => format!("{rate:.1} Mbit/s of pictures received"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::fixtures::stats;

    #[test]
    fn the_farthest_and_the_sum_of_all_pictures_count() {
        let stats = stats(&[(Some(3.2), 1250), (None, 0), (Some(27.6), 1150)]);

        let network = Network::of(&stats).map(Network::short);

        assert_eq!(network.as_deref(), Some("28 ms · 2.4 Mbit/s"));
    }

    #[test]
    fn a_way_that_was_not_measured_yet_is_left_out() {
        let stats = stats(&[(None, 800)]);

        assert_eq!(Network::of(&stats).map(Network::short).as_deref(), Some("0.8 Mbit/s"));
    }

    #[test]
    fn nobody_is_reached_while_nobody_is_there() {
        assert_eq!(Network::of(&stats(&[])), None);
    }
}
