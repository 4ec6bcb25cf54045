//! The engine: a call, its devices and its connections, behind one handle.
//!
//! A face (the window, or the command line) starts it, gives it [`Command`]s and looks at its [`View`]; it never
//! sees a socket, a codec or a device. One task drives everything: it awaits one input, hands it to the pure
//! [`Call`](parlor_call::Call), does what the call answers, and publishes a new view.
mod command;
mod driver;
mod files;
mod handle;
mod hosting;
mod hot_plug;
mod perform;
mod pictures;
mod planning;
mod recording;
mod servers;
mod sound_test;
mod stand_in;
pub mod stats;
mod studio;
#[cfg(test)]
mod tests;
mod trouble;
mod view;

use std::{path::PathBuf, sync::Arc, time::Duration};

use parlor_media::{
    audio::spec::{AudioSpec, SpeakerSpec},
    frame::Size,
    spec::VideoSpec,
};
use parlor_protocol::{Pin, ServerAddress};
use thiserror::Error;
use tokio::runtime::Runtime;

pub use self::{
    command::{Command, ParseShareModeError, ShareMode},
    handle::EngineHandle,
    pictures::{PictureId, Pictures},
    sound_test::SoundTest,
    trouble::DeviceTrouble,
    view::{
        DeviceLists, DeviceStatus, DeviceView, DiscoveryView, FoundServer, HostNumbers, HostView, Levels,
        MissingDevices, PictureLimit, RecordingView, ShareablesView, StudioView, TrustView, View,
    },
};
use crate::settings::SoundChoice;
pub use crate::{
    discovery::Hint,
    peer::{Impairment, ParseImpairmentError},
    signaling::ServerTrouble,
};

/// How long the engine may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the engine starts with.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Where our pictures come from.
    pub camera: VideoSpec,
    /// Where our sound comes from.
    pub microphone: AudioSpec,
    /// Where the sound of the others goes.
    pub speaker: SpeakerSpec,
    /// The size of the pictures that we send.
    pub size: Size,
    /// Pictures a second that we send.
    pub fps: u32,
    /// Bits a second that our pictures take, in thousands.
    pub video_kbps: u32,
    /// Bits a second that everything we send to everybody may take together, in thousands; none sets no limit.
    pub upload_kbps: Option<u32>,
    /// What is done to our sound, and to that of the others.
    pub sound: SoundChoice,
    /// Do it to tones and files too, not only to microphones; for tests, and for whoever asks.
    pub process_everything: bool,
    /// A folder in which everything received is kept.
    pub save: Option<PathBuf>,
    /// The folder that recordings go to; none takes the system's folder for videos.
    pub recordings: Option<PathBuf>,
    /// STUN and TURN servers, as `stun:HOST:PORT`. None by default: nobody beyond the participants is asked.
    pub ice_servers: Vec<String>,
    /// Connect to the others through a relay alone, so that they do not learn our address.
    pub relay_only: bool,
    /// The file in which the keys of servers are remembered; none forgets them at the end.
    pub known_servers: Option<PathBuf>,
    /// Keys that servers must have, from whoever started the program.
    pub pins: Vec<(ServerAddress, Pin)>,
    /// Speak to other computers without TLS where the address says so: whoever is on the way can read and change it.
    pub allow_plain: bool,
    /// Watch devices come and go: list them anew, and use the one that the system prefers in place of one that is
    /// missing. A script that names a device means that one, so this is for people.
    pub follow_devices: bool,
    /// A bad network between us and the others, for tests and demonstrations.
    pub impairment: Option<Impairment>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            camera: VideoSpec::Camera(None),
            microphone: AudioSpec::Microphone(None),
            speaker: SpeakerSpec::Speaker(None),
            size: Size::new(640, 360),
            fps: 30,
            video_kbps: 800,
            upload_kbps: None,
            sound: SoundChoice::default(),
            process_everything: false,
            save: None,
            recordings: None,
            ice_servers: Vec::new(),
            relay_only: false,
            known_servers: None,
            pins: Vec::new(),
            allow_plain: false,
            follow_devices: false,
            impairment: None,
        }
    }
}

/// Why the engine cannot start.
#[derive(Debug, Error)]
pub enum StartEngineError {
    /// The operating system gives no threads.
    #[error("the engine's threads cannot be started: {0}")]
    Threads(#[from] std::io::Error),
    /// A stage of the media graph cannot be started.
    #[error("the media graph cannot be started: {0}")]
    Media(String),
}

/// A running engine. Dropping it leaves the room and stops everything.
#[derive(Debug)]
pub struct Engine {
    handle: EngineHandle,
    runtime: Option<Runtime>,
    driver: Option<tokio::task::JoinHandle<()>>,
    stop: Arc<tokio::sync::Notify>,
}

impl Engine {
    /// Starts the engine on threads of its own.
    pub fn start(settings: EngineSettings) -> Result<Self, StartEngineError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("parlor-network")
            .enable_all()
            .build()?;
        let stop = Arc::new(tokio::sync::Notify::new());
        let (driver, handle) = {
            let _inside = runtime.enter();
            driver::Driver::new(settings, stop.clone())?
        };
        let driver = runtime.spawn(driver.run());
        Ok(Self { handle, runtime: Some(runtime), driver: Some(driver), stop })
    }

    /// The handle for faces.
    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// Runs something that waits for the engine, such as a face without a window.
    pub fn block_on<F: Future>(&self, future: F) -> Option<F::Output> {
        self.runtime.as_ref().map(|runtime| runtime.block_on(future))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.notify_one();
        let (Some(runtime), Some(driver)) = (self.runtime.take(), self.driver.take()) else { return };
        if runtime.block_on(async { tokio::time::timeout(FAREWELL, driver).await }).is_err() {
            tracing::warn!("the engine does not stop in time");
        }
        runtime.shutdown_timeout(Duration::from_millis(200));
    }
}
