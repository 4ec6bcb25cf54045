//! How well the others are reached, in two numbers.
use eframe::egui::Ui;

use crate::{
    engine::stats::{Stats, TrackStats},
    ui::{
        icons,
        widgets::{ChipTone, chip_ui},
        words::{Words, say, words},
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
    let words = words(ui.ctx());
    chip_ui(ui, tone, icons::SIGNAL, &network.short(words), &network.long(words));
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

    fn short(self, words: Words) -> String {
        let rate = self.rate();
        match self.rtt_ms {
            Some(ms) => say!(words, "call-network", ms = ms.ceil(), rate = rate),
            None => say!(words, "call-network-rate", rate = rate),
        }
    }

    fn long(self, words: Words) -> String {
        let rate = self.rate();
        match self.rtt_ms {
            Some(ms) => say!(words, "call-network-long", ms = ms.ceil(), rate = rate),
            None => say!(words, "call-network-rate-long", rate = rate),
        }
    }

    fn rate(self) -> String {
        format!("{:.1}", self.kbps as f64 / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{tests::fixtures::stats, words::Language};

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn the_farthest_and_the_sum_of_all_pictures_count() {
        let stats = stats(&[(Some(3.2), 1250), (None, 0), (Some(27.6), 1150)]);

        let network = Network::of(&stats).map(|network| network.short(ENGLISH));

        assert_eq!(network.as_deref(), Some("28 ms · 2.4 Mbit/s"));
    }

    #[test]
    fn a_way_that_was_not_measured_yet_is_left_out() {
        let stats = stats(&[(None, 800)]);

        assert_eq!(Network::of(&stats).map(|network| network.short(ENGLISH)).as_deref(), Some("0.8 Mbit/s"));
    }

    #[test]
    fn nobody_is_reached_while_nobody_is_there() {
        assert_eq!(Network::of(&stats(&[])), None);
    }
}
