//! What a connection runs over: TLS, or plain TCP where that is allowed. One port serves both; the first byte tells
//! them apart.
use std::{
    io,
    net::IpAddr,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;
use tracing::debug;

use crate::{connection::linger, tls::Tls};

/// What every TLS connection begins with: a record of type handshake (RFC 8446, section 5.1). No HTTP does.
const TLS_HANDSHAKE: u8 = 0x16;
/// What whoever comes without TLS is told.
const USE_TLS: &str = "this server is spoken to through TLS: use wss:// in Parlor, https:// in a browser";

/// A connection, from here on the same either way.
#[derive(Debug)]
pub(crate) enum Transport {
    /// TCP alone.
    Plain(TcpStream),
    /// TLS over TCP.
    Tls(Box<TlsStream<TcpStream>>),
}

/// Who is served without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlainFor {
    /// This machine, where nobody is on the way: a browser, a proxy in front of us.
    Loopback,
    /// Everybody, as the owner wants it so.
    Everybody,
}

impl PlainFor {
    fn serves(self, peer: IpAddr) -> bool {
        match self {
            Self::Loopback => peer.is_loopback(),
            Self::Everybody => true,
        }
    }
}

impl Transport {
    /// Finds out how a connection speaks. `None` where it should have used TLS, and has been told so.
    pub(crate) async fn accept(
        stream: TcpStream,
        peer: IpAddr,
        plain: PlainFor,
        tls: &Tls,
    ) -> io::Result<Option<Self>> {
        let mut first = [0];
        if stream.peek(&mut first).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if first == [TLS_HANDSHAKE] {
            let stream = tls.acceptor().accept(stream).await?;
            return Ok(Some(Self::Tls(Box::new(stream))));
        }
        if plain.serves(peer) {
            return Ok(Some(Self::Plain(stream)));
        }
        debug!("came without TLS");
        refuse(stream).await?;
        Ok(None)
    }
}

async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let answer = format!(
        "HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n\
         content-length: {}\r\n\r\n{USE_TLS}\n",
        USE_TLS.len() + 1
    );
    stream.write_all(answer.as_bytes()).await?;
    linger(stream).await;
    Ok(())
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::{io::AsyncReadExt, net::TcpListener};

    use super::*;
    use crate::state::{ServerState, StatePlace};

    const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 9));
    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn plain_http_from_elsewhere_is_told_to_use_tls() {
        let (mut client, server) = connected().await;
        client.write_all(b"GET /healthz HTTP/1.1\r\nHost: parlor\r\n\r\n").await.unwrap();

        let (accepted, answer) = tokio::join!(accept(server, ELSEWHERE, PlainFor::Loopback), async {
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            drop(client);
            answer
        });

        assert!(accepted.is_none());
        assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("wss://"), "{answer}");
    }

    #[tokio::test]
    async fn plain_http_is_served_to_this_machine_and_to_all_where_the_owner_wants_it() {
        for (peer, plain) in [(HERE, PlainFor::Loopback), (ELSEWHERE, PlainFor::Everybody)] {
            let (mut client, server) = connected().await;
            client.write_all(b"GET /").await.unwrap();

            let mut accepted = accept(server, peer, plain).await.unwrap();

            let mut seen = [0; 5];
            accepted.read_exact(&mut seen).await.unwrap();
            assert_eq!(&seen, b"GET /", "nothing is lost by looking at the first byte");
        }
    }

    async fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (client, listener.accept().await.unwrap().0)
    }

    async fn accept(stream: TcpStream, peer: IpAddr, plain: PlainFor) -> Option<Transport> {
        let state = ServerState::open(&StatePlace::Memory, &[]).unwrap();
        let tls = Tls::new(None, &state.identity).unwrap();
        Transport::accept(stream, peer, plain, &tls).await.unwrap()
    }
}
