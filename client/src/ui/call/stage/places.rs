//! Where everything on the stage goes: large pictures with the small ones in a strip, or all alike; in pages where
//! they are too many.
use eframe::egui::{Rect, Vec2, vec2};

use crate::ui::{
    call::grid::{self, grid_of},
    theme::metric::{ASPECT, STRIP_MAX_WIDTH, STRIP_MIN_WIDTH, STRIP_SHARE, TILE_MIN_WIDTH},
};

/// Where the pictures go. The small ones may be fewer than there are: those of one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Places {
    pub(super) large: Vec<Rect>,
    pub(super) small: Vec<Rect>,
    pub(super) page: Page,
    /// Around the small ones.
    pub(super) strip: Option<Rect>,
}

/// Which of many are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The first that is shown.
    pub(super) first: usize,
    /// How many are.
    pub(super) len: usize,
    /// Which page this is, from 0 on.
    pub(super) number: usize,
    /// How many pages there are; at least 1.
    pub(super) pages: usize,
}

impl Page {
    /// The page with this number, or the last one, of so many of which so many fit. All pages are full.
    fn of(total: usize, fit: usize, number: usize) -> Self {
        let fit = fit.max(1);
        let pages = total.div_ceil(fit).max(1);
        let number = number.min(pages - 1);
        let len = fit.min(total);
        Self { first: (number * fit).min(total - len), len, number, pages }
    }
}

/// How many there are, and which of them are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wanted {
    /// Large pictures.
    pub(super) large: usize,
    /// How wide these are for their height.
    pub(super) aspect: f32,
    /// Small pictures.
    pub(super) small: usize,
    /// The page of small pictures.
    pub(super) page: usize,
}

/// Divides an area.
pub(super) fn places(area: Rect, wanted: Wanted, gap: f32) -> Places {
    if wanted.large == 0 {
        return alike(area, wanted, gap);
    }
    if wanted.small == 0 {
        return Places { large: grid_of(area, wanted.large, gap, wanted.aspect), ..Places::default() };
    }
    let (right, below) = (strip_right(area, wanted, gap), strip_below(area, wanted, gap));
    if size_of_large(&right) > size_of_large(&below) { right } else { below }
}

fn alike(area: Rect, wanted: Wanted, gap: f32) -> Places {
    let fit = (1..=wanted.small).rev().find(|count| grid::tile_width(area.size(), *count, gap) >= TILE_MIN_WIDTH);
    let page = Page::of(wanted.small, fit.unwrap_or(1), wanted.page);
    Places { large: Vec::new(), small: grid_of(area, page.len, gap, ASPECT), page, strip: Some(area) }
}

fn strip_right(area: Rect, wanted: Wanted, gap: f32) -> Places {
    let width = (area.width() * STRIP_SHARE).clamp(STRIP_MIN_WIDTH, STRIP_MAX_WIDTH);
    let tile = vec2(width, width / ASPECT);
    let fit = ((area.height() + gap) / (tile.y + gap)).max(1.0) as usize;
    let page = Page::of(wanted.small, fit, wanted.page);
    let (main, strip) = area.split_left_right_at_x(area.right() - width - gap);
    let strip = strip.with_min_x(strip.left() + gap);
    let height = page.len as f32 * (tile.y + gap) - gap;
    let first = Rect::from_min_size(vec2(strip.left(), strip.center().y - height / 2.0).to_pos2(), tile);
    let small = row(first, page.len, vec2(0.0, tile.y + gap));
    Places { large: grid_of(main, wanted.large, gap, wanted.aspect), small, page, strip: Some(strip) }
}

fn strip_below(area: Rect, wanted: Wanted, gap: f32) -> Places {
    let across = |count: usize| (area.width() + gap) / count as f32 - gap;
    let fit = ((area.width() + gap) / (STRIP_MIN_WIDTH + gap)).max(1.0) as usize;
    let page = Page::of(wanted.small, fit, wanted.page);
    let width = across(page.len).min(STRIP_MAX_WIDTH);
    let tile = vec2(width, width / ASPECT);
    let (main, strip) = area.split_top_bottom_at_y(area.bottom() - tile.y - gap);
    let strip = strip.with_min_y(strip.top() + gap);
    let length = page.len as f32 * (tile.x + gap) - gap;
    let first = Rect::from_min_size(vec2(strip.center().x - length / 2.0, strip.top()).to_pos2(), tile);
    let small = row(first, page.len, vec2(tile.x + gap, 0.0));
    Places { large: grid_of(main, wanted.large, gap, wanted.aspect), small, page, strip: Some(strip) }
}

fn row(first: Rect, count: usize, step: Vec2) -> Vec<Rect> {
    (0..count).map(|index| first.translate(step * index as f32)).collect()
}

fn size_of_large(places: &Places) -> f32 {
    places.large.first().map_or(0.0, Rect::area)
}

#[cfg(test)]
mod tests {
    use eframe::egui::Pos2;

    use super::*;

    const GAP: f32 = 12.0;

    #[test]
    fn the_strip_is_where_it_leaves_the_larger_picture() {
        let wide = places(area(1400.0, 560.0), wanted(1, 4), GAP);
        let tall = places(area(1000.0, 900.0), wanted(1, 4), GAP);

        assert!(wide.small[0].left() >= wide.large[0].right(), "{wide:?}");
        assert!(tall.small[0].top() >= tall.large[0].bottom(), "{tall:?}");
    }

    #[test]
    fn twelve_are_alike_on_one_page_even_beside_the_chat_in_the_smallest_window() {
        let places = places(area(592.0, 448.0), wanted(0, 12), GAP);

        assert_eq!((places.small.len(), places.page.pages), (12, 1));
    }

    #[test]
    fn who_does_not_fit_is_on_another_page_and_no_page_has_gaps() {
        let (area, mut wanted) = (area(500.0, 300.0), wanted(0, 20));
        let first = places(area, wanted, GAP);
        wanted.page = first.page.pages - 1;
        let last = places(area, wanted, GAP);

        assert!(first.page.pages > 1);
        assert_eq!((first.page.first, last.page.first + last.page.len), (0, 20));
        assert_eq!(first.small.len(), last.small.len());
    }

    #[test]
    fn a_page_that_is_gone_gives_the_last_one() {
        let page = Page::of(7, 3, 99);

        assert_eq!(page, Page { first: 4, len: 3, number: 2, pages: 3 });
        assert_eq!(Page::of(0, 3, 1), Page { first: 0, len: 0, number: 0, pages: 1 });
    }

    #[test]
    fn every_page_together_shows_everybody() {
        for total in 1..=16 {
            for fit in 1..=6 {
                let pages = Page::of(total, fit, 0).pages;
                let shown = (0..pages).map(|number| Page::of(total, fit, number));
                let mut seen: Vec<_> = shown.flat_map(|page| page.first..page.first + page.len).collect();
                seen.dedup();
                seen.sort_unstable();
                seen.dedup();

                assert_eq!(seen, (0..total).collect::<Vec<_>>(), "{total} {fit}");
            }
        }
    }

    #[test]
    fn nothing_overlaps_and_everything_is_inside_whatever_the_window() {
        for (width, height) in [(928.0, 448.0), (592.0, 448.0), (1400.0, 700.0), (2500.0, 1300.0), (700.0, 1200.0)] {
            for large in 0..=3 {
                for small in 0..=12 {
                    let area = area(width, height);

                    let places = places(area, wanted(large, small), GAP);

                    let all: Vec<_> = places.large.iter().chain(&places.small).collect();
                    assert_eq!(places.large.len(), large);
                    assert_eq!(places.small.len(), places.page.len);
                    for (index, rect) in all.iter().enumerate() {
                        assert!(area.expand(0.1).contains_rect(**rect), "{large}+{small} in {area:?}: {rect:?}");
                        assert!(all[..index].iter().all(|other| !rect.shrink(0.1).intersects(**other)), "{all:?}");
                    }
                }
            }
        }
    }

    fn wanted(large: usize, small: usize) -> Wanted {
        Wanted { large, aspect: ASPECT, small, page: 0 }
    }

    fn area(width: f32, height: f32) -> Rect {
        Rect::from_min_size(Pos2::ZERO, vec2(width, height))
    }
}
