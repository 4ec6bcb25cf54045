//! No news of devices: the lists are made anew whenever they are opened.
use std::{convert::Infallible, future::pending, io};

/// There is none.
#[derive(Debug)]
pub(super) struct Watch(Infallible);

impl Watch {
    pub(super) fn start() -> io::Result<Option<Self>> {
        Ok(None)
    }

    pub(super) async fn next(&mut self) -> io::Result<()> {
        pending().await
    }
}
