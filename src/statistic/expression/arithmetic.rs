//! What the operators and functions of an expression compute, with the same bits on every machine.

use super::{Binary, Unary};
use crate::simd::{self, Arch, Kernel};

/// A function of one number; logarithms of negative numbers and the like are NaN. `rank` is not one: it looks at all
/// values of the pool.
///
/// # Panics
/// For `rank`.
#[inline(always)]
#[must_use]
pub fn unary(function: Unary, x: f64) -> f64 {
    match function {
        Unary::Negate => -x,
        Unary::Log => libm::log(x),
        Unary::Log2 => libm::log2(x),
        Unary::Log10 => libm::log10(x),
        Unary::Log1p => libm::log1p(x),
        Unary::Exp => libm::exp(x),
        Unary::Sqrt => x.sqrt(),
        Unary::Abs => x.abs(),
        Unary::Rank => panic!("ranks are taken of the pooled values"),
    }
}

/// An operator; comparisons give 1 or 0, and NaN where a side is NaN.
#[inline(always)]
#[must_use]
pub fn binary(operator: Binary, a: f64, b: f64) -> f64 {
    let truth = |holds: bool| if a.is_nan() || b.is_nan() { f64::NAN } else { f64::from(u8::from(holds)) };
    match operator {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Power => libm::pow(a, b),
        Binary::Less => truth(a < b),
        Binary::LessEqual => truth(a <= b),
        Binary::Greater => truth(a > b),
        Binary::GreaterEqual => truth(a >= b),
        Binary::Equal => truth(a == b),
        Binary::NotEqual => truth(a != b),
    }
}

/// Applies a function to each of many numbers.
pub fn apply(arch: Arch, function: Unary, numbers: &mut [f64]) {
    match function {
        Unary::Negate | Unary::Sqrt | Unary::Abs => simd::run(arch, Apply { function, numbers }),
        _ => numbers.iter_mut().for_each(|x| *x = unary(function, *x)),
    }
}

/// Combines two lists of numbers of one length in the first of them.
pub fn combine(arch: Arch, operator: Binary, left: &mut [f64], right: &[f64]) {
    simd::run(arch, Combine { operator, left, right });
}

struct Apply<'a> {
    function: Unary,
    numbers: &'a mut [f64],
}

impl Kernel for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        match self.function {
            Unary::Negate => self.numbers.iter_mut().for_each(|x| *x = -*x),
            Unary::Sqrt => self.numbers.iter_mut().for_each(|x| *x = x.sqrt()),
            function => self.numbers.iter_mut().for_each(|x| *x = unary(function, *x)),
        }
    }
}

struct Combine<'a> {
    operator: Binary,
    left: &'a mut [f64],
    right: &'a [f64],
}

impl Combine<'_> {
    /// One loop for each operator, so that each can be vectorised.
    #[inline(always)]
    fn each(self, operator: impl Fn(f64, f64) -> f64) {
        for (a, &b) in self.left.iter_mut().zip(self.right) {
            *a = operator(*a, b);
        }
    }
}

impl Kernel for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        match self.operator {
            Binary::Add => self.each(|a, b| a + b),
            Binary::Subtract => self.each(|a, b| a - b),
            Binary::Multiply => self.each(|a, b| a * b),
            Binary::Divide => self.each(|a, b| a / b),
            operator => self.each(|a, b| binary(operator, a, b)),
        }
    }
}
