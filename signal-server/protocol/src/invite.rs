//! Invite links: all that somebody has to know to join, in one line that fits into a QR code.
use std::{fmt, net::SocketAddr, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use thiserror::Error;

use crate::{ParseAddressError, Passcode, Pin, RoomName, ServerAddress};

/// What every link begins with.
pub const SCHEME: &str = "parlor";
/// Most addresses in one link.
const MOST_ADDRESSES: usize = 8;
/// What stands for itself in a link (RFC 3986, section 2.3).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An invitation to a server, and perhaps to a room of it:
/// `parlor://192.168.1.20:7443/room/Tea%20time?fp=0123456789abcdef0123456789abcdef#p=passcode`.
///
/// What stands behind `#` is secret and is never sent to a server as part of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Where the server may be reached, best first; never empty.
    pub addresses: Vec<ServerAddress>,
    /// The room; none means the lobby.
    pub room: Option<RoomName>,
    /// The server's key. None has its certificate checked as a browser would.
    pub pin: Option<Pin>,
    /// What opens the room.
    pub passcode: Option<Passcode>,
    /// A secret that those in the room share and no server knows.
    pub key: Option<InviteKey>,
}

/// A secret that those in a room share and no server knows: 16 random bytes. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InviteKey([u8; 16]);

impl InviteKey {
    /// A key from 16 random bytes.
    pub const fn new(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// The secret bytes.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for InviteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteKey(secret)")
    }
}

/// Why a text is no invite link.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseInviteError {
    /// It is something else.
    #[error("an invite link begins with parlor://")]
    Scheme,
    /// It names no server.
    #[error("the link names no server: {0}")]
    Address(#[from] ParseAddressError),
    /// One of its parts was cut off or changed on the way.
    #[error("the {part} in the link is damaged: copy the whole link again")]
    Damaged {
        /// Which part.
        part: &'static str,
    },
}

impl Invite {
    /// An invitation to the lobby of the server at these addresses, of which only the first few are kept.
    pub fn to_server(mut addresses: Vec<ServerAddress>, pin: Option<Pin>) -> Option<Self> {
        addresses.truncate(MOST_ADDRESSES);
        (!addresses.is_empty()).then_some(Self { addresses, room: None, pin, passcode: None, key: None })
    }

    /// Whether a text is meant to be an invite link.
    pub fn is_link(text: &str) -> bool {
        let prefix = text.trim_start().get(..SCHEME.len() + 3);
        prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case("parlor://"))
    }
}

impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = self.addresses.split_first() else { return Err(fmt::Error) };
        write!(f, "{SCHEME}://{}", first.authority())?;
        if let Some(room) = &self.room {
            write!(f, "/room/{}", utf8_percent_encode(room.as_str(), ESCAPED))?;
        }
        let mut separator = '?';
        let mut parameter = |f: &mut fmt::Formatter<'_>, text: fmt::Arguments<'_>| {
            write!(f, "{separator}{text}")?;
            separator = '&';
            Ok(())
        };
        if !first.is_secure() {
            parameter(f, format_args!("plain"))?;
        }
        if let Some(pin) = self.pin {
            parameter(f, format_args!("fp={pin}"))?;
        }
        for other in others {
            parameter(f, format_args!("at={}", other.authority()))?;
        }
        let mut separator = '#';
        if let Some(passcode) = &self.passcode {
            write!(f, "{separator}p={}", utf8_percent_encode(passcode.as_str(), ESCAPED))?;
            separator = '&';
        }
        if let Some(key) = self.key {
            write!(f, "{separator}k={}", URL_SAFE_NO_PAD.encode(key.0))?;
        }
        Ok(())
    }
}

impl FromStr for Invite {
    type Err = ParseInviteError;

    fn from_str(text: &str) -> Result<Self, ParseInviteError> {
        let text = text.trim();
        if !Self::is_link(text) {
            return Err(ParseInviteError::Scheme);
        }
        let rest = text.get(SCHEME.len() + 3..).unwrap_or_default();
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));

        let scheme = if parameters(query).any(|(name, _)| name == "plain") { "ws" } else { "wss" };
        let others = parameters(query).filter(|(name, _)| *name == "at").map(|(_, authority)| authority);
        let addresses = std::iter::once(authority).chain(others).take(MOST_ADDRESSES);
        let addresses =
            addresses.map(|authority| format!("{scheme}://{authority}").parse()).collect::<Result<_, _>>()?;
        Ok(Self {
            addresses,
            room: room(path)?,
            pin: one("key", query, "fp", |text| text.parse().ok())?,
            passcode: one("passcode", fragment, "p", |text| decoded(text)?.parse().ok())?,
            key: one("secret", fragment, "k", |text| {
                let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
                bytes.try_into().ok().map(InviteKey)
            })?,
        })
    }
}

fn room(path: &str) -> Result<Option<RoomName>, ParseInviteError> {
    let damaged = ParseInviteError::Damaged { part: "room" };
    match path.trim_end_matches('/').split_once('/') {
        Some(("room", name)) => match decoded(name).and_then(|name| name.parse().ok()) {
            Some(room) => Ok(Some(room)),
            None => Err(damaged),
        },
        None if path.is_empty() => Ok(None),
        Some(_) | None => Err(damaged),
    }
}

fn one<T>(
    part: &'static str,
    text: &str,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ParseInviteError> {
    match parameters(text).find(|(found, _)| *found == name) {
        Some((_, value)) => parse(value).map(Some).ok_or(ParseInviteError::Damaged { part }),
        None => Ok(None),
    }
}

fn parameters(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

impl From<SocketAddr> for Invite {
    /// An invitation to the lobby of the server at this address, without a pin.
    fn from(address: SocketAddr) -> Self {
        Self { addresses: vec![ServerAddress::at(address)], room: None, pin: None, passcode: None, key: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "parlor://192.168.1.20:7443/room/Tea%20time?fp=00112233445566778899aabbccddeeff\
                        &at=10.0.0.2:7443&at=[fd00::1]:9000#p=open%20sesame&k=AAECAwQFBgcICQoLDA0ODw";

    #[test]
    fn a_link_is_read_as_it_is_written() {
        let invite: Invite = LINK.parse().unwrap();

        assert_eq!(invite.addresses.len(), 3);
        assert_eq!(invite.addresses[0].to_string(), "wss://192.168.1.20:7443");
        assert_eq!(invite.room.as_ref().unwrap().as_str(), "Tea time");
        assert_eq!(invite.passcode.as_ref().unwrap().as_str(), "open sesame");
        assert_eq!(invite.key.unwrap().bytes()[15], 15);
        assert_eq!(invite.to_string(), LINK);
    }

    #[test]
    fn a_link_to_the_lobby_needs_no_more_than_a_host() {
        let invite: Invite = " PARLOR://studio.local ".parse().unwrap();

        assert_eq!(invite.to_string(), "parlor://studio.local:7443");
    }

    #[test]
    fn a_server_without_tls_is_marked() {
        let invite: Invite = "parlor://127.0.0.1:9000/room/tea?plain".parse().unwrap();

        assert_eq!(invite.addresses[0].to_string(), "ws://127.0.0.1:9000");
        assert_eq!(invite.to_string(), "parlor://127.0.0.1:9000/room/tea?plain");
    }

    #[test]
    fn korean_room_names_survive() {
        let invite =
            Invite { room: Some("회의 1".parse().unwrap()), ..Invite::from(SocketAddr::from(([10, 0, 0, 1], 1))) };

        assert_eq!(invite.to_string().parse(), Ok(invite));
    }

    #[test]
    fn a_damaged_link_says_which_part() {
        for (link, part) in [
            ("parlor://h/room/a?fp=0011", "key"),
            ("parlor://h/room/%ff", "room"),
            ("parlor://h/hall/a", "room"),
            ("parlor://h/room/a#k=short", "secret"),
            ("parlor://h/room/a#p=", "passcode"),
        ] {
            let damaged = ParseInviteError::Damaged { part };
            assert_eq!(link.parse::<Invite>(), Err(damaged), "{link}");
        }
        assert_eq!("https://example.org".parse::<Invite>(), Err(ParseInviteError::Scheme));
        assert!(matches!("parlor://".parse::<Invite>(), Err(ParseInviteError::Address(_))));
    }

    #[test]
    fn no_secret_shows_in_what_is_logged() {
        let shown = format!("{:?}", LINK.parse::<Invite>().unwrap());

        assert!(!shown.contains("sesame") && !shown.contains("AAEC"), "{shown}");
    }
}
