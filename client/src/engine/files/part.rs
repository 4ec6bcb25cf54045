//! A file that is not complete: written in order under a name of its own, and renamed once it is right.
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use parlor_protocol::{Checksum, FileName, TransferEnd};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Files of one name that are there already, and are counted.
const MOST_NUMBERS: u32 = 10_000;
/// What unfinished files end with.
const ENDING: &str = "part";

/// Why a file cannot be received.
#[derive(Debug, Error)]
pub(super) enum PartError {
    /// It is larger than what is free.
    #[error("{needed} bytes are needed, {free} are free in {}", folder.display())]
    NoRoom { needed: u64, free: u64, folder: PathBuf },
    /// The operating system says no.
    #[error("{}: {source}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    /// Too many files have its name.
    #[error("there are too many files called {0}")]
    TooManyOfThatName(FileName),
    /// A chunk leaves a gap before it.
    #[error("bytes are missing at {expected}")]
    Gap { expected: u64 },
    /// There is more of it than was said.
    #[error("it is larger than was said")]
    TooLarge,
    /// It adds up to something else.
    #[error("the checksum is another one")]
    Damaged,
}

impl PartError {
    /// What the other side is told.
    pub(super) fn reason(&self) -> TransferEnd {
        match self {
            Self::NoRoom { .. } => TransferEnd::NoRoom,
            Self::Unwritable { source, .. } if source.kind() == io::ErrorKind::StorageFull => TransferEnd::NoRoom,
            Self::Unwritable { .. } | Self::TooManyOfThatName(_) => TransferEnd::Unwritable,
            Self::Gap { .. } | Self::TooLarge | Self::Damaged => TransferEnd::Damaged,
        }
    }
}

/// The file. Dropping it removes what is written, unless it was finished.
#[derive(Debug)]
pub(super) struct Part {
    file: Option<File>,
    path: PathBuf,
    folder: PathBuf,
    name: FileName,
    size: u64,
    written: u64,
    hash: Sha256,
}

impl Part {
    /// Makes the file and, where there is none, its folder, if it fits.
    pub(super) fn create(folder: &Path, name: &FileName, size: u64) -> Result<Self, PartError> {
        let unwritable = |source| PartError::Unwritable { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(unwritable)?;
        let free = fs4::available_space(folder).map_err(unwritable)?;
        if size > free {
            return Err(PartError::NoRoom { needed: size, free, folder: folder.to_owned() });
        }
        let (file, path) = create_unused(folder, name, |name| format!("{name}.{ENDING}"))?;
        let (folder, name) = (folder.to_owned(), name.clone());
        Ok(Self { file: Some(file), path, folder, name, size, written: 0, hash: Sha256::new() })
    }

    /// How much is written.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Whether all of it is written.
    pub(super) fn is_complete(&self) -> bool {
        self.written == self.size
    }

    /// Writes a piece. What is there already is skipped: after a lost connection some of it comes twice.
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), PartError> {
        let expected = self.written;
        let end = u64::try_from(bytes.len()).ok().and_then(|length| offset.checked_add(length));
        let end = end.filter(|end| *end <= self.size).ok_or(PartError::TooLarge)?;
        let known = expected.checked_sub(offset).ok_or(PartError::Gap { expected })?;
        let Some(news) = usize::try_from(known).ok().and_then(|known| bytes.get(known..)) else { return Ok(()) };
        if let Some(file) = &mut self.file {
            file.write_all(news).map_err(|source| PartError::Unwritable { path: self.path.clone(), source })?;
        }
        self.hash.update(news);
        self.written = end.max(expected);
        Ok(())
    }

    /// Gives the file its name, or one with a number where there is a file of that name, if it adds up to this.
    pub(super) fn finish(mut self, sha256: Checksum) -> Result<PathBuf, PartError> {
        let is = Checksum::new(self.hash.clone().finalize().into());
        if is != sha256 || !self.is_complete() {
            return Err(PartError::Damaged);
        }
        let unwritable = |source| PartError::Unwritable { path: self.path.clone(), source };
        if let Some(file) = self.file.take() {
            file.sync_all().map_err(unwritable)?;
        }
        // An empty file keeps the name for us: renaming replaces it at once, and could replace no other.
        let (_, path) = create_unused(&self.folder, &self.name, FileName::to_string)?;
        fs::rename(&self.path, &path).map_err(|source| {
            // The error that matters is the one returned.
            let _ = fs::remove_file(&path);
            unwritable(source)
        })?;
        self.path = PathBuf::new();
        Ok(path)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        drop(self.file.take());
        if !self.path.as_os_str().is_empty()
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "an unfinished file stays where it is");
        }
    }
}

/// Makes a file that was not there, under the first name that is free.
fn create_unused(
    folder: &Path,
    name: &FileName,
    written: impl Fn(&FileName) -> String,
) -> Result<(File, PathBuf), PartError> {
    let names = std::iter::once(name.clone()).chain((2..MOST_NUMBERS).map(|number| name.numbered(number)));
    for candidate in names {
        let path = folder.join(written(&candidate));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(PartError::Unwritable { path, source }),
        }
    }
    Err(PartError::TooManyOfThatName(name.clone()))
}

#[cfg(test)]
mod tests;
