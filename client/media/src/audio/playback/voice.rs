//! One participant in the mix: the handle that packets go into, and the other end of it in the playback's thread.
use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use super::AudioPacket;
use crate::audio::{
    Block, Stereo,
    decode::VoiceDecoder,
    error::OpenAudioError,
    fade::ramp,
    jitter::MAX_PACKETS,
    level::{LevelMeter, SharedLevel},
    leveller::Leveller,
    opus::OpusError,
    wav::WavFile,
};

/// How a voice is to be treated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceSettings {
    /// Whose it is, for messages.
    pub name: String,
    /// Where to save it: 48 kHz, one channel, 16 bit, in real time from the first packet on, so that silence and gaps
    /// show as such. Of music that is the mean of the two channels.
    pub save: Option<PathBuf>,
}

/// What has happened to a voice so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VoiceStats {
    /// How unevenly packets arrive, in milliseconds (RFC 3550, section 6.4.1).
    pub jitter_ms: f32,
    /// The delay by which that is evened out, in milliseconds.
    pub delay_ms: f32,
    /// The share of the sound played that had to be made up, 0 to 1; silence while nothing is sent does not count.
    pub concealed_ratio: f32,
    /// Packets that arrived, copies not counted.
    pub packets_received: u64,
    /// Packets that were missing when their turn came, and ever since.
    pub packets_lost: u64,
    /// Packets that came too late to be played.
    pub late: u64,
    /// Bytes of all packets that arrived.
    pub bytes: u64,
    /// What is played at the moment; none while nobody speaks.
    pub playing: Option<Playing>,
}

/// Which sound is played when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Playing {
    /// Its RTP time.
    pub timestamp: u32,
    /// When it leaves for the loudspeaker.
    pub at: Instant,
}

/// One participant in the mix. May be used from any thread; to drop it takes them out and closes their file.
#[derive(Debug)]
pub struct Voice {
    shared: Arc<VoiceShared>,
}

/// A packet, or a copy of one that a later packet brought along, and when it came.
#[derive(Debug)]
struct Arrived {
    packet: AudioPacket,
    is_copy: bool,
    at: Instant,
}

/// What the handle and the playback's thread share.
#[derive(Debug)]
pub(super) struct VoiceShared {
    settings: VoiceSettings,
    /// Packets on their way to the jitter buffer: at most [`MAX_PACKETS`], then the oldest is dropped.
    inbox: Mutex<VecDeque<Arrived>>,
    stats: Mutex<VoiceStats>,
    gain: SharedLevel,
    level: SharedLevel,
    /// How much longer than needed the sound waits, in milliseconds.
    extra_delay: AtomicU32,
    closed: AtomicBool,
}

impl Voice {
    pub(super) fn new(shared: Arc<VoiceShared>) -> Self {
        Self { shared }
    }

    /// Takes in a packet that arrived at `now`. Takes no time worth mentioning, so async code may call it.
    pub fn push(&self, packet: AudioPacket, now: Instant) {
        self.deliver(Arrived { packet, is_copy: false, at: now });
    }

    /// Takes in a copy of a packet, which a later one brought along at `now`. Push the later one first.
    pub fn push_copy(&self, packet: AudioPacket, now: Instant) {
        self.deliver(Arrived { packet, is_copy: true, at: now });
    }

    fn deliver(&self, arrived: Arrived) {
        let mut inbox = lock(&self.shared.inbox);
        if inbox.len() >= MAX_PACKETS {
            inbox.pop_front();
        }
        inbox.push_back(arrived);
    }

    /// How loud it is mixed: 1 as it comes, 0 not at all. Neither the level nor the saved file follows.
    pub fn set_gain(&self, gain: f32) {
        self.shared.gain.set(if gain.is_finite() { gain.clamp(0.0, 4.0) } else { 1.0 });
    }

    /// How loud it is: 0 at -60 dBFS and below, 1 at full scale, even steps of dB in between.
    pub fn level(&self) -> f32 {
        self.shared.level.get()
    }

    /// Makes the sound wait this much longer than the network needs, so that slower pictures keep up with it.
    pub fn set_extra_delay(&self, delay: Duration) {
        self.shared.extra_delay.store(u32::try_from(delay.as_millis()).unwrap_or(u32::MAX), Ordering::Relaxed);
    }

    /// What has happened so far, a few milliseconds old at most.
    pub fn stats(&self) -> VoiceStats {
        *lock(&self.shared.stats)
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
    }
}

impl VoiceShared {
    pub(super) fn new(settings: VoiceSettings) -> Self {
        Self {
            settings,
            inbox: Mutex::new(VecDeque::with_capacity(MAX_PACKETS)),
            stats: Mutex::default(),
            gain: SharedLevel::new(1.0),
            level: SharedLevel::new(0.0),
            extra_delay: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// Where the sound of a voice is saved.
enum Saving {
    /// Nowhere, or no longer.
    Off,
    /// As soon as the first packet comes.
    Pending(PathBuf),
    To(WavFile, PathBuf),
}

/// The playback's end of a voice.
pub(super) struct MixedVoice {
    pub(super) shared: Arc<VoiceShared>,
    decoder: VoiceDecoder,
    meter: LevelMeter,
    /// Evens out its loudness, where that is wanted.
    leveller: Option<Leveller>,
    gain: f32,
    saving: Saving,
    arriving: Vec<Arrived>,
}

impl MixedVoice {
    pub(super) fn new(shared: Arc<VoiceShared>) -> Result<Self, OpusError> {
        let saving = shared.settings.save.clone().map_or(Saving::Off, Saving::Pending);
        Ok(Self {
            gain: shared.gain.get(),
            decoder: VoiceDecoder::new()?,
            meter: LevelMeter::default(),
            leveller: None,
            arriving: Vec::with_capacity(MAX_PACKETS),
            saving,
            shared,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.shared.settings.name
    }

    /// Adds the 10 ms that are due at `at` to `mix`, which leaves for the loudspeaker at `heard_at`. An error, once, where
    /// it can no longer be saved.
    pub(super) fn mix_into(
        &mut self,
        mix: &mut Stereo,
        at: Instant,
        heard_at: Instant,
        levelling: bool,
    ) -> Result<(), OpenAudioError> {
        // Only this end of the queue is emptied under the lock: the task that pushes never waits for decoding.
        self.arriving.extend(lock(&self.shared.inbox).drain(..));
        let began = !self.arriving.is_empty();
        for Arrived { packet, is_copy, at } in self.arriving.drain(..) {
            match is_copy {
                true => self.decoder.push_copy(packet, at),
                false => self.decoder.push(packet, at),
            }
        }
        let extra = self.shared.extra_delay.load(Ordering::Relaxed);
        self.decoder.set_extra_delay(Duration::from_millis(extra.into()));
        let playing = self.decoder.position().map(|timestamp| Playing { timestamp, at: heard_at });
        let mut heard = self.decoder.pull(at);
        let mono = heard.mono();
        self.shared.level.set(self.meter.feed(&mono));
        *lock(&self.shared.stats) = self.stats(playing);
        let saved = self.save(&mono, at, began);
        let gain = self.shared.gain.get() * self.levelled(&mono, levelling);
        for (mix, heard) in [(&mut mix.left, &mut heard.left), (&mut mix.right, &mut heard.right)] {
            ramp(heard, self.gain, gain);
            mix.iter_mut().zip(heard).for_each(|(to, from)| *to += *from);
        }
        self.gain = gain;
        saved
    }

    /// The gain that brings the voice to the loudness of the others.
    fn levelled(&mut self, block: &Block, levelling: bool) -> f32 {
        if !levelling {
            self.leveller = None;
            return 1.0;
        }
        if self.leveller.is_none() {
            // Without memory for a meter it is played as it comes.
            self.leveller = Leveller::new().ok();
        }
        self.leveller.as_mut().map_or(1.0, |leveller| leveller.feed(block))
    }

    fn stats(&self, playing: Option<Playing>) -> VoiceStats {
        let stats = self.decoder.stats();
        VoiceStats {
            jitter_ms: stats.jitter_ms,
            delay_ms: stats.target_ms,
            concealed_ratio: stats.concealed_samples as f32 / stats.played_samples.max(1) as f32,
            packets_received: stats.received,
            packets_lost: stats.lost,
            late: stats.late,
            bytes: stats.bytes,
            playing,
        }
    }

    fn save(&mut self, block: &Block, at: Instant, began: bool) -> Result<(), OpenAudioError> {
        let unwritable = |path, error: hound::Error| OpenAudioError::UnwritableFile { path, detail: error.to_string() };
        let (mut file, path) = match std::mem::replace(&mut self.saving, Saving::Off) {
            Saving::Off => return Ok(()),
            Saving::Pending(path) if !began => {
                self.saving = Saving::Pending(path);
                return Ok(());
            }
            Saving::Pending(path) => match WavFile::create(&path, at) {
                Ok(file) => (file, path),
                Err(error) => return Err(unwritable(path, error)),
            },
            Saving::To(file, path) => (file, path),
        };
        match file.write(block) {
            Ok(()) => self.saving = Saving::To(file, path),
            Err(error) => return Err(unwritable(path, error)),
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
