//! Shapes → PNG, with letters of its own.

use std::io::Write as _;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::canvas::{Across, Along, Canvas, Form, Letters, Shape};
use super::fonts::{Curve, Fonts, Glyph};

/// Pixels of the picture for each of the canvas.
const SCALE: f32 = 2.0;
/// How far from the centre of a circle of radius 1 the points lie that pull a quarter of it.
const PULL: f32 = 0.552_284_8;

/// Draws a picture pixel by pixel.
pub fn render(canvas: &Canvas, fonts: &Fonts) -> Vec<u8> {
    let [width, height] = [canvas.width, canvas.height].map(|length| (length as f32 * SCALE) as usize);
    let mut bitmap = Bitmap { width, height, pixels: vec![[u8::MAX; 3]; width * height] };
    for shape in &canvas.shapes {
        let Shape { form, colour, opacity } = shape;
        for outline in outlines(form, fonts) {
            bitmap.fill(&outline, colour.rgb(), *opacity);
        }
    }
    bitmap.encode()
}

/// The outlines of what a shape fills, in pixels of the picture.
fn outlines(form: &Form, fonts: &Fonts) -> Vec<Vec<Curve>> {
    let scaled = |point: [i32; 2]| point.map(|x| x as f32 * SCALE);
    match form {
        Form::Line { from, to, width } => {
            let half = *width as f32 * SCALE / 2.0;
            let ([x1, y1], [x2, y2]) = (scaled(*from), scaled(*to));
            let ([left, right], [upper, lower]) = ([x1.min(x2), x1.max(x2)], [y1.min(y2), y1.max(y2)]);
            let (across, along) = if left == right { (half, 0.0) } else { (0.0, half) };
            vec![rectangle(left - across, upper - along, right + across, lower + along)]
        }
        Form::Rectangle { from: [x1, y1], to: [x2, y2] } => {
            let ([left, upper], [right, lower]) = (scaled([*x1, *y1]), scaled([*x2, *y2]));
            vec![rectangle(left, upper, right, lower)]
        }
        Form::Outline { from, to } => {
            let ([x1, y1], [x2, y2]) = (scaled(*from), scaled(*to));
            let half = SCALE / 2.0;
            let mut ring = rectangle(x1 - half, y1 - half, x2 + half, y2 + half);
            // The other way round: a hole.
            ring.extend(rectangle(x2 - half, y1 + half, x1 + half, y2 - half));
            vec![ring]
        }
        Form::Circle { centre, radius } => vec![circle(scaled(*centre), *radius as f32 * SCALE)],
        Form::Text { at, text, letters } => lettering(scaled(*at), text, *letters, fonts),
    }
}

fn rectangle(left: f32, upper: f32, right: f32, lower: f32) -> Vec<Curve> {
    let corners = [point(left, upper), point(right, upper), point(right, lower), point(left, lower)];
    (0..4).map(|i| Curve::Line([corners[i], corners[(i + 1) % 4]])).collect()
}

fn circle([x, y]: [f32; 2], radius: f32) -> Vec<Curve> {
    let quarter = |(cos, sin): (f32, f32)| {
        let at = |along: f32, across: f32| {
            point(x + radius * (along * cos - across * sin), y + radius * (along * sin + across * cos))
        };
        Curve::Cubic([at(1.0, 0.0), at(1.0, PULL), at(PULL, 1.0), at(0.0, 1.0)])
    };
    [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)].map(quarter).to_vec()
}

/// The outlines of the letters of a text.
fn lettering([x, y]: [f32; 2], text: &str, letters: Letters, fonts: &Fonts) -> Vec<Vec<Curve>> {
    let size = letters.size as f32 * SCALE;
    let (glyphs, length) = fonts.set(text, letters.is_bold);
    let start = match letters.across {
        Across::Start => x,
        Across::Middle => x - size * length / 2.0,
        Across::End => x - size * length,
    };
    // As SVG has it: 0.76 em, and half an ex, which is half an em.
    let baseline = match letters.along {
        Along::Below => y + size * 0.76,
        Along::Beside => y + size * 0.25,
        Along::Above => y - size * 0.25,
    };
    let placed = |(distance, glyph): (f32, Glyph)| {
        let place = |p: Point| point(start + size * (distance + p.x), baseline - size * p.y);
        glyph.outline.into_iter().map(|curve| curve.map(place)).collect()
    };
    glyphs.into_iter().map(placed).collect()
}

/// Pixels, row by row, in red, green and blue.
struct Bitmap {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Bitmap {
    /// Mixes a colour into what lies within an outline.
    fn fill(&mut self, outline: &[Curve], colour: u32, opacity: f32) {
        let points = || outline.iter().flat_map(Curve::points);
        let span = |coordinate: fn(&Point) -> f32, length: usize| {
            let ends =
                points().map(coordinate).fold([f32::INFINITY, f32::NEG_INFINITY], |[a, b], x| [a.min(x), b.max(x)]);
            // What lies beside the picture is not drawn.
            (ends[0] < length as f32 && ends[1] > 0.0).then(|| [ends[0].floor(), ends[1].ceil()])
        };
        let (Some([left, right]), Some([upper, lower])) = (span(|p| p.x, self.width), span(|p| p.y, self.height))
        else {
            return;
        };
        // A column more, since the right end of a line is noted in the next.
        let mut mask = Rasterizer::new((right - left) as usize + 2, (lower - upper) as usize);
        let shift = |p: Point| point(p.x - left, p.y - upper);
        for curve in outline {
            match curve.map(shift) {
                Curve::Line([a, b]) => mask.draw_line(a, b),
                Curve::Quadratic([a, b, c]) => mask.draw_quad(a, b, c),
                Curve::Cubic([a, b, c, d]) => mask.draw_cubic(a, b, c, d),
            }
        }
        let [_, ink @ ..] = colour.to_be_bytes();
        mask.for_each_pixel_2d(|x, y, coverage| {
            let (x, y) = (left as i64 + i64::from(x), upper as i64 + i64::from(y));
            let is_inside = (0..self.width as i64).contains(&x) && (0..self.height as i64).contains(&y);
            // Sums along a row leave rounding errors behind.
            if is_inside && coverage > 1e-3 {
                let share = coverage.min(1.0) * opacity;
                let pixel = &mut self.pixels[y as usize * self.width + x as usize];
                for (old, new) in pixel.iter_mut().zip(ink) {
                    let (from, to) = (f32::from(*old), f32::from(new));
                    *old = (from + (to - from) * share).round() as u8;
                }
            }
        });
    }

    /// The pixels as a file.
    fn encode(&self) -> Vec<u8> {
        const EIGHT_BITS_RGB: [u8; 5] = [8, 2, 0, 0, 0];
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        for row in self.pixels.chunks(self.width) {
            // Each row begins with its filter: none.
            packed
                .write_all(&[0])
                .and_then(|()| packed.write_all(row.as_flattened()))
                .expect("memory takes any picture");
        }
        let packed = packed.finish().expect("memory takes any picture");
        let size = [self.width, self.height].map(|length| (length as u32).to_be_bytes()).concat();
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        add_chunk(&mut file, *b"IHDR", &[&size[..], &EIGHT_BITS_RGB].concat());
        add_chunk(&mut file, *b"IDAT", &packed);
        add_chunk(&mut file, *b"IEND", &[]);
        file
    }
}

/// Adds a chunk of PNG: its length, name and content, and a checksum of the latter two.
fn add_chunk(file: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    let mut checksum = Crc::new();
    checksum.update(&name);
    checksum.update(content);
    file.extend_from_slice(&(content.len() as u32).to_be_bytes());
    file.extend_from_slice(&name);
    file.extend_from_slice(content);
    file.extend_from_slice(&checksum.sum().to_be_bytes());
}
