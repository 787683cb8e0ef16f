//! `permtest help TOPIC`: the pages of the guide, which lie beside what they describe, and the help of the subcommands.

use clap::CommandFactory;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::arguments::Arguments;
use super::pages;
use crate::error::Error;
use crate::input;

/// A page of the guide.
pub(super) struct Topic {
    pub name: &'static str,
    pub meaning: &'static str,
    /// Where it lies in the repository, as links of other pages end.
    path: &'static str,
    markdown: &'static str,
}

macro_rules! topic {
    ($name:literal, $path:literal, $meaning:literal) => {
        Topic { name: $name, meaning: $meaning, path: $path, markdown: include_str!(concat!("../../", $path)) }
    };
}

pub(super) const TOPICS: [Topic; 7] = [
    topic!("cookbook", "examples/README.md", "recipes, by task"),
    topic!("input", "src/input/README.md", "which files are read, and how"),
    topic!("report", "src/report/README.md", "how to read every line, the pictures, output files"),
    topic!("methods", "src/method/README.md", "how it works, with sources"),
    topic!("ci", "examples/ci/README.md", "gates for CI, false alarms, results of benchmark tools"),
    topic!("cluster", "examples/distributed/README.md", "long runs, checkpoints, many machines"),
    topic!("measurements", "benches/README.md", "how fast it is, and what changed between versions"),
];

/// The subcommands that have a help of their own.
pub(super) const SUBCOMMANDS: [&str; 6] = ["aa", "completions", "help", "man", "merge", "statistics"];

/// The help of the command, a page of the guide or, of a subcommand, its help.
///
/// # Errors
/// [`Error::Usage`] if there is no such page or subcommand.
pub(super) fn page(name: Option<&str>) -> Result<String, Error> {
    let mut command = Arguments::command();
    command.build();
    let Some(name) = name else { return Ok(pages::help(&command.render_long_help())) };
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == name) {
        return Ok(without_links(topic.markdown));
    }
    match command.find_subcommand_mut(name) {
        Some(_) if name == "statistics" => Ok(pages::statistics()),
        Some(subcommand) => Ok(pages::help(&subcommand.render_long_help())),
        None => {
            let known: Vec<&str> = TOPICS.iter().map(|topic| topic.name).chain(SUBCOMMANDS).collect();
            let remedy = match input::nearest(known.iter().copied(), name) {
                Some(near) => format!("did you mean permtest help {near}? permtest help lists the topics"),
                None => format!("the topics are {}", known.join(", ")),
            };
            Err(Error::usage(format!("there is no help about {name:?}"), remedy))
        }
    }
}

/// The names of the pages.
pub(super) fn completions() -> ArgValueCandidates {
    let candidate = |topic: &Topic| CompletionCandidate::new(topic.name).help(Some(topic.meaning.into()));
    ArgValueCandidates::new(move || TOPICS.iter().map(candidate).collect::<Vec<_>>())
}

/// Markdown whose links are text: one to another page names its topic, one within the page or to a file is its words.
fn without_links(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(middle) = rest.find("](") {
        let (Some(start), Some(length)) = (rest[..middle].rfind('['), rest[middle..].find(')')) else { break };
        let target = &rest[middle + 2..middle + length];
        text += &rest[..start];
        text += &rest[start + 1..middle];
        if let Some(topic) = linked(target) {
            text += " (permtest help ";
            text += topic.name;
            text += ")";
        }
        rest = &rest[middle + length + 1..];
    }
    text + rest
}

/// The page that a link of another page leads to: the last folder of its path is enough to know it.
fn linked(target: &str) -> Option<&'static Topic> {
    let path = target.split('#').next()?.trim_start_matches("../");
    if !path.ends_with("README.md") {
        return None;
    }
    // From `examples/` its own pages are `ci/README.md` and the like; `../README.md` there is the cookbook.
    match path {
        "README.md" => TOPICS.first(),
        _ => TOPICS.iter().find(|topic| topic.path == path || topic.path.ends_with(&format!("/{path}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_text_and_name_the_page_they_lead_to() {
        let shown = |markdown: &str, text: &str| assert_eq!(without_links(markdown), text);
        shown("see [here](#there).", "see here.");
        shown("a [gate](../examples/ci/README.md#a-gate), `x`", "a gate (permtest help ci), `x`");
        shown("[a](slurm.sh) and [b](../README.md#c)", "a and b (permtest help cookbook)");
        shown("[data](data/README.md)", "data");
        shown("none", "none");
    }

    #[test]
    fn every_link_of_the_guide_can_be_shown() {
        for topic in TOPICS {
            assert!(!without_links(topic.markdown).contains("]("), "{}", topic.name);
        }
    }
}
