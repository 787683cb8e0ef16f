//! What a test is about: the pooled observations, and which labellings of them are equally likely.

use std::sync::{Arc, OnceLock};

use super::Statistic;
use super::pool::Pool;
use super::shuffled::Shuffled;
use crate::design::layout::{Arrangement, Conflict, Layout};
use crate::design::{Clustered, Design, RandomBatches, TwoSample, strata};
use crate::error::Error;
use crate::sampling::labellings::Labellings;
use crate::sampling::stream::{Domain, Stream};
use crate::simd::Arch;

/// Random labellings among [`Problem::probes`].
pub const PROBES: usize = 48;

/// The pooled sample under a design.
pub struct Problem {
    pool: Pool,
    design: Arc<dyn Design>,
    pairs: Option<Vec<[u32; 2]>>,
    strata: Option<Vec<u32>>,
    shuffled: Option<Shuffled>,
    is_one_sample: bool,
    probes: Probes,
}

/// The labellings of [`Problem::probes`], which problems of one design can share: they are drawn when they are first needed.
pub type Probes = Arc<OnceLock<Labellings>>;

impl Problem {
    /// Two independent samples.
    #[must_use]
    pub fn two_sample(pool: Pool) -> Self {
        let design = Arc::new(TwoSample::new(pool.labels()));
        Self {
            pool,
            design,
            pairs: None,
            strata: None,
            shuffled: None,
            is_one_sample: false,
            probes: Probes::default(),
        }
    }

    /// A design over the observations in the order they were given, case observations first.
    ///
    /// # Panics
    /// When the design has another number of observations.
    #[must_use]
    pub fn with_design(pool: Pool, design: Arc<dyn Design>) -> Self {
        assert_eq!(design.units().observations(), pool.len(), "a design for these observations");
        let design = Clustered::reordered(design, pool.order());
        let strata = strata(&design);
        Self {
            pool,
            design: Arc::new(design),
            pairs: None,
            strata,
            shuffled: None,
            is_one_sample: false,
            probes: Probes::default(),
        }
    }

    /// The same, where the i-th case and the i-th control observation are a pair.
    #[must_use]
    pub fn in_pairs(self) -> Self {
        let place = self.places();
        let pairs = place[..self.n_case()].iter().zip(&place[self.n_case()..]).map(|(&case, &control)| [case, control]);
        Self { pairs: Some(pairs.collect()), ..self }
    }

    /// Observations that belong together in some way.
    ///
    /// # Errors
    /// A [`Conflict`] where the layout has no design.
    pub fn with_layout(pool: Pool, layout: &Layout) -> Result<Self, Conflict> {
        let Arrangement { design, pairs } = layout.arrange(pool.order(), pool.n_case())?;
        let strata = strata(design.as_ref());
        Ok(Self { pool, design, pairs, strata, shuffled: None, is_one_sample: false, probes: Probes::default() })
    }

    /// Units of more than two groups, or of an association, in the order of the places of their design.
    #[must_use]
    pub fn shuffled(shuffled: Shuffled) -> Self {
        let design = Arc::new(shuffled.design());
        Self {
            pool: Pool::none(),
            design,
            pairs: None,
            strata: None,
            shuffled: Some(shuffled),
            is_one_sample: false,
            probes: Probes::default(),
        }
    }

    /// What is shuffled; `None` where two groups are compared.
    #[must_use]
    pub fn units(&self) -> Option<&Shuffled> {
        self.shuffled.as_ref()
    }

    /// The pooled sample; empty where more than two groups are compared, or two columns.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The design, over the positions of the pool.
    #[must_use]
    pub fn design(&self) -> &dyn Design {
        &*self.design
    }

    /// The statistic of the data, by the same kernels as that of every other labelling.
    ///
    /// # Errors
    /// Whatever the statistic fails with.
    pub fn observed<S: Statistic + ?Sized>(&self, statistic: &S, arch: Arch) -> Result<S::Replicate, Error> {
        let mut replicates = [S::Replicate::default()];
        let observed = self.design.labellings(self.design.observed());
        statistic.replicates(arch, &observed, &mut replicates)?;
        Ok(replicates[0])
    }

    /// The labelling of the data and a few dozen random ones, the same whatever the seed of the test: what shows how a
    /// statistic behaves before it is tested.
    #[must_use]
    pub fn probes(&self) -> &Labellings {
        self.probes.get_or_init(|| {
            let design = self.design();
            let mut words = design.observed();
            let mut stream = Stream::new(0, Domain::Probes, 0);
            RandomBatches::new(design, Arch::Scalar, &mut stream).append(PROBES, design.width(), &mut words);
            design.labellings(words)
        })
    }

    /// The same problem, of pairs whose control is as many zeros: their differences are one sample, whose signs are flipped.
    #[must_use]
    pub fn of_one_sample(self) -> Self {
        Self { is_one_sample: true, ..self }
    }

    /// Whether signs of one sample are flipped.
    #[must_use]
    pub fn is_one_sample(&self) -> bool {
        self.is_one_sample
    }

    /// The same problem, whose probes are those of others of its design.
    #[must_use]
    pub fn sharing(self, probes: Probes) -> Self {
        Self { probes, ..self }
    }

    /// The same design over the observations in the order they were given, as [`Problem::with_design`] takes it: its
    /// labellings do not change with the order of the pool.
    #[must_use]
    pub fn design_of_observations(&self) -> Arc<dyn Design> {
        let place = self.places();
        Arc::new(Clustered::reordered(self.design.clone(), &place))
    }

    /// The position of each observation, in the order they were given.
    fn places(&self) -> Vec<u32> {
        let mut place = vec![0; self.pool.len()];
        for (position, &observation) in (0..).zip(self.pool.order()) {
            place[observation as usize] = position;
        }
        place
    }

    /// The positions of the case and the control member of each pair, in the order they were given; `None` where
    /// observations are not paired.
    #[must_use]
    pub fn pairs(&self) -> Option<&[[u32; 2]]> {
        self.pairs.as_deref()
    }

    /// The stratum of each position, numbered from 0; `None` where labels are not exchanged within several strata.
    #[must_use]
    pub fn strata(&self) -> Option<&[u32]> {
        self.strata.as_deref()
    }

    /// Number of case observations in the data, m.
    #[must_use]
    pub fn n_case(&self) -> usize {
        self.pool.n_case()
    }
}
