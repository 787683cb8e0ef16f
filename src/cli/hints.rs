//! What other programs call an option or a statistic → what it is called here, for the message about a word that is not known.

/// Options, without the dashes before them.
const OPTIONS: [(&str, &str); 34] = [
    ("baseline", "--control"),
    ("block", "--strata"),
    ("by", "--group"),
    ("ci", "--confidence"),
    ("col", "--column"),
    ("conf", "--confidence"),
    ("conf-level", "--confidence"),
    ("cores", "--threads"),
    ("g", "--group"),
    ("groups", "--group"),
    ("id", "--pair"),
    ("iterations", "--resamples"),
    ("jobs", "--threads"),
    ("label", "--group"),
    ("labels", "--group"),
    ("level", "--confidence"),
    ("n-resamples", "--resamples"),
    ("one-sided", "--alternative greater (or less)"),
    ("out", "--output"),
    ("p-value", "--quiet, which prints the p-value alone"),
    ("permutations", "--resamples"),
    ("pvalue", "--quiet, which prints the p-value alone"),
    ("random-state", "--seed"),
    ("reps", "--resamples"),
    ("sep", "--delimiter"),
    ("separator", "--delimiter"),
    ("stat", "--statistic"),
    ("subject", "--pair"),
    ("tail", "--alternative"),
    ("test", "--statistic"),
    ("treatment", "--case"),
    ("values", "--column"),
    ("value", "--column"),
    ("workers", "--threads"),
];

/// Statistics, in small letters and digits only.
const STATISTICS: [(&str, &str); 60] = [
    ("anova", "f"),
    ("aov", "f"),
    ("chi2", "chi-squared"),
    ("chisq", "chi-squared"),
    ("chisqtest", "chi-squared"),
    ("chisquare", "chi-squared"),
    ("cor", "pearson"),
    ("correlation", "pearson"),
    ("dcor", "distance-correlation"),
    ("fisher", "chi-squared"),
    ("foneway", "f"),
    ("ftest", "f"),
    ("jonckheere", "trend"),
    ("kendalltau", "kendall"),
    ("kruskal", "kruskal-wallis"),
    ("kruskaltest", "kruskal-wallis"),
    ("pearsonr", "pearson"),
    ("spearmanr", "spearman"),
    ("anderson", "ad"),
    ("andersondarling", "ad"),
    ("andersonksamp", "ad"),
    ("average", "mean"),
    ("avg", "mean"),
    ("cramervonmises", "cvm"),
    ("cramervonmises2samp", "cvm"),
    ("energydistance", "energy"),
    ("geomean", "geometric-mean"),
    ("gmean", "geometric-mean"),
    ("kolmogorovsmirnov", "ks"),
    ("ks2samp", "ks"),
    ("kstest", "ks"),
    ("mannwhitney", "rank-sum"),
    ("mannwhitneyu", "rank-sum"),
    ("maximum", "max"),
    ("minimum", "min"),
    ("mwu", "rank-sum"),
    ("p50", "median"),
    ("p90", "quantile:0.9"),
    ("p95", "quantile:0.95"),
    ("p99", "quantile:0.99"),
    ("percentile", "quantile:0.9"),
    ("ranksums", "rank-sum"),
    ("ranksumtest", "rank-sum"),
    ("signedranktest", "signed-rank"),
    ("standarddeviation", "sd"),
    ("std", "sd"),
    ("stddev", "sd"),
    ("stdev", "sd"),
    ("student", "t"),
    ("studentt", "t"),
    ("ttest", "t"),
    ("ttestind", "t"),
    ("ttestrel", "t"),
    ("utest", "rank-sum"),
    ("variance", "var"),
    ("welcht", "welch"),
    ("welchttest", "welch"),
    ("wilcox", "rank-sum, or for pairs signed-rank"),
    ("wilcoxon", "rank-sum, or for pairs signed-rank"),
    ("wilcoxtest", "rank-sum, or for pairs signed-rank"),
];

/// The option that is meant by one that is not known.
pub(super) fn option(argument: &str) -> Option<&'static str> {
    lookup(&OPTIONS, argument.trim_start_matches('-'))
}

/// The statistic that is meant by a name that is not known.
pub(super) fn statistic(name: &str) -> Option<&'static str> {
    let essence: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    lookup(&STATISTICS, &essence)
}

fn lookup(table: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == word).map(|(_, meant)| *meant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistic::{AssociationStatistic, Definition, GroupStatistic};

    #[test]
    fn every_hint_can_be_followed() {
        for (known, meant) in STATISTICS {
            assert!(Definition::parse(known).is_err(), "{known} is a name of its own");
            let first = meant.split(',').next().unwrap();
            let is_named = Definition::parse(first).is_ok()
                || GroupStatistic::parse(first).is_ok()
                || AssociationStatistic::parse(first).is_ok();
            assert!(is_named, "{first}");
        }
        let options = <super::super::arguments::Arguments as clap::CommandFactory>::command();
        let is_known = |name: &str| options.get_arguments().any(|option| option.get_long() == Some(name));
        for (known, meant) in OPTIONS {
            assert!(!is_known(known), "{known} is an option");
            let name = meant.trim_start_matches("--").split([' ', ',']).next().unwrap();
            assert!(is_known(name), "{name}");
        }
    }

    #[test]
    fn names_are_known_however_they_are_written() {
        assert_eq!(statistic("t.test"), Some("t"));
        assert_eq!(statistic("Mann-Whitney"), Some("rank-sum"));
        assert_eq!(option("--id"), Some("--pair"));
        assert_eq!(option("-g"), Some("--group"));
    }
}
