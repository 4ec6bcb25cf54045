//! Does what the call answers: one arm an action.
use std::{net::IpAddr, sync::Arc};

use parlor_call::{Action, Input, PeerAction, PeerEvent, PeerKey};
use parlor_protocol::ParticipantId;

use super::driver::{Driver, OpenPeer};
use crate::{
    peer::{PeerHandle, PeerSettings, ReceivedTrack, Receivers, ReceiversSettings},
    signaling::Signal,
};

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
                Action::OpenPeer { peer, who } => self.open_peer(peer, who),
                Action::Peer { peer, action } => self.order_peer(peer, action),
                Action::ClosePeer { peer } => drop(self.peers.remove(&peer)),
                Action::SetTrack { track, state } => self.studio.set_track(track, state),
                Action::Notify(notice) => self.untold.push(notice),
            }
        }
    }

    fn connect_signal(&mut self, server: String) {
        self.server_on_loopback = is_on_loopback(&server);
        self.signal_number += 1;
        self.signal = Some(Signal::dial(server, self.signal_number, self.senders.signal.clone()));
    }

    /// What this connection still says is not for us, but what was said to it still goes out.
    fn hang_up(&mut self) {
        self.signal_number += 1;
        self.signal = None;
    }

    fn open_peer(&mut self, key: PeerKey, who: ParticipantId) {
        let receivers = self.receivers_of(who);
        let network = self.network.with_loopback(self.server_on_loopback);
        let settings = PeerSettings { key, network, fan_out: self.fan_out.clone(), receivers };
        let handle = PeerHandle::open(settings, self.senders.peer.clone());
        self.peers.insert(key, OpenPeer { who, handle });
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

    /// The receivers of a participant, which outlive the connections that feed them.
    fn receivers_of(&mut self, who: ParticipantId) -> Arc<Receivers> {
        if let Some(receivers) = self.receivers.get(&who) {
            return receivers.clone();
        }
        let nickname = self.call.view().others.into_iter().find(|other| other.id == who).map(|other| other.nickname);
        let name = nickname.map_or_else(|| who.to_string(), |nickname| file_name(nickname.as_str()));
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

/// Whether a server address leads to this machine. Then the others may be on it too.
fn is_on_loopback(server: &str) -> bool {
    let authority = server.split_once("://").map_or(server, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or(authority);
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A nickname as a file name: what could lead out of the folder, or what no file system takes, becomes `_`.
fn file_name(nickname: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " -_.".contains(c) { c } else { '_' };
    let name: String = nickname.chars().map(safe).collect();
    let name = name.trim_matches('.').trim();
    if name.is_empty() { "_".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_cannot_lead_out_of_the_folder() {
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(file_name("..\\x"), "_x");
        assert_eq!(file_name("김민수"), "김민수");
        assert_eq!(file_name(".."), "_");
    }

    #[test]
    fn loopback_is_told_from_the_network() {
        assert!(is_on_loopback("ws://127.0.0.1:7443"));
        assert!(is_on_loopback("ws://localhost:7443/ws"));
        assert!(is_on_loopback("ws://[::1]:7443"));
        assert!(is_on_loopback("ws://LOCALHOST"));
        assert!(!is_on_loopback("ws://192.168.1.20:7443"));
        assert!(!is_on_loopback("ws://localhost.example.com:7443"));
    }
}
