//! Shapes → SVG.

use std::fmt::{self, Write as _};

use super::canvas::{Across, Along, Canvas, Form, Shape};

/// The picture as one element.
pub fn render(canvas: &Canvas) -> String {
    let Canvas { width, height, shapes } = canvas;
    let mut svg = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    );
    for shape in shapes {
        add(&mut svg, shape).expect("memory takes any drawing");
    }
    svg + "</svg>\n"
}

/// Text as markup takes it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

fn add(svg: &mut String, Shape { form, colour, opacity }: &Shape) -> fmt::Result {
    let colour = format!("#{:06X}", colour.rgb());
    match form {
        Form::Line { from: [x1, y1], to: [x2, y2], width } => writeln!(
            svg,
            "<polyline fill=\"none\" opacity=\"{opacity}\" stroke=\"{colour}\" stroke-width=\"{width}\" \
             points=\"{x1},{y1} {x2},{y2} \"/>"
        ),
        Form::Rectangle { from, to } | Form::Outline { from, to } => {
            let ([x, y], [right, low]) = (from, to);
            let (width, height) = (right - x, low - y);
            let (fill, stroke) =
                if matches!(form, Form::Rectangle { .. }) { (&*colour, "none") } else { ("none", &*colour) };
            writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" opacity=\"{opacity}\" fill=\"{fill}\" \
                 stroke=\"{stroke}\"/>"
            )
        }
        Form::Circle { centre: [x, y], radius } => writeln!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" opacity=\"{opacity}\" fill=\"{colour}\" stroke=\"none\" \
             stroke-width=\"1\"/>"
        ),
        Form::Text { at: [x, y], text, letters } => {
            let anchor = match letters.across {
                Across::Start => "start",
                Across::Middle => "middle",
                Across::End => "end",
            };
            let drop = match letters.along {
                Along::Below => "0.76em",
                Along::Beside => "0.5ex",
                Along::Above => "-0.5ex",
            };
            let weight = if letters.is_bold { " font-weight=\"bold\"" } else { "" };
            let (size, text) = (letters.size, escaped(text));
            writeln!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" dy=\"{drop}\" text-anchor=\"{anchor}\" font-family=\"sans-serif\" \
                 font-size=\"{size}\" opacity=\"{opacity}\" fill=\"{colour}\"{weight}>\n{text}\n</text>"
            )
        }
    }
}
