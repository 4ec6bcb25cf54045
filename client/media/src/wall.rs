//! The time of day, for what is compared between programs on one machine: never for what decides anything.
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970; zero where the clock is set to before that.
pub(crate) fn unix_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
