//! The thread behind [`super::Playback`]: open, pull, mix, write, and again.
use std::{
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{Control, PlaybackEvent, limiter::Limiter, voice::MixedVoice};
use crate::audio::{
    SILENCE, Stereo,
    chime::Chimes,
    error::{AudioLost, OpenAudioError},
    level::LevelMeter,
    sink::{Appetite, Sink},
    spec::SpeakerSpec,
};

/// How long to wait before an output that does not open is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// How long after a loss: often the operating system has another device ready by then.
const RETRY_AFTER_LOSS: Duration = Duration::from_millis(300);

/// An output that is not there, and when to look again.
struct Missing {
    reported: Option<OpenAudioError>,
    retry_at: Instant,
}

pub(super) struct Worker {
    control: Arc<Control>,
    events: Box<dyn Fn(PlaybackEvent)>,
    spec: SpeakerSpec,
    changes: u64,
    /// What takes the mix: while the one asked for is missing, one that throws it away.
    sink: Sink,
    missing: Option<Missing>,
    voices: Vec<MixedVoice>,
    chimes: Chimes,
    limiter: Limiter,
    meter: LevelMeter,
}

impl Worker {
    pub(super) fn new(control: Arc<Control>, events: Box<dyn Fn(PlaybackEvent)>) -> Self {
        Self {
            control,
            events,
            spec: SpeakerSpec::Null,
            changes: 0,
            sink: Sink::silent(Instant::now()),
            missing: None,
            voices: Vec::new(),
            chimes: Chimes::new(),
            limiter: Limiter::new(),
            meter: LevelMeter::default(),
        }
    }

    pub(super) fn run(mut self) {
        while !self.control.stopped.load(Ordering::Acquire) {
            self.follow_wishes();
            self.update_voices();
            let now = Instant::now();
            self.look_again(now);
            match self.sink.poll(now) {
                Appetite::Block(at) => self.mix(at),
                Appetite::Full(wait) => thread::park_timeout(wait),
                Appetite::Lost(reason) => self.lose(reason),
            }
        }
    }

    fn follow_wishes(&mut self) {
        let changes = self.control.changes.load(Ordering::Acquire);
        if changes == self.changes {
            return;
        }
        let first = std::mem::replace(&mut self.changes, changes) == 0;
        let wanted = self.control.wanted().clone();
        let same = !first && wanted == self.spec;
        if same && self.missing.is_none() {
            return;
        }
        self.spec = wanted;
        let reported = self.missing.take().and_then(|missing| missing.reported).filter(|_| same);
        // The old device is closed before the new one is opened: they may be the same card.
        self.play_to(Sink::silent(Instant::now()));
        self.open(reported);
    }

    fn update_voices(&mut self) {
        for shared in self.control.joining().drain(..) {
            match MixedVoice::new(shared) {
                Ok(voice) => self.voices.push(voice),
                Err(error) => tracing::error!(%error, "a voice cannot be decoded"),
            }
        }
        self.voices.retain(|voice| !voice.shared.is_closed());
    }

    fn look_again(&mut self, now: Instant) {
        if let Some(missing) = self.missing.take_if(|missing| missing.retry_at <= now) {
            self.open(missing.reported);
        }
    }

    fn open(&mut self, reported: Option<OpenAudioError>) {
        match Sink::open(&self.spec, &thread::current(), Instant::now()) {
            Ok(sink) => {
                let label = sink.label(&self.spec);
                self.play_to(sink);
                (self.events)(PlaybackEvent::Opened { spec: self.spec.clone(), label });
            }
            Err(error) => {
                if reported.as_ref() != Some(&error) {
                    (self.events)(PlaybackEvent::Failed { spec: self.spec.clone(), error: error.clone() });
                }
                self.missing = Some(Missing { reported: Some(error), retry_at: Instant::now() + RETRY_AFTER });
            }
        }
    }

    fn play_to(&mut self, sink: Sink) {
        self.control.far_end.opened(sink.is_speaker());
        self.sink = sink;
    }

    fn lose(&mut self, reason: AudioLost) {
        let now = Instant::now();
        self.play_to(Sink::silent(now));
        self.missing = match self.spec {
            SpeakerSpec::Speaker(_) => Some(Missing { reported: None, retry_at: now + RETRY_AFTER_LOSS }),
            SpeakerSpec::Wav(_) | SpeakerSpec::Null => None,
        };
        (self.events)(PlaybackEvent::Lost { spec: self.spec.clone(), reason });
    }

    fn mix(&mut self, at: Instant) {
        let mut mix = Stereo::SILENCE;
        let levelling = self.control.levelling.load(Ordering::Relaxed);
        let heard_at = at + self.sink.queued();
        for voice in &mut self.voices {
            if let Err(error) = voice.mix_into(&mut mix, at, heard_at, levelling) {
                (self.events)(PlaybackEvent::SaveFailed { name: voice.name().to_owned(), error });
            }
        }
        if let Some(chime) = self.control.chime().take() {
            self.chimes.start(chime);
        }
        let mut ours = SILENCE;
        self.chimes.mix_into(&mut ours);
        self.control.clip().take_if(|clip| !clip.mix_into(&mut ours));
        mix.add(&ours);
        self.limiter.apply_to_both(&mut mix.left, &mut mix.right);
        let mono = mix.mono();
        self.control.level.set(self.meter.feed(&mono));
        self.control.deck.block(&mono, at);
        self.control.far_end.play(&mono, at);
        if let Err(reason) = self.sink.write(&mix) {
            self.lose(reason);
        }
    }
}
