//! Columns → the two samples.

/// The two samples of a test and where they came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name of the value column: its header, or `value` where the file has none.
    pub column: String,
    /// Name of the column of labels, for one long file.
    pub grouping: Option<String>,
    /// The sample whose difference from the other is tested.
    pub case: Group,
    /// The sample it is compared with.
    pub control: Group,
    /// Rows left out because their value (or label) was missing.
    pub n_dropped: u64,
    /// Things the user should know about how the files were read, a sentence each, for standard error.
    pub notes: Vec<String>,
}

/// One of the two samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What the report calls it.
    pub label: String,
    /// Its observations in file order, finite, at least one.
    pub values: Vec<f64>,
}
