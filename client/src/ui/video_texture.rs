//! Pictures on the graphics card: one texture for everybody who can be seen.
use std::collections::BTreeMap;

use eframe::egui::{ColorImage, Context, Rect, TextureHandle, TextureOptions, Vec2, pos2};
use parlor_media::{frame::VideoFrame, video::convert};

use crate::engine::{PictureId, Pictures};

/// The pictures that are shown at the moment.
#[derive(Default)]
pub(super) struct VideoTextures {
    textures: BTreeMap<PictureId, TextureHandle>,
    /// Kept from picture to picture, to be filled again.
    rgba: Vec<u8>,
}

impl VideoTextures {
    /// Takes the new pictures of everybody who is `shown`, and forgets those of all others: somebody whose camera
    /// comes back is not to appear with a picture of before.
    pub(super) fn refresh(&mut self, ctx: &Context, pictures: &Pictures, shown: impl Fn(PictureId) -> bool) {
        let ids = pictures.ids();
        self.textures.retain(|id, _| shown(*id) && ids.contains(id));
        for id in ids {
            // Taken also where it is not shown, so that it is not old once it is.
            if let Some(frame) = pictures.take(id).filter(|_| shown(id)) {
                self.put(ctx, id, &frame);
            }
        }
    }

    /// Shows a picture as somebody's newest.
    pub(super) fn put(&mut self, ctx: &Context, id: PictureId, frame: &VideoFrame) {
        let size = [frame.size().width as usize, frame.size().height as usize];
        self.rgba.resize(size[0] * size[1] * 4, 0);
        if let Err(error) = convert::to_rgba(frame, &mut self.rgba) {
            tracing::warn!(%error, ?id, "picture not shown");
            return;
        }
        // Opaque, so premultiplied and not are the same, and this way is the cheaper one.
        let image = ColorImage::from_rgba_premultiplied(size, &self.rgba);
        match self.textures.get_mut(&id) {
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            None => {
                let texture = ctx.load_texture(format!("{id:?}"), image, TextureOptions::LINEAR);
                self.textures.insert(id, texture);
            }
        }
    }

    /// Somebody's newest picture, if they can be seen.
    pub(super) fn get(&self, id: PictureId) -> Option<&TextureHandle> {
        self.textures.get(&id)
    }
}

/// A picture as egui has them, for a texture that stands still.
pub(super) fn image(frame: &VideoFrame) -> Option<ColorImage> {
    let size = [frame.size().width as usize, frame.size().height as usize];
    let mut rgba = vec![0; size[0] * size[1] * 4];
    convert::to_rgba(frame, &mut rgba).ok()?;
    Some(ColorImage::from_rgba_premultiplied(size, &rgba))
}

/// The part of a picture that fills a place of another shape, cut evenly at two sides; in texture coordinates.
pub(super) fn cover(place: Vec2, picture: Vec2, mirrored: bool) -> Rect {
    let (place_aspect, aspect) = (place.x / place.y, picture.x / picture.y);
    let (width, height) =
        if place_aspect > aspect { (1.0, aspect / place_aspect) } else { (place_aspect / aspect, 1.0) };
    let (left, right) = (0.5 - width / 2.0, 0.5 + width / 2.0);
    let (top, bottom) = (0.5 - height / 2.0, 0.5 + height / 2.0);
    let (left, right) = if mirrored { (right, left) } else { (left, right) };
    Rect { min: pos2(left, top), max: pos2(right, bottom) }
}

/// How high the whole of a picture is that [covers](cover) a place, where its width is so many times its height.
pub(super) fn covering_height(place: Vec2, aspect: f32) -> f32 {
    place.y.max(place.x / aspect)
}

#[cfg(test)]
mod tests {
    use eframe::egui::vec2;

    use super::*;

    #[test]
    fn a_picture_of_the_same_shape_is_shown_whole() {
        let part = cover(vec2(320.0, 180.0), vec2(1280.0, 720.0), false);

        assert_eq!(part, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)));
    }

    #[test]
    fn a_taller_picture_loses_its_top_and_bottom() {
        let part = cover(vec2(160.0, 90.0), vec2(640.0, 480.0), false);

        assert_eq!((part.min.x, part.max.x), (0.0, 1.0));
        assert!((part.height() - 0.75).abs() < 1e-6, "{part:?}");
        assert!((part.center().y - 0.5).abs() < 1e-6, "{part:?}");
    }

    #[test]
    fn a_wider_picture_loses_its_sides() {
        let part = cover(vec2(100.0, 100.0), vec2(200.0, 100.0), false);

        assert_eq!(part, Rect::from_min_max(pos2(0.25, 0.0), pos2(0.75, 1.0)));
    }

    #[test]
    fn a_picture_of_another_shape_is_higher_than_the_place_or_as_high() {
        assert_eq!(covering_height(vec2(160.0, 90.0), 4.0 / 3.0), 120.0);
        assert_eq!(covering_height(vec2(90.0, 160.0), 4.0 / 3.0), 160.0);
    }

    #[test]
    fn a_mirrored_picture_runs_from_right_to_left() {
        let part = cover(vec2(100.0, 100.0), vec2(200.0, 100.0), true);

        assert_eq!((part.min.x, part.max.x), (0.75, 0.25));
    }
}
