//! One transfer, as a card.
use eframe::egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use parlor_call::{Command, FileCommand, FileDirection, FileEnd, FileState, FileView};

use super::said;
use crate::ui::{
    icons,
    theme::{self, metric},
    widgets::{
        ButtonKind, button_ui, clipped, column_in, ghost_ui, paint_glyph, paint_text, row_from_right_in, row_in,
    },
    wish::Wish,
    words::{Words, say, words},
};

const PADDING: f32 = 10.0;
const HEAD_HEIGHT: f32 = 56.0;
/// A second line of words.
const LINE_HEIGHT: f32 = 17.0;
const BAR_HEIGHT: f32 = 4.0;
const ICON_BOX: f32 = 36.0;
/// Small buttons at the right end.
const SMALL: f32 = 28.0;

/// How high the card of a file is.
pub(super) fn height(file: &FileView) -> f32 {
    let lines = if is_long(&file.state) { LINE_HEIGHT } else { 0.0 };
    let below = match &file.state {
        FileState::Offered if file.direction == FileDirection::In => metric::SMALL_BUTTON_HEIGHT + PADDING,
        FileState::Moving { .. } | FileState::Paused { .. } | FileState::Checking => BAR_HEIGHT + PADDING,
        FileState::Offered | FileState::Opening | FileState::Ended(_) => 0.0,
    };
    HEAD_HEIGHT + lines + below
}

/// Shows the card. Returns what is asked for about the file.
pub(super) fn card_ui(ui: &mut Ui, file: &FileView, width: f32) -> Option<Wish> {
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let (name, state) = (file.name.as_str(), said::state(words, file));
    let (rect, response) = ui.allocate_exact_size(vec2(width, height(file)), Sense::hover());
    let spoken = say!(words, "files-spoken", file = name, state = state.as_str());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    ui.painter().rect_filled(rect, metric::RADIUS_TILE, palette.input);

    let inside = rect.shrink(PADDING);
    let failed = matches!(file.state, FileState::Ended(FileEnd::Failed { .. } | FileEnd::Left));
    let icon = Rect::from_min_size(inside.min, vec2(ICON_BOX, ICON_BOX));
    let (fill, ink) =
        if failed { (palette.danger_soft, palette.danger) } else { (palette.accent_soft, palette.accent) };
    ui.painter().rect_filled(icon, metric::RADIUS_BUTTON, fill);
    paint_glyph(ui.painter(), icon.center(), glyph(file), theme::glyph_fill(metric::GLYPH_M), ink);

    let (wish, right) = corner_ui(ui, file, inside, words);
    let left = icon.right() + PADDING;
    let title = (name, theme::chip(), palette.text);
    paint_text(ui.painter(), pos2(left, inside.top() + 9.0), Align2::LEFT_CENTER, title, right - left);
    let ink = if failed { palette.danger } else { palette.text2 };
    let rows = if is_long(&file.state) { 2 } else { 1 };
    let line = clipped(ui.painter(), (&state, theme::label(), ink), inside.right() - left, rows);
    ui.painter().galley(pos2(left, inside.top() + 20.0), line, ink);

    let below = Rect::from_min_max(pos2(inside.left(), rect.top() + height(file) - PADDING - below(file)), inside.max);
    match (&file.state, file.direction) {
        (FileState::Offered, FileDirection::In) => wish.or(answer_ui(ui, file, below, words)),
        (FileState::Moving { done, .. } | FileState::Paused { done }, _) => {
            bar_ui(ui, below, words, *done as f32 / file.size.max(1) as f32, &file.state);
            wish
        }
        (FileState::Checking, _) => {
            bar_ui(ui, below, words, 1.0, &file.state);
            wish
        }
        (FileState::Offered | FileState::Opening | FileState::Ended(_), _) => wish,
    }
}

fn below(file: &FileView) -> f32 {
    if matches!(file.state, FileState::Offered) { metric::SMALL_BUTTON_HEIGHT } else { BAR_HEIGHT }
}

/// Whether the words need two lines.
fn is_long(state: &FileState) -> bool {
    match state {
        FileState::Paused { .. } | FileState::Ended(FileEnd::Failed { .. }) => true,
        FileState::Offered
        | FileState::Moving { .. }
        | FileState::Opening
        | FileState::Checking
        | FileState::Ended(FileEnd::Done { .. } | FileEnd::Declined | FileEnd::Cancelled { .. } | FileEnd::Left) => {
            false
        }
    }
}

fn glyph(file: &FileView) -> &'static str {
    match (&file.state, file.direction) {
        (FileState::Ended(FileEnd::Done { .. }), _) => icons::CHECK,
        (FileState::Ended(FileEnd::Failed { .. } | FileEnd::Left), _) => icons::WARNING,
        (FileState::Ended(FileEnd::Declined | FileEnd::Cancelled { .. }), _) => icons::PROHIBIT,
        (_, FileDirection::In) => icons::DOWNLOAD,
        (_, FileDirection::Out) => icons::UPLOAD,
    }
}

/// The small buttons in the corner, and where they begin.
fn corner_ui(ui: &mut Ui, file: &FileView, inside: Rect, words: Words) -> (Option<Wish>, f32) {
    let name = file.name.as_str();
    let ask = |command: FileCommand| Some(Wish::from(Command::File(command)));
    let corner =
        Rect::from_min_max(pos2(inside.left(), inside.top() - 4.0), pos2(inside.right() + 4.0, inside.top() + 24.0));
    row_from_right_in(ui, corner, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let mut wish = None;
        let small = |ui: &mut Ui, glyph: &str, name: &str| {
            let (place, _) = ui.allocate_exact_size(vec2(SMALL, SMALL), Sense::hover());
            column_in(ui, place.expand((metric::GHOST - SMALL) / 2.0), |ui| ghost_ui(ui, glyph, name).clicked())
        };
        let file_id = file.id;
        match &file.state {
            FileState::Ended(end) => {
                if small(ui, icons::CLOSE, &say!(words, "files-dismiss-it", file = name)) {
                    wish = ask(FileCommand::Dismiss { file: file_id });
                }
                if let FileEnd::Done { path: Some(path) } = end
                    && small(ui, icons::FOLDER_OPEN, &say!(words, "files-show-it", file = name))
                {
                    wish = path.parent().map(|folder| Wish::OpenFolder(folder.to_owned()));
                }
            }
            FileState::Offered if file.direction == FileDirection::In => {}
            FileState::Offered
            | FileState::Opening
            | FileState::Moving { .. }
            | FileState::Paused { .. }
            | FileState::Checking => {
                if small(ui, icons::CLOSE, &say!(words, "files-cancel-it", file = name)) {
                    wish = ask(FileCommand::Cancel { file: file_id });
                }
            }
        }
        (wish, ui.min_rect().left().min(inside.right()))
    })
}

/// Whether to take what somebody offers.
fn answer_ui(ui: &mut Ui, file: &FileView, place: Rect, words: Words) -> Option<Wish> {
    let size = vec2((place.width() - metric::SPACE_S) / 2.0, metric::SMALL_BUTTON_HEIGHT);
    let name = file.name.as_str();
    row_in(ui, place, |ui| {
        ui.spacing_mut().item_spacing.x = metric::SPACE_S;
        let decline = button_ui(ui, ButtonKind::Quiet, "", &words.say("files-decline"), size);
        let accept = button_ui(ui, ButtonKind::Primary, "", &words.say("files-accept"), size);
        for (button, spoken) in [
            (&decline, say!(words, "files-decline-it", file = name)),
            (&accept, say!(words, "files-accept-it", file = name)),
        ] {
            button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
        }
        if accept.clicked() {
            return Some(Wish::AcceptFile(file.id));
        }
        decline.clicked().then(|| Command::File(FileCommand::Decline { file: file.id }).into())
    })
}

fn bar_ui(ui: &mut Ui, place: Rect, words: Words, share: f32, state: &FileState) {
    let palette = theme::palette(ui.ctx());
    // In a place of its own: the next card begins below this one, not below the bar.
    let response = column_in(ui, place, |ui| ui.allocate_exact_size(place.size(), Sense::hover()).1);
    let share = share.clamp(0.0, 1.0);
    response.widget_info(|| {
        let percent = f64::from((share * 100.0).round());
        let name = say!(words, "files-progress", percent = percent as u32);
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(percent);
        info
    });
    let done = Rect::from_min_size(place.min, vec2(place.width() * share, place.height()));
    let color = if matches!(state, FileState::Paused { .. }) { palette.text3 } else { palette.accent };
    ui.painter().rect_filled(place, BAR_HEIGHT / 2.0, palette.line);
    ui.painter().rect_filled(done, BAR_HEIGHT / 2.0, color);
}
