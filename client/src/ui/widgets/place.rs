//! Things in a place that was set aside for them.
use eframe::egui::{Align, Layout, Rect, Ui, UiBuilder};

/// Adds things from the top of a place down. They take no room from what is added to `ui` afterwards.
pub(crate) fn column_in<R>(ui: &mut Ui, place: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    add(&mut child(ui, place, Layout::top_down(Align::Min)))
}

/// Adds things to a place in a row from its left end.
pub(crate) fn row_in<R>(ui: &mut Ui, place: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    add(&mut child(ui, place, Layout::left_to_right(Align::Center)))
}

/// Adds things to a place in a row from its right end: what comes first is outermost.
pub(crate) fn row_from_right_in<R>(ui: &mut Ui, place: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    add(&mut child(ui, place, Layout::right_to_left(Align::Center)))
}

fn child(ui: &mut Ui, place: Rect, layout: Layout) -> Ui {
    ui.new_child(UiBuilder::new().max_rect(place).layout(layout))
}
