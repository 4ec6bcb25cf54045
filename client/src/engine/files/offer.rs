//! Looks at a file that somebody wants to send.
use std::{fs, io, path::Path};

use parlor_call::{ChatTo, FileCommand, FileNotice, Unusable};
use parlor_protocol::FileName;
use tokio::sync::mpsc;

/// What was found.
#[derive(Debug)]
pub(in crate::engine) enum Offered {
    /// A file.
    Usable(FileCommand),
    /// Something else, or nothing.
    Unusable(FileNotice),
}

/// Looks on a thread that may block, as a disk in the network makes it.
pub(in crate::engine) fn look_at(path: std::path::PathBuf, to: ChatTo, found: mpsc::Sender<Offered>) {
    tokio::task::spawn_blocking(move || {
        let name = FileName::clean(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy());
        let offered = match size(&path) {
            Ok(size) => Offered::Usable(FileCommand::Offer { to, path, name, size }),
            Err(why) => Offered::Unusable(FileNotice::Unusable { name, why }),
        };
        // Nobody listens any more where the engine has stopped.
        let _ = found.blocking_send(offered);
    });
}

fn size(path: &Path) -> Result<u64, Unusable> {
    let why = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Unusable::Missing,
        io::ErrorKind::PermissionDenied => Unusable::NotAllowed,
        _ => Unusable::Other(error.to_string()),
    };
    let found = fs::metadata(path).map_err(why)?;
    if found.is_dir() {
        return Err(Unusable::Folder);
    }
    if !found.is_file() {
        return Err(Unusable::NoFile);
    }
    // Whether it may be read is better known before somebody has accepted it.
    fs::File::open(path).map_err(why)?;
    Ok(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_can_be_read_are_offered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        fs::write(&file, "twelve bytes").unwrap();

        assert_eq!(size(&file), Ok(12));
        assert_eq!(size(folder.path()), Err(Unusable::Folder));
        assert_eq!(size(&folder.path().join("missing")), Err(Unusable::Missing));
        #[cfg(unix)]
        assert_eq!(size(Path::new("/dev/zero")), Err(Unusable::NoFile));
    }
}
