//! A picture as a list of shapes, and panels with coordinates to put them in.

use super::palette::Colour;

/// Shapes from back to front, in pixels from the upper left corner.
#[derive(Debug)]
pub struct Canvas {
    pub width: i32,
    pub height: i32,
    pub shapes: Vec<Shape>,
}

#[derive(Debug)]
pub struct Shape {
    pub form: Form,
    pub colour: Colour,
    /// From 0 (invisible) to 1.
    pub opacity: f32,
}

/// What is drawn, and where.
#[derive(Debug)]
pub enum Form {
    /// A level or upright line.
    Line { from: Point, to: Point, width: i32 },
    /// A filled rectangle, from its upper left to its lower right corner.
    Rectangle { from: Point, to: Point },
    /// The outline of a rectangle, one pixel wide.
    Outline { from: Point, to: Point },
    /// A filled circle.
    Circle { centre: Point, radius: i32 },
    /// A line of text.
    Text { at: Point, text: String, letters: Letters },
}

/// Pixels from the left and from above.
pub type Point = [i32; 2];

/// How text looks, and on which side of its point it stands.
#[derive(Debug, Clone, Copy)]
pub struct Letters {
    /// Pixels of an em.
    pub size: i32,
    pub is_bold: bool,
    pub across: Across,
    pub along: Along,
}

/// Where the point is in a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Across {
    Start,
    Middle,
    End,
}

/// Where a line of text is from its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    Below,
    Beside,
    Above,
}

impl Letters {
    /// Plain letters.
    pub const fn new(size: i32, across: Across, along: Along) -> Self {
        Self { size, is_bold: false, across, along }
    }

    /// The same in bold.
    pub const fn bold(self) -> Self {
        Self { is_bold: true, ..self }
    }
}

impl Canvas {
    pub const fn new(width: i32, height: i32) -> Self {
        Self { width, height, shapes: Vec::new() }
    }

    pub fn add(&mut self, form: Form, colour: Colour) {
        self.add_sheer(form, colour, 1.0);
    }

    /// Adds what shines through.
    pub fn add_sheer(&mut self, form: Form, colour: Colour, opacity: f32) {
        self.shapes.push(Shape { form, colour, opacity });
    }

    /// All lines of text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().filter_map(|shape| match &shape.form {
            Form::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    pub fn text(&mut self, text: impl Into<String>, letters: Letters, colour: Colour, at: Point) {
        self.add(Form::Text { at, text: text.into(), letters }, colour);
    }
}

/// A part of a canvas in which places are pairs of numbers.
#[derive(Debug)]
pub struct Chart<'a> {
    pub canvas: &'a mut Canvas,
    pub x: Span,
    pub y: Span,
}

/// A range of numbers over a range of pixels.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub low: f64,
    pub high: f64,
    pub first: i32,
    pub last: i32,
}

impl Span {
    /// The pixel of a number, on the near side where it falls between two; what is far outside stays near the picture.
    fn pixel(self, number: f64) -> i32 {
        let length = f64::from(self.last - self.first);
        let share = (number - self.low) / (self.high - self.low);
        let offset = length * share.clamp(-2.0, 3.0);
        // Rounding errors of the share must not cost a pixel.
        let whole = if length > 0.0 { (offset + 1e-3).floor() } else { (offset - 1e-3).ceil() };
        self.first + whole as i32
    }
}

impl Chart<'_> {
    pub fn point(&self, x: f64, y: f64) -> Point {
        [self.x.pixel(x), self.y.pixel(y)]
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), width: i32, colour: Colour) {
        let (from, to) = (self.point(from.0, from.1), self.point(to.0, to.1));
        self.canvas.add(Form::Line { from, to, width }, colour);
    }

    pub fn circle(&mut self, x: f64, y: f64, radius: i32, colour: Colour, opacity: f32) {
        let centre = self.point(x, y);
        self.canvas.add_sheer(Form::Circle { centre, radius }, colour, opacity);
    }

    /// The upper left and the lower right corner of the rectangle between two places.
    pub fn corners(&self, a: (f64, f64), b: (f64, f64)) -> [Point; 2] {
        let ([ax, ay], [bx, by]) = (self.point(a.0, a.1), self.point(b.0, b.1));
        [[ax.min(bx), ay.min(by)], [ax.max(bx), ay.max(by)]]
    }

    /// Text beside a place, so many pixels to the right and below.
    pub fn text(&mut self, text: impl Into<String>, letters: Letters, colour: Colour, place: (f64, f64), by: Point) {
        let [x, y] = self.point(place.0, place.1);
        self.canvas.text(text, letters, colour, [x + by[0], y + by[1]]);
    }
}
