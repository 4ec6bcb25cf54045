//! One participant of either server.
use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};

use crate::{
    contender::Contender,
    dialect::{Dialect, Heard},
    transport::{Transport, connect},
};

/// An open connection.
pub(crate) struct Client {
    socket: WebSocketStream<Box<dyn Transport>>,
    dialect: Dialect,
    /// An answer that the server waits for.
    owed: Option<&'static str>,
}

/// Somebody in a room.
pub(crate) struct Participant {
    pub(crate) client: Client,
    pub(crate) me: String,
}

impl Client {
    /// Connects and is told which rooms there are.
    pub(crate) async fn enter(contender: &Contender) -> anyhow::Result<Self> {
        let dialect = contender.dialect;
        let stream = connect(contender.address, contender.tls.as_ref()).await?;
        let scheme = if contender.tls.is_some() { "wss" } else { "ws" };
        let url = format!("{scheme}://{}{}", contender.address, dialect.path());
        // Small, because thousands of them are held; a whole burst of small messages still fits in.
        let config = WebSocketConfig::default().read_buffer_size(8 * 1024).write_buffer_size(4 * 1024);
        let (socket, _) = client_async_with_config(url, stream, Some(config)).await.context("no websocket")?;
        let mut client = Self { socket, dialect, owed: None };
        client.say(dialect.hello()).await?;
        while client.next().await? != Heard::Rooms {}
        Ok(client)
    }

    /// Goes into a room, which is made where it is missing.
    pub(crate) async fn join(mut self, room: &str, number: usize) -> anyhow::Result<Participant> {
        self.say(self.dialect.join(room, number)).await?;
        loop {
            match self.next().await? {
                Heard::Joined { me } => return Ok(Participant { client: self, me }),
                Heard::Refused => bail!("the server lets nobody into {room}"),
                Heard::Rooms | Heard::State(_) | Heard::Relayed(_) | Heard::Ping(_) | Heard::Other => {}
            }
        }
    }

    /// Says something, and waits until it is with the system.
    pub(crate) async fn say(&mut self, text: String) -> anyhow::Result<()> {
        self.socket.send(message(text)).await.context("could not send")
    }

    /// Says something with what is said next, or at the next [`flush`](Self::flush).
    pub(crate) async fn add(&mut self, text: String) -> anyhow::Result<()> {
        self.socket.feed(message(text)).await.context("could not send")
    }

    pub(crate) async fn flush(&mut self) -> anyhow::Result<()> {
        self.socket.flush().await.context("could not send")
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What the server says next. What wants an answer gets it when this is called again. Cancel-safe.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Heard> {
        if let Some(answer) = self.owed {
            self.say(answer.to_owned()).await?;
            self.owed = None;
        }
        let heard = match self.socket.next().await.context("the server has hung up")?? {
            Message::Text(text) => self.dialect.read(&text),
            Message::Close(frame) => bail!("the server has closed: {frame:?}"),
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Heard::Other,
        };
        if let Heard::Ping(answer) = heard {
            self.owed = Some(answer);
        }
        Ok(heard)
    }
}

fn message(text: String) -> Message {
    Message::Text(Utf8Bytes::from(text))
}
