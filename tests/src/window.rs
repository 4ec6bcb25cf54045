//! The real window on a display of its own, driven by what its controls are called.
mod display;
mod picture;
mod screen_reader;

use std::{
    io::{self, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ExitStatus},
    sync::Once,
    thread,
    time::{Duration, Instant},
};

use egui::{Event, ImeEvent, Key, Modifiers, PointerButton, Pos2, Rect, accesskit, pos2};
use egui_inspection::protocol::{Request, Response, read_handshake, read_message, write_message};
use tempfile::TempDir;

use crate::binary;
pub use display::{Cover, Display};
use picture::Picture;
pub use screen_reader::{ScreenReader, Told};

/// How long anything may take that a person would not want to wait for. Long, because the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often we look whether what we wait for has come.
const PACE: Duration = Duration::from_millis(30);
/// So many different pictures in a row are a film.
const FILM: usize = 4;

/// A running `parlor` with a window, on a display that nobody sees. Dropping it kills both.
#[derive(Debug)]
pub struct Window {
    app: Child,
    inspector: TcpStream,
    // After the program that is shown on it.
    display: Display,
    folder: TempDir,
}

/// Something in the window that has a name: a button, a field, a line of text, a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// What kind of thing it is.
    pub role: accesskit::Role,
    /// What it is called, or what it says.
    pub name: String,
    /// What is written in it or picked.
    pub value: Option<String>,
    /// How far it goes, as a meter does.
    pub number: Option<f64>,
    /// Whether it can be used.
    pub enabled: bool,
    /// Where it is, in points from the top left corner.
    pub place: Rect,
}

impl Window {
    /// Opens the window with a settings file of its own, which starts with this text. Where there is no Xvfb it says so
    /// and returns nothing.
    ///
    /// # Panics
    /// Where the program ends instead, or was built without the feature `e2e`.
    pub fn open(settings: &str) -> Option<Self> {
        Self::open_in(settings, &[])
    }

    /// Opens it as [`open`](Self::open) does, with more in its environment.
    ///
    /// # Panics
    /// As [`open`](Self::open).
    pub fn open_in(settings: &str, environment: &[(&str, &str)]) -> Option<Self> {
        let Some(display) = Display::start() else {
            static SAID: Once = Once::new();
            // Not by a macro: the words are to be seen although the test passes.
            let words = "SKIPPED: there is no Xvfb on this machine, so the window is not tested";
            SAID.call_once(|| drop(writeln!(io::stderr(), "{words}")));
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("settings.toml"), settings).expect("a settings file");
        let inspection = format!("127.0.0.1:{}", free_port());
        let app = binary("parlor")
            .arg("--settings")
            .arg(folder.path().join("settings.toml"))
            .env("DISPLAY", display.name())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("PARLOR_STATE_DIR", folder.path().join("state"))
            .env("EGUI_INSPECTION", &inspection)
            .envs(environment.iter().copied())
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .spawn()
            .expect("the program starts");
        let (app, inspector) = connect(app, &inspection);
        Some(Self { app, inspector, display, folder })
    }

    /// What the program has written into its settings file.
    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("settings.toml")).expect("a settings file")
    }

    /// Waits until the program has written this into its settings file.
    ///
    /// # Panics
    /// Where it has not in a minute.
    pub fn wait_for_settings(&self, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.settings().contains(words) {
            assert!(Instant::now() < deadline, "{words} is not in: {}", self.settings());
            thread::sleep(PACE);
        }
    }

    /// Everything that has a name.
    pub fn controls(&mut self) -> Vec<Control> {
        let Response::Tree { accesskit: Some(tree), .. } = self.ask(Request::GetTree) else { return Vec::new() };
        tree.nodes.iter().filter_map(|(_, node)| control(node)).collect()
    }

    /// Waits until there is a control that fits, and returns the first.
    ///
    /// # Panics
    /// Where there is none in a minute.
    pub fn wait_for(&mut self, what: &str, fits: impl Fn(&Control) -> bool) -> Control {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let controls = self.controls();
            if let Some(control) = controls.iter().find(|control| fits(control)) {
                return control.clone();
            }
            if Instant::now() > deadline {
                let shown: Vec<_> = controls.iter().map(Control::to_string).collect();
                panic!("the window did not show {what} in {PATIENCE:?}. It shows:\n{}", shown.join("\n"));
            }
            thread::sleep(PACE);
        }
    }

    /// Waits until there is nothing of this name any more.
    ///
    /// # Panics
    /// Where there is for a minute.
    pub fn wait_until_gone(&mut self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.controls().iter().any(|control| control.name == name) {
            assert!(Instant::now() < deadline, "the window shows {name} for {PATIENCE:?}");
            thread::sleep(PACE);
        }
    }

    /// Waits until there is a window with this title beside the main one. Then that is the one whose controls are told
    /// and pressed: the inspection answers for the window whose frame ends first.
    ///
    /// # Panics
    /// Where there is none in a minute.
    pub fn wait_for_window(&self, title: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.display.has_window(title) {
            assert!(Instant::now() < deadline, "there was no window {title} in {PATIENCE:?}");
            thread::sleep(PACE);
        }
    }

    /// Covers everything on the display with another window, for as long as what is returned is kept.
    pub fn cover(&self) -> Cover {
        self.display.cover()
    }

    /// Closes a window beside the main one as a person does.
    pub fn ask_window_to_close(&self, title: &str) {
        self.display.close_window(title);
    }

    /// Waits until there is something of this name.
    pub fn wait_for_named(&mut self, name: &str) -> Control {
        self.wait_for(name, |control| control.name == name)
    }

    /// Waits until something says these words, alone or among others.
    pub fn wait_for_words(&mut self, words: &str) -> Control {
        self.wait_for(words, |control| control.name.contains(words))
    }

    /// Waits until a field or a dropdown of this name has a value.
    pub fn wait_for_value(&mut self, name: &str, value: &str) {
        self.wait_for(&format!("{name} with {value}"), |control| {
            control.name == name && control.value.as_deref() == Some(value)
        });
    }

    /// Presses the control of this name, once there is one that can be used.
    pub fn click(&mut self, name: &str) {
        let pos = self.wait_to_rest(name).center();
        self.tell(vec![Event::PointerMoved(pos)]);
        // In one frame: on a busy machine two frames may be further apart than what counts as a click.
        self.tell(vec![button(pos, true), button(pos, false)]);
    }

    /// Where the control of this name is, once it can be used and stands still: what has just opened may move.
    fn wait_to_rest(&mut self, name: &str) -> Rect {
        let mut before = None;
        loop {
            let control = self.wait_for(&format!("{name}, to be pressed"), |control| {
                control.name == name && control.enabled && control.place.is_positive()
            });
            if before.replace(control.place) == Some(control.place) {
                return control.place;
            }
        }
    }

    /// Picks a line of a dropdown.
    pub fn pick(&mut self, dropdown: &str, choice: &str) {
        self.click(dropdown);
        self.click(choice);
        self.wait_for_value(dropdown, choice);
    }

    /// Writes a text into a field, in place of what was there.
    pub fn write(&mut self, field: &str, text: &str) {
        self.click(field);
        self.press(Key::A, Modifiers::COMMAND);
        self.tell(vec![Event::Text(text.to_owned())]);
        self.wait_for_value(field, text);
    }

    /// Composes a text in a field, as people write Korean: it stands there half made before it is.
    pub fn compose(&mut self, field: &str, half_made: &str, text: &str) {
        self.click(field);
        self.press(Key::A, Modifiers::COMMAND);
        let preedit = ImeEvent::Preedit { text: half_made.to_owned(), active_range_chars: None };
        self.tell(vec![Event::Ime(preedit)]);
        self.tell(vec![Event::Ime(ImeEvent::Commit(text.to_owned()))]);
        self.wait_for_value(field, text);
    }

    /// Pastes a text, wherever the cursor is.
    pub fn paste(&mut self, text: &str) {
        self.tell(vec![Event::Paste(text.to_owned())]);
    }

    /// Presses and releases a key.
    pub fn press(&mut self, key: Key, modifiers: Modifiers) {
        for pressed in [true, false] {
            self.tell(vec![Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }]);
        }
    }

    /// Waits until the middle of what fits has shown several different pictures one after the other.
    ///
    /// # Panics
    /// Where it stands still for a minute.
    pub fn wait_for_motion(&mut self, what: &str, fits: impl Fn(&Control) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut film: Vec<Picture> = Vec::new();
        while film.len() < FILM {
            assert!(Instant::now() < deadline, "{what} showed {} different pictures in {PATIENCE:?}", film.len());
            // Looked up each time: places move when somebody comes.
            let place = self.wait_for(what, &fits).place;
            let middle = Rect::from_center_size(place.center(), place.size() / 2.0);
            let picture = self.screenshot().part(middle);
            match film.last() {
                Some(last) if last.size() != picture.size() => film.clear(),
                Some(last) if !last.differs_from(&picture) => {}
                Some(_) | None => film.push(picture),
            }
        }
    }

    /// Closes the window as a person does, who may be asked a question then.
    pub fn ask_to_close(&self) {
        self.display.close_window("Parlor");
    }

    /// Closes the window as a person does, and waits for the end of the program.
    ///
    /// # Panics
    /// Where it goes on for a minute.
    pub fn close(mut self) -> ExitStatus {
        self.ask_to_close();
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.app.try_wait().expect("it can be waited for") {
                return status;
            }
            assert!(Instant::now() < deadline, "the program goes on {PATIENCE:?} after its window was closed");
            thread::sleep(PACE);
        }
    }

    /// What the window looks like, as a PNG.
    pub fn png(&mut self) -> Vec<u8> {
        match self.ask(Request::GetScreenshot { pixels_per_point: Some(1.0) }) {
            Response::Screenshot(png) => png.bytes,
            other => panic!("no picture but {other:?}"),
        }
    }

    fn screenshot(&mut self) -> Picture {
        Picture::read(&self.png())
    }

    fn tell(&mut self, events: Vec<Event>) {
        let answer = self.ask(Request::ApplyEvents { events });
        assert!(matches!(answer, Response::Done), "{answer:?}");
    }

    fn ask(&mut self, request: Request) -> Response {
        write_message(&mut self.inspector, &request).expect("the window listens");
        read_message(&mut self.inspector).expect("the window answers")
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.app.kill();
        let _ = self.app.wait();
    }
}

impl Control {
    /// Whether it is a meter that goes further than that.
    pub fn is_above(&self, number: f64) -> bool {
        self.number.is_some_and(|shown| shown > number)
    }
}

impl std::fmt::Display for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "  {:?} {:?}", self.role, self.name)?;
        if let Some(value) = &self.value {
            write!(f, " = {value:?}")?;
        }
        if self.enabled { Ok(()) } else { f.write_str(" (disabled)") }
    }
}

/// A port that is free at the moment.
///
/// # Panics
/// Where there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn connect(mut app: Child, address: &str) -> (Child, TcpStream) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Ok(mut stream) = TcpStream::connect(address) {
            stream.set_nodelay(true).expect("a socket");
            stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
            read_handshake(&mut stream).expect("the window speaks the protocol of this test");
            return (app, stream);
        }
        if let Some(status) = app.try_wait().expect("it can be waited for") {
            panic!("the program ended with {status} instead of opening a window");
        }
        if Instant::now() > deadline {
            let _ = app.kill();
            let _ = app.wait();
            panic!("the window cannot be driven: was parlor built with the feature e2e?");
        }
        thread::sleep(PACE);
    }
}

fn control(node: &accesskit::Node) -> Option<Control> {
    let bounds = node.bounds()?;
    let (label, value) = (node.label(), node.value().map(str::to_owned));
    // A line of text says what it is by its value.
    let name = label.map(str::to_owned).or_else(|| value.clone())?;
    let corner = |x: f64, y: f64| pos2(x as f32, y as f32);
    let place = Rect::from_min_max(corner(bounds.x0, bounds.y0), corner(bounds.x1, bounds.y1));
    Some(Control { role: node.role(), name, value, number: node.numeric_value(), enabled: !node.is_disabled(), place })
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}
