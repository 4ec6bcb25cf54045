//! A server of one's own for a test, and clients that talk to it over real sockets.
use std::{io, net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use parlor_protocol::{ClientMessage, ParticipantId, Relayed, RoomOptions, SeatToken, ServerMessage, VERSION};
use parlor_server::{Config, Limits, Server, ServerHandle, participant_id};
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message},
};

/// How long anything may take before a test gives up. No test waits this long unless it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) handle: ServerHandle,
    running: JoinHandle<()>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        Self::with_config(Config { limits, ..Config::listening_on(([127, 0, 0, 1], 0).into()) }).await
    }

    pub(crate) async fn with_config(config: Config) -> Self {
        let server = Server::bind(config).await.unwrap();
        let (address, handle) = (server.local_addr(), server.handle());
        Self { address, handle, running: tokio::spawn(server.run()) }
    }

    /// Connects without a word.
    pub(crate) async fn connect(&self) -> Client {
        let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{}/ws", self.address)).await.unwrap();
        Client { socket }
    }

    /// Connects and says hello; what follows is the list of rooms.
    pub(crate) async fn arrive(&self) -> Client {
        let mut client = self.connect().await;
        client.say(&hello()).await;
        let greeting = client.hear().await;
        assert!(matches!(greeting, ServerMessage::Hello { version: VERSION, .. }), "{greeting:?}");
        client
    }

    /// Connects and enters a room as the person with this number; returns the answer too.
    pub(crate) async fn enter(&self, room: &str, number: u8) -> (Client, ServerMessage) {
        let mut client = self.arrive().await;
        client.hear().await;
        client.say(&join(room, number, true)).await;
        let answer = client.hear_about_me().await;
        (client, answer)
    }

    pub(crate) async fn ended(self) {
        patiently(self.running).await.unwrap();
    }
}

/// One websocket to the server.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Client {
    pub(crate) async fn say(&mut self, message: &ClientMessage) {
        self.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
    }

    pub(crate) async fn send(&mut self, message: Message) -> Result<(), Error> {
        patiently(self.socket.send(message)).await
    }

    /// The next message of the server.
    pub(crate) async fn hear(&mut self) -> ServerMessage {
        patiently(async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("instead of a message there was {other:?}"),
                }
            }
        })
        .await
    }

    /// The next message that is not news of rooms, which come when they come.
    pub(crate) async fn hear_about_me(&mut self) -> ServerMessage {
        loop {
            let message = self.hear().await;
            if !matches!(message, ServerMessage::RoomsChanged { .. }) {
                return message;
            }
        }
    }

    /// Reads on until the server closes, and says how it did.
    pub(crate) async fn closed(&mut self) -> Closed {
        patiently(async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return Closed { code: frame.code.into(), reason: frame.reason.to_string() };
                    }
                    Some(Ok(_)) => {}
                    other => panic!("instead of a close frame there was {other:?}"),
                }
            }
        })
        .await
    }

    /// Reads on until the TCP connection ends, which is an error where it was reset.
    pub(crate) async fn ended(self) -> io::Result<()> {
        let mut stream = self.socket.into_inner();
        patiently(tokio::io::copy(&mut stream, &mut tokio::io::sink())).await.map(|_| ())
    }

    /// Vanishes without a goodbye.
    pub(crate) fn vanish(self) {}
}

/// Waits, but not for ever. The patience is for all of it: pings come all the time and must not renew it.
async fn patiently<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.expect("the server does its part in time")
}

pub(crate) fn hello() -> ClientMessage {
    ClientMessage::Hello { version: VERSION, agent: "test".to_owned() }
}

pub(crate) fn join(room: &str, number: u8, create: bool) -> ClientMessage {
    ClientMessage::Join {
        room: room.parse().unwrap(),
        nickname: None,
        token: token(number),
        create,
        passcode: None,
        options: RoomOptions::default(),
        seal: None,
    }
}

pub(crate) fn relay(to: u8, message: Relayed) -> ClientMessage {
    ClientMessage::Relay { to: person(to), message }
}

pub(crate) fn person(number: u8) -> ParticipantId {
    participant_id(&token(number))
}

pub(crate) fn token(number: u8) -> SeatToken {
    SeatToken::new([number; 16])
}
