//! Received pictures, written to a file as they are.
use std::{
    fmt,
    fs::File,
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

use y4m::{Colorspace, Encoder, EncoderBuilder, Frame, Ratio};

use super::convert::Scaler;
use crate::frame::{Size, VideoFrame};

/// What the file says. Pictures arrive when they arrive; players need a number.
const FPS: Ratio = Ratio { num: 30, den: 1 };

/// Writes pictures to `NAME.y4m`. The first one sets the size; later ones of another size are fitted into it.
///
/// A file that cannot be written is reported once, and never disturbs the call.
pub struct Y4mSink {
    path: PathBuf,
    state: State,
    scaler: Scaler,
}

enum State {
    Empty,
    Open { file: Encoder<BufWriter<File>>, size: Size },
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
        let State::Open { file, size } = &mut self.state else { return Ok(()) };
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
    Ok(State::Open { file: header.write_header(file)?, size })
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
    fn names_stay_inside_the_folder() {
        assert_eq!(file_name("ada"), "ada");
        assert_eq!(file_name("Guest-1a2b (2)"), "Guest-1a2b _2_");
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(file_name("Zoë 王"), "Zoë 王");
        assert_eq!(file_name(".."), "participant");
    }
}
