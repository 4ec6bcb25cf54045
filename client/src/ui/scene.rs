//! All that one frame is drawn from.
use std::time::Instant;

use jiff::{Zoned, civil::Date};

use crate::engine::{Levels, View};

/// What the engine shows, and what time it is.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    /// Everything but the levels.
    pub(crate) view: &'a View,
    /// How loud everybody is.
    pub(crate) levels: &'a Levels,
    /// The time, twice.
    pub(crate) now: Now,
}

/// One moment by two clocks: the view speaks in [`Instant`]s, people in hours and minutes.
#[derive(Debug, Clone)]
pub(crate) struct Now {
    /// By the clock that never jumps.
    pub(crate) instant: Instant,
    /// By the clock on the wall.
    pub(crate) wall: Zoned,
}

impl Now {
    /// This very moment.
    pub(crate) fn read() -> Self {
        Self { instant: Instant::now(), wall: Zoned::now() }
    }

    /// What the clock on the wall showed at a moment, as `14:05`.
    pub(crate) fn clock(&self, at: Instant) -> String {
        self.then(at).strftime("%H:%M").to_string()
    }

    /// The date on the wall at a moment.
    pub(crate) fn day(&self, at: Instant) -> Date {
        self.then(at).date()
    }

    /// The moment on the wall.
    pub(crate) fn then(&self, at: Instant) -> Zoned {
        let ago = self.instant.saturating_duration_since(at);
        self.wall.checked_sub(ago).unwrap_or_else(|_| self.wall.clone())
    }

    /// How long something has lasted, as `4:05` or `1:04:05`.
    pub(crate) fn since(&self, start: Instant) -> String {
        let seconds = self.instant.saturating_duration_since(start).as_secs();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_moment_is_told_by_the_clock_on_the_wall() {
        let now =
            Now { instant: Instant::now() + Duration::from_secs(600), wall: wall("2026-03-01T10:05:30+00:00[+00:00]") };

        assert_eq!(now.clock(now.instant), "10:05");
        assert_eq!(now.clock(now.instant - Duration::from_secs(31)), "10:04");
        assert_eq!(now.clock(now.instant + Duration::from_secs(500)), "10:05");
    }

    #[test]
    fn a_length_of_time_shows_hours_only_where_there_are_some() {
        let start = Instant::now();
        let after = |seconds| {
            let instant = start + Duration::from_secs(seconds);
            Now { instant, wall: wall("2026-03-01T10:05:30+00:00[+00:00]") }.since(start)
        };

        assert_eq!(after(0), "0:00");
        assert_eq!(after(245), "4:05");
        assert_eq!(after(3845), "1:04:05");
    }

    fn wall(text: &str) -> Zoned {
        text.parse().unwrap()
    }
}
