//! Every colour, size and font of the window. Widgets name roles; only this module names values.
mod color;
mod font;
pub(crate) mod metric;

pub(crate) use color::{Palette, avatar_color, palette};
pub(crate) use font::{
    Weight, address, body, button, chip, code, glyph, glyph_fill, heading, hero, label, panel_title, plate, sans,
    small, stamp,
};

use eframe::egui::{
    Color32, Context, CornerRadius, CursorIcon, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, style,
};

/// Teaches egui our fonts and both our themes. Called once, before the first frame.
pub(crate) fn install(ctx: &Context) {
    ctx.set_fonts(font::definitions());
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| {
            set_metrics(style);
            set_colors(&mut style.visuals, theme, color::of(theme));
        });
    }
}

/// What floats (toasts, menus) casts this.
pub(crate) fn shadow(theme: Theme) -> Shadow {
    let alpha = match theme {
        Theme::Dark => 90,
        Theme::Light => 36,
    };
    Shadow { offset: [0, 6], blur: 18, spread: 0, color: Color32::from_black_alpha(alpha) }
}

fn set_metrics(style: &mut Style) {
    style.text_styles = [
        (TextStyle::Small, label()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Heading, heading()),
        (TextStyle::Monospace, eframe::egui::FontId::monospace(13.0)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = eframe::egui::vec2(metric::SPACE_S, metric::SPACE_S);
    spacing.button_padding = eframe::egui::vec2(metric::SPACE_M, metric::SPACE_S);
    spacing.interact_size.y = metric::FIELD_HEIGHT;
    spacing.icon_width = metric::GLYPH_S;
    spacing.menu_margin = Margin::same(6);
    spacing.menu_spacing = metric::SPACE_XS;
    spacing.scroll = style::ScrollStyle::thin();
}

fn set_colors(visuals: &mut Visuals, theme: Theme, palette: &Palette) {
    visuals.panel_fill = palette.bg;
    visuals.window_fill = palette.card;
    visuals.extreme_bg_color = palette.field;
    visuals.faint_bg_color = palette.card;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(metric::RADIUS_CARD);
    visuals.menu_corner_radius = CornerRadius::same(metric::RADIUS_BUTTON);
    visuals.window_shadow = shadow(theme);
    visuals.popup_shadow = shadow(theme);
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    visuals.hyperlink_color = palette.accent;
    visuals.error_fg_color = palette.danger;
    visuals.warn_fg_color = palette.warn;
    visuals.weak_text_color = Some(palette.text3);
    visuals.interact_cursor = Some(CursorIcon::PointingHand);

    let widgets = &mut visuals.widgets;
    for (state, fill, text, line) in [
        (&mut widgets.noninteractive, palette.panel, palette.text2, palette.line),
        (&mut widgets.inactive, palette.field, palette.text, palette.field_line),
        (&mut widgets.hovered, palette.field_hover, palette.text, palette.field_line),
        (&mut widgets.active, palette.field_hover, palette.text, palette.accent),
        (&mut widgets.open, palette.field_hover, palette.text, palette.accent),
    ] {
        *state = style::WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(1.0, line),
            corner_radius: CornerRadius::same(metric::RADIUS_FIELD),
            fg_stroke: Stroke::new(1.0, text),
            // Widgets that swell under the pointer look nervous.
            expansion: 0.0,
        };
    }
}
