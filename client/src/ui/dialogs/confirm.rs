//! Questions before something that touches other people.
use eframe::egui::Context;
use parlor_call::{Command as CallCommand, Place};
use parlor_protocol::{Nickname, ParticipantId, Role, limits};

use super::{Outcome, guests};
use crate::{
    engine::{Command, HostView},
    ui::{
        scene::Scene,
        theme::metric,
        widgets::{ButtonKind, Dialog, Field, dialog_ui, field_ui, paragraph_ui, row_of_two},
        wish::Wish,
        words::{say, words},
    },
};

/// One question: what is asked, and how it is answered.
struct Question<'a> {
    id: &'static str,
    title: &'a str,
    text: &'a str,
    harmless: &'a str,
    deed: &'a str,
    kind: ButtonKind,
}

pub(super) fn stop_hosting_ui(ctx: &Context, host: &HostView) -> Outcome {
    let words = words(ctx);
    let question = Question {
        id: "stop-hosting",
        title: &words.say("stop-hosting-title"),
        text: &say!(words, "stop-hosting-text", count = guests(host)),
        harmless: &words.say("stop-hosting-keep"),
        deed: &words.say("stop-hosting-deed"),
        kind: ButtonKind::Danger,
    };
    // Whoever stopped it elsewhere, or lost it, has answered.
    let gone = !matches!(host, HostView::Running { .. });
    ask(ctx, &question, gone, Command::StopHosting.into())
}

pub(super) fn leave_ui(ctx: &Context, scene: &Scene<'_>) -> Outcome {
    let words = words(ctx);
    let question = Question {
        id: "leave-hosted",
        title: &words.say("leave-hosted-title"),
        text: &words.say("leave-hosted-text"),
        harmless: &words.say("leave-hosted-stay"),
        deed: &words.say("leave-hosted-deed"),
        kind: ButtonKind::Danger,
    };
    ask(ctx, &question, !in_room(scene), CallCommand::Leave.into())
}

pub(super) fn close_window_ui(ctx: &Context, host: &HostView) -> Outcome {
    let words = words(ctx);
    let question = Question {
        id: "close-window",
        title: &words.say("close-window-title"),
        text: &say!(words, "close-window-text", count = guests(host)),
        harmless: &words.say("close-window-keep"),
        deed: &words.say("close-window-deed"),
        kind: ButtonKind::Danger,
    };
    ask(ctx, &question, false, Wish::CloseWindow)
}

pub(super) fn hand_over_ui(ctx: &Context, scene: &Scene<'_>, who: ParticipantId, nickname: &Nickname) -> Outcome {
    let words = words(ctx);
    let question = Question {
        id: "hand-over",
        title: &words.say("hand-over-title"),
        text: &say!(words, "hand-over-text", name = nickname.as_str()),
        harmless: &words.say("cancel"),
        deed: &words.say("hand-over-deed"),
        kind: ButtonKind::Primary,
    };
    let deed = CallCommand::Appoint { who, role: Role::Owner };
    ask(ctx, &question, !is_here(scene, who), deed.into())
}

pub(super) fn remove_ui(
    ctx: &Context,
    scene: &Scene<'_>,
    (who, nickname): (ParticipantId, &Nickname),
    remark: &mut String,
) -> Outcome {
    let words = words(ctx);
    let title = say!(words, "remove-title", name = nickname.as_str());
    let dialog = Dialog { id: "remove", title: &title, width: metric::DIALOG_WIDTH };
    let ((harmless, deed), closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, &words.say("remove-text"));
        let (label, hint) = (words.say("remove-reason"), words.say("remove-reason-hint"));
        let field = Field { label: &label, hint: &hint, limit: limits::REMARK_CHARS, remark: None };
        field_ui(ui, &field, remark);
        let deed = words.say("remove-deed");
        let (harmless, deed) = row_of_two(ui, &words.say("cancel"), ButtonKind::Danger, (&deed, true));
        (harmless.clicked(), deed.clicked())
    });
    let gone = !is_here(scene, who);
    let wishes =
        if deed && !gone { vec![CallCommand::Remove { who, remark: remark.parse().ok() }.into()] } else { Vec::new() };
    Outcome { wishes, closed: closed || harmless || deed || gone }
}

fn ask(ctx: &Context, question: &Question<'_>, answered: bool, deed: Wish) -> Outcome {
    let dialog = Dialog { id: question.id, title: question.title, width: metric::DIALOG_WIDTH };
    let ((no, yes), closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, question.text);
        let (harmless, deed) = row_of_two(ui, question.harmless, question.kind, (question.deed, true));
        (harmless.clicked(), deed.clicked())
    });
    let wishes = if yes && !answered { vec![deed] } else { Vec::new() };
    Outcome { wishes, closed: closed || no || yes || answered }
}

fn in_room(scene: &Scene<'_>) -> bool {
    matches!(scene.view.call.place, Place::Room(_))
}

fn is_here(scene: &Scene<'_>, who: ParticipantId) -> bool {
    in_room(scene) && scene.view.call.others.iter().any(|other| other.id == who)
}
