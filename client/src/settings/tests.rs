//! The file: written, read, broken, missing, and by another version.
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
fn what_a_later_version_wrote_is_still_there_after_this_one_has_saved() {
    let place = Place::new("later");
    fs::create_dir_all(&place.0).unwrap();
    let text = "nickname = \"Ada\"\nhologram = true\n\n[telepathy]\nrange = 7\n";
    fs::write(place.file(), text).unwrap();
    let mut settings = Settings::load(place.file());

    settings.nickname = "Grace".to_owned();
    settings.save().unwrap();

    let saved: toml::Table = fs::read_to_string(place.file()).unwrap().parse().unwrap();
    assert_eq!(saved["nickname"].as_str(), Some("Grace"));
    assert_eq!((saved["hologram"].as_bool(), saved["telepathy"]["range"].as_integer()), (Some(true), Some(7)));
}

#[test]
fn every_choice_is_loaded_as_it_was_saved() {
    let place = Place::new("choices");
    let saved = Settings {
        language: LanguageChoice::Korean,
        video: VideoChoice { width: 1280, height: 720, fps: 15, kbps: 2200, upload_kbps: Some(4000) },
        call: CallChoice {
            join_muted: true,
            push: Push::ToTalk,
            unmirrored: true,
            layout: Layout::Grid,
            ..CallChoice::default()
        },
        connect_at_start: false,
        notifications: Notifications { sounds: false, desktop: true },
        shortcuts: [("chat".to_owned(), "Alt+M".to_owned())].into(),
        volumes: [("Ada@studio.local".to_owned(), 1.5), ("Bob@10.0.0.1:7443".to_owned(), 1.0)].into(),
        silenced: ["Eve@studio.local".to_owned()].into(),
        downloads: Some("/home/ada/내려받기".into()),
        recordings: Some("/srv/calls".into()),
        ..Settings::load(place.file())
    };

    saved.save().unwrap();

    assert_eq!(Settings::load(place.file()), saved);
}

#[test]
fn numbers_that_no_encoder_takes_do_not_keep_the_program_from_starting() {
    let place = Place::new("numbers");
    fs::create_dir_all(&place.0).unwrap();
    fs::write(place.file(), "[video]\nwidth = 1\nheight = 0\nfps = 0\n").unwrap();

    let mut loaded = Settings::load(place.file());

    assert_eq!(loaded.take_trouble(), None);
    assert_eq!((loaded.video.width, loaded.video.height, loaded.video.fps), (64, 64, 1));
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
fn a_chosen_device_is_called_as_it_was_when_it_was_seen_last() {
    let chosen = AudioSpec::Microphone(Some("usb-settings-1".to_owned()));
    let names = [("usb-settings-1", "USB headset"), ("usb-settings-2", "Old camera")];
    let names = names.map(|(id, name)| (id.to_owned(), name.to_owned())).into();
    let mut settings = Settings { microphone: chosen, device_names: names, ..Settings::default() };

    settings.introduce_devices();
    settings.name_devices();

    assert_eq!(device::remembered("usb-settings-2").as_deref(), Some("Old camera"));
    assert_eq!(settings.device_names.into_values().collect::<Vec<_>>(), ["USB headset"]);
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
