//! The examples in `docs/protocol.md`: each is what its heading says, and none is missing.
use std::{collections::BTreeSet, fs, path::Path};

use parlor_protocol::Relayed;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::variants;

#[test]
fn every_example_is_a_message_of_its_direction_and_every_message_has_one() {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md")).unwrap();

    let seen: BTreeSet<String> = examples(&document).iter().map(Example::check).collect();

    let expected = [
        in_direction("client", &variants::all_client_in_full()),
        in_direction("server", &variants::all_server_in_full()),
        in_direction("relayed", variants::RELAYED),
        in_direction("peer", &variants::all_peer_in_full()),
    ];
    assert_eq!(seen, expected.into_iter().flatten().collect());
}

#[test]
fn an_example_under_no_direction_is_noticed() {
    let document = "## Something else\n```json\n{}\n```\n";

    let checked = std::panic::catch_unwind(|| examples(document).iter().map(Example::check).count());

    assert!(checked.is_err());
}

/// A fenced block of JSON and the heading over it.
#[derive(Debug)]
struct Example {
    heading: String,
    json: String,
}

impl Example {
    /// Reads it as what it is to be, and names it with its direction: `client/join`.
    fn check(&self) -> String {
        let direction = self.heading.rsplit_once(": ").map_or("", |(_, direction)| direction);
        match direction {
            "client to server" => {
                format!("client/{}", self.read(variants::client_in_full))
            }
            "server to client" => format!("server/{}", self.read(variants::server_in_full)),
            "participant to participant" => {
                format!("relayed/{}", self.read(|message: &Relayed| variants::relayed(message).to_owned()))
            }
            "data channel" => {
                format!("peer/{}", self.read(variants::peer_in_full))
            }
            _ => panic!("{:?} tells no direction of {}", self.heading, self.json),
        }
    }

    fn read<T: DeserializeOwned + Serialize>(&self, name: impl Fn(&T) -> String) -> String {
        let Self { heading, json } = self;
        let message: T = serde_json::from_str(json).unwrap_or_else(|error| panic!("{heading}: {error} in {json}"));
        let expected: Value = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), expected, "{heading}");
        let name = name(&message);
        let tag = name.split('/').next().unwrap();
        assert!(heading.contains(&format!("`{tag}`")), "an example of {name} is under {heading:?}");
        name
    }
}

fn examples(document: &str) -> Vec<Example> {
    let (mut examples, mut heading) = (Vec::new(), String::new());
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if line.starts_with('#') {
            line.trim_start_matches('#').trim().clone_into(&mut heading);
        } else if line == "```json" {
            let json: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            examples.push(Example { heading: heading.clone(), json: json.join("\n") });
        }
    }
    examples
}

fn in_direction(direction: &str, names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| format!("{direction}/{}", name.as_ref())).collect()
}
