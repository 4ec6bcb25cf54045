//! Choosing what to share, and seeing that one does.
mod bar;
mod card;
mod choice;
mod marks;
mod part;
mod tabs;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use eframe::egui::{Context, ScrollArea, TextureHandle, Ui, ViewportCommand, vec2};
use parlor_media::{
    spec::VideoSpec,
    video::screens::{Shareable, Shareables},
};

pub(crate) use self::{
    bar::{is_sharing, sharing_bar_ui},
    marks::{Marks, marks_ui},
};
use self::{choice::Choice, part::Part, tabs::tabs_ui};
use super::{
    dialogs::Dialog as Open,
    icons,
    scene::Scene,
    theme::metric,
    video_texture,
    widgets::{ButtonKind, Dialog, Message, button_ui, dialog_ui, message_ui, paragraph_ui, sentence},
    wish::Wish,
    words::{Words, words},
};
use crate::engine::{Command, ShareMode, ShareablesView, View};

/// How old what the dialog shows may become.
const REFRESH: Duration = Duration::from_secs(3);

/// What can be chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Screens,
    Windows,
    Part,
    Cameras,
}

impl Tab {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Screens, "share-screens"),
        (Self::Windows, "share-windows"),
        (Self::Part, "share-part"),
        (Self::Cameras, "share-cameras"),
    ];
}

/// What the dialog remembers while it is open, and what is known of the window's title.
#[derive(Default)]
pub(crate) struct SharePanel {
    tab: Tab,
    picked: Option<VideoSpec>,
    mode: Option<ShareMode>,
    part: Part,
    listed_at: Option<Instant>,
    shown: ShareablesView,
    thumbnails: BTreeMap<String, TextureHandle>,
    titled: bool,
}

impl SharePanel {
    /// Lets whoever looks at the task bar know that something is shared.
    pub(crate) fn entitle(&mut self, ctx: &Context, view: &View) {
        let sharing = is_sharing(view);
        if std::mem::replace(&mut self.titled, sharing) != sharing {
            let title = if sharing { words(ctx).say("share-window-title").into_owned() } else { "Parlor".to_owned() };
            ctx.send_viewport_cmd(ViewportCommand::Title(title));
        }
    }

    /// Small pictures are put on the graphics card once for each list.
    fn take_thumbnails(&mut self, ctx: &Context, listed: &ShareablesView) {
        if self.shown == *listed {
            return;
        }
        self.shown = listed.clone();
        let ShareablesView::Listed(list) = listed else { return };
        let all = || list.screens.iter().chain(&list.windows);
        self.thumbnails.retain(|name, _| all().any(|shareable| shareable.spec.to_string() == *name));
        for shareable in all() {
            if let Some(image) = shareable.thumbnail.as_ref().and_then(video_texture::image) {
                let name = shareable.spec.to_string();
                let texture = ctx.load_texture(&name, image, eframe::egui::TextureOptions::LINEAR);
                self.thumbnails.insert(name, texture);
            }
        }
    }

    /// The dialog is closed: the next time starts with what is so then.
    fn close(&mut self) {
        let titled = self.titled;
        *self = Self { titled, tab: self.tab, ..Self::default() };
    }
}

/// Shows the dialog if it is open, and closes it where it is done.
pub(crate) fn share_ui(ctx: &Context, scene: &Scene<'_>, open: &mut Option<Open>, panel: &mut SharePanel) -> Vec<Wish> {
    panel.entitle(ctx, scene.view);
    if *open != Some(Open::Share) {
        return Vec::new();
    }
    let mut wishes: Vec<Wish> = refresh(ctx, scene.now.instant, panel).into_iter().collect();
    panel.take_thumbnails(ctx, &scene.view.studio.shareables);
    let words = words(ctx);
    let sharing = is_sharing(scene.view);
    let title = if sharing { words.say("share-change-title") } else { words.say("share-title") };
    let dialog = Dialog { id: "share", title: &title, width: metric::SHARE_WIDTH };
    let (done, closed) = dialog_ui(ctx, &dialog, |ui| inside_ui(ui, scene, panel, words));
    let finished = done.is_some();
    wishes.extend(done);
    if closed || finished {
        *open = None;
        panel.close();
        ctx.request_repaint();
    }
    wishes
}

/// Asks for what there is, when the dialog opens and every now and then.
fn refresh(ctx: &Context, now: Instant, panel: &mut SharePanel) -> Option<Wish> {
    let due = panel.listed_at.is_none_or(|at| now.saturating_duration_since(at) >= REFRESH);
    ctx.request_repaint_after(REFRESH);
    if !due {
        return None;
    }
    panel.listed_at = Some(now);
    Some(Command::ListShareables.into())
}

fn inside_ui(ui: &mut Ui, scene: &Scene<'_>, panel: &mut SharePanel, words: Words) -> Option<Wish> {
    let names = Tab::ALL.map(|(tab, id)| (tab, words.say(id)));
    if let Some(tab) = tabs_ui(ui, &names, panel.tab) {
        panel.tab = tab;
        panel.picked = None;
    }
    let room = (ui.ctx().content_rect().height() - metric::SHARE_AROUND).max(metric::SHARE_CARDS_LEAST);
    let scroll = ScrollArea::vertical().id_salt("share-choices").max_height(room.min(metric::SHARE_CARDS_MOST));
    let mut retry = None;
    scroll.auto_shrink([false, true]).show(ui, |ui| retry = choices_ui(ui, scene, panel, words));
    let done = foot_ui(ui, scene, panel, words);
    done.or(retry.map(|()| {
        panel.listed_at = None;
        Command::ListShareables.into()
    }))
}

/// What there is to choose from. Returns whether it is to be looked for again at once.
fn choices_ui(ui: &mut Ui, scene: &Scene<'_>, panel: &mut SharePanel, words: Words) -> Option<()> {
    if panel.tab == Tab::Cameras {
        let cameras = choice::cameras(&scene.view.studio, words);
        if cameras.len() == 1 {
            paragraph_ui(ui, &words.say("share-no-cameras"));
        }
        cards_ui(ui, panel, &cameras);
        return None;
    }
    let list = match &scene.view.studio.shareables {
        ShareablesView::Listed(list) => list.clone(),
        ShareablesView::Unknown => {
            paragraph_ui(ui, &words.say("share-listing"));
            return None;
        }
        ShareablesView::Failed { message } => {
            let (text, again) = (sentence(message), words.say("share-try-again"));
            let action = Some((icons::ARROW_CLOCKWISE, &*again));
            return message_ui(ui, &Message { failed: true, glyph: icons::WARNING, text: &text, action }).then_some(());
        }
    };
    match panel.tab {
        Tab::Screens => cards_ui(ui, panel, &choice::screens(&list.screens, words)),
        Tab::Windows => windows_ui(ui, panel, &list, words),
        Tab::Part => part_ui(ui, panel, &list.screens, words),
        Tab::Cameras => {}
    }
    None
}

fn windows_ui(ui: &mut Ui, panel: &mut SharePanel, list: &Shareables, words: Words) {
    // Our own would show itself in itself.
    let others: Vec<_> = list.windows.iter().filter(|window| !window.own).collect();
    if others.is_empty() {
        paragraph_ui(ui, &words.say("share-no-windows"));
    }
    cards_ui(ui, panel, &choice::windows(&others));
}

fn part_ui(ui: &mut Ui, panel: &mut SharePanel, screens: &[Shareable], words: Words) {
    panel.picked = part::part_ui(ui, &mut panel.part, screens, &panel.thumbnails, words);
}

fn cards_ui(ui: &mut Ui, panel: &mut SharePanel, choices: &[Choice]) {
    if let Some(picked) = card::cards_ui(ui, choices, panel.picked.as_ref(), &panel.thumbnails) {
        panel.picked = Some(picked);
    }
}

/// What matters in the picture, and the button that starts it.
fn foot_ui(ui: &mut Ui, scene: &Scene<'_>, panel: &mut SharePanel, words: Words) -> Option<Wish> {
    let studio = &scene.view.studio;
    let mode = panel.mode.unwrap_or(studio.share_mode);
    if let Some(mode) = tabs::mode_ui(ui, mode, words) {
        panel.mode = Some(mode);
    }
    let sharing = is_sharing(scene.view);
    let picked = panel.picked.clone().or_else(|| sharing.then(|| studio.share.chosen.clone()));
    // Said before anything is picked, so that nothing moves while one draws.
    if matches!(panel.tab, Tab::Screens | Tab::Part) {
        paragraph_ui(ui, &words.say("share-own-window"));
    }
    let label = if sharing { words.say("share-apply") } else { words.say("share-go") };
    let size = vec2(ui.available_width(), metric::BUTTON_HEIGHT);
    let share = |ui: &mut Ui| button_ui(ui, ButtonKind::Primary, icons::SHARE, &label, size);
    let pressed = ui.add_enabled_ui(picked.is_some(), share).inner.clicked();
    let source = picked.filter(|_| pressed)?;
    Some(Command::Share { source, mode }.into())
}
