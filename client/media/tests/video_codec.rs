//! The codec through its public face: real libvpx, real pictures.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::{Duration, Instant};

use parlor_media::{
    frame::{EncodedFrame, Size, VideoFrame},
    video::{
        codec::{CodecError, Content, EncoderSettings, MAX_SIDE, Vp8Decoder, Vp8Encoder, Vp9Decoder},
        convert::scale,
        pattern::{PatternMark, TestPattern, read},
    },
};
use proptest::prelude::*;

const SMALL: Size = Size::new(320, 180);

#[test]
fn the_mark_survives_coding_at_180_lines_and_150_kbps() {
    let mut film = Film::new(SMALL, 150);
    let mut decoder = Vp8Decoder::new().unwrap();

    for counter in 0..60 {
        let encoded = film.encode(false);
        let decoded = decoder.decode(&encoded.payload, Instant::now()).unwrap().unwrap();

        assert_eq!(read(&decoded), Some(PatternMark { counter, tag: 9 }));
        assert_eq!(read(&scale(&decoded, Size::new(214, 120))), Some(PatternMark { counter, tag: 9 }));
    }
}

#[test]
fn keyframes_come_first_and_on_request_only() {
    let mut film = Film::new(SMALL, 300);

    let keyframes: Vec<_> = (0..90).filter(|number| film.encode(*number == 50).keyframe).collect();

    assert_eq!(keyframes, [0, 50]);
}

#[test]
fn timestamps_follow_the_moment_of_capture_at_90_khz() {
    let mut film = Film::new(SMALL, 300);

    let timestamps: Vec<_> = (0..4).map(|_| film.encode(false).timestamp).collect();

    assert_eq!(timestamps, [0, 3000, 6000, 9000]);
}

#[test]
fn the_bitrate_follows_what_is_asked_for() {
    let mut film = Film::new(Size::new(640, 360), 2000);
    let rich = film.noise_kbps(60);

    film.encoder.set_kbps(300).unwrap();
    film.noise_kbps(30);
    let poor = film.noise_kbps(60);

    assert!(poor * 2 < rich, "{rich} kbps, then {poor} kbps");
}

#[test]
fn after_a_pause_as_many_bits_are_used_as_before() {
    let mut film = Film::new(Size::new(640, 360), 600);
    let before = film.noise_kbps(90);

    film.start += Duration::from_secs(13);
    let after = film.noise_kbps(90);

    assert!(after * 4 > before * 3, "{before} kbps, then {after} kbps");
}

#[test]
fn a_smaller_picture_begins_with_a_keyframe_and_a_larger_one_is_refused() {
    let mut film = Film::new(SMALL, 300);
    let mut decoder = Vp8Decoder::new().unwrap();
    decoder.decode(&film.encode(false).payload, Instant::now()).unwrap();
    let smaller = Size::new(160, 90);

    film.encoder.set_size(smaller).unwrap();
    film.pattern = TestPattern::new(smaller, 30, 9);
    let encoded = film.encode(false);

    assert!(encoded.keyframe);
    assert_eq!(decoder.decode(&encoded.payload, Instant::now()).unwrap().unwrap().size(), smaller);
    assert!(matches!(film.encoder.set_size(Size::new(322, 180)), Err(CodecError::Misfit { .. })));
    film.encoder.set_size(SMALL).unwrap();
}

#[test]
fn a_picture_of_another_size_is_refused() {
    let mut film = Film::new(SMALL, 300);
    film.pattern = TestPattern::new(Size::new(160, 90), 30, 0);

    let result = film.encoder.encode(&film.pattern.draw(0, Instant::now()).unwrap(), false);

    assert!(matches!(result, Err(CodecError::Misfit { .. })));
}

#[test]
fn sizes_that_no_encoder_takes_are_refused() {
    let odd = Size { width: 321, height: 180 };
    for size in [odd, Size::new(0, 0), Size::new(MAX_SIDE + 2, 180)] {
        let result = Vp8Encoder::new(EncoderSettings { size, fps: 30, kbps: 300, content: Content::Camera });

        assert!(matches!(result, Err(CodecError::Misfit { .. })), "{size}");
    }
}

#[test]
fn a_picture_that_builds_on_a_missing_one_is_an_error() {
    let mut film = Film::new(SMALL, 300);
    film.encode(false);
    let mut decoder = Vp8Decoder::new().unwrap();

    assert!(decoder.decode(&film.encode(false).payload, Instant::now()).is_err());
    assert!(decoder.decode(&[], Instant::now()).is_err());
    assert!(decoder.decode(&film.encode(true).payload, Instant::now()).unwrap().is_some());
}

#[test]
fn a_forged_size_is_refused_before_memory_is_taken() {
    let mut film = Film::new(SMALL, 300);
    let mut forged = film.encode(false).payload.to_vec();
    forged[6..10].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);

    let result = Vp8Decoder::new().unwrap().decode(&forged, Instant::now());

    assert_eq!(result.unwrap_err(), CodecError::Unsupported);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_pictures_never_harm_the_decoder(
        damages in proptest::collection::vec((0_usize..4000, any::<u8>()), 0..20),
        cut in 0_usize..4000,
        keyframe: bool,
    ) {
        let mut film = Film::new(Size::new(160, 90), 300);
        let mut decoder = Vp8Decoder::new().unwrap();
        let first = film.encode(false);
        let mut damaged = if keyframe { first.payload.to_vec() } else { film.encode(false).payload.to_vec() };
        if !keyframe {
            decoder.decode(&first.payload, Instant::now()).unwrap();
        }

        for (position, value) in damages {
            let length = damaged.len();
            damaged[position % length] ^= value;
        }
        damaged.truncate(cut.max(1));
        if let Ok(Some(frame)) = decoder.decode(&damaged, Instant::now()) {
            prop_assert!(frame.size().width <= MAX_SIDE && frame.size().height <= MAX_SIDE);
        }

        let healed = decoder.decode(&film.encode(true).payload, Instant::now()).unwrap().unwrap();
        prop_assert!(read(&healed).is_some());
    }

    #[test]
    fn nonsense_never_harms_a_decoder(payload in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Vp8Decoder::new().unwrap().decode(&payload, Instant::now());
        let _ = Vp9Decoder::new().unwrap().decode(&payload, Instant::now());
    }
}

/// An encoder that is fed the test picture.
struct Film {
    encoder: Vp8Encoder,
    pattern: TestPattern,
    counter: u32,
    start: Instant,
}

impl Film {
    fn new(size: Size, kbps: u32) -> Self {
        let encoder = Vp8Encoder::new(EncoderSettings { size, fps: 30, kbps, content: Content::Camera }).unwrap();
        Self { encoder, pattern: TestPattern::new(size, 30, 9), counter: 0, start: Instant::now() }
    }

    fn encode(&mut self, force_keyframe: bool) -> EncodedFrame {
        let at = self.next_moment();
        let frame = self.pattern.draw(self.counter - 1, at).unwrap();
        self.encoder.encode(&frame, force_keyframe).unwrap().expect("no picture is dropped")
    }

    /// Encodes noise, which takes all the bits it is given.
    fn noise_kbps(&mut self, frames: u32) -> usize {
        let size = self.encoder.settings().size;
        let mut seed = 1_u32;
        let mut bytes = 0;
        for _ in 0..frames {
            let noise = std::iter::repeat_with(|| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                112 + (seed >> 27) as u8
            });
            let at = self.next_moment();
            let frame = VideoFrame::new(size, noise.take(size.i420_bytes()).collect(), at).unwrap();
            bytes += self.encoder.encode(&frame, false).unwrap().map_or(0, |encoded| encoded.payload.len());
        }
        bytes * 8 * 30 / frames as usize / 1000
    }

    fn next_moment(&mut self) -> Instant {
        self.counter += 1;
        self.start + Duration::from_secs(1) * (self.counter - 1) / 30
    }
}
