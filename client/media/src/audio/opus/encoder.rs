//! The encoder.
use std::{ffi::c_int, ptr::NonNull, time::Duration};

use super::{Application, Channels, OpusError, checked, ffi};
use crate::audio::SAMPLE_RATE;

/// The unit of DRED's duration.
const DRED_UNIT: Duration = Duration::from_millis(10);

/// An encoder, at 48 kHz.
#[derive(Debug)]
pub struct Encoder {
    state: NonNull<ffi::OpusEncoder>,
    channels: Channels,
}

// SAFETY: a libopus state belongs to no thread; `&mut self` everywhere keeps two from using it at a time.
unsafe impl Send for Encoder {}

impl Encoder {
    /// An encoder with the library's own settings.
    ///
    /// # Errors
    ///
    /// Where the library gets no memory.
    pub fn new(channels: Channels, application: Application) -> Result<Self, OpusError> {
        let mut error = ffi::OPUS_OK;
        let (count, application) = (channels.count() as c_int, number_of(application));
        // SAFETY: the rate, the channels and the application are among those that opus.h names; `error` is valid.
        let state = unsafe { ffi::opus_encoder_create(SAMPLE_RATE as i32, count, application, &raw mut error) };
        checked(error)?;
        let state = NonNull::new(state).ok_or(OpusError(ffi::OPUS_ALLOC_FAIL))?;
        Ok(Self { state, channels })
    }

    /// How much may be sent, in bits a second.
    ///
    /// # Errors
    ///
    /// Where it is none.
    pub fn set_bitrate(&mut self, bits: u32) -> Result<(), OpusError> {
        self.set(ffi::OPUS_SET_BITRATE_REQUEST, i32::try_from(bits).unwrap_or(i32::MAX))
    }

    /// How much effort is made, 0 to 10.
    ///
    /// # Errors
    ///
    /// Where it is more.
    pub fn set_complexity(&mut self, complexity: i32) -> Result<(), OpusError> {
        self.set(ffi::OPUS_SET_COMPLEXITY_REQUEST, complexity)
    }

    /// Whether packets shrink to a byte or two where there is nothing to hear (DTX).
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn set_dtx(&mut self, wanted: bool) -> Result<(), OpusError> {
        self.set(ffi::OPUS_SET_DTX_REQUEST, wanted.into())
    }

    /// Whether packets may have a copy of the one before (in-band FEC); they do where enough loss is expected.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub fn set_fec(&mut self, wanted: bool) -> Result<(), OpusError> {
        self.set(ffi::OPUS_SET_INBAND_FEC_REQUEST, wanted.into())
    }

    /// The share of packets that is expected to be lost, in per cent.
    ///
    /// # Errors
    ///
    /// Where it is more than 100.
    pub fn set_expected_loss(&mut self, percent: u8) -> Result<(), OpusError> {
        self.set(ffi::OPUS_SET_PACKET_LOSS_PERC_REQUEST, percent.into())
    }

    /// How much of the sound before it a packet carries along as DRED: at most 1.04 s, none for zero.
    ///
    /// # Errors
    ///
    /// Where it is more.
    pub fn set_dred(&mut self, duration: Duration) -> Result<(), OpusError> {
        let units = duration.as_millis() / DRED_UNIT.as_millis();
        self.set(ffi::OPUS_SET_DRED_DURATION_REQUEST, i32::try_from(units).unwrap_or(i32::MAX))
    }

    /// Encodes a packet of 2.5, 5, 10, 20, 40 or 60 ms. Returns how many bytes it has.
    ///
    /// # Errors
    ///
    /// Where `sound` has another length.
    pub fn encode(&mut self, sound: &[f32], packet: &mut [u8]) -> Result<usize, OpusError> {
        let frames = c_int::try_from(sound.len() / self.channels.count()).unwrap_or(c_int::MAX);
        let room = i32::try_from(packet.len()).unwrap_or(i32::MAX);
        // SAFETY: the state is valid, there are so many samples of each channel, and room for so many bytes.
        let code =
            unsafe { ffi::opus_encode_float(self.state.as_ptr(), sound.as_ptr(), frames, packet.as_mut_ptr(), room) };
        checked(code)
    }

    /// Forgets what was before.
    pub fn reset(&mut self) {
        // SAFETY: the state is valid, and this request takes no argument. It cannot fail (opus_defines.h).
        unsafe { ffi::opus_encoder_ctl(self.state.as_ptr(), ffi::OPUS_RESET_STATE) };
    }

    fn set(&mut self, request: c_int, value: c_int) -> Result<(), OpusError> {
        // SAFETY: the state is valid, and each request that is used here takes an int.
        let code = unsafe { ffi::opus_encoder_ctl(self.state.as_ptr(), request, value) };
        checked(code).map(|_| ())
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the state is valid and not used afterwards.
        unsafe { ffi::opus_encoder_destroy(self.state.as_ptr()) };
    }
}

fn number_of(application: Application) -> c_int {
    match application {
        Application::Voice => ffi::OPUS_APPLICATION_VOIP,
        Application::Music => ffi::OPUS_APPLICATION_AUDIO,
    }
}
