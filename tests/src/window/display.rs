//! A display that nobody sees, and the one thing that a window manager would do on it.
use std::{
    io::{BufRead, BufReader, ErrorKind},
    process::{Child, Command, Stdio},
};

use x11rb::{
    connection::Connection,
    protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window},
};

/// A running Xvfb. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts one under a free number. Returns nothing where it is not installed.
    pub(super) fn start() -> Option<Self> {
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
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Asks a window to close, by the message that the cross in its corner sends (ICCCM, section 4.2.8.1).
    pub(super) fn close_window(&self, title: &str) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("the display is there");
        let window = find_window(&connection, connection.setup().roots[screen].root, title);
        let protocols = atom(&connection, "WM_PROTOCOLS");
        let data = [atom(&connection, "WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, protocols, data);
        let sent = connection.send_event(false, window, EventMask::NO_EVENT, message).expect("the display is there");
        sent.check().expect("the window is there");
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // One that has ended already cannot be killed.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Without a window manager every window is a child of the root.
fn find_window(connection: &impl Connection, root: Window, title: &str) -> Window {
    let tree = connection.query_tree(root).expect("the display is there").reply().expect("a root has children");
    let mut windows = tree.children.into_iter();
    let titled = |window: &Window| {
        let asked = connection.get_property(false, *window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64);
        asked.expect("the display is there").reply().is_ok_and(|name| name.value == title.as_bytes())
    };
    windows.find(titled).unwrap_or_else(|| panic!("no window is called {title}"))
}

fn atom(connection: &impl Connection, name: &str) -> u32 {
    let asked = connection.intern_atom(false, name.as_bytes()).expect("the display is there");
    asked.reply().expect("an atom").atom
}
