//! What the window asks the system for: to save a text where the person wants it, to open a link, to show a folder. All
//! of it takes its time, so it has threads of its own; what came of it is looked at frame by frame.
use std::{
    fs::{self, OpenOptions},
    future::Future,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use eframe::egui::Context;

/// What may wait to be told. More is not.
const WAITING: usize = 16;
/// A dialog that is gone sooner was never there: no person is that fast.
const NO_DIALOG: Duration = Duration::from_secs(1);
/// Files of one name that may be in a folder.
const MOST_OF_A_NAME: u32 = 1000;

/// What came of something.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A text is there.
    Saved(PathBuf),
    /// A text could not be written there.
    NotSaved {
        /// Where.
        path: PathBuf,
        /// Why, as the system says it.
        reason: String,
    },
    /// A link could not be opened.
    NotOpened(String),
    /// A folder could not be shown.
    NotShown(PathBuf),
}

/// A text to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextFile {
    /// What the file is to be called, without its ending.
    pub(crate) name: String,
    /// What is to be in it.
    pub(crate) text: String,
}

/// The way out, and back.
#[derive(Debug)]
pub(crate) struct Outside {
    tell: SyncSender<Outcome>,
    outcomes: Receiver<Outcome>,
}

impl Default for Outside {
    fn default() -> Self {
        let (tell, outcomes) = sync_channel(WAITING);
        Self { tell, outcomes }
    }
}

impl Outside {
    /// What came of something, if there is news.
    pub(crate) fn poll(&self) -> Option<Outcome> {
        self.outcomes.try_recv().ok()
    }

    /// Asks where to, and saves. Where the system has no dialog for that, it goes into the folder for downloads.
    pub(crate) fn save(&self, ctx: &Context, file: TextFile, downloads: Option<PathBuf>) {
        // On macOS a dialog has to be made here, on the main thread; it is waited for elsewhere.
        let dialog = rfd::AsyncFileDialog::new().set_file_name(format!("{}.txt", file.name)).save_file();
        self.run(ctx, "parlor-save", move || {
            let chosen = wait_for(dialog)?.map(|handle| handle.path().to_owned());
            save(&file, chosen, &downloads.unwrap_or_else(downloads_folder))
        });
    }

    /// Opens a link in whatever program the system has for it.
    pub(crate) fn open(&self, ctx: &Context, link: String) {
        self.run(ctx, "parlor-open", move || {
            let opened = opener::open(&link);
            if let Err(error) = &opened {
                tracing::debug!(%error, "a link was not opened");
            }
            opened.is_err().then_some(Outcome::NotOpened(link))
        });
    }

    /// Shows a folder in the system's file manager.
    pub(crate) fn show(&self, ctx: &Context, folder: PathBuf) {
        self.run(ctx, "parlor-show-folder", move || {
            let shown = opener::open(&folder);
            if let Err(error) = &shown {
                tracing::debug!(%error, "a folder was not shown");
            }
            shown.is_err().then_some(Outcome::NotShown(folder))
        });
    }

    fn run(&self, ctx: &Context, name: &str, work: impl FnOnce() -> Option<Outcome> + Send + 'static) {
        let (tell, ctx) = (self.tell.clone(), ctx.clone());
        let work = move || {
            if let Some(outcome) = work()
                && tell.try_send(outcome).is_ok()
            {
                ctx.request_repaint();
            }
        };
        if let Err(error) = thread::Builder::new().name(name.to_owned()).spawn(work) {
            tracing::warn!(%error, "no thread for what the window asks the system for");
        }
    }
}

/// What came of a dialog: a place, or nowhere because there was no dialog. Nothing where the person has thought better
/// of it.
fn wait_for<T>(dialog: impl Future<Output = Option<T>>) -> Option<Option<T>> {
    let began = Instant::now();
    let chosen = pollster::block_on(dialog);
    (chosen.is_some() || began.elapsed() < NO_DIALOG).then_some(chosen)
}

fn save(file: &TextFile, chosen: Option<PathBuf>, downloads: &Path) -> Option<Outcome> {
    let (path, written) = match chosen {
        Some(path) => {
            let written = fs::write(&path, &file.text);
            (path, written)
        }
        None => save_beside_others(file, downloads),
    };
    Some(match written {
        Ok(()) => Outcome::Saved(path),
        Err(error) => Outcome::NotSaved { path, reason: error.to_string() },
    })
}

/// Saves into a folder under the first name that is free, and writes over nothing.
fn save_beside_others(file: &TextFile, folder: &Path) -> (PathBuf, io::Result<()>) {
    let mut path = folder.join(format!("{}.txt", file.name));
    for number in 2..MOST_OF_A_NAME {
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut open) => return (path, open.write_all(file.text.as_bytes())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                path = folder.join(format!("{} ({number}).txt", file.name));
            }
            Err(error) => return (path, Err(error)),
        }
    }
    (path, Err(io::ErrorKind::AlreadyExists.into()))
}

fn downloads_folder() -> PathBuf {
    let folders = directories::UserDirs::new();
    let folder = folders.map(|user| user.download_dir().map_or_else(|| user.home_dir().to_owned(), Path::to_owned));
    folder.unwrap_or_else(std::env::temp_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_saved_where_it_was_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("talk.txt");
        fs::write(&wanted, "older").unwrap();

        let outcome = save(&file(), Some(wanted.clone()), Path::new("/nowhere"));

        assert_eq!(outcome, Some(Outcome::Saved(wanted.clone())));
        assert_eq!(fs::read_to_string(wanted).unwrap(), "네, 안녕하세요\n");
    }

    #[test]
    fn without_a_dialog_it_goes_to_the_downloads_and_over_nothing() {
        let folder = tempfile::tempdir().unwrap();

        let first = save(&file(), None, folder.path());
        let second = save(&file(), None, folder.path());

        assert_eq!(first, Some(Outcome::Saved(folder.path().join("chat.txt"))));
        assert_eq!(second, Some(Outcome::Saved(folder.path().join("chat (2).txt"))));
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_with_where_and_why() {
        let folder = tempfile::tempdir().unwrap().path().join("gone");

        let outcome = save(&file(), None, &folder);

        let Some(Outcome::NotSaved { path, reason }) = outcome else { panic!("saved: {outcome:?}") };
        assert_eq!(path, folder.join("chat.txt"));
        assert!(!reason.is_empty());
    }

    #[test]
    fn a_dialog_that_is_gone_at_once_was_none() {
        let none = wait_for(async { None::<()> });
        let chosen = wait_for(async { Some(7) });
        let thought_better = wait_for(async {
            thread::sleep(NO_DIALOG);
            None::<()>
        });

        assert_eq!((none, chosen, thought_better), (Some(None), Some(Some(7)), None));
    }

    fn file() -> TextFile {
        TextFile { name: "chat".to_owned(), text: "네, 안녕하세요\n".to_owned() }
    }
}
