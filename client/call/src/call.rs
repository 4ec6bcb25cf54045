//! The call itself: takes every input to the part that it concerns, and keeps the parts in step.
mod commands;
mod files;
mod history;
mod messages;
mod pointing;
mod room;
mod signs;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};

use parlor_protocol::{
    ClientMessage, MediaState, Nickname, ParticipantId, Passcode, PeerMessage, RoomName, RoomOptions, RoomSeal,
    SeatToken, TrackState,
};

use crate::{
    Action, CallView, Entry, Input, Notice, PeerEvent, PeerKey, Place, RoomView, TrackKind,
    chat::Lines,
    files::Desk,
    participant::{Participant, Surroundings},
    recall::Recall,
    server::ServerLink,
    signs::Shown,
    speech::Speech,
    track::Tracks,
};

/// Lost participants that are remembered, in case they come back. Most do within seconds, or never.
const REMEMBERED: usize = 16;

/// What a call starts with.
#[derive(Debug, Clone)]
pub struct CallSettings {
    /// The program and its version, told to the server.
    pub agent: String,
    /// What the microphone is wanted to do from the start.
    pub microphone: TrackState,
    /// What the camera is wanted to do from the start.
    pub camera: TrackState,
    /// Spreads the waits between tries, so that many clients do not dial in step.
    pub seed: u64,
}

/// A call, and the way into and out of it.
#[derive(Debug)]
pub struct Call {
    server: ServerLink,
    place: Presence,
    rooms: BTreeMap<RoomName, parlor_protocol::RoomInfo>,
    tracks: Tracks,
    speech: Speech,
    others: BTreeMap<ParticipantId, Participant>,
    arrivals: u64,
    last_peer: PeerKey,
    chat: Lines,
    files: Desk,
    recall: Recall,
    signs: Shown,
    next_seat: SeatToken,
    /// Requests to enter a room that the server has yet to answer. Only the answer to the last one counts.
    unanswered: u32,
    /// When we pointed at something last.
    pointed: Option<Instant>,
    /// Whether the person knows that the server does not take us back.
    refusal_told: bool,
    actions: VecDeque<Action>,
}

/// Where we are, and what we need to get back there.
#[derive(Debug)]
enum Presence {
    Lobby,
    Joining(Request),
    Room {
        view: RoomView,
        token: SeatToken,
        passcode: Option<Passcode>,
        seal: RoomSeal,
        asked_passcode: room::AskedPasscode,
    },
}

/// A wish to enter a room.
#[derive(Debug, Clone)]
struct Request {
    room: Option<RoomName>,
    nickname: Option<Nickname>,
    entry: Entry,
    token: SeatToken,
    passcode: Option<Passcode>,
    options: RoomOptions,
    seal: Option<RoomSeal>,
}

impl Request {
    fn message(self) -> ClientMessage {
        let Self { room, nickname, entry, token, passcode, options, seal } = self;
        match (room, entry) {
            (Some(room), Entry::Join | Entry::JoinOrCreate) => {
                let create = entry == Entry::JoinOrCreate;
                ClientMessage::Join { room, nickname, token, create, passcode, options, seal }
            }
            (room, Entry::Create) | (room @ None, Entry::Join | Entry::JoinOrCreate) => {
                ClientMessage::Create { room, nickname, token, passcode, options }
            }
        }
    }
}

impl Call {
    /// A call that is in no room and knows no server.
    pub fn new(settings: CallSettings) -> Self {
        Self {
            server: ServerLink::new(settings.agent, settings.seed),
            place: Presence::Lobby,
            rooms: BTreeMap::new(),
            tracks: Tracks::wanting(settings.microphone, settings.camera),
            speech: Speech::default(),
            others: BTreeMap::new(),
            arrivals: 0,
            last_peer: PeerKey::default(),
            chat: Lines::default(),
            files: Desk::default(),
            recall: Recall::default(),
            signs: Shown::default(),
            next_seat: SeatToken::new([0; 16]),
            unanswered: 0,
            pointed: None,
            refusal_told: false,
            actions: VecDeque::new(),
        }
    }

    /// Takes in what happened at `now`, which never goes back. What to do about it comes out of
    /// [`poll_action`](Self::poll_action).
    pub fn handle(&mut self, input: Input, now: Instant) {
        match input {
            Input::Command(command) => self.handle_command(command, now),
            Input::NewSeat(token) => self.next_seat = token,
            Input::SignalUp => {
                self.unanswered = 0;
                self.actions.extend(self.server.opened());
            }
            Input::SignalDown { reason, retry } => self.handle_signal_down(reason, retry, now),
            Input::Signal(message) => self.handle_message(message, now),
            Input::Peer { peer, event } => self.handle_peer(peer, event, now),
            Input::File(event) => self.files.handle_event(event, now),
            Input::FirstFrame { who, track } => self.handle_first_frame(who, track, now),
            Input::Device { track, ready } => {
                self.tracks.set_ready(track, ready);
                self.tell_state(now);
            }
            Input::Speech(heard) => self.speech.heard(heard),
        }
        self.settle_files(now);
        self.tell_speech(now);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.actions.extend(self.server.handle_timeout(now));
        let (mut gone, mut opened) = (Vec::new(), Vec::new());
        self.for_each_other(now, |participant, around| {
            let had_channel = participant.has_channel();
            if participant.handle_timeout(around) {
                gone.push(participant.id());
            } else if !had_channel && participant.has_channel() {
                opened.push(participant.id());
            }
        });
        for who in gone {
            self.lose(who, now);
        }
        for who in opened {
            self.catch_up(who, now);
        }
        self.files.handle_timeout(now);
        self.settle_files(now);
        self.recall.handle_timeout(now);
        self.ask_for_history(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called next.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let signal_up = self.server.is_up();
        let others = self.others.values().filter_map(|participant| participant.poll_timeout(signal_up));
        let history = self.recall.poll_timeout(|who| self.has_channel(who));
        others.chain(self.server.poll_timeout()).chain(history).chain(self.files.poll_timeout()).min()
    }

    /// The next thing to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// A picture of the call as it is.
    pub fn view(&self) -> CallView {
        let mut others: Vec<_> = self.others.values().filter(|participant| participant.present).collect();
        others.sort_by_key(|participant| participant.arrived);
        let mut view = CallView {
            server: self.server.view(),
            rooms: self.rooms.values().cloned().collect(),
            place: match &self.place {
                Presence::Lobby => Place::Lobby,
                Presence::Joining(request) => Place::Joining { room: request.room.clone() },
                Presence::Room { view, .. } => Place::Room(view.clone()),
            },
            media: self.tracks.view(),
            speaking: self.speech.speaking(self.tracks.told().microphone),
            others: others.into_iter().map(Participant::view).collect(),
            signs: self.signs.view(),
            chat: self.chat.view(),
            files: self.files.view(),
        };
        self.order_hands(&mut view);
        view
    }

    fn handle_signal_down(&mut self, reason: String, retry: bool, now: Instant) {
        if !self.server.closed(reason.clone(), retry, now) {
            return;
        }
        self.rooms.clear();
        match &self.place {
            Presence::Lobby => {}
            Presence::Joining(_) => {
                self.place = Presence::Lobby;
                self.notify(Notice::ServerUnreachable { reason });
            }
            Presence::Room { .. } => self.notify(Notice::ServerLost { reason }),
        }
    }

    fn handle_peer(&mut self, peer: PeerKey, event: PeerEvent, now: Instant) {
        let Some(who) = self.others.iter().find_map(|(who, other)| other.has_peer(peer).then_some(*who)) else {
            return; // a late word from a connection that is closed
        };
        let had_channel = self.has_channel(who);
        if !had_channel || event == PeerEvent::ChannelClosed {
            self.recall.cut_off(who);
        }
        let message = self.with_other(who, now, |participant, around| participant.handle_peer(event, around));
        if !had_channel && self.has_channel(who) {
            self.catch_up(who, now);
        }
        self.ask_for_history(now);
        if let Some(message) = message.flatten() {
            self.handle_peer_message(who, message, now);
        }
    }

    fn handle_first_frame(&mut self, who: ParticipantId, track: TrackKind, now: Instant) {
        let (Presence::Room { view, .. }, Some(other)) = (&self.place, self.others.get(&who)) else { return };
        let after = now.saturating_duration_since(view.since);
        let nickname = other.nickname.clone();
        self.notify(Notice::FirstFrame { id: who, nickname, track, after });
    }

    /// A way to somebody has opened: tell them what they may have missed.
    fn catch_up(&mut self, who: ParticipantId, now: Instant) {
        let media = self.tracks.told();
        let speaking = self.speech.speaking(media.microphone);
        self.tell_signs_to(who, now);
        self.with_other(who, now, |participant, around| {
            participant.say(PeerMessage::State { media }, around);
            participant.say_wanted(around);
            if let Some(speaking) = speaking {
                participant.say_by_channel(PeerMessage::Speaking { speaking }, around);
            }
            for message in participant.chat.say_again(around.now) {
                participant.say(message, around);
            }
        });
    }

    /// Tells everybody the state of our tracks, if it is news.
    fn tell_state(&mut self, now: Instant) {
        if let Some(media) = self.tracks.news() {
            self.send_state(media);
            self.for_each_other(now, |participant, around| {
                participant.say(PeerMessage::State { media }, around);
            });
        }
    }

    /// Tells everybody whether we speak, if it is news.
    fn tell_speech(&mut self, now: Instant) {
        if let Some(speaking) = self.speech.news(self.tracks.told().microphone) {
            self.for_each_other(now, |participant, around| {
                participant.say_by_channel(PeerMessage::Speaking { speaking }, around);
            });
        }
    }

    fn send_state(&mut self, media: MediaState) {
        if self.in_room() && self.server.is_up() {
            self.actions.push_back(Action::Send(ClientMessage::State { media }));
        }
    }

    /// Somebody is beyond reach. They are remembered, because they may come back and count on.
    fn lose(&mut self, who: ParticipantId, now: Instant) {
        self.with_other(who, now, |participant, around| participant.close(around.now, around));
        self.farewell(who, false, now);
        let mut lost: Vec<_> = self.others.values().filter(|other| !other.present).map(|other| other.order()).collect();
        lost.sort_unstable();
        for (_, who) in lost.iter().take(lost.len().saturating_sub(REMEMBERED)) {
            self.others.remove(who);
            self.files.gone(*who);
        }
    }

    /// Somebody has left for good: whoever comes back starts anew.
    fn forget(&mut self, who: ParticipantId, now: Instant) {
        self.with_other(who, now, |participant, around| participant.close(around.now, around));
        self.farewell(who, true, now);
        self.others.remove(&who);
        self.files.gone(who);
    }

    fn farewell(&mut self, who: ParticipantId, meant: bool, now: Instant) {
        self.chat.give_up(who);
        self.recall.gone(who);
        self.ask_for_history(now);
        let Some(participant) = self.others.get_mut(&who) else { return };
        if std::mem::replace(&mut participant.present, false) {
            let nickname = participant.nickname.clone();
            self.notify(Notice::ParticipantLeft { id: who, nickname, meant });
        }
    }

    /// Leaves the room, if we are in one, and everything about it behind.
    fn leave(&mut self, now: Instant) {
        self.for_each_other(now, |participant, around| {
            participant.say(PeerMessage::Leaving, around);
        });
        let asked_to_enter = !matches!(self.place, Presence::Lobby);
        if asked_to_enter && self.server.is_up() {
            self.actions.push_back(Action::Send(ClientMessage::Leave));
        }
        self.leave_behind(now);
    }

    /// Closes all connections, and forgets the room and everybody in it.
    fn leave_behind(&mut self, now: Instant) {
        self.for_each_other(now, |participant, around| participant.close(around.now, around));
        self.others.clear();
        self.chat = Lines::default();
        self.files.clear();
        self.recall = Recall::default();
        self.signs = Shown::default();
        self.place = Presence::Lobby;
        // What was shared was meant for those who were there.
        self.set_wanted(TrackKind::Screen, TrackState::Off, now);
    }

    fn ask_to_enter(&mut self, request: Request) {
        self.unanswered += 1;
        self.actions.push_back(Action::Send(request.message()));
    }

    /// Takes note of an answer to a request to enter. Returns whether it is the one that counts.
    fn is_answered(&mut self) -> bool {
        self.unanswered = self.unanswered.saturating_sub(1);
        self.unanswered == 0
    }

    fn in_room(&self) -> bool {
        matches!(self.place, Presence::Room { .. })
    }

    fn notify(&mut self, notice: Notice) {
        self.actions.push_back(Action::Notify(notice));
    }

    fn set_wanted(&mut self, track: TrackKind, state: TrackState, now: Instant) {
        if self.tracks.set_wanted(track, state) {
            self.actions.push_back(Action::SetTrack { track, state });
            self.tell_state(now);
        }
    }

    fn with_other<R>(
        &mut self,
        who: ParticipantId,
        now: Instant,
        act: impl FnOnce(&mut Participant, &mut Surroundings<'_>) -> R,
    ) -> Option<R> {
        let mut around = Surroundings {
            now,
            signal_up: self.server.is_up(),
            media: self.tracks.told(),
            last_peer: &mut self.last_peer,
            actions: &mut self.actions,
        };
        self.others.get_mut(&who).map(|participant| act(participant, &mut around))
    }

    fn for_each_other(&mut self, now: Instant, mut act: impl FnMut(&mut Participant, &mut Surroundings<'_>)) {
        let present: Vec<_> = self.others.iter().filter(|(_, other)| other.present).map(|(who, _)| *who).collect();
        for who in present {
            self.with_other(who, now, &mut act);
        }
    }
}
