//! YUV4MPEG2: raw pictures one after the other.
use std::{
    fs::File,
    io::{BufReader, Seek},
    path::Path,
    time::{Duration, Instant},
};

use y4m::{Colorspace, Decoder, Limits};

use super::{FilmReader, TimedFrame};
use crate::video::{
    codec::MAX_SIDE,
    source::planes::{Plane, Planes},
};

/// What the largest picture takes, with all of its chroma.
const LIMITS: Limits = Limits { bytes: MAX_SIDE as usize * MAX_SIDE as usize * 3 };

pub(super) struct Y4mReader {
    file: File,
    decoder: Decoder<BufReader<File>>,
    layout: Layout,
    fps: f64,
    count: u32,
}

/// How the planes lie in a picture.
#[derive(Debug, Clone, Copy)]
struct Layout {
    size: (usize, usize),
    /// How many luma columns and rows share a chroma sample. `None`: grey.
    sharing: Option<(usize, usize)>,
    full_range: bool,
}

impl Y4mReader {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let (decoder, layout) = decode(&file)?;
        let rate = decoder.get_framerate();
        let fps = if rate.num == 0 || rate.den == 0 { 25.0 } else { rate.num as f64 / rate.den as f64 };
        Ok(Self { file, decoder, layout, fps: fps.clamp(0.1, 240.0), count: 0 })
    }
}

fn decode(file: &File) -> Result<(Decoder<BufReader<File>>, Layout), String> {
    let mut file = file.try_clone().map_err(|error| error.to_string())?;
    file.rewind().map_err(|error| error.to_string())?;
    let decoder = Decoder::new_with_limits(BufReader::new(file), LIMITS).map_err(|error| explain(&error))?;
    let sharing = match decoder.get_colorspace() {
        Colorspace::C420 | Colorspace::C420jpeg | Colorspace::C420paldv | Colorspace::C420mpeg2 => Some((2, 2)),
        Colorspace::C422 => Some((2, 1)),
        Colorspace::C444 => Some((1, 1)),
        Colorspace::Cmono => None,
        other => return Err(format!("its pictures are {other:?}, not of 8 bits")),
    };
    let size = (decoder.get_width(), decoder.get_height());
    if size.0.max(size.1) > MAX_SIDE as usize || size.0.min(size.1) < 2 {
        return Err(format!("its pictures are {}x{}: 2x2 to {MAX_SIDE}x{MAX_SIDE} is allowed", size.0, size.1));
    }
    let full_range = String::from_utf8_lossy(decoder.get_raw_params()).contains("COLORRANGE=FULL");
    Ok((decoder, Layout { size, sharing, full_range }))
}

impl FilmReader for Y4mReader {
    fn read(&mut self) -> Result<Option<TimedFrame>, String> {
        let picture = match self.decoder.read_frame() {
            Ok(picture) => picture,
            // A film that was cut off ends there.
            Err(y4m::Error::EOF) => return Ok(None),
            Err(error) => return Err(explain(&error)),
        };
        let Layout { size, sharing, full_range } = self.layout;
        let (across, _) = sharing.unwrap_or((2, 2));
        let plane = |samples, stride| Plane { samples, stride };
        let stride = size.0.div_ceil(across);
        let chroma = sharing.map(|_| [plane(picture.get_u_plane(), stride), plane(picture.get_v_plane(), stride)]);
        let luma = plane(picture.get_y_plane(), size.0);
        let planes = Planes { size, luma, chroma, sharing: sharing.unwrap_or((2, 2)), full_range };
        let frame = planes.to_frame(Instant::now()).ok_or("a picture is too short")?;
        let at = Duration::from_secs_f64(f64::from(self.count) / self.fps);
        self.count += 1;
        Ok(Some(TimedFrame { at, frame }))
    }

    fn rewind(&mut self) -> Result<(), String> {
        (self.decoder, self.layout) = decode(&self.file)?;
        self.count = 0;
        Ok(())
    }

    fn fps(&self) -> f64 {
        self.fps
    }
}

fn explain(error: &y4m::Error) -> String {
    match error {
        y4m::Error::EOF => "it is empty or cut off".to_owned(),
        y4m::Error::UnknownColorspace => "its colour space is unknown".to_owned(),
        y4m::Error::OutOfMemory => format!("its pictures are larger than {MAX_SIDE}x{MAX_SIDE}"),
        y4m::Error::BadInput | y4m::Error::ParseError(_) => "it is not a sound .y4m file".to_owned(),
        y4m::Error::IoError(error) => error.to_string(),
    }
}
