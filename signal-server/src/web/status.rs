//! What everybody may know about the server: the rooms that are not hidden, and a few numbers.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hyper::body::Bytes;
use parlor_protocol::{RoomInfo, ServerAddress, VERSION};
use serde::Serialize;
use tokio::sync::Mutex;

use super::{About, json};
use crate::{admin::AdminHandle, http::RequestError, lobby::Snapshot, metrics::Metrics};

/// How old an answer may be: however many look at the page, the hub is asked twice a second at most.
const FRESH: Duration = Duration::from_millis(500);

/// The last answer, and when it was made.
#[derive(Debug, Default)]
pub(super) struct PublicStatus {
    last: Mutex<Option<(Instant, Bytes)>>,
}

/// What stands in both the public and the administrator's answer.
#[derive(Debug, Serialize)]
pub(super) struct General {
    name: Option<String>,
    address: Option<String>,
    invite: Option<String>,
    version: &'static str,
    protocol: u32,
    uptime_seconds: u64,
    connections: u64,
    in_lobby: usize,
    relayed: u64,
    relay_allocations: u64,
}

#[derive(Debug, Serialize)]
struct Status {
    #[serde(flatten)]
    general: General,
    rooms: Vec<RoomInfo>,
}

impl PublicStatus {
    /// The status as JSON.
    pub(super) async fn json(
        &self,
        about: &About,
        admin: &AdminHandle,
        metrics: &Arc<Metrics>,
    ) -> Result<Bytes, RequestError> {
        // Whoever comes while another one asks waits for the same answer.
        let mut last = self.last.lock().await;
        if let Some((made, json)) = &*last
            && made.elapsed() < FRESH
        {
            return Ok(json.clone());
        }
        let snapshot = admin.snapshot().await.ok_or(RequestError::Stopping)?;
        let general = General::new(about, metrics, snapshot.in_lobby);
        let status = Bytes::from(json(&Status { general, rooms: public(snapshot) })?);
        *last = Some((Instant::now(), status.clone()));
        Ok(status)
    }
}

impl General {
    pub(super) fn new(about: &About, metrics: &Metrics, in_lobby: usize) -> Self {
        let numbers = metrics.numbers();
        // Where it listens on every address, none of them is the one to show.
        let local = (!about.address.ip().is_unspecified()).then(|| ServerAddress::at(about.address));
        let address = about.invite.as_ref().and_then(|invite| invite.addresses.first().cloned()).or(local);
        Self {
            name: about.name.clone(),
            address: address.map(|address| address.to_string()),
            invite: about.invite.as_ref().map(ToString::to_string),
            version: env!("CARGO_PKG_VERSION"),
            protocol: VERSION,
            uptime_seconds: metrics.uptime().as_secs(),
            connections: numbers.connections,
            in_lobby,
            relayed: numbers.relayed,
            relay_allocations: numbers.allocations,
        }
    }
}

/// Hidden rooms are nobody's business, and who sits in a room is told to those who connect to it.
fn public(snapshot: Snapshot) -> Vec<RoomInfo> {
    let shown = snapshot.rooms.into_iter().filter(|room| !room.hidden);
    shown.map(|room| RoomInfo { people: Vec::new(), ..room.info }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lobby::RoomSnapshot;

    #[test]
    fn hidden_rooms_and_names_of_people_are_not_public() {
        let snapshot = Snapshot { rooms: vec![room("tea", false), room("plot", true)], in_lobby: 0 };

        let rooms = public(snapshot);

        assert_eq!(rooms.iter().map(|room| room.name.as_str()).collect::<Vec<_>>(), ["tea"]);
        assert!(rooms[0].people.is_empty());
    }

    fn room(name: &str, hidden: bool) -> RoomSnapshot {
        let info = RoomInfo {
            name: name.parse().unwrap(),
            participants: 1,
            capacity: 8,
            locked: false,
            passcode: false,
            topic: None,
            people: vec!["Ada".parse().unwrap()],
        };
        RoomSnapshot { info, hidden, participants: Vec::new() }
    }
}
