//! One participant's file while it is written: puts what comes on the common clock and in order.
use std::{
    collections::VecDeque,
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;

use super::{
    clock::TrackClock,
    webm::{Block, TrackOf, WebmFile},
};
use crate::{
    audio::{SAMPLE_RATE, opus::packet},
    frame::Size,
};

/// Ticks a second of RTP video (RFC 7741).
const PICTURE_RATE: u32 = 90_000;

/// Packets of sound may come so far out of order, and a copy of one so late.
const REMEMBERED: usize = 64;

/// When a recording began, by both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zero {
    pub(super) instant: Instant,
    pub(super) wall: SystemTime,
}

/// The file.
#[derive(Debug)]
pub(super) struct Reel {
    path: PathBuf,
    title: String,
    zero: Zero,
    file: Option<WebmFile>,
    pictures: TrackClock,
    sound: TrackClock,
    /// Time stamps of the latest packets of sound.
    heard: VecDeque<u32>,
    /// The size of the first picture; none before it.
    size: Option<Size>,
    channels: Option<u8>,
    /// Not written yet, in no order.
    waiting: Vec<Block>,
    waiting_bytes: usize,
    last_picture: Option<u64>,
    /// Up to when there is sound in the file.
    last_sound: Option<u64>,
}

impl Reel {
    /// Makes no file yet: somebody may never send anything.
    pub(super) fn new(path: PathBuf, title: &str, zero: Zero) -> Self {
        Self {
            path,
            title: title.to_owned(),
            zero,
            file: None,
            pictures: TrackClock::new(PICTURE_RATE, zero.instant),
            sound: TrackClock::new(SAMPLE_RATE, zero.instant),
            heard: VecDeque::with_capacity(REMEMBERED),
            size: None,
            channels: None,
            waiting: Vec::new(),
            waiting_bytes: 0,
            last_picture: None,
            last_sound: None,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Takes a picture. Those before the first sound keyframe cannot be played.
    pub(super) fn take_picture(&mut self, payload: Bytes, keyframe: bool, timestamp: u32, at: Instant) {
        if self.size.is_none() {
            self.size = keyframe.then(|| keyframe_size(&payload)).flatten();
        }
        if self.size.is_none() || payload.is_empty() {
            return;
        }
        let at = self.pictures.place(timestamp, at).as_millis() as u64;
        let at = self.last_picture.map_or(at, |last| at.max(last + 1));
        self.last_picture = Some(at);
        self.wait(Block { track: TrackOf::Picture, at, keyframe, payload });
    }

    /// Takes a packet of sound. It arrives when its end was said, and stands for when it began.
    pub(super) fn take_sound(&mut self, payload: Bytes, timestamp: u32, at: Instant) {
        let Some(first) = payload.first() else { return };
        if self.heard.contains(&timestamp) {
            return;
        }
        if self.heard.len() == REMEMBERED {
            self.heard.pop_front();
        }
        self.heard.push_back(timestamp);
        // RFC 6716, section 3.1: the third bit from the end tells whether there are two channels.
        self.channels.get_or_insert(1 + (first >> 2 & 1));
        let began = at.checked_sub(packet_time(&payload)).unwrap_or(at);
        let at = self.sound.place(timestamp, began).as_millis() as u64;
        self.wait(Block { track: TrackOf::Sound, at, keyframe: true, payload });
    }

    /// Takes sound that is placed already, of one channel.
    pub(super) fn take_placed(&mut self, payload: Bytes, at: u64) {
        self.channels.get_or_insert(1);
        self.wait(Block { track: TrackOf::Sound, at, keyframe: true, payload });
    }

    /// How many bytes wait to be written.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// How many bytes were written.
    pub(super) fn length(&self) -> u64 {
        self.file.as_ref().map_or(0, WebmFile::length)
    }

    /// Writes what is older than a moment, in milliseconds: nothing older will come.
    pub(super) fn write_until(&mut self, moment: u64) -> io::Result<()> {
        if self.waiting.iter().all(|block| block.at >= moment) {
            return Ok(());
        }
        self.waiting.sort_by_key(|block| (block.at, block.track));
        let rest = self.waiting.split_off(self.waiting.partition_point(|block| block.at < moment));
        let mut ready = std::mem::replace(&mut self.waiting, rest);
        self.waiting_bytes = self.waiting.iter().map(|block| block.payload.len()).sum();
        // What comes later than that is left out: players take time for something that never goes back.
        let last_sound = &mut self.last_sound;
        ready.retain(|block| match block.track {
            TrackOf::Picture => true,
            TrackOf::Sound => {
                let rises = last_sound.is_none_or(|last| block.at > last);
                *last_sound = (*last_sound).max(Some(block.at));
                rises
            }
        });
        self.append(&ready)
    }

    /// Writes what still waits and makes the file whole. Returns how many bytes it has.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.write_until(u64::MAX)?;
        self.file.map_or(Ok(0), WebmFile::finish)
    }

    fn wait(&mut self, block: Block) {
        self.waiting_bytes += block.payload.len();
        self.waiting.push(block);
    }

    fn append(&mut self, blocks: &[Block]) -> io::Result<()> {
        if blocks.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(WebmFile::create(&self.path, &self.title, self.zero.wall)?),
        };
        if let Some(size) = self.size {
            file.announce_picture(size);
        }
        if let Some(channels) = self.channels {
            file.announce_sound(channels);
        }
        file.append(blocks)
    }
}

/// How long a packet of sound lasts (RFC 6716, section 3.1).
fn packet_time(payload: &[u8]) -> Duration {
    let samples = packet::samples(payload).unwrap_or(0);
    Duration::from_secs(1) * samples as u32 / SAMPLE_RATE
}

/// What a VP8 keyframe says of its size (RFC 6386, section 9.1); none where it is no keyframe.
fn keyframe_size(payload: &[u8]) -> Option<Size> {
    let [tag, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..] = *payload else { return None };
    let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    let size = Size { width: side(w0, w1), height: side(h0, h1) };
    (tag & 1 == 0 && size.width > 0 && size.height > 0).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_read_from_a_keyframe_and_from_nothing_else() {
        let keyframe = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x41, 9];

        assert_eq!(keyframe_size(&keyframe), Some(Size { width: 640, height: 360 }));
        assert_eq!(keyframe_size(&keyframe[..9]), None);
        assert_eq!(keyframe_size(&[0x11, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x41]), None);
        assert_eq!(keyframe_size(&[0; 20]), None);
    }
}
