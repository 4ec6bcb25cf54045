//! One other participant: their seat in the room, our connection to them, and when to try again.
mod channel;
mod say;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use parlor_protocol::{
    ClientMessage, Generation, Lines, MediaState, Nickname, ParticipantId, ParticipantInfo, PeerMessage, Relayed, Role,
    TrackState, Watch,
};

use channel::Channel;

use crate::{
    Action, LinkView, ParticipantView, PeerAction, PeerEvent, PeerKey, Wanted, Watching,
    chat::ChatPair,
    negotiation::{Negotiation, Step},
    rate::Rate,
    signs::Shown,
};

/// How long a connection may take before it is made anew.
pub(crate) const DIAL_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may be without a sign of life before it is made anew.
pub(crate) const SHAKY_PATIENCE: Duration = Duration::from_secs(2);
/// How long somebody whom neither the server nor we can reach is still shown.
pub(crate) const VACANT_PATIENCE: Duration = Duration::from_secs(2);
/// The same while our own connection to the server is down, so that nobody can tell us.
pub(crate) const BLIND_PATIENCE: Duration = Duration::from_secs(30);
/// The polite side waits this much longer before it dials again, so that the two rarely cross.
const POLITE_EXTRA: Duration = Duration::from_secs(2);
/// The wait before dialling again after a connection failed outright.
const FAILED_PAUSE: Duration = Duration::from_millis(500);
/// How often somebody may have us replace the connection to them, in [`REPLACED_WINDOW`]. Making one costs much more
/// than asking for it; what is asked for beyond that is ignored, and the connection in use goes on.
pub(crate) const MOST_REPLACED: usize = 20;
/// Messages about what was said before that somebody may ask for at once: the longest history there can be takes half
/// of them.
const HISTORY_AT_ONCE: u32 = 64;
const HISTORY_INTERVAL: Duration = Duration::from_secs(1);
/// The time over which replacements count.
pub(crate) const REPLACED_WINDOW: Duration = Duration::from_secs(60);

/// What every decision about a participant needs to know and may use.
pub(crate) struct Surroundings<'a> {
    pub(crate) now: Instant,
    pub(crate) signal_up: bool,
    /// The state of our tracks, as it is told.
    pub(crate) media: MediaState,
    pub(crate) last_peer: &'a mut PeerKey,
    pub(crate) actions: &'a mut VecDeque<Action>,
}

impl Surroundings<'_> {
    fn do_(&mut self, action: Action) {
        self.actions.push_back(action);
    }
}

#[derive(Debug)]
pub(crate) struct Participant {
    id: ParticipantId,
    pub(crate) nickname: Nickname,
    pub(crate) media: MediaState,
    pub(crate) role: Role,
    /// Their place in the order of arrival.
    pub(crate) arrived: u64,
    /// Whether they are shown. Those who are not are remembered, because they may come back with a connection that
    /// counts on from where it was.
    pub(crate) present: bool,
    pub(crate) chat: ChatPair,
    /// Which of their pictures we want.
    watching: Watching,
    /// How large we show them.
    shown: Wanted,
    /// The most lines of the camera's pictures that come through.
    eased: Lines,
    /// What of that they are told.
    told: Watch,
    /// What they want of ours, as they said last.
    watches: Watch,
    /// Whether they speak, as they said last.
    pub(crate) speaking: Option<bool>,
    /// When they pointed at something last.
    pub(crate) pointed: Option<Instant>,
    pub(crate) signs: Shown,
    /// How often they asked what was said before they came.
    pub(crate) history_asked: Rate,
    seat: Seat,
    polite: bool,
    generation: Generation,
    ever_connected: bool,
    /// When they had us replace the connection lately.
    replaced: VecDeque<Instant>,
    link: Link,
}

#[derive(Debug, Clone, Copy)]
enum Seat {
    /// The server has them in our room.
    Taken,
    /// The server has not.
    Vacant { since: Instant },
}

#[derive(Debug)]
enum Link {
    /// No connection. We dial at `dial_at`, unless they do.
    Closed {
        since: Instant,
        dial_at: Instant,
    },
    Open(Connection),
}

#[derive(Debug)]
struct Connection {
    peer: PeerKey,
    negotiation: Negotiation,
    channel: Channel,
    files_open: bool,
    health: Health,
}

#[derive(Debug, Clone, Copy)]
enum Health {
    Dialing { since: Instant },
    Up,
    Shaky { since: Instant },
}

impl Participant {
    /// Somebody new. Who comes later makes the offer: we wait for it, with an eye on the clock.
    pub(crate) fn new(info: ParticipantInfo, me: ParticipantId, arrived: u64, now: Instant) -> Self {
        let polite = me < info.id;
        Self {
            id: info.id,
            nickname: info.nickname,
            media: info.media,
            role: info.role,
            arrived,
            present: true,
            chat: ChatPair::default(),
            watching: Watching::default(),
            shown: Wanted::default(),
            eased: Lines::ALL,
            told: Watch::default(),
            watches: Watch::default(),
            speaking: None,
            pointed: None,
            signs: Shown::default(),
            history_asked: Rate::new(HISTORY_AT_ONCE, HISTORY_INTERVAL),
            seat: Seat::Taken,
            polite,
            generation: Generation::default(),
            ever_connected: false,
            replaced: VecDeque::new(),
            link: Link::Closed { since: now, dial_at: now + Self::patience(polite, DIAL_PATIENCE) },
        }
    }

    /// The server has them in our room (again).
    pub(crate) fn seated(&mut self, info: ParticipantInfo, now: Instant) {
        self.nickname = info.nickname;
        self.update_media(info.media);
        self.role = info.role;
        self.seat = Seat::Taken;
        if !std::mem::replace(&mut self.present, true) {
            self.link = Link::Closed { since: now, dial_at: now + Self::patience(self.polite, DIAL_PATIENCE) };
        }
    }

    /// The server lost them. They stay as long as our own connection to them holds.
    pub(crate) fn vacated(&mut self, now: Instant) {
        if matches!(self.seat, Seat::Taken) {
            self.seat = Seat::Vacant { since: now };
        }
    }

    /// Takes the newer of two states.
    pub(crate) fn update_media(&mut self, media: MediaState) {
        if media.revision >= self.media.revision {
            self.media = media;
        }
    }

    /// Has them send these of their pictures, and no others.
    pub(crate) fn watch(&mut self, watching: Watching, around: &mut Surroundings<'_>) {
        self.watching = watching;
        self.tell_wanted(around);
    }

    /// Has them send pictures of this size.
    pub(crate) fn want(&mut self, wanted: Wanted, around: &mut Surroundings<'_>) {
        self.shown = wanted;
        self.tell_wanted(around);
    }

    /// Has them send pictures with no more lines than this, since larger ones do not come through.
    pub(crate) fn ease(&mut self, camera: Lines, around: &mut Surroundings<'_>) {
        self.eased = camera;
        self.tell_wanted(around);
    }

    fn tell_wanted(&mut self, around: &mut Surroundings<'_>) {
        let shown = Wanted { camera: self.shown.camera.min(self.eased), ..self.shown };
        let wanted = shown.of(self.watching);
        if Wanted::from(self.told) == wanted {
            return;
        }
        let revision = self.told.revision.saturating_add(1);
        self.told = Watch { revision, camera: wanted.camera, screen: wanted.screen };
        self.say_wanted(around);
    }

    /// Tells them what we want, unless that is all, as it is from the start.
    pub(crate) fn say_wanted(&self, around: &mut Surroundings<'_>) {
        if self.told != Watch::default() {
            self.say(PeerMessage::Watch { watch: self.told }, around);
        }
    }

    /// They want our pictures like this.
    pub(crate) fn show(&mut self, watch: Watch, around: &mut Surroundings<'_>) {
        if watch.revision <= self.watches.revision {
            return;
        }
        self.watches = watch;
        if let Link::Open(Connection { peer, .. }) = &self.link {
            around.do_(Action::Peer { peer: *peer, action: PeerAction::Show(watch.into()) });
        }
    }

    pub(crate) fn id(&self) -> ParticipantId {
        self.id
    }

    /// By when they came, to tell the oldest.
    pub(crate) fn order(&self) -> (u64, ParticipantId) {
        (self.arrived, self.id)
    }

    /// Whether media can flow.
    pub(crate) fn is_connected(&self) -> bool {
        matches!(&self.link, Link::Open(Connection { health: Health::Up, .. }))
    }

    /// Whether this is the name of the connection in use.
    pub(crate) fn has_peer(&self, peer: PeerKey) -> bool {
        matches!(&self.link, Link::Open(connection) if connection.peer == peer)
    }

    /// The connection by which files can go to them, and what is to be said about it.
    pub(crate) fn files_way(&self) -> Option<PeerKey> {
        match &self.link {
            Link::Open(Connection { peer, channel: Channel::Open, files_open: true, .. }) => Some(*peer),
            Link::Open(_) | Link::Closed { .. } => None,
        }
    }

    /// Makes a new connection and offers it.
    pub(crate) fn dial(&mut self, around: &mut Surroundings<'_>) {
        self.generation = self.generation.next();
        self.open(around);
        if let Some(negotiation) = self.negotiation(self.generation) {
            negotiation.offer();
        }
        self.take_steps(around);
    }

    /// Closes the connection, if there is one.
    pub(crate) fn close(&mut self, dial_at: Instant, around: &mut Surroundings<'_>) {
        let since = self.down_since().unwrap_or(around.now);
        if let Link::Open(connection) = std::mem::replace(&mut self.link, Link::Closed { since, dial_at }) {
            around.do_(Action::ClosePeer { peer: connection.peer });
        }
    }

    /// They sent something for the connection, by way of the server.
    pub(crate) fn handle_relayed(&mut self, message: Relayed, around: &mut Surroundings<'_>) -> Option<PeerMessage> {
        match message {
            Relayed::Offer { generation, sdp } => self.handle_offer(generation, sdp, around),
            Relayed::Answer { generation, sdp } => {
                if let Some(negotiation) = self.negotiation(generation) {
                    negotiation.remote_answer(sdp);
                }
            }
            Relayed::Candidate { generation, candidate } => {
                if let Some(negotiation) = self.negotiation(generation) {
                    negotiation.remote_candidate(candidate);
                }
            }
            Relayed::Peer { message } => return Some(message),
        }
        self.take_steps(around);
        None
    }

    /// Our connection to them has news. Returns what they said by it.
    pub(crate) fn handle_peer(&mut self, event: PeerEvent, around: &mut Surroundings<'_>) -> Option<PeerMessage> {
        let now = around.now;
        let Link::Open(connection) = &mut self.link else { return None };
        match event {
            PeerEvent::Offer { sdp } => connection.negotiation.local_offer(sdp),
            PeerEvent::Answer { sdp } => connection.negotiation.local_answer(sdp),
            PeerEvent::Candidate(candidate) => connection.negotiation.local_candidate(candidate),
            PeerEvent::Connected => {
                connection.health = Health::Up;
                self.ever_connected = true;
            }
            PeerEvent::Route(report) => {
                if around.signal_up {
                    around.actions.push_back(Action::Send(ClientMessage::Report { report }));
                }
            }
            PeerEvent::Disconnected => {
                if matches!(connection.health, Health::Up) {
                    connection.health = Health::Shaky { since: now };
                }
            }
            PeerEvent::Failed { reason } => {
                tracing::info!("a connection failed");
                tracing::debug!(reason, "because");
                self.close(now + Self::patience(self.polite, FAILED_PAUSE), around);
            }
            PeerEvent::ChannelOpen => {
                connection.channel = Channel::opened(now);
                self.greet(around);
            }
            PeerEvent::ChannelClosed => connection.channel = Channel::Closed,
            PeerEvent::FilesOpen => connection.files_open = true,
            PeerEvent::FilesClosed => connection.files_open = false,
            PeerEvent::Message(message) => {
                connection.channel.heard();
                return Some(message);
            }
        }
        self.take_steps(around);
        None
    }

    /// Does what is due. Returns whether they are beyond reach and must go.
    pub(crate) fn handle_timeout(&mut self, around: &mut Surroundings<'_>) -> bool {
        if self.present && self.gone_at(around.signal_up).is_some_and(|at| at <= around.now) {
            return true;
        }
        if self.redial_at(around.signal_up).is_some_and(|at| at <= around.now) {
            tracing::info!("a connection is made anew");
            self.dial(around);
        }
        if let Link::Open(connection) = &mut self.link {
            connection.channel.give_up_waiting(around.now);
        }
        self.greet(around);
        if self.chat.poll_timeout().is_some_and(|at| at <= around.now) {
            for message in self.chat.say_again(around.now) {
                self.say(message, around);
            }
        }
        false
    }

    /// When something is due.
    pub(crate) fn poll_timeout(&self, signal_up: bool) -> Option<Instant> {
        if !self.present {
            return None;
        }
        let greeting = match &self.link {
            Link::Open(connection) => connection.channel.poll_timeout(),
            Link::Closed { .. } => None,
        };
        [self.gone_at(signal_up), self.redial_at(signal_up), self.chat.poll_timeout(), greeting]
            .into_iter()
            .flatten()
            .min()
    }

    pub(crate) fn view(&self) -> ParticipantView {
        let link = match &self.link {
            Link::Open(Connection { health: Health::Up, .. }) => LinkView::Connected,
            Link::Open(_) | Link::Closed { .. } if self.ever_connected => LinkView::Lost,
            Link::Open(_) | Link::Closed { .. } => LinkView::Dialing,
        };
        let audible = link == LinkView::Connected && self.media.microphone == TrackState::On;
        ParticipantView {
            id: self.id,
            nickname: self.nickname.clone(),
            media: self.media,
            role: self.role,
            signs: self.signs.view(),
            watched: self.watching,
            asked: self.told.into(),
            watches: self.watches.into(),
            speaking: self.speaking.map(|speaks| speaks && audible),
            link,
        }
    }

    fn handle_offer(&mut self, generation: Generation, sdp: String, around: &mut Surroundings<'_>) {
        let same_connection = generation == self.generation && matches!(self.link, Link::Open(_));
        if generation < self.generation {
            // They count from less than we do, as after we lost each other: a dial of ours settles the number.
            if matches!(self.link, Link::Closed { .. }) {
                self.dial(around);
            }
            return;
        }
        if !same_connection {
            if !self.may_replace(around.now) {
                tracing::debug!("an offer too many was ignored");
                return;
            }
            self.generation = generation;
            self.open(around);
        }
        if let Some(negotiation) = self.negotiation(generation) {
            negotiation.remote_offer(sdp);
        }
    }

    fn may_replace(&mut self, now: Instant) -> bool {
        self.replaced.retain(|at| now.saturating_duration_since(*at) < REPLACED_WINDOW);
        let may = self.replaced.len() < MOST_REPLACED;
        if may {
            self.replaced.push_back(now);
        }
        may
    }

    fn open(&mut self, around: &mut Surroundings<'_>) {
        let now = around.now;
        self.close(now, around);
        around.last_peer.0 += 1;
        let peer = *around.last_peer;
        around.do_(Action::OpenPeer { peer, who: self.id });
        let watches = Wanted::from(self.watches);
        if watches != Wanted::default() {
            around.do_(Action::Peer { peer, action: PeerAction::Show(watches) });
        }
        let negotiation = Negotiation::new(self.generation, self.polite);
        let health = Health::Dialing { since: now };
        self.link = Link::Open(Connection { peer, negotiation, channel: Channel::Closed, files_open: false, health });
    }

    fn negotiation(&mut self, generation: Generation) -> Option<&mut Negotiation> {
        match &mut self.link {
            Link::Open(connection) if generation == self.generation => Some(&mut connection.negotiation),
            Link::Open(_) | Link::Closed { .. } => None,
        }
    }

    fn take_steps(&mut self, around: &mut Surroundings<'_>) {
        let Link::Open(connection) = &mut self.link else { return };
        while let Some(step) = connection.negotiation.poll_step() {
            around.do_(match step {
                Step::Do(action) => Action::Peer { peer: connection.peer, action },
                Step::Tell(message) => Action::Send(ClientMessage::Relay { to: self.id, message }),
            });
        }
    }

    /// Since when media has not been able to flow.
    fn down_since(&self) -> Option<Instant> {
        match &self.link {
            Link::Closed { since, .. } => Some(*since),
            Link::Open(connection) => match connection.health {
                Health::Dialing { since } | Health::Shaky { since } => Some(since),
                Health::Up => None,
            },
        }
    }

    fn gone_at(&self, signal_up: bool) -> Option<Instant> {
        let down_since = self.down_since()?;
        match self.seat {
            Seat::Vacant { since } => Some(since.max(down_since) + VACANT_PATIENCE),
            Seat::Taken if signal_up => None,
            Seat::Taken => Some(down_since + BLIND_PATIENCE),
        }
    }

    fn redial_at(&self, signal_up: bool) -> Option<Instant> {
        if !signal_up || !self.present || !matches!(self.seat, Seat::Taken) {
            return None;
        }
        match &self.link {
            Link::Closed { dial_at, .. } => Some(*dial_at),
            Link::Open(connection) => match connection.health {
                Health::Dialing { since } => Some(since + Self::patience(self.polite, DIAL_PATIENCE)),
                Health::Shaky { since } => Some(since + Self::patience(self.polite, SHAKY_PATIENCE)),
                Health::Up => None,
            },
        }
    }

    fn patience(polite: bool, base: Duration) -> Duration {
        if polite { base + POLITE_EXTRA } else { base }
    }
}
