//! Where the tiles go.
use eframe::egui::{Pos2, Rect, Vec2, vec2};

use crate::ui::theme::metric::ASPECT;

/// Places `count` tiles of one size in an area so that they are as large as can be; a last row that is not full
/// stands in the middle.
pub(super) fn grid_of(area: Rect, count: usize, gap: f32, aspect: f32) -> Vec<Rect> {
    let Some((columns, tile)) = best_columns(area.size(), count, gap, aspect) else { return Vec::new() };
    let rows = count.div_ceil(columns);
    let height = rows as f32 * (tile.y + gap) - gap;
    let top = area.center().y - height / 2.0;
    (0..count)
        .map(|index| {
            let (row, column) = (index / columns, index % columns);
            let in_row = columns.min(count - row * columns);
            let width = in_row as f32 * (tile.x + gap) - gap;
            let left = area.center().x - width / 2.0 + column as f32 * (tile.x + gap);
            Rect::from_min_size(Pos2::new(left, top + row as f32 * (tile.y + gap)), tile)
        })
        .collect()
}

/// How wide tiles of the usual shape are where there are so many.
pub(super) fn tile_width(area: Vec2, count: usize, gap: f32) -> f32 {
    best_columns(area, count, gap, ASPECT).map_or(0.0, |(_, tile)| tile.x)
}

fn best_columns(area: Vec2, count: usize, gap: f32, aspect: f32) -> Option<(usize, Vec2)> {
    (1..=count)
        .map(|columns| (columns, tile_size(area, columns, count.div_ceil(columns), gap, aspect)))
        .max_by(|(_, a), (_, b)| a.x.total_cmp(&b.x))
}

fn tile_size(area: Vec2, columns: usize, rows: usize, gap: f32, aspect: f32) -> Vec2 {
    let room = |length: f32, parts: usize| ((length - gap * (parts - 1) as f32) / parts as f32).max(0.0);
    let width = room(area.x, columns).min(room(area.y, rows) * aspect);
    vec2(width, width / aspect)
}

#[cfg(test)]
mod tests {
    use eframe::egui::pos2;

    use super::*;

    const GAP: f32 = 12.0;

    #[test]
    fn one_tile_takes_all_that_its_shape_allows() {
        let tiles = grid(area(1600.0, 1000.0), 1, GAP);

        assert_eq!(tiles, [Rect::from_center_size(pos2(800.0, 500.0), vec2(1600.0, 900.0))]);
    }

    #[test]
    fn two_tiles_stand_side_by_side_in_a_wide_window_and_one_above_the_other_in_a_tall_one() {
        let wide = grid(area(1600.0, 700.0), 2, GAP);
        let tall = grid(area(700.0, 1000.0), 2, GAP);

        assert_eq!(wide[0].top(), wide[1].top());
        assert_eq!(tall[0].left(), tall[1].left());
    }

    #[test]
    fn five_tiles_make_rows_of_three_and_two_with_the_two_in_the_middle() {
        let tiles = grid(area(1280.0, 700.0), 5, GAP);

        assert_eq!(tiles.iter().filter(|tile| tile.top() == tiles[0].top()).count(), 3);
        let middle = (tiles[3].left() + tiles[4].right()) / 2.0;
        assert!((middle - 640.0).abs() < 0.01, "{middle}");
    }

    #[test]
    fn tiles_of_any_number_and_window_keep_their_shape_stay_inside_and_apart() {
        for count in 1..=9 {
            for (width, height) in [(1248.0, 648.0), (592.0, 448.0), (300.0, 900.0), (2000.0, 200.0)] {
                let area = area(width, height);

                let tiles = grid(area, count, GAP);

                assert_eq!(tiles.len(), count);
                for (index, tile) in tiles.iter().enumerate() {
                    assert!(area.expand(0.01).contains_rect(*tile), "{count} in {area:?}: {tile:?}");
                    assert!((tile.width() / tile.height() - ASPECT).abs() < 0.001, "{tile:?}");
                    let near = tile.expand(GAP / 2.0 - 0.01);
                    assert!(tiles[..index].iter().all(|other| !near.intersects(other.expand(GAP / 2.0 - 0.01))));
                }
            }
        }
    }

    #[test]
    fn no_other_number_of_columns_gives_larger_tiles() {
        let area = area(1248.0, 648.0);

        for count in 1..=8 {
            let chosen = grid(area, count, GAP)[0].width();
            for columns in 1..=count {
                assert!(chosen >= tile_size(area.size(), columns, count.div_ceil(columns), GAP, ASPECT).x);
            }
        }
    }

    #[test]
    fn tiles_of_another_shape_keep_it() {
        let tiles = grid_of(area(1000.0, 1000.0), 2, GAP, 0.5);

        assert!(tiles.iter().all(|tile| (tile.width() / tile.height() - 0.5).abs() < 0.001), "{tiles:?}");
        assert_eq!(tiles[0].top(), tiles[1].top());
    }

    #[test]
    fn no_tiles_and_no_room_are_no_trouble() {
        assert_eq!(grid(area(100.0, 100.0), 0, GAP), []);
        assert_eq!(grid(area(5.0, 5.0), 3, GAP).len(), 3);
    }

    fn grid(area: Rect, count: usize, gap: f32) -> Vec<Rect> {
        grid_of(area, count, gap, ASPECT)
    }

    fn area(width: f32, height: f32) -> Rect {
        Rect::from_min_size(Pos2::ZERO, vec2(width, height))
    }
}
