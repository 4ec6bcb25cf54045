//! The door to libopus: everything unsafe about it, and nothing else.
//!
//! Beside the encoder and the decoder of RFC 6716 there is DRED (draft-ietf-mlcodec-opus-dred): a packet may carry, in
//! padding that other decoders skip, up to a second of the sound before it, from which [`Decoder::revive`] rebuilds
//! what was lost. Blocks become packets in [`super::encode`], and packets sound in [`super::decode`].
#![allow(unsafe_code, reason = "libopus is a C library; its contract is kept here and the callers are safe")]
mod dred;
mod encoder;
pub mod packet;

use std::{
    ffi::{CStr, c_int},
    ptr::NonNull,
};

use opusic_sys as ffi;
use thiserror::Error;

pub use self::{dred::Dred, encoder::Encoder};
use super::SAMPLE_RATE;

/// The longest packet, in samples of one channel: 120 ms (RFC 6716, section 3.2).
pub const LONGEST_PACKET: usize = 5_760;

/// The most bytes that a packet of one frame can have (RFC 6716, section 3.4).
pub const LARGEST_PACKET: usize = 1_275;

/// What libopus refuses to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("Opus: {}", text(*.0))]
pub struct OpusError(c_int);

/// One channel, or two of which the samples alternate, the left one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// One.
    Mono,
    /// Two.
    Stereo,
}

impl Channels {
    /// How many.
    pub const fn count(self) -> usize {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }
}

/// What the encoder is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Application {
    /// Speech, which must be understood.
    Voice,
    /// Everything, which must sound as it is.
    Music,
}

/// A decoder, at 48 kHz.
#[derive(Debug)]
pub struct Decoder {
    state: NonNull<ffi::OpusDecoder>,
    channels: Channels,
}

// SAFETY: a libopus state belongs to no thread; `&mut self` everywhere keeps two from using it at a time.
unsafe impl Send for Decoder {}

impl Decoder {
    /// A decoder that gives this many channels, whatever the packets have.
    ///
    /// # Errors
    ///
    /// Where the library gets no memory.
    pub fn new(channels: Channels) -> Result<Self, OpusError> {
        let mut error = ffi::OPUS_OK;
        // SAFETY: the rate and the number of channels are among those that opus.h names, and `error` is valid.
        let state = unsafe { ffi::opus_decoder_create(SAMPLE_RATE as i32, channels.count() as c_int, &raw mut error) };
        checked(error)?;
        let state = NonNull::new(state).ok_or(OpusError(ffi::OPUS_ALLOC_FAIL))?;
        Ok(Self { state, channels })
    }

    /// How much effort is made, 0 to 10. From 5 on a neural network makes up what is missing.
    ///
    /// # Errors
    ///
    /// Where it is more than 10.
    pub fn set_complexity(&mut self, complexity: i32) -> Result<(), OpusError> {
        // SAFETY: the state is valid, and this request takes an int.
        let code = unsafe { ffi::opus_decoder_ctl(self.state.as_ptr(), ffi::OPUS_SET_COMPLEXITY_REQUEST, complexity) };
        checked(code).map(|_| ())
    }

    /// Decodes a packet. Returns how many samples of each channel there are.
    ///
    /// # Errors
    ///
    /// Where it is corrupt, or longer than `sound` has room for.
    pub fn decode(&mut self, packet: &[u8], sound: &mut [f32]) -> Result<usize, OpusError> {
        // An empty packet would be an order to conceal, for which there is another door.
        if packet.is_empty() {
            return Err(OpusError(ffi::OPUS_INVALID_PACKET));
        }
        self.run(packet, sound, false)
    }

    /// Fills `sound` with what was before the packet, from the copy that it may have (in-band FEC).
    ///
    /// # Errors
    ///
    /// Where the packet is corrupt, or `sound` is no multiple of 2.5 ms.
    pub fn recover(&mut self, next: &[u8], sound: &mut [f32]) -> Result<usize, OpusError> {
        if next.is_empty() {
            return Err(OpusError(ffi::OPUS_INVALID_PACKET));
        }
        self.run(next, sound, true)
    }

    /// Fills `sound` with something that goes on from what was before.
    ///
    /// # Errors
    ///
    /// Where `sound` is no multiple of 2.5 ms.
    pub fn conceal(&mut self, sound: &mut [f32]) -> Result<usize, OpusError> {
        self.run(&[], sound, false)
    }

    /// Fills `sound` with what began `before` samples earlier than the packet that `dred` was read from.
    ///
    /// # Errors
    ///
    /// Where `sound` is no multiple of 2.5 ms, or `dred` holds nothing.
    pub fn revive(&mut self, dred: &Dred, before: usize, sound: &mut [f32]) -> Result<usize, OpusError> {
        let (before, frames) = (i32::try_from(before).unwrap_or(i32::MAX), self.room(sound));
        // SAFETY: both states are valid, and there is room for so many samples of each channel.
        let code = unsafe {
            let (state, sound) = (self.state.as_ptr(), sound.as_mut_ptr());
            ffi::opus_decoder_dred_decode_float(state, dred.as_ptr(), before, sound, frames)
        };
        checked(code)
    }

    /// Forgets what was before.
    pub fn reset(&mut self) {
        // SAFETY: the state is valid, and this request takes no argument. It cannot fail (opus_defines.h).
        unsafe { ffi::opus_decoder_ctl(self.state.as_ptr(), ffi::OPUS_RESET_STATE) };
    }

    fn run(&mut self, packet: &[u8], sound: &mut [f32], fec: bool) -> Result<usize, OpusError> {
        let bytes = length(packet)?;
        let data = if packet.is_empty() { std::ptr::null() } else { packet.as_ptr() };
        let frames = self.room(sound);
        // SAFETY: the state is valid, `data` has so many bytes (none for null), and there is room for so many samples
        // of each channel.
        let code = unsafe {
            let (state, sound) = (self.state.as_ptr(), sound.as_mut_ptr());
            ffi::opus_decode_float(state, data, bytes, sound, frames, fec.into())
        };
        checked(code)
    }

    fn room(&self, sound: &[f32]) -> c_int {
        (sound.len() / self.channels.count()).min(LONGEST_PACKET) as c_int
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the state is valid and not used afterwards.
        unsafe { ffi::opus_decoder_destroy(self.state.as_ptr()) };
    }
}

fn length(packet: &[u8]) -> Result<i32, OpusError> {
    i32::try_from(packet.len()).map_err(|_| OpusError(ffi::OPUS_BAD_ARG))
}

/// What libopus returns: a count, or, below zero, an error.
fn checked(code: c_int) -> Result<usize, OpusError> {
    usize::try_from(code).map_err(|_| OpusError(code))
}

fn text(code: c_int) -> String {
    // SAFETY: returns a static text for every number.
    let text = unsafe { CStr::from_ptr(ffi::opus_strerror(code)) };
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
