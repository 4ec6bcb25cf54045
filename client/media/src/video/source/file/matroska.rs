//! WebM and Matroska with VP8 or VP9.
use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use matroska_demuxer::{DemuxError, Frame, MatroskaFile, TrackType};

use super::{FilmReader, TimedFrame};
use crate::{
    frame::VideoFrame,
    video::codec::{CodecError, Vp8Decoder, Vp9Decoder},
};

pub(super) struct MatroskaReader {
    path: PathBuf,
    film: Film,
}

/// One run through the file.
struct Film {
    demuxer: MatroskaFile<BufReader<File>>,
    decoder: FilmDecoder,
    track: u64,
    /// Nanoseconds in a tick of the file's clock.
    tick: u64,
    fps: f64,
    /// When the first picture is due. A recording of somebody who came late begins late; a film begins at once.
    begins: Option<u64>,
    packet: Frame,
    broken: u32,
}

enum FilmDecoder {
    Vp8(Vp8Decoder),
    Vp9(Vp9Decoder),
}

/// So many pictures in a row may fail to decode before the file counts as broken.
const PATIENCE: u32 = 300;

impl MatroskaReader {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        Ok(Self { path: path.to_owned(), film: Film::open(path)? })
    }
}

impl FilmReader for MatroskaReader {
    fn read(&mut self) -> Result<Option<TimedFrame>, String> {
        self.film.read()
    }

    fn rewind(&mut self) -> Result<(), String> {
        self.film = Film::open(&self.path)?;
        Ok(())
    }

    fn fps(&self) -> f64 {
        self.film.fps
    }
}

impl Film {
    fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let demuxer = MatroskaFile::open(BufReader::new(file)).map_err(|error| explain(&error))?;
        let tracks = demuxer.tracks().iter().filter(|track| track.track_type() == TrackType::Video);
        let found = tracks.into_iter().find_map(|track| match track.codec_id() {
            "V_VP8" => Some((track, Vp8Decoder::new().map(FilmDecoder::Vp8))),
            "V_VP9" => Some((track, Vp9Decoder::new().map(FilmDecoder::Vp9))),
            _ => None,
        });
        let (track, decoder) = found.ok_or("there is no VP8 or VP9 video in it")?;
        let fps = track.default_duration().map_or(30.0, |nanos| 1e9 / nanos.get() as f64).clamp(0.1, 240.0);
        let (track, tick) = (track.track_number().get(), demuxer.info().timestamp_scale().get());
        let decoder = decoder.map_err(|error| error.to_string())?;
        Ok(Self { demuxer, decoder, track, tick, fps, begins: None, packet: Frame::default(), broken: 0 })
    }

    fn read(&mut self) -> Result<Option<TimedFrame>, String> {
        while self.next_packet()? {
            if self.packet.track != self.track {
                continue;
            }
            match self.decoder.decode(&self.packet.data) {
                Ok(Some(frame)) => {
                    self.broken = 0;
                    let begins = *self.begins.get_or_insert(self.packet.timestamp);
                    let after = self.packet.timestamp.saturating_sub(begins);
                    let at = Duration::from_nanos(after.saturating_mul(self.tick));
                    return Ok(Some(TimedFrame { at, frame }));
                }
                Ok(None) => {}
                Err(error) => {
                    self.broken += 1;
                    if self.broken > PATIENCE {
                        return Err(error.to_string());
                    }
                }
            }
        }
        Ok(None)
    }

    /// False at the end, which is wherever a file was cut off.
    fn next_packet(&mut self) -> Result<bool, String> {
        match self.demuxer.next_frame(&mut self.packet) {
            Ok(more) => Ok(more),
            Err(DemuxError::ElementSizeExceedsStream { .. }) => Ok(false),
            Err(error) => Err(explain(&error)),
        }
    }
}

impl FilmDecoder {
    fn decode(&mut self, payload: &[u8]) -> Result<Option<VideoFrame>, CodecError> {
        match self {
            Self::Vp8(decoder) => decoder.decode(payload, Instant::now()),
            Self::Vp9(decoder) => decoder.decode(payload, Instant::now()),
        }
    }
}

fn explain(error: &DemuxError) -> String {
    match error {
        DemuxError::IoError(error) => error.to_string(),
        other => format!("it is not a sound Matroska file ({other})"),
    }
}
