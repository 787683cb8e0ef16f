//! Two of several groups, as the samples of a test of their own.

use super::dataset::{Dataset, Group};
use super::layout::{Keys, Layout};

impl Dataset {
    /// The groups of two numbers, from 0, as case and control, with what is known of their observations.
    ///
    /// # Panics
    /// When there are no such groups.
    #[must_use]
    pub fn two_of(&self, [case, control]: [usize; 2]) -> Self {
        let sizes: Vec<usize> = self.groups().map(|group| group.values.len()).collect();
        let observations = |group: usize| {
            let start: usize = sizes[..group].iter().sum();
            start..start + sizes[group]
        };
        let keys = |keys: &Option<Keys>| {
            let Keys { column, of_observation, names } = keys.as_ref()?;
            let of_both = [case, control].map(|group| &of_observation[observations(group)]).concat();
            Some(Keys::new(column.clone(), of_both, |key| names[key as usize].clone()))
        };
        let layout = Layout { strata: keys(&self.layout.strata), clusters: keys(&self.layout.clusters), pairing: None };
        let group = |number: usize| -> Group { self.groups().nth(number).expect("there is such a group").clone() };
        let column = format!("{} \u{2212} {}", group(case).label, group(control).label);
        let data = Self::of_two(column, [group(case), group(control)], layout, Vec::new());
        Self { grouping: self.grouping.clone(), words: self.words.clone(), ..data }
    }
}
