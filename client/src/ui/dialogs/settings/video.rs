//! How our pictures are, and what they may take.
use eframe::egui::Ui;

use super::{hint_ui, part_ui};
use crate::{
    engine::{DeviceStatus, View},
    settings::{CallChoice, Change, PictureSize, Settings, VideoChoice},
    ui::{
        widgets::{Choice, choice_row_ui, switch_ui},
        wish::Wish,
        words::{Words, say, words},
    },
};

/// Pictures a second to choose from.
const RATES: [u32; 2] = [15, 30];
/// Limits to choose from, in thousands of bits a second.
const LIMITS: [u32; 6] = [500, 1000, 2000, 4000, 8000, 16_000];

pub(super) fn video_ui(ui: &mut Ui, view: &View, settings: &Settings) -> Vec<Wish> {
    let words = words(ui.ctx());
    let video = settings.video;
    let size = (words.say("settings-size"), words.say("settings-size-hint"));
    let size = choice_row_ui(ui, (&size.0, &size.1), &sizes(words, video), &(video.width, video.height, video.kbps));
    let fps = (words.say("settings-fps"), words.say("settings-fps-hint"));
    let fps = choice_row_ui(ui, (&fps.0, &fps.1), &rates(video), &video.fps);
    let upload = (words.say("settings-upload"), words.say("settings-upload-hint"));
    let upload = choice_row_ui(ui, (&upload.0, &upload.1), &limits(words, video), &video.upload_kbps);
    let size = size.map(|(width, height, kbps)| video.with_size(PictureSize { width, height, kbps }));
    let fps = fps.map(|fps| VideoChoice { fps, ..video });
    let upload = upload.map(|upload_kbps| VideoChoice { upload_kbps, ..video });
    let mut wishes: Vec<_> = size.or(fps).or(upload).map(|video| Change::Video(video).into()).into_iter().collect();
    for fact in facts(words, view) {
        hint_ui(ui, &fact);
    }

    part_ui(ui, &words.say("settings-own-picture"));
    let call = settings.call;
    let (label, hint) = (words.say("settings-mirror"), words.say("settings-mirror-hint"));
    if switch_ui(ui, &label, &hint, !call.unmirrored).clicked() {
        wishes.push(Change::Call(CallChoice { unmirrored: !call.unmirrored, ..call }).into());
    }
    let (label, hint) = (words.say("settings-hide-self"), words.say("settings-hide-self-hint"));
    if switch_ui(ui, &label, &hint, call.hide_self).clicked() {
        wishes.push(Change::Call(CallChoice { hide_self: !call.hide_self, ..call }).into());
    }
    wishes
}

/// All sizes; one that was written by hand is in the list too.
fn sizes(words: Words, video: VideoChoice) -> Vec<Choice<(u32, u32, u32)>> {
    let current = PictureSize { width: video.width, height: video.height, kbps: video.kbps };
    let own = Some(current).filter(|current| !PictureSize::ALL.contains(current));
    let choice = |size: PictureSize| Choice {
        label: format!("{} × {} · {}", size.width, size.height, rate(words, size.kbps)),
        value: (size.width, size.height, size.kbps),
    };
    own.into_iter().chain(PictureSize::ALL).map(choice).collect()
}

fn rates(video: VideoChoice) -> Vec<Choice<u32>> {
    let own = Some(video.fps).filter(|fps| !RATES.contains(fps));
    own.into_iter().chain(RATES).map(|fps| Choice { label: fps.to_string(), value: fps }).collect()
}

fn limits(words: Words, video: VideoChoice) -> Vec<Choice<Option<u32>>> {
    let none = Choice { label: words.say("settings-upload-none").into_owned(), value: None };
    let own = video.upload_kbps.filter(|kbps| !LIMITS.contains(kbps));
    let limit = |kbps| Choice { label: rate(words, kbps), value: Some(kbps) };
    std::iter::once(none).chain(own.into_iter().chain(LIMITS).map(limit)).collect()
}

/// Thousands of bits a second, as people write them.
fn rate(words: Words, kbps: u32) -> String {
    if kbps < 1000 {
        return say!(words, "settings-kbits", number = kbps.to_string());
    }
    let number = format!("{:.1}", f64::from(kbps) / 1000.0);
    say!(words, "settings-mbits", number = number.trim_end_matches(".0"))
}

/// What came of it.
fn facts(words: Words, view: &View) -> Vec<String> {
    let camera = match &view.studio.camera.status {
        DeviceStatus::Running { detail, .. } if !detail.is_empty() => {
            Some(say!(words, "settings-camera-gives", detail = detail.as_str()))
        }
        DeviceStatus::Running { .. } | DeviceStatus::Off | DeviceStatus::Opening | DeviceStatus::Failed { .. } => None,
    };
    let sent = view.stats.as_ref().and_then(|stats| stats.me.encoders.first()).map(|sent| {
        let size = format!("{} × {}", sent.width, sent.height);
        let fps = format!("{:.0}", sent.fps);
        say!(words, "settings-sending", size = size, fps = fps, rate = rate(words, sent.kbps))
    });
    camera.into_iter().chain(sent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    const ENGLISH: Words = Words::new(Language::English);

    #[test]
    fn sizes_are_told_with_what_they_take() {
        let labels: Vec<_> = sizes(ENGLISH, VideoChoice::default()).into_iter().map(|choice| choice.label).collect();

        let expected =
            ["320 × 180 · 300 kbit/s", "640 × 360 · 800 kbit/s", "960 × 540 · 1.4 Mbit/s", "1280 × 720 · 2.2 Mbit/s"];
        assert_eq!(labels, expected);
    }

    #[test]
    fn what_was_written_into_the_file_by_hand_is_in_the_lists() {
        let own = VideoChoice { width: 800, height: 600, fps: 24, kbps: 900, upload_kbps: Some(3000) };

        assert_eq!(sizes(ENGLISH, own)[0].label, "800 × 600 · 900 kbit/s");
        assert_eq!(rates(own).iter().map(|rate| rate.value).collect::<Vec<_>>(), [24, 15, 30]);
        assert_eq!(limits(ENGLISH, own)[1].label, "3 Mbit/s");
    }
}
