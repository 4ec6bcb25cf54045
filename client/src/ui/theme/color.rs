//! The two palettes, and the colours of people.
use eframe::egui::{Color32, Context, Theme};

/// The colour of every role, for one theme.
#[derive(Debug)]
pub(crate) struct Palette {
    /// Window and stage.
    pub(crate) bg: Color32,
    /// Top bar, chat, control bar.
    pub(crate) panel: Color32,
    /// Room rows, toasts, menus.
    pub(crate) card: Color32,
    /// Text fields and pickers on the window's ground.
    pub(crate) field: Color32,
    /// The same under the pointer.
    pub(crate) field_hover: Color32,
    /// The line around them.
    pub(crate) field_line: Color32,
    /// Quiet buttons, chips and others' bubbles on a panel.
    pub(crate) input: Color32,
    /// The same under the pointer.
    pub(crate) hover: Color32,
    /// Hairlines.
    pub(crate) line: Color32,
    /// Titles and what people write.
    pub(crate) text: Color32,
    /// Labels.
    pub(crate) text2: Color32,
    /// Hints and times.
    pub(crate) text3: Color32,
    /// The main action, own bubbles, focus.
    pub(crate) accent: Color32,
    /// The same under the pointer.
    pub(crate) accent_hover: Color32,
    /// Ground of active toggles and icons.
    pub(crate) accent_soft: Color32,
    /// On `accent` and `danger`.
    pub(crate) on_accent: Color32,
    /// Good: the meter, who came.
    pub(crate) ok: Color32,
    /// Not so good.
    pub(crate) warn: Color32,
    /// Muted, leave, failed.
    pub(crate) danger: Color32,
    /// The same under the pointer.
    pub(crate) danger_hover: Color32,
    /// Ground of a message about something that failed.
    pub(crate) danger_soft: Color32,
    /// A tile without a picture.
    pub(crate) tile: Color32,
    /// Plates and buttons over pictures. What lies on a picture looks the same in both themes.
    pub(crate) scrim: Color32,
    /// The same under the pointer.
    pub(crate) scrim_hover: Color32,
    /// Text on `scrim`.
    pub(crate) on_scrim: Color32,
    /// The slashed microphone on `scrim`.
    pub(crate) muted: Color32,
    /// A raised hand on `scrim`.
    pub(crate) raised: Color32,
    /// Who speaks.
    pub(crate) live: Color32,
    /// Reactions, which float over pictures, as [`Reaction::ALL`](parlor_protocol::Reaction::ALL) lists them.
    pub(crate) reactions: [Color32; 6],
}

const DARK: Palette = Palette {
    bg: rgb(0x0F1115),
    panel: rgb(0x15181E),
    card: rgb(0x1A1E26),
    field: rgb(0x222733),
    field_hover: rgb(0x2B3240),
    field_line: rgb(0x222733),
    input: rgb(0x222733),
    hover: rgb(0x2B3240),
    line: rgb(0x2A303B),
    text: rgb(0xF1F3F7),
    text2: rgb(0xA9B2C0),
    text3: rgb(0x7F899A),
    accent: rgb(0x4C7DFF),
    accent_hover: rgb(0x6791FF),
    accent_soft: rgb(0x1D2A4D),
    on_accent: Color32::WHITE,
    ok: rgb(0x35D07F),
    warn: rgb(0xF5B83D),
    danger: rgb(0xE5484D),
    danger_hover: rgb(0xF2656A),
    danger_soft: rgb(0x33191D),
    tile: rgb(0x1D2129),
    scrim: Color32::from_black_alpha(150),
    scrim_hover: Color32::from_black_alpha(190),
    on_scrim: Color32::WHITE,
    muted: rgb(0xFF7B7F),
    raised: rgb(0xF5B83D),
    live: rgb(0x35D07F),
    reactions: [rgb(0xFFC83D), rgb(0xFFB25E), rgb(0xFF5A6E), rgb(0xFFD84D), rgb(0x6BB7FF), rgb(0xC58CFF)],
};

const LIGHT: Palette = Palette {
    bg: rgb(0xF4F5F8),
    panel: rgb(0xFFFFFF),
    card: rgb(0xFFFFFF),
    field: rgb(0xFFFFFF),
    field_hover: rgb(0xF0F2F6),
    field_line: rgb(0xD3D8E0),
    input: rgb(0xEEF0F4),
    hover: rgb(0xE3E7EE),
    line: rgb(0xDDE1E8),
    text: rgb(0x161A22),
    text2: rgb(0x515B6B),
    text3: rgb(0x717B8B),
    accent: rgb(0x2F62F0),
    accent_hover: rgb(0x1F51DC),
    accent_soft: rgb(0xE1E9FF),
    on_accent: Color32::WHITE,
    ok: rgb(0x12924F),
    warn: rgb(0xB87503),
    danger: rgb(0xD5333A),
    danger_hover: rgb(0xBC262D),
    danger_soft: rgb(0xFCE9EA),
    tile: rgb(0xDCE0E8),
    ..DARK
};

/// The palette of the theme in use.
pub(crate) fn palette(ctx: &Context) -> &'static Palette {
    of(ctx.theme())
}

pub(super) fn of(theme: Theme) -> &'static Palette {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

/// The colour behind somebody's initials: the same for the same name, whoever looks.
pub(crate) fn avatar_color(name: &str) -> Color32 {
    const COLORS: [Color32; 6] =
        [rgb(0x5B7CFA), rgb(0x2BA79A), rgb(0xC0567B), rgb(0xB9792B), rgb(0x7A5BD6), rgb(0x3F8F4F)];
    let sum = name.chars().fold(0_usize, |sum, c| sum.wrapping_mul(31).wrapping_add(c as usize));
    COLORS[sum % COLORS.len()]
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}
