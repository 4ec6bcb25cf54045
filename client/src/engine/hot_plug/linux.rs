//! The files of devices in `/dev`, by inotify: the kernel speaks up, and nothing runs while nothing happens.
use std::{io, mem::MaybeUninit, os::fd::OwnedFd, path::Path};

use rustix::{
    fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init},
    io::Errno,
};
use tokio::io::unix::AsyncFd;

/// The folder of cameras, and of the sound cards' folder.
const DEVICES: &str = "/dev";
/// The folder of sound cards: there once there is a card.
const SOUND: &str = "/dev/snd";

/// The watch over both folders.
#[derive(Debug)]
pub(super) struct Watch(AsyncFd<OwnedFd>);

impl Watch {
    /// Starts to watch.
    pub(super) fn start() -> io::Result<Option<Self>> {
        Self::over(Path::new(DEVICES)).map(Some)
    }

    /// Watches this folder, and the sound cards'.
    #[expect(deprecated, reason = "an OwnedFd keeps its descriptor, which is what the unsafe new way wants promised")]
    pub(super) fn over(folder: &Path) -> io::Result<Self> {
        let inotify = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        add_watch(&inotify, folder, WatchFlags::CREATE | WatchFlags::DELETE)?;
        watch_sound(&inotify);
        Ok(Self(AsyncFd::new(inotify)?))
    }

    /// Waits until a device has come or gone.
    pub(super) async fn next(&mut self) -> io::Result<()> {
        loop {
            let mut ready = self.0.readable().await?;
            match read(self.0.get_ref()) {
                Ok(true) => return Ok(()),
                Ok(false) => ready.clear_ready(),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Reads until there is a device among what has changed; false where there is none.
fn read(inotify: &OwnedFd) -> Result<bool, Errno> {
    let mut buffer = [MaybeUninit::uninit(); 1024];
    let mut events = Reader::new(inotify, &mut buffer);
    let mut found = false;
    loop {
        match events.next() {
            Ok(event) => {
                let name = event.file_name().and_then(|name| name.to_str().ok()).unwrap_or_default();
                if name == "snd" {
                    watch_sound(inotify);
                }
                found |= is_device(name);
            }
            Err(Errno::WOULDBLOCK) => return Ok(found),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

fn watch_sound(inotify: &OwnedFd) {
    // Without a sound card there is no such folder.
    if let Err(error) = add_watch(inotify, SOUND, WatchFlags::CREATE | WatchFlags::DELETE) {
        tracing::debug!(%error, "sound cards are not watched yet");
    }
}

fn is_device(name: &str) -> bool {
    ["video", "controlC", "snd"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cameras_and_sound_cards_are_news() {
        for name in ["video0", "video12", "controlC1", "snd"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["", "tty7", "pcmC0D0p", "loop3", "shm"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
