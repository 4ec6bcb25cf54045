//! Received pictures, written to a file as they are.
use std::{
    fmt,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use y4m::{Colorspace, Encoder, EncoderBuilder, Frame, Ratio};

use super::convert::Scaler;
use crate::{
    frame::{Size, VideoFrame},
    wall::unix_micros,
};

/// What the file says. Pictures arrive when they arrive; players need a number.
const FPS: Ratio = Ratio { num: 30, den: 1 };

/// The first line of what is written beside the pictures.
const TIMES_HEADER: &str = "unix_us,width,height";

/// Writes pictures to `NAME.y4m`. The first one sets the size; later ones of another size are fitted into it.
///
/// Beside it, `NAME.csv` has a line for each of them: when it came, in microseconds since 1970, and its own size.
///
/// A file that cannot be written is reported once, and never disturbs the call.
pub struct Y4mSink {
    path: PathBuf,
    state: State,
    scaler: Scaler,
}

enum State {
    Empty,
    Open { file: Encoder<BufWriter<File>>, times: BufWriter<File>, size: Size },
    Failed,
}

impl Y4mSink {
    /// Writes into `folder`, to a file with the name of a participant. It is made with the first picture.
    pub fn new(folder: &Path, name: &str) -> Self {
        let path = folder.join(format!("{}.y4m", file_name(name)));
        Self { path, state: State::Empty, scaler: Scaler::default() }
    }

    /// Where the pictures go.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a picture.
    pub fn write(&mut self, frame: &VideoFrame) {
        if let Err(error) = self.try_write(frame) {
            tracing::warn!(path = %self.path.display(), %error, "pictures are no longer saved");
            self.state = State::Failed;
        }
    }

    fn try_write(&mut self, frame: &VideoFrame) -> Result<(), y4m::Error> {
        if let State::Empty = self.state {
            self.state = create(&self.path, frame.size())?;
        }
        let State::Open { file, times, size } = &mut self.state else { return Ok(()) };
        let Size { width, height } = frame.size();
        writeln!(times, "{},{width},{height}", unix_micros()).map_err(in_full)?;
        let frame = if frame.size() == *size { frame.clone() } else { self.scaler.letterbox(frame, *size) };
        file.write_frame(&Frame::new(frame.planes(), None))
    }
}

fn create(path: &Path, size: Size) -> Result<State, y4m::Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(in_full)?;
    }
    let file = BufWriter::new(File::create(path).map_err(in_full)?);
    let header = EncoderBuilder::new(size.width as usize, size.height as usize, FPS).with_colorspace(Colorspace::C420);
    let mut times = BufWriter::new(File::create(path.with_extension("csv")).map_err(in_full)?);
    writeln!(times, "{TIMES_HEADER}").map_err(in_full)?;
    Ok(State::Open { file: header.write_header(file)?, times, size })
}

fn in_full(error: io::Error) -> y4m::Error {
    y4m::Error::IoError(error)
}

/// A name that stays inside its folder on every system.
fn file_name(name: &str) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() || " -_.".contains(letter) { letter } else { '_' };
    let name: String = name.trim_start_matches('.').chars().take(64).map(safe).collect();
    if name.is_empty() { "participant".to_owned() } else { name }
}

impl fmt::Debug for Y4mSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Y4mSink").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_written_with_its_time_and_its_own_size() {
        let folder = std::env::temp_dir().join(format!("parlor-save-{}", fastrand::u64(..)));
        let mut sink = Y4mSink::new(&folder, "ada");

        let before = unix_micros();
        for size in [Size::new(64, 48), Size::new(32, 24)] {
            let picture = VideoFrame::new(size, vec![90; size.i420_bytes()], std::time::Instant::now()).unwrap();
            sink.write(&picture);
        }
        let after = unix_micros();
        drop(sink);

        let times = std::fs::read_to_string(folder.join("ada.csv")).unwrap();
        let (header, lines) = times.split_once('\n').unwrap();
        let lines: Vec<Vec<u64>> =
            lines.lines().map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect();
        assert_eq!(header, TIMES_HEADER);
        assert_eq!(lines.iter().map(|line| (line[1], line[2])).collect::<Vec<_>>(), [(64, 48), (32, 24)]);
        assert!(lines.iter().all(|line| (before..=after).contains(&line[0])), "{before} {lines:?} {after}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn names_stay_inside_the_folder() {
        assert_eq!(file_name("ada"), "ada");
        assert_eq!(file_name("Guest-1a2b (2)"), "Guest-1a2b _2_");
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(file_name("Zoë 王"), "Zoë 王");
        assert_eq!(file_name(".."), "participant");
    }
}
