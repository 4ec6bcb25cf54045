//! What the window remembers from one start to the next, as a small TOML file.
mod change;
mod choices;
mod saver;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    device::{self, Device},
    spec::VideoSpec,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::{
    change::Change,
    choices::{
        CallChoice, LanguageChoice, Layout, NoiseChoice, Notifications, PictureSize, Push, SoundChoice, ThemeChoice,
        VideoChoice,
    },
    saver::Saver,
};

/// How many servers are remembered for a list to pick from.
const RECENT_SERVERS: usize = 8;

/// The choices of the person at this computer. What may be missing from the file has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What to be called; empty until it was chosen.
    pub nickname: String,
    /// The server used last, as `ws://HOST:PORT`; empty until there was one.
    pub server: String,
    /// The servers used last, newest first.
    pub recent_servers: Vec<String>,
    /// The room used last; empty until there was one.
    pub room: String,
    /// Where pictures come from.
    #[serde(with = "word")]
    pub camera: VideoSpec,
    /// Where sound comes from.
    #[serde(with = "word")]
    pub microphone: AudioSpec,
    /// Where sound goes.
    #[serde(with = "word")]
    pub speaker: SpeakerSpec,
    /// What these devices are called, by id: one that is unplugged cannot be asked.
    pub device_names: BTreeMap<String, String>,
    /// Dark, light, or as the system has it.
    pub theme: ThemeChoice,
    /// English, Korean, or as the system has it.
    pub language: LanguageChoice,
    /// How our pictures are to be.
    pub video: VideoChoice,
    /// What is done to our sound, and to that of the others.
    pub sound: SoundChoice,
    /// How a call starts, and how the microphone is used in it.
    pub call: CallChoice,
    /// Connect to the server used last when the window opens.
    pub connect_at_start: bool,
    /// What draws attention.
    pub notifications: Notifications,
    /// Keys by what they do, as `mute = "Ctrl+D"`; only those that were changed.
    pub shortcuts: BTreeMap<String, String>,
    /// How loud somebody is to be, from 0 to 2, by `NICKNAME@SERVER`; only those that were changed.
    pub volumes: BTreeMap<String, f32>,
    /// Who is not to be heard, as `NICKNAME@SERVER`.
    pub silenced: BTreeSet<String>,
    /// Where files from others go; none takes the system's folder for downloads.
    pub downloads: Option<PathBuf>,
    /// Where recordings go; none takes the system's folder for videos.
    pub recordings: Option<PathBuf>,
    /// What another version of the program wrote. It is kept, for whoever goes back to that version.
    #[serde(flatten)]
    others: toml::Table,
    #[serde(skip)]
    file: Option<PathBuf>,
    #[serde(skip)]
    trouble: Option<String>,
}

/// Why the settings were not saved.
#[derive(Debug, Error)]
#[error("your settings could not be saved to {}: {source}", path.display())]
pub struct SaveSettingsError {
    path: PathBuf,
    source: io::Error,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            nickname: String::new(),
            server: String::new(),
            recent_servers: Vec::new(),
            room: String::new(),
            camera: VideoSpec::Camera(None),
            microphone: AudioSpec::Microphone(None),
            speaker: SpeakerSpec::Speaker(None),
            device_names: BTreeMap::new(),
            theme: ThemeChoice::System,
            language: LanguageChoice::System,
            video: VideoChoice::default(),
            sound: SoundChoice::default(),
            call: CallChoice::default(),
            connect_at_start: true,
            notifications: Notifications::default(),
            shortcuts: BTreeMap::new(),
            volumes: BTreeMap::new(),
            silenced: BTreeSet::new(),
            downloads: None,
            recordings: None,
            others: toml::Table::new(),
            file: None,
            trouble: None,
        }
    }
}

impl Settings {
    /// Where the settings of this person are by the rules of the operating system; none where it names no place.
    pub fn default_file() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "parlor").map(|dirs| dirs.config_dir().join("settings.toml"))
    }

    /// Reads a settings file, and saves to it from then on. A missing one gives the defaults. One that makes no
    /// sense does too: it is kept aside as `settings.toml.broken`, and [`take_trouble`](Self::take_trouble) says so.
    pub fn load(file: PathBuf) -> Self {
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Self { file: Some(file), ..Self::default() };
            }
            Err(error) => return Self::broken(file, &error.to_string()),
        };
        match toml::from_str::<Self>(&text) {
            Ok(settings) => Self { file: Some(file), video: settings.video.within_limits(), ..settings },
            Err(error) => Self::broken(file, error.message()),
        }
    }

    /// The file that this was loaded from, and is saved to.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What went wrong while loading, for people. Handed out once.
    pub fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Where files from others go.
    pub fn downloads_folder(&self) -> PathBuf {
        self.downloads.clone().unwrap_or_else(|| {
            let folders = directories::UserDirs::new();
            let named = folders.as_ref().and_then(|folders| folders.download_dir().map(Path::to_owned));
            // Not every Linux desktop names one.
            named.or_else(|| folders.map(|folders| folders.home_dir().join("Downloads"))).unwrap_or_default()
        })
    }

    /// Takes note of a server that was used.
    pub fn remember_server(&mut self, server: &str) {
        server.clone_into(&mut self.server);
        self.recent_servers.retain(|recent| recent != server);
        self.recent_servers.insert(0, server.to_owned());
        self.recent_servers.truncate(RECENT_SERVERS);
    }

    /// Takes note of what the chosen devices are called.
    pub fn name_devices(&mut self) {
        let camera = if let VideoSpec::Camera(id) = &self.camera { id.as_deref() } else { None };
        let microphone = if let AudioSpec::Microphone(id) = &self.microphone { id.as_deref() } else { None };
        let speaker = if let SpeakerSpec::Speaker(id) = &self.speaker { id.as_deref() } else { None };
        let named = [camera, microphone, speaker].into_iter().flatten().filter_map(|id| {
            let name = device::remembered(id).or_else(|| self.device_names.get(id).cloned())?;
            Some((id.to_owned(), name))
        });
        self.device_names = named.collect();
    }

    /// Lets everybody know what the devices are called that were chosen in an earlier run.
    pub fn introduce_devices(&self) {
        let known = self.device_names.iter().map(|(id, label)| Device { id: id.clone(), label: label.clone() });
        device::remember(&known.collect::<Vec<_>>());
    }

    /// Saves to the file that this was loaded from, whole or not at all; does nothing where there was none.
    ///
    /// # Errors
    /// Where the file or its directory cannot be written.
    pub fn save(&self) -> Result<(), SaveSettingsError> {
        let Some(file) = &self.file else { return Ok(()) };
        self.write(file).map_err(|source| SaveSettingsError { path: file.clone(), source })
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory)?;
        }
        // Two programs may save at once: each writes a file of its own, and the last one to rename wins.
        let draft = with_ending(file, &format!("{}.new", std::process::id()));
        fs::write(&draft, text)?;
        fs::rename(&draft, file).inspect_err(|_| {
            // The draft is of no use to anybody; the error that matters is the one returned.
            let _ = fs::remove_file(&draft);
        })
    }

    fn broken(file: PathBuf, reason: &str) -> Self {
        let aside = with_ending(&file, "broken");
        let kept = match fs::rename(&file, &aside) {
            Ok(()) => format!("it is kept as {}", aside.display()),
            Err(error) => format!("it could not be kept aside: {error}"),
        };
        let trouble = format!("Your settings could not be read ({}), so Parlor starts afresh; {kept}.", reason.trim());
        Self { file: Some(file), trouble: Some(trouble), ..Self::default() }
    }
}

/// What to suggest as a nickname: the name of the person that the operating system knows; empty where it knows none.
pub fn suggested_nickname() -> String {
    let known = whoami::realname().or_else(|_| whoami::username()).unwrap_or_default();
    known.chars().take(parlor_protocol::limits::NICKNAME_CHARS).collect::<String>().trim().to_owned()
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// A device in the one word that people write on the command line too.
mod word {
    use std::{fmt::Display, str::FromStr};

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests;
