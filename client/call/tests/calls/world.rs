//! Calls, a lobby and what is between them, driven until nothing more happens.
mod files;

use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use parlor_call::{
    Action, Call, CallSettings, CallView, Command, Entry, Input, LinkView, Notice, PeerAction, PeerEvent, PeerKey,
    Place, TrackKind, Wanted,
};
use parlor_protocol::{
    ClientMessage, Generation, ParticipantId, PeerMessage, Relayed, RoomOptions, SeatToken, ServerMessage, TrackState,
};
use parlor_server::{ConnectionId, Limits, Lobby, LobbySecrets, Output, WallClock};

use crate::{
    disk::Disk,
    network::{Network, Way},
    peers::{End, Ends, Peer},
};

/// How long webrtc takes to notice that the other side is gone.
const DISCONNECT_TIME: Duration = Duration::from_millis(4_400);

/// Something that arrives somewhere.
#[derive(Debug)]
enum Thing {
    Dialled { client: usize, connection: u64 },
    ToServer { connection: u64, message: ClientMessage },
    HungUp { connection: u64 },
    ToClient { client: usize, connection: u64, output: Output },
    FromPeer { client: usize, key: PeerKey, event: PeerEvent },
    ByChannel { to: End, message: PeerMessage },
    Bytes { client: usize, run: u64 },
}

/// One participant's program.
pub(crate) struct Client {
    pub(crate) call: Call,
    pub(crate) notices: Vec<Notice>,
    pub(crate) disk: Disk,
    connection: Option<u64>,
    peers: BTreeMap<PeerKey, Peer>,
    dead: bool,
    made: usize,
}

/// Everything.
pub(crate) struct World {
    pub(crate) now: Instant,
    pub(crate) clients: Vec<Client>,
    pub(crate) lobby: Option<Lobby>,
    /// So many of the next messages about files vanish.
    pub(crate) lost_file_messages: u32,
    started: Instant,
    seed: u64,
    runs: u64,
    connections: u64,
    network: Network<Thing>,
    ends: Ends,
}

impl World {
    pub(crate) fn new(clients: usize) -> Self {
        Self::with(clients, 1, Duration::from_millis(40))
    }

    pub(crate) fn with(clients: usize, seed: u64, slowest: Duration) -> Self {
        let started = Instant::now();
        let client = |index: usize| Client {
            call: Call::new(CallSettings {
                agent: "test".into(),
                microphone: TrackState::On,
                camera: TrackState::On,
                seed: seed + index as u64,
            }),
            notices: Vec::new(),
            disk: Disk::default(),
            connection: None,
            peers: BTreeMap::new(),
            dead: false,
            made: 0,
        };
        let mut world = Self {
            now: started,
            started,
            runs: 0,
            clients: (0..clients).map(client).collect(),
            lobby: None,
            lost_file_messages: 0,
            seed,
            connections: 0,
            network: Network::new(seed, slowest),
            ends: Ends::default(),
        };
        world.start_server();
        for client in 0..clients {
            world.input(client, Input::Device { track: TrackKind::Microphone, ready: true });
            world.input(client, Input::Device { track: TrackKind::Camera, ready: true });
            world.command(client, Command::Connect { server: "ws://test".into() });
        }
        world
    }

    /// A world in which everybody is in the room `tea`, in order, and settled.
    pub(crate) fn in_a_room(clients: usize) -> Self {
        let mut world = Self::new(clients);
        for client in 0..clients {
            world.enter(client, "tea");
            world.run_for(Duration::from_secs(2));
        }
        world
    }

    pub(crate) fn start_server(&mut self) {
        self.runs += 1;
        let limits = Limits { failed_joins_per_minute: 1000, passcode_memory_kib: 8, ..Limits::default() };
        let clock = WallClock::showing(Duration::from_secs(1_800_000_000), self.started);
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_be_bytes());
        seed[8..16].copy_from_slice(&self.runs.to_be_bytes());
        self.lobby = Some(Lobby::new(limits, LobbySecrets::fixed([9; 32], seed), clock));
    }

    pub(crate) fn stop_server(&mut self) {
        self.lobby = None;
        for client in 0..self.clients.len() {
            self.cut(client);
        }
    }

    /// The websocket of a client breaks; both sides notice.
    pub(crate) fn cut(&mut self, client: usize) {
        if let Some(connection) = self.clients[client].connection.take() {
            self.network.send(Way::ToServer(connection), Thing::HungUp { connection }, self.now);
            self.input(client, Input::SignalDown { reason: "cut".into(), retry: true });
        }
    }

    /// A client's program is gone without a word.
    pub(crate) fn kill(&mut self, client: usize) {
        self.clients[client].dead = true;
        if let Some(connection) = self.clients[client].connection.take() {
            self.network.send(Way::ToServer(connection), Thing::HungUp { connection }, self.now);
        }
        let keys: Vec<_> = self.clients[client].peers.keys().copied().collect();
        for key in keys {
            self.close_peer(client, key);
        }
    }

    /// The direct connection between two clients breaks at both ends.
    pub(crate) fn break_link(&mut self, a: usize, b: usize) {
        for (client, other) in [(a, b), (b, a)] {
            let who = self.id(other);
            let keys: Vec<_> = self.clients[client].peers.iter().filter(|(_, peer)| peer.who == who).collect();
            let keys: Vec<_> = keys.into_iter().map(|(key, _)| *key).collect();
            for key in keys {
                self.say_of_peer(client, key, PeerEvent::Disconnected);
            }
        }
    }

    /// Somebody has the server carry an offer for a new connection to a client.
    pub(crate) fn offer_from(&mut self, client: usize, from: ParticipantId, generation: u32) {
        let offer = Relayed::Offer { generation: Generation::new(generation), sdp: "none".into() };
        self.input(client, Input::Signal(ServerMessage::Relayed { from, message: offer }));
    }

    /// A client hears a message that another one, or somebody in its place, made up.
    pub(crate) fn hear_from(&mut self, client: usize, from: usize, message: PeerMessage) {
        let from = self.id(from);
        self.input(client, Input::Signal(ServerMessage::Relayed { from, message: Relayed::Peer { message } }));
    }

    /// How many peer connections a client has made so far.
    pub(crate) fn connections_made(&self, client: usize) -> usize {
        self.clients[client].made
    }

    pub(crate) fn enter(&mut self, client: usize, room: &str) {
        self.enter_as(
            client,
            room,
            ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"][client % 8],
            Entry::JoinOrCreate,
        );
    }

    pub(crate) fn enter_as(&mut self, client: usize, room: &str, nickname: &str, entry: Entry) {
        self.enter_with(client, room, nickname, entry, None);
    }

    pub(crate) fn enter_with(
        &mut self,
        client: usize,
        room: &str,
        nickname: &str,
        entry: Entry,
        passcode: Option<&str>,
    ) {
        let passcode = passcode.map(|text| text.parse().expect("a passcode"));
        self.connections += 1;
        let mut secret = [0; 16];
        secret[..8].copy_from_slice(&self.connections.to_be_bytes());
        secret[8..].copy_from_slice(&self.seed.to_be_bytes());
        self.input(client, Input::NewSeat(SeatToken::new(secret)));
        let room = Some(room.parse().expect("a room name"));
        let nickname = Some(nickname.parse().expect("a nickname"));
        self.command(client, Command::Enter { room, nickname, entry, passcode, options: RoomOptions::default() });
    }

    pub(crate) fn command(&mut self, client: usize, command: Command) {
        self.input(client, Input::Command(command));
    }

    pub(crate) fn input(&mut self, client: usize, input: Input) {
        if !self.clients[client].dead {
            self.clients[client].call.handle(input, self.now);
            self.perform(client);
        }
    }

    /// Lets time pass, and everything happen that happens in it.
    pub(crate) fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let timeouts = self.clients.iter().filter(|client| !client.dead);
            let timeouts = timeouts.filter_map(|client| client.call.poll_timeout());
            let lobby = self.lobby.as_ref().and_then(Lobby::poll_timeout);
            let next = timeouts.chain(lobby).chain(self.network.next_at()).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            self.step();
        }
        self.now = end;
    }

    pub(crate) fn view(&self, client: usize) -> CallView {
        self.clients[client].call.view()
    }

    pub(crate) fn id(&self, client: usize) -> ParticipantId {
        match self.view(client).place {
            Place::Room(room) => room.me,
            place => panic!("client {client} is in no room: {place:?}"),
        }
    }

    /// The nicknames that a client sees, with the state of the link to each.
    pub(crate) fn sees(&self, client: usize) -> Vec<(String, LinkView)> {
        let mut others: Vec<_> =
            self.view(client).others.into_iter().map(|other| (other.nickname.to_string(), other.link)).collect();
        others.sort_by(|a, b| a.0.cmp(&b.0));
        others
    }

    /// How large a client sends its pictures to another, over each connection between them that is up.
    pub(crate) fn shows(&self, client: usize, to: usize) -> Vec<Wanted> {
        let to = self.id(to);
        self.clients[client].peers.values().filter(|peer| peer.who == to && peer.up).map(|peer| peer.shows).collect()
    }

    /// Whose hands are up, in the order in which a client sees them.
    pub(crate) fn hands(&self, client: usize) -> Vec<ParticipantId> {
        let hands = self.view(client).hands().into_iter();
        hands.map(|who| who.unwrap_or_else(|| self.id(client))).collect()
    }

    /// Asserts that exactly these clients are in one room, every pair connected, each seen once by each other.
    pub(crate) fn assert_all_connected(&self, here: &[usize]) {
        for &client in here {
            let mut expected: Vec<_> =
                here.iter().filter(|other| **other != client).map(|other| self.id(*other)).collect();
            expected.sort();
            let view = self.view(client);
            let mut seen: Vec<_> = view.others.iter().map(|other| other.id).collect();
            seen.sort();
            assert_eq!(seen, expected, "who client {client} sees");
            for other in view.others {
                assert_eq!(other.link, LinkView::Connected, "client {client}'s link to {}", other.nickname);
                let them = here.iter().copied().find(|them| self.id(*them) == other.id).expect("one of them");
                let Place::Room(room) = self.view(them).place else { panic!("in a room") };
                assert_eq!(other.nickname, room.nickname, "the name by which client {client} knows them");
            }
        }
        for &a in here {
            for (key, peer) in &self.clients[a].peers {
                let End { owner, key: theirs } = peer.joined_to.expect("an open connection leads somewhere");
                assert_eq!(self.clients[owner].peers[&theirs].joined_to, Some(End { owner: a, key: *key }));
            }
        }
    }

    fn step(&mut self) {
        while let Some(thing) = self.network.arrived(self.now) {
            self.arrive(thing);
        }
        if let Some(lobby) = &mut self.lobby
            && lobby.poll_timeout().is_some_and(|at| at <= self.now)
        {
            lobby.handle_timeout(self.now);
            self.drain_lobby();
        }
        for client in 0..self.clients.len() {
            let due = self.clients[client].call.poll_timeout().is_some_and(|at| at <= self.now);
            if due && !self.clients[client].dead {
                self.clients[client].call.handle_timeout(self.now);
                self.perform(client);
            }
        }
    }

    fn arrive(&mut self, thing: Thing) {
        match thing {
            Thing::Dialled { client, connection } => {
                if self.clients[client].connection != Some(connection) {
                    return;
                }
                match &mut self.lobby {
                    Some(lobby) => {
                        lobby.connect(ConnectionId::new(connection), Ipv4Addr::LOCALHOST.into(), self.now);
                        self.input(client, Input::SignalUp);
                    }
                    None => {
                        self.clients[client].connection = None;
                        self.input(client, Input::SignalDown { reason: "refused".into(), retry: true });
                    }
                }
            }
            Thing::ToServer { connection, message } => {
                if let Some(lobby) = &mut self.lobby {
                    lobby.handle(ConnectionId::new(connection), message, self.now);
                    self.drain_lobby();
                }
            }
            Thing::HungUp { connection } => {
                if let Some(lobby) = &mut self.lobby {
                    lobby.disconnect(ConnectionId::new(connection), self.now);
                    self.drain_lobby();
                }
            }
            Thing::ToClient { client, connection, output } => {
                if self.clients[client].connection != Some(connection) {
                    return;
                }
                match output {
                    Output::Message(message) => self.input(client, Input::Signal(ServerMessage::clone(&message))),
                    Output::Close(reason) => {
                        self.clients[client].connection = None;
                        self.input(client, Input::SignalDown { reason: format!("{reason:?}"), retry: true });
                    }
                    Output::Passcode(_) => panic!("never sent to a client"),
                }
            }
            Thing::FromPeer { client, key, event } => {
                if let Some(peer) = self.clients[client].peers.get_mut(&key) {
                    peer.hears |= event == PeerEvent::ChannelOpen;
                    self.input(client, Input::Peer { peer: key, event });
                }
            }
            Thing::ByChannel { message: PeerMessage::File { .. }, .. } if self.lost_file_messages > 0 => {
                self.lost_file_messages -= 1;
            }
            Thing::ByChannel { to, message } => {
                let event = PeerEvent::Message(message);
                if self.clients[to.owner].peers.get(&to.key).is_some_and(|peer| peer.hears) {
                    self.input(to.owner, Input::Peer { peer: to.key, event });
                }
            }
            Thing::Bytes { client, run } => self.move_bytes(client, run),
        }
    }

    fn perform(&mut self, client: usize) {
        while let Some(action) = self.clients[client].call.poll_action() {
            match action {
                Action::ConnectSignal { .. } => self.dial(client),
                Action::DisconnectSignal => {
                    if let Some(connection) = self.clients[client].connection.take() {
                        self.network.send(Way::ToServer(connection), Thing::HungUp { connection }, self.now);
                    }
                }
                Action::Send(message) => {
                    if let Some(connection) = self.clients[client].connection {
                        let thing = Thing::ToServer { connection, message };
                        self.network.send(Way::ToServer(connection), thing, self.now);
                    }
                }
                Action::OpenPeer { peer, who } => {
                    self.clients[client].made += 1;
                    self.ends.add(End { owner: client, key: peer });
                    self.clients[client].peers.insert(peer, Peer::new(client, peer, who));
                }
                Action::Peer { peer, action } => self.order(client, peer, action),
                Action::ClosePeer { peer } => self.close_peer(client, peer),
                Action::UseRelay(_) => {}
                Action::SetTrack { .. } => {}
                Action::File(action) => self.perform_file(client, action),
                Action::Notify(notice) => self.clients[client].notices.push(notice),
            }
        }
    }

    fn dial(&mut self, client: usize) {
        if let Some(connection) = self.clients[client].connection.take() {
            self.network.send(Way::ToServer(connection), Thing::HungUp { connection }, self.now);
        }
        self.connections += 1;
        let connection = self.connections;
        self.clients[client].connection = Some(connection);
        self.network.send(Way::FromServer(connection), Thing::Dialled { client, connection }, self.now);
    }

    fn order(&mut self, client: usize, key: PeerKey, action: PeerAction) {
        let Some(peer) = self.clients[client].peers.get_mut(&key) else { panic!("an order to no connection") };
        if let PeerAction::Send(message) = action {
            let to = peer.joined_to.expect("a message over an open channel");
            self.network.send(Way::Channel(client, to.owner), Thing::ByChannel { to, message }, self.now);
            return;
        }
        for event in peer.perform(action, &self.ends) {
            self.say_of_peer(client, key, event);
        }
        self.try_to_connect(client, key);
    }

    /// Once the descriptions of both ends lead to each other, media flows.
    fn try_to_connect(&mut self, client: usize, key: PeerKey) {
        let here = End { owner: client, key };
        let Some(there) = self.clients[client].peers.get(&key).and_then(|peer| peer.joined_to) else { return };
        let settled = |world: &Self, end: End| {
            world.clients[end.owner].peers.get(&end.key).is_some_and(|peer| peer.is_settled() && !peer.up)
        };
        let leads_back = self.clients[there.owner].peers.get(&there.key).and_then(|peer| peer.joined_to) == Some(here);
        if !leads_back || !settled(self, here) || !settled(self, there) {
            return;
        }
        for end in [here, there] {
            if let Some(peer) = self.clients[end.owner].peers.get_mut(&end.key) {
                peer.up = true;
            }
            self.say_of_peer(end.owner, end.key, PeerEvent::Connected);
            self.say_of_peer(end.owner, end.key, PeerEvent::ChannelOpen);
            self.say_of_peer(end.owner, end.key, PeerEvent::FilesOpen);
        }
    }

    fn close_peer(&mut self, client: usize, key: PeerKey) {
        let Some(peer) = self.clients[client].peers.remove(&key) else { return };
        if let Some(there) = peer.joined_to.filter(|_| peer.up) {
            let thing = |event| Thing::FromPeer { client: there.owner, key: there.key, event };
            self.network.at(self.now + Duration::from_millis(1), thing(PeerEvent::ChannelClosed));
            self.network.at(self.now + DISCONNECT_TIME, thing(PeerEvent::Disconnected));
        }
    }

    fn say_of_peer(&mut self, client: usize, key: PeerKey, event: PeerEvent) {
        self.network.send(Way::FromPeer(client), Thing::FromPeer { client, key, event }, self.now);
    }

    /// Has what the lobby has to say delivered; passcodes are looked at on the spot.
    pub(crate) fn drain_lobby(&mut self) {
        let Some(lobby) = &mut self.lobby else { return };
        while let Some((connection, output)) = lobby.poll_output() {
            if let Output::Passcode(job) = output {
                lobby.handle_passcode(job.run(), self.now);
                continue;
            }
            let number = connection.to_string().parse().expect("a number");
            let Some(client) = self.clients.iter().position(|client| client.connection == Some(number)) else {
                continue;
            };
            let thing = Thing::ToClient { client, connection: number, output };
            self.network.send(Way::FromServer(number), thing, self.now);
        }
    }
}
