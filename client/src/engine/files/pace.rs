//! How far ahead to send a file, so that sound, pictures and words do not wait behind it.
//!
//! The idea is that of LEDBAT (RFC 6817): what takes longer than it once did waits in a queue somewhere, ours or a
//! router's, and a queue that grows is answered by sending less far ahead.
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::peer::{CHUNK_BYTES, WINDOW};

/// What a file may add to the time that everything else takes.
const TARGET: Duration = Duration::from_millis(100);
/// The least that is sent ahead: with less, a file would hardly move over a long way.
const LEAST: u64 = 4 * CHUNK_BYTES as u64;
/// Ways change: the shortest time is one of the last minute or two.
const MEMORY: Duration = Duration::from_secs(60);

/// The pace of one transfer. It is told the time.
#[derive(Debug)]
pub(super) struct Pace {
    window: u64,
    /// Whether there has been no queue yet: until then the window doubles.
    starting: bool,
    /// Where each chunk that is under way ends, and when it was sent.
    under_way: VecDeque<(u64, Instant)>,
    /// The shortest times of this minute and of the one before.
    shortest: [Option<Duration>; 2],
    minute: Instant,
    written: u64,
}

impl Pace {
    /// Nothing is known yet of the way.
    pub(super) fn new(written: u64, now: Instant) -> Self {
        let shortest = [None; 2];
        Self { window: 4 * LEAST, starting: true, under_way: VecDeque::new(), shortest, minute: now, written }
    }

    /// How far a sender may be ahead of what is written at the receiver.
    pub(super) fn window(&self) -> u64 {
        self.window
    }

    /// A chunk has been sent, which ends here.
    pub(super) fn sent(&mut self, end: u64, now: Instant) {
        self.under_way.push_back((end, now));
    }

    /// The receiver has written everything up to here.
    pub(super) fn written(&mut self, written: u64, now: Instant) {
        let mut newest = None;
        while let Some((_, sent)) = self.under_way.pop_front_if(|(end, _)| *end <= written) {
            newest = Some(now.saturating_duration_since(sent));
        }
        let Some(took) = newest else { return };
        let news = written.saturating_sub(self.written);
        self.written = written;
        self.remember(took, now);
        let shortest = self.shortest.iter().flatten().min().copied().unwrap_or(took);
        let queued = took.saturating_sub(shortest);
        if queued > TARGET {
            self.starting = false;
            let excess = (queued.as_secs_f64() / TARGET.as_secs_f64() - 1.0).min(1.0);
            self.window = self.window.saturating_sub((news as f64 / 2.0 * excess) as u64);
        } else if self.starting {
            self.window += news;
        } else {
            // A few chunks for each window that arrives in time.
            self.window += 4 * CHUNK_BYTES as u64 * news / self.window.max(1);
        }
        self.window = self.window.clamp(LEAST, WINDOW);
    }

    fn remember(&mut self, took: Duration, now: Instant) {
        if now.saturating_duration_since(self.minute) >= MEMORY {
            self.minute = now;
            self.shortest = [None, self.shortest[0]];
        }
        self.shortest[0] = Some(self.shortest[0].map_or(took, |shortest| shortest.min(took)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A way with a rate and a length, and all the room in its queue that one could fear.
    struct Way {
        bytes_per_second: f64,
        length: Duration,
    }

    /// What came of sending over a way.
    struct Sent {
        bytes: u64,
        /// The longest that something waited in the queue, once the pace had settled.
        queued: Duration,
    }

    impl Way {
        fn send_for(&self, time: Duration) -> Sent {
            let start = Instant::now();
            let (mut pace, mut now) = (Pace::new(0, start), start);
            let (mut at, mut written) = (0, 0);
            let mut free_at = start;
            let mut arriving: VecDeque<(Instant, u64)> = VecDeque::new();
            let mut queued = Duration::ZERO;
            while now < start + time {
                while at < written + pace.window() {
                    at += CHUNK_BYTES as u64;
                    pace.sent(at, now);
                    free_at = free_at.max(now) + Duration::from_secs_f64(CHUNK_BYTES as f64 / self.bytes_per_second);
                    arriving.push_back((free_at + self.length, at));
                    if now > start + time / 4 {
                        queued = queued.max(free_at - now);
                    }
                }
                let (arrived, end) = arriving.pop_front().unwrap();
                (now, written) = (arrived, end);
                pace.written(written, now);
            }
            Sent { bytes: written, queued }
        }
    }

    #[test]
    fn a_slow_way_is_used_but_nothing_waits_long_behind_a_file() {
        let way = Way { bytes_per_second: 500_000.0, length: Duration::from_millis(40) };

        let sent = way.send_for(Duration::from_secs(60));

        assert!(sent.bytes > 27_000_000, "{}", sent.bytes);
        assert!(sent.queued < Duration::from_millis(300), "{:?}", sent.queued);
    }

    #[test]
    fn a_fast_way_is_used_with_the_whole_window() {
        let way = Way { bytes_per_second: 100_000_000.0, length: Duration::from_millis(1) };

        let sent = way.send_for(Duration::from_secs(5));

        assert!(sent.bytes > 450_000_000, "{}", sent.bytes);
    }

    #[test]
    fn a_long_way_takes_the_whole_window_too() {
        let way = Way { bytes_per_second: 100_000_000.0, length: Duration::from_millis(150) };

        let sent = way.send_for(Duration::from_secs(30));

        // A window for each time it takes to get there and back.
        assert!(sent.bytes > 150 * WINDOW, "{}", sent.bytes);
    }
}
