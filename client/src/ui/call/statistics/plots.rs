//! The last minutes as lines, one picture for each measure.
use eframe::egui::{Align2, Color32, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{Line, Plot, PlotPoints};
use parlor_protocol::ParticipantId;

use super::history::{History, Metric, SECONDS};
use crate::ui::{
    theme::{self, metric},
    widgets::{elided, paint_text},
    words::{Words, say, words},
};

const HEIGHT: f32 = 76.0;
/// A line that is flat at the bottom is not to fill the picture with its noise.
const LEAST_TOP: [(Metric, f64); 6] = [
    (Metric::Received, 100.0),
    (Metric::Sent, 100.0),
    (Metric::Loss, 5.0),
    (Metric::RoundTrip, 50.0),
    (Metric::Jitter, 20.0),
    (Metric::FrameRate, 50.0),
];

/// All measures of everybody, or of one of them.
pub(super) fn plots_ui(ui: &mut Ui, history: &History, about: Option<ParticipantId>) {
    for (metric, top) in LEAST_TOP {
        title_ui(ui, history, about, metric);
        plot_ui(ui, history, about, metric, top);
        ui.add_space(metric::SPACE_S);
    }
    time_ui(ui);
}

/// Who has which colour.
pub(super) fn legend_ui(ui: &mut Ui, history: &History, about: Option<ParticipantId>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(metric::SPACE_M, metric::SPACE_XS);
        for (_, line) in history.lines(about) {
            name_ui(ui, &line.nickname);
        }
    });
}

/// Somebody's name behind their colour.
pub(super) fn name_ui(ui: &mut Ui, nickname: &str) {
    let palette = theme::palette(ui.ctx());
    let dot = metric::SPACE_S;
    let width = (ui.available_width() - dot - metric::SPACE_XS).min(metric::LEGEND_WIDTH);
    let words = elided(ui.painter(), nickname, theme::label(), palette.text2, width);
    let size = vec2(dot + metric::SPACE_XS + words.size().x, words.size().y.max(metric::GLYPH_S));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, nickname));
    let middle = rect.center().y;
    ui.painter().circle_filled(pos2(rect.left() + dot / 2.0, middle), dot / 2.0, theme::avatar_color(nickname));
    let at = pos2(rect.left() + dot + metric::SPACE_XS, middle - words.size().y / 2.0);
    ui.painter().galley(at, words, palette.text2);
}

/// The name of a measure, and its newest value at the right.
fn title_ui(ui: &mut Ui, history: &History, about: Option<ParticipantId>, metric: Metric) {
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let newest = |(_, line): (ParticipantId, &super::history::Line)| {
        line.points(metric).last().filter(|point| point.x >= history.now()).map(|point| point.y)
    };
    let value = metric.together(history.lines(about).filter_map(newest));
    let value = value.map_or_else(|| "–".to_owned(), |value| say_value(words, metric, value));
    let title = name(words, metric);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), metric::GLYPH_S), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{title}: {value}")));
    let half = rect.width() / 2.0;
    let ink = (title.as_ref(), theme::chip(), palette.text2);
    paint_text(ui.painter(), rect.left_center(), Align2::LEFT_CENTER, ink, half);
    let ink = (value.as_str(), theme::chip(), palette.text);
    paint_text(ui.painter(), rect.right_center(), Align2::RIGHT_CENTER, ink, half);
}

fn plot_ui(ui: &mut Ui, history: &History, about: Option<ParticipantId>, metric: Metric, least_top: f64) {
    let palette = theme::palette(ui.ctx());
    let ground = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), HEIGHT));
    ui.painter().rect_filled(ground, metric::RADIUS_FIELD, palette.bg);
    ui.painter().hline(ground.x_range(), ground.center().y, Stroke::new(1.0, palette.line));
    let values = history.lines(about).flat_map(|(_, line)| line.points(metric)).map(|point| point.y);
    let top = round_up(values.fold(least_top, f64::max));
    let now = history.now();
    let plot = Plot::new(("statistics", metric))
        .height(HEIGHT)
        .width(ui.available_width())
        .sense(Sense::hover())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_axes(false)
        .show_grid(false)
        .show_x(false)
        .show_y(false)
        .show_background(false)
        .cursor_color(Color32::TRANSPARENT);
    plot.show(ui, |plot| {
        // A line at the very top or bottom is to be seen whole.
        plot.set_plot_bounds_y(-0.05 * top..=1.05 * top);
        plot.set_plot_bounds_x(now - SECONDS as f64..=now);
        for (who, line) in history.lines(about) {
            let points = PlotPoints::Borrowed(line.points(metric));
            let color = theme::avatar_color(&line.nickname);
            let line = Line::new(format!("{} {who}", line.nickname), points).color(color).width(1.5);
            plot.line(line.allow_hover(false));
        }
    });
    let corner = ground.left_top() + vec2(metric::SPACE_S, metric::SPACE_XS);
    let scale = format!("{top}");
    paint_text(ui.painter(), corner, Align2::LEFT_TOP, (&scale, theme::stamp(), palette.text3), ground.width() / 2.0);
}

/// Where the lines begin and end in time.
fn time_ui(ui: &mut Ui) {
    let (words, palette) = (words(ui.ctx()), theme::palette(ui.ctx()));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), metric::GLYPH_S), Sense::hover());
    let half = rect.width() / 2.0;
    let (ago, now) = (say!(words, "statistics-ago", minutes = SECONDS / 60), words.say("statistics-now"));
    for (text, at, anchor) in
        [(ago.as_str(), rect.left_center(), Align2::LEFT_CENTER), (&*now, rect.right_center(), Align2::RIGHT_CENTER)]
    {
        paint_text(ui.painter(), at, anchor, (text, theme::stamp(), palette.text3), half);
    }
}

/// The next number that people like to read: 1, 2 or 5 with some zeros.
fn round_up(value: f64) -> f64 {
    let unit = 10_f64.powf(value.max(1.0).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * unit);
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

fn name(words: Words, metric: Metric) -> std::borrow::Cow<'static, str> {
    match metric {
        Metric::Received => words.say("statistics-received"),
        Metric::Sent => words.say("statistics-sent"),
        Metric::Loss => words.say("statistics-loss"),
        Metric::RoundTrip => words.say("statistics-round-trip"),
        Metric::Jitter => words.say("statistics-jitter"),
        Metric::FrameRate => words.say("statistics-frame-rate"),
    }
}

fn say_value(words: Words, metric: Metric, value: f64) -> String {
    match metric {
        Metric::Received | Metric::Sent => format!("{value:.0} kbit/s"),
        Metric::Loss => format!("{value:.1} %"),
        Metric::RoundTrip | Metric::Jitter => format!("{value:.0} ms"),
        Metric::FrameRate => say!(words, "statistics-fps", fps = value.round()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        assert_eq!([0.0, 5.0, 12.0, 380.0, 842.0, 5001.0].map(round_up), [1.0, 5.0, 20.0, 500.0, 1000.0, 10_000.0]);
    }
}
