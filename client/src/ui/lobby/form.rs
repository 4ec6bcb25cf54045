//! What was written into the lobby, and what follows from it.
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use parlor_call::{Command as CallCommand, Entry, ServerView};
use parlor_protocol::{
    DEFAULT_PORT, Invite, Nickname, ParseAddressError, ParseInviteError, Passcode, RefusedReason, RoomName,
    RoomOptions, ServerAddress,
};

use super::{options::NewRoom, passcode::PasscodePrompt};
use crate::{
    engine::{Command, HostView},
    settings::Settings,
    ui::words::{Words, say},
};

/// The fields of the lobby, and how far they were acted upon.
#[derive(Debug)]
pub(crate) struct Form {
    /// What to be called.
    pub(crate) nickname: String,
    /// The server, as it was written.
    pub(crate) server: String,
    /// The room, as it was written.
    pub(crate) room: String,
    /// How a new room is to be.
    pub(super) new_room: NewRoom,
    /// The question for the passcode of a room, while it is open.
    pub(super) prompt: Option<PasscodePrompt>,
    /// A link that waits for a name.
    link: Option<Box<Invite>>,
    link_error: Option<ParseInviteError>,
    last_try: Option<Try>,
    dialled: Option<ServerAddress>,
    address_error: Option<ParseAddressError>,
    refusal: Option<Refusal>,
    hosting: bool,
}

/// Where we asked to come in last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Try {
    room: Option<RoomName>,
    nickname: Option<Nickname>,
    entry: Entry,
    passcode: Option<Passcode>,
}

/// Why we were not let in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    reason: RefusedReason,
    room: Option<RoomName>,
}

impl Refusal {
    /// The reason in words.
    pub(crate) fn said(&self, words: Words) -> String {
        let room = self.room.as_ref().map_or("", RoomName::as_str);
        match &self.reason {
            RefusedReason::NoSuchRoom => say!(words, "refused-no-such-room", room = room),
            RefusedReason::RoomExists => say!(words, "refused-room-exists", room = room),
            RefusedReason::RoomFull { capacity } => {
                say!(words, "refused-room-full", room = room, capacity = *capacity)
            }
            RefusedReason::Locked => say!(words, "refused-locked", room = room),
            RefusedReason::PasscodeNeeded => words.say("refused-passcode-needed").into_owned(),
            RefusedReason::WrongPasscode => words.say("refused-wrong-passcode").into_owned(),
            RefusedReason::Removed => say!(words, "refused-removed", room = room),
            RefusedReason::ServerFull => words.say("refused-server-full").into_owned(),
            RefusedReason::TooManyAttempts => words.say("refused-too-many-attempts").into_owned(),
            RefusedReason::VersionMismatch { server, client } if server > client => {
                words.say("refused-too-old").into_owned()
            }
            RefusedReason::VersionMismatch { .. } => words.say("refused-too-new").into_owned(),
        }
    }

    /// What may help.
    pub(crate) fn remedy(&self) -> Option<Remedy> {
        remedy(&self.reason)
    }
}

/// What may help somebody who was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The room is missing: make it.
    Create,
    /// The room is there already: go into it.
    Join,
    /// That may change by itself: ask once more.
    TryAgain,
}

impl Form {
    /// A form filled with what was used last.
    pub(crate) fn new(settings: &Settings) -> Self {
        let server = if settings.server.is_empty() { local().to_string() } else { settings.server.clone() };
        Self {
            nickname: settings.nickname.clone(),
            server,
            room: settings.room.clone(),
            new_room: NewRoom::default(),
            prompt: None,
            link: None,
            link_error: None,
            last_try: None,
            dialled: None,
            address_error: None,
            refusal: None,
            hosting: false,
        }
    }

    /// Fills in where to go, as if it had been written.
    pub(crate) fn fill(&mut self, server: String, room: Option<&RoomName>, nickname: Option<&Nickname>) {
        self.server = server;
        if let Some(room) = room {
            self.room = room.to_string();
        }
        if let Some(nickname) = nickname {
            self.nickname = nickname.to_string();
        }
    }

    /// The server that was dialled last.
    pub(crate) fn dialled(&self) -> Option<&ServerAddress> {
        self.dialled.as_ref()
    }

    /// Why what was written is no address, once that was looked at.
    pub(crate) fn address_error(&self) -> Option<&ParseAddressError> {
        self.address_error.as_ref()
    }

    /// Why what was pasted is no link, until something changes.
    pub(super) fn link_error(&self) -> Option<&ParseInviteError> {
        self.link_error.as_ref()
    }

    /// The link that is followed as soon as there is a name.
    pub(super) fn waiting_link(&self) -> Option<&Invite> {
        self.link.as_deref()
    }

    /// Why we were not let in, until something changes.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Whether everything is filled in that [`enter`](Self::enter) needs.
    pub(crate) fn is_complete(&self) -> bool {
        self.nickname().is_some() && self.room().is_some() && self.server.parse::<ServerAddress>().is_ok()
    }

    /// The person has written something else: what was said about the old words is void.
    pub(crate) fn edited(&mut self) {
        self.refusal = None;
        self.address_error = None;
        self.link_error = None;
    }

    /// Follows a link that was pasted or written. Where there is no name yet, it waits for one.
    pub(super) fn follow(&mut self, text: &str) -> Option<Command> {
        self.edited();
        match text.parse::<Invite>() {
            Ok(invite) => {
                self.link = Some(Box::new(invite));
                self.follow_waiting()
            }
            Err(error) => {
                self.link_error = Some(error);
                None
            }
        }
    }

    /// Follows the link that waits, if there is a name now.
    pub(super) fn follow_waiting(&mut self) -> Option<Command> {
        let nickname = self.nickname()?;
        let invite = self.link.take()?;
        Some(Command::Accept { invite, nickname: Some(nickname) })
    }

    /// Goes to look at a server that was found or used before.
    pub(super) fn pick_server(&mut self, address: &ServerAddress, server: &ServerView) -> Option<Command> {
        self.edited();
        self.server = address.to_string();
        self.connect(server)
    }

    /// Takes note of where the engine is asked to go, by whichever way.
    pub(crate) fn note(&mut self, command: &Command) {
        match command {
            Command::Call(CallCommand::Enter { room, nickname, entry, passcode, .. }) => {
                let (room, nickname, passcode) = (room.clone(), nickname.clone(), passcode.clone());
                self.last_try = Some(Try { room, nickname, entry: *entry, passcode });
            }
            Command::Accept { invite, nickname } => self.note_link(invite, nickname.as_ref()),
            Command::Call(_)
            | Command::ChooseCamera(_)
            | Command::ChooseMicrophone(_)
            | Command::ChooseSpeaker(_)
            | Command::RefreshDevices
            | Command::SetVolume { .. }
            | Command::Chime(_)
            | Command::TestSpeaker
            | Command::TestMicrophone
            | Command::StopSoundTest
            | Command::SetVideo(_)
            | Command::SetSound(_)
            | Command::Share { .. }
            | Command::StopSharing
            | Command::RecordIn(_)
            | Command::ListShareables
            | Command::Record(_)
            | Command::SendFile { .. }
            | Command::Host { .. }
            | Command::Trust { .. }
            | Command::Distrust
            | Command::Discover(_)
            | Command::StopHosting => {}
        }
    }

    fn note_link(&mut self, invite: &Invite, nickname: Option<&Nickname>) {
        if let Some(address) = invite.addresses.first() {
            self.server = address.to_string();
            self.dialled = Some(address.clone());
        }
        if let Some(room) = &invite.room {
            self.room = room.to_string();
        }
        let (room, nickname) = (invite.room.clone(), nickname.cloned());
        self.last_try = Some(Try { room, nickname, entry: Entry::JoinOrCreate, passcode: invite.passcode.clone() });
    }

    /// Asks once more for what was refused, with this passcode.
    pub(super) fn enter_with(&mut self, passcode: Option<Passcode>) -> Option<Command> {
        let last = self.last_try.clone()?;
        self.refusal = None;
        let (room, nickname, entry) = (last.room, last.nickname, last.entry);
        let passcode = passcode.or(last.passcode);
        Some(CallCommand::Enter { room, nickname, entry, passcode, options: RoomOptions::default() }.into())
    }

    /// We are in.
    pub(crate) fn entered(&mut self) {
        self.prompt = None;
        self.refusal = None;
        self.new_room = NewRoom::default();
    }

    /// Takes the written server for the one to look at. Asks for nothing where that is so already.
    pub(crate) fn connect(&mut self, server: &ServerView) -> Option<Command> {
        match self.server.parse::<ServerAddress>() {
            Ok(address) if self.dialled.as_ref() == Some(&address) && *server != ServerView::Off => None,
            Ok(address) => Some(self.dial(address)),
            Err(error) => {
                self.address_error = Some(error);
                None
            }
        }
    }

    /// Dials the written server, whatever was tried before.
    pub(crate) fn reconnect(&mut self) -> Option<Command> {
        match self.server.parse::<ServerAddress>() {
            Ok(address) => Some(self.dial(address)),
            Err(error) => {
                self.address_error = Some(error);
                None
            }
        }
    }

    /// Goes into the written room, by way of its server. The call waits for the server by itself.
    pub(crate) fn enter(&mut self, entry: Entry, server: &ServerView) -> Vec<Command> {
        self.refusal = None;
        let (Some(nickname), Some(room)) = (self.nickname(), self.room()) else { return Vec::new() };
        let dial = if matches!(server, ServerView::Down { .. }) { self.reconnect() } else { self.connect(server) };
        if self.address_error.is_some() {
            return Vec::new();
        }
        let (passcode, options) = match entry {
            Entry::Join => (None, RoomOptions::default()),
            Entry::Create | Entry::JoinOrCreate => (self.new_room.passcode(), self.new_room.options()),
        };
        let enter = CallCommand::Enter { room: Some(room), nickname: Some(nickname), entry, passcode, options };
        dial.into_iter().chain([enter.into()]).collect()
    }

    /// Runs a server here and goes into the written room on it, or into one that it makes up. Where the written server
    /// is on this computer, it says at which port.
    pub(crate) fn host(&mut self) -> Command {
        self.refusal = None;
        let port =
            self.server.parse::<ServerAddress>().ok().filter(ServerAddress::is_loopback).map(|address| address.port());
        Command::Host {
            port: port.unwrap_or(DEFAULT_PORT),
            room: self.room(),
            nickname: self.nickname(),
            passcode: self.new_room.passcode(),
            options: self.new_room.options(),
        }
    }

    /// The server did not let us in.
    pub(crate) fn refused(&mut self, reason: &RefusedReason) {
        let again = *reason == RefusedReason::WrongPasscode;
        if again || *reason == RefusedReason::PasscodeNeeded {
            let room = self.last_try.as_ref().and_then(|last| last.room.clone());
            let prompt = self.prompt.take().unwrap_or_else(|| PasscodePrompt::new(room));
            self.prompt = Some(prompt.asked(again));
            return;
        }
        self.prompt = None;
        let room = self.last_try.as_ref().and_then(|last| last.room.clone()).or_else(|| self.room());
        self.refusal = Some(Refusal { reason: reason.clone(), room });
    }

    /// Takes note of our own server coming and going: once it runs, it is the one that is looked at.
    pub(crate) fn watch_host(&mut self, host: &HostView) {
        let HostView::Running { addresses, .. } = host else {
            self.hosting = false;
            return;
        };
        if std::mem::replace(&mut self.hosting, true) {
            return;
        }
        let address = addresses.first().cloned();
        let address = address.unwrap_or_else(local);
        self.server = address.to_string();
        self.address_error = None;
        self.dialled = Some(address);
    }

    fn dial(&mut self, address: ServerAddress) -> Command {
        self.address_error = None;
        self.server = address.to_string();
        self.dialled = Some(address.clone());
        CallCommand::Connect { server: address.to_string() }.into()
    }

    fn nickname(&self) -> Option<Nickname> {
        self.nickname.parse().ok()
    }

    fn room(&self) -> Option<RoomName> {
        self.room.parse().ok()
    }
}

fn remedy(reason: &RefusedReason) -> Option<Remedy> {
    match reason {
        RefusedReason::NoSuchRoom => Some(Remedy::Create),
        RefusedReason::RoomExists => Some(Remedy::Join),
        RefusedReason::RoomFull { .. }
        | RefusedReason::Locked
        | RefusedReason::ServerFull
        | RefusedReason::TooManyAttempts => Some(Remedy::TryAgain),
        RefusedReason::VersionMismatch { .. }
        | RefusedReason::PasscodeNeeded
        | RefusedReason::WrongPasscode
        | RefusedReason::Removed => None,
    }
}

/// The address of the server on this computer.
fn local() -> ServerAddress {
    ServerAddress::at((Ipv4Addr::LOCALHOST, DEFAULT_PORT).into())
}
