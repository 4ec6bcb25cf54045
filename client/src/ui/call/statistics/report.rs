//! The last second of a call in whole lines, for the table and for the clipboard.
use crate::{
    engine::stats::{EncoderReport, MyStats, ParticipantStats, PictureStats, Reached, SoundStats, Stats, TrackStats},
    ui::words::{Words, say},
};

/// Lines about somebody, or about this computer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Whom they are about.
    pub(super) title: String,
    /// What is measured, and what came of it.
    pub(super) rows: Vec<(String, String)>,
}

/// Lines about these others.
pub(super) fn about_others<'a>(words: Words, others: impl Iterator<Item = &'a ParticipantStats>) -> Vec<Section> {
    others.map(|other| about(words, other)).collect()
}

/// Lines about this computer.
pub(super) fn about_me(words: Words, me: &MyStats) -> Section {
    let mut rows = Vec::new();
    let mut row = |id: &str, value: String| rows.push((words.say(id).into_owned(), value));
    if me.encoders.is_empty() {
        row("statistics-encoder", words.say("statistics-encoder-idle").into_owned());
    }
    for EncoderReport { width, height, fps, kbps, ms_per_frame, .. } in &me.encoders {
        let size = format!("{width} × {height}");
        let encoder = say!(words, "statistics-encoder-runs", size = size, fps = *fps, kbps = *kbps, ms = *ms_per_frame);
        row("statistics-encoder", encoder);
    }
    row("statistics-processor", say!(words, "statistics-cores", cores = format!("{:.2}", me.cpu_cores)));
    row("statistics-memory", format!("{} MiB", me.rss_mib));
    Section { title: words.say("statistics-this-computer").into_owned(), rows }
}

/// All of it as a text to be sent to somebody who helps.
pub(super) fn text(words: Words, stats: &Stats) -> String {
    let mut text =
        say!(words, "statistics-text-head", version = env!("CARGO_PKG_VERSION"), seconds = stats.at_ms / 1000);
    let others = about_others(words, stats.participants.iter());
    for Section { title, rows } in std::iter::once(about_me(words, &stats.me)).chain(others) {
        text += &format!("\n\n{title}");
        for (name, value) in rows {
            text += &format!("\n  {name}: {value}");
        }
    }
    text + "\n"
}

fn about(words: Words, other: &ParticipantStats) -> Section {
    let mut rows = Vec::new();
    let mut row = |id: &str, value: String| rows.push((words.say(id).into_owned(), value));
    row("statistics-round-trip", other.rtt_ms.map_or_else(|| unknown(words), |ms| format!("{ms} ms")));
    row("statistics-route", route(words, other));
    let (kbps, lost) = (other.sent_kbps, percent(other.sent_lost_ratio));
    row(
        "statistics-sent",
        say!(words, "statistics-sent-value", kbps = kbps, lost = lost, dropped = other.frames_not_sent),
    );
    let estimate = other.estimate_kbps.map(|kbps| say!(words, "statistics-estimate-value", kbps = kbps));
    row("statistics-estimate", estimate.unwrap_or_else(|| unknown(words)));
    row("statistics-loss", percent(other.lost_ratio));
    for track in &other.tracks {
        match track {
            TrackStats::Camera(pictures) => {
                row("statistics-camera", flow(words, pictures));
                row("statistics-camera-repairs", repairs(words, pictures));
            }
            TrackStats::Screen(pictures) => {
                row("statistics-screen", flow(words, pictures));
                row("statistics-screen-repairs", repairs(words, pictures));
            }
            TrackStats::Microphone(sound) => row("statistics-sound", heard(words, sound)),
        }
    }
    Section { title: other.nickname.clone(), rows }
}

fn flow(words: Words, pictures: &PictureStats) -> String {
    let size = format!("{} × {}", pictures.width, pictures.height);
    let PictureStats { fps, kbps, freezes, .. } = pictures;
    say!(words, "statistics-pictures-value", size = size, fps = *fps, kbps = *kbps, freezes = *freezes)
}

fn repairs(words: Words, pictures: &PictureStats) -> String {
    let PictureStats { packets_lost, unrepaired, keyframes_requested, .. } = pictures;
    let repaired = packets_lost.saturating_sub(*unrepaired);
    let (lost, keyframes) = (*packets_lost, *keyframes_requested);
    say!(words, "statistics-repairs-value", lost = lost, repaired = repaired, keyframes = keyframes)
}

fn heard(words: Words, sound: &SoundStats) -> String {
    let SoundStats { jitter_ms, delay_ms, kbps, .. } = sound;
    let made_up = percent(sound.concealed_ratio);
    say!(words, "statistics-sound-value", kbps = *kbps, jitter = *jitter_ms, delay = *delay_ms, made_up = made_up)
}

fn route(words: Words, other: &ParticipantStats) -> String {
    let Some(route) = other.route else { return unknown(words) };
    let by_relay = route.local == Reached::Relay || route.remote == Reached::Relay;
    let way = if by_relay { words.say("statistics-by-relay") } else { words.say("statistics-direct") };
    format!("{way} ({} – {})", name(route.local), name(route.remote))
}

/// ICE's own words, which help those who know them.
fn name(reached: Reached) -> &'static str {
    match reached {
        Reached::Host => "host",
        Reached::Srflx => "srflx",
        Reached::Prflx => "prflx",
        Reached::Relay => "relay",
    }
}

fn unknown(words: Words) -> String {
    words.say("statistics-unknown").into_owned()
}

fn percent(ratio: f64) -> String {
    format!("{:.1} %", ratio * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::stats::{PictureKind, RouteStats},
        ui::{
            tests::fixtures::{participant_stats, stats},
            words::Language,
        },
    };

    #[test]
    fn the_text_says_all_that_somebody_who_helps_wants_to_know() {
        let mut second = stats(&[(Some(28.0), 800)]);
        second.at_ms = 61_500;
        second.participants[0].estimate_kbps = Some(1500);
        second.me.encoders = [180, 360].map(encoder).into();
        second.participants[0].route = Some(RouteStats { local: Reached::Host, remote: Reached::Relay });

        let text = text(Words::new(Language::English), &second);

        let head = format!("Parlor {}, 61 s into the call", env!("CARGO_PKG_VERSION"));
        assert!(text.starts_with(&head), "{text}");
        for line in [
            "\nThis computer\n",
            "\n  Encoder: VP8, 320 × 180, 30 fps, 250 kbit/s, 1.5 ms per picture\n",
            "\n  Encoder: VP8, 640 × 360, 30 fps, 250 kbit/s, 1.5 ms per picture\n",
            "\n  Estimated bandwidth: 1500 kbit/s\n",
            "\n  Processor: 0.20 cores\n",
            "\n  Memory: 120 MiB\n",
            "\n\nAda\n",
            "\n  Round trip: 28 ms\n",
            "\n  Route: through the relay (host – relay)\n",
            "\n  Camera: VP8, 640 × 360, 30 fps, 800 kbit/s, 0 freezes\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in\n{text}");
        }
    }

    #[test]
    fn what_is_not_known_yet_is_said_so() {
        let section = about(Words::new(Language::English), &participant_stats(2, "Ada"));

        assert!(section.rows.contains(&("Round trip".to_owned(), "not known yet".to_owned())));
        assert!(section.rows.contains(&("Route".to_owned(), "not known yet".to_owned())));
        assert!(section.rows.contains(&("Estimated bandwidth".to_owned(), "not known yet".to_owned())));
    }

    fn encoder(height: u32) -> EncoderReport {
        EncoderReport {
            kind: PictureKind::Camera,
            layer: 0,
            width: height * 16 / 9,
            height,
            fps: 30.0,
            kbps: 250,
            ms_per_frame: 1.5,
        }
    }
}
