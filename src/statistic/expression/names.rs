//! The words of the language, and the nearest of them to a word that is none.

use std::f64::consts;

use super::syntax::{Reducer, Unary, Variable};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Word {
    Variable(Variable),
    Constant(Constant),
    Function(Function),
}

/// A number with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constant {
    Pi,
    E,
}

/// A function by what its arguments are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    /// Of one value, or of each of many.
    Elementwise(Unary),
    /// `pow(a, b)`
    Power,
    /// Of many values.
    Reduce(Reducer),
    /// `quantile(v, p)`
    Quantile,
    /// `trimmed_mean(v, q)`
    TrimmedMean,
}

const WORDS: [Word; 24] = [
    Word::Variable(Variable::Case),
    Word::Variable(Variable::Control),
    Word::Variable(Variable::Pooled),
    Word::Function(Function::Reduce(Reducer::Mean)),
    Word::Function(Function::Reduce(Reducer::Median)),
    Word::Function(Function::Reduce(Reducer::Sum)),
    Word::Function(Function::Reduce(Reducer::Var)),
    Word::Function(Function::Reduce(Reducer::Sd)),
    Word::Function(Function::Reduce(Reducer::Min)),
    Word::Function(Function::Reduce(Reducer::Max)),
    Word::Function(Function::Reduce(Reducer::N)),
    Word::Function(Function::Quantile),
    Word::Function(Function::TrimmedMean),
    Word::Function(Function::Elementwise(Unary::Log)),
    Word::Function(Function::Elementwise(Unary::Log2)),
    Word::Function(Function::Elementwise(Unary::Log10)),
    Word::Function(Function::Elementwise(Unary::Log1p)),
    Word::Function(Function::Elementwise(Unary::Exp)),
    Word::Function(Function::Elementwise(Unary::Sqrt)),
    Word::Function(Function::Elementwise(Unary::Abs)),
    Word::Function(Function::Elementwise(Unary::Rank)),
    Word::Function(Function::Power),
    Word::Constant(Constant::Pi),
    Word::Constant(Constant::E),
];

/// What other programs call the same, where the spelling alone would not lead there.
const SYNONYMS: [(&str, &str); 18] = [
    ("average", "mean"),
    ("avg", "mean"),
    ("std", "sd"),
    ("stdev", "sd"),
    ("stddev", "sd"),
    ("variance", "var"),
    ("total", "sum"),
    ("ln", "log"),
    ("count", "n"),
    ("len", "n"),
    ("length", "n"),
    ("percentile", "quantile"),
    ("trimmed", "trimmed_mean"),
    ("case", "x"),
    ("control", "y"),
    ("all", "pooled"),
    ("power", "pow"),
    ("π", "pi"),
];

impl Word {
    /// The word that is spelled so.
    pub fn find(name: &str) -> Option<Self> {
        WORDS.into_iter().find(|word| word.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Variable(variable) => variable.name(),
            Self::Constant(Constant::Pi) => "pi",
            Self::Constant(Constant::E) => "e",
            Self::Function(function) => function.name(),
        }
    }
}

impl Constant {
    pub fn value(self) -> f64 {
        match self {
            Self::Pi => consts::PI,
            Self::E => consts::E,
        }
    }
}

impl Function {
    pub fn name(self) -> &'static str {
        match self {
            Self::Elementwise(function) => function.name(),
            Self::Power => "pow",
            Self::Reduce(reducer) => reducer.name(),
            Self::Quantile => Reducer::Quantile(0.5).name(),
            Self::TrimmedMean => Reducer::TrimmedMean(0.0).name(),
        }
    }

    /// A call with as many arguments as the function takes.
    pub fn example(self) -> String {
        let arguments = match self {
            Self::Elementwise(_) | Self::Reduce(_) => "x",
            Self::Power => "x, 2",
            Self::Quantile => "x, 0.9",
            Self::TrimmedMean => "x, 0.2",
        };
        format!("{}({arguments})", self.name())
    }
}

/// What to write instead of a name that is no word: the nearest word, or all of them to choose from.
pub(super) fn remedy_for_unknown(name: &str) -> String {
    if let Some(word) = nearest(name) {
        return format!("did you mean {word}?");
    }
    let words = WORDS.map(Word::name).join(", ");
    format!("the names are {words}; columns stand without x, y and pooled")
}

/// The word that a name is a synonym, a beginning or a misspelling of.
fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    if let Some((_, word)) = SYNONYMS.into_iter().find(|(synonym, _)| *synonym == name) {
        return Some(word);
    }
    nearest_among(&name, WORDS.map(Word::name).into_iter())
}

/// The name that another one is a beginning or a misspelling of.
pub(super) fn nearest_among<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    let distances = names.map(|other| (distance(&name, &other.to_lowercase()), other));
    // Half of the letters or more may be wrong in no misspelling: z is not near to x.
    let length = name.chars().count();
    let near = distances.filter(|(distance, other)| distance * 2 < length.max(other.chars().count()));
    near.min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

/// Letters to insert, remove, replace or swap with a neighbour to make the word of the name.
fn distance(name: &str, word: &str) -> usize {
    let is_beginning = name.len() >= 3 && word.starts_with(name);
    if is_beginning && name != word { 1 } else { strsim::osa_distance(name, word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_name() {
        for word in WORDS {
            assert_eq!(Word::find(word.name()), Some(word));
        }
        for (synonym, word) in SYNONYMS {
            assert!(Word::find(synonym).is_none(), "{synonym}");
            assert!(Word::find(word).is_some(), "{word}");
        }
    }

    #[test]
    fn misspellings_lead_to_the_word_that_was_meant() {
        for (name, word) in [
            ("meen", "mean"),
            ("maen", "mean"),
            ("Mean", "mean"),
            ("X", "x"),
            ("medain", "median"),
            ("quant", "quantile"),
            ("quantil", "quantile"),
            ("trimmed", "trimmed_mean"),
            ("trimmedmean", "trimmed_mean"),
            ("logg", "log"),
            ("std", "sd"),
            ("STDEV", "sd"),
            ("pool", "pooled"),
            ("ranks", "rank"),
        ] {
            assert_eq!(nearest(name), Some(word), "{name}");
        }
    }

    #[test]
    fn what_is_like_no_word_gets_no_guess() {
        for name in ["z", "foo", "a", "treatment", "inf", "nan", "größe"] {
            assert_eq!(nearest(name), None, "{name}");
        }
        assert!(remedy_for_unknown("foo").starts_with("the names are x, y, pooled, mean, "));
    }
}
