//! Who may use the relay: time-limited credentials in the form of coturn's REST interface, which need no list of users.
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use parlor_protocol::ParticipantId;
use sha1::Sha1;
use turn::auth::{AuthHandler, generate_auth_key};

/// The name of the realm, which goes into every key.
pub(super) const REALM: &str = "parlor";
/// How long an access holds.
pub(super) const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes and checks credentials: the name is `<unix time of expiry>:<participant>`, the password its HMAC-SHA1 under
/// the server's secret.
#[derive(Clone)]
pub(super) struct Credentials {
    secret: [u8; 32],
}

impl Credentials {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// A name and a password for a participant, good from `now` on.
    pub(super) fn issue(&self, participant: ParticipantId, now: SystemTime) -> (String, String) {
        let username = format!("{}:{participant}", unix_seconds(now + LIFETIME));
        let password = self.password(&username);
        (username, password)
    }

    /// The key that proves this name, and whose name it is; none where it makes no sense or has run out.
    pub(super) fn key(&self, username: &str, now: SystemTime) -> Option<(Vec<u8>, ParticipantId)> {
        let (expiry, participant) = username.split_once(':')?;
        let expiry: u64 = expiry.parse().ok()?;
        let participant = participant.parse().ok()?;
        let key = || generate_auth_key(username, REALM, &self.password(username));
        (expiry > unix_seconds(now)).then(|| (key(), participant))
    }

    fn password(&self, username: &str) -> String {
        // A key of any length will do for an HMAC; the error that the type allows for cannot come.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.secret) else { return String::new() };
        mac.update(username.as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }
}

impl AuthHandler for Credentials {
    fn auth_handle(&self, username: &str, _realm: &str, _source: SocketAddr) -> Result<Vec<u8>, turn::Error> {
        self.key(username, SystemTime::now()).map(|(key, _)| key).ok_or(turn::Error::ErrNoSuchUser)
    }
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: ParticipantId = ParticipantId::new(0xada);

    #[test]
    fn what_is_issued_is_what_is_accepted_until_it_runs_out() {
        let (credentials, now) = (Credentials::new([7; 32]), SystemTime::now());
        let (username, password) = credentials.issue(ADA, now);

        let accepted = credentials.key(&username, now + LIFETIME - Duration::from_secs(2));
        let expired = credentials.key(&username, now + LIFETIME + Duration::from_secs(2));

        assert_eq!(accepted, Some((generate_auth_key(&username, REALM, &password), ADA)));
        assert_eq!(expired, None);
    }

    #[test]
    fn the_form_is_that_of_coturn() {
        let (username, password) = Credentials::new(*b"0123456789abcdef0123456789abcdef")
            .issue(ADA, UNIX_EPOCH + Duration::from_secs(1_700_000_000) - LIFETIME);

        assert_eq!(username, "1700000000:0000000000000ada");
        // printf %s NAME | openssl dgst -sha1 -hmac SECRET -binary | base64
        assert_eq!(password, "DzDjz7xWsp2RumMNYSl6o6WtvUA=");
    }

    #[test]
    fn a_stretched_name_needs_another_password() {
        let (credentials, now) = (Credentials::new([7; 32]), SystemTime::now());
        let (username, password) = credentials.issue(ADA, now);
        let stretched = username.replacen(|digit: char| digit.is_ascii_digit(), "9", 1);

        let key = credentials.key(&stretched, now).map(|(key, _)| key);

        assert_ne!(key, Some(generate_auth_key(&stretched, REALM, &password)));
    }

    #[test]
    fn names_that_make_no_sense_have_no_key() {
        let credentials = Credentials::new([7; 32]);

        for name in ["", ":", "1:", "99999999999999:", "99999999999999:ada", "x:0000000000000ada", "99999999999999"] {
            assert_eq!(credentials.key(name, SystemTime::now()), None, "{name}");
        }
    }
}
