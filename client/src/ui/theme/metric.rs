//! Lengths in points. Spaces and radii come from one scale each, so that things line up without thinking.

pub(crate) const SPACE_XS: f32 = 4.0;
pub(crate) const SPACE_S: f32 = 8.0;
pub(crate) const SPACE_M: f32 = 12.0;
pub(crate) const SPACE_L: f32 = 16.0;
pub(crate) const SPACE_XL: f32 = 24.0;
pub(crate) const SPACE_XXL: f32 = 32.0;
pub(crate) const SPACE_XXXL: f32 = 40.0;

pub(crate) const RADIUS_SMALL: u8 = 6;
pub(crate) const RADIUS_FIELD: u8 = 8;
pub(crate) const RADIUS_BUTTON: u8 = 10;
pub(crate) const RADIUS_TILE: u8 = 12;
pub(crate) const RADIUS_ROUND: u8 = 14;
pub(crate) const RADIUS_CARD: u8 = 16;
pub(crate) const RADIUS_BAR: u8 = 22;

pub(crate) const WINDOW_WIDTH: f32 = 1280.0;
pub(crate) const WINDOW_HEIGHT: f32 = 800.0;
pub(crate) const WINDOW_MIN_WIDTH: f32 = 960.0;
pub(crate) const WINDOW_MIN_HEIGHT: f32 = 600.0;

pub(crate) const FIELD_HEIGHT: f32 = 36.0;
pub(crate) const BUTTON_HEIGHT: f32 = 44.0;
pub(crate) const SMALL_BUTTON_HEIGHT: f32 = 32.0;
pub(crate) const GHOST: f32 = 36.0;
pub(crate) const CHIP_HEIGHT: f32 = 28.0;
pub(crate) const PLATE_HEIGHT: f32 = 26.0;

pub(crate) const GLYPH_XS: f32 = 15.0;
pub(crate) const GLYPH_S: f32 = 18.0;
pub(crate) const GLYPH_M: f32 = 19.0;
pub(crate) const GLYPH_L: f32 = 22.0;

pub(crate) const LOBBY_BAR_HEIGHT: f32 = 56.0;
pub(crate) const LOBBY_MAX_WIDTH: f32 = 1184.0;
pub(crate) const LOBBY_MARGIN: f32 = 48.0;
pub(crate) const LOBBY_COLUMN_WIDTH: f32 = 400.0;
pub(crate) const GLASS_BUTTON: f32 = 52.0;
pub(crate) const ROOM_ROW_HEIGHT: f32 = 56.0;

pub(crate) const CALL_BAR_HEIGHT: f32 = 52.0;
pub(crate) const CHAT_WIDTH: f32 = 336.0;
pub(crate) const STATISTICS_WIDTH: f32 = 420.0;
pub(crate) const STATISTICS_NAME_WIDTH: f32 = 104.0;
pub(crate) const LEGEND_WIDTH: f32 = 180.0;
pub(crate) const COPY_WIDTH: f32 = 140.0;
pub(crate) const CONTROLS_HEIGHT: f32 = 84.0;
pub(crate) const CONTROL_PILL_HEIGHT: f32 = 64.0;
pub(crate) const CONTROL_WIDTH: f32 = 56.0;
pub(crate) const CONTROL_HEIGHT: f32 = 48.0;
pub(crate) const LEAVE_WIDTH: f32 = 76.0;

/// No tile of a grid is narrower; who does not fit is on another page.
pub(crate) const TILE_MIN_WIDTH: f32 = 160.0;
pub(crate) const STRIP_MIN_WIDTH: f32 = 160.0;
pub(crate) const STRIP_MAX_WIDTH: f32 = 260.0;
/// How much of the stage's width a strip at its side takes.
pub(crate) const STRIP_SHARE: f32 = 0.2;
pub(crate) const INVITE_CARD_HEIGHT: f32 = 76.0;
pub(crate) const MINI_WIDTH: f32 = 320.0;
pub(crate) const MINI_HEIGHT: f32 = 240.0;
pub(crate) const POPPED_WIDTH: f32 = 640.0;
pub(crate) const POPPED_HEIGHT: f32 = 360.0;

pub(crate) const DIALOG_WIDTH: f32 = 400.0;
pub(crate) const DIALOG_WIDE: f32 = 620.0;
pub(crate) const DIALOG_WIDEST: f32 = 800.0;
pub(crate) const DIALOG_TALL: f32 = 540.0;
pub(crate) const NAV_WIDTH: f32 = 192.0;
pub(crate) const CHOICE_WIDTH: f32 = 232.0;
pub(crate) const DIALOG_MARGIN: f32 = 48.0;
pub(crate) const POPOVER_WIDTH: f32 = 336.0;
pub(crate) const QR_SIDE: f32 = 224.0;
pub(crate) const SWITCH_WIDTH: f32 = 36.0;
pub(crate) const SWITCH_HEIGHT: f32 = 20.0;
pub(crate) const PERSON_ROW_HEIGHT: f32 = 44.0;

pub(crate) const SHARE_WIDTH: f32 = 760.0;
pub(crate) const SHARE_CAPTION: f32 = 40.0;
/// The height of everything in the dialog but the cards.
pub(crate) const SHARE_AROUND: f32 = 420.0;
pub(crate) const SHARE_CARDS_LEAST: f32 = 190.0;
pub(crate) const SHARE_CARDS_MOST: f32 = 400.0;
pub(crate) const SHARE_PART_HEIGHT: f32 = 250.0;
pub(crate) const SHARE_SWITCH_WIDTH: f32 = 190.0;
pub(crate) const SHARE_BAR_HEIGHT: f32 = 44.0;
pub(crate) const MARK_RADIUS: f32 = 18.0;
pub(crate) const MARK_NAME: f32 = 200.0;
pub(crate) const CHAT_INPUT_HEIGHT: f32 = 116.0;
pub(crate) const CHAT_INPUT_ROWS: usize = 5;
pub(crate) const CHAT_HEAD_HEIGHT: f32 = 20.0;
pub(crate) const CHAT_ACTIONS: f32 = 26.0;
pub(crate) const CHAT_PADDING: eframe::egui::Vec2 = eframe::egui::vec2(12.0, 9.0);
pub(crate) const REACTION: f32 = 44.0;
pub(crate) const REACTION_WAY: f32 = 260.0;

/// Pictures of people are cut to this shape.
pub(crate) const ASPECT: f32 = 16.0 / 9.0;
