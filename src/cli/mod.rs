//! The command line → [`Settings`]: the only room that names clap.

mod arguments;
mod complete;
mod gate;
mod hints;
mod output_args;
mod pages;
mod pictures;
mod refusal;
mod samples;
mod shard;
mod subcommands;
mod topics;
mod value_enums;
mod value_parsers;

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap::Parser;
use clap::error::ErrorKind;

use self::arguments::{Arguments, ReadingArguments};
pub use self::complete::answer as answer_completions;
use self::subcommands::Subcommand;
use self::value_enums::Interval;
use crate::error::Error;
use crate::inference::Alternative;
use crate::method::bootstrap::MOST_BOOTSTRAP_SAMPLES;
use crate::method::planner::Choice;
use crate::permutation_test::effect::{Approach, DEFAULT_BOOTSTRAP, EffectRequest};
use crate::program::{self, ProgramSettings, Protocol};
use crate::settings::{
    Compare, DecimalMark, FalseAlarmSettings, Header, Instructions, MergeSettings, Purpose, Reading, Settings, Shard,
    Shift, Statistic, Test,
};
use crate::statistic::{AssociationStatistic, Definition, GroupStatistic};

/// How long a program that computes the statistic may be silent, unless the user says otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Levels of the intervals, unless the user says otherwise.
const CONFIDENCE_OF_P: f64 = 0.99;
const CONFIDENCE_OF_EFFECT: f64 = 0.95;

/// What the user wants of the command.
#[derive(Debug, Clone, PartialEq)]
pub enum Invocation {
    /// A test.
    Test(Box<Settings>),
    /// Parts of a run to be added up.
    Merge(Box<MergeSettings>),
    /// Splits of one sample.
    FalseAlarms(Box<FalseAlarmSettings>),
    /// A text about the command, for standard output: help, version, manual page, completions.
    Page(String),
    /// Nothing was asked for: how to ask, for standard error.
    Nothing(String),
}

/// Reads a command line, the program's name first.
///
/// Has no effects, but looks at the file system to see that no output would overwrite an input, and asks the system
/// for a number on `--seed random`.
///
/// # Errors
/// [`Error::Usage`] for options that are unknown, misspelled, out of range, or that contradict each other.
pub fn parse<Arg: Into<OsString> + Clone>(argv: impl IntoIterator<Item = Arg>) -> Result<Invocation, Error> {
    let argv: Vec<OsString> = argv.into_iter().map(Into::into).collect();
    match Arguments::try_parse_from(&argv) {
        Ok(Arguments { subcommand: Some(Subcommand::Completions { shell }), .. }) => {
            complete::registration(&shell.to_string()).map(Invocation::Page)
        }
        Ok(Arguments { subcommand: Some(Subcommand::Aa(arguments)), .. }) => {
            Ok(Invocation::FalseAlarms(Box::new(subcommands::false_alarms(&arguments)?)))
        }
        Ok(Arguments { subcommand: Some(Subcommand::Merge(arguments)), .. }) => {
            Ok(Invocation::Merge(Box::new(subcommands::merge(&arguments, &argv)?)))
        }
        Ok(Arguments { subcommand: Some(Subcommand::Statistics), .. }) => Ok(Invocation::Page(pages::statistics())),
        Ok(Arguments { subcommand: Some(Subcommand::Help { topic }), .. }) => {
            topics::page(topic.as_deref()).map(Invocation::Page)
        }
        Ok(Arguments { subcommand: Some(Subcommand::Man), .. }) => Ok(Invocation::Page(pages::man())),
        Ok(arguments) => Ok(Invocation::Test(Box::new(settings(&arguments, &argv)?))),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Ok(Invocation::Page(pages::help(&error.render()))),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(Invocation::Nothing(pages::hint())),
            _ => Err(refusal::explain(&error, subcommand(&argv))),
        },
    }
}

/// The subcommand that clap took the first argument for.
fn subcommand(argv: &[OsString]) -> Option<&str> {
    argv.get(1)?.to_str().filter(|word| topics::SUBCOMMANDS.contains(word))
}

fn settings(arguments: &Arguments, argv: &[OsString]) -> Result<Settings, Error> {
    let statistic = statistic(arguments)?;
    let data = samples::samples(arguments)?;
    let data = match samples::of_one_test(arguments, &statistic)? {
        Some(columns) => samples::together(data, columns)?,
        None => data,
    };
    let blocks = samples::blocks(arguments, &data)?;
    let mut output = output_args::output(arguments, &data, argv)?;
    let shard = shard::shard(arguments, &mut output, argv)?;
    let purpose = if arguments.explain { Purpose::Explain } else { Purpose::Test };
    let gate = gate::gate(arguments)?;
    Ok(Settings {
        purpose,
        reading: reading(&arguments.reading)?,
        test: test(arguments, statistic)?,
        gate,
        data,
        blocks,
        output,
        checkpoint: arguments.checkpoint.clone(),
        words: words(argv, shard.as_ref()),
        shard,
    })
}

/// The words after the program's name; which shard it is does not depend on where they are read.
fn words(argv: &[OsString], shard: Option<&Shard>) -> Vec<String> {
    let words = argv.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
    let Some(Shard { number, of, .. }) = shard else { return words.collect() };
    let name = |word: String| match word.split_once("auto/") {
        Some((option @ ("" | "--shard="), _)) => format!("{option}{number}/{of}"),
        _ => word,
    };
    words.map(name).collect()
}

/// Reads the words that a part file records.
///
/// # Errors
/// As [`parse`]; and where they are no test.
pub fn parse_test(words: &[String]) -> Result<Settings, Error> {
    match parse(std::iter::once("permtest").chain(words.iter().map(String::as_str)))? {
        Invocation::Test(settings) => Ok(*settings),
        _ => Err(Error::usage("the first part records no test", "run its shard again")),
    }
}

fn reading(arguments: &ReadingArguments) -> Result<Reading, Error> {
    // Where points group digits, commas are decimal marks.
    let implied = (arguments.thousands == Some('.')).then_some(DecimalMark::Comma);
    let decimal = arguments.decimal.or(implied);
    let mark = match decimal {
        None | Some(DecimalMark::Point) => '.',
        Some(DecimalMark::Comma) => ',',
    };
    // Then a comma may separate fields all the same: those with decimals stand in quotes.
    let delimiter = arguments.delimiter.map(char::from).filter(|_| arguments.decimal.is_some() || implied.is_none());
    for (option, other) in [("--delimiter", delimiter), ("--thousands", arguments.thousands)] {
        if other == Some(mark) {
            let what = format!("{option} and --decimal are both {mark:?}");
            return Err(Error::usage(what, "choose another character for one of the two"));
        }
    }
    Ok(Reading {
        encoding: arguments.encoding,
        sheet: arguments.sheet.clone(),
        delimiter: arguments.delimiter,
        header: if arguments.no_header { Header::Absent } else { Header::Detect },
        skip: arguments.skip,
        comment: arguments.comment.clone().filter(|prefix| !prefix.is_empty()),
        conditions: arguments.conditions.clone(),
        decimal,
        thousands: arguments.thousands,
        missing_tokens: arguments.na.clone().map_or_else(Vec::new, |tokens| tokens.0),
        true_words: arguments.true_words.clone(),
        missing: arguments.missing,
    })
}

fn test(arguments: &Arguments, statistic: Statistic) -> Result<Test, Error> {
    if arguments.two_sided.is_some() && arguments.alternative != Alternative::TwoSided {
        return Err(Error::usage(
            format!("--two-sided stands beside --alternative {}, which has one side", arguments.alternative.name()),
            "leave out one of the two",
        ));
    }
    if matches!(arguments.method, Choice::Exact | Choice::Bounds) && arguments.resamples.is_some() {
        let what =
            format!("--method {} counts every labelling, so -n has no meaning beside it", arguments.method.name());
        return Err(Error::usage(what, "leave out one of the two"));
    }
    Ok(Test {
        statistic,
        pairs_of_groups: arguments.compare_groups,
        compare: if arguments.compare { Compare::Classical } else { Compare::Nothing },
        alternative: arguments.alternative,
        two_sided: arguments.two_sided,
        undefined: arguments.undefined,
        mu: arguments.mu,
        equivalence: equivalence(arguments)?,
        method: arguments.method,
        resamples: arguments.resamples,
        memory: arguments.memory_limit,
        seed: arguments.seed,
        threads: arguments.threads,
        level: gate::level(arguments),
        confidence: arguments.confidence.unwrap_or(CONFIDENCE_OF_P),
        effect: effect(arguments)?,
        instructions: instructions(std::env::var_os("PERMTEST_SIMD").as_deref())?,
    })
}

/// The interval for the effect, which -q by itself has no room for.
fn effect(arguments: &Arguments) -> Result<Option<EffectRequest>, Error> {
    let approach = match arguments.interval {
        None => None,
        Some(Interval::Inversion) => Some(Approach::Inversion),
        Some(Interval::Percentile) => Some(Approach::Percentile),
        Some(Interval::Bca) => Some(Approach::Bca),
        Some(Interval::None) if arguments.bootstrap.is_some() => {
            return Err(Error::usage("--bootstrap stands beside --interval none", "leave out one of the two"));
        }
        Some(Interval::None) => return Ok(None),
    };
    if approach == Some(Approach::Inversion) && arguments.bootstrap.is_some() {
        let what = "--bootstrap stands beside --interval inversion, which draws no bootstrap samples";
        return Err(Error::usage(what, "leave out one of the two"));
    }
    let most = MOST_BOOTSTRAP_SAMPLES;
    if arguments.bootstrap.is_some_and(|samples| samples > most) {
        return Err(Error::usage("--bootstrap asks for more than 1e8 samples", "give a smaller number, such as 10000"));
    }
    // A number of bootstrap samples asks for the bootstrap.
    let approach = approach.or(arguments.bootstrap.map(|_| Approach::Bca));
    let bootstrap = arguments.bootstrap.unwrap_or(DEFAULT_BOOTSTRAP);
    let confidence = arguments.confidence.unwrap_or(CONFIDENCE_OF_EFFECT);
    let is_drawn = arguments.pictures.plot.is_some() || arguments.pictures.report.is_some();
    let is_wanted = !arguments.quiet || arguments.fail_on.is_some() || is_drawn;
    Ok(is_wanted.then_some(EffectRequest { approach, bootstrap, confidence }))
}

fn statistic(arguments: &Arguments) -> Result<Statistic, Error> {
    let Some(command) = &arguments.statistic_command else {
        refuse_without_a_program("--protocol", arguments.protocol.is_some())?;
        refuse_without_a_program("--command-timeout", arguments.command_timeout.is_some())?;
        if let Some(statistic) = of_more_than_two_samples(arguments)? {
            return if arguments.ratio { Err(no_ratio(arguments)) } else { Ok(statistic) };
        }
        let definition = Definition::parse(&arguments.statistic).map_err(|error| {
            let Some(meant) = hints::statistic(&arguments.statistic) else { return error };
            let what = format!("--statistic {} is not known", arguments.statistic);
            Error::usage(what, format!("did you mean {meant}? permtest statistics lists the names"))
        })?;
        return if arguments.ratio { definition.as_ratio() } else { Ok(definition) }.map(Statistic::Defined);
    };
    Ok(Statistic::Program(ProgramSettings {
        argv: program::split(command)?,
        protocol: arguments.protocol.unwrap_or(Protocol::Lines),
        time_limit: arguments.command_timeout.unwrap_or(TIME_LIMIT),
    }))
}

/// A margin on either side of 0.
fn equivalence(arguments: &Arguments) -> Result<Option<Shift>, Error> {
    let Some(margin) = arguments.equivalence else { return Ok(None) };
    let (Shift::Absolute(size) | Shift::RelativeToControl(size)) = margin;
    let refuse = |what: &str, remedy: &str| Err(Error::usage(what.to_owned(), remedy.to_owned()));
    match () {
        () if size <= 0.0 => {
            refuse("--equivalence has no room on either side of 0", "name a positive margin, such as 5%")
        }
        () if arguments.alternative != Alternative::TwoSided => {
            refuse("--equivalence stands beside --alternative, and asks of both sides", "leave out one of the two")
        }
        () if arguments.method == Choice::Sequential => {
            refuse("--equivalence stands beside --method sequential, which decides one test", "choose another method")
        }
        () => Ok(Some(margin)),
    }
}

/// A ratio is one of two groups.
fn no_ratio(arguments: &Arguments) -> Error {
    let what = format!("--ratio is the ratio of two groups, and --statistic {} has none", arguments.statistic);
    Error::usage(what, "leave it out")
}

/// A statistic of two columns or of several groups, where that is what is tested or what is named.
fn of_more_than_two_samples(arguments: &Arguments) -> Result<Option<Statistic>, Error> {
    let name = &arguments.statistic;
    let (of_columns, of_groups) = (AssociationStatistic::parse(name), GroupStatistic::parse(name));
    match (arguments.x.is_some(), of_columns, of_groups) {
        (true, Ok(statistic), _) => Ok(Some(Statistic::Association(statistic))),
        (true, Err(unknown), _) => match Definition::parse(name) {
            Ok(expression @ Definition::Expression(_)) => Ok(Some(Statistic::Defined(expression))),
            Err(error @ Error::Expression { .. }) => Err(error),
            _ => Err(unknown),
        },
        (false, Ok(_), _) => {
            let what = format!("--statistic {name} relates two columns");
            Err(Error::usage(what, "name them with --x COLUMN --y COLUMN"))
        }
        (false, _, Ok(_)) if arguments.group.is_none() => {
            let what = format!("--statistic {name} compares the groups of a column of labels");
            Err(Error::usage(what, "name it with --group COLUMN"))
        }
        (false, _, Ok(statistic)) => Ok(Some(Statistic::Several(statistic))),
        (false, ..) => Ok(None),
    }
}

/// Options about a program have no meaning without one. Clap knows as much, but not which option it was.
fn refuse_without_a_program(option: &str, is_given: bool) -> Result<(), Error> {
    if is_given {
        let what = format!("{option} is about a program that computes the statistic, and none is named");
        return Err(Error::usage(what, "leave it out, or add --statistic-command COMMAND"));
    }
    Ok(())
}

/// Which instructions the environment allows.
fn instructions(variable: Option<&OsStr>) -> Result<Instructions, Error> {
    match variable.map(|value| value.to_str()) {
        None | Some(Some("" | "on")) => Ok(Instructions::Best),
        Some(Some("off")) => Ok(Instructions::Portable),
        _ => Err(Error::usage("PERMTEST_SIMD is neither on nor off", "unset this environment variable")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Undefined;
    use crate::inference::TwoSidedRule;
    use crate::inference::adjust::Adjustment;
    use crate::inference::gate::{FailOn, Gate, OnUndecided};
    use crate::method::sequential::Level;
    use crate::settings::{
        Annotations, Blocks, Color, ColumnName, Columns, Condition, Distribution, DistributionFormat, Format,
        GateSettings, Missing, Output, Pairs, Pictures, Presentation, Samples, Several, Shift, Source, Unmatched,
        Verbosity,
    };
    use crate::statistic::catalogue::Named;

    fn parsed(line: &str) -> Settings {
        match parse(std::iter::once("permtest").chain(line.split(' '))) {
            Ok(Invocation::Test(settings)) => *settings,
            other => panic!("{line:?} became {other:?}"),
        }
    }

    fn name(column: &str) -> ColumnName {
        ColumnName(column.to_owned())
    }

    fn named(column: &str) -> Columns {
        Columns::Named(vec![name(column)])
    }

    fn file(path: &str) -> Source {
        Source::File(path.into())
    }

    #[test]
    fn two_files_alone_are_a_test_with_every_default() {
        let expected = Settings {
            purpose: Purpose::Test,
            data: Samples::TwoFiles {
                case: file("new.csv"),
                control: file("old.csv"),
                columns: Columns::Sole,
                unmatched: Unmatched::Refuse,
            },
            blocks: Blocks::default(),
            reading: Reading::default(),
            test: Test {
                statistic: Statistic::Defined(Definition::Named(Named::Mean)),
                compare: Compare::Nothing,
                pairs_of_groups: None,
                alternative: Alternative::TwoSided,
                two_sided: None,
                undefined: Undefined::Error,
                mu: Shift::Absolute(0.0),
                equivalence: None,
                method: Choice::Auto,
                resamples: None,
                memory: 2 << 30,
                seed: 0,
                threads: None,
                level: Level::USUAL,
                confidence: 0.99,
                effect: Some(EffectRequest { approach: None, bootstrap: 10_000, confidence: 0.95 }),
                instructions: Instructions::Best,
            },
            gate: GateSettings::default(),
            output: Output {
                presentation: Presentation::default(),
                format: Format::Text,
                file: None,
                distribution: None,
                pictures: Pictures::default(),
                summary: None,
                verbosity: Verbosity::Normal,
                color: Color::Auto,
            },
            shard: None,
            checkpoint: None,
            words: vec!["new.csv".to_owned(), "old.csv".to_owned()],
        };
        assert_eq!(parsed("new.csv old.csv"), expected);
    }

    #[test]
    fn the_three_layouts_are_told_apart() {
        let two = Samples::TwoFiles {
            case: Source::Stdin,
            control: file("old.csv"),
            columns: named("2"),
            unmatched: Unmatched::Refuse,
        };
        assert_eq!(parsed("- old.csv -c 2").data, two);
        let long = |case: Option<&str>, control: Option<&str>| Samples::Long {
            file: file("d.csv"),
            columns: named("len"),
            group: name("supp"),
            case: case.map(str::to_owned),
            control: control.map(str::to_owned),
            several: Several::default(),
        };
        assert_eq!(parsed("d.csv --column len --group supp").data, long(None, None));
        assert_eq!(parsed("d.csv --column=len --group supp --case OJ").data, long(Some("OJ"), None));
        assert_eq!(parsed("d.csv -c len --group supp --case -1 --control 1").data, long(Some("-1"), Some("1")));
        let wide = Samples::Wide { file: file("d.csv"), case: name("after"), control: name("before") };
        assert_eq!(parsed("d.csv --case after --control before").data, wide);
    }

    #[test]
    fn the_design_is_read_beside_every_layout() {
        let blocks = |pairs, strata: Option<&str>, clusters: Option<&str>| Blocks {
            pairs,
            strata: strata.map(name),
            clusters: clusters.map(name),
        };
        let by_id = |column: &str| Some(Pairs::ById(name(column)));
        assert_eq!(parsed("a b --paired").blocks, blocks(Some(Pairs::ByOrder), None, None));
        assert_eq!(parsed("d --case x --control y --paired").blocks, blocks(Some(Pairs::ByOrder), None, None));
        assert_eq!(parsed("a b --pair id").blocks, blocks(by_id("id"), None, None));
        assert_eq!(parsed("d --group g --pair=2 --strata site").blocks, blocks(by_id("2"), Some("site"), None));
        assert_eq!(parsed("d --case x --control y --cluster c").blocks, blocks(None, None, Some("c")));
        // With a column of labels --case and --control are labels, which may be called like a column.
        assert_eq!(parsed("d --group g --case x --control y --strata x").blocks, blocks(None, Some("x"), None));
    }

    #[test]
    fn several_columns_are_named_or_all_are_taken() {
        let columns = |line: &str| match parsed(line).data {
            Samples::TwoFiles { columns, unmatched, .. } => (columns, unmatched),
            other => panic!("{other:?}"),
        };
        let both = Columns::Named(vec![name("a"), name("b")]);
        assert_eq!(columns("x y -c a --column b"), (both, Unmatched::Refuse));
        assert_eq!(columns("x y --all-columns --ignore-unmatched"), (Columns::ALL, Unmatched::Ignore));
        assert!(parse("permtest x y --all-columns -c a".split(' ')).is_err());
        assert!(parse("permtest x --case a --control b --all-columns".split(' ')).is_err());
        assert!(parse("permtest x --group g --ignore-unmatched".split(' ')).is_err());
    }

    #[test]
    fn negative_numbers_are_values_not_options() {
        assert_eq!(parsed("a b --mu -0.5").test.mu, Shift::Absolute(-0.5));
        assert_eq!(parsed("a b --mu -.5e-3").test.mu, Shift::Absolute(-0.0005));
        assert_eq!(parsed("a b --mu -5%").test.mu, Shift::RelativeToControl(-0.05));
        assert_eq!(parsed("a b --na -9,-99").reading.missing_tokens, ["-9", "-99"]);
        assert_eq!(parsed("a b --na -").reading.missing_tokens, ["-"]);
    }

    #[test]
    fn the_other_options_arrive_in_their_settings() {
        let settings = parsed(
            "a b --encoding latin1 --sheet 2 -d tab --no-header --skip 2 --comment % --where g==a --decimal , --thousands ' --na NA,x --missing drop --true ja,oui -s quantile:.9 --compare --undefined drop -a two-sided --two-sided doubled \
             -n 10M --method monte-carlo --seed 7 -j 3 --confidence 0.95 -o out.txt -f markdown --distribution d/null.NPY --color never",
        );
        let reading = Reading {
            encoding: Some(encoding_rs::WINDOWS_1252),
            sheet: Some("2".to_owned()),
            delimiter: Some(b'\t'),
            header: Header::Absent,
            skip: Some(2),
            comment: Some("%".to_owned()),
            conditions: vec![Condition { column: name("g"), is_equal: true, text: "a".to_owned() }],
            decimal: Some(DecimalMark::Comma),
            thousands: Some('\''),
            missing_tokens: vec!["NA".to_owned(), "x".to_owned()],
            true_words: vec!["ja".to_owned(), "oui".to_owned()],
            missing: Missing::Drop,
        };
        let test = Test {
            statistic: Statistic::Defined(Definition::Named(Named::Quantile(0.9))),
            compare: Compare::Classical,
            pairs_of_groups: None,
            alternative: Alternative::TwoSided,
            two_sided: Some(TwoSidedRule::Doubled),
            undefined: Undefined::Drop,
            mu: Shift::Absolute(0.0),
            equivalence: None,
            method: Choice::MonteCarlo,
            resamples: Some(10_000_000),
            memory: 2 << 30,
            seed: 7,
            threads: Some(3),
            level: Level::USUAL,
            confidence: 0.95,
            effect: Some(EffectRequest { approach: None, bootstrap: 10_000, confidence: 0.95 }),
            instructions: Instructions::Best,
        };
        let output = Output {
            presentation: Presentation::default(),
            format: Format::Markdown,
            file: Some("out.txt".into()),
            distribution: Some(Distribution { path: "d/null.NPY".into(), format: DistributionFormat::Npy }),
            summary: None,
            pictures: Pictures::default(),
            verbosity: Verbosity::Normal,
            color: Color::Never,
        };
        assert_eq!((settings.reading, settings.test, settings.output), (reading, test, output));
    }

    #[test]
    fn a_gate_is_read_with_all_that_belongs_to_it() {
        let line = "a b --fail-on not-significant --alpha .01 --min-effect 2% --on-undecided fail --annotations github";
        let gate = Gate { fail_on: FailOn::NotSignificant, alpha: 0.01, on_undecided: OnUndecided::Fail };
        let expected = GateSettings {
            // Every column must be significant, for which none is adjusted.
            adjustment: Some(Adjustment::Nothing),
            gate: Some(gate),
            smallest_effect: Some(Shift::RelativeToControl(0.02)),
            annotations: Annotations::Github,
        };
        assert_eq!(parsed(line).gate, expected);
        assert_eq!(parsed("a b --fail-on not-significant").gate.adjustment, Some(Adjustment::Nothing));
        assert_eq!(parsed("a b --adjust bh").gate.adjustment, Some(Adjustment::BenjaminiHochberg));
        let test = parsed("a b --method sequential --alpha .01 --risk 1e-6 --fail-on significant").test;
        assert_eq!(test.level, Level { alpha: 0.01, risk: 1e-6 });
    }

    #[test]
    fn an_interval_is_read_and_quiet_wants_none() {
        let approach = |line: &str| parsed(line).test.effect.map(|effect| (effect.approach, effect.bootstrap));
        assert_eq!(approach("a b --interval percentile"), Some((Some(Approach::Percentile), 10_000)));
        assert_eq!(approach("a b --bootstrap 2k"), Some((Some(Approach::Bca), 2_000)));
        assert_eq!(approach("a b --interval none"), None);
        assert_eq!(approach("a b -q"), None);
    }

    #[test]
    fn quiet_is_the_bare_p_value_without_chatter() {
        let Output { format, verbosity, .. } = parsed("a b -q").output;
        assert_eq!((format, verbosity), (Format::PValue, Verbosity::Quiet));
        assert_eq!(parsed("a b --json").output.format, Format::Json);
        assert_eq!(parsed("a b --json -f json").output.format, Format::Json);
        assert_eq!(parsed("a b -o -").output.file, None);
    }

    #[test]
    fn names_of_subcommands_are_files_where_they_cannot_be_subcommands() {
        let data = Samples::TwoFiles {
            case: file("./man"),
            control: file("man"),
            columns: Columns::Sole,
            unmatched: Unmatched::Refuse,
        };
        assert_eq!(parsed("./man man").data, data);
    }

    #[test]
    fn the_declarations_of_the_options_hold_together() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
