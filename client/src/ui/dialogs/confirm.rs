//! Questions before something that touches other people.
use eframe::egui::Context;
use parlor_call::{Command as CallCommand, Place};
use parlor_protocol::{Nickname, ParticipantId, Role, limits};

use super::{Outcome, guests, others};
use crate::{
    engine::{Command, HostView},
    ui::{
        scene::Scene,
        theme::metric,
        widgets::{ButtonKind, Dialog, Field, dialog_ui, field_ui, paragraph_ui, row_of_two},
        wish::Wish,
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
    let text = format!(
        "{} connected to the server on this computer. Calls that are going on are not cut off, but nobody can find the \
         rooms or join them any more.",
        others(guests(host))
    );
    let question = Question {
        id: "stop-hosting",
        title: "Stop the server?",
        text: &text,
        harmless: "Keep it running",
        deed: "Stop the server",
        kind: ButtonKind::Danger,
    };
    // Whoever stopped it elsewhere, or lost it, has answered.
    let gone = !matches!(host, HostView::Running { .. });
    ask(ctx, &question, gone, Command::StopHosting.into())
}

pub(super) fn leave_ui(ctx: &Context, scene: &Scene<'_>) -> Outcome {
    let text = "The others stay: the server on this computer goes on without you in the room. It stops when you stop it \
                or close the window.";
    let question = Question {
        id: "leave-hosted",
        title: "Leave the call?",
        text,
        harmless: "Stay",
        deed: "Leave, keep hosting",
        kind: ButtonKind::Danger,
    };
    ask(ctx, &question, !in_room(scene), CallCommand::Leave.into())
}

pub(super) fn close_window_ui(ctx: &Context, host: &HostView) -> Outcome {
    let text = format!(
        "This computer is the server, and {} connected to it. Closing the window stops it: calls that are going on are \
         not cut off, but nobody can join them any more.",
        others(guests(host))
    );
    let question = Question {
        id: "close-window",
        title: "Close Parlor and stop the server?",
        text: &text,
        harmless: "Keep it open",
        deed: "Close and stop",
        kind: ButtonKind::Danger,
    };
    ask(ctx, &question, false, Wish::CloseWindow)
}

pub(super) fn hand_over_ui(ctx: &Context, scene: &Scene<'_>, who: ParticipantId, nickname: &Nickname) -> Outcome {
    let text = format!(
        "{nickname} becomes the owner of the room and decides who else moderates it. You stay as a moderator, and \
         cannot take this back."
    );
    let question = Question {
        id: "hand-over",
        title: "Hand the room over?",
        text: &text,
        harmless: "Cancel",
        deed: "Hand over",
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
    let title = format!("Remove {nickname}?");
    let dialog = Dialog { id: "remove", title: &title, width: metric::DIALOG_WIDTH };
    let ((harmless, deed), closed) = dialog_ui(ctx, &dialog, |ui| {
        paragraph_ui(ui, "They go back to the lobby, and cannot come into this room again while it lasts.");
        let hint = "What they are told, if you like";
        let field = Field { label: "Reason", hint, limit: limits::REMARK_CHARS, remark: None };
        field_ui(ui, &field, remark);
        let (harmless, deed) = row_of_two(ui, "Cancel", ButtonKind::Danger, ("Remove", true));
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
