//! Output options → what is written and where, never over the data it was computed from.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::arguments::Arguments;
use super::{pictures, samples};
use crate::error::Error;
use crate::settings::{Details, Distribution, DistributionFormat, Format, Output, Presentation, Samples, Verbosity};

/// Reads the output options and compares the files they name with each other and with the inputs.
pub(super) fn output(arguments: &Arguments, samples: &Samples, argv: &[OsString]) -> Result<Output, Error> {
    if arguments.explain && (arguments.json || arguments.quiet || arguments.format.is_some_and(|f| f != Format::Text)) {
        return Err(Error::usage("--explain prints text only", "leave out the other format"));
    }
    let format = format(arguments)?;
    let file = arguments.output.clone().filter(|path| path.as_os_str() != "-");
    let distribution = arguments.distribution.clone().map(distribution).transpose()?;
    let pictures = pictures::pictures(arguments, format, argv)?;
    let summary = summary().filter(|_| arguments.fail_on.is_some());
    let outputs = [
        ("--output", file.as_ref()),
        ("--distribution", distribution.as_ref().map(|distribution| &distribution.path)),
        ("--plot", pictures.plot.as_ref().map(|plot| &plot.path)),
        ("--report", pictures.page.as_ref().map(|page| &page.path)),
        ("--checkpoint", arguments.checkpoint.as_ref()),
        ("GITHUB_STEP_SUMMARY", summary.as_ref()),
    ];
    refuse_clashes(&outputs, &samples::paths(samples))?;
    pictures.page.iter().try_for_each(|page| pictures::refuse_other_than_html(&page.path))?;
    let verbosity = if arguments.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let details = if arguments.details { Details::Shown } else { Details::Left };
    let presentation = Presentation { sort: arguments.sort, top: arguments.top, details };
    Ok(Output { format, file, distribution, presentation, pictures, summary, verbosity, color: arguments.color })
}

/// Where GitHub shows what a job has to say.
pub(super) fn summary() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// No file is written twice, and none over what is read.
pub(super) fn refuse_clashes(outputs: &[(&str, Option<&PathBuf>)], inputs: &[&Path]) -> Result<(), Error> {
    let outputs: Vec<(&str, &PathBuf)> = outputs.iter().filter_map(|&(option, path)| Some((option, path?))).collect();
    for (i, (option, path)) in outputs.iter().enumerate() {
        if let Some((earlier, _)) = outputs[..i].iter().find(|(_, other)| are_the_same(other, path)) {
            let what = format!("{earlier} and {option} both name {}", path.display());
            return Err(Error::usage(what, "give each its own file"));
        }
        if inputs.iter().any(|input| are_the_same(path, input)) {
            let what = format!("{option} {} would overwrite the data", path.display());
            return Err(Error::usage(what, "give the output another name"));
        }
    }
    Ok(())
}

fn format(arguments: &Arguments) -> Result<Format, Error> {
    let Arguments { format, json, quiet, .. } = arguments;
    match (format, json, quiet) {
        (Some(_), _, true) | (_, true, true) => Err(Error::usage(
            format!("{} stands beside -q, which prints the p-value only", if *json { "--json" } else { "--format" }),
            "leave out one of the two",
        )),
        (Some(format), true, _) if *format != Format::Json => {
            Err(Error::usage("--json stands beside another --format", "leave out one of the two"))
        }
        (_, true, _) => Ok(Format::Json),
        (Some(format), false, _) => Ok(*format),
        (None, false, true) => Ok(Format::PValue),
        (None, false, false) => Ok(Format::Text),
    }
}

fn distribution(path: PathBuf) -> Result<Distribution, Error> {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    let format = match extension.as_deref() {
        Some("csv") => DistributionFormat::Csv,
        Some("npy") => DistributionFormat::Npy,
        _ => {
            return Err(Error::usage(
                format!("--distribution {} does not say its format", path.display()),
                "let the name end in .csv (text) or .npy (NumPy)",
            ));
        }
    };
    Ok(Distribution { path, format })
}

/// Whether two names lead to one regular file, now or once it exists. Terminals, pipes and `/dev/null` may be shared.
fn are_the_same(one: &Path, other: &Path) -> bool {
    let may_be_shared = |path: &Path| fs::metadata(path).is_ok_and(|found| !found.is_file());
    !may_be_shared(one) && !may_be_shared(other) && real(one) == real(other)
}

/// The path without symbolic links, `.` and `..`, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let in_real_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(in_real_folder).unwrap_or_else(|| path.to_owned())
}
