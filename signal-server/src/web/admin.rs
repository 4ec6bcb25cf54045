//! What the administrator asks for by HTTP. Whoever gets here has shown the token.
//!
//! A page from elsewhere can do nothing here: it knows no token, and browsers send no header `Authorization` and no
//! JSON across origins without asking first, which is never answered.
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{Method, Request, StatusCode, body::Incoming, header::CONTENT_TYPE};
use parlor_protocol::{ParticipantId, Remark, RoomInfo, RoomName};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Web, json, status::General};
use crate::{
    http::{RequestError, Response, must_be, respond},
    lobby::{ParticipantSnapshot, RoomSnapshot},
};

/// Longest body of a request, in bytes.
const BODY_BYTES: usize = 4 * 1024;

#[derive(Debug, Serialize)]
struct Everything {
    #[serde(flatten)]
    general: General,
    rooms: Vec<Room>,
}

/// A room and who is in it; `participants` is how many they are, as in the public status.
#[derive(Debug, Serialize)]
struct Room {
    #[serde(flatten)]
    info: RoomInfo,
    hidden: bool,
    members: Vec<ParticipantSnapshot>,
}

impl From<RoomSnapshot> for Room {
    fn from(RoomSnapshot { info, hidden, participants }: RoomSnapshot) -> Self {
        Self { info, hidden, members: participants }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseRoom {
    room: RoomName,
    #[serde(default)]
    remark: Option<Remark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    room: RoomName,
    participant: ParticipantId,
    #[serde(default)]
    remark: Option<Remark>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announce {
    text: Remark,
}

impl Web {
    pub(super) async fn answer_admin(&self, request: Request<Incoming>) -> Result<Response, RequestError> {
        match request.uri().path() {
            "/api/admin" => {
                must_be(&Method::GET, &request)?;
                let snapshot = self.admin.snapshot().await.ok_or(RequestError::Stopping)?;
                let general = General::new(&self.about, &self.metrics, snapshot.in_lobby);
                let everything =
                    json(&Everything { general, rooms: snapshot.rooms.into_iter().map(Room::from).collect() })?;
                Ok(respond(StatusCode::OK, "application/json", everything))
            }
            "/api/admin/rooms/close" => {
                let CloseRoom { room, remark } = read(request).await?;
                done(self.admin.close_room(room, remark).await, RequestError::NoSuchRoom)
            }
            "/api/admin/participants/remove" => {
                let Remove { room, participant, remark } = read(request).await?;
                done(self.admin.remove(room, participant, remark).await, RequestError::NoSuchParticipant)
            }
            "/api/admin/announce" => {
                let Announce { text } = read(request).await?;
                self.admin.announce(text).await;
                done(true, RequestError::Stopping)
            }
            _ => Err(RequestError::NotFound),
        }
    }
}

fn done(done: bool, otherwise: RequestError) -> Result<Response, RequestError> {
    if done { Ok(respond(StatusCode::OK, "application/json", "{}")) } else { Err(otherwise) }
}

/// The body of a request to do something.
async fn read<T: DeserializeOwned>(request: Request<Incoming>) -> Result<T, RequestError> {
    must_be(&Method::POST, &request)?;
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(RequestError::NotJson);
    }
    let body = Limited::new(request.into_body(), BODY_BYTES).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { RequestError::BodyTooLarge } else { RequestError::BodyLost }
    })?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| RequestError::BadBody(error.to_string()))
}
