//! A websocket that reads on while it writes, and that says goodbye properly.
use std::{
    future::poll_fn,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        error::ProtocolError,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

#[cfg(feature = "echo")]
use tokio_tungstenite::tungstenite::Bytes;

use crate::{close::CloseReason, transport::Transport};

/// How long the other side has to take in a close frame, and then to close as well.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of what the other side had still to say is read and thrown away.
const LINGER_BYTES: u64 = 4 * 1024 * 1024;

/// What happens at a websocket.
#[derive(Debug)]
pub(super) enum Event {
    /// A message has come.
    Text(Utf8Bytes),
    /// A message has come that only an echo takes.
    #[cfg(feature = "echo")]
    Binary(Bytes),
    /// A sign of life has come: a ping (which is answered already) or a pong.
    Control,
    /// All that was to be sent is with the system.
    Flushed,
    /// The other side broke a rule.
    Broke(CloseReason),
    /// The other side has closed, or is gone.
    Gone,
}

/// One websocket.
#[derive(Debug)]
pub(super) struct Socket {
    stream: WebSocketStream<Transport>,
    flushing: bool,
}

impl Socket {
    pub(super) fn new(stream: WebSocketStream<Transport>) -> Self {
        Self { stream, flushing: false }
    }

    /// Whether the next message can be sent.
    pub(super) fn is_ready(&self) -> bool {
        !self.flushing
    }

    /// Begins to send a message, which may only be called when it [`is_ready`](Self::is_ready), or right behind
    /// another one to send both together. It is on its way when [`Event::Flushed`] comes.
    pub(super) fn send(&mut self, message: Message) -> Result<(), Error> {
        self.flushing = true;
        self.stream.start_send_unpin(message)
    }

    /// Waits for what happens next, reading and writing at the same time. Cancel-safe.
    pub(super) async fn next(&mut self) -> Event {
        poll_fn(|context| self.poll(context)).await
    }

    /// Sends a close frame, for as long as that may take, and waits for the other side to close.
    pub(super) async fn close(mut self, reason: &CloseReason) {
        let frame = CloseFrame { code: CloseCode::from(reason.code()), reason: reason.text().as_ref().into() };
        // Whether it arrives or not: the connection ends here.
        let _ = timeout(CLOSE_TIMEOUT, self.stream.send(Message::Close(Some(frame)))).await;
        linger(self.stream.into_inner()).await;
    }

    /// Answers the close frame of the other side.
    pub(super) async fn acknowledge(mut self) {
        let _ = timeout(CLOSE_TIMEOUT, self.stream.flush()).await;
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        if self.flushing
            && let Poll::Ready(flushed) = self.stream.poll_flush_unpin(context)
        {
            self.flushing = false;
            return Poll::Ready(flushed.map_or(Event::Gone, |()| Event::Flushed));
        }
        Poll::Ready(match ready!(self.stream.poll_next_unpin(context)) {
            Some(Ok(Message::Text(text))) => Event::Text(text),
            #[cfg(feature = "echo")]
            Some(Ok(Message::Binary(bytes))) => Event::Binary(bytes),
            #[cfg(not(feature = "echo"))]
            Some(Ok(Message::Binary(_))) => Event::Broke(CloseReason::Binary),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Event::Control,
            Some(Ok(Message::Close(_))) | None => Event::Gone,
            Some(Err(error)) => failure(&error),
        })
    }
}

fn failure(error: &Error) -> Event {
    match error {
        Error::Capacity(_) => Event::Broke(CloseReason::TooLarge),
        Error::Utf8(_) => Event::Broke(CloseReason::NotUtf8),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Event::Gone,
        Error::Protocol(_) => Event::Broke(CloseReason::BadFrame),
        _ => Event::Gone,
    }
}

/// Ends a TCP connection so that what was sent last arrives: to close it while something is still unread would
/// have the system reset it, and the other side would lose our last words (RFC 9293, section 3.6.1).
pub(crate) async fn linger(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let drain = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut (&mut stream).take(LINGER_BYTES), &mut tokio::io::sink()).await
    };
    // It has ended well or badly, but it has ended.
    let _ = timeout(CLOSE_TIMEOUT, drain).await;
}
