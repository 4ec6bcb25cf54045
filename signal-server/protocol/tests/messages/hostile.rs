//! Whatever comes from the network: no parser panics, and what is taken means the same when it is written again.
use std::{fmt::Debug, str::FromStr};

use parlor_protocol::{
    ChatText, ClientMessage, ConnectReport, FileName, Invite, Nickname, ParticipantId, Passcode, PeerMessage, Pin,
    RelayAccess, Relayed, Remark, RoomChange, RoomName, ServerAddress, ServerMessage, Topic, limits,
};
use proptest::{prelude::*, sample::Index};
use serde::{Serialize, de::DeserializeOwned};

use crate::golden;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_never_panic_a_parser(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        parse_as_everything(&bytes)?;
    }

    #[test]
    fn broken_messages_never_panic_a_parser(
        file in any::<Index>(),
        breaks in prop::collection::vec(break_somewhere(), 1..6),
    ) {
        let files = golden::all();
        let mut bytes = file.get(&files).clone().into_bytes();

        for one in breaks {
            one.apply(&mut bytes);
        }

        parse_as_everything(&bytes)?;
    }

    #[test]
    fn a_name_that_is_taken_is_within_its_limits(characters in prop::collection::vec(character(), 0..100)) {
        let text = String::from_iter(characters);
        if let Ok(name) = text.parse::<RoomName>() {
            check_line(name.as_str(), limits::ROOM_NAME_CHARS)?;
        }
        if let Ok(name) = text.parse::<Nickname>() {
            check_line(name.as_str(), limits::NICKNAME_CHARS)?;
            check_line(name.numbered(1234).as_str(), limits::NICKNAME_CHARS)?;
        }
        if let Ok(chat) = text.parse::<ChatText>() {
            prop_assert!(!chat.as_str().trim().is_empty() && chat.as_str().len() <= limits::CHAT_BYTES);
        }
    }

    #[test]
    fn a_name_is_not_changed_by_being_read_again(text in "[ \\t a-zA-Zäß🦀\u{a0}]{0,40}") {
        read_again::<RoomName>(&text)?;
        read_again::<Nickname>(&text)?;
        read_again::<ChatText>(&text)?;
    }

    #[test]
    fn links_addresses_and_pins_of_any_text_never_panic_and_mean_the_same_when_read_again(
        begin in prop::sample::select(&["", "parlor://", "parlor://10.0.0.2:7443/room/", "parlor://[::1]/", "wss://", "ws://a:1/"][..]),
        text in "[ -~äß🦀\u{0}-\u{1f}]{0,60}",
        end in prop::sample::select(&["", "?fp=0123456789abcdef0123456789abcdef", "?fp=zz", "#p=sesame", "#k=AAAAAAAAAAAAAAAAAAAAAA", "?to=1&to=2#"][..]),
    ) {
        let text = format!("{begin}{text}{end}");

        read_again::<Invite>(&text)?;
        read_again::<ServerAddress>(&text)?;
        read_again::<Pin>(&text)?;
    }

    #[test]
    fn a_passcode_a_topic_and_a_remark_are_within_their_limits(
        characters in prop::collection::vec(character(), 0..250),
    ) {
        let text = String::from_iter(characters);
        if let Ok(passcode) = text.parse::<Passcode>() {
            check_line(passcode.as_str(), limits::PASSCODE_CHARS)?;
        }
        if let Ok(topic) = text.parse::<Topic>() {
            check_line(topic.as_str(), limits::TOPIC_CHARS)?;
        }
        if let Ok(remark) = text.parse::<Remark>() {
            check_line(remark.as_str(), limits::REMARK_CHARS)?;
        }
    }

    #[test]
    fn a_file_name_of_any_text_is_one_name_that_fits_and_is_not_changed_again(
        characters in prop::collection::vec(file_character(), 0..300),
    ) {
        let name = FileName::clean(&String::from_iter(characters));

        prop_assert!((1..=limits::FILE_NAME_BYTES).contains(&name.as_str().len()), "{:?}", name);
        prop_assert!(!name.as_str().contains(['/', '\\', ':']) && !name.as_str().starts_with('.'), "{:?}", name);
        prop_assert!(!name.as_str().chars().any(|c| c.is_control() || c == '\u{202e}'), "{:?}", name);
        prop_assert_eq!(&FileName::clean(name.as_str()), &name);
    }

    #[test]
    fn an_id_is_read_as_it_is_written(number in any::<u64>()) {
        let id = ParticipantId::new(number);

        prop_assert_eq!(id.to_string().parse::<ParticipantId>(), Ok(id));
    }
}

/// Mostly one that may be in a name: with any other the name is refused, however long it is.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![200 => prop::sample::select(&['a', 'ß', '🦀', ' ', '\u{a0}'][..]), 1 => any::<char>()]
}

/// Mostly what is special in a file name.
fn file_character() -> impl Strategy<Value = char> {
    prop_oneof![
        6 => prop::sample::select(&['a', '.', ' ', '가', 'c', 'o', 'n', '1', '_'][..]),
        1 => prop::sample::select(&['/', '\\', ':', '\u{202e}', '\u{a0}', '\u{200b}', '\0'][..]),
        1 => any::<char>(),
    ]
}

/// One way in which a message can arrive broken.
#[derive(Debug, Clone)]
enum Break {
    Change(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Truncate(Index),
    Repeat(Index, Index),
}

fn break_somewhere() -> impl Strategy<Value = Break> {
    let place = any::<Index>;
    // Half of the bytes are from JSON itself, so that what is broken is still read for a while.
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(&br#"{}[]":,\0123456789-eu "#[..])];
    prop_oneof![
        (place(), byte()).prop_map(|(place, byte)| Break::Change(place, byte)),
        (place(), byte()).prop_map(|(place, byte)| Break::Insert(place, byte)),
        place().prop_map(Break::Remove),
        place().prop_map(Break::Truncate),
        (place(), place()).prop_map(|(from, to)| Break::Repeat(from, to)),
    ]
}

impl Break {
    fn apply(self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match self {
            Self::Change(place, byte) => bytes[place.index(length)] = byte,
            Self::Insert(place, byte) => bytes.insert(place.index(length), byte),
            Self::Remove(place) => drop(bytes.remove(place.index(length))),
            Self::Truncate(place) => bytes.truncate(place.index(length)),
            Self::Repeat(from, to) => {
                let (from, to) = (from.index(length), to.index(length));
                bytes.extend_from_within(from.min(to)..from.max(to));
            }
        }
    }
}

fn parse_as_everything(bytes: &[u8]) -> Result<(), TestCaseError> {
    parse::<ClientMessage>(bytes)?;
    parse::<ServerMessage>(bytes)?;
    parse::<Relayed>(bytes)?;
    parse::<PeerMessage>(bytes)?;
    parse::<RoomChange>(bytes)?;
    parse::<RelayAccess>(bytes)?;
    parse::<ConnectReport>(bytes)
}

fn parse<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(message) = serde_json::from_slice::<T>(bytes) {
        let written = serde_json::to_vec(&message).unwrap();
        prop_assert_eq!(serde_json::from_slice::<T>(&written).unwrap(), message);
    }
    Ok(())
}

fn read_again<T: FromStr + ToString>(text: &str) -> Result<(), TestCaseError> {
    if let Ok(once) = text.parse::<T>() {
        let twice = once.to_string().parse::<T>().map(|twice| twice.to_string());
        prop_assert_eq!(twice.ok(), Some(once.to_string()));
    }
    Ok(())
}

fn check_line(line: &str, limit: usize) -> Result<(), TestCaseError> {
    prop_assert!((1..=limit).contains(&line.chars().count()), "{:?} has the wrong length", line);
    prop_assert!(!line.chars().any(char::is_control), "{:?} has a control character", line);
    prop_assert_eq!(line.split_whitespace().collect::<Vec<_>>().join(" "), line);
    Ok(())
}
