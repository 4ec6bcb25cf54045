//! What was written into the lobby, and what follows from it.
use parlor_call::{Command as CallCommand, Entry, ServerView};
use parlor_protocol::{Nickname, RefusedReason, RoomName};

use super::address::{AddressError, DEFAULT_PORT, ServerAddress};
use crate::{
    engine::{Command, HostView},
    settings::Settings,
    ui::widgets::sentence,
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
    dialled: Option<ServerAddress>,
    address_error: Option<AddressError>,
    refusal: Option<Refusal>,
    hosting: bool,
}

/// Why we were not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// For people.
    pub(crate) message: String,
    /// Whether the room could be made instead.
    pub(crate) no_such_room: bool,
}

impl Form {
    /// A form filled with what was used last.
    pub(crate) fn new(settings: &Settings) -> Self {
        let server =
            if settings.server.is_empty() { ServerAddress::local().to_string() } else { settings.server.clone() };
        Self {
            nickname: settings.nickname.clone(),
            server,
            room: settings.room.clone(),
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
    pub(crate) fn address_error(&self) -> Option<&AddressError> {
        self.address_error.as_ref()
    }

    /// Why we were not let in, until something changes.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Whether everything is filled in that [`enter`](Self::enter) needs.
    pub(crate) fn is_complete(&self) -> bool {
        self.nickname().is_some() && self.room().is_some() && ServerAddress::parse(&self.server).is_ok()
    }

    /// The person has written something else: what was said about the old words is void.
    pub(crate) fn edited(&mut self) {
        self.refusal = None;
        self.address_error = None;
    }

    /// Takes the written server for the one to look at. Asks for nothing where that is so already.
    pub(crate) fn connect(&mut self, server: &ServerView) -> Option<Command> {
        match ServerAddress::parse(&self.server) {
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
        match ServerAddress::parse(&self.server) {
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
        let enter = CallCommand::Enter { room: Some(room), nickname: Some(nickname), entry };
        dial.into_iter().chain([enter.into()]).collect()
    }

    /// Runs a server here and goes into the written room on it, or into one that it makes up. Where the written server
    /// is on this computer, it says at which port.
    pub(crate) fn host(&mut self) -> Command {
        self.refusal = None;
        let port = ServerAddress::parse(&self.server).ok().and_then(|address| address.port_here());
        Command::Host { port: port.unwrap_or(DEFAULT_PORT), room: self.room(), nickname: self.nickname() }
    }

    /// The server did not let us in.
    pub(crate) fn refused(&mut self, reason: &RefusedReason, message: String) {
        let no_such_room = *reason == RefusedReason::NoSuchRoom;
        self.refusal = Some(Refusal { message: sentence(&message), no_such_room });
    }

    /// Takes note of our own server coming and going: once it runs, it is the one that is looked at.
    pub(crate) fn watch_host(&mut self, host: &HostView) {
        let HostView::Running { addresses } = host else {
            self.hosting = false;
            return;
        };
        if std::mem::replace(&mut self.hosting, true) {
            return;
        }
        let address = addresses.first().and_then(|address| ServerAddress::parse(address).ok());
        let address = address.unwrap_or_else(ServerAddress::local);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_dialled_once_and_again_only_when_asked() {
        let mut form = filled();

        let first = form.connect(&ServerView::Off);
        let second = form.connect(&ServerView::Connecting);
        let asked = form.reconnect();

        assert_eq!(first, Some(connect("ws://studio:7443")));
        assert_eq!(form.server, "ws://studio:7443");
        assert_eq!(second, None);
        assert_eq!(asked, first);
    }

    #[test]
    fn joining_dials_the_server_first_where_it_is_not_dialled() {
        let mut form = filled();

        let asked = form.enter(Entry::Join, &ServerView::Off);

        assert_eq!(asked, [connect("ws://studio:7443"), enter(Entry::Join)]);
    }

    #[test]
    fn joining_on_the_server_that_is_up_only_enters() {
        let mut form = filled();
        form.connect(&ServerView::Off);

        let asked = form.enter(Entry::Create, &ServerView::Up);

        assert_eq!(asked, [enter(Entry::Create)]);
    }

    #[test]
    fn joining_does_not_wait_for_the_next_try_of_a_server_that_is_down() {
        let mut form = filled();
        form.connect(&ServerView::Off);

        let down = ServerView::Down { reason: "refused".to_owned(), retry_at: None };
        let asked = form.enter(Entry::Join, &down);

        assert_eq!(asked, [connect("ws://studio:7443"), enter(Entry::Join)]);
    }

    #[test]
    fn a_wrong_address_asks_for_nothing_and_says_why() {
        let mut form = Form { server: "my studio".to_owned(), ..filled() };

        assert!(!form.is_complete());
        assert_eq!(form.enter(Entry::Join, &ServerView::Off), []);
        assert_eq!(form.address_error(), Some(&AddressError::Host));
        form.edited();
        assert_eq!(form.address_error(), None);
    }

    #[test]
    fn a_form_without_a_room_is_not_complete_but_can_host() {
        let mut form = Form { room: "  ".to_owned(), ..filled() };

        assert!(!form.is_complete());
        let nickname = "Ada".parse().ok();
        assert_eq!(form.host(), Command::Host { port: 7443, room: None, nickname });
    }

    #[test]
    fn hosting_takes_the_port_of_an_address_on_this_computer() {
        let mut here = Form { server: "localhost:9000".to_owned(), ..filled() };
        let mut elsewhere = Form { server: "studio:9000".to_owned(), ..filled() };

        assert!(matches!(here.host(), Command::Host { port: 9000, .. }));
        assert!(matches!(elsewhere.host(), Command::Host { port: DEFAULT_PORT, .. }));
    }

    #[test]
    fn our_own_server_becomes_the_one_that_is_looked_at_once() {
        let mut form = filled();
        let host = HostView::Running { addresses: vec!["ws://192.168.1.20:7443".to_owned()] };

        form.watch_host(&host);
        let shown = form.server.clone();
        form.server = "elsewhere".to_owned();
        form.watch_host(&host);

        assert_eq!(shown, "ws://192.168.1.20:7443");
        assert_eq!(form.server, "elsewhere");
    }

    #[test]
    fn only_a_missing_room_can_be_made_instead() {
        let mut form = filled();

        form.refused(&RefusedReason::NoSuchRoom, "No such room".to_owned());
        let missing = form.refusal().cloned();
        form.refused(&RefusedReason::RoomFull { capacity: 8 }, "Full".to_owned());
        let full = form.refusal().cloned();

        assert_eq!(missing, Some(Refusal { message: "No such room.".to_owned(), no_such_room: true }));
        assert_eq!(full, Some(Refusal { message: "Full.".to_owned(), no_such_room: false }));
    }

    fn filled() -> Form {
        let form = Form::new(&Settings::default());
        Form { nickname: "Ada".to_owned(), server: "studio".to_owned(), room: "Standup".to_owned(), ..form }
    }

    fn connect(server: &str) -> Command {
        CallCommand::Connect { server: server.to_owned() }.into()
    }

    fn enter(entry: Entry) -> Command {
        CallCommand::Enter { room: "Standup".parse().ok(), nickname: "Ada".parse().ok(), entry }.into()
    }
}
