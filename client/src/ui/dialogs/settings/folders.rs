//! Where files from others and recordings go: chosen in the desktop's dialog, or typed.
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{LazyLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use eframe::egui::{Context, Key, Ui, vec2};

use super::hint_ui;
use crate::{
    settings::{Change, Settings},
    ui::{
        icons,
        theme::{self, metric},
        widgets::{ButtonKind, Field, button_ui, field_ui},
        wish::Wish,
        words::{Words, words},
    },
};

/// A dialog that is closed so soon was never open: nobody presses *Cancel* that fast.
const TOO_SOON: Duration = Duration::from_millis(400);
const PATH_CHARS: usize = 4096;

static USUAL: LazyLock<Usual> = LazyLock::new(Usual::find);

/// The folders of the system, looked up once.
#[derive(Debug, Default)]
struct Usual {
    downloads: Option<PathBuf>,
    videos: Option<PathBuf>,
}

/// What the section remembers between two frames.
#[derive(Debug, Default)]
pub(super) struct Folders {
    downloads: Entry,
    recordings: Entry,
}

/// One folder, as far as it is written.
#[derive(Debug, Default)]
struct Entry {
    /// What the field says, and what was chosen when it was filled.
    written: Option<(String, Option<PathBuf>)>,
    work: Option<mpsc::Receiver<Found>>,
    trouble: Option<Trouble>,
}

/// What came out of looking, on a thread.
type Found = Result<Option<PathBuf>, Trouble>;

/// Why a folder cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    NotWhole,
    Missing,
    NoFolder,
    ReadOnly,
    NoDialog,
}

/// What one folder is for.
struct Purpose<'a> {
    label: &'a str,
    chosen: Option<&'a PathBuf>,
    usual: Option<&'a PathBuf>,
    change: fn(Option<PathBuf>) -> Change,
}

pub(super) fn folders_ui(ui: &mut Ui, settings: &Settings, folders: &mut Folders) -> Vec<Wish> {
    let words = words(ui.ctx());
    hint_ui(ui, &words.say("settings-folders-hint"));
    let downloads = Purpose {
        label: &words.say("settings-downloads"),
        chosen: settings.downloads.as_ref(),
        usual: USUAL.downloads.as_ref(),
        change: Change::Downloads,
    };
    let recordings = Purpose {
        label: &words.say("settings-recordings"),
        chosen: settings.recordings.as_ref(),
        usual: USUAL.videos.as_ref(),
        change: Change::Recordings,
    };
    let downloads = entry_ui(ui, &downloads, &mut folders.downloads);
    let recordings = entry_ui(ui, &recordings, &mut folders.recordings);
    downloads.into_iter().chain(recordings).collect()
}

fn entry_ui(ui: &mut Ui, purpose: &Purpose<'_>, entry: &mut Entry) -> Option<Wish> {
    let words = words(ui.ctx());
    let wish = entry.take_found(purpose);
    let shown = purpose.chosen.or(purpose.usual).map(|path| path.display().to_string()).unwrap_or_default();
    let fresh = entry.written.as_ref().is_none_or(|(_, chosen)| chosen.as_ref() != purpose.chosen);
    if fresh {
        entry.written = Some((shown.clone(), purpose.chosen.cloned()));
    }
    let trouble = entry.trouble.map(|trouble| trouble.say(words));
    let color = theme::palette(ui.ctx()).danger;
    let remark = trouble.as_deref().map(|trouble| (trouble, color));
    let field = Field { label: purpose.label, hint: "", limit: PATH_CHARS, remark };
    let (mut text, chosen) = entry.written.take().unwrap_or_default();
    let response = field_ui(ui, &field, &mut text);
    let done = response.lost_focus() || (response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)));
    let is_news = text.trim() != shown;
    entry.written = Some((text, chosen));
    if done && is_news && entry.work.is_none() {
        entry.check(ui.ctx());
    }
    wish.or_else(|| buttons_ui(ui, words, purpose, entry))
}

fn buttons_ui(ui: &mut Ui, words: Words, purpose: &Purpose<'_>, entry: &mut Entry) -> Option<Wish> {
    let size = vec2(metric::LEAVE_WIDTH * 2.0, metric::SMALL_BUTTON_HEIGHT);
    let mut wish = None;
    ui.horizontal(|ui| {
        let idle = entry.work.is_none();
        let choose = words.say("settings-folder-choose");
        let choose =
            ui.add_enabled_ui(idle, |ui| button_ui(ui, ButtonKind::Secondary, icons::FOLDER_OPEN, &choose, size));
        if choose.inner.clicked() {
            let start = purpose.chosen.or(purpose.usual).cloned();
            entry.start(ui.ctx(), move || ask(start));
        }
        if entry.trouble == Some(Trouble::Missing) {
            let make = words.say("settings-folder-make");
            if button_ui(ui, ButtonKind::Secondary, icons::PLUS, &make, size).clicked() {
                let path = entry.path();
                entry.start(ui.ctx(), move || make_folder(&path));
            }
        }
        if purpose.chosen.is_some() {
            let usual = words.say("settings-folder-usual");
            if button_ui(ui, ButtonKind::Quiet, icons::ARROW_CLOCKWISE, &usual, size).clicked() {
                entry.trouble = None;
                wish = Some((purpose.change)(None).into());
            }
        }
    });
    ui.add_space(metric::SPACE_S);
    wish
}

impl Entry {
    /// Takes what came out of looking, once it is there.
    fn take_found(&mut self, purpose: &Purpose<'_>) -> Option<Wish> {
        let found = match self.work.as_ref()?.try_recv() {
            Err(mpsc::TryRecvError::Empty) => return None,
            Err(mpsc::TryRecvError::Disconnected) => Ok(None),
            Ok(found) => found,
        };
        self.work = None;
        match found {
            Ok(path) => {
                self.trouble = None;
                let path = path.filter(|path| purpose.chosen != Some(path))?;
                Some((purpose.change)(Some(path)).into())
            }
            Err(trouble) => {
                self.trouble = Some(trouble);
                None
            }
        }
    }

    fn path(&self) -> PathBuf {
        let text = self.written.as_ref().map_or("", |(text, _)| text.trim());
        in_home(text, directories::UserDirs::new().as_ref().map(directories::UserDirs::home_dir))
    }

    fn check(&mut self, ctx: &Context) {
        let path = self.path();
        self.start(ctx, move || check(&path).map(|()| Some(path)));
    }

    /// Works on a thread: a folder may be on a network, and a dialog is open for as long as the person thinks. Nobody
    /// waits for the thread: it ends with its dialog.
    fn start(&mut self, ctx: &Context, work: impl FnOnce() -> Found + Send + 'static) {
        let (done, found) = mpsc::sync_channel(1);
        let ctx = ctx.clone();
        let spawned = thread::Builder::new().name("folder".to_owned()).spawn(move || {
            // Where the settings were closed meanwhile nobody listens.
            let _ = done.send(work());
            ctx.request_repaint();
        });
        match spawned {
            Ok(_) => self.work = Some(found),
            Err(error) => tracing::error!(%error, "no thread to look for a folder"),
        }
    }
}

impl Usual {
    fn find() -> Self {
        let Some(dirs) = directories::UserDirs::new() else { return Self::default() };
        Self { downloads: dirs.download_dir().map(Path::to_owned), videos: dirs.video_dir().map(Path::to_owned) }
    }
}

impl Trouble {
    fn say(self, words: Words) -> String {
        let said = match self {
            Self::NotWhole => words.say("settings-folder-not-whole"),
            Self::Missing => words.say("settings-folder-missing"),
            Self::NoFolder => words.say("settings-folder-no-folder"),
            Self::ReadOnly => words.say("settings-folder-read-only"),
            Self::NoDialog => words.say("settings-folder-no-dialog"),
        };
        said.into_owned()
    }
}

/// Asks with the desktop's dialog. None where the person has changed their mind.
fn ask(start: Option<PathBuf>) -> Found {
    let asked = Instant::now();
    let dialog = rfd::FileDialog::new();
    let dialog = match start.filter(|path| path.is_dir()) {
        Some(path) => dialog.set_directory(path),
        None => dialog,
    };
    match dialog.pick_folder() {
        Some(path) => check(&path).map(|()| Some(path)),
        None if asked.elapsed() < TOO_SOON => Err(Trouble::NoDialog),
        None => Ok(None),
    }
}

fn make_folder(path: &Path) -> Found {
    fs::create_dir_all(path).map_err(|_| Trouble::ReadOnly)?;
    check(path).map(|()| Some(path.to_owned()))
}

/// Whether something can be written there.
fn check(path: &Path) -> Result<(), Trouble> {
    if !path.is_absolute() {
        return Err(Trouble::NotWhole);
    }
    match fs::metadata(path) {
        Ok(facts) if facts.is_dir() => {}
        Ok(_) => return Err(Trouble::NoFolder),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(Trouble::ReadOnly),
        Err(_) => return Err(Trouble::Missing),
    }
    let trial = path.join(format!(".parlor-{}", std::process::id()));
    fs::write(&trial, []).and_then(|()| fs::remove_file(&trial)).map_err(|_| Trouble::ReadOnly)
}

/// A path as people type it: `~` is the home folder.
fn in_home(text: &str, home: Option<&Path>) -> PathBuf {
    match (home, text.strip_prefix("~/"), text) {
        (Some(home), Some(rest), _) => home.join(rest),
        (Some(home), None, "~") => home.to_owned(),
        _ => PathBuf::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_takes_files_is_good_and_others_say_why_not() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();

        assert_eq!(check(place.path()), Ok(()));
        assert_eq!(check(&file), Err(Trouble::NoFolder));
        assert_eq!(check(&place.path().join("none")), Err(Trouble::Missing));
        assert_eq!(check(Path::new("calls")), Err(Trouble::NotWhole));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "the trial is taken away");
    }

    #[test]
    fn a_missing_folder_is_made_when_asked_for() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a").join("b");

        assert_eq!(make_folder(&path), Ok(Some(path.clone())));
        assert!(path.is_dir());
    }

    #[test]
    fn the_home_folder_can_be_written_in_short() {
        let home = Some(Path::new("/home/ada"));

        assert_eq!(in_home("~/calls", home), Path::new("/home/ada/calls"));
        assert_eq!(in_home("~", home), Path::new("/home/ada"));
        assert_eq!(in_home("/srv/~/x", home), Path::new("/srv/~/x"));
        assert_eq!(in_home("~/calls", None), Path::new("~/calls"));
    }
}
