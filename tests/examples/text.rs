//! Measures how soon shared text is sharp, and what that takes: `text [KBPS]...`. Pages of 1920x1080 are encoded as
//! *Text* is, eight a second; one page follows another, and then somebody scrolls. The link takes exactly the rate.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "that is what it is for, and nobody else runs it")]
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use parlor_media::{
    frame::{Size, VideoFrame},
    video::codec::{Content, EncoderSettings, Vp8Decoder, Vp8Encoder},
};
use parlor_tests::{pages::page, score::ssim};

const SIZE: Size = Size { width: 1920, height: 1080 };
const FPS: u32 = 8;
/// Letters look as they should from here on.
const SHARP: f64 = 0.98;
/// What the plan gives at best; what it may give on 1 Mbit/s and on 500 kbit/s.
const RATES: [u32; 4] = [2_500, 1_000, 770, 500];
/// Lines that are scrolled at a time.
const SCROLLED: usize = 3;

/// What is shown.
struct Scene {
    name: &'static str,
    pictures: Vec<VideoFrame>,
}

fn main() {
    let rates: Vec<u32> = std::env::args().skip(1).map(|rate| rate.parse().expect("kbit/s")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let still = |line| vec![page(folder.path(), SIZE, line); 4 * FPS as usize];
    let mut scrolled: Vec<_> = (1..=12).map(|step| page(folder.path(), SIZE, 400 + step * SCROLLED)).collect();
    let rest = scrolled.last().expect("a page").clone();
    scrolled.extend(vec![rest; 3 * FPS as usize]);
    let scenes = [
        Scene { name: "first page", pictures: still(0) },
        Scene { name: "second page", pictures: still(200) },
        Scene { name: "third page", pictures: still(400) },
        Scene { name: "scrolling", pictures: scrolled },
    ];
    for kbps in if rates.is_empty() { RATES.to_vec() } else { rates } {
        measure(kbps, &scenes);
    }
}

fn measure(kbps: u32, scenes: &[Scene]) {
    let settings = EncoderSettings { size: SIZE, fps: FPS, kbps, content: Content::Screen };
    let (mut encoder, mut decoder) = (Vp8Encoder::new(settings).expect("an encoder"), decoder());
    let (start, mut number, mut effort, mut most) = (Instant::now(), 0, Duration::ZERO, Duration::ZERO);
    // When the link has carried all that was sent, in seconds.
    let mut arrived = 0.0_f64;
    println!("{kbps} kbit/s");
    for Scene { name, pictures } in scenes {
        let began = f64::from(number) / f64::from(FPS);
        let (mut kbit, mut sharp, mut after_a_second) = (0.0, None, 0.0);
        for picture in pictures {
            let taken = f64::from(number) / f64::from(FPS);
            let picture = picture.clone().taken_at(start + Duration::from_secs_f64(taken));
            number += 1;
            let before = ThreadTime::now();
            let encoded = encoder.encode(&picture, false).expect("a picture").expect("nothing is dropped");
            let took = before.elapsed();
            (effort, most) = (effort + took, most.max(took));
            let shown = decoder.decode(&encoded.payload, picture.captured_at).expect("it decodes").expect("a picture");
            let alike = ssim(&picture, &shown, SIZE.height as usize).expect("as large");
            let bits = encoded.payload.len() as f64 * 8.0;
            arrived = arrived.max(taken) + bits / f64::from(kbps) / 1e3;
            kbit += bits / 1e3;
            if sharp.is_none() && alike >= SHARP {
                sharp = Some((arrived - began, kbit));
            }
            if arrived - began <= 1.0 {
                after_a_second = alike;
            }
        }
        let sharp = sharp
            .map_or("never sharp".to_owned(), |(after, kbit)| format!("sharp after {after:.2} s and {kbit:.0} kbit"));
        println!("  {name}: {sharp}; SSIM {after_a_second:.3} after a second");
    }
    let mean = effort.as_secs_f64() * 1e3 / f64::from(number);
    println!("  {mean:.1} ms of a core for a picture, at most {:.1}", most.as_secs_f64() * 1e3);
}

fn decoder() -> Vp8Decoder {
    Vp8Decoder::new().expect("a decoder")
}
