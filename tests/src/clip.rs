//! Clips for measurements.
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

/// The clip that was given, or one that is drawn into a folder.
///
/// # Panics
/// As [`write`] does.
pub fn given_or_drawn(given: Option<PathBuf>, folder: &Path) -> PathBuf {
    given.unwrap_or_else(|| {
        let drawn = folder.join("drawn.y4m");
        write(&drawn);
        drawn
    })
}

/// Writes three seconds of 640x360 at 30 pictures a second with motion and noise, as a camera has them, to a `.y4m`
/// file. It ends as it begins, because files are played over and over.
///
/// # Panics
/// Where the disk does not take it.
pub fn write(path: &Path) {
    const WIDTH: usize = 640;
    const HEIGHT: usize = 360;
    let file = File::create(path).expect("a file for the clip");
    let mut encoder = y4m::encode(WIDTH, HEIGHT, y4m::Ratio::new(30, 1))
        .with_colorspace(y4m::Colorspace::C420)
        .write_header(BufWriter::new(file))
        .expect("a y4m header");
    let mut noise = 1_u32;
    for picture in 0..90_usize {
        let mut luma = vec![0; WIDTH * HEIGHT];
        for (index, pixel) in luma.iter_mut().enumerate() {
            let (x, y) = (index % WIDTH, index / WIDTH);
            let swing = if picture < 45 { picture } else { 90 - picture };
            let face = (x.abs_diff(WIDTH / 2 + swing)).pow(2) + (y.abs_diff(HEIGHT / 2)).pow(2) < 110_usize.pow(2);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let base = if face { 150 + (y + swing * 2) % 40 } else { 50 + (x + y) / 12 };
            *pixel = (base as u32 + (noise >> 29)) as u8;
        }
        let chroma = vec![120; WIDTH * HEIGHT / 4];
        encoder.write_frame(&y4m::Frame::new([&luma, &chroma, &chroma], None)).expect("a picture");
    }
}
