//! Colours that differ for every eye and in grey (Okabe & Ito 2008), on white and, where the reader prefers it, on black.

/// A colour on white, and what takes its place on black.
#[derive(Debug, Clone, Copy)]
pub struct Colour {
    light: u32,
    dark: u32,
}

pub const BACKGROUND: Colour = Colour { light: 0x00ff_fffe, dark: 0x0014_181d };
pub const TEXT: Colour = Colour { light: 0x001f_2933, dark: 0x00e6_eaee };
pub const NOTE: Colour = Colour { light: 0x0052_606d, dark: 0x00a9_b4bf };
pub const GRID: Colour = Colour { light: 0x00e1_e6eb, dark: 0x002c_343c };
pub const CASE: Colour = Colour { light: 0x0000_72b2, dark: 0x0056_b4e9 };
pub const CONTROL: Colour = Colour { light: 0x00b8_7a00, dark: 0x00e6_9f00 };
pub const NULL: Colour = Colour { light: 0x009a_a5b1, dark: 0x005f_6b77 };
pub const TAIL: Colour = Colour { light: 0x00d5_5e00, dark: 0x00ff_8a3d };

const ALL: [Colour; 8] = [BACKGROUND, TEXT, NOTE, GRID, CASE, CONTROL, NULL, TAIL];

impl Colour {
    /// The colour on white, as 0xRRGGBB.
    pub const fn rgb(self) -> u32 {
        self.light
    }
}

/// Rules that exchange the colours for readers who prefer a dark page.
pub fn dark_rules(scope: &str) -> String {
    let rule = |&Colour { light, dark }: &Colour| {
        format!(
            "{scope}[fill=\"#{light:06X}\"]{{fill:#{dark:06x}}}{scope}[stroke=\"#{light:06X}\"]{{stroke:#{dark:06x}}}"
        )
    };
    format!("@media (prefers-color-scheme:dark){{{}}}", ALL.iter().map(rule).collect::<String>())
}
