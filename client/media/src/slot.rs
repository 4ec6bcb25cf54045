//! A channel of one for pictures: a new value replaces the one nobody took.
//!
//! Sources, encoders, decoders and the window hand raw pictures on through it. A picture that came too late for its
//! reader is worth nothing, so neither side ever waits for the other to keep up.
use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Creates an empty slot.
pub fn slot<T>() -> (SlotSender<T>, SlotReceiver<T>) {
    let cell = Cell { value: None, replaced: 0, closed: false, paused: false, waker: None };
    let shared = Arc::new(Shared { cell: Mutex::new(cell), changed: Condvar::new() });
    (SlotSender(Arc::clone(&shared)), SlotReceiver(shared))
}

/// Puts values; to drop it is to close the slot.
pub struct SlotSender<T>(Arc<Shared<T>>);

/// Takes values; to drop it is to close the slot.
pub struct SlotReceiver<T>(Arc<Shared<T>>);

/// Closes or pauses a slot from outside, so that a thread that waits in [`SlotReceiver::take`] can be stopped or left
/// in peace.
pub struct SlotCloser<T>(Arc<Shared<T>>);

struct Shared<T> {
    cell: Mutex<Cell<T>>,
    changed: Condvar,
}

struct Cell<T> {
    value: Option<T>,
    replaced: u64,
    closed: bool,
    paused: bool,
    waker: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl<T> SlotSender<T> {
    /// Replaces what is in the slot; never waits. A closed slot keeps nothing.
    pub fn put(&self, value: T) {
        let (old, waker) = {
            let mut cell = self.0.lock();
            if cell.closed || cell.paused {
                return;
            }
            let old = cell.value.replace(value);
            cell.replaced += u64::from(old.is_some());
            (old, cell.waker.clone())
        };
        self.0.changed.notify_one();
        if let Some(wake) = waker {
            wake();
        }
        // A picture is a megabyte: it is freed here, outside the lock.
        drop(old);
    }

    /// Whether nobody will ever take again.
    pub fn is_closed(&self) -> bool {
        self.0.lock().closed
    }
}

impl<T> SlotReceiver<T> {
    /// Takes the value, if there is a new one.
    pub fn try_take(&self) -> Option<T> {
        self.0.lock().value.take()
    }

    /// Waits for a value. `None` means that the slot is closed and empty.
    pub fn take(&self) -> Option<T> {
        let cell = self.0.lock();
        let waiting = |cell: &mut Cell<T>| cell.value.is_none() && !cell.closed;
        let mut cell = self.0.changed.wait_while(cell, waiting).unwrap_or_else(PoisonError::into_inner);
        cell.value.take()
    }

    /// Waits up to `patience` for a value. `None` means that none came, or that the slot is closed and empty.
    pub fn take_timeout(&self, patience: Duration) -> Option<T> {
        let cell = self.0.lock();
        let waiting = |cell: &mut Cell<T>| cell.value.is_none() && !cell.closed;
        let (mut cell, _) =
            self.0.changed.wait_timeout_while(cell, patience, waiting).unwrap_or_else(PoisonError::into_inner);
        cell.value.take()
    }

    /// Whether no value will come any more. One that is still inside can be taken.
    pub fn is_closed(&self) -> bool {
        self.0.lock().closed
    }

    /// How many values were replaced before anyone took them.
    pub fn replaced(&self) -> u64 {
        self.0.lock().replaced
    }

    /// Calls `wake` after every `put`, on the thread that puts. A window asks for a repaint in it.
    pub fn on_put(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.0.lock().waker = Some(Arc::new(wake));
    }

    /// A handle that closes the slot from another thread.
    pub fn closer(&self) -> SlotCloser<T> {
        SlotCloser(Arc::clone(&self.0))
    }
}

impl<T> SlotCloser<T> {
    /// Closes the slot and wakes whoever waits for a value.
    pub fn close(&self) {
        self.0.close();
    }

    /// While it is paused, what is put is thrown away, and nobody is woken for it.
    pub fn set_paused(&self, paused: bool) {
        let mut cell = self.0.lock();
        cell.paused = paused;
        let old = if paused { cell.value.take() } else { None };
        drop(cell);
        drop(old);
    }
}

impl<T> Drop for SlotSender<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<T> Drop for SlotReceiver<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<T> Shared<T> {
    // Nothing in this module panics while it holds the lock, so a poisoned cell is a sound one.
    fn lock(&self) -> MutexGuard<'_, Cell<T>> {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

impl<T> fmt::Debug for SlotSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SlotReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotReceiver").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SlotCloser<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlotCloser").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering},
        thread,
    };

    use super::*;

    #[test]
    fn a_paused_slot_takes_nothing_and_wakes_nobody() {
        let (sender, receiver) = slot();
        let woken = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&woken);
        receiver.on_put(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let door = receiver.closer();
        sender.put(1);

        door.set_paused(true);
        sender.put(2);
        let while_paused = receiver.try_take();
        door.set_paused(false);
        sender.put(3);

        assert_eq!((while_paused, receiver.try_take()), (None, Some(3)));
        assert_eq!(woken.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn only_the_newest_value_is_taken() {
        let (sender, receiver) = slot();

        (1..=3).for_each(|n| sender.put(n));

        assert_eq!(receiver.try_take(), Some(3));
        assert_eq!(receiver.try_take(), None);
        assert_eq!(receiver.replaced(), 2);
    }

    #[test]
    fn a_waiting_taker_is_woken_by_a_value() {
        let (sender, receiver) = slot();
        let taker = thread::spawn(move || receiver.take());

        sender.put(7);

        assert_eq!(taker.join().unwrap(), Some(7));
    }

    #[test]
    fn a_waiting_taker_is_woken_when_the_sender_goes() {
        let (sender, receiver) = slot::<u32>();
        let taker = thread::spawn(move || receiver.take());

        drop(sender);

        assert_eq!(taker.join().unwrap(), None);
    }

    #[test]
    fn a_waiting_taker_is_woken_by_the_closer() {
        let (_sender, receiver) = slot::<u32>();
        let closer = receiver.closer();
        let taker = thread::spawn(move || receiver.take());

        closer.close();

        assert_eq!(taker.join().unwrap(), None);
    }

    #[test]
    fn the_last_value_of_a_gone_sender_can_still_be_taken() {
        let (sender, receiver) = slot();

        sender.put("last");
        drop(sender);

        assert!(receiver.is_closed());
        assert_eq!(receiver.take(), Some("last"));
        assert_eq!(receiver.take(), None);
    }

    #[test]
    fn a_sender_notices_that_the_receiver_is_gone() {
        let (sender, receiver) = slot();
        assert!(!sender.is_closed());

        drop(receiver);
        sender.put(1);

        assert!(sender.is_closed());
    }

    #[test]
    fn an_empty_slot_runs_out_of_patience() {
        let (_sender, receiver) = slot::<u32>();

        assert_eq!(receiver.take_timeout(Duration::from_millis(1)), None);
        assert!(!receiver.is_closed());
    }

    #[test]
    fn every_put_wakes_the_window() {
        let (sender, receiver) = slot();
        let wakes = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&wakes);
        receiver.on_put(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });

        (0..3).for_each(|n| sender.put(n));

        assert_eq!(wakes.load(Ordering::Relaxed), 3);
    }
}
