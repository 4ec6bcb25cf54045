//! Why a request does not get what it asks for: the status for programs, the sentence for people.
use hyper::{
    Method, StatusCode,
    header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE},
};
use thiserror::Error;

use super::{Response, text};
use crate::{gate::Refusal, metrics::Limit};

/// A request that is refused.
#[derive(Debug, Error)]
pub(crate) enum RequestError {
    #[error("there is nothing here: this is a Parlor server, its websocket is at /ws")]
    NotFound,
    #[error("this is a Parlor server: connect to it with Parlor")]
    NoUpgrade,
    #[error("this is no HTTP/1.1 GET request")]
    BadRequest,
    #[error("this is to be asked for with {allowed}")]
    Method { allowed: Method },
    #[error("this web page may not connect: start the server with --allow-origin and its origin")]
    ForeignOrigin,
    #[error("this server does not go by that name: start it with --allow-host and the name")]
    ForeignHost,
    #[error("{}", refused(*.0))]
    Refused(Refusal),
    #[error("the admin token is missing or wrong: the server prints it when it starts")]
    NoToken,
    #[error("this server has no administrator: start it with an admin token")]
    NoAdmin,
    #[error("too many wrong admin tokens from your address: wait a minute")]
    TooManyTokens,
    #[error("the body has to be JSON: send it as application/json")]
    NotJson,
    #[error("the body is too large: at most 4 KiB")]
    BodyTooLarge,
    #[error("the body cannot be understood: {0}")]
    BadBody(String),
    #[error("the body did not arrive")]
    BodyLost,
    #[error("there is no such room, or not any more")]
    NoSuchRoom,
    #[error("they are not in that room, or not any more")]
    NoSuchParticipant,
    #[error("the server is shutting down")]
    Stopping,
    #[error("this server cannot say where it is reached: ask whoever runs it for its address")]
    NoInvite,
}

impl RequestError {
    /// The answer to send.
    pub(crate) fn response(&self) -> Response {
        let mut response = text(self.status(), &self.to_string());
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The limit that was hit, if it was one.
    pub(super) fn limit(&self) -> Option<Limit> {
        match self {
            Self::ForeignOrigin => Some(Limit::Origin),
            Self::ForeignHost => Some(Limit::Host),
            Self::TooManyTokens => Some(Limit::AdminAttempts),
            Self::BodyTooLarge => Some(Limit::BodySize),
            // Counted when they came in, whatever they asked for.
            Self::Refused(_)
            | Self::NotFound
            | Self::NoUpgrade
            | Self::BadRequest
            | Self::Method { .. }
            | Self::NoToken
            | Self::NoAdmin
            | Self::NotJson
            | Self::BadBody(_)
            | Self::BodyLost
            | Self::NoSuchRoom
            | Self::NoSuchParticipant
            | Self::Stopping
            | Self::NoInvite => None,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NoSuchRoom | Self::NoSuchParticipant | Self::NoInvite => StatusCode::NOT_FOUND,
            Self::NoUpgrade => StatusCode::UPGRADE_REQUIRED,
            Self::BadRequest | Self::BadBody(_) | Self::BodyLost => StatusCode::BAD_REQUEST,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::ForeignOrigin | Self::NoAdmin => StatusCode::FORBIDDEN,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Refused(Refusal::AddressFull) | Self::TooManyTokens => StatusCode::TOO_MANY_REQUESTS,
            Self::Refused(Refusal::ServerFull) | Self::Stopping => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::NoUpgrade => Some((UPGRADE, HeaderValue::from_static("websocket"))),
            Self::NoToken => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::TooManyTokens => Some((RETRY_AFTER, HeaderValue::from_static("60"))),
            Self::Method { allowed } => HeaderValue::from_str(allowed.as_str()).ok().map(|allowed| (ALLOW, allowed)),
            Self::NotFound
            | Self::BadRequest
            | Self::ForeignOrigin
            | Self::ForeignHost
            | Self::Refused(_)
            | Self::NoAdmin
            | Self::NotJson
            | Self::BodyTooLarge
            | Self::BadBody(_)
            | Self::BodyLost
            | Self::NoSuchRoom
            | Self::NoSuchParticipant
            | Self::Stopping
            | Self::NoInvite => None,
        }
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::AddressFull => "too many connections from your address: close some",
        Refusal::ServerFull => "the server has as many connections as it takes: try later",
    }
}
