use std::collections::BTreeSet;

use super::{super::layers::table, *};

const EXAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/server/parlor-server.toml"));

#[test]
fn a_file_says_the_same_as_flags() {
    let text = "room_capacity = 1_2\nmax-rooms = 0x10\ninsecure = true\nbehind-proxy = false\nname = \"Attic\"\n\
                advertise = [\"a.example\", \"b.example:1\"]";

    let entries = read_text(text).unwrap();

    let mut flags: Vec<_> = entries.into_iter().flat_map(|entry| entry.flags).collect();
    flags.sort();
    assert_eq!(
        flags,
        [
            "--advertise=a.example",
            "--advertise=b.example:1",
            "--insecure",
            "--max-rooms=16",
            "--name=Attic",
            "--room-capacity=12"
        ]
    );
}

#[test]
fn a_mistake_names_place_and_remedy() {
    for (text, said) in [
        ("\nroom-capasity = 4", "x.toml, line 2: there is no setting \"room-capasity\"; is \"room-capacity\" meant?"),
        ("teapot = 4", "x.toml, line 1: there is no setting \"teapot\""),
        ("config = \"y\"", "x.toml, line 1: there is no setting \"config\""),
        ("name = \"a\"\n\nname =", "x.toml, line 3: this is not TOML: "),
        ("max-rooms = 1\nmax_rooms = 2", "max_rooms is there for the second time"),
        ("room-capacity = \"8\"", "line 1: room-capacity has to be a whole number, and not a TOML string"),
        ("insecure = 1", "insecure has to be true or false, and not a TOML integer"),
        ("allow-host = \"a\"", "allow-host has to be a list of texts, as [\"one\", \"two\"], and not a TOML string"),
        ("[limits]\nmax-rooms = 2", "there is no setting \"limits\""),
        ("room-capacity = 65", "room-capacity cannot be 65: 65 is not in 1..=64"),
        ("listen = \"here\"", "listen cannot be \"here\": invalid socket address syntax"),
        ("max-rooms = -1", "max-rooms cannot be -1: invalid digit found in string"),
        ("relay-private = \"maybe\"", "relay-private cannot be \"maybe\": choose one of auto, allow, refuse"),
    ] {
        let error = read_text(text).unwrap_err().to_string();

        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn a_token_that_is_refused_is_not_shown() {
    let error = read_text("admin-token = \"hush\"").unwrap_err().to_string();

    assert!(error.contains("admin-token") && !error.contains("hush"), "{error}");
}

#[test]
fn the_example_has_every_setting_at_its_default() {
    let entries = read_text(&uncommented()).unwrap();

    for entry in &entries {
        let table = table();
        let setting = table.get_arguments().find(|setting| setting.get_id() == entry.id.as_str()).unwrap();
        let long = setting.get_long().unwrap();
        let defaults = setting.get_default_values().iter().map(|value| value.to_string_lossy());
        let usual: Vec<_> = defaults.map(|value| format!("--{long}={value}")).collect();
        match Kind::of(setting) {
            Kind::Switch | Kind::List => assert_eq!(entry.flags, [""; 0], "{long}"),
            // Without a default an example stands there.
            Kind::Number | Kind::Text if usual.is_empty() => {}
            Kind::Number | Kind::Text => assert_eq!(entry.flags, usual, "{long}"),
        }
    }
    let there: BTreeSet<_> = entries.iter().map(|entry| entry.id.clone()).collect();
    let all = table().get_arguments().filter(|flag| is_setting(flag)).map(|flag| flag.get_id().to_string()).collect();
    assert_eq!(there, all);
}

#[test]
fn the_example_as_it_is_changes_nothing() {
    assert!(read_text(EXAMPLE).unwrap().is_empty());
}

/// The example with every setting in force.
fn uncommented() -> String {
    let uncommented = |line: &'static str| line.strip_prefix('#').filter(|rest| rest.starts_with(char::is_alphabetic));
    EXAMPLE.lines().map(|line| uncommented(line).unwrap_or(line)).fold(String::new(), |all, line| all + line + "\n")
}

fn read_text(text: &str) -> Result<Vec<Entry>, FileError> {
    parse(text, Path::new("x.toml"), &table())
}
