//! The way to a server: dials it, asks about its key, and goes where links lead.
use parlor_call::{Command as CallCommand, Entry, Input, Notice};
use parlor_protocol::{Invite, Nickname, Pin, RoomOptions, ServerAddress};

use super::Driver;
use crate::{
    engine::TrustView,
    signaling::{Reached, ServerTrouble, Signal, SignalEvent},
};

impl Driver {
    pub(in crate::engine) fn connect_signal(&mut self, server: String) {
        self.servers.forget_question();
        self.signal_number += 1;
        self.signal = None;
        match self.servers.route_to(server) {
            Ok(route) => {
                self.signal = Some(Signal::dial(route, self.signal_number, self.senders.signal.clone()));
            }
            Err(error) => {
                self.server_trouble = ServerTrouble::default();
                self.handle(Input::SignalDown { reason: error.to_string(), retry: false });
            }
        }
    }

    /// What this connection still says is not for us, but what was said to it still goes out.
    pub(in crate::engine) fn hang_up(&mut self) {
        self.servers.forget_question();
        self.servers.lost();
        self.signal_number += 1;
        self.signal = None;
    }

    pub(super) fn handle_signal(&mut self, number: u64, event: SignalEvent) {
        if number != self.signal_number {
            return; // a connection that we have hung up
        }
        match event {
            SignalEvent::Up(reached) => self.reached(reached),
            SignalEvent::Down { reason, retry, trouble } => {
                self.server_trouble = trouble;
                self.signal = None;
                self.servers.lost();
                self.handle(Input::SignalDown { reason, retry });
            }
            // For the call we are still dialling: it goes on, or ends, with the answer of the person.
            SignalEvent::UnknownKey { server, pin } => {
                self.signal = None;
                self.servers.ask(TrustView::Unknown { server, pin });
            }
            SignalEvent::ChangedKey { server, known, offered } => {
                self.signal = None;
                self.servers.ask(TrustView::Changed { server, known, offered });
            }
            SignalEvent::Message(message) => self.handle(Input::Signal(message)),
        }
    }

    /// Goes where a link leads. No question is asked.
    pub(super) fn accept(&mut self, invite: Invite, nickname: Option<Nickname>) {
        let Some(server) = self.servers.accept(&invite) else {
            let message = "The link names no server: ask for a new one.".to_owned();
            self.untold.push(Notice::Problem { message });
            return;
        };
        // The call asks nothing of a server that it is connected to already, and the link may have other addresses.
        self.handle_call_command(CallCommand::Connect { server });
        if let Some(room) = invite.room {
            self.handle_call_command(CallCommand::Enter {
                room: Some(room),
                nickname,
                entry: Entry::JoinOrCreate,
                passcode: invite.passcode,
                options: RoomOptions::default(),
            });
        }
    }

    /// The person says that this is the server's key: what was asked for before goes on.
    pub(super) fn trust(&mut self, server: &ServerAddress, pin: Pin) {
        self.remember(server, pin);
        match self.servers.asked_about(server) {
            Some(dialled) => self.connect_signal(dialled),
            None => self.handle_call_command(CallCommand::Connect { server: server.to_string() }),
        }
    }

    pub(super) fn distrust(&mut self) {
        if let Some(question) = self.servers.forget_question() {
            let (TrustView::Unknown { server, .. } | TrustView::Changed { server, .. }) = question;
            let reason = format!("you did not connect to {}: its key is not confirmed", server.short());
            self.server_trouble = ServerTrouble::NotConfirmed;
            self.handle(Input::SignalDown { reason, retry: false });
        }
    }

    fn reached(&mut self, reached: Reached) {
        self.server_host = reached.peer.ip().to_string();
        self.server_on_loopback = reached.peer.ip().is_loopback();
        self.server_host = reached.peer.ip().to_string();
        if let Some(pin) = reached.pin {
            self.remember(&reached.address, pin);
        }
        self.servers.reached(reached);
        self.handle(Input::SignalUp);
    }

    fn remember(&mut self, server: &ServerAddress, pin: Pin) {
        if let Err(error) = self.servers.remember(server, pin) {
            self.untold.push(Notice::Problem { message: error.to_string() });
        }
    }
}
