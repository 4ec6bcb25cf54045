//! All that a face ever sees of the engine.
use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
};

use parlor_call::Notice;
use tokio::sync::{mpsc, watch};

use super::{
    command::Command,
    pictures::Pictures,
    view::{Levels, View},
};

/// A face's hold on the engine. Clonable; every call returns at once.
#[derive(Clone)]
pub struct EngineHandle {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) view: watch::Receiver<Arc<View>>,
    pub(super) levels: watch::Receiver<Levels>,
    pub(super) notices: Arc<Mutex<mpsc::Receiver<Notice>>>,
    pub(super) pictures: Pictures,
    pub(super) waker: Waker,
}

impl EngineHandle {
    /// Asks for something. What becomes of it shows in the view and in the notices.
    pub fn send(&self, command: impl Into<Command>) {
        if self.commands.try_send(command.into()).is_err() {
            tracing::warn!("the engine does not take commands: it is stopping, or flooded");
        }
    }

    /// The newest picture of everything.
    pub fn view(&self) -> Arc<View> {
        self.view.borrow().clone()
    }

    /// Waits until there is a newer view than the last one waited for. `false` once the engine has stopped.
    pub async fn changed(&mut self) -> bool {
        self.view.changed().await.is_ok()
    }

    /// How loud everybody is.
    pub fn levels(&self) -> Levels {
        self.levels.borrow().clone()
    }

    /// The next thing to tell a person, if there is one. Each is handed out once.
    pub fn take_notice(&self) -> Option<Notice> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
    }

    /// Waits for the next thing to tell a person. `None` once the engine has stopped.
    pub async fn next_notice(&self) -> Option<Notice> {
        poll_fn(|cx| self.notices.lock().unwrap_or_else(PoisonError::into_inner).poll_recv(cx)).await
    }

    /// The newest picture of everybody.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Has `wake` called whenever there is something new to look at: a view, a notice, a level, a picture.
    /// It is called from any thread and must return at once.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.waker.set(wake);
    }
}

impl fmt::Debug for EngineHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineHandle").finish_non_exhaustive()
    }
}

/// Wakes the face, if one asked for it.
#[derive(Clone, Default)]
pub(super) struct Waker(Arc<Mutex<Option<Wake>>>);

type Wake = Arc<dyn Fn() + Send + Sync>;

impl Waker {
    fn set(&self, wake: impl Fn() + Send + Sync + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(wake));
    }

    pub(super) fn wake(&self) {
        let wake = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(wake) = wake {
            wake();
        }
    }
}
