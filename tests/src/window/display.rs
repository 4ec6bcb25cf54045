//! A display that nobody sees, and the one thing that a window manager would do on it.
use std::{
    io::{BufRead, BufReader, ErrorKind},
    process::{Child, Command, Stdio},
};

use x11rb::{
    COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT,
    connection::Connection,
    protocol::xproto::{
        AtomEnum, ClientMessageEvent, ConfigureWindowAux, ConnectionExt, CreateWindowAux, EventMask, Window,
        WindowClass,
    },
    rust_connection::RustConnection,
};

/// A running Xvfb. Dropping it kills it.
#[derive(Debug)]
pub struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one under a free number. Returns nothing where it is not installed.
    pub fn start() -> Option<Self> {
        let arguments = ["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"];
        let spawned = Command::new("Xvfb").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut server = match spawned {
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            spawned => spawned.expect("Xvfb starts"),
        };
        let mut number = String::new();
        let stdout = server.stdout.take().expect("its output is piped");
        BufReader::new(stdout).read_line(&mut number).expect("it says its number");
        Some(Self { server, name: format!(":{}", number.trim()) })
    }

    /// What programs call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is a window with this title.
    pub(super) fn has_window(&self, title: &str) -> bool {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        find_window(&connection, connection.setup().roots[screen].root, title).is_some()
    }

    /// Moves a window.
    ///
    /// # Panics
    /// Where there is no window of this title.
    pub fn move_window(&self, title: &str, x: i32, y: i32) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let window = find_window(&connection, connection.setup().roots[screen].root, title);
        let window = window.unwrap_or_else(|| panic!("no window is called {title}"));
        let place = ConfigureWindowAux::new().x(x).y(y);
        connection.configure_window(window, &place).expect("the display is there").check().expect("it moves");
    }

    /// Covers everything with a window of another program.
    pub(super) fn cover(&self) -> Cover {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let screen = &connection.setup().roots[screen];
        let (width, height, root) = (screen.width_in_pixels, screen.height_in_pixels, screen.root);
        let window = connection.generate_id().expect("a number is free");
        let look = CreateWindowAux::new().background_pixel(0).override_redirect(1);
        let made = connection.create_window(
            COPY_DEPTH_FROM_PARENT,
            window,
            root,
            0,
            0,
            width,
            height,
            0,
            WindowClass::INPUT_OUTPUT,
            COPY_FROM_PARENT,
            &look,
        );
        made.expect("the display is there").check().expect("it is made");
        connection.map_window(window).expect("the display is there").check().expect("it is shown");
        Cover { _connection: connection }
    }

    /// Asks a window to close, by the message that the cross in its corner sends (ICCCM, section 4.2.8.1).
    pub(super) fn close_window(&self, title: &str) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let window = find_window(&connection, connection.setup().roots[screen].root, title);
        let window = window.unwrap_or_else(|| panic!("no window is called {title}"));
        let protocols = atom(&connection, "WM_PROTOCOLS");
        let data = [atom(&connection, "WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, protocols, data);
        let sent = connection.send_event(false, window, EventMask::NO_EVENT, message).expect("the display is there");
        sent.check().expect("the window is there");
    }
}

/// A window that lies before all others until this is dropped: a display closes what a program leaves behind.
#[derive(Debug)]
pub struct Cover {
    _connection: RustConnection,
}

impl Drop for Display {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Without a window manager every window is a child of the root. Titles are read as the desktop reads them (EWMH): the
/// older property holds plain letters only.
fn find_window(connection: &impl Connection, root: Window, title: &str) -> Option<Window> {
    let name = atom(connection, "_NET_WM_NAME");
    let tree = connection.query_tree(root).expect("the display is there").reply().expect("a root has children");
    let mut windows = tree.children.into_iter();
    // Old programs have the old name alone.
    let names = [name, AtomEnum::WM_NAME.into()];
    windows.find(|window| {
        names.iter().any(|name| {
            let asked = connection.get_property(false, *window, *name, AtomEnum::ANY, 0, 64);
            asked.expect("the display is there").reply().is_ok_and(|name| name.value == title.as_bytes())
        })
    })
}

fn atom(connection: &impl Connection, name: &str) -> u32 {
    let asked = connection.intern_atom(false, name.as_bytes()).expect("the display is there");
    asked.reply().expect("an atom").atom
}
