//! What an X server shows.
use x11rb::{
    connection::Connection as _,
    errors::ReplyError,
    protocol::{
        randr::ConnectionExt as _,
        xproto::{Atom, AtomEnum, ConnectionExt as _, MapState, Window},
    },
    rust_connection::RustConnection,
};

use super::{
    super::{OpenScreenError, system::Found},
    Area,
};
use crate::{frame::Size, spec::VideoSpec};

/// Windows that are smaller than this are tooltips and the like.
const SMALLEST: u16 = 32;
/// Four times as many bytes of a title are read at most.
const TITLE_WORDS: u32 = 128;
/// More windows than anybody looks through.
const MOST_WINDOWS: usize = 64;

/// A monitor.
#[derive(Debug)]
pub(super) struct MonitorArea {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) area: Area,
    primary: bool,
}

/// All screens and all windows that can be seen, none minimised.
pub(in super::super) fn find() -> Result<(Vec<Found>, Vec<Found>), OpenScreenError> {
    let (connection, number) = RustConnection::connect(None).map_err(|_| OpenScreenError::NoDisplay)?;
    let root = connection.setup().roots.get(number).ok_or(OpenScreenError::NoDisplay)?.root;
    let screen = |screen: MonitorArea| Found {
        spec: VideoSpec::Screen(Some(screen.id)),
        title: screen.name,
        program: String::new(),
        size: Size { width: screen.area.width.into(), height: screen.area.height.into() },
        own: false,
    };
    let screens = screens(&connection, root)?.into_iter().map(screen).collect();
    let windows = windows(&connection, root)?.into_iter();
    let windows = windows.filter_map(|window| describe(&connection, window).ok().flatten()).take(MOST_WINDOWS);
    Ok((screens, windows.collect()))
}

/// The monitors, the main one first; all of the root window where the server does not know of monitors.
pub(super) fn screens(connection: &RustConnection, root: Window) -> Result<Vec<MonitorArea>, OpenScreenError> {
    let monitors = connection.randr_get_monitors(root, true)?.reply();
    let mut screens = Vec::new();
    for monitor in monitors.map(|reply| reply.monitors).unwrap_or_default() {
        let name = connection.get_atom_name(monitor.name)?.reply().map(|reply| reply.name).unwrap_or_default();
        screens.push(MonitorArea {
            id: monitor.outputs.first().copied().unwrap_or(monitor.name),
            name: String::from_utf8_lossy(&name).into_owned(),
            area: Area { x: monitor.x, y: monitor.y, width: monitor.width, height: monitor.height },
            primary: monitor.primary,
        });
    }
    if screens.is_empty() {
        let geometry = connection.get_geometry(root)?.reply()?;
        let area = Area { x: 0, y: 0, width: geometry.width, height: geometry.height };
        screens.push(MonitorArea { id: 0, name: String::new(), area, primary: true });
    }
    screens.sort_by_key(|screen| !screen.primary);
    Ok(screens)
}

/// The title of a window; an error where there is no such window.
pub(super) fn title(connection: &RustConnection, window: Window) -> Result<String, ReplyError> {
    let utf8 = text(connection, window, atom(connection, b"_NET_WM_NAME")?)?;
    if !utf8.is_empty() {
        return Ok(String::from_utf8_lossy(&utf8).into_owned());
    }
    let latin = text(connection, window, AtomEnum::WM_NAME.into())?;
    Ok(latin.into_iter().map(char::from).collect())
}

/// All windows of programs, those in front first.
fn windows(connection: &RustConnection, root: Window) -> Result<Vec<Window>, ReplyError> {
    let stacking = atom(connection, b"_NET_CLIENT_LIST_STACKING")?;
    let listed = connection.get_property(false, root, stacking, AtomEnum::WINDOW, 0, 1024)?.reply()?;
    let mut windows: Vec<_> = listed.value32().map(Iterator::collect).unwrap_or_default();
    if windows.is_empty() {
        // Without a window manager every window is a child of the root.
        windows = connection.query_tree(root)?.reply()?.children;
    }
    windows.reverse();
    Ok(windows)
}

/// None for what nobody would share: what is not shown, what no window manager knows, what has no name.
fn describe(connection: &RustConnection, window: Window) -> Result<Option<Found>, ReplyError> {
    let geometry = connection.get_geometry(window)?;
    let attributes = connection.get_window_attributes(window)?;
    let (geometry, attributes) = (geometry.reply()?, attributes.reply()?);
    let shown = attributes.map_state == MapState::VIEWABLE && !attributes.override_redirect;
    if !shown || geometry.width < SMALLEST || geometry.height < SMALLEST {
        return Ok(None);
    }
    let class = text(connection, window, AtomEnum::WM_CLASS.into())?;
    let program = class.split(|byte| *byte == 0).nth(1).unwrap_or_default();
    let program: String = program.iter().copied().map(char::from).collect();
    let title = title(connection, window)?;
    if title.is_empty() && program.is_empty() {
        return Ok(None);
    }
    let pid = connection.get_property(false, window, atom(connection, b"_NET_WM_PID")?, AtomEnum::CARDINAL, 0, 1)?;
    let pid = pid.reply()?.value32().and_then(|mut values| values.next());
    Ok(Some(Found {
        spec: VideoSpec::Window(window),
        title,
        program,
        size: Size { width: geometry.width.into(), height: geometry.height.into() },
        own: pid == Some(std::process::id()),
    }))
}

fn text(connection: &RustConnection, window: Window, property: Atom) -> Result<Vec<u8>, ReplyError> {
    let asked = connection.get_property(false, window, property, AtomEnum::ANY, 0, TITLE_WORDS)?;
    Ok(asked.reply()?.value)
}

fn atom(connection: &RustConnection, name: &[u8]) -> Result<Atom, ReplyError> {
    Ok(connection.intern_atom(false, name)?.reply()?.atom)
}
