//! The charts as one SVG file for papers and slides, on white, with colours of its own.

use super::chart::{Drawing, tick_label};
use super::marks;
use super::model::Answer;
use super::quantity::QUANTITIES;
use super::scale::WIDTH;
use super::times::ticks;
use super::view::title;
use super::zone;

/// Of a chart, in pixels.
const LEFT: i64 = 70;
const WIDE: i64 = 800;
const HIGH: i64 = 120;
const PITCH: i64 = 190;
const TOP: i64 = 70;

/// The file's text.
pub fn picture(answer: &Answer) -> String {
    let drawings: Vec<_> = QUANTITIES.into_iter().filter_map(|quantity| Drawing::of(quantity, answer)).collect();
    let height = TOP + PITCH * i64::try_from(drawings.len()).unwrap_or_default();
    let [width, high] = [LEFT + WIDE + 30, height].map(|length| length.to_string());
    let charts: String = drawings.iter().zip(0..).map(|(drawing, place)| chart(drawing, TOP + PITCH * place)).collect();
    [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"",
        &width,
        "\" height=\"",
        &high,
        "\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>",
        &text(LEFT, 24, "start", &title(answer, |at_ms| zone::iso(at_ms, zone::ahead_ms(at_ms)))),
        &charts,
        "</svg>\n",
    ]
    .concat()
}

fn chart(drawing: &Drawing, top: i64) -> String {
    let parts = i64::try_from(drawing.parts).unwrap_or(1).max(1);
    let values = (0..=drawing.parts).zip(0..).map(|(part, place)| {
        let y = top + HIGH - place * HIGH / parts;
        let line =
            ["<path stroke=\"#ddd\" d=\"M", &LEFT.to_string(), " ", &y.to_string(), "h", &WIDE.to_string(), "\"/>"];
        [line.concat(), text(LEFT - 8, y + 4, "end", &drawing.label(part))].concat()
    });
    let times = ticks(drawing.scale.span, zone::ahead_ms).into_iter().map(|tick| {
        let x = LEFT + drawing.scale.x(tick.at_ms) * WIDE / WIDTH;
        text(x, top + HIGH + 18, "middle", &tick_label(tick.at_ms, tick.kind))
    });
    let fill = if drawing.is_samples { marks::area } else { marks::band };
    // From the drawing's units, 4,000 by 1,000, to pixels.
    let place = ["translate(", &LEFT.to_string(), " ", &top.to_string(), ") scale(.2 .12)"].concat();
    let path = |style: &str, d: &str| {
        ["<path ", style, " vector-effect=\"non-scaling-stroke\" transform=\"", &place, "\" d=\"", d, "\"/>"].concat()
    };
    let beside = drawing.quantity.beside_title().filter(|_| !drawing.beside.is_empty());
    let name = [Some(drawing.quantity.title()), beside.map(|name| ["- - ", &name].concat())];
    [
        text(LEFT, top - 10, "start", &name.into_iter().flatten().collect::<Vec<_>>().join("   ")),
        values.collect(),
        times.collect(),
        path("fill=\"#1976d2\" fill-opacity=\".2\"", &fill(&drawing.used, &drawing.scale)),
        path("fill=\"none\" stroke=\"#1976d2\" stroke-width=\"1.5\"", &marks::line(&drawing.used, &drawing.scale)),
        path(
            "fill=\"none\" stroke=\"#555\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
            &marks::line(&drawing.beside, &drawing.scale),
        ),
    ]
    .concat()
}

fn text(x: i64, y: i64, anchor: &str, words: &str) -> String {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let place = ["<text x=\"", &x.to_string(), "\" y=\"", &y.to_string(), "\" text-anchor=\"", anchor, "\">"];
    [place.concat().as_str(), &words, "</text>"].concat()
}
