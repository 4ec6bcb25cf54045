//! The recording that we make: when it runs, where it goes, and what is told of it.
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use jiff::Zoned;
use parlor_media::record::{
    MixTape, RecordError, Recorder, RecorderEvent, RecorderSettings, SPARE_BYTES, Tape, safe_name,
};
use parlor_protocol::RoomName;
use tokio::sync::mpsc;

use super::{RecordingView, handle::Waker};

/// A recording, or none.
pub(super) struct Recording {
    state: State,
    view: RecordingView,
    /// The folder that recordings go to; none takes the system's folder for videos.
    recordings: Option<PathBuf>,
    events: mpsc::Sender<RecorderEvent>,
    waker: Waker,
}

#[derive(Debug)]
enum State {
    Off,
    /// Asked to start, or running.
    On {
        recorder: Recorder,
        /// When we came into the room that it is of: it ends there.
        room: Instant,
    },
    /// Asked to end, until its files are whole.
    Ending(Recorder),
}

impl Recording {
    pub(super) fn new(recordings: Option<PathBuf>, events: mpsc::Sender<RecorderEvent>, waker: Waker) -> Self {
        Self { state: State::Off, view: RecordingView::Off, recordings, events, waker }
    }

    /// What faces see of it.
    pub(super) fn view(&self) -> RecordingView {
        match (&self.view, &self.state) {
            (RecordingView::Running { since, folder, .. }, State::On { recorder, .. } | State::Ending(recorder)) => {
                RecordingView::Running { since: *since, folder: folder.clone(), bytes: recorder.bytes() }
            }
            (view, State::Off | State::On { .. } | State::Ending(_)) => view.clone(),
        }
    }

    /// Where the next one goes.
    pub(super) fn set_recordings(&mut self, folder: Option<PathBuf>) {
        self.recordings = folder;
    }

    /// Starts one of the room that we came into then. False where one runs already, or none can.
    pub(super) fn start(&mut self, name: &RoomName, room: Instant) -> bool {
        if !matches!(self.state, State::Off) {
            return false;
        }
        // The same trouble twice is news twice.
        self.view = RecordingView::Off;
        match self.start_recorder(name) {
            Ok(recorder) => {
                self.state = State::On { recorder, room };
                true
            }
            Err(message) => {
                self.view = RecordingView::Failed { message };
                false
            }
        }
    }

    /// Ends it; its files are whole a moment later.
    pub(super) fn stop(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Off) {
            State::On { recorder, .. } => {
                recorder.stop();
                State::Ending(recorder)
            }
            other @ (State::Off | State::Ending(_)) => other,
        };
    }

    /// The recorder, to wait for its end.
    pub(super) fn give_up(&mut self) -> Option<Recorder> {
        match std::mem::replace(&mut self.state, State::Off) {
            State::On { recorder, .. } | State::Ending(recorder) => Some(recorder),
            State::Off => None,
        }
    }

    /// When we came into the room that is recorded.
    pub(super) fn room(&self) -> Option<Instant> {
        match self.state {
            State::On { room, .. } => Some(room),
            State::Off | State::Ending(_) => None,
        }
    }

    /// A new tape, while it runs.
    pub(super) fn tape(&self) -> Option<impl Fn(&str) -> Tape> {
        let recorder = self.recorder()?;
        Some(move |name: &str| recorder.tape(name))
    }

    /// The tapes for all that is heard, while it runs.
    pub(super) fn mix(&self) -> Option<(MixTape, MixTape)> {
        self.recorder()?.mix()
    }

    /// Takes in what happened. Returns whether it runs now, and what to tell a person.
    pub(super) fn handle(&mut self, event: RecorderEvent) -> (bool, Option<String>) {
        match event {
            RecorderEvent::Started { folder } => {
                self.view = RecordingView::Running { since: Instant::now(), folder, bytes: 0 };
                (matches!(self.state, State::On { .. }), None)
            }
            RecorderEvent::Failed(error) => {
                self.state = State::Off;
                self.view = RecordingView::Failed { message: error.to_string() };
                (false, None)
            }
            RecorderEvent::Ended { folder, dropped, trouble, .. } => {
                self.state = State::Off;
                self.view = RecordingView::Done { folder, trouble: trouble.as_ref().map(why_it_ended) };
                (false, (dropped > 0).then(|| too_slow(dropped)))
            }
        }
    }

    fn recorder(&self) -> Option<&Recorder> {
        match &self.state {
            State::On { recorder, .. } => Some(recorder),
            State::Off | State::Ending(_) => None,
        }
    }

    fn start_recorder(&self, name: &RoomName) -> Result<Recorder, String> {
        let recordings = self.recordings.clone().or_else(videos).ok_or(NO_FOLDER)?;
        let name = folder_name(name, &Zoned::now());
        let settings = RecorderSettings { recordings, name, mixed: true, spare_bytes: SPARE_BYTES };
        let (events, waker) = (self.events.clone(), self.waker.clone());
        let tell = move |event| {
            // Nobody listens any more where the engine has stopped.
            let _ = events.blocking_send(event);
            waker.wake();
        };
        Recorder::start(settings, tell).map_err(|error| error.to_string())
    }
}

const NO_FOLDER: &str = "this system names no folder for videos: choose one for recordings in the settings";

/// The system's folder for videos.
fn videos() -> Option<PathBuf> {
    let folders = directories::UserDirs::new()?;
    Some(folders.video_dir().map_or_else(|| folders.home_dir().join("Videos"), Path::to_owned))
}

fn folder_name(room: &RoomName, now: &Zoned) -> String {
    format!("Parlor {} {}", safe_name(room.as_str()), now.strftime("%Y-%m-%d %H.%M.%S"))
}

fn why_it_ended(error: &RecordError) -> String {
    format!("The recording has ended by itself: {error}. What was recorded until then is kept.")
}

fn too_slow(dropped: u64) -> String {
    format!("The disk was too slow for the recording: {dropped} pictures and pieces of sound are missing from it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_the_room_and_the_time() {
        let room = "Tea: 3/4".parse().unwrap();
        let now = "2026-11-21T15:04:05+00:00[UTC]".parse().unwrap();

        assert_eq!(folder_name(&room, &now), "Parlor Tea_ 3_4 2026-11-21 15.04.05");
    }

    #[test]
    fn a_recording_that_fails_can_be_started_again() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (events, mut received) = mpsc::channel(8);
        let mut recording = Recording::new(Some(file.path().join("below a file")), events, Waker::default());
        let room = "tea".parse().unwrap();

        let asked = recording.start(&room, Instant::now());
        let asked_twice = recording.start(&room, Instant::now());
        let (runs, _) = recording.handle(received.blocking_recv().unwrap());

        assert_eq!((asked, asked_twice, runs), (true, false, false));
        assert!(matches!(recording.view(), RecordingView::Failed { message } if message.contains("choose another")));
        assert!(recording.start(&room, Instant::now()));
    }

    #[test]
    fn a_recording_that_is_stopped_says_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (events, mut received) = mpsc::channel(8);
        let mut recording = Recording::new(Some(folder.path().to_owned()), events, Waker::default());
        recording.start(&"tea".parse().unwrap(), Instant::now());

        let (runs, _) = recording.handle(received.blocking_recv().unwrap());
        let running = recording.view();
        recording.stop();
        recording.handle(received.blocking_recv().unwrap());

        assert!(runs && matches!(running, RecordingView::Running { .. }));
        let RecordingView::Done { folder: kept, trouble: None } = recording.view() else { panic!("it is not done") };
        assert!(kept.starts_with(folder.path()) && kept.join("mixed.webm").parent().unwrap().is_dir());
    }
}
