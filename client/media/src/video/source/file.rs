//! A film from a file, looped, at its own pace.
use std::{
    fmt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{OpenVideoError, VideoSource, VideoSourceError};
use crate::{
    frame::{Size, VideoFrame},
    wall::unix_micros,
};

mod matroska;
mod y4m;

/// When a source lags further behind than this, it goes on from now instead of racing to catch up.
const LAG: Duration = Duration::from_millis(500);

/// A `.y4m` file, or a `.webm` or `.mkv` file with VP8 or VP9.
pub struct FileSource {
    path: PathBuf,
    reader: Box<dyn FilmReader>,
    label: String,
    size: Size,
    /// When the picture with time zero was due, in this turn of the loop.
    begun: Instant,
    /// The next picture, read ahead of its time.
    ahead: Option<TimedFrame>,
    /// When this turn of the loop ends, counted from its beginning.
    end: Duration,
}

/// A picture, and when it is due after the beginning of its file.
#[derive(Debug)]
struct TimedFrame {
    at: Duration,
    frame: VideoFrame,
}

/// A file format. Errors are what is wrong with the file, in words.
trait FilmReader: Send {
    /// The next picture; `None` at the end.
    fn read(&mut self) -> Result<Option<TimedFrame>, String>;

    /// Goes back to the beginning.
    fn rewind(&mut self) -> Result<(), String>;

    /// Pictures a second.
    fn fps(&self) -> f64;
}

impl FileSource {
    /// Opens the file and reads its first picture. The format is known by the end of its name.
    pub fn open(path: &Path) -> Result<Self, OpenVideoError> {
        let error = |reason| OpenVideoError::File { path: path.to_owned(), reason };
        let mut reader = open_reader(path).map_err(error)?;
        let first = reader.read().map_err(error)?.ok_or_else(|| error("there is no picture in it".to_owned()))?;
        let label = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Self {
            path: path.to_owned(),
            reader,
            label,
            size: first.frame.size(),
            begun: Instant::now(),
            ahead: Some(first),
            end: Duration::ZERO,
        })
    }

    /// The next picture of the file, from the beginning again after the last one.
    fn read(&mut self) -> Result<TimedFrame, String> {
        if let Some(next) = self.ahead.take() {
            return Ok(next);
        }
        if let Some(next) = self.reader.read()? {
            return Ok(next);
        }
        self.begun += self.end;
        self.end = Duration::ZERO;
        self.reader.rewind()?;
        self.reader.read()?.ok_or_else(|| "there is no picture in it any more".to_owned())
    }
}

fn open_reader(path: &Path) -> Result<Box<dyn FilmReader>, String> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("y4m") => Ok(Box::new(y4m::Y4mReader::open(path)?)),
        Some("webm" | "mkv") => Ok(Box::new(matroska::MatroskaReader::open(path)?)),
        _ => Err("its name must end in .y4m, .webm or .mkv".to_owned()),
    }
}

impl VideoSource for FileSource {
    fn next_frame(&mut self, patience: Duration) -> Result<Option<VideoFrame>, VideoSourceError> {
        let TimedFrame { at, mut frame } =
            self.read().map_err(|reason| VideoSourceError::File { path: self.path.clone(), reason })?;
        let now = Instant::now();
        if now > self.begun + at + LAG {
            self.begun = now.checked_sub(at).unwrap_or(now);
        }
        let wait = (self.begun + at).saturating_duration_since(now);
        thread::sleep(wait.min(patience));
        if wait > patience {
            self.ahead = Some(TimedFrame { at, frame });
            return Ok(None);
        }
        self.end = at + Duration::from_secs_f64(1.0 / self.reader.fps());
        frame.captured_at = Instant::now();
        // What arrives elsewhere can be held against the file, and against the clock.
        tracing::trace!(at_us = at.as_micros() as u64, unix_us = unix_micros(), "a picture of a file");
        Ok(Some(frame))
    }

    fn size(&self) -> Size {
        self.size
    }

    fn fps(&self) -> u32 {
        self.reader.fps().round() as u32
    }

    fn label(&self) -> &str {
        &self.label
    }
}

impl fmt::Debug for FileSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSource").field("path", &self.path).finish_non_exhaustive()
    }
}
