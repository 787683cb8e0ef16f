//! SVG → PNG, with letters of its own: those of `DejaVu`, and of the system only where it has none.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Pixels of the picture for each of the drawing.
const SCALE: f32 = 2.0;

/// Draws a plot pixel by pixel.
pub fn render(svg: &str) -> Vec<u8> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans::bold().to_vec());
    if svg.chars().any(is_foreign) {
        fonts.load_system_fonts();
    }
    fonts.set_sans_serif_family("DejaVu Sans");
    let options = Options { fontdb: Arc::new(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).expect("a plot is well-formed SVG");
    let size = tree.size();
    let [width, height] = [size.width(), size.height()].map(|length| (length * SCALE).round() as u32);
    let mut pixels = Pixmap::new(width, height).expect("a plot has some size");
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().expect("memory takes any picture")
}

/// Whether `DejaVu` may lack the letter: it has those of Latin, Greek and Cyrillic scripts, punctuation and mathematics.
fn is_foreign(letter: char) -> bool {
    !matches!(letter, '\u{0}'..='\u{52f}' | '\u{2000}'..='\u{22ff}')
}
