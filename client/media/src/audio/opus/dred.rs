//! The sound before a packet, as the packet carries it along.
use std::ptr::NonNull;

use super::{OpusError, checked, ffi, length};
use crate::audio::SAMPLE_RATE;

/// The furthest back that is looked for, in samples: one second.
const FURTHEST: i32 = SAMPLE_RATE as i32;

/// What one packet tells of the sound before it. One of these is used for packet after packet.
#[derive(Debug)]
pub struct Dred {
    reader: NonNull<ffi::OpusDREDDecoder>,
    state: NonNull<ffi::OpusDRED>,
}

// SAFETY: neither state belongs to a thread; `&mut self` keeps two from changing them at a time.
unsafe impl Send for Dred {}

impl Dred {
    /// One that holds nothing yet.
    ///
    /// # Errors
    ///
    /// Where the library gets no memory.
    pub fn new() -> Result<Self, OpusError> {
        let mut error = ffi::OPUS_OK;
        // SAFETY: `error` is valid.
        let reader = unsafe { ffi::opus_dred_decoder_create(&raw mut error) };
        checked(error)?;
        let reader = NonNull::new(reader).ok_or(OpusError(ffi::OPUS_ALLOC_FAIL))?;
        // SAFETY: `error` is valid.
        let state = unsafe { ffi::opus_dred_alloc(&raw mut error) };
        let Some(state) = NonNull::new(state).filter(|_| error == ffi::OPUS_OK) else {
            // SAFETY: the reader is valid and not used afterwards.
            unsafe { ffi::opus_dred_decoder_destroy(reader.as_ptr()) };
            return Err(OpusError(ffi::OPUS_ALLOC_FAIL));
        };
        Ok(Self { reader, state })
    }

    /// Reads what a packet has. Returns how far back it goes, in samples; 0 where it has nothing.
    pub fn read(&mut self, packet: &[u8]) -> usize {
        let Ok(bytes) = length(packet) else { return 0 };
        let mut end = 0;
        // SAFETY: both states are valid, the packet has so many bytes, and `end` may be written to.
        let code = unsafe {
            let (reader, state) = (self.reader.as_ptr(), self.state.as_ptr());
            let rate = SAMPLE_RATE as i32;
            ffi::opus_dred_parse(reader, state, packet.as_ptr(), bytes, FURTHEST, rate, &raw mut end, 0)
        };
        checked(code).unwrap_or(0)
    }

    pub(super) fn as_ptr(&self) -> *const ffi::OpusDRED {
        self.state.as_ptr()
    }
}

impl Drop for Dred {
    fn drop(&mut self) {
        // SAFETY: both states are valid and not used afterwards.
        unsafe {
            ffi::opus_dred_free(self.state.as_ptr());
            ffi::opus_dred_decoder_destroy(self.reader.as_ptr());
        }
    }
}
