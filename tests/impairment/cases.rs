//! The bad networks, and what is wanted of a call on each.
use std::time::Duration;

/// One bad network.
#[derive(Debug)]
pub(crate) struct Case {
    /// Short, for the command line and for files.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) title: &'static str,
    /// What the sender does to the speech: arguments of the program.
    pub(crate) sound: &'static [&'static str],
    /// What is done to what the sender sends.
    pub(crate) there: &'static str,
    /// What is done to what the receiver answers.
    pub(crate) back: &'static str,
    /// How much the pictures may take; no pictures at all without.
    pub(crate) video_kbps: Option<u32>,
    /// How long the call takes.
    pub(crate) time: Duration,
    /// The rate of the link, in kbit/s, from each second on. Empty where it has none.
    pub(crate) rates: &'static [(u64, f64)],
    /// What is wanted.
    pub(crate) targets: &'static [Target],
}

/// What is measured of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Stoi,
    MouthToEarMs,
    /// Of what the clean call takes.
    AddedDelayMs,
    LongestGapMs,
    PictureLatencyMs,
    /// How far apart pictures and their sound are, whichever comes first.
    ApartMs,
    FrozenPercent,
    /// What was sent, as a share of the rate of the link.
    SentPercent,
    SentKbps,
    QueuedMs,
    /// From a fall of the rate until no more is sent than passes.
    DownSeconds,
    /// From a rise of the rate until 80 % of it is sent.
    UpSeconds,
}

/// What a measure should be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) measure: Measure,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

const fn at_least(measure: Measure, least: f64) -> Target {
    Target { measure, least, most: f64::INFINITY }
}

const fn at_most(measure: Measure, most: f64) -> Target {
    Target { measure, least: f64::NEG_INFINITY, most }
}

impl Target {
    pub(crate) fn is_met_by(&self, value: f64) -> bool {
        (self.least..=self.most).contains(&value)
    }

    /// As in `80 to 95 %`.
    pub(crate) fn wanted(&self) -> String {
        let unit = self.measure.unit();
        match (self.least.is_finite(), self.most.is_finite()) {
            (true, true) => format!("{} to {}{unit}", self.least, self.most),
            (true, false) => format!("≥ {}{unit}", self.least),
            (false, true | false) => format!("≤ {}{unit}", self.most),
        }
    }
}

impl Measure {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Stoi => "STOI",
            Self::MouthToEarMs => "mouth to ear",
            Self::AddedDelayMs => "mouth to ear, beyond the clean call",
            Self::LongestGapMs => "longest gap in the sound",
            Self::PictureLatencyMs => "picture to picture",
            Self::ApartMs => "pictures and sound apart, p95",
            Self::FrozenPercent => "time with a frozen picture",
            Self::SentPercent => "sent, of what the link takes",
            Self::SentKbps => "sent",
            Self::QueuedMs => "waiting for the link, p95",
            Self::DownSeconds => "down to the new rate in",
            Self::UpSeconds => "back to 80 % of the rate in",
        }
    }

    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Stoi => "",
            Self::MouthToEarMs
            | Self::AddedDelayMs
            | Self::LongestGapMs
            | Self::PictureLatencyMs
            | Self::ApartMs
            | Self::QueuedMs => " ms",
            Self::FrozenPercent | Self::SentPercent => " %",
            Self::SentKbps => " kbit/s",
            Self::DownSeconds | Self::UpSeconds => " s",
        }
    }

    /// Digits behind the point.
    pub(crate) fn digits(self) -> usize {
        match self {
            Self::Stoi => 3,
            Self::FrozenPercent | Self::DownSeconds | Self::UpSeconds => 1,
            Self::MouthToEarMs
            | Self::AddedDelayMs
            | Self::LongestGapMs
            | Self::PictureLatencyMs
            | Self::ApartMs
            | Self::SentPercent
            | Self::SentKbps
            | Self::QueuedMs => 0,
        }
    }
}

const USUAL_TIME: Duration = Duration::from_secs(25);
const USUAL_KBPS: Option<u32> = Some(800);
/// More than any of the links takes, so that the link decides what is sent.
const PLENTY_KBPS: Option<u32> = Some(5_000);

/// A case in which nothing is bad, to begin the others with.
const CLEAN: Case = Case {
    name: "clean",
    title: "nothing in the way",
    sound: &[],
    there: "seed=1",
    back: "seed=1",
    video_kbps: USUAL_KBPS,
    time: USUAL_TIME,
    rates: &[],
    targets: &[
        at_most(Measure::MouthToEarMs, 120.0),
        at_most(Measure::PictureLatencyMs, 100.0),
        at_most(Measure::ApartMs, 45.0),
    ],
};

/// Losses begin when the call has begun: what is tried is how it goes on.
pub(crate) const CASES: &[Case] = &[
    CLEAN,
    Case {
        name: "processed",
        title: "nothing in the way, the speech processed as a microphone's",
        sound: &["--echo-cancellation", "on", "--noise", "standard", "--gain", "on"],
        targets: &[at_most(Measure::ApartMs, 45.0)],
        ..CLEAN
    },
    Case {
        name: "loss-5",
        title: "sound alone, 5 % lost",
        there: "loss=5%@2s",
        video_kbps: None,
        targets: &[at_least(Measure::Stoi, 0.97)],
        ..CLEAN
    },
    Case {
        name: "loss-20",
        title: "sound alone, 20 % lost",
        there: "loss=20%@2s",
        video_kbps: None,
        targets: &[at_least(Measure::Stoi, 0.95)],
        ..CLEAN
    },
    Case {
        name: "loss-50",
        title: "sound alone, 50 % lost",
        there: "loss=50%@2s",
        video_kbps: None,
        targets: &[at_least(Measure::Stoi, 0.88)],
        ..CLEAN
    },
    Case {
        name: "burst",
        title: "sound alone, 10 % lost in bursts of 5",
        there: "loss=10%@2s,burst=5",
        video_kbps: None,
        targets: &[],
        ..CLEAN
    },
    Case {
        name: "jitter",
        title: "sound alone, 120 ms jitter",
        there: "jitter=120ms@2s",
        video_kbps: None,
        targets: &[at_least(Measure::Stoi, 0.95), at_most(Measure::AddedDelayMs, 150.0)],
        ..CLEAN
    },
    Case {
        name: "video-loss",
        title: "2 % lost, 60 ms round trip",
        there: "delay=30ms,loss=2%@2s",
        back: "delay=30ms,loss=2%@2s,seed=2",
        targets: &[at_most(Measure::FrozenPercent, 1.0)],
        ..CLEAN
    },
    Case {
        name: "video-burst",
        title: "2 % lost in bursts of 8, 60 ms round trip",
        there: "delay=30ms,loss=2%@2s,burst=8",
        back: "delay=30ms",
        targets: &[],
        ..CLEAN
    },
    Case {
        name: "reorder",
        title: "3 % overtaken, 1 % doubled, 60 ms round trip",
        there: "delay=30ms,reorder=3%,duplicate=1%",
        back: "delay=30ms",
        targets: &[at_most(Measure::FrozenPercent, 1.0)],
        ..CLEAN
    },
    Case {
        name: "lips",
        title: "6 % lost in bursts of 5, 40 ms round trip",
        // Sound waits for what later packets carry along of it, and pictures could be there much earlier.
        there: "delay=20ms,loss=6%@2s,burst=5",
        back: "delay=20ms",
        targets: &[at_most(Measure::ApartMs, 45.0)],
        ..CLEAN
    },
    Case {
        name: "cut",
        title: "nothing passes from 12 s to 14 s",
        there: "delay=10ms,cut=12s+2s",
        back: "delay=10ms,cut=12s+2s",
        targets: &[],
        ..CLEAN
    },
    Case {
        name: "narrow",
        title: "1 Mbit/s, 50 ms, a queue of 300 ms",
        there: "rate=1mbit,delay=50ms,queue=300ms",
        back: "delay=50ms",
        video_kbps: PLENTY_KBPS,
        rates: &[(0, 1_000.0)],
        targets: &[
            Target { measure: Measure::SentPercent, least: 80.0, most: 95.0 },
            at_most(Measure::QueuedMs, 100.0),
            at_most(Measure::ApartMs, 45.0),
        ],
        ..CLEAN
    },
    Case {
        name: "lossy",
        title: "3 Mbit/s, 5 % lost, 50 ms",
        there: "rate=3mbit,delay=50ms,loss=5%@2s",
        back: "delay=50ms",
        video_kbps: PLENTY_KBPS,
        rates: &[(0, 3_000.0)],
        // More than passes is no success either.
        targets: &[Target { measure: Measure::SentKbps, least: 2_000.0, most: 3_000.0 }],
        ..CLEAN
    },
    Case {
        name: "steps",
        title: "3 Mbit/s, from 15 s on 0.5, from 25 s on 3 again; 25 ms",
        sound: &[],
        there: "rate=3mbit,rate=500kbit@15s,rate=3mbit@25s,delay=25ms",
        back: "delay=25ms",
        video_kbps: PLENTY_KBPS,
        time: Duration::from_secs(42),
        rates: &[(0, 3_000.0), (15, 500.0), (25, 3_000.0)],
        targets: &[
            at_most(Measure::DownSeconds, 2.0),
            at_most(Measure::LongestGapMs, 100.0),
            at_most(Measure::UpSeconds, 10.0),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rates_that_are_plotted_are_those_of_the_links() {
        for case in CASES {
            let rates: Vec<_> = case.there.split(',').filter_map(|part| part.strip_prefix("rate=")).map(rate).collect();

            assert_eq!(rates, case.rates, "{}", case.name);
        }
    }

    #[test]
    fn cases_are_told_apart_by_their_names_and_go_by_the_name_that_others_know() {
        let names: std::collections::BTreeSet<_> = CASES.iter().map(|case| case.name).collect();

        assert_eq!(names.len(), CASES.len());
        assert!(names.contains("clean"), "what is added to the clean call cannot be told without it");
    }

    #[test]
    fn a_target_is_met_within_its_bounds_and_says_them() {
        let between = Target { measure: Measure::SentPercent, least: 80.0, most: 95.0 };
        let least = at_least(Measure::Stoi, 0.97);
        let most = at_most(Measure::QueuedMs, 100.0);

        assert_eq!([79.9, 80.0, 95.0, 95.1].map(|value| between.is_met_by(value)), [false, true, true, false]);
        assert!(least.is_met_by(0.97) && !least.is_met_by(0.96) && !most.is_met_by(101.0));
        assert_eq!([between, least, most].map(|target| target.wanted()), ["80 to 95 %", "≥ 0.97", "≤ 100 ms"]);
    }

    /// As in `500kbit@15s`: from which second on, and how much.
    fn rate(text: &str) -> (u64, f64) {
        let (rate, from) = text.split_once('@').unwrap_or((text, "0s"));
        let kbps = match rate.strip_suffix("mbit") {
            Some(megabits) => megabits.parse::<f64>().unwrap() * 1e3,
            None => rate.strip_suffix("kbit").unwrap().parse().unwrap(),
        };
        (from.strip_suffix('s').unwrap().parse().unwrap(), kbps)
    }
}
