//! The Opus track of a `.webm` or `.mkv` file (RFC 7845 describes the encapsulation's timing).
use std::{fs::File, io::BufReader, path::Path};

use matroska_demuxer::{DemuxError, Frame, MatroskaFile, TrackEntry};

use super::{file::OnePass, lanes::Lanes};
use crate::audio::{
    SAMPLE_RATE,
    error::OpenAudioError,
    opus::{Channels, Decoder, LONGEST_PACKET},
};

pub(super) struct MatroskaSound {
    demuxer: MatroskaFile<BufReader<File>>,
    track: u64,
    frame: Frame,
    opus: Decoder,
    stereo: bool,
    decoded: Vec<f32>,
    /// Samples of the encoder's run-up still to be dropped.
    run_up: usize,
}

impl MatroskaSound {
    pub(super) fn open(path: &Path) -> Result<Self, OpenAudioError> {
        let unreadable = |detail: String| OpenAudioError::UnreadableFile { path: path.to_owned(), detail };
        let unknown = || OpenAudioError::UnknownFile { path: path.to_owned() };
        let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
        let demuxer = MatroskaFile::open(BufReader::new(file)).map_err(|error| unreadable(error.to_string()))?;
        let track = demuxer.tracks().iter().find(|track| is_opus(track)).ok_or_else(unknown)?;
        let stereo = track.audio().is_some_and(|audio| audio.channels().get() == 2);
        let channels = if stereo { Channels::Stereo } else { Channels::Mono };
        let run_up = track.codec_delay().unwrap_or(0).saturating_mul(u64::from(SAMPLE_RATE)) / 1_000_000_000;
        Ok(Self {
            track: track.track_number().get(),
            run_up: usize::try_from(run_up).unwrap_or(0).min(SAMPLE_RATE as usize),
            demuxer,
            frame: Frame::default(),
            opus: Decoder::new(channels).map_err(|error| unreadable(error.to_string()))?,
            stereo,
            decoded: vec![0.0; 2 * LONGEST_PACKET],
        })
    }
}

/// Opus of one or two channels; more are several streams in one packet.
fn is_opus(track: &TrackEntry) -> bool {
    track.codec_id() == "A_OPUS" && track.audio().is_none_or(|audio| audio.channels().get() <= 2)
}

impl OnePass for MatroskaSound {
    fn read(&mut self, out: &mut Lanes) -> Result<bool, String> {
        match self.demuxer.next_frame(&mut self.frame) {
            Ok(true) => {}
            // Wherever a file was cut off is its end.
            Ok(false) | Err(DemuxError::ElementSizeExceedsStream { .. }) => return Ok(false),
            Err(error) => return Err(error.to_string()),
        }
        if self.frame.track != self.track {
            return Ok(true);
        }
        match self.opus.decode(&self.frame.data, &mut self.decoded) {
            Ok(samples) => {
                let skipped = self.run_up.min(samples);
                self.run_up -= skipped;
                if self.stereo {
                    out.extend_interleaved(&self.decoded[2 * skipped..2 * samples]);
                } else {
                    out.extend_mono(&self.decoded[skipped..samples]);
                }
            }
            Err(error) => tracing::debug!(%error, "a corrupt packet in a sound file is left out"),
        }
        Ok(true)
    }

    fn is_stereo(&self) -> bool {
        self.stereo
    }
}
