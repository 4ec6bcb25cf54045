//! What a program may ask of the headless face: one JSON object a line on standard input.
use parlor_call::{ChatTo, Command as CallCommand};
use parlor_media::{audio::spec::AudioSpec, audio::spec::SpeakerSpec, spec::VideoSpec};
use parlor_protocol::{ChatText, ParticipantId, Role, RoomChange};
use serde::Deserialize;

use crate::engine::{Command, View};

/// One line.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Mute,
    Unmute,
    CameraOff,
    CameraOn,
    SetCamera { camera: String },
    SetMic { mic: String },
    SetSpeaker { speaker: String },
    Chat { text: String },
    ChatTo { nickname: String, text: String },
    Lock,
    Unlock,
    Hide { hidden: bool },
    Rename { name: String },
    Topic { topic: Option<String> },
    Capacity { capacity: usize },
    Passcode { passcode: Option<String> },
    Appoint { nickname: String, role: Role },
    Remove { nickname: String, remark: Option<String> },
    Leave,
}

/// What a line asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Asked {
    Engine(Command),
    Leave,
}

/// Reads a line. The error says what is wrong with it.
pub(super) fn parse(line: &str, view: &View) -> Result<Asked, String> {
    let line = serde_json::from_str(line).map_err(|error| format!("that is no command: {error}"))?;
    Ok(Asked::Engine(match line {
        Line::Mute => CallCommand::SetMuted(true).into(),
        Line::Unmute => CallCommand::SetMuted(false).into(),
        Line::CameraOff => CallCommand::SetCamera(false).into(),
        Line::CameraOn => CallCommand::SetCamera(true).into(),
        Line::SetCamera { camera } => Command::ChooseCamera(camera.parse::<VideoSpec>().map_err(text)?),
        Line::SetMic { mic } => Command::ChooseMicrophone(mic.parse::<AudioSpec>().map_err(text)?),
        Line::SetSpeaker { speaker } => Command::ChooseSpeaker(speaker.parse::<SpeakerSpec>().map_err(text)?),
        Line::Chat { text: line } => chat(ChatTo::Everyone, &line)?,
        Line::ChatTo { nickname, text: line } => {
            let receiver = find(view, &nickname)?;
            chat(ChatTo::One(receiver), &line)?
        }
        Line::Lock => change(RoomChange::Lock { locked: true }),
        Line::Unlock => change(RoomChange::Lock { locked: false }),
        Line::Hide { hidden } => change(RoomChange::Hide { hidden }),
        Line::Rename { name } => change(RoomChange::Rename { name: name.parse().map_err(text)? }),
        Line::Topic { topic } => {
            let topic = topic.map(|topic| topic.parse()).transpose().map_err(text)?;
            change(RoomChange::SetTopic { topic })
        }
        Line::Capacity { capacity } => change(RoomChange::SetCapacity { capacity }),
        Line::Passcode { passcode } => {
            let passcode = passcode.map(|passcode| passcode.parse()).transpose().map_err(text)?;
            change(RoomChange::SetPasscode { passcode })
        }
        Line::Appoint { nickname, role } => CallCommand::Appoint { who: find(view, &nickname)?, role }.into(),
        Line::Remove { nickname, remark } => {
            let remark = remark.map(|remark| remark.parse()).transpose().map_err(text)?;
            CallCommand::Remove { who: find(view, &nickname)?, remark }.into()
        }
        Line::Leave => return Ok(Asked::Leave),
    }))
}

fn change(change: RoomChange) -> Command {
    CallCommand::ChangeRoom(change).into()
}

fn find(view: &View, nickname: &str) -> Result<ParticipantId, String> {
    let found = view.call.others.iter().find(|other| other.nickname.as_str() == nickname);
    found.map(|other| other.id).ok_or_else(|| format!("nobody here is called {nickname:?}"))
}

fn chat(to: ChatTo, line: &str) -> Result<Command, String> {
    let line: ChatText = line.parse().map_err(text)?;
    Ok(CallCommand::SendChat { to, text: line }.into())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_understood() {
        for line in [
            r#"{"command":"mute"}"#,
            r#"{"command":"unmute"}"#,
            r#"{"command":"camera_off"}"#,
            r#"{"command":"camera_on"}"#,
            r#"{"command":"set_camera","camera":"pattern:3"}"#,
            r#"{"command":"set_mic","mic":"tone:880"}"#,
            r#"{"command":"set_speaker","speaker":"null"}"#,
            r#"{"command":"chat","text":"hello"}"#,
            r#"{"command":"lock"}"#,
            r#"{"command":"unlock"}"#,
            r#"{"command":"hide","hidden":true}"#,
            r#"{"command":"rename","name":"coffee"}"#,
            r#"{"command":"topic","topic":"Leaves"}"#,
            r#"{"command":"topic"}"#,
            r#"{"command":"capacity","capacity":4}"#,
            r#"{"command":"passcode","passcode":"sesame"}"#,
            r#"{"command":"passcode","passcode":null}"#,
        ] {
            assert!(matches!(parse(line, &View::default()), Ok(Asked::Engine(_))), "{line}");
        }
        assert_eq!(parse(r#"{"command":"leave"}"#, &View::default()), Ok(Asked::Leave));
    }

    #[test]
    fn a_line_that_is_no_command_is_explained() {
        for (line, word) in [
            ("", "no command"),
            (r#"{"command":"dance"}"#, "dance"),
            (r#"{"command":"set_camera","camera":"telescope"}"#, "telescope"),
            (r#"{"command":"chat","text":" "}"#, "empty"),
            (r#"{"command":"chat_to","nickname":"bob","text":"hi"}"#, "bob"),
            (r#"{"command":"appoint","nickname":"bob","role":"owner"}"#, "bob"),
            (r#"{"command":"appoint","nickname":"bob","role":"king"}"#, "king"),
            (r#"{"command":"remove","nickname":"bob"}"#, "bob"),
            (r#"{"command":"rename","name":" "}"#, "empty"),
        ] {
            let error = parse(line, &View::default()).expect_err(line);
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
