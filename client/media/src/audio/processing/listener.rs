//! The input's end of what the speaker plays.
use std::{collections::VecDeque, time::Instant};

use super::{
    alignment::Alignment,
    far_end::{FarEnd, Played},
};
use crate::audio::Block;

/// Listens while echo is to be taken out, and gives what was played block by block.
#[derive(Default)]
pub(crate) struct Listener {
    far_end: FarEnd,
    alignment: Option<Alignment>,
    device: Option<u32>,
    arrived: VecDeque<Played>,
}

impl Listener {
    /// Listens to this from now on.
    pub(crate) fn listen_to(&mut self, far_end: &FarEnd) {
        if !self.far_end.is_same(far_end) {
            self.rest();
            self.far_end = far_end.clone();
        }
    }

    /// Whether what is played can come back by the air.
    pub(crate) fn is_audible(&self) -> bool {
        self.far_end.is_audible()
    }

    /// Stops to listen, and forgets the microphone.
    pub(crate) fn rest(&mut self) {
        if self.alignment.take().is_some() {
            self.far_end.listen(false);
        }
    }

    /// What was played when the 10 ms that came from the microphone now were heard.
    pub(crate) fn far_end(&mut self, now: Instant) -> Option<Block> {
        if self.alignment.is_none() {
            let begun = Alignment::new(now);
            let begun = begun.inspect_err(|error| tracing::error!(%error, "echo cannot be taken out")).ok()?;
            self.alignment = Some(begun);
            self.far_end.listen(true);
        }
        let alignment = self.alignment.as_mut()?;
        self.far_end.take(&mut self.arrived);
        for Played { block, at, device } in self.arrived.drain(..) {
            if self.device.replace(device) != Some(device) {
                alignment.other_speaker();
            }
            alignment.play(&block, at);
        }
        Some(alignment.far_end(now))
    }

    /// By how much faster the speaker's clock runs than the microphone's, in millionths.
    pub(crate) fn drift_ppm(&self) -> f32 {
        self.alignment.as_ref().map_or(0.0, Alignment::drift_ppm)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.rest();
    }
}
