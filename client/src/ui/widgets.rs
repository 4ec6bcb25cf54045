//! What the screens are made of: each a function from a picture to a response, in the look of [`super::theme`].
mod avatar;
mod button;
mod chip;
mod field;
mod icon_button;
mod message;
mod meter;
mod picker;
mod place;
mod plate;
mod text;

pub(crate) use avatar::paint_avatar;
pub(crate) use button::{ButtonKind, button_ui};
pub(crate) use chip::{ChipTone, chip_ui};
pub(crate) use field::{Field, field_label_ui, field_ui, line_ui};
pub(crate) use icon_button::{ControlTone, control_ui, ghost_ui, paint_badge};
pub(crate) use message::{Message, message_ui};
pub(crate) use meter::meter_ui;
pub(crate) use picker::{Choice, Picked, Picker, picker_ui};
pub(crate) use place::{column_in, row_from_right_in, row_in};
pub(crate) use plate::{Plate, paint_plate};
pub(crate) use text::{clipped, elided, paint_centered, paint_glyph, paint_text, sentence, wrapped};
