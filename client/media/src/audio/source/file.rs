//! A sound file played over and over, whatever is inside.
use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
};

use super::{Endless, matroska::MatroskaSound, wave::WaveSound};
use crate::audio::{
    BLOCK_SAMPLES, Block,
    error::{AudioLost, OpenAudioError},
};

/// One pass through a file, giving sound at 48 kHz in one channel.
pub(super) trait OnePass {
    /// Appends some more sound to `out`; false at the end of the file.
    fn read(&mut self, out: &mut VecDeque<f32>) -> Result<bool, String>;
}

/// The file, opened anew each time its end is reached.
pub(super) struct LoopedFile {
    path: PathBuf,
    pass: Box<dyn OnePass>,
    ready: VecDeque<f32>,
    /// Whether this pass has given nothing so far.
    nothing_yet: bool,
}

impl LoopedFile {
    pub(super) fn open(path: &Path) -> Result<Self, OpenAudioError> {
        let mut file =
            Self { path: path.to_owned(), pass: open_pass(path)?, ready: VecDeque::new(), nothing_yet: true };
        match file.refill() {
            Ok(()) => Ok(file),
            Err(detail) => Err(OpenAudioError::UnreadableFile { path: path.to_owned(), detail }),
        }
    }

    fn refill(&mut self) -> Result<(), String> {
        while self.ready.len() < BLOCK_SAMPLES {
            let before = self.ready.len();
            let more = self.pass.read(&mut self.ready)?;
            self.nothing_yet &= self.ready.len() == before;
            if more {
                continue;
            }
            if self.nothing_yet {
                return Err("it holds no sound".to_owned());
            }
            self.pass = open_pass(&self.path).map_err(|error| error.to_string())?;
            self.nothing_yet = true;
        }
        Ok(())
    }
}

impl Endless for LoopedFile {
    fn fill(&mut self, block: &mut Block) -> Result<(), AudioLost> {
        self.refill().map_err(AudioLost::UnreadableFile)?;
        block.iter_mut().zip(self.ready.drain(..BLOCK_SAMPLES)).for_each(|(to, from)| *to = from);
        Ok(())
    }
}

fn open_pass(path: &Path) -> Result<Box<dyn OnePass>, OpenAudioError> {
    let kind = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match kind.as_deref() {
        Some("wav") => Ok(Box::new(WaveSound::open(path)?)),
        Some("webm" | "mkv") => Ok(Box::new(MatroskaSound::open(path)?)),
        Some(_) | None => Err(OpenAudioError::UnknownFile { path: path.to_owned() }),
    }
}
