//! What the administrator does by HTTP, and who is not let do it.
use parlor_protocol::{ByeReason, ServerMessage};
use parlor_server::Limits;
use serde_json::json;

use crate::{
    client::{hello, person},
    request::{TOKEN, ask, get, json as parsed, post, status, until_hit, with_admin},
};

#[tokio::test]
async fn everybody_sees_the_rooms_and_only_the_administrator_sees_who_is_in_them() {
    let server = with_admin(Limits::default()).await;
    let (_ada, _) = server.enter("tea", 1).await;

    let public = parsed(&get(&server, "/api/status", None).await);
    let private = parsed(&get(&server, "/api/admin", Some(TOKEN)).await);

    assert_eq!((&public["rooms"][0]["name"], &public["rooms"][0]["participants"]), (&json!("tea"), &json!(1)));
    assert!(public["rooms"][0].get("people").is_none() && public["rooms"][0].get("address").is_none(), "{public}");
    assert_eq!(private["rooms"][0]["participants"], 1);
    let somebody = &private["rooms"][0]["members"][0];
    assert_eq!((&somebody["id"], &somebody["address"]), (&json!(person(1).to_string()), &json!("127.0.0.1")));
}

#[tokio::test]
async fn without_the_token_nothing_can_be_done() {
    let server = with_admin(Limits::default()).await;
    let (_ada, _) = server.enter("tea", 1).await;
    let body = r#"{"room":"tea"}"#;
    let forged = format!(
        "POST /api/admin/rooms/close HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );

    let answers = [
        get(&server, "/api/admin", None).await,
        get(&server, "/api/admin", Some("0123456789abcdef0123456789abcdee")).await,
        ask(server.address, &forged).await,
    ];

    assert_eq!(answers.each_ref().map(|answer| status(answer)), ["401"; 3], "{answers:?}");
    assert_eq!(parsed(&get(&server, "/api/status", None).await)["rooms"][0]["name"], "tea");
}

#[tokio::test]
async fn a_server_without_a_token_has_no_administrator() {
    let server = crate::client::TestServer::start().await;

    let answer = get(&server, "/api/admin", Some(TOKEN)).await;

    assert_eq!(status(&answer), "403", "{answer}");
}

#[tokio::test]
async fn whoever_guesses_tokens_has_to_wait() {
    let server = with_admin(Limits::default()).await;

    let mut statuses = Vec::new();
    for guess in 0..6 {
        let answer = get(&server, "/api/admin", Some(&format!("wrong-token-number-{guess}"))).await;
        statuses.push(status(&answer).to_owned());
    }
    let right = get(&server, "/api/admin", Some(TOKEN)).await;

    assert_eq!(statuses, ["401", "401", "401", "401", "401", "429"]);
    assert_eq!(status(&right), "429", "{right}");
    assert!(right.contains("retry-after: 60\r\n"), "{right}");
    until_hit(&server, "admin_attempts").await;
}

#[tokio::test]
async fn somebody_who_is_removed_is_told_why_and_so_are_the_others() {
    let server = with_admin(Limits::default()).await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let (mut bob, _) = server.enter("tea", 2).await;
    assert!(matches!(ada.hear().await, ServerMessage::Welcome { .. }));

    let body = json!({"room": "tea", "participant": person(2).to_string(), "remark": "too loud"});
    let answer = post(&server, "/api/admin/participants/remove", &body).await;
    let again = post(&server, "/api/admin/participants/remove", &body).await;

    let removed = ServerMessage::Removed { by: None, remark: Some("too loud".parse().unwrap()) };
    assert_eq!(status(&answer), "200", "{answer}");
    assert_eq!(bob.hear_about_me().await, removed);
    assert_eq!(ada.hear().await, ServerMessage::Bye { participant: person(2), reason: ByeReason::Removed });
    assert_eq!(status(&again), "404", "{again}");
}

#[tokio::test]
async fn a_room_that_is_closed_is_left_by_all_and_gone() {
    let server = with_admin(Limits::default()).await;
    let (mut ada, _) = server.enter("tea", 1).await;

    let answer = post(&server, "/api/admin/rooms/close", &json!({"room": "tea"})).await;

    assert_eq!(status(&answer), "200", "{answer}");
    assert_eq!(ada.hear_about_me().await, ServerMessage::Removed { by: None, remark: None });
    assert_eq!(parsed(&get(&server, "/api/admin", Some(TOKEN)).await)["rooms"], json!([]));
    assert_eq!(status(&post(&server, "/api/admin/rooms/close", &json!({"room": "tea"})).await), "404");
}

#[tokio::test]
async fn an_announcement_reaches_those_in_rooms_and_those_in_the_lobby() {
    let server = with_admin(Limits::default()).await;
    let (mut ada, _) = server.enter("tea", 1).await;
    let mut bob = server.connect().await;
    bob.say(&hello()).await;
    bob.hear().await;
    bob.hear().await;

    let answer = post(&server, "/api/admin/announce", &json!({"text": "Back in a minute"})).await;

    let said = ServerMessage::Announcement { text: "Back in a minute".parse().unwrap() };
    assert_eq!(status(&answer), "200", "{answer}");
    assert_eq!([ada.hear_about_me().await, bob.hear_about_me().await], [said.clone(), said]);
}

#[tokio::test]
async fn a_body_that_is_not_as_it_should_be_is_refused_with_what_is_wrong() {
    let server = with_admin(Limits::default()).await;
    let with = |method: &str, kind: &str, body: &str| {
        format!(
            "{method} /api/admin/announce HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let large = format!(r#"{{"text":"{}"}}"#, "x".repeat(5000));

    for (request, expected, words) in [
        (with("GET", "application/json", ""), "405", "with POST"),
        (with("POST", "text/plain", r#"{"text":"hi"}"#), "415", "application/json"),
        (with("POST", "application/x-www-form-urlencoded", "text=hi"), "415", "application/json"),
        (with("POST", "application/json", "hello"), "400", "expected value"),
        (with("POST", "application/json", r#"{"text":""}"#), "400", "empty"),
        (with("POST", "application/json", r#"{"text":"hi","extra":1}"#), "400", "unknown field"),
        (with("POST", "application/json", &large), "413", "at most 4 KiB"),
        (with("POST", "application/json", &"[".repeat(4000)), "400", "expected a string"),
    ] {
        let answer = ask(server.address, &request).await;

        assert_eq!(status(&answer), expected, "{answer}");
        assert!(answer.contains(words), "{words} is not in {answer}");
    }
    until_hit(&server, "body_size").await;
}

#[tokio::test]
async fn a_body_in_chunks_is_read_and_one_without_end_is_not() {
    let server = with_admin(Limits::default()).await;
    let head = format!(
        "POST /api/admin/announce HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let small = format!("{head}7\r\n{{\"text\"\r\n6\r\n:\"hi\"}}\r\n0\r\n\r\n");
    let endless = head + &format!("400\r\n{}\r\n", " ".repeat(1024)).repeat(16);

    let answers = [ask(server.address, &small).await, ask(server.address, &endless).await];

    assert_eq!(answers.each_ref().map(|answer| status(answer)), ["200", "413"], "{answers:?}");
}
