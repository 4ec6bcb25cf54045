//! Who may come into a room.
use std::net::IpAddr;

use parlor_protocol::{ParticipantId, RefusedReason};

use super::Room;
use crate::lobby::PasscodeHash;

/// What somebody who wants to come in has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Nothing yet.
    None,
    /// That they know the passcode with this hash.
    Passcode(PasscodeHash),
    /// That they were in this room before.
    Seal,
}

/// Whether somebody may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Admission {
    /// They may.
    Welcome,
    /// They may if they know the passcode with this hash.
    AskPasscode(PasscodeHash),
    /// They may not, and are told so even where the room is hidden: they have been inside.
    Removed,
    /// They may not.
    Refused(RefusedReason),
}

impl Room {
    /// Whether somebody without a seat may come in. Who was removed is told first, then what no passcode opens.
    pub(crate) fn admission(&self, me: ParticipantId, address: IpAddr, proof: &Proof) -> Admission {
        if self.state.removed.contains(&me) {
            return Admission::Removed;
        }
        if self.is_removed_address(address) {
            return Admission::Refused(RefusedReason::Removed);
        }
        if self.state.locked && *proof != Proof::Seal {
            return Admission::Refused(RefusedReason::Locked);
        }
        if self.seats.len() >= self.state.capacity {
            return Admission::Refused(RefusedReason::RoomFull { capacity: self.state.capacity });
        }
        match (&self.state.passcode, proof) {
            (None, _) | (Some(_), Proof::Seal) => Admission::Welcome,
            (Some(hash), Proof::Passcode(shown)) if hash == shown => Admission::Welcome,
            (Some(hash), Proof::None | Proof::Passcode(_)) => Admission::AskPasscode(hash.clone()),
        }
    }

    /// Whether somebody from this address was removed. It does not count while somebody inside shares the address:
    /// a household or an office behind one address is not to suffer for one of them.
    fn is_removed_address(&self, address: IpAddr) -> bool {
        self.removed_addresses.contains(&address) && self.seats.values().all(|seat| seat.address != address)
    }
}
