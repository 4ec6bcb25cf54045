//! Saves settings on a thread of its own: a home folder may be on a network, and the window does not wait for that.
use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use parlor_media::slot::{SlotReceiver, SlotSender, slot};

use super::Settings;

/// Complaints that may wait to be read. The newest settings are tried again anyway.
const WAITING_COMPLAINTS: usize = 4;

/// The thread that saves. Dropping it saves what is left and stops it.
#[derive(Debug)]
pub struct Saver {
    newest: Option<SlotSender<Settings>>,
    complaints: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

impl Saver {
    /// Starts the thread. `wake` is called on it when there is something to complain about.
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn start(wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (newest, settings) = slot();
        let (complain, complaints) = sync_channel(WAITING_COMPLAINTS);
        let thread = thread::Builder::new().name("settings".to_owned());
        let thread = thread.spawn(move || run(&settings, &complain, &wake))?;
        Ok(Self { newest: Some(newest), complaints, thread: Some(thread) })
    }

    /// Saves these; older ones that are not saved yet are left out.
    pub fn save(&self, settings: Settings) {
        if let Some(newest) = &self.newest {
            newest.put(settings);
        }
    }

    /// Why something could not be saved, for people. Each is handed out once.
    pub fn take_complaint(&self) -> Option<String> {
        self.complaints.try_recv().ok()
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.newest = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that saves settings panicked");
        }
    }
}

fn run(settings: &SlotReceiver<Settings>, complain: &SyncSender<String>, wake: &impl Fn()) {
    while let Some(settings) = settings.take() {
        if let Err(error) = settings.save() {
            // Where four wait to be read, a fifth says nothing new.
            let _ = complain.try_send(error.to_string());
            wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::*;

    #[test]
    fn the_newest_settings_are_on_disk_once_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        let saver = Saver::start(|| ()).unwrap();

        for number in 0..100 {
            let mut settings = Settings::load(file.clone());
            settings.nickname = format!("Ada {number}");
            saver.save(settings);
        }
        drop(saver);

        assert_eq!(Settings::load(file).nickname, "Ada 99");
    }

    #[test]
    fn a_place_that_cannot_be_written_is_complained_about_and_the_window_woken() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("a-file");
        fs::write(&blocked, "").unwrap();
        let (woken, wakes) = sync_channel(8);
        let saver = Saver::start(move || woken.send(()).unwrap()).unwrap();
        let unsaveable = Settings { file: Some(blocked.join("settings.toml")), ..Settings::default() };

        saver.save(unsaveable);

        wakes.recv_timeout(Duration::from_secs(30)).unwrap();
        let complaint = saver.take_complaint().unwrap();
        assert!(complaint.contains("a-file"), "{complaint}");
        assert_eq!(saver.take_complaint(), None);
    }
}
