//! What a packet says of itself, without being decoded.
use super::{LONGEST_PACKET, checked, ffi, length};
use crate::audio::SAMPLE_RATE;

/// The largest packet that only says that there is nothing to hear (DTX): the library's encoder makes no other so small.
const LARGEST_SILENCE: usize = 2;

/// How long it lasts, in samples of one channel (RFC 6716, section 3.1). `None` where it is no Opus packet.
pub fn samples(packet: &[u8]) -> Option<usize> {
    let bytes = length(packet).ok().filter(|bytes| *bytes > 0)?;
    // SAFETY: the packet has so many bytes, at least one.
    let code = unsafe { ffi::opus_packet_get_nb_samples(packet.as_ptr(), bytes, SAMPLE_RATE as i32) };
    checked(code).ok().filter(|samples| (1..=LONGEST_PACKET).contains(samples))
}

/// Whether it has a copy of the packet before (in-band FEC).
pub fn has_copy(packet: &[u8]) -> bool {
    let Some(bytes) = length(packet).ok().filter(|bytes| *bytes > 0) else { return false };
    // SAFETY: the packet has so many bytes, at least one.
    unsafe { ffi::opus_packet_has_lbrr(packet.as_ptr(), bytes) == 1 }
}

/// Whether it only says that there is nothing to hear from here on (DTX).
pub fn is_silence(packet: &[u8]) -> bool {
    packet.len() <= LARGEST_SILENCE
}

/// Whether it may carry the sound before it as DRED: that travels in the padding, which only packets of this form have
/// (RFC 6716, section 3.2.5).
pub fn may_have_dred(packet: &[u8]) -> bool {
    matches!(packet, [toc, count, _, ..] if toc & 0x03 == 0x03 && count & 0x40 != 0)
}

/// The packet without its padding, and so without what it carries along there. `None` where it is no Opus packet.
pub fn without_padding(packet: &[u8]) -> Option<Vec<u8>> {
    let bytes = length(packet).ok().filter(|bytes| *bytes > 0)?;
    let mut bare = packet.to_vec();
    // SAFETY: there are so many bytes, at least one, that may be written to.
    let code = unsafe { ffi::opus_packet_unpad(bare.as_mut_ptr(), bytes) };
    bare.truncate(checked(code).ok()?);
    Some(bare)
}

/// How many channels were encoded. `None` where it is no Opus packet.
pub fn channels(packet: &[u8]) -> Option<super::Channels> {
    // The third bit of the first byte (RFC 6716, section 3.1).
    let toc = packet.first()?;
    Some(if toc & 0x04 == 0 { super::Channels::Mono } else { super::Channels::Stereo })
}
