//! What a program may ask of the headless face: one JSON object a line on standard input.
use parlor_call::{ChatTo, Command as CallCommand};
use parlor_media::{audio::spec::AudioSpec, audio::spec::SpeakerSpec, spec::VideoSpec};
use parlor_protocol::ChatText;
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
            let receiver = view.call.others.iter().find(|other| other.nickname.as_str() == nickname);
            let receiver = receiver.ok_or_else(|| format!("nobody here is called {nickname:?}"))?;
            chat(ChatTo::One(receiver.id), &line)?
        }
        Line::Leave => return Ok(Asked::Leave),
    }))
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
        ] {
            let error = parse(line, &View::default()).expect_err(line);
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
