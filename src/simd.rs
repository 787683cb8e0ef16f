//! The one door to SIMD: a kernel is compiled for each instruction set, and run with the best that the machine has.
//!
//! Kernels compute in integers, so which instructions ran can be seen in the time alone.

pub use pulp::Arch;

/// A kernel with its arguments.
///
/// A closure would be simpler, but only a named method can be marked to be inlined, and what is not inlined is compiled
/// without the instruction set's features.
pub trait Kernel {
    /// What it computes.
    type Output;

    /// Computes it. Implementations are marked `#[inline(always)]`, as is all that they call.
    fn compute(self) -> Self::Output;
}

/// Runs a kernel with an instruction set.
#[inline(always)]
pub fn run<K: Kernel>(arch: Arch, kernel: K) -> K::Output {
    arch.dispatch(Call(kernel))
}

struct Call<K>(K);

impl<K: Kernel> pulp::WithSimd for Call<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> K::Output {
        self.0.compute()
    }
}
