//! Does what the call answers: one arm an action.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parlor_call::{Action, FileAction, Input, Notice, PeerAction, PeerEvent, PeerKey};
use parlor_media::record::safe_name;
use parlor_protocol::{ParticipantId, RelayAccess};

use super::driver::{Driver, OpenPeer};
use crate::peer::{PeerHandle, PeerSettings, ReceivedTrack, Receivers, ReceiversSettings, Relay};

/// A connection that was tried for so long and never came about found no way. The call gives up after ten seconds.
const TRIED_LONG_ENOUGH: Duration = Duration::from_secs(8);

impl Driver {
    /// Does everything that waits to be done.
    pub(super) fn perform_all(&mut self) {
        while let Some(action) = self.call.poll_action() {
            match action {
                Action::ConnectSignal { server } => self.connect_signal(server),
                Action::DisconnectSignal => self.hang_up(),
                Action::Send(message) => {
                    if let Some(signal) = &self.signal {
                        signal.send(message);
                    }
                }
                Action::UseRelay(access) => self.use_relay(access),
                Action::OpenPeer { peer, who } => self.open_peer(peer, who),
                Action::Peer { peer, action } => self.order_peer(peer, action),
                Action::ClosePeer { peer } => self.close_peer(peer),
                Action::SetTrack { track, state } => self.studio.set_track(track, state),
                Action::File(action) => self.perform_file(action),
                Action::Notify(notice) => self.untold.push(notice),
            }
        }
    }

    fn use_relay(&mut self, access: Option<RelayAccess>) {
        if access.is_none() && self.settings.relay_only {
            let message = "This server has no relay, and you have asked to connect through a relay alone: nobody can \
                           be reached. Leave that out, or ask whoever runs the server to allow relaying.";
            self.untold.push(Notice::Problem { message: message.to_owned() });
        }
        self.network.use_relay(access.map(|access| Relay::new(access, &self.server_host)));
    }

    fn open_peer(&mut self, key: PeerKey, who: ParticipantId) {
        let receivers = self.receivers_of(who);
        let network = self.network.with_loopback(self.server_on_loopback);
        let (fan_out, transfers) = (self.fan_out.clone(), self.files.with(who));
        let settings = PeerSettings { key, network, fan_out, receivers, transfers };
        let handle = PeerHandle::open(settings, self.senders.peer.clone());
        self.peers.insert(key, OpenPeer { who, handle, opened: Instant::now() });
    }

    fn close_peer(&mut self, key: PeerKey) {
        let Some(OpenPeer { who, handle, opened }) = self.peers.remove(&key) else { return };
        if handle.stats().connected {
            self.unreachable.remove(&who);
        } else if opened.elapsed() >= TRIED_LONG_ENOUGH {
            self.say_unreachable(who);
        }
    }

    /// Says once that no way leads to somebody, and why that may be so. It is tried again all the same.
    fn say_unreachable(&mut self, who: ParticipantId) {
        let others = self.call.view().others;
        let Some(other) = others.iter().find(|other| other.id == who) else { return };
        if !self.unreachable.insert(who) {
            return;
        }
        let (nickname, remedy) = (&other.nickname, if self.network.has_relay() { RELAY_SILENT } else { NO_RELAY });
        let message = format!("No way to {nickname} is found: {remedy}");
        self.untold.push(Notice::Problem { message });
    }

    fn order_peer(&mut self, key: PeerKey, action: PeerAction) {
        let Some(peer) = self.peers.get(&key) else { return };
        if !peer.handle.order(action) {
            let reason = "the connection takes no orders".to_owned();
            let event = PeerEvent::Failed { reason };
            self.peers.remove(&key);
            self.call.handle(Input::Peer { peer: key, event }, std::time::Instant::now());
        }
    }

    fn perform_file(&mut self, action: FileAction) {
        let port = match &action {
            FileAction::Send { peer, .. } => self.peers.get(peer).and_then(|peer| peer.handle.files()),
            FileAction::Receive { .. }
            | FileAction::Check { .. }
            | FileAction::Pause { .. }
            | FileAction::Stop { .. } => None,
        };
        self.files.perform(action, port);
    }

    /// The receivers of a participant, which outlive the connections that feed them.
    fn receivers_of(&mut self, who: ParticipantId) -> Arc<Receivers> {
        if let Some(receivers) = self.receivers.get(&who) {
            return receivers.clone();
        }
        let nickname = self.call.view().others.into_iter().find(|other| other.id == who).map(|other| other.nickname);
        let name = nickname.as_ref().map_or_else(|| who.to_string(), |nickname| safe_name(nickname.as_str()));
        let name = self.unused_name(name);
        let (events, waker) = (self.senders.received.clone(), self.waker.clone());
        let on_event = move |event| {
            if let ReceivedTrack::Opened(_, pictures) = &event {
                let waker = waker.clone();
                pictures.on_put(move || waker.wake());
            }
            if events.try_send((who, event)).is_err() {
                tracing::warn!("a track has news that nobody takes");
            }
        };
        let receivers = Arc::new(Receivers::new(ReceiversSettings {
            voice: self.studio.voice(&name, self.settings.save.as_ref()),
            name,
            save: self.settings.save.clone(),
            on_event: Box::new(on_event),
        }));
        if let (Some(tape), Some(nickname)) = (self.recording.tape(), nickname) {
            receivers.decks().load(nickname.as_str(), tape);
        }
        if let Some(gain) = self.volumes.get(&who) {
            receivers.voice().set_gain(*gain);
        }
        self.receivers.insert(who, receivers.clone());
        receivers
    }

    /// A name under which nothing was saved yet in this run: whoever comes back writes over nothing.
    fn unused_name(&mut self, name: String) -> String {
        if self.settings.save.is_none() {
            return name;
        }
        let key = |name: &str| name.trim_end_matches("-screen").to_lowercase();
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let unused = names.find(|name| !self.saved_names.contains(&key(name))).unwrap_or(name);
        self.saved_names.insert(key(&unused));
        unused
    }
}

const NO_RELAY: &str = "you cannot reach each other directly, and this server has no relay. Use the same network, or \
                        ask whoever runs the server to allow relaying. It is being tried on.";
const RELAY_SILENT: &str = "neither directly nor through the server's relay. A firewall may drop UDP packets to the \
                            server; `parlor doctor` tells. It is being tried on.";
