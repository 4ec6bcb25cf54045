//! Websocket frames and HTTP requests that are allowed but odd, or not allowed at all.
use parlor_server::Limits;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Duration, interval, timeout},
};
use tokio_tungstenite::tungstenite::{
    Bytes, Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::{
    client::{Client, PATIENCE, TestServer, hello},
    request::{ask, status, until_hit},
};

#[tokio::test]
async fn a_message_in_pieces_is_one_message() {
    let server = TestServer::start().await;
    let mut ada = server.connect().await;
    let text = serde_json::to_string(&hello()).unwrap();
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(9).collect();

    send_in_pieces(&mut ada, &pieces).await;

    assert!(matches!(ada.hear().await, parlor_protocol::ServerMessage::Hello { .. }));
}

#[tokio::test]
async fn pieces_that_are_too_much_together_are_closed() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;
    let piece = vec![b'x'; 16 * 1024];

    send_in_pieces(&mut ada, &[piece.as_slice(); 5]).await;

    assert_eq!(ada.closed().await.code, 1009);
    until_hit(&server, "message_size").await;
}

#[tokio::test]
async fn a_piece_that_continues_nothing_is_closed() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;

    ada.send(Message::Frame(Frame::message(&b"x"[..], OpCode::Data(Data::Continue), true))).await.unwrap();

    assert_eq!(ada.closed().await.code, 1002);
}

#[tokio::test]
async fn a_flood_of_pings_is_cut_off() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;

    for _ in 0..2000 {
        if ada.send(Message::Ping(Bytes::from_static(b"?"))).await.is_err() {
            break;
        }
    }

    assert_eq!(ada.closed().await.code, 1008);
    until_hit(&server, "message_rate").await;
}

#[tokio::test]
async fn a_flood_of_empty_pieces_is_cut_off() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;
    let empty = |code| Message::Frame(Frame::message(Bytes::new(), OpCode::Data(code), false));

    let mut sent = ada.send(empty(Data::Text)).await;
    for _ in 0..1000 {
        sent = sent.and(ada.send(empty(Data::Continue)).await);
    }

    // Pieces of one message cost nothing until it is whole; it ends as one message that is none.
    sent.unwrap();
    ada.send(Message::Frame(Frame::message(Bytes::new(), OpCode::Data(Data::Continue), true))).await.unwrap();
    assert_eq!(ada.closed().await.code, 1008);
}

#[tokio::test]
async fn nesting_without_end_is_closed() {
    let server = TestServer::start().await;
    let mut ada = server.arrive().await;

    ada.send(Message::text(format!(r#"{{"a":{}"#, "[".repeat(60_000)))).await.unwrap();

    let closed = ada.closed().await;
    assert_eq!(closed.code, 1008);
    assert!(closed.reason.contains("recursion limit"), "{closed:?}");
}

#[tokio::test]
async fn a_frame_without_a_mask_is_closed() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();

    stream.write_all(&[0x81, 0x02, b'h', b'i']).await.unwrap();

    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server hangs up").unwrap();
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("the end of the head") + 4;
    assert_eq!(answer.get(head).copied(), Some(0x88), "a close frame");
    assert_eq!(answer.get(head + 2..head + 4), Some(&1002_u16.to_be_bytes()[..]));
}

#[tokio::test]
async fn what_comes_right_behind_the_request_is_not_lost() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let ping = [0x89, 0x80, 0, 0, 0, 0];

    stream.write_all(&[UPGRADE.as_bytes(), &ping].concat()).await.unwrap();

    let mut answer = Vec::new();
    let pong = async {
        while !answer.ends_with(&[0x8a, 0x00]) {
            answer.push(stream.read_u8().await.expect("the connection stays"));
        }
    };
    timeout(PATIENCE, pong).await.expect("a pong");
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_for_ever_is_hung_up_on() {
    let server = TestServer::with(Limits { handshake: Duration::from_secs(1), ..Limits::default() }).await;
    let (mut read, mut write) = TcpStream::connect(server.address).await.unwrap().into_split();
    let dripping = tokio::spawn(async move {
        let mut pause = interval(Duration::from_millis(20));
        for byte in b"GET /ws HTTP/1.1\r\nX: ".iter().chain(std::iter::repeat(&b'x')) {
            pause.tick().await;
            if write.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });

    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, read.read_to_end(&mut answer)).await.expect("the server hangs up");

    assert_eq!(answer, b"");
    until_hit(&server, "handshake").await;
    dripping.abort();
}

#[tokio::test]
async fn of_several_requests_at_once_the_first_is_answered_and_the_connection_ends() {
    let server = TestServer::start().await;

    let answer = ask(server.address, &"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(3)).await;

    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 1, "{answer}");
}

#[tokio::test]
async fn an_old_program_gets_the_health_and_no_websocket() {
    let server = TestServer::start().await;
    let upgrade = UPGRADE.replace("HTTP/1.1", "HTTP/1.0");

    let health = ask(server.address, "GET /healthz HTTP/1.0\r\n\r\n").await;
    let websocket = ask(server.address, &upgrade).await;

    assert_eq!((status(&health), status(&websocket)), ("200", "426"), "{health} {websocket}");
}

#[tokio::test]
async fn whoever_closes_their_side_after_asking_still_gets_the_answer() {
    let server = TestServer::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();

    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();

    let mut answer = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
}

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: parlor\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

async fn send_in_pieces(client: &mut Client, pieces: &[&[u8]]) {
    for (at, piece) in pieces.iter().enumerate() {
        let code = if at == 0 { Data::Text } else { Data::Continue };
        let frame = Frame::message(piece.to_vec(), OpCode::Data(code), at + 1 == pieces.len());
        if client.send(Message::Frame(frame)).await.is_err() {
            return; // Cut off before the end.
        }
    }
}
