//! What the window remembers from one start to the next, as a small TOML file.
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    spec::VideoSpec,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How many servers are remembered for a list to pick from.
const RECENT_SERVERS: usize = 8;

/// The choices of the person at this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Dark, light, or as the system has it.
    pub theme: ThemeChoice,
    #[serde(skip)]
    file: Option<PathBuf>,
    #[serde(skip)]
    trouble: Option<String>,
}

/// Which theme was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the operating system has it.
    #[default]
    System,
    /// Always dark.
    Dark,
    /// Always light.
    Light,
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
            theme: ThemeChoice::System,
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
            Ok(settings) => Self { file: Some(file), ..settings },
            Err(error) => Self::broken(file, error.message()),
        }
    }

    /// What went wrong while loading, for people. Handed out once.
    pub fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Takes note of a server that was used.
    pub fn remember_server(&mut self, server: &str) {
        server.clone_into(&mut self.server);
        self.recent_servers.retain(|recent| recent != server);
        self.recent_servers.insert(0, server.to_owned());
        self.recent_servers.truncate(RECENT_SERVERS);
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
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_loaded_again() {
        let place = Place::new("round-trip");
        let saved = Settings {
            nickname: "김민수".to_owned(),
            server: "ws://studio.local:7443".to_owned(),
            recent_servers: vec!["ws://studio.local:7443".to_owned()],
            room: "Standup".to_owned(),
            camera: "camera:usb-1:0".parse().unwrap(),
            microphone: "tone:1000".parse().unwrap(),
            speaker: "null".parse().unwrap(),
            theme: ThemeChoice::Light,
            ..Settings::load(place.file())
        };

        saved.save().unwrap();
        let loaded = Settings::load(place.file());

        assert_eq!(loaded, saved);
        assert_eq!(place.names(), ["settings.toml"]);
    }

    #[test]
    fn a_missing_file_gives_the_defaults_and_no_trouble() {
        let place = Place::new("missing");

        let mut loaded = Settings::load(place.file());

        assert_eq!(loaded.take_trouble(), None);
        assert_eq!(loaded, Settings { file: Some(place.file()), ..Settings::default() });
    }

    #[test]
    fn a_file_that_lacks_some_settings_keeps_the_others() {
        let place = Place::new("partial");
        fs::create_dir_all(&place.0).unwrap();
        fs::write(place.file(), "nickname = \"Ada\"\ntheme = \"dark\"\nof_a_later_version = 3\n").unwrap();

        let mut loaded = Settings::load(place.file());

        assert_eq!((loaded.nickname.as_str(), loaded.theme), ("Ada", ThemeChoice::Dark));
        assert_eq!(loaded.camera, VideoSpec::Camera(None));
        assert_eq!(loaded.take_trouble(), None);
    }

    #[test]
    fn a_broken_file_is_kept_aside_and_said_once() {
        for (name, text) in [("no-toml", "nickname = "), ("no-spec", "camera = \"telescope\"\n")] {
            let place = Place::new(name);
            fs::create_dir_all(&place.0).unwrap();
            fs::write(place.file(), text).unwrap();

            let mut loaded = Settings::load(place.file());
            let trouble = loaded.take_trouble().unwrap();

            assert!(trouble.contains("settings.toml.broken"), "{trouble}");
            assert_eq!(fs::read_to_string(place.0.join("settings.toml.broken")).unwrap(), text);
            assert_eq!(loaded, Settings { file: Some(place.file()), ..Settings::default() });
        }
    }

    #[test]
    fn the_servers_used_last_come_first_once_each_and_are_few() {
        let mut settings = Settings::default();

        for server in ["a", "b", "c", "d", "a", "e", "f", "g", "h", "i"] {
            settings.remember_server(server);
        }

        assert_eq!(settings.recent_servers, ["i", "h", "g", "f", "e", "a", "d", "c"]);
        assert_eq!(settings.server, "i");
    }

    #[test]
    fn settings_without_a_file_are_not_saved_anywhere() {
        assert!(Settings::default().save().is_ok());
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named_in_the_error() {
        let place = Place::new("blocked");
        fs::create_dir_all(&place.0).unwrap();
        let blocked = place.0.join("a-file");
        fs::write(&blocked, "").unwrap();
        let settings = Settings { file: Some(blocked.join("settings.toml")), ..Settings::default() };

        let error = settings.save().unwrap_err().to_string();

        assert!(error.contains("a-file"), "{error}");
    }

    /// A directory of this test alone, gone at its end.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let place = Self(std::env::temp_dir().join(format!("parlor-settings-{}-{name}", std::process::id())));
            let _ = fs::remove_dir_all(&place.0);
            place
        }

        fn file(&self) -> PathBuf {
            self.0.join("settings.toml")
        }

        fn names(&self) -> Vec<String> {
            let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name());
            names.map(|name| name.to_string_lossy().into_owned()).collect()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
