//! How close somebody looks at a shared screen, and which part of it they see.
//!
//! Pure: the stage tells it what the wheel and the pointer do, and asks where the picture lies then.
use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Nobody needs to see single pixels larger than this.
const CLOSEST: f32 = 8.0;
/// What one press of a button or a key does.
pub(crate) const STEP: f32 = 1.25;

/// How close, and at what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Zoom {
    /// How much larger than the whole picture fits; from 1 on.
    scale: f32,
    /// What is in the middle of the place, where a picture is 1 wide and 1 high.
    middle: Pos2,
}

impl Default for Zoom {
    fn default() -> Self {
        Self { scale: 1.0, middle: pos2(0.5, 0.5) }
    }
}

impl Zoom {
    /// Whether the whole picture is seen.
    pub(crate) fn is_whole(&self) -> bool {
        self.scale <= 1.0
    }

    /// How much larger than the whole picture fits, in percent.
    pub(crate) fn percent(&self) -> u32 {
        (self.scale * 100.0).round() as u32
    }

    /// Goes closer by a factor, or away where it is below 1; what is at a point of the screen stays there.
    pub(crate) fn by(&mut self, factor: f32, at: Pos2, place: Rect, size: Vec2) {
        let before = self.place(place, size);
        let held = before.on_picture(at);
        let scale = (self.scale * factor).clamp(1.0, CLOSEST);
        if !scale.is_finite() {
            return;
        }
        self.scale = scale;
        let whole = self.place(place, size).picture.size();
        let off = (at - place.center()) / whole;
        self.middle = held - off;
        self.keep_inside(place, size);
    }

    /// Moves the picture along with the pointer.
    pub(crate) fn pan(&mut self, by: Vec2, place: Rect, size: Vec2) {
        let whole = self.place(place, size).picture.size();
        self.middle -= by / whole;
        self.keep_inside(place, size);
    }

    /// Where a picture of some size lies, of which this place shows a part.
    pub(crate) fn place(&self, place: Rect, size: Vec2) -> Placed {
        let whole = fitted(place.size(), size) * self.scale;
        let corner = place.center() - self.middle.to_vec2() * whole;
        Placed { place, picture: Rect::from_min_size(corner, whole) }
    }

    /// No side of a picture that is larger than the place leaves its edge; one that is smaller stands in the middle.
    fn keep_inside(&mut self, place: Rect, size: Vec2) {
        let whole = self.place(place, size).picture.size();
        let keep = |middle: f32, place: f32, whole: f32| {
            let half = place / whole / 2.0;
            if half < 0.5 { middle.clamp(half, 1.0 - half) } else { 0.5 }
        };
        self.middle.x = keep(self.middle.x, place.width(), whole.x);
        self.middle.y = keep(self.middle.y, place.height(), whole.y);
    }
}

/// Where a picture lies on the screen. Tells points of the one from points of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Placed {
    /// What may be painted on.
    place: Rect,
    /// The whole picture, of which parts may lie beside the place.
    picture: Rect,
}

impl Placed {
    /// The part of the screen on which something of the picture is.
    pub(crate) fn seen(&self) -> Rect {
        self.picture.intersect(self.place)
    }

    /// How high the whole picture is, beside the place too.
    pub(crate) fn height(&self) -> f32 {
        self.picture.height()
    }

    /// The part of the picture that is there, in texture coordinates.
    pub(crate) fn uv(&self) -> Rect {
        let seen = self.seen();
        Rect::from_min_max(self.on_picture(seen.min), self.on_picture(seen.max))
    }

    /// Which point of the picture is at a point of the screen, where a picture is 1 wide and 1 high; none where that
    /// is beside the picture.
    pub(crate) fn to_picture(self, pos: Pos2) -> Option<Pos2> {
        self.seen().contains(pos).then(|| self.on_picture(pos).clamp(Pos2::ZERO, pos2(1.0, 1.0)))
    }

    /// Where on the screen a point of the picture is; none where it is not seen.
    pub(crate) fn to_screen(self, point: Pos2) -> Option<Pos2> {
        let pos = self.picture.min + point.to_vec2() * self.picture.size();
        // A point on the very edge is seen whatever the last bit of a number says.
        self.seen().expand(0.5).contains(pos).then(|| self.seen().clamp(pos))
    }

    fn on_picture(&self, pos: Pos2) -> Pos2 {
        ((pos - self.picture.min) / self.picture.size()).to_pos2()
    }
}

/// How large a picture is that is seen whole.
fn fitted(place: Vec2, size: Vec2) -> Vec2 {
    // A picture without a size has nothing to show; any number but zero will do.
    let size = size.max(vec2(1.0, 1.0));
    let place = place.max(vec2(1.0, 1.0));
    size * (place / size).min_elem()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Rect = Rect { min: pos2(100.0, 50.0), max: pos2(900.0, 500.0) };
    const SCREEN: Vec2 = vec2(1920.0, 1080.0);

    #[test]
    fn a_picture_is_seen_whole_at_first_and_as_large_as_fits() {
        let wide = Zoom::default().place(PLACE, SCREEN);
        let tall = Zoom::default().place(PLACE, vec2(450.0, 900.0));

        assert_eq!(wide.seen(), PLACE);
        assert_eq!(wide.uv(), Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)));
        assert_eq!(tall.seen(), Rect::from_center_size(PLACE.center(), vec2(225.0, 450.0)));
        assert_eq!(tall.uv(), Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)));
    }

    #[test]
    fn what_is_under_the_pointer_stays_there() {
        let mut zoom = Zoom::default();
        let pointer = pos2(400.0, 200.0);
        let before = zoom.place(PLACE, SCREEN).to_picture(pointer).unwrap();

        zoom.by(3.0, pointer, PLACE, SCREEN);

        let after = zoom.place(PLACE, SCREEN).to_picture(pointer).unwrap();
        assert!(before.distance(after) < 1e-4, "{before:?} {after:?}");
        assert_eq!(zoom.percent(), 300);
    }

    #[test]
    fn nothing_goes_farther_than_the_whole_picture_or_closer_than_is_of_use() {
        let mut zoom = Zoom::default();

        zoom.by(1000.0, PLACE.center(), PLACE, SCREEN);
        let closest = zoom.percent();
        zoom.by(0.0001, PLACE.left_top(), PLACE, SCREEN);

        assert_eq!(closest, 800);
        assert!(zoom.is_whole());
        assert_eq!(zoom.place(PLACE, SCREEN), Zoom::default().place(PLACE, SCREEN));
    }

    #[test]
    fn nonsense_from_a_device_changes_nothing() {
        let mut zoom = Zoom::default();

        zoom.by(f32::NAN, PLACE.center(), PLACE, SCREEN);

        assert_eq!(zoom, Zoom::default());
    }

    #[test]
    fn the_picture_follows_the_pointer_and_stops_at_its_edges() {
        let mut zoom = Zoom::default();
        zoom.by(2.0, PLACE.center(), PLACE, SCREEN);
        let point = zoom.place(PLACE, SCREEN).to_picture(PLACE.center()).unwrap();

        zoom.pan(vec2(40.0, -30.0), PLACE, SCREEN);
        let moved = zoom.place(PLACE, SCREEN).to_screen(point).unwrap();
        zoom.pan(vec2(1e6, 1e6), PLACE, SCREEN);
        let corner = zoom.place(PLACE, SCREEN).uv();

        assert!((moved - PLACE.center() - vec2(40.0, -30.0)).length() < 0.01, "{moved:?}");
        assert!(corner.min.distance(Pos2::ZERO) < 1e-4, "{corner:?}");
        assert!(corner.max.distance(pos2(0.5, 0.5)) < 1e-4, "{corner:?}");
    }

    #[test]
    fn a_whole_picture_does_not_move() {
        let mut zoom = Zoom::default();

        zoom.pan(vec2(50.0, 50.0), PLACE, SCREEN);

        assert_eq!(zoom, Zoom::default());
    }

    #[test]
    fn a_point_of_the_picture_is_found_on_the_screen_and_back() {
        let mut zoom = Zoom::default();
        zoom.by(2.5, pos2(700.0, 300.0), PLACE, SCREEN);
        let placed = zoom.place(PLACE, SCREEN);

        for pos in [pos2(101.0, 51.0), pos2(500.0, 275.0), pos2(899.0, 499.0)] {
            let back = placed.to_screen(placed.to_picture(pos).unwrap()).unwrap();

            assert!(back.distance(pos) < 0.01, "{pos:?} {back:?}");
        }
    }

    #[test]
    fn beside_the_picture_there_is_no_point_of_it() {
        let tall = Zoom::default().place(PLACE, vec2(450.0, 900.0));
        let mut zoom = Zoom::default();
        zoom.by(4.0, PLACE.left_top(), PLACE, SCREEN);

        assert_eq!(tall.to_picture(PLACE.left_center() + vec2(5.0, 0.0)), None);
        assert_eq!(tall.to_picture(PLACE.center() - vec2(0.0, 300.0)), None);
        assert_eq!(zoom.place(PLACE, SCREEN).to_screen(pos2(0.9, 0.9)), None);
        assert!(zoom.place(PLACE, SCREEN).to_screen(pos2(0.0, 0.0)).is_some());
    }

    #[test]
    fn no_room_and_no_picture_are_no_trouble() {
        let mut zoom = Zoom::default();
        let nowhere = Rect::from_min_size(PLACE.min, Vec2::ZERO);

        zoom.by(2.0, PLACE.min, nowhere, Vec2::ZERO);
        zoom.pan(vec2(3.0, 3.0), nowhere, Vec2::ZERO);

        assert!(zoom.place(nowhere, Vec2::ZERO).uv().is_finite());
    }
}
