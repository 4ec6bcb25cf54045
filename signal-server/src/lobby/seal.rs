//! Seals: a room written down for somebody in it, under the server's signature. Whoever comes back to a server that
//! was started anew shows theirs, and the room is as it was.
//!
//! A seal is `PAYLOAD.CODE`, both base64url: the payload is JSON, the code its HMAC-SHA256. It holds the hash of the
//! room's passcode, which those inside could learn anyway; it is sent to nobody else.
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use parlor_protocol::{ParticipantId, RoomSeal};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::random::authenticate;
use crate::room::RoomState;

/// How long a seal holds, in seconds.
const VALID_SECONDS: u64 = 24 * 60 * 60;

/// What the clock on the wall shows, for a core that is only told how time passes.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    at: Instant,
    unix: Duration,
}

impl WallClock {
    /// The system's clock.
    pub fn system() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { at: Instant::now(), unix }
    }

    /// A clock that shows this time, since 1970, at this instant.
    pub const fn showing(unix: Duration, at: Instant) -> Self {
        Self { at, unix }
    }

    fn seconds(&self, now: Instant) -> u64 {
        (self.unix + now.saturating_duration_since(self.at)).as_secs()
    }
}

/// What a seal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sealed {
    pub(super) room: RoomState,
    /// Whom it was given to.
    me: ParticipantId,
    /// Until when it holds, in seconds since 1970.
    until: u64,
}

/// Writes seals, and reads its own.
#[derive(Debug)]
pub(super) struct Sealer {
    key: [u8; 32],
    clock: WallClock,
}

impl Sealer {
    pub(super) fn new(key: [u8; 32], clock: WallClock) -> Self {
        Self { key, clock }
    }

    pub(super) fn seal(&self, room: RoomState, me: ParticipantId, now: Instant) -> RoomSeal {
        let sealed = Sealed { room, me, until: self.clock.seconds(now) + VALID_SECONDS };
        let written = serde_json::to_vec(&sealed).unwrap_or_default();
        let payload = URL_SAFE_NO_PAD.encode(written);
        let code = URL_SAFE_NO_PAD.encode(authenticate(&self.key, payload.as_bytes()));
        RoomSeal::try_from(format!("{payload}.{code}")).unwrap_or_default()
    }

    /// What a seal says; none where it is not ours, not theirs, or too old.
    pub(super) fn open(&self, seal: &RoomSeal, me: ParticipantId, now: Instant) -> Option<Sealed> {
        let (payload, code) = seal.as_str().split_once('.')?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        let expected = authenticate(&self.key, payload.as_bytes());
        if !bool::from(code.ct_eq(&expected)) {
            return None;
        }
        let sealed: Sealed = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        (sealed.me == me && sealed.until > self.clock.seconds(now)).then_some(sealed)
    }
}

#[cfg(test)]
mod tests {
    use parlor_protocol::{Nickname, limits};

    use super::*;
    use crate::{lobby::ConnectionId, room::Room};

    const ME: ParticipantId = ParticipantId::new(1);

    #[test]
    fn a_seal_is_read_by_the_server_that_wrote_it_for_the_one_it_was_written_for() {
        let now = Instant::now();
        let (sealer, other) = (sealer([1; 32], now), sealer([2; 32], now));

        let seal = sealer.seal(state(), ME, now);

        assert_eq!(sealer.open(&seal, ME, now).unwrap().room, state());
        assert_eq!(sealer.open(&seal, ParticipantId::new(2), now), None);
        assert_eq!(other.open(&seal, ME, now), None);
    }

    #[test]
    fn a_seal_holds_for_a_day() {
        let now = Instant::now();
        let sealer = sealer([1; 32], now);

        let seal = sealer.seal(state(), ME, now);

        assert!(sealer.open(&seal, ME, now + Duration::from_secs(VALID_SECONDS - 1)).is_some());
        assert_eq!(sealer.open(&seal, ME, now + Duration::from_secs(VALID_SECONDS)), None);
    }

    #[test]
    fn a_seal_with_any_letter_changed_is_worth_nothing() {
        let now = Instant::now();
        let sealer = sealer([1; 32], now);
        let seal = String::from(sealer.seal(state(), ME, now));

        for place in 0..seal.len() - 1 {
            let mut letters = seal.clone().into_bytes();
            letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
            let changed = RoomSeal::try_from(String::from_utf8(letters).unwrap()).unwrap();

            assert_eq!(sealer.open(&changed, ME, now), None, "letter {place}");
        }
    }

    #[test]
    fn the_largest_of_rooms_fits_into_a_seal() {
        let now = Instant::now();
        let mut room = Room::new("🦀".repeat(limits::ROOM_NAME_CHARS).parse().unwrap(), 64, u64::MAX, ME);
        room.state.topic = Some("🦀".repeat(limits::TOPIC_CHARS).parse().unwrap());
        room.state.passcode = Some(crate::lobby::passcode::hash_for_tests(&"x".repeat(64).parse().unwrap()));
        for number in 0..64 {
            let id = ParticipantId::new(u64::MAX - number);
            room.sit(id, ConnectionId::new(number), [10, 0, 0, 1].into(), &Nickname::guest(7));
            room.state.moderators.insert(id);
            room.remember_removed(id, [10, 0, 0, 2].into());
        }

        let seal = sealer([1; 32], now).seal(room.state_to_seal(), ME, now);

        assert!(seal.as_str().len() > 1000, "{} bytes", seal.as_str().len());
        assert!(sealer([1; 32], now).open(&seal, ME, now).is_some());
    }

    fn sealer(key: [u8; 32], now: Instant) -> Sealer {
        Sealer::new(key, WallClock::showing(Duration::from_secs(1_800_000_000), now))
    }

    fn state() -> RoomState {
        Room::new("tea".parse().unwrap(), 8, 7, ME).state
    }
}
