//! What we know of servers: their keys, where a link says that they are, and how to invite others to them.
use std::{collections::BTreeMap, sync::Arc};

use parlor_call::{CallView, Command, Place, ServerView};
use parlor_protocol::{Invite, ParseAddressError, Passcode, Pin, RoomChange, ServerAddress};

use super::{EngineSettings, TrustView, hosting::Hosting};
use crate::{
    known_servers::{KnownServers, SaveKnownServersError},
    signaling::{Reached, Route, Target, Trust},
};

/// All that the engine knows of servers.
#[derive(Debug)]
pub(super) struct Servers {
    known: KnownServers,
    /// Keys that were given for this run, by host and port: on the command line, or in the link followed last.
    given: BTreeMap<String, Pin>,
    allow_plain: bool,
    link: Option<Link>,
    dialled: String,
    reached: Option<Reached>,
    question: Option<TrustView>,
    /// What opened the room that we asked for last.
    passcode: Option<Passcode>,
}

/// Where a link leads.
#[derive(Debug)]
struct Link {
    /// What the call knows the server by.
    server: String,
    addresses: Vec<ServerAddress>,
    pin: Option<Pin>,
}

impl Servers {
    pub(super) fn new(known: KnownServers, settings: &EngineSettings) -> Self {
        Self {
            known,
            given: settings.pins.iter().map(|(server, pin)| (server.authority(), *pin)).collect(),
            allow_plain: settings.allow_plain,
            link: None,
            dialled: String::new(),
            reached: None,
            question: None,
            passcode: None,
        }
    }

    /// How to reach a server that the call wants.
    pub(super) fn route_to(&mut self, server: String) -> Result<Route, ParseAddressError> {
        self.dialled.clone_from(&server);
        self.reached = None;
        let link = self.link.as_ref().filter(|link| link.server == server);
        let addresses = match link {
            Some(link) => link.addresses.clone(),
            None => vec![server.parse()?],
        };
        let (pins, by_link) = (self.known.pins(), link.and_then(|link| link.pin));
        let target = |address: ServerAddress| {
            let given = || self.given.get(&address.authority()).copied();
            // What we know ourselves counts more than what somebody sent: a link cannot replace a key.
            let trust = match self.known.pin(&address).or(by_link).or_else(given) {
                Some(pin) => Trust::Pinned(pin),
                None => Trust::Known(Arc::clone(&pins)),
            };
            Target { address, trust }
        };
        Ok(Route { targets: addresses.into_iter().map(target).collect(), allow_plain: self.allow_plain })
    }

    /// Takes a link for true. Returns what the call is to know its server by; none where it names none.
    pub(super) fn accept(&mut self, invite: &Invite) -> Option<String> {
        let server = invite.addresses.first()?.to_string();
        self.link = Some(Link { server: server.clone(), addresses: invite.addresses.clone(), pin: invite.pin });
        Some(server)
    }

    /// Takes note of what is asked of the call.
    pub(super) fn note(&mut self, command: &Command) {
        match command {
            Command::Enter { passcode, .. } | Command::ChangeRoom(RoomChange::SetPasscode { passcode }) => {
                self.passcode.clone_from(passcode);
            }
            Command::Connect { .. }
            | Command::Disconnect
            | Command::Leave
            | Command::SetMuted(_)
            | Command::SetMicrophone(_)
            | Command::SetCamera(_)
            | Command::SetScreen(_)
            | Command::SetHand(_)
            | Command::SetRecording(_)
            | Command::React(_)
            | Command::Watch { .. }
            | Command::Show { .. }
            | Command::Ease { .. }
            | Command::Point { .. }
            | Command::SendChat { .. }
            | Command::SendAgain(_)
            | Command::ChangeRoom(_)
            | Command::Appoint { .. }
            | Command::Remove { .. }
            | Command::File(_) => {}
        }
    }

    /// The host of the server that was dialled last, as it is called; empty where there was none.
    pub(super) fn host(&self) -> String {
        let dialled = self.dialled.parse::<ServerAddress>();
        dialled.map(|address| address.host().to_owned()).unwrap_or_default()
    }

    pub(super) fn reached(&mut self, reached: Reached) {
        self.reached = Some(reached);
    }

    pub(super) fn lost(&mut self) {
        self.reached = None;
    }

    /// From now on this is the server's key.
    pub(super) fn remember(&mut self, server: &ServerAddress, pin: Pin) -> Result<(), SaveKnownServersError> {
        self.known.remember(server, pin)
    }

    pub(super) fn ask(&mut self, question: TrustView) {
        self.question = Some(question);
    }

    pub(super) fn question(&self) -> Option<&TrustView> {
        self.question.as_ref()
    }

    pub(super) fn forget_question(&mut self) -> Option<TrustView> {
        self.question.take()
    }

    /// What the call was dialling when the question about this server came up; none where there is no such question.
    pub(super) fn asked_about(&self, server: &ServerAddress) -> Option<String> {
        let (TrustView::Unknown { server: asked, .. } | TrustView::Changed { server: asked, .. }) =
            self.question.as_ref()?;
        (asked == server).then(|| self.dialled.clone())
    }

    /// An invitation to the room that we are in, or to the server that we are connected to.
    pub(super) fn invite(&self, call: &CallView, hosting: Option<&Hosting>) -> Option<Invite> {
        let reached = self.reached.as_ref().filter(|_| call.server == ServerView::Up)?;
        let own = hosting.filter(|hosting| hosting.own_address() == self.dialled).and_then(Hosting::invite);
        let mut invite = match own {
            Some(invite) => invite,
            None => Invite::to_server(self.addresses(reached), reached.pin)?,
        };
        if let Place::Room(room) = &call.place {
            invite.room = Some(room.name.clone());
            invite.passcode = self.passcode.clone().filter(|_| room.rules.passcode);
        }
        Some(invite)
    }

    /// Where we reached the server, and then where else the link said that it is.
    fn addresses(&self, reached: &Reached) -> Vec<ServerAddress> {
        let link = self.link.as_ref().filter(|link| link.server == self.dialled);
        let others = link.into_iter().flat_map(|link| &link.addresses).filter(|address| **address != reached.address);
        std::iter::once(&reached.address).chain(others).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use parlor_call::RoomView;
    use parlor_protocol::{RoomOptions, RoomRules};

    use super::*;

    #[test]
    fn a_server_that_we_know_must_have_its_key_and_others_any_that_we_know() {
        let mut servers = servers();
        servers.remember(&at("10.0.0.2"), pin(1)).unwrap();

        let known = servers.route_to("wss://10.0.0.2:7443".to_owned()).unwrap();
        let new = servers.route_to("10.0.0.3".to_owned()).unwrap();

        assert_eq!(known.targets[0].trust, Trust::Pinned(pin(1)));
        assert_eq!(new.targets[0].trust, Trust::Known(Arc::new([pin(1)].into())));
    }

    #[test]
    fn a_link_leads_to_all_its_addresses_with_its_key() {
        let mut servers = servers();

        let server = servers.accept(&link("parlor://10.0.0.2?fp=02020202020202020202020202020202&at=10.0.0.3"));
        let route = servers.route_to(server.unwrap()).unwrap();

        let targets: Vec<_> = route.targets.iter().map(|target| (target.address.host(), &target.trust)).collect();
        assert_eq!(targets, [("10.0.0.2", &Trust::Pinned(pin(2))), ("10.0.0.3", &Trust::Pinned(pin(2)))]);
    }

    #[test]
    fn a_link_does_not_replace_a_key_that_we_know() {
        let mut servers = servers();
        servers.remember(&at("10.0.0.2"), pin(1)).unwrap();

        let server = servers.accept(&link("parlor://10.0.0.2?fp=02020202020202020202020202020202"));
        let route = servers.route_to(server.unwrap()).unwrap();

        assert_eq!(route.targets[0].trust, Trust::Pinned(pin(1)));
    }

    #[test]
    fn an_invite_names_the_room_its_passcode_and_the_key_that_we_found() {
        let mut servers = servers();
        servers.note(&Command::Enter {
            room: None,
            nickname: None,
            entry: parlor_call::Entry::Create,
            passcode: Some("sesame".parse().unwrap()),
            options: RoomOptions::default(),
        });
        let address = at("10.0.0.2");
        servers.reached(Reached { address, peer: ([10, 0, 0, 2], 7443).into(), pin: Some(pin(2)) });

        let open = servers.invite(&in_room(false), None).unwrap().to_string();
        let closed = servers.invite(&in_room(true), None).unwrap().to_string();

        assert_eq!(open, "parlor://10.0.0.2:7443/room/tea?fp=02020202020202020202020202020202");
        assert_eq!(closed, format!("{open}#p=sesame"));
    }

    #[test]
    fn there_is_no_invite_while_there_is_no_server() {
        assert_eq!(servers().invite(&CallView::default(), None), None);
    }

    fn servers() -> Servers {
        Servers::new(KnownServers::default(), &EngineSettings::default())
    }

    fn in_room(passcode: bool) -> CallView {
        let rules = RoomRules { capacity: 8, locked: false, hidden: false, passcode, topic: None };
        CallView {
            server: ServerView::Up,
            place: Place::Room(RoomView {
                name: "tea".parse().unwrap(),
                rules,
                me: "0123456789abcdef".parse().unwrap(),
                nickname: "Ada".parse().unwrap(),
                role: parlor_protocol::Role::Owner,
                since: std::time::Instant::now(),
            }),
            ..CallView::default()
        }
    }

    fn link(text: &str) -> Invite {
        text.parse().unwrap()
    }

    fn at(text: &str) -> ServerAddress {
        text.parse().unwrap()
    }

    fn pin(byte: u8) -> Pin {
        Pin::new([byte; 16])
    }
}
