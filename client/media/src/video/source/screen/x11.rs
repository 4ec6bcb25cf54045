//! Screens and windows of an X server, over one connection that lasts as long as the sharing does.
use x11rb::{
    connection::Connection as _,
    errors::{ConnectionError, ReplyError},
    protocol::{
        ErrorKind,
        composite::{self, ConnectionExt as _},
        xproto::{ConnectionExt as _, GetImageReply, ImageFormat, ImageOrder, MapState, Setup, Window},
    },
    rust_connection::RustConnection,
};

use super::{Grab, Grabber, OpenScreenError, Order, ScreenLost};
use crate::spec::{ScreenRegion, VideoSpec};

mod list;
mod pointer;

pub(super) use list::find;
use pointer::Pointer;

/// An X server, of which one window or one part of the screen is seen.
struct X11 {
    connection: RustConnection,
    root: Window,
    target: Target,
    label: String,
    pointer: Option<Pointer>,
}

/// What is seen.
#[derive(Debug, Clone, Copy)]
enum Target {
    Area(Area),
    Window(Window),
}

/// A part of the root window, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

pub(super) fn open(spec: &VideoSpec) -> Result<Box<dyn Grabber>, OpenScreenError> {
    let (connection, number) = RustConnection::connect(None).map_err(|_| OpenScreenError::NoDisplay)?;
    let root = connection.setup().roots.get(number).ok_or(OpenScreenError::NoDisplay)?.root;
    let (target, label) = match spec {
        VideoSpec::Screen(id) => {
            let screens = list::screens(&connection, root)?;
            let mut screens = screens.into_iter();
            let screen = screens.find(|screen| id.is_none_or(|id| screen.id == id));
            let screen = screen.ok_or(OpenScreenError::NoSuchScreen)?;
            (Target::Area(screen.area), screen.name)
        }
        VideoSpec::Region(region) => {
            let mut screens = list::screens(&connection, root)?.into_iter();
            let screen = screens.find(|screen| screen.id == region.screen).ok_or(OpenScreenError::NoSuchScreen)?;
            (Target::Area(part(screen.area, region)?), screen.name)
        }
        VideoSpec::Window(window) => {
            let title = list::title(&connection, *window).map_err(|_| OpenScreenError::NoSuchWindow)?;
            keep_whole(&connection, *window);
            (Target::Window(*window), title)
        }
        VideoSpec::Camera(_) | VideoSpec::Pattern(_) | VideoSpec::File(_) | VideoSpec::None => {
            return Err(OpenScreenError::NoSuchScreen);
        }
    };
    let pointer = Pointer::find(&connection);
    Ok(Box::new(X11 { connection, root, target, label, pointer }))
}

/// The part of the root window that a part of a screen is.
fn part(screen: Area, region: &ScreenRegion) -> Result<Area, OpenScreenError> {
    let outside = || OpenScreenError::Outside { width: screen.width.into(), height: screen.height.into() };
    let within =
        |start: u32, length: u32, limit: u16| start.checked_add(length).is_some_and(|end| end <= u32::from(limit));
    if !within(region.x, region.width, screen.width) || !within(region.y, region.height, screen.height) {
        return Err(outside());
    }
    let short = |length: u32| u16::try_from(length).map_err(|_| outside());
    let start = |origin: i16, offset: u32| i16::try_from(i64::from(origin) + i64::from(offset)).map_err(|_| outside());
    Ok(Area {
        x: start(screen.x, region.x)?,
        y: start(screen.y, region.y)?,
        width: short(region.width)?,
        height: short(region.height)?,
    })
}

/// Has the server keep all of a window, so that nobody sees what else lies before it. Where it does not, we see what is
/// seen on the screen.
fn keep_whole(connection: &RustConnection, window: Window) {
    let kept = || -> Result<(), ReplyError> {
        connection.composite_query_version(0, 4)?.reply()?;
        connection.composite_redirect_window(window, composite::Redirect::AUTOMATIC)?.check()
    };
    if let Err(error) = kept() {
        tracing::info!(%error, "what lies before the shared window is seen too");
    }
}

impl Grabber for X11 {
    fn grab(&mut self) -> Result<Option<Grab>, ScreenLost> {
        let Some((area, image)) = (match self.target {
            Target::Area(area) => self.see_area(area)?,
            Target::Window(window) => self.see_window(window)?,
        }) else {
            return Ok(None);
        };
        let mut grab = self.read(area, image)?;
        if let Some(pointer) = &self.pointer {
            pointer.draw(&self.connection, &mut grab, (area.x, area.y));
        }
        Ok(Some(grab))
    }

    fn label(&self) -> &str {
        &self.label
    }
}

/// What was seen, and where on the root window it is.
type Seen = Option<(Area, GetImageReply)>;

impl X11 {
    fn see_area(&self, area: Area) -> Result<Seen, ScreenLost> {
        let Area { x, y, width, height } = area;
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0);
        match image.map_err(ended)?.reply() {
            Ok(image) => Ok(Some((area, image))),
            Err(ReplyError::X11Error(_)) => Err(ScreenLost::ScreenGone),
            Err(ReplyError::ConnectionError(error)) => Err(ended(error)),
        }
    }

    fn see_window(&self, window: Window) -> Result<Seen, ScreenLost> {
        let lost = |error: ReplyError| match error {
            ReplyError::X11Error(_) => ScreenLost::WindowClosed { title: self.label.clone() },
            ReplyError::ConnectionError(error) => ended(error),
        };
        // Asked together, so that the answers take one round trip.
        let geometry = self.connection.get_geometry(window).map_err(ended)?;
        let attributes = self.connection.get_window_attributes(window).map_err(ended)?;
        let corner = self.connection.translate_coordinates(window, self.root, 0, 0).map_err(ended)?;
        let geometry = geometry.reply().map_err(lost)?;
        let attributes = attributes.reply().map_err(lost)?;
        let corner = corner.reply().map_err(lost)?;
        if attributes.map_state != MapState::VIEWABLE {
            return Ok(None);
        }
        let (width, height) = (geometry.width, geometry.height);
        let area = Area { x: corner.dst_x, y: corner.dst_y, width, height };
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0);
        match image.map_err(ended)?.reply() {
            Ok(image) => Ok(Some((area, image))),
            // It was minimised or made smaller a moment ago; whether it is closed shows the next time.
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Match => Ok(None),
            Err(error) => Err(lost(error)),
        }
    }

    fn read(&self, area: Area, image: GetImageReply) -> Result<Grab, ScreenLost> {
        let (width, height) = (u32::from(area.width), u32::from(area.height));
        let complete = image.data.len() == width as usize * height as usize * 4;
        if !complete || !is_bgra(self.connection.setup(), image.depth) {
            let reason = format!("the X server has pictures of {} bits, which Parlor does not understand", image.depth);
            return Err(ScreenLost::Ended { reason });
        }
        Ok(Grab { width, height, order: Order::Bgra, pixels: image.data })
    }
}

/// Whether pictures of this depth have four bytes a pixel, blue first.
fn is_bgra(setup: &Setup, depth: u8) -> bool {
    let wide = setup.pixmap_formats.iter().any(|format| format.depth == depth && format.bits_per_pixel == 32);
    wide && matches!(depth, 24 | 32) && setup.image_byte_order == ImageOrder::LSB_FIRST
}

fn ended(error: ConnectionError) -> ScreenLost {
    ScreenLost::Ended { reason: error.to_string() }
}

impl From<ConnectionError> for OpenScreenError {
    fn from(error: ConnectionError) -> Self {
        Self::Refused { reason: error.to_string() }
    }
}

impl From<ReplyError> for OpenScreenError {
    fn from(error: ReplyError) -> Self {
        Self::Refused { reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND_SCREEN: Area = Area { x: 1920, y: -100, width: 1280, height: 720 };

    #[test]
    fn a_part_of_a_screen_is_counted_from_its_corner() {
        let region = ScreenRegion { screen: 1, x: 80, y: 100, width: 1200, height: 620 };

        let area = part(SECOND_SCREEN, &region);

        assert_eq!(area, Ok(Area { x: 2000, y: 0, width: 1200, height: 620 }));
    }

    #[test]
    fn a_part_that_lies_outside_is_refused_however_far() {
        for (x, width) in [(81, 1200), (0, 1281), (u32::MAX, 2), (5, u32::MAX)] {
            let region = ScreenRegion { screen: 1, x, y: 0, width, height: 10 };

            let refused = part(SECOND_SCREEN, &region);

            assert_eq!(refused, Err(OpenScreenError::Outside { width: 1280, height: 720 }), "{x} {width}");
        }
    }
}
