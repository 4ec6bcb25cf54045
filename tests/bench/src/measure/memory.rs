//! What a connection weighs that is in a room and says nothing.
use std::time::Duration;

use anyhow::Context;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use tokio::time::sleep;

use super::{Effort, Sample};
use crate::{
    client::{Client, Participant},
    contender::Contender,
};

/// How many come in at the same time.
const AT_ONCE: usize = 32;
/// How many enter each room.
const ROOM: usize = 8;
/// How long a server has to tidy up before it is weighed.
const REST: Duration = Duration::from_secs(2);

/// The growth of the server by connections, for each, in KiB.
pub(super) async fn per_connection(contender: &Contender, effort: &Effort) -> anyhow::Result<Sample> {
    let start = contender.clock()?;
    let empty = contender.memory()?;
    let mut held: Vec<Participant> = stream::iter(0..effort.connections)
        .map(|number| async move {
            let client = Client::enter(contender).await?;
            client.join(&format!("room {}", number / ROOM), number).await
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    // What has been sent is taken in, so that nothing waits in the server; and nobody may be lost.
    sleep(REST).await;
    for participant in &mut held {
        while let Some(heard) = participant.client.next().now_or_never() {
            heard.context("a connection was lost while it was held")?;
        }
    }
    sleep(REST).await;
    let full = contender.memory()?;
    let (busy, _) = contender.clock()?.since(start);
    Ok(Sample { value: (full - empty) / 1024.0 / held.len() as f64, busy })
}
