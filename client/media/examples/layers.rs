//! Measures what encoding and decoding cost, in time of the processor: the largest pictures alone, and all three sizes.
//! `layers [FILM]` takes a film in place of the test picture.
#![expect(clippy::print_stdout, reason = "that is what it is for")]
use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

use cpu_time::ThreadTime;
use parlor_media::{
    frame::{Size, VideoFrame},
    video::{
        codec::{Content, EncoderSettings, Vp8Decoder, Vp8Encoder},
        convert::Scaler,
        pattern::TestPattern,
        source::{VideoSource, file::FileSource},
    },
};

const FRAMES: u32 = 240;
const LAYERS: [(Size, u32); 3] = [(Size::new(1280, 720), 2200), (Size::new(640, 360), 778), (Size::new(320, 180), 275)];

fn main() -> Result<(), Box<dyn Error>> {
    let film = std::env::args().nth(1);
    let frames = match &film {
        Some(path) => of_film(Path::new(path))?,
        None => of_pattern()?,
    };
    measure("720 lines alone", &frames, &LAYERS[..1], Content::Camera)?;
    measure("720 lines as text", &frames, &LAYERS[..1], Content::Screen)?;
    measure("720, 360 and 180 lines", &frames, &LAYERS, Content::Camera)?;
    Ok(())
}

fn measure(name: &str, frames: &[VideoFrame], layers: &[(Size, u32)], content: Content) -> Result<(), Box<dyn Error>> {
    let mut encoders = Vec::new();
    for (size, kbps) in layers {
        let encoder = Vp8Encoder::new(EncoderSettings { size: *size, fps: 30, kbps: *kbps, content })?;
        encoders.push((encoder, Vp8Decoder::new()?, *size, [Duration::ZERO; 2], 0, 0.0));
    }
    let mut scaler = Scaler::default();
    for frame in frames {
        // A fresh picture: what was scaled for the measurement before does not count.
        let frame = VideoFrame::new(frame.size(), frame.pixels().to_vec(), frame.captured_at).ok_or("no picture")?;
        for (encoder, decoder, size, effort, bytes, noise) in &mut encoders {
            let started = ThreadTime::now();
            let scaled = scaler.scale(&frame, *size);
            let encoded = encoder.encode(&scaled, false)?.ok_or("a picture was dropped")?;
            effort[0] += started.elapsed();
            *bytes += encoded.payload.len();
            let started = ThreadTime::now();
            let shown = decoder.decode(&encoded.payload, frame.captured_at)?.ok_or("nothing is shown")?;
            effort[1] += started.elapsed();
            *noise += psnr(scaled.planes()[0], shown.planes()[0]);
        }
    }
    println!("{name}");
    let mut total = 0.0;
    for (_, _, size, effort, bytes, noise) in encoders {
        let [ms, decoding] = effort.map(|effort| effort.as_secs_f64() * 1000.0 / frames.len() as f64);
        total += ms;
        let (kbps, noise) = (bytes * 8 * 30 / frames.len() / 1000, noise / frames.len() as f64);
        println!("  {size}: {ms:.2} ms a picture, {decoding:.2} to decode it, {kbps} kbit/s, {noise:.2} dB");
    }
    println!("  together {total:.2} ms a picture, {:.1} % of a core at 30 a second", total * 3.0);
    Ok(())
}

fn of_pattern() -> Result<Vec<VideoFrame>, Box<dyn Error>> {
    let (start, pattern) = (Instant::now(), TestPattern::new(LAYERS[0].0, 30, 1));
    let frame = |counter| pattern.draw(counter, at(start, counter)).ok_or_else(|| "no picture".into());
    (0..FRAMES).map(frame).collect()
}

fn of_film(path: &Path) -> Result<Vec<VideoFrame>, Box<dyn Error>> {
    let (start, mut film, mut scaler) = (Instant::now(), FileSource::open(path)?, Scaler::default());
    let mut frames = Vec::new();
    while frames.len() < FRAMES as usize {
        if let Some(frame) = film.next_frame(Duration::from_secs(1))? {
            let moment = at(start, frames.len() as u32);
            frames.push(scaler.scale(&frame, LAYERS[0].0).taken_at(moment));
        }
    }
    Ok(frames)
}

fn at(start: Instant, counter: u32) -> Instant {
    start + Duration::from_secs(1) * counter / 30
}

fn psnr(a: &[u8], b: &[u8]) -> f64 {
    let squares: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / squares.max(1.0)).log10()
}
