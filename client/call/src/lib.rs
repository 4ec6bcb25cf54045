//! The whole life of a call as a state machine: inputs in, actions out; no clock, no sockets, no threads.
//!
//! The engine feeds [`Call`] with what happened and does what it answers:
//!
//! ```text
//! call.handle(input, now);
//! while let Some(action) = call.poll_action() { /* do it */ }
//! let wake_at = call.poll_timeout();              // then call.handle_timeout(now)
//! let picture = call.view();                      // for faces
//! ```
//!
//! Media never comes here: only decisions do, a few a second.
#![forbid(unsafe_code)]

mod action;
mod call;
mod chat;
mod command;
mod files;
mod input;
mod negotiation;
mod notice;
mod participant;
mod rate;
mod recall;
mod retry;
mod server;
mod signs;
mod speech;
mod track;
mod view;

pub use action::{Action, PeerAction};
pub use call::{Call, CallSettings};
pub use command::{ChatTo, Command, Entry};
pub use files::{
    FileAction, FileCommand, FileDirection, FileEnd, FileEvent, FileId, FileNotice, FileState, FileView, Unusable,
};
pub use input::{Input, PeerEvent, PeerKey, TrackKind};
pub use notice::Notice;
pub use view::{
    Audience, Author, CallView, ChatLine, Delivery, LineId, LinkView, MyMedia, MyTrack, ParticipantView, Place,
    RoomView, ServerView, Signs, Wanted, Watching,
};
