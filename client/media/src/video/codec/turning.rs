//! Notices when a screen shows something else than before.
use crate::frame::VideoFrame;

/// Sides of the squares that are compared, in pixels.
const SQUARE: usize = 16;
/// From so many squares on that are new, in percent, it is another page, and no longer a menu or a line of text.
const NEW_PERCENT: usize = 15;

/// Compares each picture of a screen with the one before.
#[derive(Debug, Default)]
pub(super) struct PageTurns {
    latest: Option<VideoFrame>,
    /// Whether much was new in the latest one.
    turning: bool,
}

impl PageTurns {
    /// Whether this picture begins a new page. Where one follows the other, as in a film or while somebody scrolls, only
    /// the first does: what comes after it is known to be costly.
    pub(super) fn turns(&mut self, frame: &VideoFrame) -> bool {
        let latest = self.latest.replace(frame.clone());
        let turning = latest.is_some_and(|latest| is_new(&latest, frame));
        let before = std::mem::replace(&mut self.turning, turning);
        turning && !before
    }
}

fn is_new(before: &VideoFrame, now: &VideoFrame) -> bool {
    if before.same_pixels(now) || before.size() != now.size() {
        return false;
    }
    let width = now.size().width as usize;
    let (mut new, mut all) = (0, 0);
    let bands = |frame: &VideoFrame| width * SQUARE.min(frame.size().height as usize);
    let (before_bands, now_bands) = (before.planes()[0].chunks(bands(before)), now.planes()[0].chunks(bands(now)));
    for (before, now) in before_bands.zip(now_bands) {
        for left in (0..width).step_by(SQUARE) {
            let columns = left..width.min(left + SQUARE);
            let mut rows = before.chunks_exact(width).zip(now.chunks_exact(width));
            new += usize::from(rows.any(|(before, now)| before[columns.clone()] != now[columns.clone()]));
            all += 1;
        }
    }
    new * 100 >= NEW_PERCENT * all
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::frame::Size;

    #[test]
    fn another_page_turns_and_a_menu_does_not() {
        let mut turns = PageTurns::default();

        let turned = [page(10, 0), page(10, 0), page(10, 40), page(90, 0), page(90, 0), page(10, 0)]
            .map(|picture| turns.turns(&picture));

        assert_eq!(turned, [false, false, false, true, false, true]);
    }

    #[test]
    fn of_pictures_that_all_differ_only_the_first_turns() {
        let mut turns = PageTurns::default();

        let turned = [10, 20, 30, 40].map(|grey| turns.turns(&page(grey, 0)));

        assert_eq!(turned, [false, true, false, false]);
    }

    #[test]
    fn a_picture_of_another_size_is_a_beginning_and_no_turn() {
        let mut turns = PageTurns::default();

        let turned = [Size::new(2, 2), Size::new(34, 50), Size::new(50, 34)]
            .map(|size| turns.turns(&VideoFrame::new(size, vec![9; size.i420_bytes()], Instant::now()).unwrap()));

        assert_eq!(turned, [false; 3]);
    }

    /// A grey page of 200x104 with a menu over so many of its rows, at the left.
    fn page(grey: u8, rows: usize) -> VideoFrame {
        let size = Size::new(200, 104);
        let mut pixels = vec![grey; size.i420_bytes()];
        for row in 0..rows {
            pixels[row * 200..row * 200 + 30].fill(200);
        }
        VideoFrame::new(size, pixels, Instant::now()).unwrap()
    }
}
