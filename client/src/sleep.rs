//! Waiting for a moment that there may not be.
use std::{future::pending, time::Instant};

/// Waits until then; for ever where there is no such moment.
pub(crate) async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => pending().await,
    }
}
