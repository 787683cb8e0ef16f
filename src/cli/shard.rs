//! `--shard K/M` and `--shard auto/M`: which share of the resamples is counted here, as a job array says.

use std::ffi::OsString;

use super::arguments::Arguments;
use crate::error::Error;
use crate::method::planner::Choice;
use crate::part::MOST_SHARDS;
use crate::settings::{Output, Shard};

/// `--shard`, well spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShardArgument {
    /// `None`: as the environment says.
    number: Option<u64>,
    of: u64,
}

/// Reads `K/M` or `auto/M`.
pub(super) fn spelled(text: &str) -> Result<ShardArgument, String> {
    let wrong = || "write K/M, such as 3/100, or auto/M".to_owned();
    let (number, of) = text.split_once('/').ok_or_else(wrong)?;
    let whole = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let of = whole(of).filter(|of| (1..=MOST_SHARDS).contains(of)).ok_or_else(wrong)?;
    if number == "auto" {
        return Ok(ShardArgument { number: None, of });
    }
    let number = whole(number).ok_or_else(wrong)?;
    if !(1..=of).contains(&number) {
        return Err(format!("shards are counted from 1 to {of}"));
    }
    Ok(ShardArgument { number: Some(number), of })
}

/// The shard, whose file takes the place of the report's.
pub(super) fn shard(arguments: &Arguments, output: &mut Output, argv: &[OsString]) -> Result<Option<Shard>, Error> {
    let option = match (arguments.shard, &arguments.checkpoint) {
        (Some(_), _) => "--shard",
        (None, Some(_)) => "--checkpoint",
        (None, None) => return Ok(None),
    };
    if arguments.resamples.is_none() && arguments.method == Choice::Auto {
        let what = format!("{option} is about resamples, whose number is not said");
        return Err(Error::usage(what, "say it with -n, or name a --method that draws"));
    }
    let is_random = |words: &[OsString]| words[0] == "--seed" && words[1] == "random";
    if argv.windows(2).any(is_random) || argv.iter().any(|word| word == "--seed=random") {
        let what = format!("{option} needs a seed that stays the same");
        return Err(Error::usage(what, "name one, such as --seed 20240517"));
    }
    if arguments.distribution.is_some() {
        let what = format!("{option} keeps counts, not the resamples that --distribution would write");
        return Err(Error::usage(what, "leave out one of the two"));
    }
    let Some(ShardArgument { number, of }) = arguments.shard else { return Ok(None) };
    let pictures = &arguments.pictures;
    for (name, is_asked_for) in [("--plot", pictures.plot.is_some()), ("--report", pictures.report.is_some())] {
        if is_asked_for {
            let what = format!("{name} shows the whole run, not a shard");
            return Err(Error::usage(what, format!("give {name} to permtest merge")));
        }
    }
    let Some(file) = output.file.take() else {
        return Err(Error::usage("--shard writes a part file, and none is named", "add -o FILE"));
    };
    let (number, told_by) = match number {
        Some(number) => (number, None),
        None => told(of, |name| std::env::var(name).ok()).map(|(number, by)| (number, Some(by)))?,
    };
    Ok(Some(Shard { number, of, told_by, file }))
}

/// How a job of an array learns from the scheduler which one it is.
struct Scheduler {
    index: &'static str,
    /// The first index, and what lies between two, where variables hold them.
    first: Option<&'static str>,
    step: Option<&'static str>,
    last: Option<&'static str>,
    /// The first index where no variable holds it.
    base: u64,
}

const SCHEDULERS: [Scheduler; 7] = [
    Scheduler {
        first: Some("SLURM_ARRAY_TASK_MIN"),
        step: Some("SLURM_ARRAY_TASK_STEP"),
        last: Some("SLURM_ARRAY_TASK_MAX"),
        ..Scheduler::plain("SLURM_ARRAY_TASK_ID", 1)
    },
    Scheduler::plain("JOB_COMPLETION_INDEX", 0),
    Scheduler::plain("AWS_BATCH_JOB_ARRAY_INDEX", 0),
    Scheduler::plain("PARALLEL_SEQ", 1),
    Scheduler::plain("PBS_ARRAY_INDEX", 1),
    Scheduler::plain("LSB_JOBINDEX", 1),
    Scheduler {
        first: Some("SGE_TASK_FIRST"),
        step: Some("SGE_TASK_STEPSIZE"),
        last: Some("SGE_TASK_LAST"),
        ..Scheduler::plain("SGE_TASK_ID", 1)
    },
];

impl Scheduler {
    const fn plain(index: &'static str, base: u64) -> Self {
        Self { index, first: None, step: None, last: None, base }
    }
}

/// The number of the shard, and the variable that holds it.
fn told(of: u64, variable: impl Fn(&str) -> Option<String>) -> Result<(u64, &'static str), Error> {
    // Outside of arrays LSF says 0 and SGE says undefined.
    let outside = |name: &str, value: &str| value == "undefined" || (name == "LSB_JOBINDEX" && value == "0");
    let is_told =
        |scheduler: &&Scheduler| variable(scheduler.index).is_some_and(|value| !outside(scheduler.index, &value));
    let telling: Vec<&Scheduler> = SCHEDULERS.iter().filter(is_told).collect();
    let scheduler = match telling[..] {
        [scheduler] => scheduler,
        [] => {
            let names = SCHEDULERS.map(|scheduler| scheduler.index).join(", ");
            return Err(Error::usage(
                format!("--shard auto/{of}: none of {names} is set"),
                format!("name the shard: --shard K/{of}"),
            ));
        }
        [one, other, ..] => {
            let what = format!("--shard auto/{of}: {} and {} are both set", one.index, other.index);
            return Err(Error::usage(what, format!("name the shard: --shard K/{of}")));
        }
    };
    let whole = |name: Option<&str>| name.and_then(&variable)?.parse::<u64>().ok();
    let name = scheduler.index;
    let refuse =
        |what: String| Error::usage(format!("--shard auto/{of}: {what}"), format!("name the shard: --shard K/{of}"));
    let index = whole(Some(name)).ok_or_else(|| refuse(format!("{name} is no whole number")))?;
    let (first, step) = (whole(scheduler.first).unwrap_or(scheduler.base), whole(scheduler.step).unwrap_or(1).max(1));
    // Jobs that are submitted again are an array of their own, which counts anew.
    if let Some(last) = whole(scheduler.last) {
        let jobs = (last.saturating_sub(first)) / step + 1;
        if jobs != of {
            return Err(refuse(format!("the array has {jobs} jobs, not {of}")));
        }
    }
    let offset = index.checked_sub(first).filter(|offset| offset.is_multiple_of(step)).map(|offset| offset / step);
    let number = offset.map(|offset| offset + 1).filter(|number| *number <= of);
    number.map(|number| (number, name)).ok_or_else(|| {
        let least = scheduler.base;
        refuse(format!("{name} is {index}, where {least} to {} are expected", least + of - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(of: u64, variables: &[(&str, &str)]) -> Result<(u64, &'static str), String> {
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        told(of, value).map_err(|error| error.to_string())
    }

    #[test]
    fn shards_are_spelled_k_of_m() {
        assert_eq!(spelled("3/10"), Ok(ShardArgument { number: Some(3), of: 10 }));
        assert_eq!(spelled("auto/7"), Ok(ShardArgument { number: None, of: 7 }));
        for wrong in ["", "3", "0/3", "4/3", "3/0", "1/x", "x/2", "-1/3", "+1/3", "1/3/4", "auto", "1/10000000"] {
            assert!(spelled(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_scheduler_counts_from_its_own_base() {
        assert_eq!(told_by(3, &[("JOB_COMPLETION_INDEX", "0")]), Ok((1, "JOB_COMPLETION_INDEX")));
        assert_eq!(told_by(3, &[("AWS_BATCH_JOB_ARRAY_INDEX", "2")]), Ok((3, "AWS_BATCH_JOB_ARRAY_INDEX")));
        for one_based in ["PARALLEL_SEQ", "PBS_ARRAY_INDEX", "LSB_JOBINDEX"] {
            assert_eq!(told_by(3, &[(one_based, "3")]).map(|told| told.0), Ok(3), "{one_based}");
        }
        let slurm = |id, min, max, step| {
            let variables = [
                ("SLURM_ARRAY_TASK_ID", id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_MAX", max),
                ("SLURM_ARRAY_TASK_STEP", step),
            ];
            told_by(4, &variables).map(|told| told.0)
        };
        assert_eq!(slurm("0", "0", "3", "1"), Ok(1));
        assert_eq!(slurm("4", "1", "4", "1"), Ok(4));
        assert_eq!(slurm("30", "10", "40", "10"), Ok(3));
        // Two jobs submitted again are an array of two.
        assert!(slurm("3", "3", "4", "1").unwrap_err().contains("has 2 jobs, not 4"));
        let sge = [("SGE_TASK_ID", "5"), ("SGE_TASK_FIRST", "1"), ("SGE_TASK_LAST", "7"), ("SGE_TASK_STEPSIZE", "2")];
        assert_eq!(told_by(4, &sge).map(|told| told.0), Ok(3));
    }

    #[test]
    fn what_tells_nothing_is_refused() {
        assert!(told_by(3, &[]).unwrap_err().contains("SLURM_ARRAY_TASK_ID"));
        assert!(told_by(3, &[("SGE_TASK_ID", "undefined")]).unwrap_err().contains("none of"));
        assert!(told_by(3, &[("LSB_JOBINDEX", "0")]).unwrap_err().contains("none of"));
        assert!(told_by(3, &[("PARALLEL_SEQ", "1"), ("PBS_ARRAY_INDEX", "1")]).unwrap_err().contains("both"));
        assert!(told_by(3, &[("PBS_ARRAY_INDEX", "0")]).unwrap_err().contains("1 to 3"));
        assert!(told_by(3, &[("JOB_COMPLETION_INDEX", "3")]).unwrap_err().contains("0 to 2"));
        assert!(told_by(3, &[("PARALLEL_SEQ", "x")]).unwrap_err().contains("whole number"));
    }
}
