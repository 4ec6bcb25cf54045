//! How fast people come in: websocket, greeting, list of rooms, room.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{Effort, Sample};
use crate::{client::Client, contender::Contender};

/// How many come in at the same time.
const AT_ONCE: usize = 64;
/// How many enter each room.
const ROOM: usize = 8;

/// Comers a second; each hangs up once it is in.
pub(super) async fn per_second(contender: &Contender, effort: &Effort) -> anyhow::Result<Sample> {
    let comers = Arc::new(AtomicUsize::new(0));
    come(contender, &comers, Instant::now() + effort.time / 4).await?;
    let (before, start) = (comers.load(Ordering::Relaxed), contender.clock()?);
    come(contender, &comers, Instant::now() + effort.time).await?;
    let (busy, passed) = contender.clock()?.since(start);
    let joins = comers.load(Ordering::Relaxed) - before;
    Ok(Sample { value: joins as f64 / passed.as_secs_f64(), busy })
}

async fn come(contender: &Contender, comers: &AtomicUsize, until: Instant) -> anyhow::Result<()> {
    let lines = (0..AT_ONCE).map(|_| async move {
        while Instant::now() < until {
            let number = comers.fetch_add(1, Ordering::Relaxed);
            Client::enter(contender).await?.join(&format!("room {}", number / ROOM), number).await?;
        }
        anyhow::Ok(())
    });
    futures_util::future::try_join_all(lines).await?;
    Ok(())
}
