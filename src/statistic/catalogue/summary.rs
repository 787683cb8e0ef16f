//! Statistics as functions of two samples: for samples that are no relabelling of the data, such as bootstrap samples.

use super::prepare::deviation;
use super::{Function, Named};
use crate::statistic::expression::evaluate::{self, evaluate};
use crate::statistic::{Columns, Definition, order};

/// A summary of one sample.
type Summary = Box<dyn Fn(&[f64]) -> f64 + Send + Sync>;

impl Definition {
    /// The difference of a summary, or an expression, as a function; `None` for other statistics of the catalogue. The
    /// samples may be in any order, but pairs stand side by side; of columns they hold the numbers of rows. A function is NaN where
    /// it is not defined.
    #[must_use]
    pub fn function(&self, columns: Option<&Columns>) -> Option<Function> {
        match self {
            Self::Named(named) => {
                let summary = named.summary()?;
                Some(Box::new(move |case, control| summary(case) - summary(control)))
            }
            Self::Expression(parsed) => {
                let expression = parsed.with_columns(columns).ok()?.two_sample();
                Some(Box::new(move |case, control| {
                    let mut pooled = [case, control].concat();
                    pooled.sort_unstable_by(f64::total_cmp);
                    evaluate(&expression, evaluate::Values { case, control, pooled: &pooled })
                }))
            }
        }
    }
}

impl Named {
    /// The summary of one sample, in any order and not empty.
    fn summary(self) -> Option<Summary> {
        let quantile = |q: f64| move |sample: &[f64]| order::quantile(&ascending(sample), q);
        Some(match self {
            Self::Mean => Box::new(mean),
            Self::Median => Box::new(quantile(0.5)),
            Self::Quantile(q) => Box::new(quantile(q)),
            Self::Min => Box::new(quantile(0.0)),
            Self::Max => Box::new(quantile(1.0)),
            Self::TrimmedMean(q) => Box::new(move |sample| order::trimmed_mean(&ascending(sample), q)),
            Self::Var => Box::new(variance),
            Self::Sd => Box::new(|sample| variance(sample).sqrt()),
            Self::GeometricMean => Box::new(geometric_mean),
            Self::Iqr => Box::new(|sample| {
                let sorted = ascending(sample);
                order::quantile(&sorted, 0.75) - order::quantile(&sorted, 0.25)
            }),
            Self::Mad => Box::new(deviation),
            _ => return None,
        })
    }
}

fn ascending(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// From the first value, so that a large common part costs no digits.
fn mean(sample: &[f64]) -> f64 {
    sample[0] + sample.iter().map(|value| value - sample[0]).sum::<f64>() / sample.len() as f64
}

fn variance(sample: &[f64]) -> f64 {
    let mean = mean(sample);
    sample.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (sample.len() as f64 - 1.0)
}

fn geometric_mean(sample: &[f64]) -> f64 {
    libm::exp(sample.iter().map(|&value| libm::log(value)).sum::<f64>() / sample.len() as f64)
}

#[cfg(test)]
mod tests {
    use crate::PermutationTest;
    use crate::statistic::Definition;

    #[test]
    fn the_function_of_the_data_is_the_statistic_of_the_data() {
        let (case, control) = ([3.0, 1.0, 4.0, 1.5, 9.0, 2.5], [2.0, 7.0, 1.25, 8.0, 2.75]);
        let names = ["mean", "median", "quantile:0.9", "min", "max", "trimmed-mean:0.2", "var", "sd", "iqr", "mad"];
        for name in names.into_iter().chain(["geometric-mean", "mean(log(x)) / median(pooled)", "max(x) - sd(y)"]) {
            let definition: Definition = name.parse().unwrap();
            let estimate = PermutationTest::new(&case, &control).unwrap().run(&definition).unwrap().estimate;
            let value = definition.function(None).unwrap()(&case, &control);
            assert!((value - estimate).abs() <= 1e-12 * estimate.abs(), "{name}: {value} against {estimate}");
        }
        assert!("welch".parse::<Definition>().unwrap().function(None).is_none());
    }
}
