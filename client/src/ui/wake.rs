//! Between the engine, which has news a hundred times a second, and the window, which paints thirty.
use std::{
    io,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use eframe::egui::Context;

/// How often the window is repainted for news, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Pace {
    /// As often as pictures come.
    #[default]
    Lively,
    /// So that one sees that nothing has stopped: a preview that nobody sits before is not worth a processor, which it
    /// takes where there is no graphics card.
    Calm,
}

impl Pace {
    const fn interval(self) -> Duration {
        match self {
            Self::Lively => Duration::from_millis(33),
            Self::Calm => Duration::from_millis(250),
        }
    }
}

/// Turns any number of wakes into an even beat of repaints, and into none while there is no news.
///
/// egui's own `request_repaint_after` is no use here: it takes off the time that a frame is thought to need, which
/// makes 60 frames a second of 30.
#[derive(Debug)]
pub(super) struct RepaintGate {
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    dirty: bool,
    stopped: bool,
    pace: Pace,
}

/// Says that there is something new to look at. Called from any thread; returns at once.
#[derive(Debug, Clone)]
pub(super) struct WakeUp(Arc<Shared>);

impl WakeUp {
    pub(super) fn wake(&self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).dirty = true;
        self.0.changed.notify_one();
    }
}

impl RepaintGate {
    /// Starts the thread that calls `repaint`; dropping the gate stops it.
    pub(super) fn start(repaint: impl Fn() + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = shared.clone();
        let thread = thread::Builder::new().name("repaint".to_owned()).spawn(move || theirs.run(&repaint))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Sets how often there is to be a repaint at most.
    pub(super) fn set_pace(&self, pace: Pace) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut state.pace, pace) != pace {
            drop(state);
            self.shared.changed.notify_all();
        }
    }

    pub(super) fn wake_up(&self) -> WakeUp {
        WakeUp(self.shared.clone())
    }
}

impl Drop for RepaintGate {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.shared.changed.notify_all();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the repaint thread panicked");
        }
    }
}

impl Shared {
    fn run(&self, repaint: &impl Fn()) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            state = self.changed.wait_while(state, |s| !s.dirty && !s.stopped).unwrap_or_else(PoisonError::into_inner);
            if state.stopped {
                return;
            }
            state.dirty = false;
            drop(state);
            repaint();
            let again = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let pace = again.pace;
            // Another pace counts at once: whoever comes back to the window does not wait.
            let waited = self.changed.wait_timeout_while(again, pace.interval(), |s| !s.stopped && s.pace == pace);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Has the window painted once. egui paints twice for each `request_repaint`, to let things settle; pictures come
/// thirty times a second anyway.
pub(super) fn repaint_once(ctx: &Context) {
    ctx.request_repaint_after(Duration::from_millis(1));
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Instant};

    use eframe::egui::RawInput;

    use super::*;

    #[test]
    fn news_is_painted_and_no_news_is_not() {
        let (painted, paints) = mpsc::channel();
        let gate = RepaintGate::start(move || painted.send(()).unwrap()).unwrap();

        gate.wake_up().wake();
        paints.recv().unwrap();
        drop(gate);

        assert_eq!(paints.try_iter().count(), 0);
    }

    #[test]
    fn a_burst_of_news_is_painted_once_now_and_once_at_the_end() {
        let (painted, paints) = mpsc::channel();
        let (go_on, wait) = mpsc::channel::<()>();
        let gate = RepaintGate::start(move || {
            painted.send(()).unwrap();
            wait.recv().unwrap();
        })
        .unwrap();
        let wake_up = gate.wake_up();

        wake_up.wake();
        paints.recv().unwrap();
        for _ in 0..100 {
            wake_up.wake();
        }
        go_on.send(()).unwrap();
        paints.recv().unwrap();
        go_on.send(()).unwrap();
        drop(gate);

        assert_eq!(paints.try_iter().count(), 0);
    }

    #[test]
    fn at_a_calm_pace_the_next_repaint_waits_for_longer_until_the_pace_is_lively_again() {
        let (painted, paints) = mpsc::channel();
        let gate = RepaintGate::start(move || painted.send(Instant::now()).unwrap()).unwrap();
        gate.set_pace(Pace::Calm);

        gate.wake_up().wake();
        let first = paints.recv().unwrap();
        gate.wake_up().wake();
        let second = paints.recv().unwrap();
        gate.wake_up().wake();
        gate.set_pace(Pace::Lively);
        paints.recv().unwrap();

        assert!(second - first >= Pace::Calm.interval(), "{:?}", second - first);
    }

    #[test]
    fn one_repaint_is_asked_for_at_a_time() {
        let ctx = Context::default();
        let idle = |ctx: &Context| ctx.run_ui(RawInput::default(), |_| ()).textures_delta.clear();
        while ctx.has_requested_repaint() {
            idle(&ctx);
        }

        repaint_once(&ctx);
        let asked = ctx.has_requested_repaint();
        idle(&ctx);

        assert!(asked);
        assert!(!ctx.has_requested_repaint());
    }

    #[test]
    fn a_gate_that_is_dropped_lets_late_wakes_pass_unheard() {
        let gate = RepaintGate::start(|| ()).unwrap();
        let wake_up = gate.wake_up();

        drop(gate);
        wake_up.wake();

        assert!(wake_up.0.state.lock().unwrap().dirty);
    }
}
