//! What a test is about: the pooled observations, and which labellings of them are equally likely.

use std::sync::Arc;

use super::pool::Pool;
use crate::design::layout::{Arrangement, Conflict, Layout};
use crate::design::{Clustered, Design, TwoSample};

/// The pooled sample under a design.
pub struct Problem {
    pool: Pool,
    design: Arc<dyn Design>,
    pairs: Option<Vec<[u32; 2]>>,
}

impl Problem {
    /// Two independent samples.
    #[must_use]
    pub fn two_sample(pool: Pool) -> Self {
        let design = Arc::new(TwoSample::new(pool.labels()));
        Self { pool, design, pairs: None }
    }

    /// A design over the observations in the order they were given, case observations first.
    ///
    /// # Panics
    /// When the design has another number of observations.
    #[must_use]
    pub fn with_design(pool: Pool, design: Arc<dyn Design>) -> Self {
        assert_eq!(design.units().observations(), pool.len(), "a design for these observations");
        let design = Arc::new(Clustered::reordered(design, pool.order()));
        Self { pool, design, pairs: None }
    }

    /// Observations that belong together in some way.
    ///
    /// # Errors
    /// A [`Conflict`] where the layout has no design.
    pub fn with_layout(pool: Pool, layout: &Layout) -> Result<Self, Conflict> {
        let Arrangement { design, pairs } = layout.arrange(pool.order(), pool.n_case())?;
        Ok(Self { pool, design, pairs })
    }

    /// The pooled sample.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The design, over the positions of the pool.
    #[must_use]
    pub fn design(&self) -> &dyn Design {
        &*self.design
    }

    /// The positions of the case and the control member of each pair, in the order they were given; `None` where
    /// observations are not paired.
    #[must_use]
    pub fn pairs(&self) -> Option<&[[u32; 2]]> {
        self.pairs.as_deref()
    }

    /// Number of case observations in the data, m.
    #[must_use]
    pub fn n_case(&self) -> usize {
        self.pool.n_case()
    }
}
