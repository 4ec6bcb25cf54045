//! Lags that stand out from the rest and return: a wireless card that scans for networks, say, every few seconds.
use std::collections::VecDeque;

/// How far above the delay aimed for a lag stands out, in microseconds.
const STANDS_OUT: i64 = 20_000;

/// For how many packets a lag is remembered: ten seconds.
const MEMORY: u64 = 500;

/// Lags closer together than so many packets are one.
const ONE_EVENT: u64 = 10;

/// How many are remembered.
const MOST: usize = 8;

/// The longest that is covered, in microseconds: more would disturb the conversation more than the gaps do.
const LONGEST: i64 = 250_000;

#[derive(Debug, Default)]
pub(super) struct Peaks {
    heard: u64,
    /// When each was heard last, and how long it was.
    seen: VecDeque<(u64, i64)>,
    /// What is covered already counts as standing out where it comes near.
    returning: i64,
}

impl Peaks {
    /// Takes in the lag of the next packet, while `target` is aimed for.
    pub(super) fn heard(&mut self, lag: i64, target: i64) {
        self.heard += 1;
        let covered = if self.returning > 0 { self.returning / 2 } else { target };
        if lag > covered + STANDS_OUT {
            match self.seen.back_mut().filter(|(at, _)| self.heard - *at <= ONE_EVENT) {
                Some(last) => *last = (self.heard, last.1.max(lag)),
                None => self.seen.push_back((self.heard, lag)),
            }
        }
        while self.seen.len() > MOST || self.seen.front().is_some_and(|(at, _)| self.heard - *at > MEMORY) {
            self.seen.pop_front();
        }
        // The second longest: one that stands alone above the others has not returned yet.
        let (_, second) =
            self.seen.iter().fold(
                (0, 0),
                |(first, second), (_, lag)| {
                    if *lag > first { (*lag, first) } else { (first, second.max(*lag)) }
                },
            );
        self.returning = second.min(LONGEST);
    }

    /// The lag that has come more than once lately, in microseconds; 0 where none has.
    pub(super) fn returning(&self) -> i64 {
        self.returning
    }
}
