//! Everything that takes one participant's media: it outlives the connections that bring it.
use std::{
    future,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parlor_call::TrackKind;
use parlor_media::{
    audio::playback::{AudioPacket, Playing, Voice, VoiceStats},
    frame::VideoFrame,
    slot::{SlotReceiver, slot},
    sync::{LipSync, SenderReport},
    video::{
        assembly::VideoPacket,
        receive::{VideoReceiver, VideoReceiverEvent, VideoReceiverSettings, VideoReceiverStats},
    },
};
use tokio::sync::Notify;

use super::{
    Decks,
    packets::{PICTURE_CLOCK, SOUND_CLOCK},
};

/// How long a lost packet is waited for: several requests for it have room in this, and the round trip of a bad
/// network.
pub(super) const REPAIR_PATIENCE: Duration = Duration::from_millis(400);

/// What the receivers of a participant need.
pub(crate) struct ReceiversSettings {
    /// What the participant is called, for the names of threads and files.
    pub(crate) name: String,
    /// Where their sound goes.
    pub(crate) voice: Voice,
    /// The folder in which what they send is kept, if any.
    pub(crate) save: Option<PathBuf>,
    /// Takes what happens. Called from decoding threads: it must return at once.
    pub(crate) on_event: Box<dyn Fn(ReceivedTrack) + Send + Sync>,
}

/// Something that happens to a track that we receive.
#[derive(Debug)]
pub(crate) enum ReceivedTrack {
    /// It is the first time that something comes: its pictures will be here.
    Opened(TrackKind, SlotReceiver<VideoFrame>),
    /// Its first picture is there.
    FirstFrame(TrackKind),
}

/// The receivers of one participant.
pub(crate) struct Receivers {
    name: String,
    voice: Arc<Voice>,
    save: Option<PathBuf>,
    sync: Arc<Mutex<LipSync>>,
    camera: Pictures,
    screen: Pictures,
    decks: Decks,
    /// When anything came last.
    heard: Mutex<Option<Instant>>,
    on_event: Arc<dyn Fn(ReceivedTrack) + Send + Sync>,
}

/// One track of pictures. Its receiver, with a thread, starts with its first packet.
#[derive(Default)]
struct Pictures {
    receiver: OnceLock<Option<VideoReceiver>>,
    keyframe_needed: Arc<Notify>,
    retransmitted: AtomicU64,
}

impl Receivers {
    pub(crate) fn new(settings: ReceiversSettings) -> Self {
        let ReceiversSettings { name, voice, save, on_event } = settings;
        let (camera, screen) = (Pictures::default(), Pictures::default());
        Self {
            name,
            voice: Arc::new(voice),
            save,
            sync: Arc::default(),
            camera,
            screen,
            decks: Decks::default(),
            heard: Mutex::default(),
            on_event: on_event.into(),
        }
    }

    /// The participant's sound: its volume and level.
    pub(crate) fn voice(&self) -> &Voice {
        &self.voice
    }

    /// Where the participant's media passes a recording.
    pub(crate) fn decks(&self) -> &Decks {
        &self.decks
    }

    pub(crate) fn voice_stats(&self) -> VoiceStats {
        self.voice.stats()
    }

    /// How much later than their sound the pictures of their camera are shown, in milliseconds; none while that is not
    /// known.
    pub(crate) fn skew_ms(&self) -> Option<f32> {
        lock(&self.sync).skew_ms()
    }

    /// How long nothing has come; none before the first packet.
    pub(crate) fn silent_for(&self, now: Instant) -> Option<Duration> {
        self.heard().map(|at| now.saturating_duration_since(at))
    }

    /// What came of a track of pictures, and how many packets of it were sent twice. `None` before its first packet.
    pub(crate) fn picture_stats(&self, kind: TrackKind) -> Option<(VideoReceiverStats, u64)> {
        let pictures = self.pictures(kind);
        let receiver = pictures.receiver.get()?.as_ref()?;
        Some((receiver.stats(), pictures.retransmitted.load(Ordering::Relaxed)))
    }

    /// Tells whether pictures are to be expected, so that a camera that is off does not count as a freeze.
    pub(crate) fn expect_pictures(&self, kind: TrackKind, expected: bool) {
        if let Some(Some(receiver)) = self.pictures(kind).receiver.get() {
            receiver.set_expected(expected);
        }
    }

    pub(super) fn push_audio(&self, packet: AudioPacket, now: Instant) {
        self.decks.person.sound(&packet.payload, packet.timestamp, now);
        *self.heard() = Some(now);
        self.voice.push(packet, now);
    }

    /// A packet brought along the copy of an earlier one.
    pub(super) fn push_audio_copy(&self, packet: AudioPacket, now: Instant) {
        self.voice.push_copy(packet, now);
    }

    pub(super) fn push_video(&self, kind: TrackKind, packet: VideoPacket, now: Instant) {
        *self.heard() = Some(now);
        if let Some(receiver) = self.pictures(kind).receiver.get_or_init(|| self.open(kind)) {
            receiver.push(packet, now);
        }
    }

    /// The sender says how a track's clock goes.
    pub(super) fn take_report(&self, kind: TrackKind, report: SenderReport) {
        match kind {
            TrackKind::Microphone => lock(&self.sync).sound_report(report, SOUND_CLOCK),
            TrackKind::Camera => lock(&self.sync).pictures_report(report, PICTURE_CLOCK),
            TrackKind::Screen => {} // nobody's lips
        }
    }

    /// A new connection brings the track: its packets are numbered anew.
    pub(super) fn restarted(&self, kind: TrackKind) {
        match kind {
            // A jump in the numbers is all that it needs.
            TrackKind::Microphone => lock(&self.sync).restart(),
            TrackKind::Camera | TrackKind::Screen => {
                if let Some(Some(receiver)) = self.pictures(kind).receiver.get() {
                    receiver.restart();
                }
            }
        }
    }

    pub(super) fn set_retransmitted(&self, kind: TrackKind, packets: u64) {
        self.pictures(kind).retransmitted.store(packets, Ordering::Relaxed);
    }

    /// Waits until a track needs a keyframe. Sound never does: whoever waits for it must not take the camera's wish.
    pub(super) async fn keyframe_needed(&self, kind: TrackKind) {
        match kind {
            TrackKind::Microphone => future::pending().await,
            TrackKind::Camera | TrackKind::Screen => self.pictures(kind).keyframe_needed.notified().await,
        }
    }

    fn open(&self, kind: TrackKind) -> Option<VideoReceiver> {
        let (sender, pictures) = slot();
        let (on_event, keyframe_needed) = (self.on_event.clone(), self.pictures(kind).keyframe_needed.clone());
        let events = move |event| match event {
            VideoReceiverEvent::FirstFrame { .. } => on_event(ReceivedTrack::FirstFrame(kind)),
            VideoReceiverEvent::KeyframeNeeded => keyframe_needed.notify_one(),
        };
        let name = match kind {
            TrackKind::Microphone | TrackKind::Camera => self.name.clone(),
            TrackKind::Screen => format!("{}-screen", self.name),
        };
        let settings = VideoReceiverSettings { name, save: self.save.clone() };
        match VideoReceiver::start(settings, sender, events) {
            Ok(receiver) => {
                receiver.set_patience(REPAIR_PATIENCE);
                receiver.set_deck(self.decks.of(kind).clone());
                self.keep_in_step(kind, &receiver);
                (self.on_event)(ReceivedTrack::Opened(kind, pictures));
                Some(receiver)
            }
            Err(error) => {
                tracing::error!(%error, "no pictures of a participant");
                None
            }
        }
    }

    /// Holds pictures of the camera back until what was said with them is heard.
    fn keep_in_step(&self, kind: TrackKind, receiver: &VideoReceiver) {
        if kind != TrackKind::Camera {
            return;
        }
        let (sync, voice) = (self.sync.clone(), self.voice.clone());
        receiver.set_timing(move |timestamp, now| {
            let playing = voice.stats().playing;
            let mut sync = lock(&sync);
            if let Some(Playing { timestamp, at }) = playing {
                sync.heard(timestamp, at);
            }
            let hold = sync.hold(timestamp, now);
            voice.set_extra_delay(sync.extra());
            hold
        });
    }

    fn heard(&self) -> MutexGuard<'_, Option<Instant>> {
        lock(&self.heard)
    }

    fn pictures(&self, kind: TrackKind) -> &Pictures {
        match kind {
            TrackKind::Microphone | TrackKind::Camera => &self.camera,
            TrackKind::Screen => &self.screen,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Receivers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receivers").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use parlor_media::audio::{
        playback::{Playback, VoiceSettings},
        spec::SpeakerSpec,
    };
    use tokio::time::timeout;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn the_wish_for_a_keyframe_reaches_the_camera_though_the_sound_waited_first() {
        let playback = Playback::start(SpeakerSpec::Null, |_| {});
        let receivers = receivers(&playback);
        let sound = receivers.keyframe_needed(TrackKind::Microphone);
        tokio::pin!(sound);
        let waits = timeout(Duration::ZERO, &mut sound).await;
        assert!(waits.is_err(), "nothing is needed yet");

        receivers.push_video(TrackKind::Camera, picture_that_depends_on_others(), Instant::now());

        let asked = timeout(PATIENCE, receivers.keyframe_needed(TrackKind::Camera)).await;
        assert!(asked.is_ok(), "the camera's task does not hear of it");
        assert!(timeout(Duration::ZERO, sound).await.is_err(), "sound has no keyframes");
    }

    fn receivers(playback: &Playback) -> Receivers {
        let name = "ada".to_owned();
        let voice = playback.voice(VoiceSettings { name: name.clone(), save: None });
        Receivers::new(ReceiversSettings { name, voice, save: None, on_event: Box::new(|_| {}) })
    }

    fn picture_that_depends_on_others() -> VideoPacket {
        VideoPacket {
            sequence: 7,
            timestamp: 90_000,
            marker: true,
            starts_frame: true,
            keyframe: false,
            payload: vec![1; 100].into(),
        }
    }
}
