//! Files that only their owner may read, written whole or not at all.
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::StateError;

/// More than any of our files has, in bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// Makes the folder where it is missing, for its owner only.
pub(super) fn make_folder(folder: &Path) -> Result<(), StateError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| StateError::Folder { folder: folder.to_owned(), source })
}

/// What the file holds; none where there is no file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StateError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, "read", error)),
    };
    refuse_exposed(path, &file)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(|error| failed(path, "read", error))?;
    Ok(Some(bytes))
}

/// What the file holds. Where there is none it is made; of two servers that start at once both get the first one's.
pub(super) fn read_or_create(
    path: &Path,
    make: impl FnOnce() -> Result<Vec<u8>, StateError>,
) -> Result<Vec<u8>, StateError> {
    if let Some(bytes) = read(path)? {
        return Ok(bytes);
    }
    let bytes = make()?;
    let draft = write_draft(path, &bytes)?;
    // Unlike a rename, a link never takes the place of a file that is there.
    let linked = fs::hard_link(&draft, path);
    // The next start would not find it in its way: every draft has a name of its own.
    let _ = fs::remove_file(&draft);
    match linked {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| failed(path, "read", io::ErrorKind::NotFound.into()))
        }
        Err(error) => Err(failed(path, "written", error)),
    }
}

/// Has the file hold this, whatever it held before.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let draft = write_draft(path, bytes)?;
    fs::rename(&draft, path).map_err(|error| {
        let _ = fs::remove_file(&draft);
        failed(path, "written", error)
    })
}

fn write_draft(path: &Path, bytes: &[u8]) -> Result<PathBuf, StateError> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", fastrand::u64(..)));
    let draft = PathBuf::from(name);
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| {
        let _ = fs::remove_file(&draft);
        failed(path, "written", error)
    })?;
    Ok(draft)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, file: &File) -> Result<(), StateError> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = file.metadata().map_err(|error| failed(path, "read", error))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(StateError::Exposed { file: path.to_owned(), mode }) }
}

/// Elsewhere a file inherits who may read it from its folder, which is the person's own.
#[cfg(not(unix))]
fn refuse_exposed(_path: &Path, _file: &File) -> Result<(), StateError> {
    Ok(())
}

fn failed(path: &Path, deed: &'static str, source: io::Error) -> StateError {
    StateError::File { file: path.to_owned(), deed, source }
}
