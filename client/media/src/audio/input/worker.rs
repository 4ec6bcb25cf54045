//! The thread behind [`super::AudioInput`]: open, read, meter, encode, and again.
use std::{
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{AudioInputEvent, Control};
use crate::{
    audio::{
        BLOCK_SAMPLES, BLOCK_TIME, Captured, Mode,
        encode::{self, VoiceEncoder, VoicePacket},
        error::{AudioLost, OpenAudioError},
        fade::ramp,
        level::LevelMeter,
        opus::OpusError,
        processing::{Chain, EchoState, Plan, Processing, Running, listener::Listener},
        source::{self, AudioSource, Polled},
        spec::AudioSpec,
        speech::SpeechDetector,
    },
    frame::EncodedBlock,
};

/// How long to wait before a source that does not open is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// How long after a loss: often the operating system has another device ready by then.
const RETRY_AFTER_LOSS: Duration = Duration::from_millis(300);

/// How many blocks pass until what runs is told anew: half a second.
const TELL_EVERY: u32 = 50;

/// Nothing to do until somebody wakes the thread.
const IDLE: Duration = Duration::from_secs(3600);

enum State {
    Closed,
    Open(Box<dyn AudioSource>),
    Failed { reported: Option<OpenAudioError>, retry_at: Instant },
}

pub(super) struct Worker {
    control: Arc<Control>,
    sink: Box<dyn FnMut(EncodedBlock)>,
    events: Box<dyn Fn(AudioInputEvent)>,
    spec: AudioSpec,
    changes: u64,
    state: State,
    encoder: VoiceEncoder,
    meter: LevelMeter,
    speech: SpeechDetector,
    speaking: bool,
    gain: f32,
    /// Counts the changes of what is to be done that were taken over.
    wishes: u64,
    processing: Processing,
    listener: Listener,
    chain: Chain,
    mode: Mode,
    told: u32,
    /// Up to when there has been sound; what was missing since is left out of the RTP time.
    sound_until: Option<Instant>,
}

impl Worker {
    pub(super) fn new(
        control: Arc<Control>,
        sink: Box<dyn FnMut(EncodedBlock)>,
        events: Box<dyn Fn(AudioInputEvent)>,
    ) -> Result<Self, OpusError> {
        Ok(Self {
            control,
            sink,
            events,
            spec: AudioSpec::None,
            changes: 0,
            state: State::Closed,
            // RFC 3550, section 5.1: a timestamp begins at random.
            encoder: VoiceEncoder::new(fastrand::u32(..))?,
            meter: LevelMeter::default(),
            speech: SpeechDetector::new(),
            speaking: false,
            gain: 1.0,
            wishes: 0,
            processing: Processing::default(),
            listener: Listener::default(),
            chain: Chain::new(Mode::Voice),
            mode: Mode::Voice,
            told: 0,
            sound_until: None,
        })
    }

    pub(super) fn run(mut self) {
        while !self.control.stopped.load(Ordering::Acquire) {
            self.follow_wishes();
            let wait = self.step(Instant::now());
            if let Some(wait) = wait {
                thread::park_timeout(wait);
            }
        }
    }

    fn follow_wishes(&mut self) {
        let changes = self.control.changes.load(Ordering::Acquire);
        if changes == self.changes {
            return;
        }
        self.changes = changes;
        let wanted = self.control.wanted().clone();
        if wanted == self.spec && matches!(self.state, State::Open(_)) {
            return;
        }
        let same = wanted == self.spec;
        self.spec = wanted;
        let reported = match std::mem::replace(&mut self.state, State::Closed) {
            State::Failed { reported, .. } if same => reported,
            State::Failed { .. } | State::Open(_) | State::Closed => None,
        };
        self.fall_silent();
        self.open(reported);
    }

    /// One thing to do; how long there is nothing more, if so.
    fn step(&mut self, now: Instant) -> Option<Duration> {
        match &mut self.state {
            State::Closed => Some(IDLE),
            State::Failed { retry_at, .. } if *retry_at > now => Some(*retry_at - now),
            State::Failed { reported, .. } => {
                let reported = reported.take();
                self.open(reported);
                None
            }
            State::Open(source) => {
                let mut captured = Captured::SILENCE;
                match source.poll(&mut captured, now) {
                    Polled::Block(heard_until) => self.send(captured, heard_until, now),
                    Polled::Wait(wait) => return Some(wait),
                    Polled::Lost(reason) => self.lose(reason, now),
                }
                None
            }
        }
    }

    fn open(&mut self, reported: Option<OpenAudioError>) {
        self.state = match source::open(&self.spec, thread::current(), Instant::now()) {
            Ok(None) => {
                (self.events)(AudioInputEvent::Closed);
                State::Closed
            }
            Ok(Some(opened)) => {
                self.leave_out_the_gap(Instant::now());
                // What is known of another microphone, and of the way of an echo into it, does not count for this one.
                self.listener.rest();
                self.chain = Chain::new(self.mode);
                self.told = 0;
                (self.events)(AudioInputEvent::Opened { spec: self.spec.clone(), label: opened.label });
                State::Open(opened.source)
            }
            Err(error) => {
                if reported.as_ref() != Some(&error) {
                    (self.events)(AudioInputEvent::Failed { spec: self.spec.clone(), error: error.clone() });
                }
                State::Failed { reported: Some(error), retry_at: Instant::now() + RETRY_AFTER }
            }
        };
    }

    fn lose(&mut self, reason: AudioLost, now: Instant) {
        self.state = State::Failed { reported: None, retry_at: now + RETRY_AFTER_LOSS };
        self.fall_silent();
        (self.events)(AudioInputEvent::Lost { spec: self.spec.clone(), reason });
    }

    fn fall_silent(&mut self) {
        self.meter.reset();
        self.control.level.set(0.0);
        self.listener.rest();
        *self.control.running() = Running::NOTHING;
        self.speech.reset();
        self.say_speech(false);
    }

    fn say_speech(&mut self, speaking: bool) {
        if std::mem::replace(&mut self.speaking, speaking) != speaking {
            (self.events)(AudioInputEvent::Speech(speaking));
        }
    }

    /// Sends the 10 ms that were heard until then.
    fn send(&mut self, mut captured: Captured, heard_until: Instant, now: Instant) {
        let plan = self.process(&mut captured, heard_until);
        let mean = captured.mean();
        self.control.level.set(self.meter.feed(&mean));
        self.control.tape.feed(&mean);
        let speaking = self.speech.feed(&mean);
        self.say_speech(speaking);
        let gain = if self.control.muted.load(Ordering::Relaxed) { 0.0 } else { 1.0 };
        ramp(&mut captured.left, self.gain, gain);
        if let Some(right) = &mut captured.right {
            ramp(right, self.gain, gain);
        }
        self.gain = gain;
        self.control.deck.block(&captured.mean(), now);
        self.sound_until = Some(now);
        self.encoder.protect(*self.control.protection());
        if let Some(packet) = self.encoder.push(&captured) {
            let VoicePacket { payload, timestamp } = packet;
            let ago = BLOCK_TIME + encode::DELAY + plan.delay();
            let captured_at = heard_until.checked_sub(ago).unwrap_or(heard_until);
            (self.sink)(EncodedBlock { payload, timestamp, captured_at });
        }
    }

    /// Does what is planned to the sound that was heard until then. Returns what that is.
    fn process(&mut self, captured: &mut Captured, heard_until: Instant) -> Plan {
        self.follow_processing();
        let plan = self.processing.of(&self.spec, self.listener.is_audible());
        self.set_mode(plan.mode);
        let far_end = if plan.echo {
            self.listener.far_end(heard_until)
        } else {
            self.listener.rest();
            None
        };
        self.chain.process(captured, plan, far_end.as_ref());
        if self.told == 0 {
            self.tell(plan);
        }
        self.told = (self.told + 1) % TELL_EVERY;
        plan
    }

    fn follow_processing(&mut self) {
        let wishes = self.control.wishes();
        if wishes.changes == self.wishes {
            return;
        }
        self.wishes = wishes.changes;
        self.processing = wishes.processing;
        self.listener.listen_to(&wishes.far_end);
        self.told = 0;
    }

    fn set_mode(&mut self, mode: Mode) {
        if std::mem::replace(&mut self.mode, mode) != mode {
            self.encoder.set_mode(mode);
        }
    }

    fn tell(&self, plan: Plan) {
        let echo = self.chain.echo().map(|echo| EchoState { drift_ppm: self.listener.drift_ppm(), ..echo });
        *self.control.running() = Running { echo, noise: plan.noise, gain: plan.gain, mode: plan.mode };
    }

    fn leave_out_the_gap(&mut self, now: Instant) {
        let Some(until) = self.sound_until else {
            return;
        };
        let blocks = now.saturating_duration_since(until).as_millis() / BLOCK_TIME.as_millis();
        // The RTP clock wraps anyway, so the low bits are all there is.
        self.encoder.skip((blocks as u32).wrapping_mul(BLOCK_SAMPLES as u32));
    }
}
