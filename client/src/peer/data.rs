//! The data channel of a pair: peer messages as JSON texts.
use std::sync::Arc;

use parlor_call::PeerEvent;
use parlor_protocol::{PeerMessage, limits};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// The data channel, as messages.
pub(super) struct Channel(pub(super) Arc<dyn DataChannel>);

impl Channel {
    /// The next thing to tell. `None` once the connection is closed.
    pub(super) async fn next(&self) -> Option<PeerEvent> {
        loop {
            match self.0.poll().await? {
                DataChannelEvent::OnOpen => return Some(PeerEvent::ChannelOpen),
                DataChannelEvent::OnClose => return Some(PeerEvent::ChannelClosed),
                DataChannelEvent::OnMessage(message) if message.data.len() <= limits::MESSAGE_BYTES => {
                    match serde_json::from_slice(&message.data) {
                        Ok(message) => return Some(PeerEvent::Message(message)),
                        Err(error) => tracing::debug!(%error, "not a message that we know"),
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) async fn send(&self, message: &PeerMessage) {
        let Ok(text) = serde_json::to_string(message) else { return };
        if self.0.try_send_text(&text).await.is_err() {
            tracing::debug!("the data channel does not take a message");
        }
    }
}
