//! What waits to be sent to one connection: bounded in messages and in bytes, and cut off when it overflows.
//!
//! The hub holds the [`Outbox`] and never waits; the connection's task holds the [`Inbox`].
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{close::CloseReason, limits::Limits};

/// One thing to be done to a connection, in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Text(Utf8Bytes),
    Close(CloseReason),
}

/// What has become of something that was put into an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It waits its turn.
    Queued,
    /// There is no room for it: the connection reads too slowly.
    Overflowed,
    /// Nobody is there any more to send it.
    Gone,
}

/// The hub's end.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    bytes: Arc<AtomicUsize>,
    most_bytes: usize,
    cut: oneshot::Sender<CloseReason>,
}

/// The connection's end.
#[derive(Debug)]
pub(crate) struct Inbox {
    queue: mpsc::Receiver<Outgoing>,
    bytes: Arc<AtomicUsize>,
    /// None when it can no longer happen.
    cut: Option<oneshot::Receiver<CloseReason>>,
}

/// The two ends of a queue.
pub(crate) fn outbox(limits: &Limits) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(limits.queue_messages.max(1));
    let (cut, cut_off) = oneshot::channel();
    let bytes = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox { queue: sender, bytes: Arc::clone(&bytes), most_bytes: limits.queue_bytes, cut };
    (outbox, Inbox { queue: receiver, bytes, cut: Some(cut_off) })
}

impl Outbox {
    /// Queues a message. On overflow the message is dropped, and the connection is to be [`cut`](Self::cut) off.
    pub(crate) fn push(&self, text: Utf8Bytes) -> Pushed {
        let length = text.len();
        if self.bytes.load(Ordering::Relaxed) + length > self.most_bytes {
            return Pushed::Overflowed;
        }
        // Counted before it is sent: the other end may take it out at once.
        self.bytes.fetch_add(length, Ordering::Relaxed);
        match self.queue.try_send(Outgoing::Text(text)) {
            Ok(()) => Pushed::Queued,
            Err(TrySendError::Full(_)) => Pushed::Overflowed,
            Err(TrySendError::Closed(_)) => Pushed::Gone,
        }
    }

    /// How many bytes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Has the connection closed once all that waits is sent, or at once where nothing more fits.
    pub(crate) fn close(self, reason: CloseReason) {
        match self.queue.try_send(Outgoing::Close(reason)) {
            Err(TrySendError::Full(Outgoing::Close(reason))) => self.cut(reason),
            Ok(()) | Err(TrySendError::Full(Outgoing::Text(_)) | TrySendError::Closed(_)) => {}
        }
    }

    /// Has the connection closed at once, whatever waits.
    pub(crate) fn cut(self, reason: CloseReason) {
        // Where nobody listens, the connection is gone already.
        let _ = self.cut.send(reason);
    }
}

impl Inbox {
    /// The next thing to do. While the connection is not ready to send only being cut off counts. Cancel-safe.
    pub(crate) async fn next(&mut self, ready: bool) -> Outgoing {
        tokio::select! {
            biased;
            reason = cut_off(&mut self.cut) => Outgoing::Close(reason),
            outgoing = self.queue.recv(), if ready => self.taken(outgoing),
        }
    }

    /// What waits next, if anything does.
    pub(crate) fn try_next(&mut self) -> Option<Outgoing> {
        let outgoing = self.queue.try_recv().ok()?;
        Some(self.taken(Some(outgoing)))
    }

    fn taken(&self, outgoing: Option<Outgoing>) -> Outgoing {
        // The hub lets go of an outbox without a word only when it stops.
        let outgoing = outgoing.unwrap_or(Outgoing::Close(CloseReason::GoingAway));
        if let Outgoing::Text(text) = &outgoing {
            self.bytes.fetch_sub(text.len(), Ordering::Relaxed);
        }
        outgoing
    }
}

async fn cut_off(cut: &mut Option<oneshot::Receiver<CloseReason>>) -> CloseReason {
    if let Some(receiver) = cut {
        if let Ok(reason) = receiver.await {
            return reason;
        }
        *cut = None;
    }
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_overflows_by_the_number_of_messages() {
        let (outbox, _inbox) = outbox(&Limits { queue_messages: 2, ..Limits::default() });

        let pushed = [(); 3].map(|()| outbox.push(Utf8Bytes::from_static("hello")));

        assert_eq!(pushed, [Pushed::Queued, Pushed::Queued, Pushed::Overflowed]);
    }

    #[tokio::test]
    async fn a_queue_overflows_by_the_number_of_bytes_until_some_are_taken_out() {
        let (outbox, mut inbox) = outbox(&Limits { queue_bytes: 10, ..Limits::default() });

        let pushed = [(); 3].map(|()| outbox.push(Utf8Bytes::from_static("hello")));
        inbox.next(true).await;

        assert_eq!(pushed, [Pushed::Queued, Pushed::Queued, Pushed::Overflowed]);
        assert_eq!(outbox.push(Utf8Bytes::from_static("again")), Pushed::Queued);
    }

    #[tokio::test]
    async fn what_waits_is_sent_before_the_close() {
        let (outbox, mut inbox) = outbox(&Limits::default());

        outbox.push(Utf8Bytes::from_static("last words"));
        outbox.close(CloseReason::VersionMismatch);

        assert_eq!(inbox.next(true).await, Outgoing::Text(Utf8Bytes::from_static("last words")));
        assert_eq!(inbox.next(true).await, Outgoing::Close(CloseReason::VersionMismatch));
    }

    #[tokio::test]
    async fn what_waits_can_be_taken_without_waiting_and_frees_its_bytes() {
        let (outbox, mut inbox) = outbox(&Limits { queue_bytes: 5, ..Limits::default() });
        outbox.push(Utf8Bytes::from_static("hello"));

        let taken = [inbox.try_next(), inbox.try_next()];

        assert_eq!(taken, [Some(Outgoing::Text(Utf8Bytes::from_static("hello"))), None]);
        assert_eq!(outbox.push(Utf8Bytes::from_static("again")), Pushed::Queued);
    }

    #[tokio::test]
    async fn a_cut_comes_through_while_nothing_can_be_sent() {
        let (outbox, mut inbox) = outbox(&Limits::default());
        outbox.push(Utf8Bytes::from_static("never sent"));

        outbox.cut(CloseReason::TooSlow);

        assert_eq!(inbox.next(false).await, Outgoing::Close(CloseReason::TooSlow));
    }

    #[tokio::test]
    async fn a_close_that_does_not_fit_cuts() {
        let (outbox, mut inbox) = outbox(&Limits { queue_messages: 1, ..Limits::default() });
        outbox.push(Utf8Bytes::from_static("never sent"));

        outbox.close(CloseReason::GoingAway);

        assert_eq!(inbox.next(false).await, Outgoing::Close(CloseReason::GoingAway));
    }
}
