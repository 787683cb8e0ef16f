//! The parts of the help that are not about a single option.

/// The ways to name two samples.
pub const USAGE: &str = "permtest [OPTIONS] <CASE> <CONTROL>
       permtest [OPTIONS] <DATA> --group <COLUMN>
       permtest [OPTIONS] <DATA> --case <COLUMN> --control <COLUMN>
       permtest completions <SHELL>
       permtest man";

/// Ends the short help.
pub const SHORT_EXAMPLES: &str = "Example: permtest case.csv control.csv -n 10M
`permtest --help` says more of each option and has examples.";

/// Ends the long help and the manual page.
pub const EXAMPLES: &str = "\
Examples:
  permtest case.csv control.csv -n 10M
          Two files with a column each; ten million relabellings.
  permtest toothgrowth.csv --group supp --column len
          One long file: a column of values and a column of labels.
  permtest trial.tsv --case treated --control placebo --alternative greater
          One wide file: a column for each group; is the treated mean greater?
  zcat runs.csv.gz | permtest - baseline.csv -c seconds --mu 5%
          One sample from a pipe; is the difference other than 5 % of the baseline's mean?
  permtest new.csv old.csv -q
          The p-value alone, for a script.
  permtest new.csv old.csv --json -o result.json --distribution null.npy
          For a program: the report as JSON, the null distribution for NumPy.

Exit status:
  0    the test was done, whatever the p-value
  2    the options, the data or the output cannot be used; standard output is empty
  130  interrupted; nothing was written

Environment:
  NO_COLOR, CLICOLOR, CLICOLOR_FORCE   as everywhere
  PERMTEST_SIMD=off                    portable kernels: slower, the same bytes";
