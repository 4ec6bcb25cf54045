//! The way from a request to a websocket (RFC 6455, section 4.2).
use http_body_util::Full;
use hyper::{Method, Request, body::Incoming, header::ORIGIN};
use parlor_protocol::limits::MESSAGE_BYTES;
use tokio_tungstenite::tungstenite::{handshake::server::create_response_with_body, protocol::WebSocketConfig};

use super::{RequestError, Response};
use crate::{limits::RELAY_GROWTH_BYTES, origin::AllowedOrigins};

/// The response that opens the websocket.
pub(super) fn upgrade(request: &Request<Incoming>, origins: &AllowedOrigins) -> Result<Response, RequestError> {
    if request.method() != Method::GET {
        return Err(RequestError::BadRequest);
    }
    if let Some(origin) = request.headers().get(ORIGIN)
        && !origin.to_str().is_ok_and(|origin| origins.allows(origin))
    {
        return Err(RequestError::ForeignOrigin);
    }
    create_response_with_body(request, Full::default).map_err(|_| RequestError::NoUpgrade)
}

/// The library's defaults take 137 KiB a connection and let messages have 64 MiB.
pub(super) fn websocket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(1024)
        // So much is written at once. What is less waits for the flush, which follows at once.
        .write_buffer_size(2048)
        .max_write_buffer_size(2 * MESSAGE_BYTES)
        .max_message_size(Some(MOST_BYTES))
        .max_frame_size(Some(MOST_BYTES))
}

/// The longest message that is taken. The websocket test-suite has messages of exactly 64 KiB.
const MOST_BYTES: usize = if cfg!(feature = "echo") { MESSAGE_BYTES } else { MESSAGE_BYTES - RELAY_GROWTH_BYTES };
