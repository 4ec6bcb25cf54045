//! How well somebody is reached, as a level and in words. Tiles, the list of people and the statistics ask for it.
use eframe::egui::Color32;
use parlor_call::{LinkView, MyMedia, ParticipantView};
use parlor_protocol::TrackState;

use crate::{
    engine::{
        View,
        stats::{ParticipantStats, TrackStats},
    },
    ui::{
        icons,
        theme::Palette,
        words::{Words, say},
    },
};

/// So long without a packet is told: sound comes every 20 ms, also while it is muted.
const SILENT_MS: u64 = 2000;
/// A way there and back from which on it is felt (ITU-T G.114 puts it at 150 ms one way), and much felt.
const SLOW_MS: [f64; 3] = [200.0, 300.0, 600.0];
/// Shares of lost packets from which on it is seen, and much seen.
const LOSSY: [f64; 3] = [0.02, 0.05, 0.12];
/// Thousands of bits a second of which nothing larger than the smallest picture, a bad one, and hardly any can be sent.
const NARROW_KBPS: [u32; 3] = [300, 200, 100];
/// Pictures a second below which it is no film any more, and hardly one at all. Some cameras go down to 7.5 in the dark.
const CHOPPY_FPS: [f64; 2] = [5.0, 3.0];
/// Fewer pictures than these say nothing yet about how often they come.
const SEEN_FRAMES: u64 = 90;

/// How well somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quality {
    /// There is no connection yet.
    Dialing,
    /// There is none any more; it is made anew.
    Lost {
        /// For how long nothing has come; none where that is not known.
        seconds: Option<u64>,
    },
    /// Nothing comes, though they send.
    Silent {
        /// For how long.
        seconds: u64,
    },
    /// Much of what they send is lost.
    LosesTheirs {
        /// How much of a hundred.
        percent: u32,
        level: u8,
    },
    /// Much of what we send is lost.
    LosesOurs {
        /// How much of a hundred.
        percent: u32,
        level: u8,
    },
    /// The way is long.
    Slow {
        /// There and back.
        ms: u32,
        level: u8,
    },
    /// Our pictures cannot be sent as they want them.
    Narrow {
        /// What can be, in thousands of bits a second.
        kbps: u32,
        level: u8,
    },
    /// Few of their pictures come, though hardly anything is lost.
    Choppy {
        /// So many a second.
        fps: u32,
        level: u8,
    },
    /// There is nothing to complain about.
    Good,
}

/// How well somebody in the view is reached.
pub(crate) fn quality(view: &View, other: &ParticipantView) -> Quality {
    let stats = view.stats.as_ref().and_then(|stats| stats.participants.iter().find(|stats| stats.id == other.id));
    Quality::of(other, stats, &view.call.media)
}

impl Quality {
    /// The worst that can be said of somebody.
    fn of(other: &ParticipantView, stats: Option<&ParticipantStats>, ours: &MyMedia) -> Self {
        let silent_ms = stats.and_then(|stats| stats.silent_ms);
        match other.link {
            LinkView::Dialing => return Self::Dialing,
            LinkView::Lost => return Self::Lost { seconds: silent_ms.map(|ms| ms / 1000).filter(|s| *s > 0) },
            LinkView::Connected => {}
        }
        let Some(stats) = stats else { return Self::Good };
        if let Some(ms) = silent_ms.filter(|ms| *ms >= SILENT_MS && sends(other)) {
            return Self::Silent { seconds: ms / 1000 };
        }
        let troubles = [
            grade(stats.lost_ratio, LOSSY).map(|level| Self::LosesTheirs { percent: percent(stats.lost_ratio), level }),
            grade(stats.sent_lost_ratio, LOSSY)
                .map(|level| Self::LosesOurs { percent: percent(stats.sent_lost_ratio), level }),
            stats.rtt_ms.and_then(|ms| Some(Self::Slow { ms: ms.round() as u32, level: grade(ms, SLOW_MS)? })),
            stats.estimate_kbps.filter(|_| are_watched(other, ours)).and_then(narrow),
            camera_fps(other, stats).and_then(choppy),
        ];
        troubles.into_iter().flatten().min_by_key(|trouble| trouble.level()).unwrap_or(Self::Good)
    }

    /// From 0, where there is no connection, to 4, where there is nothing to complain about.
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::Dialing | Self::Lost { .. } | Self::Silent { .. } => 0,
            Self::LosesTheirs { level, .. }
            | Self::LosesOurs { level, .. }
            | Self::Slow { level, .. }
            | Self::Narrow { level, .. }
            | Self::Choppy { level, .. } => level,
            Self::Good => 4,
        }
    }

    /// The same as an icon.
    pub(crate) fn glyph(self) -> &'static str {
        match self.level() {
            0 => icons::SIGNAL_NONE,
            1 => icons::SIGNAL_LOW,
            2 => icons::SIGNAL_MEDIUM,
            3 => icons::SIGNAL_HIGH,
            _ => icons::SIGNAL,
        }
    }

    /// The colour of that icon on a panel.
    pub(crate) fn ink(self, palette: &Palette) -> Color32 {
        match self.level() {
            0 | 1 => palette.danger,
            2 => palette.warn,
            _ => palette.text3,
        }
    }

    /// A sentence that says whom it is about.
    pub(crate) fn sentence(self, words: Words, name: &str) -> String {
        match self {
            Self::Dialing => say!(words, "people-quality-dialing", name = name),
            Self::Lost { seconds: None } => say!(words, "people-quality-lost", name = name),
            Self::Lost { seconds: Some(seconds) } => {
                say!(words, "people-quality-lost-for", name = name, seconds = seconds)
            }
            Self::Silent { seconds } => say!(words, "people-quality-silent", name = name, seconds = seconds),
            Self::LosesTheirs { percent, .. } => say!(words, "people-quality-theirs", name = name, percent = percent),
            Self::LosesOurs { percent, .. } => say!(words, "people-quality-ours", name = name, percent = percent),
            Self::Slow { ms, .. } => say!(words, "people-quality-slow", name = name, ms = ms),
            Self::Narrow { kbps, .. } => say!(words, "people-quality-narrow", name = name, kbps = kbps),
            Self::Choppy { fps, .. } => say!(words, "people-quality-choppy", name = name, fps = fps),
            Self::Good => say!(words, "people-quality-good", name = name),
        }
    }

    /// A few words, where it is clear whom they are about.
    pub(crate) fn brief(self, words: Words) -> String {
        match self {
            Self::Dialing => words.say("people-brief-dialing").into_owned(),
            Self::Lost { .. } => words.say("people-brief-lost").into_owned(),
            Self::Silent { seconds } => say!(words, "people-brief-silent", seconds = seconds),
            Self::LosesTheirs { percent, .. } => say!(words, "people-brief-theirs", percent = percent),
            Self::LosesOurs { percent, .. } => say!(words, "people-brief-ours", percent = percent),
            Self::Slow { ms, .. } => say!(words, "people-brief-slow", ms = ms),
            Self::Narrow { kbps, .. } => say!(words, "people-brief-narrow", kbps = kbps),
            Self::Choppy { fps, .. } => say!(words, "people-brief-choppy", fps = fps),
            Self::Good => words.say("people-brief-good").into_owned(),
        }
    }
}

/// Whether they want pictures that we have.
fn are_watched(other: &ParticipantView, ours: &MyMedia) -> bool {
    other.watches.camera.is_some() && ours.camera.actual == TrackState::On
        || other.watches.screen.is_some() && ours.screen.actual == TrackState::On
}

fn narrow(kbps: u32) -> Option<Quality> {
    let passed = NARROW_KBPS.iter().filter(|limit| kbps < **limit).count();
    let level = [3, 2, 1].get(passed.checked_sub(1)?)?;
    Some(Quality::Narrow { kbps, level: *level })
}

/// How often pictures of somebody's camera come; none where none are to come, or too few have yet.
fn camera_fps(other: &ParticipantView, stats: &ParticipantStats) -> Option<f64> {
    if other.media.camera != TrackState::On || !other.asked.camera.is_some() {
        return None;
    }
    stats.tracks.iter().find_map(|track| match track {
        TrackStats::Camera(pictures) => {
            (pictures.fps > 0.0 && pictures.frames_decoded >= SEEN_FRAMES).then_some(pictures.fps)
        }
        TrackStats::Screen(_) | TrackStats::Microphone(_) => None,
    })
}

fn choppy(fps: f64) -> Option<Quality> {
    let passed = CHOPPY_FPS.iter().filter(|limit| fps < **limit).count();
    let level = [2, 1].get(passed.checked_sub(1)?)?;
    Some(Quality::Choppy { fps: fps.ceil() as u32, level: *level })
}

/// Whether anything is to come from somebody.
fn sends(other: &ParticipantView) -> bool {
    other.media.microphone != TrackState::Off
        || other.asked.camera.is_some() && other.media.camera == TrackState::On
        || other.asked.screen.is_some() && other.media.screen == TrackState::On
}

/// The level of a measure that is the better the smaller it is; none where it is good.
fn grade(measure: f64, limits: [f64; 3]) -> Option<u8> {
    let passed = limits.iter().filter(|limit| measure >= **limit).count();
    match passed {
        0 => None,
        1 => Some(3),
        2 => Some(2),
        _ => Some(1),
    }
}

fn percent(ratio: f64) -> u32 {
    (ratio * 100.0).round() as u32
}

#[cfg(test)]
mod tests {
    use parlor_call::{MyTrack, Wanted};
    use parlor_protocol::Lines;

    use super::*;
    use crate::ui::{
        tests::fixtures::{participant, participant_stats, stats},
        words::Language,
    };

    const SENDING: MyMedia = {
        let on = MyTrack { wanted: TrackState::On, actual: TrackState::On };
        let off = MyTrack { wanted: TrackState::Off, actual: TrackState::Off };
        MyMedia { microphone: on, camera: on, screen: off }
    };

    #[test]
    fn nothing_to_complain_about_is_good() {
        let stats = ParticipantStats { rtt_ms: Some(40.0), silent_ms: Some(15), ..participant_stats(2, "Ada") };

        assert_eq!(Quality::of(&participant(2, "Ada"), Some(&stats), &SENDING), Quality::Good);
        assert_eq!(Quality::of(&participant(2, "Ada"), None, &SENDING), Quality::Good);
        assert_eq!(Quality::Good.level(), 4);
    }

    #[test]
    fn the_worst_is_told() {
        let ada = participant(2, "Ada");
        let slow = ParticipantStats { rtt_ms: Some(380.0), lost_ratio: 0.03, ..participant_stats(2, "Ada") };
        let lossy = ParticipantStats { lost_ratio: 0.123, ..slow.clone() };
        let unheard = ParticipantStats { sent_lost_ratio: 0.2, ..slow.clone() };

        assert_eq!(Quality::of(&ada, Some(&slow), &SENDING), Quality::Slow { ms: 380, level: 2 });
        assert_eq!(Quality::of(&ada, Some(&lossy), &SENDING), Quality::LosesTheirs { percent: 12, level: 1 });
        assert_eq!(Quality::of(&ada, Some(&unheard), &SENDING), Quality::LosesOurs { percent: 20, level: 1 });
    }

    #[test]
    fn silence_is_told_only_of_those_who_send_something() {
        let stats = ParticipantStats { silent_ms: Some(4300), ..participant_stats(2, "Ada") };
        let mut ada = participant(2, "Ada");
        let sending = Quality::of(&ada, Some(&stats), &SENDING);
        ada.media.microphone = TrackState::Off;
        ada.asked = Wanted { camera: Lines::NONE, ..Wanted::default() };

        assert_eq!(sending, Quality::Silent { seconds: 4 });
        assert_eq!(Quality::of(&ada, Some(&stats), &SENDING), Quality::Good, "we have asked for no picture");
    }

    #[test]
    fn a_way_that_takes_less_than_a_small_picture_is_told_to_whoever_sends_one() {
        let of = |estimate_kbps, ours| {
            let stats = ParticipantStats { estimate_kbps, ..participant_stats(2, "Ada") };
            Quality::of(&participant(2, "Ada"), Some(&stats), &ours)
        };

        assert_eq!(of(Some(300), SENDING), Quality::Good);
        assert_eq!(of(Some(250), SENDING), Quality::Narrow { kbps: 250, level: 3 });
        assert_eq!(of(Some(60), SENDING), Quality::Narrow { kbps: 60, level: 1 });
        assert_eq!(of(Some(60), MyMedia::default()), Quality::Good, "we send no pictures");
        assert_eq!(of(None, SENDING), Quality::Good);
    }

    #[test]
    fn pictures_that_come_too_slowly_are_told_once_enough_were_seen() {
        let of = |fps, frames_decoded| {
            let mut stats = stats(&[(None, 800)]).participants.remove(0);
            let [TrackStats::Camera(pictures)] = &mut stats.tracks[..] else { panic!("{stats:?}") };
            (pictures.fps, pictures.frames_decoded) = (fps, frames_decoded);
            Quality::of(&participant(2, "Ada"), Some(&stats), &SENDING)
        };

        assert_eq!(of(7.5, 1000), Quality::Good);
        assert_eq!(of(4.2, 1000), Quality::Choppy { fps: 5, level: 2 });
        assert_eq!(of(4.2, 10), Quality::Good);
        assert_eq!(of(0.0, 1000), Quality::Good, "silence is told otherwise");
    }

    #[test]
    fn a_connection_that_is_lost_or_not_there_yet_has_no_bars() {
        let stats = ParticipantStats { silent_ms: Some(4300), ..participant_stats(2, "Ada") };
        let mut ada = participant(2, "Ada");

        ada.link = LinkView::Lost;
        let lost = Quality::of(&ada, Some(&stats), &SENDING);
        ada.link = LinkView::Dialing;
        let dialing = Quality::of(&ada, None, &SENDING);

        assert_eq!((lost, lost.level()), (Quality::Lost { seconds: Some(4) }, 0));
        assert_eq!((dialing, dialing.level()), (Quality::Dialing, 0));
    }

    #[test]
    fn it_is_said_in_words() {
        let english = Words::new(Language::English);
        let korean = Words::new(Language::Korean);

        let lost = Quality::Lost { seconds: Some(4) };
        let slow = Quality::Slow { ms: 380, level: 2 };
        let lossy = Quality::LosesTheirs { percent: 12, level: 1 };

        assert_eq!(lost.sentence(english, "Ada"), "No packets from Ada for 4 s, reconnecting");
        assert_eq!(slow.sentence(english, "Ada"), "Ada's connection is slow: 380 ms");
        assert_eq!(lossy.sentence(english, "Ada"), "12 % of Ada's packets are lost");
        assert_eq!(slow.sentence(korean, "민수"), "민수님의 연결이 느립니다: 380ms");
    }
}
