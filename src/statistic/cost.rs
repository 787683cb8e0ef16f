//! What is known of a statistic before it is computed: what that costs, and about what its null distribution looks like.

/// What the statistic of a labelling is computed by, which decides what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EvaluationCost {
    /// One sum over the units.
    Sum,
    /// A kernel that goes over the observations so many times: about once for a median or a variance, three times for a
    /// distance.
    Kernel {
        /// How many times.
        passes: f64,
    },
    /// A function of the gathered values: microseconds.
    Function,
    /// A program, or whatever else takes tens of microseconds, so that drawing a labelling is nothing beside.
    Expensive,
}

impl EvaluationCost {
    /// Of a statistic of which no more is known than that a kernel computes it.
    pub const UNKNOWN_KERNEL: Self = Self::Kernel { passes: 3.0 };

    /// Whether it may be computed millions of times.
    #[must_use]
    pub fn is_kernel(self) -> bool {
        matches!(self, Self::Sum | Self::Kernel { .. })
    }
}

/// What a null distribution is taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NullShape {
    /// Normal.
    Normal,
    /// That of a distance of which a power has an upper tail like exp(−rate·x/mean).
    Exponential {
        /// 1 for a squared distance, else 2.
        power: i32,
        /// How fast the tail falls.
        rate: f64,
    },
}
