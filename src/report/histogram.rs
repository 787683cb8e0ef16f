//! The null distribution and both samples, drawn with characters: a dozen lines that a terminal shows below the report.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::axis::{Tick, ticks};
use super::bars::{Bar, Bars, counts_above, mirror};
use super::label::{pad_left, pad_right};
use super::precision::Precision;
use super::{GroupReport, Report, text, wording};
use crate::escape;
use crate::inference::sample_shape::SampleShape;
use crate::inference::summary::Summary;
use crate::input::dataset::Subject;
use crate::method::histogram::Histogram;
use crate::settings::Characters;

/// What is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Canvas {
    /// Its width in characters.
    pub columns: usize,
    /// What may be used.
    pub characters: Characters,
}

/// Wider than this nothing is gained.
const WIDEST: usize = 100;
const NARROWEST: usize = 26;
const INDENT: usize = 2;
/// Lines of bars.
const ROWS: usize = 7;
/// Lines and columns of a cloud of points.
const SCATTER_ROWS: usize = 9;
const WIDEST_SCATTER: usize = 60;
/// The most columns of a bar, where there are few.
const WIDEST_BAR: usize = 6;

const TAIL: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// What lines are drawn with.
struct Glyphs {
    /// Bars from nothing to a full line; those of the tail.
    bar: &'static [char],
    tail: &'static [char],
    axis: char,
    tick: char,
    beyond: char,
    observed: char,
    whisker: [char; 3],
    quartiles: char,
    median: char,
    point: char,
}

const BLOCKS: Glyphs = Glyphs {
    bar: &[' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    tail: &[' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    axis: '─',
    tick: '┴',
    beyond: '━',
    observed: '▲',
    whisker: ['├', '─', '┤'],
    quartiles: '▒',
    median: '█',
    point: '•',
};

const ASCII: Glyphs = Glyphs {
    bar: &[' ', '.', ':'],
    tail: &[' ', '.', '#'],
    axis: '-',
    tick: '+',
    beyond: '=',
    observed: '^',
    whisker: ['|', '-', '|'],
    quartiles: '=',
    median: '#',
    point: 'o',
};

/// The picture below a report; nothing where there is no histogram.
pub fn draw(report: &Report, canvas: Canvas) -> String {
    let Some(histogram) = &report.result.histogram else { return String::new() };
    let brush = match canvas.characters {
        Characters::Blocks => BLOCKS,
        Characters::Ascii => ASCII,
    };
    let width = canvas.columns.clamp(NARROWEST, WIDEST) - INDENT;
    let mut lines = samples(report, width, &brush);
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(title(report, width));
    lines.extend(null(report, histogram, width, &brush));
    let indent = " ".repeat(INDENT);
    lines.iter().map(|line| format!("{indent}{line}").trim_end().to_owned() + "\n").collect()
}

fn title(report: &Report, width: usize) -> String {
    let title = format!("Null distribution: {}", escape::line(&report.title()));
    if title.width() <= width { title } else { "Null distribution".to_owned() }
}

/// A line for each sample, on one axis below them.
fn samples(report: &Report, width: usize, brush: &Glyphs) -> Vec<String> {
    if report.subject == Subject::Association {
        return scatter(report, width, brush);
    }
    let drawn = |group: &'_ GroupReport| group.summary.zip(group.shape.clone());
    let Some(drawn) = report.groups.iter().map(drawn).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let low = drawn.iter().map(|(summary, _)| summary.min).fold(f64::INFINITY, f64::min);
    let high = drawn.iter().map(|(summary, _)| summary.max).fold(f64::NEG_INFINITY, f64::max);
    let labels = text::labels(report);
    let names = labels.iter().map(|label| label.width()).max().unwrap_or(0).min(width / 3);
    let room = width - names - 2;
    let place = |x: f64| {
        let share = if high > low { ((x - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
        (share * (room - 1) as f64).round() as usize
    };
    let line = |((summary, shape), label): (&(Summary, SampleShape), &String)| {
        let name: String = if label.width() <= names { label.clone() } else { label.chars().take(names).collect() };
        format!("{}  {}", pad_right(&name, names), boxed((summary, shape), room, place, brush))
    };
    let precision = Precision::of(report);
    let (left, right) = (precision.min.write(low), precision.max.write(high));
    let axis = format!("{}{left}{}", " ".repeat(names + 2), pad_left(&right, room.saturating_sub(left.width())));
    let axis = if left.width() + right.width() < room { format!("{DIM}{axis}{DIM:#}") } else { String::new() };
    drawn.iter().zip(&labels).map(line).chain([axis]).collect()
}

/// The rows of an association as points: y upwards, x to the right.
fn scatter(report: &Report, width: usize, brush: &Glyphs) -> Vec<String> {
    let precision = Precision::of(report);
    let (Some(x), Some(y)) = (&report.case().summary, &report.control().summary) else { return Vec::new() };
    let marks = [precision.max.write(y.max), precision.min.write(y.min)];
    let margin = marks.iter().map(|mark| mark.width()).max().unwrap_or(0) + 1;
    let room = width.saturating_sub(margin).clamp(1, WIDEST_SCATTER);
    let place = |value: f64, of: &Summary, cells: usize| {
        let share = if of.max > of.min { ((value - of.min) / (of.max - of.min)).clamp(0.0, 1.0) } else { 0.5 };
        (share * (cells - 1) as f64).round() as usize
    };
    let mut cells = vec![vec![' '; room]; SCATTER_ROWS];
    for &[of_x, of_y] in &report.points {
        cells[SCATTER_ROWS - 1 - place(of_y, y, SCATTER_ROWS)][place(of_x, x, room)] = brush.point;
    }
    let line = |(row, cells): (usize, &Vec<char>)| {
        let mark = [0, SCATTER_ROWS - 1].iter().position(|&end| end == row).map_or("", |end| &marks[end]);
        format!("{DIM}{}{DIM:#} {}", pad_left(mark, margin - 1), cells.iter().collect::<String>().trim_end())
    };
    let (left, right) = (precision.min.write(x.min), precision.max.write(x.max));
    let axis = format!("{}{left}{}", " ".repeat(margin), pad_left(&right, room.saturating_sub(left.width())));
    cells.iter().enumerate().map(line).chain([format!("{DIM}{axis}{DIM:#}")]).collect()
}

/// `├────▒▒▒▒█▒▒──┤`: from the smallest to the largest value, the middle half, the median.
fn boxed(
    (summary, shape): (&Summary, &SampleShape),
    room: usize,
    place: impl Fn(f64) -> usize,
    brush: &Glyphs,
) -> String {
    let mut cells = vec![' '; room];
    let [start, whisker, end] = brush.whisker;
    let (first, last) = (place(summary.min), place(summary.max));
    cells[first..=last].fill(whisker);
    (cells[first], cells[last]) = (start, end);
    cells[place(shape.quartiles[0])..=place(shape.quartiles[1])].fill(brush.quartiles);
    cells[place(summary.median)] = brush.median;
    cells.into_iter().collect()
}

/// Bars, each some columns wide.
struct Columns<'a> {
    bars: Bars<'a>,
    columns_each: usize,
}

impl<'a> Columns<'a> {
    fn new(bars: Bars<'a>, width: usize) -> Self {
        Self { columns_each: (width / bars.each.len()).clamp(1, WIDEST_BAR), bars }
    }

    fn width(&self) -> usize {
        self.bars.each.len() * self.columns_each
    }

    /// The column of a value of the statistic.
    fn of(&self, value: f64) -> Option<usize> {
        let column = (self.bars.place(value)? * self.columns_each as f64) as usize;
        (column < self.width()).then_some(column)
    }

    /// A line of characters for each row, the top one first.
    fn rows(&self, brush: &Glyphs) -> Vec<String> {
        let steps = brush.bar.len() - 1;
        let tallest = self.bars.each.iter().map(|bar| bar.share).fold(f64::MIN_POSITIVE, f64::max);
        let row = |row: usize| {
            let mut line = String::new();
            for &Bar { share, extreme, .. } in &self.bars.each {
                // What there is shows, however little it is.
                let height = (share / tallest * (ROWS * steps) as f64).round().max(f64::from(share > 0.0)) as usize;
                let filled = height.saturating_sub(row * steps).min(steps);
                let is_tail = extreme > share / 2.0;
                let (of, style) = if is_tail { (brush.tail, TAIL) } else { (brush.bar, Style::new()) };
                let cells = of[filled].to_string().repeat(self.columns_each);
                if filled > 0 && is_tail {
                    line.extend([style.render().to_string(), cells, style.render_reset().to_string()]);
                } else {
                    line += &cells;
                }
            }
            line
        };
        let rows: Vec<String> = (0..ROWS).rev().map(row).collect();
        rows.into_iter().skip_while(|row| row.trim().is_empty()).collect()
    }
}

fn null(report: &Report, histogram: &Histogram, width: usize, brush: &Glyphs) -> Vec<String> {
    let columns = Columns::new(Bars::new(report, histogram, width), width);
    let mut lines = columns.rows(brush);
    lines.extend(axis(&columns, brush));
    lines.push(markers(report, &columns, width, brush));
    lines.extend(outside(histogram).map(|note| format!("{DIM}{note}{DIM:#}")));
    lines
}

/// What the bins do not reach.
fn outside(histogram: &Histogram) -> Option<String> {
    let counts = histogram.counts.as_ref()?;
    let beyond = counts[0] + counts[counts.len() - 1];
    (beyond > 0).then(|| format!("{} lie further out.", super::number::count(beyond)))
}

/// The line below the bars, and the numbers below it.
fn axis(columns: &Columns, brush: &Glyphs) -> [String; 2] {
    let width = columns.width();
    let mut line = vec![brush.axis; width];
    let mut numbers = String::new();
    let [low, high] = columns.bars.range();
    for Tick { value, label } in ticks(low, high, (width / 10).max(3)) {
        let Some(column) = columns.of(value) else { continue };
        line[column] = brush.tick;
        let begin = column.saturating_sub(
            (label.width() - usize::from(label.starts_with('-'))) / 2 + usize::from(label.starts_with('-')),
        );
        let begin = begin.min(width.saturating_sub(label.width()));
        if numbers.is_empty() || begin > numbers.width() {
            numbers = pad_right(&numbers, begin) + &label;
        }
    }
    [line.into_iter().collect(), format!("{DIM}{numbers}{DIM:#}")]
}

/// Where the observed statistic lies, and its mirror image, and what is as extreme.
fn markers(report: &Report, columns: &Columns, width: usize, brush: &Glyphs) -> String {
    let Some(observed) = columns.of(report.result.estimate) else { return String::new() };
    let mirror = mirror(report).and_then(|mirror| columns.of(mirror));
    let mut cells = vec![' '; width];
    let counts_above = counts_above(report);
    let mut extend = |from: usize, upwards: bool| {
        let range = if upwards { from..columns.width() } else { 0..from + 1 };
        cells[range].fill(brush.beyond);
    };
    extend(observed, counts_above);
    if let Some(mirror) = mirror {
        extend(mirror, !counts_above);
    }
    // The number stands inside, where nothing is marked, if there is room.
    let number = wording::estimate(report);
    let label: Vec<char> = format!(" observed {number} ").chars().collect();
    let (before, after) = (observed.checked_sub(label.len()), Some(observed + 1));
    let end = Some(columns.width()).filter(|_| counts_above);
    let fits = |begin: &usize| begin + label.len() <= width + 1;
    let [inside, outside] = if counts_above { [before, after] } else { [after, before] };
    let is_free = |begin: &usize| cells[*begin..].iter().take(label.len() - 1).all(|&cell| cell == ' ');
    if let Some(begin) =
        inside.filter(fits).filter(is_free).or(end.filter(fits)).or(outside.filter(fits)).or(inside.filter(fits))
    {
        cells[begin..].iter_mut().zip(label).for_each(|(cell, character)| *cell = character);
    }
    cells[observed] = brush.observed;
    let line: String = cells.into_iter().collect();
    format!("{BOLD}{}{BOLD:#}", line.trim_end())
}
