//! Several columns under the same labellings: by the definition of maxT and minP, on problems so small that all labellings can be
//! listed, with ties, strata, pairs, clusters and missing values.

use permtest::inference::Alternative;
use permtest::inference::adjust::Adjustment;
use permtest::inference::p_value::IntervalKind;
use permtest::simd::Arch;
use permtest::{JointTest, NullDistribution, PermutationTest, SharedRows, TestResult};

/// A small generator of its own, so that the data do not change with the library.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// Roughly normal: a sum of twelve uniform numbers.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.below(1 << 30) as f64 / f64::from(1 << 30)).sum::<f64>() - 6.0
    }
}

/// What may be exchanged.
#[derive(Debug, Clone)]
enum Layout {
    Independent,
    Pairs,
    Strata(Vec<u32>),
    Clusters(Vec<u32>),
}

/// Columns over rows, the case rows first; NaN stands for a missing value.
#[derive(Debug)]
struct Table {
    layout: Layout,
    n: [usize; 2],
    columns: Vec<Vec<f64>>,
}

impl Table {
    fn labels(&self) -> Vec<bool> {
        (0..self.n[0] + self.n[1]).map(|row| row < self.n[0]).collect()
    }

    /// All labellings that are equally likely.
    fn labellings(&self) -> Vec<Vec<bool>> {
        let (all, m) = (self.n[0] + self.n[1], self.n[0]);
        let every = |bits: usize| (0..1u32 << bits).map(move |word| (0..bits).map(|i| word >> i & 1 == 1).collect());
        let cases = |labels: &[bool]| labels.iter().filter(|&&label| label).count();
        match &self.layout {
            Layout::Independent => every(all).filter(|labels: &Vec<bool>| cases(labels) == m).collect(),
            Layout::Pairs => every(m)
                .map(|swapped: Vec<bool>| swapped.iter().map(|swap| !swap).chain(swapped.iter().copied()).collect())
                .collect(),
            Layout::Strata(of) => {
                let within = |labels: &[bool], stratum: u32| {
                    labels.iter().zip(of).filter(|&(&label, &of)| label && of == stratum).count()
                };
                let own = self.labels();
                every(all)
                    .filter(|labels: &Vec<bool>| {
                        of.iter().all(|&stratum| within(labels, stratum) == within(&own, stratum))
                    })
                    .collect()
            }
            Layout::Clusters(of) => {
                let clusters = 1 + *of.iter().max().unwrap() as usize;
                let of_case = of[..m].iter().collect::<std::collections::BTreeSet<_>>().len();
                every(clusters)
                    .filter(|labels: &Vec<bool>| cases(labels) == of_case)
                    .map(|labels| of.iter().map(|&cluster| labels[cluster as usize]).collect())
                    .collect()
            }
        }
    }

    /// The difference of means of a column, within strata if there are any; NaN where a group has no value.
    fn difference(&self, column: &[f64], labels: &[bool]) -> f64 {
        let mean = |wanted: bool, stratum: Option<u32>| {
            let is_in = |row: usize| match (&self.layout, stratum) {
                (Layout::Strata(of), Some(stratum)) => of[row] == stratum,
                _ => true,
            };
            let values: Vec<f64> = (0..column.len())
                .filter(|&row| labels[row] == wanted && !column[row].is_nan() && is_in(row))
                .map(|row| column[row])
                .collect();
            (values.len() as f64, values.iter().sum::<f64>() / values.len() as f64)
        };
        let Layout::Strata(of) = &self.layout else { return mean(true, None).1 - mean(false, None).1 };
        let (mut weights, mut sum) = (0.0, 0.0);
        for stratum in 0..=*of.iter().max().unwrap() {
            let ((m, x), (n, y)) = (mean(true, Some(stratum)), mean(false, Some(stratum)));
            if m > 0.0 && n > 0.0 {
                weights += m * n / (m + n);
                sum += m * n / (m + n) * (x - y);
            }
        }
        sum / weights
    }

    /// How extreme a column is in each labelling, in units of its spread.
    fn scores(&self, column: &[f64], labellings: &[Vec<bool>], alternative: Alternative) -> Vec<f64> {
        let differences: Vec<f64> = labellings.iter().map(|labels| self.difference(column, labels)).collect();
        // Where the groups' sizes change with the labels, the mean is no sum with a known standard deviation.
        let is_sum = match &self.layout {
            Layout::Pairs => true,
            Layout::Clusters(_) => false,
            _ => !column.iter().any(|value| value.is_nan()),
        };
        let spread = if is_sum {
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            (differences.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / differences.len() as f64).sqrt()
        } else {
            let values: Vec<f64> = column.iter().copied().filter(|value| !value.is_nan()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
            let m = column[..self.n[0]].iter().filter(|value| !value.is_nan()).count() as f64;
            (variance * (1.0 / m + 1.0 / (values.len() as f64 - m))).sqrt()
        };
        let turned = |d: f64| match alternative {
            Alternative::TwoSided => d.abs(),
            Alternative::Greater => d,
            Alternative::Less => -d,
        };
        let score = |d: &f64| if d.is_nan() { f64::INFINITY } else { turned(*d) / spread };
        differences.iter().map(score).collect()
    }

    /// The tests of the columns.
    fn joint(&self, adjustment: Adjustment, alternative: Alternative) -> JointTest {
        let mut of_column = Vec::new();
        let test = |column: &Vec<f64>| {
            let present = |rows: std::ops::Range<usize>| {
                let start = rows.start;
                rows.filter(|&row| !column[row].is_nan()).map(|row| (row - start) as u32).collect::<Vec<_>>()
            };
            let rows = [present(0..self.n[0]), present(self.n[0]..column.len())];
            let case: Vec<f64> = rows[0].iter().map(|&row| column[row as usize]).collect();
            let control: Vec<f64> = rows[1].iter().map(|&row| column[self.n[0] + row as usize]).collect();
            of_column.push(rows);
            PermutationTest::new(&case, &control).unwrap().alternative(alternative)
        };
        let tests: Vec<PermutationTest> = self.columns.iter().map(test).collect();
        let blocks = |of: &Vec<u32>| permtest::design::layout::Blocks { of_observation: of.clone(), names: Vec::new() };
        let mut layout = permtest::design::layout::Layout::default();
        match &self.layout {
            Layout::Independent => {}
            Layout::Pairs => layout.pairing = permtest::design::layout::Pairing::ByOrder,
            Layout::Strata(of) => layout.strata = Some(blocks(of)),
            Layout::Clusters(of) => layout.clusters = Some(blocks(of)),
        }
        JointTest::with_rows(tests, &SharedRows { n: self.n, layout, of_column }).unwrap().adjust(adjustment)
    }

    fn random(numbers: &mut Numbers, layout: Layout, n: [usize; 2], with_missing: bool) -> Self {
        let all = n[0] + n[1];
        let is_paired = matches!(layout, Layout::Pairs);
        let column = |numbers: &mut Numbers| {
            let mut values: Vec<f64> = (0..all).map(|_| numbers.below(7) as f64).collect();
            if with_missing && numbers.below(2) == 0 {
                let row = numbers.below(n[0] as u64) as usize;
                values[row] = f64::NAN;
                if is_paired {
                    values[n[0] + row] = f64::NAN;
                }
            }
            values
        };
        let columns = (0..2 + numbers.below(4)).map(|_| column(numbers)).collect();
        Self { layout, n, columns }
    }
}

/// Step-down counts: for each column, labellings in which it or a less extreme one is as extreme as its data.
fn by_definition(scores: &[Vec<f64>], observed: &[f64], is_smaller_extreme: bool) -> Vec<usize> {
    let sign = if is_smaller_extreme { -1.0 } else { 1.0 };
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| (sign * observed[a]).total_cmp(&(sign * observed[b])));
    let mut counts = vec![0; scores.len()];
    let mut largest = vec![f64::NEG_INFINITY; scores[0].len()];
    for &column in &order {
        for (largest, &score) in largest.iter_mut().zip(&scores[column]) {
            *largest = largest.max(sign * score);
        }
        counts[column] = largest.iter().filter(|&&score| score >= sign * observed[column] - 1e-9).count();
    }
    let mut least = 0;
    for &column in order.iter().rev() {
        least = least.max(counts[column]);
        counts[column] = least;
    }
    counts
}

fn tables() -> Vec<Table> {
    let mut numbers = Numbers(20_261_127);
    let mut tables = Vec::new();
    for round in 0..50 {
        let with_missing = round % 2 == 1;
        tables.push(Table::random(&mut numbers, Layout::Independent, [3 + round % 2, 4], with_missing));
        tables.push(Table::random(&mut numbers, Layout::Pairs, [6, 6], with_missing));
        let strata = Layout::Strata(vec![0, 1, 0, 1, 0, 1, 1, 0]);
        tables.push(Table::random(&mut numbers, strata, [4, 4], false));
        let clusters = Layout::Clusters(vec![0, 0, 1, 2, 3, 3, 4, 5, 5]);
        tables.push(Table::random(&mut numbers, clusters, [4, 5], false));
    }
    tables
}

/// Whether some labelling changes something.
fn varies(scores: &[f64]) -> bool {
    scores.iter().all(|score| !score.is_nan())
}

#[test]
fn max_t_and_min_p_are_what_their_definition_says() {
    let mut compared = 0;
    let alternatives = [Alternative::TwoSided, Alternative::Greater, Alternative::Less];
    for (table, alternative) in tables().into_iter().zip(alternatives.into_iter().cycle()) {
        let labellings = table.labellings();
        let own = labellings.iter().position(|labels| *labels == table.labels()).expect("the data are one of them");
        let scores: Vec<Vec<f64>> =
            table.columns.iter().map(|column| table.scores(column, &labellings, alternative)).collect();
        if !scores.iter().all(|scores| varies(scores)) {
            continue;
        }
        let observed: Vec<f64> = scores.iter().map(|scores| scores[own]).collect();
        let all = labellings.len() as f64;
        let extreme = |scores: &[f64], limit: f64| scores.iter().filter(|&&score| score >= limit - 1e-9).count() as f64;
        let p_values: Vec<Vec<f64>> =
            scores.iter().map(|of| of.iter().map(|&score| extreme(of, score) / all).collect()).collect();
        let of_data: Vec<f64> = p_values.iter().map(|p| p[own]).collect();
        for (adjustment, expected) in [
            (Adjustment::MaxT, by_definition(&scores, &observed, false)),
            (Adjustment::MinP, by_definition(&p_values, &of_data, true)),
        ] {
            let results = table.joint(adjustment, alternative).run("mean").unwrap();
            for (column, result) in results.iter().enumerate() {
                assert_eq!(result.p_value.kind, IntervalKind::Exact);
                let [p, adjusted] = [result.p_value.estimate, result.p_value_adjusted.unwrap().estimate];
                let count = |p: f64| (p * all).round();
                assert_eq!(count(p), count(of_data[column]), "{table:?}");
                assert_eq!(count(adjusted), expected[column] as f64, "{adjustment:?} of column {column} of {table:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "{compared} columns were compared");
}

fn results(table: &Table, resamples: u64, change: impl Fn(PermutationTest) -> PermutationTest) -> Vec<TestResult> {
    let test = |column: &Vec<f64>| {
        let test = PermutationTest::new(&column[..table.n[0]], &column[table.n[0]..]).unwrap();
        change(test.resamples(resamples).null_distribution(NullDistribution::Binned))
    };
    JointTest::new(table.columns.iter().map(test).collect()).unwrap().run("mean").unwrap()
}

/// Columns that have something in common, in the first of which the groups differ by a shift.
fn correlated(numbers: &mut Numbers, n: [usize; 2], columns: usize, shift: f64) -> Table {
    let common: Vec<f64> = (0..n[0] + n[1]).map(|_| numbers.normal()).collect();
    let column = |place: usize| {
        let value = |row: usize, numbers: &mut Numbers| {
            let shift = if place == 0 && row < n[0] { shift } else { 0.0 };
            ((common[row] + 0.5 * numbers.normal() + shift) * 100.0).round() / 100.0
        };
        (0..n[0] + n[1]).map(|row| value(row, &mut *numbers)).collect::<Vec<f64>>()
    };
    let columns = (0..columns).map(column).collect();
    Table { layout: Layout::Independent, n, columns }
}

#[test]
fn the_first_column_is_tested_as_if_it_were_alone() {
    let table = correlated(&mut Numbers(3), [9, 14], 4, 1.0);
    let joint = results(&table, 3000, |test| test);
    let alone = PermutationTest::new(&table.columns[0][..9], &table.columns[0][9..]).unwrap().resamples(3000);
    let alone = alone.run("mean").unwrap();
    assert_eq!((joint[0].counts, joint[0].p_value), (alone.counts, alone.p_value));
}

#[test]
fn threads_instructions_and_the_order_of_rows_change_nothing() {
    let table = correlated(&mut Numbers(7), [30, 41], 5, 0.3);
    let expected = results(&table, 20_000, |test| test.threads(1));
    for (threads, arch) in [(2, Arch::new()), (7, Arch::Scalar)] {
        assert_eq!(results(&table, 20_000, |test| test.threads(threads).arch(arch)), expected);
    }
    // SharedRows of a group change places.
    let turned = |column: &Vec<f64>| {
        let (case, control) = column.split_at(30);
        case.iter().rev().chain(control.iter().cycle().skip(17).take(41)).copied().collect()
    };
    let shuffled =
        Table { layout: Layout::Independent, n: table.n, columns: table.columns.iter().map(turned).collect() };
    assert_eq!(results(&shuffled, 20_000, |test| test), expected);
}

#[test]
fn a_column_and_its_opposite_have_opposite_statistics_under_every_labelling() {
    let table = correlated(&mut Numbers(11), [8, 8], 1, 0.5);
    let opposite = table.columns[0].iter().map(|value| -value).collect();
    let both = Table { columns: vec![table.columns[0].clone(), opposite], ..table };
    let results = results(&both, 5000, |test| test);
    let [one, other] = [0, 1].map(|column| results[column].counts.unwrap());
    assert_eq!((one.greater_equal, one.absolute), (other.less_equal, other.absolute));
    assert_eq!(results[0].p_value, results[1].p_value_adjusted.unwrap());
}

#[test]
fn a_shift_under_the_null_hypothesis_is_one_of_the_data_also_where_values_are_missing() {
    let table = correlated(&mut Numbers(23), [8, 9], 3, 1.0);
    let rows = |n: u32| (0..n).collect::<Vec<u32>>();
    let p_values = |shift: f64, moved: f64| -> Vec<[f64; 2]> {
        let mut of_column = Vec::new();
        let test = |(place, column): (usize, &Vec<f64>)| {
            // The second column lacks its first case value.
            let first = usize::from(place == 1);
            of_column.push([rows(8)[first..].to_vec(), rows(9)]);
            let case: Vec<f64> =
                column[first..8].iter().map(|value| ((value - moved) * 100.0).round() / 100.0).collect();
            PermutationTest::new(&case, &column[8..]).unwrap().shift(shift).resamples(2000)
        };
        let tests = table.columns.iter().enumerate().map(test).collect();
        let shared = SharedRows { n: [8, 9], layout: permtest::design::layout::Layout::default(), of_column };
        let results = JointTest::with_rows(tests, &shared).unwrap().adjust(Adjustment::MaxT).run("mean").unwrap();
        results.iter().map(|r| [r.p_value.estimate, r.p_value_adjusted.unwrap().estimate]).collect()
    };
    assert_eq!(p_values(0.75, 0.0), p_values(0.0, 0.75));
}

#[test]
fn no_column_at_all_is_an_error() {
    let refusal = JointTest::new(Vec::new()).err().expect("a refusal").to_string();
    assert_eq!(refusal, "there is no column; give at least one");
    let rows = SharedRows { n: [3, 3], layout: permtest::design::layout::Layout::default(), of_column: Vec::new() };
    assert!(JointTest::with_rows(Vec::new(), &rows).is_err());
}

#[test]
fn a_column_of_equal_values_is_no_error() {
    let mut table = correlated(&mut Numbers(5), [6, 6], 2, 2.0);
    table.columns.push(vec![3.0; 12]);
    let tests = |columns: &[Vec<f64>]| {
        columns.iter().map(|column| PermutationTest::new(&column[..6], &column[6..]).unwrap()).collect::<Vec<_>>()
    };
    for statistic in ["mean", "welch", "median"] {
        let with = JointTest::new(tests(&table.columns)).unwrap().run(statistic).unwrap();
        let without = JointTest::new(tests(&table.columns[..2])).unwrap().run(statistic).unwrap();
        assert_eq!(with[2].p_value.estimate, 1.0, "{statistic}");
        assert_eq!(with[2].p_value_adjusted.unwrap().estimate, 1.0, "{statistic}");
        for column in 0..2 {
            assert_eq!(with[column].p_value_adjusted, without[column].p_value_adjusted, "{statistic}");
        }
    }
}

#[test]
fn the_unit_of_a_column_does_not_matter_to_the_others() {
    let table = correlated(&mut Numbers(13), [7, 9], 3, 0.8);
    let scaled = |(place, column): (usize, &Vec<f64>)| {
        column.iter().map(|value| value * [1.0, 1024.0, 0.125][place]).collect::<Vec<f64>>()
    };
    let others = Table {
        columns: table.columns.iter().enumerate().map(scaled).collect(),
        ..correlated(&mut Numbers(13), [7, 9], 3, 0.8)
    };
    let adjusted = |table: &Table| -> Vec<f64> {
        results(table, 2000, |test| test).iter().map(|result| result.p_value_adjusted.unwrap().estimate).collect()
    };
    assert_eq!(adjusted(&table), adjusted(&others));
}

#[test]
fn the_family_keeps_its_level_and_gains_from_what_columns_have_in_common() {
    const SETS: usize = 2000;
    let mut numbers = Numbers(17);
    let (mut false_alarms, mut found, mut by_holm) = (0, 0, 0);
    for set in 0..SETS {
        let shift = if set % 4 == 0 { 1.4 } else { 0.0 };
        let table = correlated(&mut numbers, [6, 7], 8, shift);
        let results = table.joint(Adjustment::MaxT, Alternative::TwoSided).run("mean").unwrap();
        let p_values: Vec<f64> = results.iter().map(|result| result.p_value.estimate).collect();
        let adjusted: Vec<f64> = results.iter().map(|result| result.p_value_adjusted.unwrap().estimate).collect();
        let null = if shift == 0.0 { &adjusted[..] } else { &adjusted[1..] };
        false_alarms += usize::from(null.iter().any(|&p| p <= 0.05));
        if shift > 0.0 {
            found += usize::from(adjusted[0] <= 0.05);
            by_holm += usize::from(Adjustment::Holm.of(&p_values)[0] <= 0.05);
        }
    }
    // Of 2,000 families at level .05 more than 137 would be 3.8 standard deviations too many: a probability of 1e-4.
    assert!(false_alarms <= 137, "{false_alarms} of {SETS} families had a false alarm");
    assert!(found > by_holm + 20, "{found} shifts were found, and {by_holm} by Holm's method");
}
