//! What belongs to the room: how it is, and for its owner and moderators the means to change it.

use eframe::egui::{Key, Response, RichText, ScrollArea, Ui, vec2};
use parlor_call::{Command, RoomView};
use parlor_protocol::{Role, RoomChange, limits};

use crate::ui::{
    call::Side,
    icons,
    scene::Scene,
    theme::{self, metric},
    widgets::{
        ButtonKind, Field, Message, button_ui, field_label_ui, field_ui, message_ui, popover_ui, secret_ui, stepper_ui,
        switch_ui,
    },
    wish::Wish,
    words::{say, words},
};

/// Height of the panel where the window allows.
const HEIGHT: f32 = 640.0;

/// What was written into the panel and is not asked for yet.
#[derive(Debug, Default)]
pub(crate) struct RoomPanel {
    /// What the fields are about; none while the panel is closed.
    draft: Option<Draft>,
}

#[derive(Debug)]
struct Draft {
    name: String,
    topic: String,
    /// What was asked for last: the answer of the server takes a moment.
    asked_name: String,
    asked_topic: String,
    passcode: String,
    passcode_shown: bool,
}

impl Draft {
    fn of(room: &RoomView) -> Self {
        let (name, topic) = (room.name.to_string(), room.rules.topic.as_ref());
        let topic = topic.map(ToString::to_string).unwrap_or_default();
        Self {
            asked_name: name.clone(),
            asked_topic: topic.clone(),
            name,
            topic,
            passcode: String::new(),
            passcode_shown: false,
        }
    }
}

/// Shows the panel below the name of the room, once that was pressed.
pub(super) fn room_panel_ui(button: &Response, scene: &Scene<'_>, room: &RoomView, panel: &mut RoomPanel) -> Vec<Wish> {
    let height = HEIGHT.min(button.ctx.content_rect().height() - metric::CALL_BAR_HEIGHT - metric::DIALOG_MARGIN);
    let shown = popover_ui(button, &words(&button.ctx).say("people-room-panel"), metric::POPOVER_WIDTH, |ui| {
        let draft = panel.draft.get_or_insert_with(|| Draft::of(room));
        let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        scroll
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = metric::SPACE_M;
                let mut wishes = about_ui(ui, room, draft);
                wishes.extend(people_ui(ui, scene.view.call.others.len() + 1, room));
                wishes
            })
            .inner
    });
    if shown.is_none() {
        panel.draft = None;
    }
    shown.unwrap_or_default()
}

/// Whether somebody with this role may change the room.
fn may_change(room: &RoomView) -> bool {
    room.role >= Role::Moderator
}

fn about_ui(ui: &mut Ui, room: &RoomView, draft: &mut Draft) -> Vec<Wish> {
    if !may_change(room) {
        facts_ui(ui, room);
        return Vec::new();
    }
    let words = words(ui.ctx());
    let mut changes = Vec::new();
    let label = words.say("people-room-name");
    let name = Field { label: &label, hint: "", limit: limits::ROOM_NAME_CHARS, remark: None };
    let name = field_ui(ui, &name, &mut draft.name);
    if done(ui, &name) && draft.name != draft.asked_name {
        match draft.name.parse() {
            Ok(name) => changes.push(RoomChange::Rename { name }),
            Err(_) => draft.name.clone_from(&draft.asked_name),
        }
        draft.asked_name.clone_from(&draft.name);
    }
    let (label, hint) = (words.say("people-room-topic"), words.say("people-room-topic-hint"));
    let topic = Field { label: &label, hint: &hint, limit: limits::TOPIC_CHARS, remark: None };
    let topic = field_ui(ui, &topic, &mut draft.topic);
    if done(ui, &topic) && draft.topic != draft.asked_topic {
        changes.push(RoomChange::SetTopic { topic: draft.topic.parse().ok() });
        draft.asked_topic.clone_from(&draft.topic);
    }
    changes.extend(switches_ui(ui, room));
    changes.extend(capacity_ui(ui, room));
    changes.extend(passcode_ui(ui, room, draft));
    changes.into_iter().map(|change| Command::ChangeRoom(change).into()).collect()
}

/// The room as those see it who cannot change it.
fn facts_ui(ui: &mut Ui, room: &RoomView) {
    let (palette, words) = (theme::palette(ui.ctx()), words(ui.ctx()));
    ui.label(RichText::new(room.name.as_str()).font(theme::panel_title()).color(palette.text));
    if let Some(topic) = &room.rules.topic {
        ui.label(RichText::new(topic.as_str()).font(theme::small()).color(palette.text2));
    }
    let facts = [
        (room.rules.locked, icons::LOCK, words.say("people-room-is-locked")),
        (room.rules.passcode, icons::LOCK_KEY, words.say("people-room-has-passcode")),
        (room.rules.hidden, icons::EYE_SLASH, words.say("people-room-is-hidden")),
    ];
    for (_, glyph, text) in facts.into_iter().filter(|(holds, ..)| *holds) {
        message_ui(ui, &Message { failed: false, glyph, text: &text, action: None });
    }
}

fn switches_ui(ui: &mut Ui, room: &RoomView) -> Vec<RoomChange> {
    let (rules, words) = (&room.rules, words(ui.ctx()));
    let mut changes = Vec::new();
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        let (label, hint) = (words.say("people-room-lock"), words.say("people-room-lock-hint"));
        if switch_ui(ui, &label, &hint, rules.locked).clicked() {
            changes.push(RoomChange::Lock { locked: !rules.locked });
        }
        let (label, hint) = (words.say("people-room-hide"), words.say("people-room-hide-hint"));
        if switch_ui(ui, &label, &hint, rules.hidden).clicked() {
            changes.push(RoomChange::Hide { hidden: !rules.hidden });
        }
    });
    changes
}

fn capacity_ui(ui: &mut Ui, room: &RoomView) -> Option<RoomChange> {
    // Fewer than two are no call.
    let range = 2..=limits::MOST_ROOM_CAPACITY;
    let label = words(ui.ctx()).say("people-room-capacity");
    stepper_ui(ui, &label, room.rules.capacity, range).map(|capacity| RoomChange::SetCapacity { capacity })
}

fn passcode_ui(ui: &mut Ui, room: &RoomView, draft: &mut Draft) -> Option<RoomChange> {
    let words = words(ui.ctx());
    let (label, hint) = if room.rules.passcode {
        (words.say("people-room-passcode"), words.say("people-room-another-passcode"))
    } else {
        (words.say("people-room-passcode"), words.say("people-room-no-passcode"))
    };
    let field = Field { label: &label, hint: &hint, limit: limits::PASSCODE_CHARS, remark: None };
    let line = secret_ui(ui, &field, &mut draft.passcode, &mut draft.passcode_shown);
    let entered = line.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let written = draft.passcode.parse().ok();
    let size = vec2((ui.available_width() - metric::SPACE_S) / 2.0, metric::SMALL_BUTTON_HEIGHT);
    ui.horizontal(|ui| {
        let set = ui.add_enabled_ui(written.is_some(), |ui| {
            button_ui(ui, ButtonKind::Secondary, icons::LOCK_KEY, &words.say("people-room-set-passcode"), size)
                .clicked()
        });
        if let Some(passcode) = written.filter(|_| set.inner || entered) {
            draft.passcode.clear();
            return Some(RoomChange::SetPasscode { passcode: Some(passcode) });
        }
        let label = words.say("people-room-remove-passcode");
        let remove = room.rules.passcode && button_ui(ui, ButtonKind::Secondary, "", &label, size).clicked();
        remove.then_some(RoomChange::SetPasscode { passcode: None })
    })
    .inner
}

/// How many are here, and the way to them.
fn people_ui(ui: &mut Ui, here: usize, room: &RoomView) -> Option<Wish> {
    let words = words(ui.ctx());
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = metric::SPACE_XS;
        field_label_ui(ui, &say!(words, "people-room-count", here = here, places = room.rules.capacity));
        let size = vec2(ui.available_width(), metric::SMALL_BUTTON_HEIGHT);
        let show = button_ui(ui, ButtonKind::Secondary, icons::USERS, &words.say("people-room-show"), size);
        show.clicked().then(|| {
            ui.close();
            Wish::Show(Side::People)
        })
    })
    .inner
}

/// Whether what was written into a field is meant: Enter was pressed, or the field was left.
fn done(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && !ui.input(|input| input.key_pressed(Key::Escape))
}
