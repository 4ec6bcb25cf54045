//! One source, several encoders: each layer is whole by itself, and a receiver may go from one to another.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use parlor_media::{
    frame::{EncodedFrame, Size, Temporal, VideoFrame},
    slot::{SlotSender, slot},
    video::{
        codec::Vp8Decoder,
        encode::{Content, EncodeStage, EncoderSettings, Need},
        pattern::{TestPattern, read},
    },
};

const LONG: Duration = Duration::from_secs(60);
const SIZES: [Size; 3] = [Size::new(1280, 720), Size::new(640, 360), Size::new(320, 180)];

#[test]
fn three_layers_of_one_source_show_the_same_moment_and_decode() {
    let mut source = Source::start(Content::Camera);
    let mut decoders = [(); 3].map(|()| Vp8Decoder::new().unwrap());

    for counter in 0..20 {
        let frames = source.send();

        for ((frame, decoder), size) in frames.iter().zip(&mut decoders).zip(SIZES) {
            let shown = decoder.decode(&frame.payload, Instant::now()).unwrap().expect("a picture");
            assert_eq!((shown.size(), read(&shown).map(|mark| mark.counter)), (size, Some(counter)));
            assert_eq!(frame.timestamp, frames[0].timestamp);
        }
    }
}

#[test]
fn every_second_picture_can_be_left_out_and_the_rest_decodes() {
    let mut source = Source::start(Content::Camera);
    let mut decoder = Vp8Decoder::new().unwrap();
    let mut shown = Vec::new();

    for counter in 0..40 {
        let [_, _, frame] = source.send();
        assert_eq!(frame.temporal, if counter % 2 == 0 { Temporal::Base } else { Temporal::Upper });
        // Some of them come through all the same.
        if frame.temporal == Temporal::Base || counter > 30 {
            let picture = decoder.decode(&frame.payload, Instant::now()).unwrap().expect("a picture");
            shown.push(read(&picture).expect("a mark").counter);
        }
    }

    let expected: Vec<_> = (0..40).filter(|counter| counter % 2 == 0 || *counter > 30).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_keyframe_on_request_is_one_to_build_on_whatever_was_due() {
    let mut source = Source::start(Content::Camera);
    source.send();

    source.stages[2].keyframes().request(Need::Next);
    let asked = source.send();
    let next = source.send();

    assert_eq!((asked[2].keyframe, asked[2].temporal), (true, Temporal::Base));
    assert_eq!((next[2].keyframe, next[2].temporal), (false, Temporal::Upper));
}

#[test]
fn a_receiver_goes_from_layer_to_layer_without_a_break() {
    let mut source = Source::start(Content::Camera);
    let mut decoder = Vp8Decoder::new().unwrap();
    let mut present = 0;
    let mut counters = Vec::new();

    for (count, wanted) in [2, 0, 1, 2].into_iter().enumerate() {
        // Keyframes on request are a second apart.
        source.wait(Duration::from_millis(1100));
        source.stages[wanted].keyframes().request(Need::Next);
        for _ in 0..6 {
            let frames = source.send();
            if frames[wanted].keyframe {
                present = wanted;
            }
            if count == 0 && present != wanted {
                continue;
            }
            let picture = decoder.decode(&frames[present].payload, Instant::now()).unwrap().expect("a picture");
            assert_eq!(picture.size(), SIZES[present]);
            counters.push(read(&picture).expect("a mark").counter);
        }
        assert_eq!(present, wanted);
    }

    assert_eq!(counters, (0..24).collect::<Vec<_>>());
}

#[test]
fn text_has_no_pictures_that_can_be_left_out() {
    let mut source = Source::start(Content::Screen);

    let all_base = (0..8).all(|_| source.send().iter().all(|frame| frame.temporal == Temporal::Base));

    assert!(all_base);
}

#[test]
fn layers_that_rest_are_not_woken_and_begin_afresh_when_they_run_again() {
    let mut source = Source::start(Content::Camera);
    source.send();

    source.stages[0].set_active(false);
    for _ in 0..40 {
        source.put();
        source.encoded[1].recv_timeout(LONG).expect("the middle one goes on");
        source.encoded[2].recv_timeout(LONG).expect("the smallest one goes on");
    }
    let resting = source.encoded[0].try_recv().is_ok();
    source.stages[0].set_active(true);
    let again = source.send();

    assert!(!resting);
    assert!(again[0].keyframe && !again[1].keyframe);
}

/// A camera of 720 lines, and an encoder of each size.
struct Source {
    pattern: TestPattern,
    slots: Vec<SlotSender<VideoFrame>>,
    stages: Vec<EncodeStage>,
    encoded: Vec<Receiver<EncodedFrame>>,
    counter: u32,
    captured_at: Instant,
}

impl Source {
    fn start(content: Content) -> Self {
        let epoch = Instant::now();
        let (mut slots, mut stages, mut encoded) = (Vec::new(), Vec::new(), Vec::new());
        for (size, kbps) in SIZES.into_iter().zip([2200, 778, 275]) {
            let (camera, pictures) = slot();
            let (sink, frames) = mpsc::channel();
            let settings = EncoderSettings { size, fps: 30, kbps, content };
            let stage = EncodeStage::start(settings, epoch, pictures, move |frame| {
                let _ = sink.send(frame);
            });
            slots.push(camera);
            stages.push(stage.unwrap());
            encoded.push(frames);
        }
        let pattern = TestPattern::new(SIZES[0], 30, 9);
        Self { pattern, slots, stages, encoded, counter: 0, captured_at: epoch }
    }

    fn wait(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn put(&mut self) {
        self.captured_at += Duration::from_millis(34);
        let frame = self.pattern.draw(self.counter, self.captured_at).unwrap();
        self.counter += 1;
        self.slots.iter().for_each(|slot| slot.put(frame.clone()));
    }

    /// One picture in all sizes.
    fn send(&mut self) -> [EncodedFrame; 3] {
        self.put();
        [0, 1, 2].map(|layer| self.encoded[layer].recv_timeout(LONG).expect("an encoded picture"))
    }
}
