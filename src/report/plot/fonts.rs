//! The outlines of letters: those of `DejaVu`, and of the system's fonts only where it has none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use ab_glyph_rasterizer::{Point, point};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Where systems keep fonts, and where users do, below their homes.
const FOLDERS: [&str; 5] =
    ["/usr/local/share/fonts", "/usr/share/fonts", "/System/Library/Fonts", "/Library/Fonts", "C:\\Windows\\Fonts"];
const FOLDERS_AT_HOME: [&str; 4] =
    [".local/share/fonts", ".fonts", "Library/Fonts", "AppData\\Local\\Microsoft\\Windows\\Fonts"];
/// How deep folders of fonts may lie in each other.
const DEPTH: usize = 8;

/// The fonts for the texts of a picture.
pub struct Fonts {
    regular: Face<'static>,
    bold: Face<'static>,
    /// Letters of the system's fonts.
    foreign: BTreeMap<char, Glyph>,
    /// Letters that no font here has, for which boxes stand.
    pub missing: BTreeSet<char>,
}

/// A letter: its width and its outline, in ems, with y upwards.
#[derive(Debug, Clone, Default)]
pub struct Glyph {
    pub advance: f32,
    pub outline: Vec<Curve>,
}

/// A part of an outline: its ends, and between them what pulls it.
#[derive(Debug, Clone, Copy)]
pub enum Curve {
    Line([Point; 2]),
    Quadratic([Point; 3]),
    Cubic([Point; 4]),
}

impl Curve {
    /// The curve elsewhere.
    pub fn map(self, place: impl Fn(Point) -> Point) -> Self {
        match self {
            Self::Line(points) => Self::Line(points.map(place)),
            Self::Quadratic(points) => Self::Quadratic(points.map(place)),
            Self::Cubic(points) => Self::Cubic(points.map(place)),
        }
    }

    /// Its ends and what pulls it, which it lies between.
    pub fn points(&self) -> &[Point] {
        match self {
            Self::Line(points) => points,
            Self::Quadratic(points) => points,
            Self::Cubic(points) => points,
        }
    }
}

impl Fonts {
    /// Fonts that have the letters of some texts, as far as there are any.
    pub fn with_letters<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let face = |bytes: &'static [u8]| Face::parse(bytes, 0).expect("DejaVu is well-formed");
        let [regular, bold] = [dejavu::sans::regular(), dejavu::sans::bold()].map(face);
        let is_missing = |letter: &char| !is_silent(*letter) && regular.glyph_index(*letter).is_none();
        let missing: BTreeSet<char> = texts.flat_map(str::chars).filter(is_missing).collect();
        let mut fonts = Self { regular, bold, foreign: BTreeMap::new(), missing };
        if !fonts.missing.is_empty() {
            let home = env::home_dir().unwrap_or_default();
            let at_home = FOLDERS_AT_HOME.iter().map(|folder| home.join(folder));
            let mut folders = FOLDERS.iter().map(PathBuf::from).chain(at_home);
            folders.try_for_each(|folder| fonts.search(&folder, DEPTH));
        }
        fonts
    }

    /// Takes missing letters from the fonts of a folder; nothing if none is missing any more.
    fn search(&mut self, folder: &Path, depth: usize) -> Option<()> {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
        entries.sort_unstable();
        for path in entries {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if ["ttf", "otf", "ttc", "otc"].iter().any(|name| extension.eq_ignore_ascii_case(name)) {
                self.take_from(&fs::read(&path).unwrap_or_default());
            } else if depth > 0 && path.is_dir() {
                self.search(&path, depth - 1)?;
            }
            if self.missing.is_empty() {
                return None;
            }
        }
        Some(())
    }

    /// Takes missing letters from a file of fonts, if it is one.
    fn take_from(&mut self, file: &[u8]) {
        for index in 0..ttf_parser::fonts_in_collection(file).unwrap_or(1) {
            let Ok(face) = Face::parse(file, index) else { continue };
            let found = self.missing.iter().filter_map(|&letter| {
                let glyph = outline(&face, face.glyph_index(letter)?);
                // Some fonts have pictures instead of outlines.
                (!glyph.outline.is_empty()).then_some((letter, glyph))
            });
            self.foreign.extend(found);
            self.missing.retain(|letter| !self.foreign.contains_key(letter));
        }
    }

    /// The letters of a line of text with their distances from its start, and its length, in ems.
    pub fn set(&self, text: &str, is_bold: bool) -> (Vec<(f32, Glyph)>, f32) {
        let face = if is_bold { &self.bold } else { &self.regular };
        let (mut glyphs, mut length, mut previous) = (Vec::new(), 0.0, None);
        for letter in text.chars().filter(|&letter| !is_silent(letter)) {
            let id = face.glyph_index(letter);
            length += previous.zip(id).map_or(0.0, |(left, right)| kerning(face, left, right));
            let glyph = match (id, self.foreign.get(&letter)) {
                (None, Some(glyph)) => glyph.clone(),
                (id, _) => outline(face, id.unwrap_or_default()),
            };
            let advance = glyph.advance;
            glyphs.push((length, glyph));
            length += advance;
            previous = id;
        }
        (glyphs, length)
    }
}

/// Whether a letter is nothing to see: joiners, marks of direction, variation selectors.
fn is_silent(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether a letter belongs to a script that runs from the right, or whose letters change with their neighbours.
pub fn needs_shaping(letter: char) -> bool {
    matches!(letter,
        '\u{590}'..='\u{dff}'       // Hebrew, Arabic, Syriac, Thaana, N'Ko, the scripts of India
        | '\u{f00}'..='\u{109f}'    // Tibetan, Burmese
        | '\u{1780}'..='\u{18af}'   // Khmer, Mongolian
        | '\u{1900}'..='\u{1cff}'   // Limbu to Vedic
        | '\u{a800}'..='\u{a8ff}' | '\u{a980}'..='\u{aaff}' | '\u{abc0}'..='\u{abff}'
        | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' // forms of Hebrew and Arabic letters
        | '\u{10800}'..='\u{11fff}' | '\u{1e800}'..='\u{1efff}')
}

fn em(face: &Face) -> f32 {
    f32::from(face.units_per_em())
}

/// How much nearer two letters stand, as a negative number.
fn kerning(face: &Face, left: GlyphId, right: GlyphId) -> f32 {
    let tables = face.tables().kern.into_iter().flat_map(|kern| kern.subtables);
    let level = tables.filter(|table| table.horizontal && !table.variable);
    level.filter_map(|table| table.glyphs_kerning(left, right)).map(f32::from).sum::<f32>() / em(face)
}

fn outline(face: &Face, glyph: GlyphId) -> Glyph {
    let mut pen = Pen { em: em(face), start: Point::default(), at: Point::default(), outline: Vec::new() };
    face.outline_glyph(glyph, &mut pen);
    let advance = f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) / pen.em;
    Glyph { advance, outline: pen.outline }
}

/// Notes an outline in ems.
struct Pen {
    em: f32,
    start: Point,
    at: Point,
    outline: Vec<Curve>,
}

impl Pen {
    /// Moves, and says from where.
    fn to(&mut self, x: f32, y: f32) -> Point {
        std::mem::replace(&mut self.at, point(x / self.em, y / self.em))
    }

    fn between(&self, x: f32, y: f32) -> Point {
        point(x / self.em, y / self.em)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.to(x, y);
        self.start = self.at;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let from = self.to(x, y);
        self.outline.push(Curve::Line([from, self.at]));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let from = self.to(x, y);
        self.outline.push(Curve::Quadratic([from, self.between(x1, y1), self.at]));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let from = self.to(x, y);
        self.outline.push(Curve::Cubic([from, self.between(x1, y1), self.between(x2, y2), self.at]));
    }

    fn close(&mut self) {
        let from = std::mem::replace(&mut self.at, self.start);
        self.outline.push(Curve::Line([from, self.start]));
    }
}
