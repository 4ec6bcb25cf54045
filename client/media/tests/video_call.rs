//! From the encoder to the decoder: the two stages with a network of our own making between them.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    path::PathBuf,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use bytes::Bytes;
use parlor_media::{
    frame::{EncodedFrame, Size, VideoFrame},
    slot::{SlotReceiver, SlotSender, slot},
    video::{
        encode::{Content, EncodeStage, EncoderSettings, Need},
        pattern::{TestPattern, read},
        receive::{VideoPacket, VideoReceiver, VideoReceiverEvent, VideoReceiverSettings},
        source::{VideoSource, file::FileSource},
    },
};

const LONG: Duration = Duration::from_secs(10);
const SIZE: Size = Size::new(320, 180);

#[test]
fn every_picture_arrives_in_order() {
    let mut call = Call::start(None);

    let counters: Vec<_> = (0..60).map(|_| call.send_and_show().expect("a picture")).collect();

    assert_eq!(counters, (0..60).collect::<Vec<_>>());
    let stats = call.receiver.stats();
    assert_eq!((stats.size, stats.frames_decoded, stats.packets_lost), (Some(SIZE), 60, 0));
    assert!(stats.bytes > 0 && stats.packets_received >= 60);
    assert_eq!(call.events.try_recv(), Ok(VideoReceiverEvent::FirstFrame { size: SIZE }));
    assert!(call.events.try_recv().is_err(), "nothing else happened");
}

#[test]
fn another_size_is_seen_at_once_and_without_a_gap() {
    let mut call = Call::start(None);
    call.show(5);

    call.encoder.set_settings(settings(Size::new(160, 90), 30));
    let smaller = call.send_and_take().expect("a picture");
    let smaller_began_afresh = call.encoded_keyframe;
    call.show(5);
    call.encoder.set_settings(settings(SIZE, 30));
    let as_before = call.send_and_take().expect("a picture");

    assert_eq!((smaller.size(), as_before.size()), (Size::new(160, 90), SIZE));
    assert!(smaller_began_afresh && call.encoded_keyframe);
    assert_eq!(call.encoder.stats().size, SIZE);
    let stats = call.receiver.stats();
    assert_eq!((stats.frames_decoded, stats.packets_lost), (12, 0));
}

#[test]
fn a_lower_rate_leaves_pictures_out() {
    let mut call = Call::start(None);
    call.show(3);

    call.encoder.set_settings(settings(SIZE, 10));
    for _ in 0..30 {
        call.captured_at += Duration::from_millis(34);
        let sent = call.pattern.draw(call.counter, call.captured_at).unwrap();
        call.counter += 1;
        call.camera.put(sent);
        // The slot holds one picture: the encoder gets each of them.
        std::thread::sleep(Duration::from_millis(5));
    }

    let encoded = std::iter::from_fn(|| call.encoded.recv_timeout(Duration::from_millis(300)).ok()).count();
    assert!((5..=11).contains(&encoded), "{encoded} pictures of a second at ten a second");
}

#[test]
fn a_lost_packet_holds_the_picture_and_the_next_keyframe_resumes_it() {
    let mut call = Call::start(None);
    call.show(5);

    call.lose_next();
    call.send();
    let after_the_gap: Vec<_> = (0..3).filter_map(|_| call.send_and_look(Duration::from_millis(50))).collect();
    call.wait_for(VideoReceiverEvent::KeyframeNeeded);
    call.encoder.keyframes().request(Need::Next);
    let resumed = call.send_and_show();

    assert_eq!((after_the_gap.as_slice(), resumed), (&[][..], Some(9)));
    assert_eq!(call.receiver.stats().packets_lost, 1);
}

#[test]
fn a_packet_that_is_sent_again_in_time_repairs_the_picture() {
    let mut call = Call::start(None);
    call.receiver.set_patience(LONG);
    call.send_and_show();

    call.lose_next();
    call.send();
    let held = call.send_and_look(Duration::from_millis(1));
    call.send_lost_ones();
    let shown = call.show_until(2);

    assert_eq!((held, shown), (None, Some(2)));
    assert_eq!((call.receiver.stats().packets_recovered, call.receiver.stats().packets_lost), (1, 0));
}

#[test]
fn a_broken_keyframe_is_answered_with_a_request_for_another_one() {
    let mut call = Call::start(None);
    call.damage_next();

    call.send();
    call.wait_for(VideoReceiverEvent::KeyframeNeeded);
    call.encoder.keyframes().request(Need::Next);
    let shown = call.send_and_show();

    assert_eq!(shown, Some(1));
}

#[test]
fn a_change_of_size_arrives_with_a_keyframe() {
    let mut call = Call::start(None);
    call.send_and_show();

    for size in [Size::new(160, 90), SIZE] {
        call.pattern = TestPattern::new(size, 30, 9);
        let frame = call.send_and_take().expect("a picture");

        assert!(call.encoded_keyframe, "{size}");
        assert_eq!(frame.size(), size);
        assert!(read(&frame).is_some());
    }
}

#[test]
fn a_picture_larger_than_the_encoder_is_scaled_down_without_a_keyframe() {
    let mut call = Call::start(None);
    call.send_and_show();

    call.pattern = TestPattern::new(Size::new(640, 360), 30, 9);
    let frame = call.send_and_take().expect("a picture");

    assert!(!call.encoded_keyframe);
    assert_eq!(frame.size(), SIZE);
    assert!(read(&frame).is_some());
}

#[test]
fn after_a_pause_of_the_source_the_first_picture_is_a_keyframe() {
    let mut call = Call::start(None);
    call.send_and_show();
    call.send_and_show();
    assert!(!call.encoded_keyframe);

    call.captured_at += Duration::from_secs(3);
    call.send_and_show();

    assert!(call.encoded_keyframe);
}

#[test]
fn received_pictures_are_saved_as_a_film() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("video-call");
    let _ = fs::remove_dir_all(&folder);
    let mut call = Call::start(Some(folder.clone()));

    call.show(10);
    drop(call);

    let mut film = FileSource::open(&folder.join("ada.y4m")).unwrap();
    let counters: Vec<_> = (0..10).map(|_| read(&film.next_frame(LONG).unwrap().unwrap()).unwrap().counter).collect();
    assert_eq!(counters, (0..10).collect::<Vec<_>>());
}

#[test]
fn the_encoder_reports_what_it_does() {
    let mut call = Call::start(None);

    call.show(30);

    let stats = call.encoder.stats();
    assert_eq!((stats.size, stats.frames), (SIZE, 30));
    assert!(stats.fps > 0.0 && stats.kbps > 0 && stats.ms_per_frame > 0.0, "{stats:?}");
}

#[test]
fn both_stages_stop_when_they_are_dropped() {
    let call = Call::start(None);
    let Call { encoder, receiver, pictures, camera, .. } = call;

    drop(encoder);
    drop(receiver);

    assert!(camera.is_closed() && pictures.is_closed());
}

/// A camera, an encoder, a network that loses what it is told to, and a receiver.
struct Call {
    pattern: TestPattern,
    camera: SlotSender<VideoFrame>,
    encoder: EncodeStage,
    encoded: Receiver<EncodedFrame>,
    receiver: VideoReceiver,
    pictures: SlotReceiver<VideoFrame>,
    events: Receiver<VideoReceiverEvent>,
    counter: u32,
    captured_at: Instant,
    sequence: u16,
    fate: Fate,
    lost: Vec<VideoPacket>,
    encoded_keyframe: bool,
}

enum Fate {
    Arrives,
    IsLost,
    IsDamaged,
}

fn settings(size: Size, fps: u32) -> EncoderSettings {
    EncoderSettings { size, fps, kbps: 400, content: Content::Camera }
}

impl Call {
    fn start(save: Option<PathBuf>) -> Self {
        let (camera, captured) = slot();
        let (shown, pictures) = slot();
        let (sink, encoded) = mpsc::channel();
        let (told, events) = mpsc::channel();
        let encoder = EncodeStage::start(settings(SIZE, 30), Instant::now(), captured, move |frame| {
            let _ = sink.send(frame);
        })
        .unwrap();
        let settings = VideoReceiverSettings { name: "ada".to_owned(), save };
        let receiver = VideoReceiver::start(settings, shown, move |event| {
            let _ = told.send(event);
        })
        .unwrap();
        Self {
            pattern: TestPattern::new(SIZE, 30, 9),
            camera,
            encoder,
            encoded,
            receiver,
            pictures,
            events,
            counter: 0,
            captured_at: Instant::now(),
            // Ten packets before the numbers wrap around.
            sequence: u16::MAX - 10,
            fate: Fate::Arrives,
            lost: Vec::new(),
            encoded_keyframe: false,
        }
    }

    /// The first packet of the next frame is lost.
    fn lose_next(&mut self) {
        self.fate = Fate::IsLost;
    }

    /// The next frame arrives whole, but is not what was sent.
    fn damage_next(&mut self) {
        self.fate = Fate::IsDamaged;
    }

    fn send(&mut self) {
        self.captured_at += Duration::from_millis(34);
        self.camera.put(self.pattern.draw(self.counter, self.captured_at).unwrap());
        self.counter += 1;
        let frame = self.encoded.recv_timeout(LONG).expect("an encoded picture");
        self.encoded_keyframe = frame.keyframe;
        let mut packets = self.packets(&frame);
        match std::mem::replace(&mut self.fate, Fate::Arrives) {
            Fate::Arrives => {}
            Fate::IsLost => self.lost.push(packets.remove(0)),
            Fate::IsDamaged => packets[0].payload = Bytes::from(vec![0xff; packets[0].payload.len()]),
        }
        packets.into_iter().for_each(|packet| self.receiver.push(packet, Instant::now()));
    }

    fn send_lost_ones(&mut self) {
        self.lost.drain(..).for_each(|packet| self.receiver.push(packet, Instant::now()));
    }

    /// Sends pictures and sees each of them arrive.
    fn show(&mut self, count: u32) {
        for _ in 0..count {
            self.send_and_show().expect("a picture");
        }
    }

    fn send_and_show(&mut self) -> Option<u32> {
        self.send_and_look(LONG)
    }

    fn send_and_look(&mut self, patience: Duration) -> Option<u32> {
        self.send();
        self.pictures.take_timeout(patience).map(|frame| read(&frame).expect("a mark that can be read").counter)
    }

    fn send_and_take(&mut self) -> Option<VideoFrame> {
        self.send();
        self.pictures.take_timeout(LONG)
    }

    /// Looks until the picture with this counter is shown: pictures that come together replace each other.
    fn show_until(&self, counter: u32) -> Option<u32> {
        loop {
            let shown = read(&self.pictures.take_timeout(LONG)?)?.counter;
            if shown >= counter {
                return Some(shown);
            }
        }
    }

    fn wait_for(&self, event: VideoReceiverEvent) {
        while self.events.recv_timeout(LONG).expect("an event") != event {}
    }

    fn packets(&mut self, frame: &EncodedFrame) -> Vec<VideoPacket> {
        let pieces: Vec<_> = frame.payload.chunks(1100).collect();
        let last = pieces.len() - 1;
        let packet = |(piece, payload): (usize, &[u8])| {
            let sequence = self.sequence;
            self.sequence = sequence.wrapping_add(1);
            VideoPacket {
                sequence,
                timestamp: frame.timestamp,
                marker: piece == last,
                starts_frame: piece == 0,
                keyframe: frame.keyframe,
                payload: Bytes::copy_from_slice(payload),
            }
        };
        pieces.into_iter().enumerate().map(packet).collect()
    }
}
