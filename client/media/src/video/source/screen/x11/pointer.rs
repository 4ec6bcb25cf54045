//! The pointer, which the X server leaves out of pictures.
use x11rb::{
    protocol::xfixes::{ConnectionExt as _, GetCursorImageReply},
    rust_connection::RustConnection,
};

use super::super::Grab;

/// Draws the pointer as it looks at the moment.
#[derive(Debug)]
pub(super) struct Pointer(());

impl Pointer {
    /// None where the server does not tell how the pointer looks.
    pub(super) fn find(connection: &RustConnection) -> Option<Self> {
        let asked = connection.xfixes_query_version(5, 0).ok()?;
        asked.reply().ok().map(|_| Self(()))
    }

    /// Draws it into a picture whose top left corner is there on the root window.
    pub(super) fn draw(&self, connection: &RustConnection, grab: &mut Grab, corner: (i16, i16)) {
        let Some(cursor) = connection.xfixes_get_cursor_image().ok().and_then(|asked| asked.reply().ok()) else {
            return;
        };
        lay_over(grab, &cursor, corner);
    }
}

fn lay_over(grab: &mut Grab, cursor: &GetCursorImageReply, corner: (i16, i16)) {
    let left = i64::from(cursor.x) - i64::from(cursor.xhot) - i64::from(corner.0);
    let top = i64::from(cursor.y) - i64::from(cursor.yhot) - i64::from(corner.1);
    let (width, height) = (grab.width as usize, grab.height as usize);
    let rows = cursor.cursor_image.chunks_exact(usize::from(cursor.width).max(1));
    for (row, pixels) in (top..).zip(rows) {
        let Some(y) = usize::try_from(row).ok().filter(|y| *y < height) else { continue };
        for (column, pixel) in (left..).zip(pixels) {
            let Some(x) = usize::try_from(column).ok().filter(|x| *x < width) else { continue };
            let start = (y * width + x) * 4;
            if let Some(under) = grab.pixels.get_mut(start..start + 3) {
                blend(under, *pixel);
            }
        }
    }
}

/// Lays a pixel, ARGB with the colours multiplied by its opacity, over one with blue first.
fn blend(under: &mut [u8], pixel: u32) {
    let [alpha, red, green, blue] = pixel.to_be_bytes();
    for (under, over) in under.iter_mut().zip([blue, green, red]) {
        let through = (u16::from(*under) * u16::from(255 - alpha) + 127) / 255;
        *under = u8::try_from(through + u16::from(over)).unwrap_or(u8::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::source::screen::Order;

    #[test]
    fn the_pointer_is_drawn_around_its_hot_spot_and_cut_at_the_border() {
        let mut grab = Grab { width: 4, height: 2, order: Order::Bgra, pixels: vec![0; 32] };

        lay_over(&mut grab, &cursor((104, 50), 0xFF01_0203), (101, 50));

        // The pointer of two by two pixels with its hot spot at the lower right lies at column 2, above row 0 and in it.
        let drawn: Vec<_> = grab.pixels.chunks(4).map(|pixel| pixel[..3] == [3, 2, 1]).collect();
        assert_eq!(drawn, [false, false, true, true, false, false, false, false]);
    }

    #[test]
    fn a_pointer_that_is_elsewhere_changes_nothing() {
        for at in [(-5, 0), (0, -5), (i16::MAX, i16::MAX), (i16::MIN, i16::MIN)] {
            let mut grab = Grab { width: 4, height: 2, order: Order::Bgra, pixels: vec![7; 32] };

            lay_over(&mut grab, &cursor(at, u32::MAX), (0, 0));

            assert!(grab.pixels.iter().all(|byte| *byte == 7), "{at:?}");
        }
    }

    #[test]
    fn what_is_half_transparent_lets_half_of_the_picture_through() {
        let mut under = [200, 100, 0];

        blend(&mut under, 0x8040_0000);

        assert_eq!(under, [100, 50, 64]);
    }

    fn cursor((x, y): (i16, i16), pixel: u32) -> GetCursorImageReply {
        GetCursorImageReply {
            sequence: 0,
            length: 0,
            x,
            y,
            width: 2,
            height: 2,
            xhot: 1,
            yhot: 1,
            cursor_serial: 0,
            cursor_image: vec![pixel; 4],
        }
    }
}
