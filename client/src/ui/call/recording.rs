//! What the top bar says while the call is recorded, and by whom.
use eframe::egui::Ui;

use crate::{
    engine::RecordingView,
    ui::{
        icons,
        scene::Scene,
        widgets::{ChipTone, chip_ui},
        words::{say, words},
    },
};

/// Says that we record, and who else does.
pub(super) fn recording_chip_ui(ui: &mut Ui, scene: &Scene<'_>) {
    let words = words(ui.ctx());
    if let RecordingView::Running { since, bytes, .. } = scene.view.recording {
        let time = scene.now.since(since);
        let size = format!("{:.1}", bytes as f64 / 1e6);
        let text = say!(words, "recording-chip", time = time.as_str());
        let name = say!(words, "recording-chip-long", time = time.as_str(), size = size.as_str());
        chip_ui(ui, ChipTone::Alarm, icons::RECORD, &text, &name);
    }
    let others = &scene.view.call.others;
    let names: Vec<_> =
        others.iter().filter(|other| other.signs.recording).map(|other| other.nickname.as_str()).collect();
    let text = match names.as_slice() {
        [] => return,
        [name] => say!(words, "recording-by-one", name = *name),
        [name, more @ ..] => say!(words, "recording-by-several", name = *name, count = more.len()),
    };
    let name = say!(words, "recording-by-long", names = names.join(", "));
    chip_ui(ui, ChipTone::Alarm, icons::RECORD, &text, &name);
}
