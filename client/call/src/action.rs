//! What is to be done for a call.
use parlor_protocol::{ClientMessage, IceCandidate, ParticipantId, PeerMessage, RelayAccess, TrackState};

use crate::{FileAction, Notice, PeerKey, TrackKind, Wanted};

/// One thing to do. Whatever comes of it returns as an [`Input`](crate::Input).
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Dial the server, after hanging up where one is dialled.
    ConnectSignal {
        /// The websocket address.
        server: String,
    },
    /// Hang up. No input is expected for it.
    DisconnectSignal,
    /// Say something to the server.
    Send(ClientMessage),
    /// Use this STUN and TURN server for every connection made from now on, or none.
    UseRelay(Option<RelayAccess>),
    /// Make a peer connection, with its tracks and its data channel.
    OpenPeer {
        /// Its name from now on.
        peer: PeerKey,
        /// The participant at the other end.
        who: ParticipantId,
    },
    /// Do something with a peer connection.
    Peer {
        /// Which.
        peer: PeerKey,
        /// What.
        action: PeerAction,
    },
    /// Close a peer connection. Nothing that it still says matters.
    ClosePeer {
        /// Which.
        peer: PeerKey,
    },
    /// Bring a track of ours into a state, as far as the devices allow.
    SetTrack {
        /// Which.
        track: TrackKind,
        /// The state wanted.
        state: TrackState,
    },
    /// Do something about a file that goes from one to the other.
    File(FileAction),
    /// Tell the person.
    Notify(Notice),
}

/// What to do with a peer connection. They are done in the order in which they are given.
#[derive(Debug, Clone, PartialEq)]
pub enum PeerAction {
    /// Make an offer and put it in force; answered by [`PeerEvent::Offer`](crate::PeerEvent::Offer).
    MakeOffer,
    /// Take an offer and answer it; answered by [`PeerEvent::Answer`](crate::PeerEvent::Answer).
    AcceptOffer {
        /// As SDP.
        sdp: String,
        /// Whether an offer of our own has to be taken back first.
        rollback: bool,
    },
    /// Take the answer to our offer.
    AcceptAnswer {
        /// As SDP.
        sdp: String,
    },
    /// Try one more address of the other side.
    AddCandidate(IceCandidate),
    /// Send our pictures in these sizes from now on. A new connection sends them whole.
    Show(Wanted),
    /// Say something by the data channel.
    Send(PeerMessage),
}
