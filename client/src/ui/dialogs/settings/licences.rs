//! The licences of everything that is bundled: a list that can be searched, and the words of one of them.
use std::sync::LazyLock;

use eframe::egui::{
    Align2, CursorIcon, Label, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use serde::Deserialize;

use super::hint_ui;
use crate::ui::{
    icons,
    theme::{self, metric},
    widgets::{ButtonKind, Field, button_ui, line_ui, paint_text},
    words::{say, words},
};

/// Made by `make licences`; a test sees to it that nothing is missing.
const PACKED: &[u8] = include_bytes!("../../../../../assets/licences/licences.json.z");
/// More than they take unpacked.
const MOST_BYTES: usize = 32 * 1024 * 1024;
const LIST_HEIGHT: f32 = 220.0;
const SEARCH_CHARS: usize = 64;

static BUNDLED: LazyLock<Bundled> = LazyLock::new(unpack);

/// Everything that is bundled.
#[derive(Debug, Default, Deserialize)]
struct Bundled {
    packages: Vec<Package>,
    texts: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: String,
    licence: String,
    texts: Vec<usize>,
}

/// What is searched for, and what is being read.
#[derive(Debug, Default)]
pub(super) struct Licences {
    search: String,
    reading: Option<usize>,
}

impl Licences {
    pub(super) fn is_reading(&self) -> bool {
        self.reading.is_some()
    }
}

pub(super) fn licences_ui(ui: &mut Ui, licences: &mut Licences) {
    match licences.reading.and_then(|index| BUNDLED.packages.get(index)) {
        Some(package) => {
            if reading_ui(ui, package) {
                licences.reading = None;
            }
        }
        None => list_ui(ui, licences),
    }
}

fn list_ui(ui: &mut Ui, licences: &mut Licences) {
    let words = words(ui.ctx());
    let (label, hint) = (words.say("settings-licences-search"), words.say("settings-licences-hint"));
    let field = Field { label: &label, hint: &hint, limit: SEARCH_CHARS, remark: None };
    let width = ui.available_width();
    line_ui(ui, &field, &mut licences.search, width);
    let found = found(&BUNDLED.packages, &licences.search);
    if found.is_empty() {
        hint_ui(ui, &words.say("settings-licences-none"));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let scroll = ScrollArea::vertical().id_salt("licences").max_height(LIST_HEIGHT).auto_shrink([false, true]);
    scroll.show_rows(ui, metric::SMALL_BUTTON_HEIGHT, found.len(), |ui, rows| {
        for index in found.iter().take(rows.end).skip(rows.start) {
            if let Some(package) = BUNDLED.packages.get(*index)
                && row_ui(ui, package)
            {
                licences.reading = Some(*index);
            }
        }
    });
}

fn row_ui(ui: &mut Ui, package: &Package) -> bool {
    let palette = theme::palette(ui.ctx());
    let size = vec2(ui.available_width() - metric::SPACE_M, metric::SMALL_BUTTON_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = full_name(package);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}, {}", package.licence)));
    if response.hovered() {
        ui.painter().rect_filled(rect, metric::RADIUS_SMALL, palette.hover);
    }
    if response.has_focus() {
        let ring = Stroke::new(2.0, palette.accent);
        ui.painter().rect_stroke(rect, metric::RADIUS_SMALL, ring, StrokeKind::Inside);
    }
    let half = rect.width() / 2.0 - metric::SPACE_M;
    let left = rect.left_center() + vec2(metric::SPACE_S, 0.0);
    paint_text(ui.painter(), left, Align2::LEFT_CENTER, (&name, theme::small(), palette.text), half);
    let right = pos2(rect.right() - metric::SPACE_S, rect.center().y);
    let licence = (package.licence.as_str(), theme::small(), palette.text3);
    paint_text(ui.painter(), right, Align2::RIGHT_CENTER, licence, half);
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// The words of one licence; true once the person goes back.
fn reading_ui(ui: &mut Ui, package: &Package) -> bool {
    let palette = theme::palette(ui.ctx());
    let words = words(ui.ctx());
    let size = vec2(metric::CHOICE_WIDTH, metric::FIELD_HEIGHT);
    let back = button_ui(ui, ButtonKind::Secondary, icons::ARROW_LEFT, &words.say("settings-licences-back"), size);
    ui.label(RichText::new(full_name(package)).font(theme::panel_title()).color(palette.text));
    hint_ui(ui, &say!(words, "settings-licences-of", licence = package.licence.as_str()));
    for text in package.texts.iter().filter_map(|index| BUNDLED.texts.get(*index)) {
        let text = RichText::new(text).font(theme::address()).color(palette.text2);
        ui.add(Label::new(text).wrap().selectable(true));
        ui.add_space(metric::SPACE_L);
    }
    back.clicked()
}

fn full_name(package: &Package) -> String {
    format!("{} {}", package.name, package.version).trim_end().to_owned()
}

/// Which packages have something of this in their name or in the name of their licence.
fn found(packages: &[Package], search: &str) -> Vec<usize> {
    let search = search.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&search);
    let fits = |package: &Package| has(&full_name(package)) || has(&package.licence);
    packages.iter().enumerate().filter(|(_, package)| fits(package)).map(|(index, _)| index).collect()
}

fn unpack() -> Bundled {
    let json = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(PACKED, MOST_BYTES).unwrap_or_default();
    serde_json::from_slice(&json).unwrap_or_else(|error| {
        tracing::error!(%error, "the bundled licences are broken");
        Bundled::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_bundled_has_a_licence_that_can_be_read() {
        assert!(BUNDLED.packages.len() > 300, "{}", BUNDLED.packages.len());
        for package in &BUNDLED.packages {
            let letters: usize = package.texts.iter().map(|text| BUNDLED.texts[*text].len()).sum();
            assert!(letters > 40, "{}", package.name);
        }
    }

    #[test]
    fn packages_are_found_by_name_and_by_licence() {
        let names = |search| {
            let found = found(&BUNDLED.packages, search);
            found.into_iter().map(|index| BUNDLED.packages[index].name.as_str()).collect::<Vec<_>>()
        };

        assert_eq!(names("Pretendard"), ["Pretendard (font)"]);
        assert!(names(" opus ").contains(&"opus"));
        assert!(names("ofl-1.1").contains(&"Pretendard (font)"));
        assert_eq!(names("no such thing"), [""; 0]);
    }
}
