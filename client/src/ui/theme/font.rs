//! The bundled faces, and a name for every size of text.
//!
//! Letters that the bundled face lacks come from the fonts of the system, which eframe looks up by itself.
use std::sync::Arc;

use eframe::{
    egui::{FontData, FontDefinitions, FontFamily, FontId},
    epaint::text::VariationCoords,
};

const SANS: &[u8] = include_bytes!("../../../../assets/fonts/parlor-sans.ttf");
const ICONS: &[u8] = include_bytes!("../../../../assets/fonts/phosphor-regular.ttf");
const ICONS_FILLED: &[u8] = include_bytes!("../../../../assets/fonts/phosphor-fill.ttf");

/// How heavy a text is. egui knows families only, so each weight is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// 400.
    Regular,
    /// 500.
    Medium,
    /// 600.
    Semibold,
}

impl Weight {
    fn family(self) -> FontFamily {
        match self {
            Self::Regular => FontFamily::Proportional,
            Self::Medium => FontFamily::Name("medium".into()),
            Self::Semibold => FontFamily::Name("semibold".into()),
        }
    }
}

/// The bundled face at a size in points.
pub(crate) fn sans(size: f32, weight: Weight) -> FontId {
    FontId::new(size, weight.family())
}

/// The title of a screen.
pub(crate) fn hero() -> FontId {
    sans(26.0, Weight::Semibold)
}

/// The title of a section.
pub(crate) fn heading() -> FontId {
    sans(20.0, Weight::Semibold)
}

/// The title of a panel.
pub(crate) fn panel_title() -> FontId {
    sans(16.0, Weight::Semibold)
}

/// Running text, fields.
pub(crate) fn body() -> FontId {
    sans(14.0, Weight::Regular)
}

/// Running text where there is less room.
pub(crate) fn small() -> FontId {
    sans(13.0, Weight::Regular)
}

/// Buttons, names of rooms.
pub(crate) fn button() -> FontId {
    sans(14.0, Weight::Semibold)
}

/// Chips, toasts, counts.
pub(crate) fn chip() -> FontId {
    sans(13.0, Weight::Medium)
}

/// Plates on pictures.
pub(crate) fn plate() -> FontId {
    sans(12.5, Weight::Medium)
}

/// Labels of fields.
pub(crate) fn label() -> FontId {
    sans(12.0, Weight::Medium)
}

/// Times and small print.
pub(crate) fn stamp() -> FontId {
    sans(11.5, Weight::Regular)
}

/// What people read to each other aloud.
pub(crate) fn code() -> FontId {
    FontId::monospace(18.0)
}

/// Links and addresses.
pub(crate) fn address() -> FontId {
    FontId::monospace(12.5)
}

/// An outlined icon.
pub(crate) fn glyph(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icons".into()))
}

/// A filled icon: active toggles, small status.
pub(crate) fn glyph_fill(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icons-filled".into()))
}

pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    for (weight, axis) in [(Weight::Regular, 400.0), (Weight::Medium, 500.0), (Weight::Semibold, 600.0)] {
        let name = format!("sans-{axis}");
        let mut face = FontData::from_static(SANS);
        face.tweak.coords = VariationCoords::new([(b"wght", axis)]);
        fonts.font_data.insert(name.clone(), Arc::new(face));
        let faces = std::iter::once(name).chain(fallback.iter().cloned()).collect();
        fonts.families.insert(weight.family(), faces);
    }
    for (name, bytes) in [("icons", ICONS), ("icons-filled", ICONS_FILLED)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        fonts.families.insert(FontFamily::Name(name.into()), vec![name.to_owned(), "sans-400".to_owned()]);
    }
    fonts
}
