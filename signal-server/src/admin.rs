//! The administrator's way to the lobby, for the status page and the app's Host panel.
use parlor_protocol::{ParticipantId, Remark, RoomName};
use tokio::sync::{mpsc, oneshot};

use crate::{hub::HubInput, lobby::Snapshot};

/// What the hub is asked by an administrator. Whoever asked may have gone before the answer is there.
#[derive(Debug)]
pub(crate) enum AdminRequest {
    Snapshot { answer: oneshot::Sender<Snapshot> },
    CloseRoom { room: RoomName, remark: Option<Remark>, answer: oneshot::Sender<bool> },
    Remove { room: RoomName, participant: ParticipantId, remark: Option<Remark>, answer: oneshot::Sender<bool> },
    Announce { remark: Remark },
}

/// Looks at a running server and intervenes. Clones speak to the same server; once it has stopped there is no answer.
#[derive(Debug, Clone)]
pub struct AdminHandle {
    hub: mpsc::Sender<HubInput>,
}

impl AdminHandle {
    pub(crate) fn new(hub: mpsc::Sender<HubInput>) -> Self {
        Self { hub }
    }

    /// How many inputs wait for the hub.
    pub(crate) fn waiting(&self) -> usize {
        self.hub.max_capacity() - self.hub.capacity()
    }

    /// All rooms and everybody in them; none once the server has stopped.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        self.ask(|answer| AdminRequest::Snapshot { answer }).await
    }

    /// Closes a room. Returns whether there was one.
    pub async fn close_room(&self, room: RoomName, remark: Option<Remark>) -> bool {
        self.ask(|answer| AdminRequest::CloseRoom { room, remark, answer }).await.unwrap_or(false)
    }

    /// Removes somebody from a room, for as long as it lasts. Returns whether they were in it.
    pub async fn remove(&self, room: RoomName, participant: ParticipantId, remark: Option<Remark>) -> bool {
        self.ask(|answer| AdminRequest::Remove { room, participant, remark, answer }).await.unwrap_or(false)
    }

    /// Says something to everybody.
    pub async fn announce(&self, remark: Remark) {
        // A server that has stopped has nobody to say it to.
        let _ = self.hub.send(HubInput::Admin(AdminRequest::Announce { remark })).await;
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> AdminRequest) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.hub.send(HubInput::Admin(request(answer))).await.ok()?;
        answered.await.ok()
    }
}
