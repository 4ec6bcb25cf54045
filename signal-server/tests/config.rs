//! The settings of the real program: who is heard before whom, and what is said about mistakes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
use std::{
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file_and_that_before_the_default() {
    let folder = Folder::with("room-capacity = 3\nmax-rooms = 3\nmax-connections = 3\nno-discovery = true\n");

    let checked = folder
        .program(&["--room-capacity", "5", "--discovery"])
        .env("PARLOR_SERVER_ROOM_CAPACITY", "4")
        .env("PARLOR_SERVER_MAX_ROOMS", "4")
        .output()
        .unwrap();

    for (setting, origin) in [
        ("room-capacity = 5", "command line"),
        ("max-rooms = 4", "environment"),
        ("max-connections = 3", "file"),
        ("message-burst = 200", "default"),
        ("discovery = true", "command line"),
        // What is said louder excludes it.
        ("no-discovery = false", "default"),
    ] {
        let said = String::from_utf8_lossy(&checked.stdout).into_owned();
        let line = said.lines().find(|line| line.starts_with(&format!("{setting} "))).map(str::to_owned);
        assert!(line.is_some_and(|line| line.ends_with(&format!("# {origin}"))), "{setting}: {said}");
    }
    assert_eq!(checked.status.code(), Some(0));
}

#[test]
fn a_variable_can_switch_off_what_the_file_switches_on() {
    let folder = Folder::with("insecure = true\nbehind-proxy = true\n");

    let checked = folder.program(&[]).env("PARLOR_SERVER_INSECURE", "0").output().unwrap();

    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(said.contains("insecure = false ") && said.contains("behind-proxy = true "), "{said}");
}

#[test]
fn a_mistake_in_the_file_stops_the_program_with_place_and_remedy() {
    let folder = Folder::with("\nroom-capasity = 4\n");

    let checked = folder.program(&[]).output().unwrap();

    let said = error_of(&checked);
    assert!(said.contains("settings.toml, line 2: there is no setting \"room-capasity\""), "{said}");
    assert!(said.contains("\"room-capacity\" meant"), "{said}");
}

#[test]
fn two_settings_that_exclude_each_other_are_named() {
    let folder = Folder::with("no-relay = true\nrelay-port = 3478\n");

    let said = error_of(&folder.program(&[]).output().unwrap());

    assert!(said.contains("settings.toml") && said.contains("--no-relay") && said.contains("--relay-port"), "{said}");
}

#[test]
fn a_file_that_is_asked_for_has_to_be_there() {
    let folder = Folder::with("");
    fs::remove_file(folder.0.path().join("settings.toml")).unwrap();

    let said = error_of(&folder.program(&[]).output().unwrap());

    assert!(said.contains("settings.toml cannot be read"), "{said}");
}

#[test]
fn the_admin_token_is_never_shown() {
    let folder = Folder::with("admin-token = \"a-token-that-nobody-sees\"\n");

    let checked = folder.program(&[]).output().unwrap();

    let said = format!("{checked:?}");
    assert!(said.contains("admin-token is set") && !said.contains("nobody-sees"), "{said}");
}

#[test]
fn a_misspelt_variable_is_a_warning() {
    let checked = Folder::with("").program(&[]).env("PARLOR_SERVER_ROOM_CAPASITY", "4").output().unwrap();

    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(said.contains("PARLOR_SERVER_ROOM_CAPASITY is set and is no setting"), "{said}");
    assert!(said.contains("\"PARLOR_SERVER_ROOM_CAPACITY\" meant"), "{said}");
    assert_eq!(checked.status.code(), Some(0));
}

/// A folder with a file of settings.
struct Folder(TempDir);

impl Folder {
    fn with(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("settings.toml"), settings).unwrap();
        Self(folder)
    }

    /// The program, which is to check these settings.
    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlor-server"));
        command.arg("--check-config").args(arguments).arg("--config").arg(self.0.path().join("settings.toml"));
        command
    }
}

/// What a program said that does not start because of its settings.
fn error_of(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}
