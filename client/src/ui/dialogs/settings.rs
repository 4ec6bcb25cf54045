//! Everything that can be set: sections at the left, what is in one at the right. Every change counts at once.
//!
//! [`Screens`](crate::ui::screens::Screens) shows it, because it remembers more between two frames than a question does.
mod about;
mod calls;
mod folders;
mod keys;
mod licences;
mod look;
mod notifications;
mod report;
mod shortcuts;
mod sound;
mod video;

use eframe::egui::{Align, Context, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

pub(crate) use self::report::Machine;
use self::{about::About, folders::Folders, keys::Keys};
use super::Dialog as Open;
use crate::{
    settings::Settings,
    ui::{
        icons,
        lobby::devices_ui,
        scene::Scene,
        theme::{self, metric},
        widgets::{Dialog, column_in, dialog_ui, nav_ui},
        wish::Wish,
        words::words,
    },
};

/// What the dialog remembers between two frames.
#[derive(Debug, Default)]
pub(crate) struct SettingsPanel {
    section: Section,
    keys: Keys,
    folders: Folders,
    about: About,
    machine: Machine,
}

/// What is at the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Section {
    #[default]
    Devices,
    Sound,
    Video,
    Calls,
    Notifications,
    Shortcuts,
    Look,
    Folders,
    About,
}

impl Section {
    const ALL: [Self; 9] = [
        Self::Devices,
        Self::Sound,
        Self::Video,
        Self::Calls,
        Self::Notifications,
        Self::Shortcuts,
        Self::Look,
        Self::Folders,
        Self::About,
    ];

    const fn glyph(self) -> &'static str {
        match self {
            Self::Devices => icons::WEBCAM,
            Self::Sound => icons::SPEAKER,
            Self::Video => icons::CAMERA,
            Self::Calls => icons::PHONE,
            Self::Notifications => icons::BELL,
            Self::Shortcuts => icons::KEYBOARD,
            Self::Look => icons::PALETTE,
            Self::Folders => icons::FOLDER,
            Self::About => icons::INFO,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Devices => "settings-devices",
            Self::Sound => "settings-sound",
            Self::Video => "settings-video",
            Self::Calls => "settings-calls",
            Self::Notifications => "settings-notifications",
            Self::Shortcuts => "settings-shortcuts",
            Self::Look => "settings-look",
            Self::Folders => "settings-folders",
            Self::About => "settings-about",
        }
    }
}

impl SettingsPanel {
    /// Takes note of what the program runs on.
    pub(crate) fn know(&mut self, machine: Machine) {
        self.machine = machine;
    }

    /// Takes the keys that are being recorded before anything else hears of them. Called first in every frame.
    pub(crate) fn listen(&mut self, ctx: &Context) -> Option<Wish> {
        self.keys.listen(ctx)
    }
}

/// Shows the dialog where it is open, and says what was changed.
pub(crate) fn settings_ui(
    ctx: &Context,
    scene: &Scene<'_>,
    settings: &Settings,
    panel: &mut SettingsPanel,
    open: &mut Option<Open>,
) -> Vec<Wish> {
    match open {
        Some(Open::Settings) => {}
        Some(Open::About) => {
            panel.section = Section::About;
            *open = Some(Open::Settings);
        }
        Some(_) | None => return Vec::new(),
    }
    let title = words(ctx).say("settings-title");
    let dialog = Dialog { id: "settings", title: &title, width: metric::DIALOG_WIDEST };
    let (wishes, closed) = dialog_ui(ctx, &dialog, |ui| body_ui(ui, scene, settings, panel));
    if closed {
        *open = None;
        panel.keys.stop();
        panel.folders = Folders::default();
        ctx.request_repaint();
    }
    wishes
}

fn body_ui(ui: &mut Ui, scene: &Scene<'_>, settings: &Settings, panel: &mut SettingsPanel) -> Vec<Wish> {
    let around = 2.0 * metric::DIALOG_MARGIN + 2.0 * metric::SPACE_XL + metric::GHOST + metric::SPACE_XL;
    let height = (ui.ctx().content_rect().height() - around).min(metric::DIALOG_TALL);
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let nav = Rect::from_min_size(place.min, vec2(metric::NAV_WIDTH, height));
    let content = Rect::from_min_max(nav.right_top() + vec2(metric::SPACE_XL, 0.0), place.max);
    column_in(ui, nav, |ui| sections_ui(ui, panel));
    section_ui(ui, content, scene, settings, panel)
}

fn sections_ui(ui: &mut Ui, panel: &mut SettingsPanel) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for section in Section::ALL {
        let title = words(ui.ctx()).say(section.title());
        if nav_ui(ui, section.glyph(), &title, panel.section == section).clicked() {
            panel.section = section;
            panel.keys.stop();
        }
    }
}

fn section_ui(
    ui: &mut Ui,
    mut place: Rect,
    scene: &Scene<'_>,
    settings: &Settings,
    panel: &mut SettingsPanel,
) -> Vec<Wish> {
    let width = place.width() - metric::SPACE_M;
    // The scroll bar stands beside what scrolls.
    place.max.x += metric::SPACE_XS;
    let mut column = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Min)));
    // Each section is scrolled by itself.
    let scroll = ScrollArea::vertical().id_salt(panel.section.title()).auto_shrink(false);
    let shown = scroll.show(&mut column, |ui| {
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = metric::SPACE_S;
        match panel.section {
            Section::Devices => {
                hint_ui(ui, &words(ui.ctx()).say("settings-devices-hint"));
                devices_ui(ui, scene)
            }
            Section::Sound => sound::sound_ui(ui, settings.sound),
            Section::Video => video::video_ui(ui, scene.view, settings),
            Section::Calls => calls::calls_ui(ui, settings),
            Section::Notifications => notifications::notifications_ui(ui, settings.notifications),
            Section::Shortcuts => shortcuts::shortcuts_ui(ui, settings, &mut panel.keys),
            Section::Look => look::look_ui(ui, settings),
            Section::Folders => folders::folders_ui(ui, settings, &mut panel.folders),
            Section::About => about::about_ui(ui, scene.view, settings, &panel.machine, &mut panel.about),
        }
    });
    shown.inner
}

/// What has to be known about a whole section.
fn hint_ui(ui: &mut Ui, text: &str) {
    let color = theme::palette(ui.ctx()).text2;
    ui.label(RichText::new(text).font(theme::small()).color(color));
}

/// The title of a part of a section.
fn part_ui(ui: &mut Ui, title: &str) {
    let color = theme::palette(ui.ctx()).text;
    let shown = ui.label(RichText::new(title).font(theme::button()).color(color));
    shown.widget_info(|| WidgetInfo::labeled(Role::Heading, true, title));
}
