//! Looks at what `--save` has kept: whose pictures they are, whether they go on, and what is heard.
use std::{fs::File, io::BufReader, path::Path, time::Instant};

use parlor_media::{
    audio::measure::tone_power,
    frame::{Size, VideoFrame},
    video::pattern::{self, PatternMark},
};

/// Goes through the pictures of a file, and returns how many it has a second.
///
/// # Panics
/// Where it is no `.y4m` file.
pub fn each_picture(path: &Path, mut each: impl FnMut(VideoFrame)) -> y4m::Ratio {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut decoder = y4m::decode(BufReader::new(file)).expect("a y4m file");
    let size = Size::new(decoder.get_width() as u32, decoder.get_height() as u32);
    let rate = decoder.get_framerate();
    while let Ok(frame) = decoder.read_frame() {
        let pixels = [frame.get_y_plane(), frame.get_u_plane(), frame.get_v_plane()].concat();
        each(VideoFrame::new(size, pixels, Instant::now()).expect("a whole picture"));
    }
    rate
}

/// The marks of all test pictures in a file, in order. A picture without one gives `None`.
pub fn marks(path: &Path) -> Vec<Option<PatternMark>> {
    let mut marks = Vec::new();
    each_picture(path, |picture| marks.push(pattern::read(&picture)));
    marks
}

/// How good a saved stream of test pictures is.
#[derive(Debug)]
pub struct PictureReport {
    /// The tags that were seen, in the order of their first appearance.
    pub tags: Vec<u8>,
    /// Pictures in the file.
    pub pictures: usize,
    /// Pictures whose mark could not be read.
    pub unreadable: usize,
    /// Whether the counter never went back while the tag stayed the same.
    pub rising: bool,
    /// The share of the pictures made, from the first to the last seen, that arrived.
    pub arrived: f64,
}

/// Reads a saved stream of test pictures.
pub fn pictures(path: &Path) -> PictureReport {
    let all = marks(path);
    let marks: Vec<_> = all.iter().flatten().collect();
    let mut tags = Vec::new();
    for mark in &marks {
        if !tags.contains(&mark.tag) {
            tags.push(mark.tag);
        }
    }
    let steps = || marks.windows(2).filter(|pair| pair[0].tag == pair[1].tag);
    let made: u64 = steps().map(|pair| u64::from(pair[1].counter.wrapping_sub(pair[0].counter))).sum();
    let rising = steps().all(|pair| pair[1].counter > pair[0].counter);
    PictureReport {
        tags,
        pictures: all.len(),
        unreadable: all.len() - marks.len(),
        rising,
        arrived: if made == 0 { 0.0 } else { steps().count() as f64 / made as f64 },
    }
}

/// The samples of a saved sound, 48 kHz, -1 to 1.
pub fn samples(path: &Path) -> Vec<f32> {
    let mut reader = hound::WavReader::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let spec = reader.spec();
    assert_eq!((spec.sample_rate, spec.channels), (48_000, 1));
    reader.samples::<i16>().map_while(Result::ok).map(|sample| f32::from(sample) / 32_768.0).collect()
}

/// How strong a tone is beside everything else: 0 to 1, the median over stretches of 100 ms. A stretch in which sound
/// was made up or stretched, as on a busy machine, does not decide.
pub fn purity(samples: &[f32], hz: u32) -> f32 {
    const STRETCH: usize = 4_800;
    let mut purities: Vec<_> = samples.chunks_exact(STRETCH).map(|stretch| stretch_purity(stretch, hz)).collect();
    purities.sort_by(f32::total_cmp);
    purities.get(purities.len() / 2).copied().unwrap_or_default()
}

fn stretch_purity(samples: &[f32], hz: u32) -> f32 {
    let energy = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
    if energy < 1e-9 { 0.0 } else { tone_power(samples, 48_000, hz as f32) / (2.0 * energy) }
}

/// The longest stretch of silence in a sound, in milliseconds, leaving out its first and last second.
pub fn longest_silence_ms(samples: &[f32]) -> usize {
    let (mut longest, mut current) = (0, 0);
    for quiet in quiet_blocks(samples) {
        current = if quiet { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest * 10
}

/// The share of a sound that is silent, 0 to 1, leaving out its first and last second.
pub fn silent_share(samples: &[f32]) -> f64 {
    let blocks = quiet_blocks(samples).count().max(1);
    quiet_blocks(samples).filter(|quiet| *quiet).count() as f64 / blocks as f64
}

/// For every 10 ms, whether they are silent, leaving out the first and the last second.
fn quiet_blocks(samples: &[f32]) -> impl Iterator<Item = bool> {
    const BLOCK: usize = 480;
    let inside = samples.get(48_000..samples.len().saturating_sub(48_000)).unwrap_or_default();
    inside.chunks(BLOCK).map(|block| block.iter().all(|sample| sample.abs() < 0.01))
}
