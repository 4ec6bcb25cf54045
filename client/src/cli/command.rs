//! What a program may ask of the headless face: one JSON object a line on standard input.
use std::path::PathBuf;

use parlor_call::{ChatTo, Command as CallCommand, FileCommand, Wanted, Watching};
use parlor_media::{
    audio::{
        processing::Noise,
        spec::{AudioSpec, SpeakerSpec},
    },
    spec::VideoSpec,
};
use parlor_protocol::{ChatText, Lines, ParticipantId, Reaction, Role, RoomChange};
use serde::Deserialize;

use super::files;
use crate::{
    engine::{Command, ShareMode, View},
    settings::SoundChoice,
};

/// The loudest that somebody can be made.
const LOUDEST_PERCENT: f32 = 200.0;

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
    SetSound { echo_cancellation: Option<bool>, noise: Option<String>, gain: Option<bool>, music: Option<bool> },
    Record { on: bool },
    Share { share: String, mode: Option<String> },
    Unshare,
    Point { nickname: String, x: u16, y: u16 },
    Chat { text: String },
    ChatTo { nickname: String, text: String },
    Watch { nickname: String, camera: Option<bool>, screen: Option<bool> },
    Show { nickname: String, camera: Option<u16>, screen: Option<u16> },
    Volume { nickname: String, percent: f32 },
    SendFile { path: PathBuf, to: Option<String> },
    AcceptFile { file: u64, folder: PathBuf },
    DeclineFile { file: u64 },
    CancelFile { file: u64 },
    RaiseHand,
    LowerHand,
    React { reaction: Reaction },
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
        Line::SetSound { echo_cancellation, noise, gain, music } => {
            let before = view.studio.sound;
            let noise = noise.map(|noise| noise.parse::<Noise>().map_err(text)).transpose()?;
            Command::SetSound(SoundChoice {
                echo_cancellation: echo_cancellation.unwrap_or(before.echo_cancellation),
                noise: noise.map_or(before.noise, Into::into),
                gain: gain.unwrap_or(before.gain),
                music: music.unwrap_or(before.music),
                ..before
            })
        }
        Line::Record { on } => Command::Record(on),
        Line::Share { share, mode } => Command::Share {
            source: share.parse::<VideoSpec>().map_err(text)?,
            mode: mode.map_or(Ok(ShareMode::default()), |mode| mode.parse().map_err(text))?,
        },
        Line::Point { nickname, x, y } => CallCommand::Point { of: find(view, &nickname)?, x, y }.into(),
        Line::Unshare => Command::StopSharing,
        Line::Chat { text: line } => chat(ChatTo::Everyone, &line)?,
        Line::ChatTo { nickname, text: line } => {
            let receiver = find(view, &nickname)?;
            chat(ChatTo::One(receiver), &line)?
        }
        Line::Watch { nickname, camera, screen } => {
            let (who, before) = (find(view, &nickname)?, watched(view, &nickname));
            let (camera, screen) = (camera.unwrap_or(before.camera), screen.unwrap_or(before.screen));
            CallCommand::Watch { who, watching: Watching { camera, screen } }.into()
        }
        Line::Show { nickname, camera, screen } => {
            let [camera, screen] = [camera, screen].map(|lines| lines.map_or(Lines::ALL, Lines));
            CallCommand::Show { who: find(view, &nickname)?, wanted: Wanted { camera, screen } }.into()
        }
        Line::Volume { nickname, percent } => {
            if !(0.0..=LOUDEST_PERCENT).contains(&percent) {
                return Err(format!("a volume is from 0 to {LOUDEST_PERCENT} percent, not {percent}"));
            }
            Command::SetVolume { who: find(view, &nickname)?, gain: percent / 100.0 }
        }
        Line::SendFile { path, to } => {
            let to = to.map_or(Ok(ChatTo::Everyone), |nickname| find(view, &nickname).map(ChatTo::One))?;
            files::send(path, to)
        }
        Line::AcceptFile { file, folder } => files::about(view, file, |file| FileCommand::Accept { file, folder })?,
        Line::DeclineFile { file } => files::about(view, file, |file| FileCommand::Decline { file })?,
        Line::CancelFile { file } => files::about(view, file, |file| FileCommand::Cancel { file })?,
        Line::RaiseHand => CallCommand::SetHand(true).into(),
        Line::LowerHand => CallCommand::SetHand(false).into(),
        Line::React { reaction } => CallCommand::React(reaction).into(),
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

/// What we want of somebody's pictures so far.
fn watched(view: &View, nickname: &str) -> Watching {
    let found = view.call.others.iter().find(|other| other.nickname.as_str() == nickname);
    found.map(|other| other.watched).unwrap_or_default()
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
            r#"{"command":"set_sound","noise":"strong","music":true}"#,
            r#"{"command":"record","on":true}"#,
            r#"{"command":"share","share":"screen"}"#,
            r#"{"command":"share","share":"window:7","mode":"motion"}"#,
            r#"{"command":"unshare"}"#,
            r#"{"command":"chat","text":"hello"}"#,
            r#"{"command":"send_file","path":"a.txt"}"#,
            r#"{"command":"raise_hand"}"#,
            r#"{"command":"lower_hand"}"#,
            r#"{"command":"react","reaction":"thumbs_up"}"#,
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
            (r#"{"command":"set_sound","noise":"loud"}"#, "loud"),
            (r#"{"command":"share","share":"wall"}"#, "wall"),
            (r#"{"command":"share","share":"screen","mode":"loud"}"#, "loud"),
            (r#"{"command":"chat","text":" "}"#, "empty"),
            (r#"{"command":"chat_to","nickname":"bob","text":"hi"}"#, "bob"),
            (r#"{"command":"watch","nickname":"bob","camera":false}"#, "bob"),
            (r#"{"command":"show","nickname":"bob","camera":180}"#, "bob"),
            (r#"{"command":"show","nickname":"bob","camera":-1}"#, "-1"),
            (r#"{"command":"volume","nickname":"bob","percent":50}"#, "bob"),
            (r#"{"command":"volume","nickname":"bob","percent":900}"#, "200"),
            (r#"{"command":"send_file","path":"a.txt","to":"bob"}"#, "bob"),
            (r#"{"command":"accept_file","file":7,"folder":"."}"#, "7"),
            (r#"{"command":"react","reaction":"yawn"}"#, "yawn"),
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
