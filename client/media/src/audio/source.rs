//! The sources of sound, all asked the same way: is there another 10 ms?
mod file;
mod lanes;
mod matroska;
mod microphone;
mod tone;
mod wave;

use std::{
    thread::Thread,
    time::{Duration, Instant},
};

use self::{file::LoopedFile, microphone::Microphone, tone::Tone};
use super::{
    BLOCK_TIME, Captured,
    error::{AudioLost, OpenAudioError},
    pace::Pacer,
    spec::AudioSpec,
};

/// What a source answers.
#[derive(Debug)]
pub(crate) enum Polled {
    /// The next 10 ms have been written. They were heard up to this moment.
    Block(Instant),
    /// Not yet: ask again after this long, or when the thread is woken.
    Wait(Duration),
    /// Never again.
    Lost(AudioLost),
}

/// Something that gives 10 ms of sound at a time, in real time.
pub(crate) trait AudioSource {
    /// Writes the next block if its time has come.
    fn poll(&mut self, captured: &mut Captured, now: Instant) -> Polled;
}

/// A source that has been opened, and what a person calls it.
pub(crate) struct Opened {
    pub(crate) source: Box<dyn AudioSource>,
    pub(crate) label: String,
}

/// Opens what `spec` names; `Ok(None)` for [`AudioSpec::None`]. `waker` is the thread that will poll.
pub(crate) fn open(spec: &AudioSpec, waker: Thread, now: Instant) -> Result<Option<Opened>, OpenAudioError> {
    let opened = match spec {
        AudioSpec::None => return Ok(None),
        AudioSpec::Microphone(id) => {
            let microphone = Microphone::open(id.as_deref(), waker)?;
            Opened { label: microphone.label().to_owned(), source: Box::new(microphone) }
        }
        AudioSpec::Tone(hz) => Opened { label: format!("Tone of {hz} Hz"), source: paced(Tone::new(*hz), now) },
        AudioSpec::File(path) => {
            let label = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Opened { label, source: paced(LoopedFile::open(path)?, now) }
        }
    };
    Ok(Some(opened))
}

/// Sound that is there whenever one asks, and needs a clock to become real time.
trait Endless {
    /// Writes the next 10 ms.
    fn fill(&mut self, captured: &mut Captured) -> Result<(), AudioLost>;
}

struct Paced<S> {
    sound: S,
    pacer: Pacer,
}

fn paced(sound: impl Endless + 'static, now: Instant) -> Box<dyn AudioSource> {
    Box::new(Paced { sound, pacer: Pacer::new(now) })
}

impl<S: Endless> AudioSource for Paced<S> {
    fn poll(&mut self, captured: &mut Captured, now: Instant) -> Polled {
        let begins = match self.pacer.poll(now) {
            Ok(begins) => begins,
            Err(wait) => return Polled::Wait(wait),
        };
        match self.sound.fill(captured) {
            Ok(()) => Polled::Block(begins + BLOCK_TIME),
            Err(lost) => Polled::Lost(lost),
        }
    }
}
