//! `docs/reference/` is generated from the code. Set VESTIBULE_UPDATE_DOCS to regenerate it.

mod schema_pages;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::CommandFactory;

use crate::cli::program::Cli;
use crate::diagnosis::{causes, languages, why_no_code};
use crate::outcome::Owner;
use crate::scenario::embedded_suites;
use crate::suite::{STANDARD, VARIABLES};

#[test]
fn the_reference_says_what_the_code_says() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference"));
    let pages = pages();
    let update = std::env::var_os("VESTIBULE_UPDATE_DOCS").is_some_and(|value| !value.is_empty());
    if update {
        for (name, text) in &pages {
            fs::write(folder.join(name), text).unwrap();
        }
    }

    for (name, text) in &pages {
        let there = fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert!(there == *text, "docs/reference/{name} is stale: run the tests with VESTIBULE_UPDATE_DOCS=1");
    }
    let names: BTreeSet<OsString> = pages.iter().map(|(name, _)| name.into()).collect();
    let there: BTreeSet<OsString> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(there, names, "a page that nothing writes");
}

fn pages() -> Vec<(&'static str, String)> {
    let pages = [
        ("commands.md", "Commands", commands()),
        ("exit-codes.md", "Exit codes", EXIT_CODES.to_owned()),
        ("variables.md", "Variables of a suite", variables()),
        ("conditions.md", "Conditions", conditions()),
        ("causes.md", "Causes", causes_page()),
        ("scenario.md", "Keys of a scenario", schema_pages::scenario()),
        ("pages.md", "Page names", schema_pages::page_names()),
        ("journal.md", "Events of the journal", schema_pages::journal()),
        ("run-jsonl.md", "Lines of run.jsonl", schema_pages::run_events()),
    ];
    let mut index = String::from("# Reference\n\nGenerated from the code; a test fails if a page is stale.\n\n");
    for (name, title, _) in &pages {
        writeln!(index, "- [{title}]({name})").unwrap();
    }
    let pages = pages.map(|(name, title, text)| (name, format!("# {title}\n\n{}\n", text.trim())));
    let mut all = vec![("README.md", index)];
    all.extend(pages);
    all
}

fn commands() -> String {
    let mut root = Cli::command().term_width(100);
    root.build();
    let mut text = block("vestibule", &mut root);
    let names: Vec<String> = visible(&root);
    for name in names {
        let command = root.find_subcommand_mut(&name).unwrap();
        text += &block(&format!("vestibule {name}"), command);
        for inner in visible(command) {
            let inner_command = command.find_subcommand_mut(&inner).unwrap();
            text += &block(&format!("vestibule {name} {inner}"), inner_command);
        }
    }
    text
}

fn visible(command: &clap::Command) -> Vec<String> {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    shown.map(|command| command.get_name().to_owned()).collect()
}

fn block(name: &str, command: &mut clap::Command) -> String {
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    format!("## {name}\n\n```text\n{}\n```\n\n", lines.join("\n").trim())
}

fn variables() -> String {
    let mut text = String::from(
        "`vestibule survive` and scenarios pass these to a suite in its environment. `--env NAME={template}` passes a \
         value under a name that the suite already reads.\n\n| Variable | Template | Holds |\n|---|---|---|\n",
    );
    for variable in VARIABLES {
        let mut about = cell(variable.about);
        if variable.per_user {
            about += "; for the first user; append `_ADMIN` or `.admin` for the user `admin`";
        }
        writeln!(text, "| `{}` | `{{{}}}` | {about} |", variable.name, variable.template).unwrap();
    }
    text += "\n## Variables that clients already read\n\n| Variable | Holds |\n|---|---|\n";
    for variable in STANDARD {
        writeln!(text, "| `{}` | {} |", variable.name, cell(variable.about)).unwrap();
    }
    text
}

fn conditions() -> String {
    let mut text = String::from(
        "The conditions in which `vestibule survive` runs a suite. *Good suite*: what a suite that needs no change does. *Owner*: \
         who fixes it if a suite stops. `vestibule survive --list` adds the dates for your users.\n\n",
    );
    for file in embedded_suites() {
        let documents: Vec<serde_json::Value> =
            serde_saphyr::from_multiple(&String::from_utf8(file.bytes).unwrap()).unwrap();
        for document in documents {
            let condition = &document["condition"];
            let Some(name) = condition["name"].as_str() else { continue };
            let says = |key: &str| condition[key].as_str().unwrap().to_owned();
            let good = if says("good") == "home" { "gets home" } else { "stops and says so" };
            writeln!(
                text,
                "## {name}\n\n{}.\n\n- Good suite: {good}\n- Owner: {}\n- Applies: {}\n- Fix: {}\n- Fact ({}): {}\n- Defined in: [{}](../../{})\n",
                document["title"].as_str().unwrap(),
                says("owner").replace('-', " ").replace("idp", "IdP"),
                applies(&condition["applies"]),
                cell(&says("remedy")),
                says("confidence"),
                cell(&says("fact")),
                file.name,
                file.name,
            )
            .unwrap();
        }
    }
    text
}

fn applies(value: &serde_json::Value) -> String {
    let pair = value.as_object().and_then(|object| object.iter().next());
    match pair.map(|(key, value)| (key.as_str(), value.as_str().unwrap())) {
        None if value == "unenforced" => "while a user is spared enforcement".to_owned(),
        None => value.as_str().unwrap().to_owned(),
        Some(("login-page", page)) => format!("while the org shows the login page `{page}`"),
        Some(("enforcement", "anyone")) => "once MFA is enforced for the users".to_owned(),
        Some(("enforcement", who)) => format!("once MFA is enforced for the users, if they are of the kind `{who}`"),
        Some((key, value)) => format!("{key} {value}"),
    }
}

fn causes_page() -> String {
    let mut text = String::from(
        "Why a login stops. The causes are tried in this order: the first one whose evidence is complete is reported.\n\n",
    );
    for cause in causes() {
        let owner = match cause.owner {
            Owner::Unknown => "not known",
            owner => owner.word(),
        };
        writeln!(
            text,
            "## {}\n\n{}\n\n- Owner: {owner}\n- Evidence: {}\n- Fix: {}\n{}- Fact: {}\n",
            cause.id,
            cause.what,
            cause.needs,
            cause.remedy,
            code(cause.id),
            cause.fact
        )
        .unwrap();
    }
    text
}

/// The clients for which `vestibule causes NAME --lang LANG` prints code, or why there is none; nothing where the suite
/// cannot fix it.
fn code(cause: &str) -> String {
    let there: Vec<String> = languages(cause).iter().map(ToString::to_string).collect();
    match why_no_code(cause) {
        Some(why) => format!("- Code: none: {why}\n"),
        None if there.is_empty() => String::new(),
        None => format!("- Code: `--lang` {}\n", there.join(", ")),
    }
}

/// Text for a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

const EXIT_CODES: &str = "\
If several apply, 2 comes before 3 and 3 before 1. A case that failed and then passed on a retry is listed as flaky and
counts as passed.

| Code | `run` | `survive` |
|---|---|---|
| 0 | every case passed | no condition that applies to the suite's users on the date needs a fix in the suite |
| 1 | a login failed an expectation | such a condition needs a fix in the suite |
| 2 | wrong usage, or a scenario that cannot be read | wrong usage, users file or condition |
| 3 | Vestibule or the environment broke; the run says nothing about the login | the same |
| 4 | nothing was selected | no condition is selected |
| 130 | interrupted; the reports cover everything up to that point | the same |
";
