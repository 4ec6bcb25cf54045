//! Coming in: who may, and who has to wait until a passcode has been looked at.
use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    time::Instant,
};

use parlor_protocol::{
    ClientMessage, ErrorCode, Nickname, ParticipantId, Passcode, RefusedReason, RoomName, RoomOptions, ServerMessage,
};
use tracing::debug;

use super::{
    Connection, ConnectionId, Lobby, Output, Place,
    passcode::{JobId, Outcome, PasscodeHash, PasscodeJob, PasscodeResult, Work},
    refusal,
    seal::Sealed,
};
use crate::{
    close::CloseReason,
    limits::{MOST_PASSCODE_JOBS, MOST_ROOM_CAPACITY},
    room::{Admission, Presence, Proof, Room},
};

/// A wish to enter a room.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) me: ParticipantId,
    pub(super) nickname: Option<Nickname>,
    /// Whether a missing room is to be made.
    pub(super) create: bool,
    /// Whether only a room that is made will do.
    pub(super) fresh: bool,
    pub(super) passcode: Option<Passcode>,
    pub(super) options: RoomOptions,
    /// One of ours, for this participant, that still holds.
    pub(super) seal: Option<Sealed>,
}

/// What goes on once a passcode has been looked at.
#[derive(Debug)]
pub(super) enum Pending {
    /// The room is made, with this passcode.
    Open { name: RoomName, entry: Entry },
    /// Whoever guessed right comes in.
    Enter { name: RoomName, entry: Entry, hash: PasscodeHash },
    /// The answer is this one anyway: it only takes as long as any other.
    Refuse { reason: RefusedReason },
    /// The room has this passcode from now on.
    Change { name: RoomName, instance: u64, by: ParticipantId },
}

/// The passcodes that are being looked at.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    last: u64,
    pending: BTreeMap<JobId, (ConnectionId, IpAddr, Pending)>,
    /// What those say meanwhile who wait to come in.
    waiting: BTreeMap<ConnectionId, VecDeque<ClientMessage>>,
}

impl Jobs {
    /// What a connection said since it began to wait; none where it does not.
    pub(super) fn waiting(&mut self, connection: ConnectionId) -> Option<&mut VecDeque<ClientMessage>> {
        self.waiting.get_mut(&connection)
    }

    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= MOST_PASSCODE_JOBS
    }

    pub(super) fn has(&self, connection: ConnectionId) -> bool {
        self.pending.values().any(|(other, _, _)| *other == connection)
    }

    /// Nobody waits any more. The job itself comes back all the same, and counts until then.
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        self.waiting.remove(&connection);
    }

    fn of_address(&self, address: IpAddr) -> usize {
        self.pending.values().filter(|(_, other, _)| *other == address).count()
    }
}

impl Lobby {
    /// A passcode has been looked at: who waited for it goes on.
    pub fn handle_passcode(&mut self, result: PasscodeResult, now: Instant) {
        let Some((connection, _, pending)) = self.jobs.pending.remove(&result.id) else {
            return;
        };
        let said = self.jobs.waiting.remove(&connection).unwrap_or_default();
        if !self.connections.contains_key(&connection) {
            return;
        }
        match (pending, result.outcome) {
            (Pending::Open { name, entry }, Outcome::Hashed(hash)) => {
                // Somebody may have been faster.
                match (self.rooms.contains_key(&name), entry.fresh) {
                    (false, _) => self.open_and_sit(connection, name, entry, Some(hash), now),
                    (true, true) => self.refuse(connection, RefusedReason::RoomExists, now),
                    (true, false) => self.join(connection, name, entry, now),
                }
            }
            (Pending::Enter { name, entry, hash }, Outcome::Right) => {
                self.admit(connection, name, entry, Proof::Passcode(hash), now);
            }
            (Pending::Enter { name, entry, .. }, Outcome::Wrong | Outcome::Failed | Outcome::Hashed(_)) => {
                self.refuse_entry(connection, &name, &entry, RefusedReason::WrongPasscode, now);
            }
            (Pending::Refuse { reason }, _) => self.refuse(connection, reason, now),
            (Pending::Change { name, instance, by }, Outcome::Hashed(hash)) => {
                self.set_passcode(&name, instance, by, Some(hash), now);
            }
            (Pending::Open { .. }, Outcome::Right | Outcome::Wrong | Outcome::Failed) => {
                self.refuse(connection, RefusedReason::TooManyAttempts, now);
            }
            (Pending::Change { .. }, Outcome::Right | Outcome::Wrong | Outcome::Failed) => {
                self.object(connection, ErrorCode::TooMuch, "the passcode could not be set: try again later");
            }
        }
        for message in said {
            self.handle(connection, message, now);
        }
    }

    pub(super) fn create(&mut self, connection: ConnectionId, room: Option<RoomName>, entry: Entry, now: Instant) {
        if self.has_to_wait(connection, now) {
            return self.refuse(connection, RefusedReason::TooManyAttempts, now);
        }
        let name = room.unwrap_or_else(|| self.unused_name());
        if self.rooms.contains_key(&name) {
            return self.refuse(connection, RefusedReason::RoomExists, now);
        }
        self.open(connection, name, entry, now);
    }

    pub(super) fn join(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, now: Instant) {
        // Whoever proves a seat guesses nothing and takes nobody's place.
        if let Some(current) = self.seat_in(&name, &entry) {
            return self.take_seat(connection, current, entry.me, now);
        }
        if self.has_to_wait(connection, now) {
            return self.refuse(connection, RefusedReason::TooManyAttempts, now);
        }
        if let Some(sealed) = &entry.seal {
            if self.closed.contains(&sealed.room.instance) {
                return self.refuse(connection, RefusedReason::Removed, now);
            }
            let instance = sealed.room.instance;
            if let Some(current) = self.rooms.values().find(|room| room.state.instance == instance) {
                let current = current.state.name.clone();
                return self.admit(connection, current, entry, Proof::Seal, now);
            }
            if entry.create && !self.rooms.contains_key(&sealed.room.name) {
                return self.remake(connection, entry, now);
            }
        }
        match (self.rooms.contains_key(&name), entry.create) {
            (true, _) => self.admit(connection, name, entry, Proof::None, now),
            (false, true) => self.open(connection, name, entry, now),
            (false, false) => self.refuse_slowly(connection, &entry, RefusedReason::NoSuchRoom, now),
        }
    }

    /// The room where this participant has a seat, if it is the one meant; it may have another name by now.
    fn seat_in(&self, name: &RoomName, entry: &Entry) -> Option<RoomName> {
        let current = self.seats.get(&entry.me)?;
        let instance = self.rooms.get(current)?.state.instance;
        let is_sealed = entry.seal.as_ref().is_some_and(|sealed| sealed.room.instance == instance);
        (current == name || is_sealed).then(|| current.clone())
    }

    /// Lets somebody into a room that is there, or says why not.
    fn admit(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, proof: Proof, now: Instant) {
        let (Some(room), Some(address)) = (self.rooms.get(&name), self.address(connection)) else {
            return self.refuse(connection, RefusedReason::NoSuchRoom, now);
        };
        match room.admission(entry.me, address, &proof) {
            Admission::Welcome => {
                let name = match entry.seal.clone() {
                    Some(sealed) => self.update_from_seal(name, sealed, now),
                    None => name,
                };
                self.sit(connection, name, entry, now);
            }
            Admission::AskPasscode(hash) => match entry.passcode.clone() {
                None => self.refuse_entry(connection, &name, &entry, RefusedReason::PasscodeNeeded, now),
                Some(_) if matches!(proof, Proof::Passcode(_)) => {
                    // It was changed while theirs was being looked at.
                    self.refuse_entry(connection, &name, &entry, RefusedReason::WrongPasscode, now);
                }
                Some(passcode) => {
                    let work = Work::Verify { passcode, hash: hash.clone() };
                    self.start_job(connection, work, Pending::Enter { name, entry, hash }, now);
                }
            },
            Admission::Removed => self.refuse(connection, RefusedReason::Removed, now),
            Admission::Refused(_) if room.state.hidden && matches!(proof, Proof::None) => {
                let reason = hidden_reason(&entry);
                self.refuse_slowly(connection, &entry, reason, now);
            }
            Admission::Refused(reason) => self.refuse_entry(connection, &name, &entry, reason, now),
        }
    }

    /// Makes a room, once its passcode is hashed.
    fn open(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, now: Instant) {
        let Some(passcode) = entry.passcode.clone() else {
            return self.open_and_sit(connection, name, entry, None, now);
        };
        let work = self.hashing(passcode);
        self.start_job(connection, work, Pending::Open { name, entry }, now);
    }

    fn open_and_sit(
        &mut self,
        connection: ConnectionId,
        name: RoomName,
        entry: Entry,
        passcode: Option<PasscodeHash>,
        now: Instant,
    ) {
        if self.rooms.len() >= self.limits.rooms {
            return self.refuse(connection, RefusedReason::ServerFull, now);
        }
        debug!(%connection, "a room was opened");
        let capacity = self.capacity(entry.options.capacity);
        let mut room = Room::new(name.clone(), capacity, self.numbers.number(), entry.me);
        room.state.hidden = entry.options.hidden;
        room.state.topic = entry.options.topic.clone();
        room.state.passcode = passcode;
        self.rooms.insert(name.clone(), room);
        self.sit(connection, name, entry, now);
    }

    /// How many a room takes: what was asked for, as far as the server goes.
    pub(super) fn capacity(&self, wish: Option<usize>) -> usize {
        let most = self.limits.room_capacity.clamp(1, MOST_ROOM_CAPACITY);
        wish.unwrap_or(most).clamp(1, most)
    }

    pub(super) fn sit(&mut self, connection: ConnectionId, name: RoomName, entry: Entry, now: Instant) {
        let Entry { me, nickname, .. } = entry;
        if let Some(elsewhere) = self.seats.get(&me).cloned()
            && let Some(Presence::Here { connection: old }) = self.vacate(&elsewhere, me, now)
        {
            self.close(old, CloseReason::TakenOver);
        }
        let nickname = nickname.unwrap_or_else(|| {
            let [high, low, ..] = self.numbers.bytes();
            Nickname::guest(u16::from_be_bytes([high, low]))
        });
        let Some(address) = self.address(connection) else {
            return;
        };
        let Some(room) = self.rooms.get_mut(&name) else {
            return;
        };
        let participant = room.sit(me, connection, address, &nickname);
        debug!(%connection, participant = %me, "joined");
        self.seats.insert(me, name.clone());
        self.welcome(connection, name, me, Some(participant), now);
    }

    /// Tells somebody that they are in, and, where they were not before, the others.
    pub(super) fn welcome(
        &mut self,
        connection: ConnectionId,
        name: RoomName,
        me: ParticipantId,
        participant: Option<parlor_protocol::ParticipantInfo>,
        now: Instant,
    ) {
        self.set_place(connection, Place::Room { name: name.clone(), me });
        self.tell_lobby(&name, now);
        let relay = self.issue_relay_access(me, now);
        let Some(room) = self.rooms.get(&name) else {
            return;
        };
        let Some(nickname) = room.nickname(me).cloned() else {
            return;
        };
        let joined = ServerMessage::Joined {
            room: name,
            rules: room.rules(),
            me,
            nickname,
            role: room.role(me),
            participants: room.participants(me),
            relay,
            seal: self.sealer.seal(room.state_to_seal(), me, now),
        };
        let others = room.others(me);
        self.send(connection, joined);
        if let Some(participant) = participant {
            self.send_all(&others, ServerMessage::Welcome { participant });
        }
    }

    pub(super) fn hashing(&mut self, passcode: Passcode) -> Work {
        Work::Hash { passcode, salt: self.numbers.bytes(), memory_kib: self.limits.passcode_memory_kib }
    }

    /// Hands out work, and has whoever waits to come in wait for it.
    pub(super) fn start_job(&mut self, connection: ConnectionId, work: Work, pending: Pending, now: Instant) {
        let Some(address) = self.address(connection) else {
            return;
        };
        if self.jobs.is_full() {
            return self.refuse(connection, RefusedReason::TooManyAttempts, now);
        }
        if !matches!(pending, Pending::Change { .. }) {
            self.jobs.waiting.insert(connection, VecDeque::new());
        }
        self.jobs.last += 1;
        let id = JobId(self.jobs.last);
        self.jobs.pending.insert(id, (connection, address, pending));
        self.outputs.push_back((connection, Output::Passcode(PasscodeJob { id, work })));
    }

    /// Whether this address has failed, or is about to fail, as often as it may.
    fn has_to_wait(&self, connection: ConnectionId, now: Instant) -> bool {
        self.address(connection)
            .is_some_and(|address| self.attempts.exhausted(address, self.jobs.of_address(address), now))
    }

    /// Refuses entry to a room that is there. A hidden one might as well not be.
    fn refuse_entry(
        &mut self,
        connection: ConnectionId,
        name: &RoomName,
        entry: &Entry,
        reason: RefusedReason,
        now: Instant,
    ) {
        let hidden = self.rooms.get(name).is_some_and(|room| room.state.hidden);
        let reason = if hidden { hidden_reason(entry) } else { reason };
        self.refuse(connection, reason, now);
    }

    /// Refuses no sooner than a passcode could have been looked at, where one was shown: the time tells nothing.
    fn refuse_slowly(&mut self, connection: ConnectionId, entry: &Entry, reason: RefusedReason, now: Instant) {
        match entry.passcode.clone() {
            Some(passcode) => {
                let work = self.hashing(passcode);
                self.start_job(connection, work, Pending::Refuse { reason }, now);
            }
            None => self.refuse(connection, reason, now),
        }
    }

    pub(super) fn refuse(&mut self, connection: ConnectionId, reason: RefusedReason, now: Instant) {
        debug!(%connection, ?reason, "refused");
        if refusal::is_failed_attempt(&reason)
            && let Some(Connection { address, .. }) = self.connections.get(&connection)
        {
            self.attempts.failed(*address, now);
        }
        let message = refusal::in_words(&reason);
        self.send(connection, ServerMessage::Refused { reason, message });
    }
}

/// What is said of a hidden room to whoever may not come in. That a name is taken cannot be kept from those who
/// would make a room of that name.
fn hidden_reason(entry: &Entry) -> RefusedReason {
    if entry.create { RefusedReason::RoomExists } else { RefusedReason::NoSuchRoom }
}
