//! Where the mix goes, and what paces it: a speaker's own appetite, or the clock.
mod speaker;

use std::{
    thread::Thread,
    time::{Duration, Instant},
};

use self::speaker::Speaker;
use super::{
    Stereo,
    error::{AudioLost, OpenAudioError},
    pace::Pacer,
    spec::SpeakerSpec,
    wav::WavFile,
};

/// What a sink answers when asked whether it wants more.
#[derive(Debug)]
pub(crate) enum Appetite {
    /// 10 ms, which will be heard (or would have been) from this moment on.
    Block(Instant),
    /// Nothing for this long, or until the thread is woken.
    Full(Duration),
    /// Nothing ever again.
    Lost(AudioLost),
}

/// An output that has been opened.
pub(crate) enum Sink {
    Speaker(Box<Speaker>),
    Wav(WavFile, Pacer),
    /// Also what stands in for a speaker that is not there: the call goes on, unheard.
    Null(Pacer),
}

impl Sink {
    /// Opens what `spec` names; `waker` is the thread that feeds it.
    pub(crate) fn open(spec: &SpeakerSpec, waker: &Thread, now: Instant) -> Result<Self, OpenAudioError> {
        match spec {
            SpeakerSpec::Speaker(id) => Ok(Self::Speaker(Box::new(Speaker::open(id.as_deref(), waker)?))),
            SpeakerSpec::Wav(path) => match WavFile::create(path, now) {
                Ok(file) => Ok(Self::Wav(file, Pacer::new(now))),
                Err(error) => Err(OpenAudioError::UnwritableFile { path: path.clone(), detail: error.to_string() }),
            },
            SpeakerSpec::Null => Ok(Self::silent(now)),
        }
    }

    /// One that throws everything away.
    pub(crate) fn silent(now: Instant) -> Self {
        Self::Null(Pacer::new(now))
    }

    /// Whether people hear it.
    pub(crate) fn is_speaker(&self) -> bool {
        matches!(self, Self::Speaker(_))
    }

    /// What a person calls it.
    pub(crate) fn label(&self, spec: &SpeakerSpec) -> String {
        match self {
            Self::Speaker(speaker) => speaker.label().to_owned(),
            Self::Wav(..) | Self::Null(_) => spec.to_string(),
        }
    }

    /// Whether it wants 10 ms.
    pub(crate) fn poll(&mut self, now: Instant) -> Appetite {
        match self {
            Self::Speaker(speaker) => speaker.poll(now),
            Self::Wav(_, pacer) | Self::Null(pacer) => match pacer.poll(now) {
                Ok(due) => Appetite::Block(due),
                Err(wait) => Appetite::Full(wait),
            },
        }
    }

    /// How long what it has taken already lasts, before what it takes next.
    pub(crate) fn queued(&self) -> Duration {
        match self {
            Self::Speaker(speaker) => speaker.queued(),
            Self::Wav(..) | Self::Null(_) => Duration::ZERO,
        }
    }

    /// Takes 10 ms.
    pub(crate) fn write(&mut self, block: &Stereo) -> Result<(), AudioLost> {
        match self {
            Self::Speaker(speaker) => speaker.write(block),
            Self::Wav(file, _) => {
                return file.write(&block.mono()).map_err(|error| AudioLost::UnwritableFile(error.to_string()));
            }
            Self::Null(_) => {}
        }
        Ok(())
    }
}
