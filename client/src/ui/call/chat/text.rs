//! What a line says: with links in it that can be pressed, and marked with the pointer to be copied.
use std::{ops::Range, sync::Arc, sync::LazyLock};

use eframe::{
    egui::{
        Color32, CursorIcon, Galley, Pos2, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo,
        text::{CCursor, LayoutJob, TextFormat},
        text_selection::LabelSelectionState,
    },
    epaint::text::TextWrapping,
};
use linkify::{LinkFinder, LinkKind};

use crate::ui::theme;

/// What may be opened from a chat. Everything else, such as files and scripts, is plain text.
const SCHEMES: [&str; 4] = ["http://", "https://", "mailto:", "parlor://"];

static FINDER: LazyLock<LinkFinder> = LazyLock::new(LinkFinder::new);

/// A link in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Where in the text, in bytes.
    pub(super) place: Range<usize>,
    /// What to open.
    pub(super) address: String,
}

/// All links of a text, in order.
pub(super) fn links(text: &str) -> Vec<Link> {
    let link = |link: linkify::Link<'_>| {
        let address = match link.kind() {
            LinkKind::Email => format!("mailto:{}", link.as_str()),
            _ => link.as_str().to_owned(),
        };
        let lower = address.to_ascii_lowercase();
        let may_open = SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
        may_open.then(|| Link { place: link.start()..link.end(), address })
    };
    FINDER.links(text).filter_map(link).collect()
}

/// Lays a text out with its links underlined, none of its lines wider than `width`.
pub(super) fn layout(
    ui: &Ui,
    text: &str,
    links: &[Link],
    (ink, link_ink): (Color32, Color32),
    width: f32,
) -> Arc<Galley> {
    let plain = TextFormat::simple(theme::body(), ink);
    let linked = TextFormat { underline: Stroke::new(1.0, link_ink), ..TextFormat::simple(theme::body(), link_ink) };
    let mut job = LayoutJob { wrap: TextWrapping::wrap_at_width(width.max(1.0)), ..LayoutJob::default() };
    let mut end = 0;
    for link in links {
        job.append(&text[end..link.place.start], 0.0, plain.clone());
        job.append(&text[link.place.clone()], 0.0, linked.clone());
        end = link.place.end;
    }
    job.append(&text[end..], 0.0, plain);
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// Paints the text, and returns the link that was pressed.
pub(super) fn text_ui<'a>(
    ui: &Ui,
    response: &Response,
    at: Pos2,
    galley: &Arc<Galley>,
    text: &str,
    links: &'a [Link],
) -> Option<&'a Link> {
    let ink = theme::palette(ui.ctx()).text;
    LabelSelectionState::label_text_selection(ui, response, at, galley.clone(), ink, Stroke::NONE);
    let mut pressed = None;
    for (number, link) in links.iter().enumerate() {
        for (row, rect) in places(galley, text, &link.place).into_iter().enumerate() {
            let id = response.id.with(("link", number, row));
            let part = ui.interact(rect.translate(at.to_vec2()), id, Sense::click());
            if row == 0 {
                part.widget_info(|| WidgetInfo::labeled(Role::Link, true, &link.address));
            }
            if part.on_hover_text(&link.address).on_hover_cursor(CursorIcon::PointingHand).clicked() {
                pressed = Some(link);
            }
        }
    }
    pressed
}

/// Where a part of the text lies, line by line.
fn places(galley: &Galley, text: &str, part: &Range<usize>) -> Vec<Rect> {
    let start = text[..part.start].chars().count();
    let end = start + text[part.clone()].chars().count();
    let mut places: Vec<Rect> = Vec::new();
    for index in start..end {
        let left = galley.pos_from_cursor(CCursor { index: index.into(), prefer_next_row: true });
        let right = galley.pos_from_cursor(CCursor { index: (index + 1).into(), prefer_next_row: false });
        let letter = left.union(right);
        match places.last_mut() {
            _ if (left.top() - right.top()).abs() > 1.0 => {}
            Some(row) if (row.top() - letter.top()).abs() < 1.0 => *row = row.union(letter),
            Some(_) | None => places.push(letter),
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_mail_addresses_and_invites_are_links() {
        let text = "see https://example.org/a?b=c, mail ada@example.org or join parlor://10.0.0.2/tea!";

        let found: Vec<_> = links(text).into_iter().map(|link| link.address).collect();

        assert_eq!(found, ["https://example.org/a?b=c", "mailto:ada@example.org", "parlor://10.0.0.2/tea"]);
    }

    #[test]
    fn nothing_else_can_be_opened() {
        for text in [
            "file:///etc/passwd",
            "javascript://alert(1)",
            "smb://host/share",
            "x-terminal://rm",
            "ssh://host",
            "main.rs and feature/mesh-reconnect",
            "data://text/html,x",
        ] {
            assert_eq!(links(text), [], "{text}");
        }
    }

    #[test]
    fn a_link_between_korean_words_is_found_where_it_is() {
        let text = "여기 https://example.org/한글 보세요";

        let found = links(text);

        assert_eq!(&text[found[0].place.clone()], "https://example.org/한글");
    }
}
