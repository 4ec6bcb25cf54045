//! One WebM file that can be played at any moment, also after the program was killed while it wrote.
//!
//! Whole clusters are appended, each with one write. The header at the beginning has room to spare and is written
//! over: a track is in it from its first packet on, the duration follows, and the end adds an index to seek by.
//!
//! libwebm would not do: it holds sound back, without a limit, until a picture comes, and settles the tracks at the
//! beginning, but somebody's camera may be off for the first hour.
use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    path::Path,
    time::SystemTime,
};

use bytes::Bytes;

use super::ebml::{element, float, id_bytes, parent, signed, start, start_unknown, text, unsigned};
use crate::{audio::SAMPLE_RATE, frame::Size};

/// What the header takes, with room for everything that it may come to say.
const HEADER_LENGTH: usize = 1024;

/// The least that a filler takes: its id and its length.
const LEAST_FILLER: usize = 9;

/// A title is cut off here, so that the header has room for it.
const LONGEST_TITLE: usize = 200;

/// A cluster holds no more than this.
const CLUSTER_BYTES: usize = 1 << 20;

/// A cluster lasts no longer; the format would allow 32 s.
const CLUSTER_MS: u64 = 5_000;

/// The index has an entry for so much time at least, unless a keyframe asks for one sooner.
const CUE_MS: u64 = 5_000;

/// More than a day of entries in the index; a longer recording is harder to seek in towards its end.
const MOST_CUES: usize = 40_000;

/// About as long as the last block lasts.
const BLOCK_MS: u64 = 20;

/// The run-up that an Opus decoder needs to be right again after a jump: 80 ms (RFC 7845, section 4.6).
const SEEK_PRE_ROLL: u64 = 80_000_000;

/// Seconds from the epoch of Unix to that of Matroska, the beginning of 2001.
const MATROSKA_EPOCH: u64 = 978_307_200;

const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const SEEK_HEAD: u32 = 0x114D_9B74;
const VOID: u32 = 0xEC;

/// Which of the two tracks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TrackOf {
    /// VP8.
    Picture,
    /// Opus.
    Sound,
}

impl TrackOf {
    const fn number(self) -> u8 {
        match self {
            Self::Picture => 1,
            Self::Sound => 2,
        }
    }
}

/// One encoded picture or block of sound, and when it is played.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) track: TrackOf,
    /// Milliseconds since the beginning of the recording.
    pub(super) at: u64,
    pub(super) keyframe: bool,
    pub(super) payload: Bytes,
}

/// A place to seek to.
#[derive(Debug)]
struct Cue {
    at: u64,
    track: TrackOf,
    /// Counted from the beginning of the segment's content.
    cluster: u64,
}

/// The file.
#[derive(Debug)]
pub(super) struct WebmFile {
    file: File,
    title: String,
    /// When zero is, by the calendar.
    zero: SystemTime,
    picture: Option<Size>,
    /// How many channels the sound has.
    sound: Option<u8>,
    /// Up to when there is something to play.
    until: u64,
    length: u64,
    cues: Vec<Cue>,
}

impl WebmFile {
    /// Makes a file that is not there yet.
    pub(super) fn create(path: &Path, title: &str, zero: SystemTime) -> io::Result<Self> {
        let file = File::create_new(path)?;
        let mut title = title.to_owned();
        title.truncate(title.floor_char_boundary(LONGEST_TITLE));
        let mut new = Self {
            file,
            title,
            zero,
            picture: None,
            sound: None,
            until: 0,
            length: HEADER_LENGTH as u64,
            cues: Vec::new(),
        };
        new.write_header(None)?;
        Ok(new)
    }

    /// Says that there are pictures. The first size is what players prepare for; VP8 itself tells of later ones.
    pub(super) fn announce_picture(&mut self, size: Size) {
        self.picture.get_or_insert(size);
    }

    /// Says that there is sound.
    pub(super) fn announce_sound(&mut self, channels: u8) {
        self.sound.get_or_insert(channels);
    }

    /// How many bytes it has.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Appends blocks, which are in the order of their time.
    pub(super) fn append(&mut self, blocks: &[Block]) -> io::Result<()> {
        let mut rest = blocks;
        while let [first, ..] = rest {
            let (cluster, others) = rest.split_at(cluster_length(rest));
            self.append_cluster(first, cluster)?;
            rest = others;
        }
        if !blocks.is_empty() {
            self.write_header(None)?;
        }
        Ok(())
    }

    /// Adds the index and settles all lengths.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        let cues: Vec<_> = self.cues.iter().map(cue_point).collect();
        if cues.is_empty() {
            return Ok(self.length);
        }
        let at = self.length - segment_start();
        let cues = parent(CUES, &cues);
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&cues)?;
        self.length += cues.len() as u64;
        self.write_header(Some(at))?;
        self.file.sync_data()?;
        Ok(self.length)
    }

    fn append_cluster(&mut self, first: &Block, blocks: &[Block]) -> io::Result<()> {
        let position = self.length - segment_start();
        let cluster = cluster(first.at, blocks);
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&cluster)?;
        self.length += cluster.len() as u64;
        self.until = blocks.iter().map(|block| block.at + BLOCK_MS).fold(self.until, u64::max);
        let key_picture = blocks.iter().find(|block| block.track == TrackOf::Picture && block.keyframe);
        let due = self.cues.last().is_none_or(|cue| cue.at + CUE_MS <= first.at);
        let cue = match key_picture {
            Some(picture) => Some((picture.at, TrackOf::Picture)),
            None if self.picture.is_none() && due => Some((first.at, first.track)),
            None => None,
        };
        if let Some((at, track)) = cue
            && self.cues.len() < MOST_CUES
        {
            self.cues.push(Cue { at, track, cluster: position });
        }
        Ok(())
    }

    fn write_header(&mut self, cues: Option<u64>) -> io::Result<()> {
        let header = self.header(cues)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header)
    }

    /// The first bytes of the file. With the position of the index the file is finished, and says how long it is.
    fn header(&self, cues: Option<u64>) -> io::Result<Vec<u8>> {
        let mut header = ebml_header();
        header.extend(match cues {
            Some(_) => start(SEGMENT, self.length - segment_start()),
            None => start_unknown(SEGMENT),
        });
        let (info, tracks) = (self.info(), self.tracks());
        let seek_head = |at_info, at_tracks| {
            let mut places = vec![seek(INFO, at_info), seek(TRACKS, at_tracks)];
            places.extend(cues.map(|at| seek(CUES, at)));
            parent(SEEK_HEAD, &places)
        };
        // Positions take eight bytes whatever they are, so the first draft is as long as the last.
        let at_info = seek_head(0, 0).len() as u64;
        header.extend(seek_head(at_info, at_info + info.len() as u64));
        header.extend(info);
        header.extend(tracks);
        let Some(filler) = HEADER_LENGTH.checked_sub(header.len() + LEAST_FILLER) else {
            return Err(io::Error::other("the header of a recording has no room for all that it must say"));
        };
        header.extend(element(VOID, &vec![0; filler]));
        Ok(header)
    }

    fn info(&self) -> Vec<u8> {
        let since_unix = self.zero.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let date = since_unix.as_nanos() as i64 - (MATROSKA_EPOCH * 1_000_000_000) as i64;
        let program = concat!("Parlor ", env!("CARGO_PKG_VERSION"));
        let children = [
            unsigned(0x2AD7B1, 1_000_000), // nanoseconds in a tick
            float(0x4489, self.until as f64),
            signed(0x4461, date),
            text(0x4D80, program),
            text(0x5741, program),
            text(0x7BA9, &self.title),
        ];
        parent(INFO, &children)
    }

    fn tracks(&self) -> Vec<u8> {
        let picture = self.picture.map(|size| {
            let sides = [unsigned(0xB0, size.width.into()), unsigned(0xBA, size.height.into())];
            track(TrackOf::Picture, 1, "V_VP8", &[parent(0xE0, &sides)])
        });
        let sound = self.sound.map(|channels| {
            let format = [float(0xB5, f64::from(SAMPLE_RATE)), unsigned(0x9F, channels.into())];
            let opus = [element(0x63A2, &opus_head(channels)), unsigned(0x56BB, SEEK_PRE_ROLL), parent(0xE1, &format)];
            track(TrackOf::Sound, 2, "A_OPUS", &opus)
        });
        parent(TRACKS, &picture.into_iter().chain(sound).collect::<Vec<_>>())
    }
}

/// How many of these blocks go into one cluster: up to the next keyframe, so that one can seek to it.
fn cluster_length(blocks: &[Block]) -> usize {
    let Some(first) = blocks.first() else { return 0 };
    let mut bytes = 0;
    let fits = |(index, block): &(usize, &Block)| {
        bytes += block.payload.len();
        let key_picture = block.track == TrackOf::Picture && block.keyframe;
        *index == 0 || !key_picture && bytes <= CLUSTER_BYTES && block.at < first.at + CLUSTER_MS
    };
    blocks.iter().enumerate().take_while(fits).count()
}

fn cluster(at: u64, blocks: &[Block]) -> Vec<u8> {
    let mut content = unsigned(0xE7, at);
    for block in blocks {
        let relative = i16::try_from(block.at - at).unwrap_or(i16::MAX);
        content.extend(start(0xA3, block.payload.len() as u64 + 4));
        content.push(0x80 | block.track.number());
        content.extend_from_slice(&relative.to_be_bytes());
        content.push(if block.keyframe { 0x80 } else { 0 });
        content.extend_from_slice(&block.payload);
    }
    element(CLUSTER, &content)
}

fn cue_point(cue: &Cue) -> Vec<u8> {
    let place = [unsigned(0xF7, cue.track.number().into()), unsigned(0xF1, cue.cluster)];
    parent(0xBB, &[unsigned(0xB3, cue.at), parent(0xB7, &place)])
}

fn seek(id: u32, at: u64) -> Vec<u8> {
    parent(0x4DBB, &[element(0x53AB, &id_bytes(id)), unsigned(0x53AC, at)])
}

fn track(track: TrackOf, kind: u64, codec: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let number = u64::from(track.number());
    let about = [unsigned(0xD7, number), unsigned(0x73C5, number), unsigned(0x83, kind), unsigned(0x9C, 0)];
    let about: Vec<_> = about.into_iter().chain([text(0x86, codec)]).chain(more.iter().cloned()).collect();
    parent(0xAE, &about)
}

/// What an Opus decoder is told first (RFC 7845, section 5.1). Nothing is left out at the beginning: where we come in,
/// the sender's encoder has long been running.
fn opus_head(channels: u8) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(channels);
    head.extend_from_slice(&0_u16.to_le_bytes());
    head.extend_from_slice(&SAMPLE_RATE.to_le_bytes());
    head.extend_from_slice(&[0, 0, 0]);
    head
}

fn ebml_header() -> Vec<u8> {
    let children = [
        unsigned(0x4286, 1), // the version of the encoding, and the one that a reader needs
        unsigned(0x42F7, 1),
        unsigned(0x42F2, 4), // the longest id and the longest length
        unsigned(0x42F3, 8),
        text(0x4282, "webm"),
        unsigned(0x4287, 4), // the version of the format, and the one that a reader needs
        unsigned(0x4285, 2),
    ];
    parent(0x1A45_DFA3, &children)
}

/// Where the content of the segment begins: what positions are counted from.
fn segment_start() -> u64 {
    (ebml_header().len() + start(SEGMENT, 0).len()) as u64
}
