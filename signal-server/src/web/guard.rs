//! Who may act as the administrator: whoever shows the token, and has not shown too many wrong ones.
use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use hyper::{HeaderMap, header::AUTHORIZATION};

use super::AdminToken;
use crate::{http::RequestError, lobby::attempts::Attempts};

/// Wrong tokens that one address may show in a minute.
const WRONG_TOKENS: usize = 5;

/// Looks at the token of every request that needs one.
#[derive(Debug)]
pub(super) struct Guard {
    token: Option<AdminToken>,
    attempts: Mutex<Attempts>,
}

impl Guard {
    pub(super) fn new(token: Option<AdminToken>) -> Self {
        Self { token, attempts: Mutex::new(Attempts::new(WRONG_TOKENS)) }
    }

    /// Lets the administrator pass.
    pub(super) fn admit(&self, headers: &HeaderMap, client: IpAddr) -> Result<(), RequestError> {
        let Some(token) = &self.token else {
            return Err(RequestError::NoAdmin);
        };
        let now = Instant::now();
        // What a panic left behind is a list of times: still good.
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.exhausted(client, 0, now) {
            return Err(RequestError::TooManyTokens);
        }
        match bearer(headers) {
            Some(shown) if token.is(shown) => Ok(()),
            Some(_) => {
                attempts.failed(client, now);
                Err(RequestError::NoToken)
            }
            // Whoever shows nothing has not guessed.
            None => Err(RequestError::NoToken),
        }
    }
}

/// The token in `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    const ADA: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 1));
    const BOB: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2));

    #[test]
    fn after_too_many_wrong_tokens_even_the_right_one_has_to_wait_but_only_there() {
        let guard = Guard::new(Some("0123456789abcdef".parse().unwrap()));
        let right = with_token("Bearer 0123456789abcdef");

        for _ in 0..WRONG_TOKENS {
            assert!(matches!(guard.admit(&with_token("Bearer 0123456789abcdeg"), ADA), Err(RequestError::NoToken)));
        }

        assert!(matches!(guard.admit(&right, ADA), Err(RequestError::TooManyTokens)));
        assert!(guard.admit(&right, BOB).is_ok());
    }

    #[test]
    fn no_token_is_no_attempt() {
        let guard = Guard::new(Some("0123456789abcdef".parse().unwrap()));

        for headers in
            [HeaderMap::new(), with_token("Basic 0123456789abcdef"), with_token("Bearer")].iter().cycle().take(30)
        {
            assert!(matches!(guard.admit(headers, ADA), Err(RequestError::NoToken)));
        }

        assert!(guard.admit(&with_token("bearer 0123456789abcdef"), ADA).is_ok());
    }

    #[test]
    fn without_a_token_there_is_no_administrator() {
        let guard = Guard::new(None);

        assert!(matches!(guard.admit(&with_token("Bearer "), ADA), Err(RequestError::NoAdmin)));
    }

    fn with_token(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(value))])
    }
}
