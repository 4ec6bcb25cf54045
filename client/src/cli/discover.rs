//! `parlor discover`: lists the servers on this network.
use std::{process::ExitCode, time::Duration};

use clap::Args;
use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    spec::VideoSpec,
};
use parlor_protocol::RoomInfo;
use serde::Serialize;
use tokio::time::{sleep, timeout};

use crate::engine::{Command, DiscoveryView, Engine, EngineHandle, EngineSettings, FoundServer};

/// No server answered.
const EXIT_NOTHING_FOUND: u8 = 3;

/// The arguments of `parlor discover`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Search for so long. Where nobody was found by then, the search goes on until it can say why.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

#[derive(Serialize)]
struct Found {
    servers: Vec<Server>,
    interfaces: Vec<String>,
    hints: Vec<String>,
}

#[derive(Serialize)]
struct Server {
    name: String,
    addresses: Vec<String>,
    pin: Option<String>,
    code: Option<String>,
    rooms: Vec<RoomInfo>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let engine = Engine::start(EngineSettings {
        camera: VideoSpec::None,
        microphone: AudioSpec::None,
        speaker: SpeakerSpec::Null,
        ..EngineSettings::default()
    })?;
    let search = search(engine.handle(), Duration::from_secs(arguments.seconds));
    let found = engine.block_on(search).unwrap_or_default();
    drop(engine);
    if arguments.json {
        super::say(&serde_json::to_string(&Found::from(&found))?)?;
    } else {
        print(&found)?;
    }
    Ok(if found.servers.is_empty() { ExitCode::from(EXIT_NOTHING_FOUND) } else { ExitCode::SUCCESS })
}

async fn search(mut engine: EngineHandle, duration: Duration) -> DiscoveryView {
    engine.send(Command::Discover(true));
    sleep(duration).await;
    let settled = async {
        loop {
            let found = engine.view().discovery.clone();
            if found.settled || !found.servers.is_empty() || !engine.changed().await {
                return found;
            }
        }
    };
    timeout(Duration::from_secs(10), settled).await.unwrap_or_default()
}

fn print(found: &DiscoveryView) -> std::io::Result<()> {
    for server in &found.servers {
        super::say(&title(server))?;
        if server.rooms.is_empty() {
            super::say("  no rooms")?;
        }
        for room in &server.rooms {
            super::say(&line(room))?;
        }
    }
    if found.servers.is_empty() {
        let searched = if found.interfaces.is_empty() { "nowhere".to_owned() } else { found.interfaces.join(", ") };
        super::say(&format!("No server answers. Searched: {searched}."))?;
        for hint in &found.hints {
            super::say(&format!("  {hint}"))?;
        }
    }
    Ok(())
}

fn title(server: &FoundServer) -> String {
    let addresses: Vec<_> = server.addresses.iter().map(ToString::to_string).collect();
    let code = server.pin.map(|pin| format!("  code {}", pin.code())).unwrap_or_default();
    format!("{}  {}{code}", server.name, addresses.join(", "))
}

fn line(room: &RoomInfo) -> String {
    let marks = [(room.locked, ", locked"), (room.passcode, ", passcode")];
    let marks: String = marks.into_iter().filter_map(|(is, mark)| is.then_some(mark)).collect();
    format!("  {}  {}/{}{marks}", room.name, room.participants, room.capacity)
}

impl From<&DiscoveryView> for Found {
    fn from(view: &DiscoveryView) -> Self {
        let server = |server: &FoundServer| Server {
            name: server.name.clone(),
            addresses: server.addresses.iter().map(ToString::to_string).collect(),
            pin: server.pin.map(|pin| pin.to_string()),
            code: server.pin.map(|pin| pin.code()),
            rooms: server.rooms.clone(),
        };
        Self {
            servers: view.servers.iter().map(server).collect(),
            interfaces: view.interfaces.clone(),
            hints: view.hints.iter().map(ToString::to_string).collect(),
        }
    }
}
