//! The drift report, and the messages about a login that did not get that far.

use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::{OrgKind, PageName};

use crate::actor::VisitEnd;
use crate::cli::output::error::CliError;
use crate::probe::{FoundChange, FoundSettings, KeptPage, Probed};
use crate::trace::{StopReason, TypedText};

/// What differs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Report<'a> {
    org: &'a str,
    kind: OrgKind,
    date: Date,
    /// Whether the login ended at a gate that cannot be left.
    stopped_at_gate: bool,
    pages: &'a [KeptPage],
    changes: &'a [FoundChange],
    /// The content of `org.yaml`.
    settings: &'a FoundSettings,
    /// How many ids and texts the contract does not know. They are no drift: a suite that follows the contract does not use them.
    unknown: usize,
}

impl<'a> Report<'a> {
    pub(super) fn of(probed: &'a Probed, kind: OrgKind, org: &'a str, date: Date) -> Self {
        let Probed { end, pages, changes, settings, unknown, .. } = probed;
        Self { org, kind, date, stopped_at_gate: *end == VisitEnd::Gate, pages, changes, settings, unknown: *unknown }
    }

    /// Whether something differs.
    pub(super) fn has_drift(&self) -> bool {
        !self.changes.is_empty()
    }

    /// As text; `file` is where the settings were written to.
    pub(super) fn text(&self, file: Option<&Path>) -> String {
        let mut text = format!("{}, {}, {}\n", self.org, self.kind.with_article(), self.date);
        let mut names: Vec<PageName> = self.pages.iter().map(|page| page.name).collect();
        names.dedup();
        line(&mut text, "Pages", &listed(&names));
        if self.stopped_at_gate {
            line(
                &mut text,
                "Ended",
                "at the gate \"Create a Passkey\", which leads back to itself; nothing was enrolled",
            );
        }
        if self.unknown > 0 {
            let unknown = format!("{} ids and texts that the contract does not know (not drift)", self.unknown);
            line(&mut text, "Also", &unknown);
        }
        let (settable, others): (Vec<_>, Vec<_>) = self.changes.iter().partition(|found| found.setting.is_some());
        if !self.has_drift() {
            text.push_str("\nNo drift: the simulated org shows the same pages with the same markup.\n");
        }
        section(&mut text, "Drift", &settable);
        section(&mut text, "Cannot be simulated", &others);
        if others.iter().any(|found| found.change.may_follow_from_facts()) {
            text.push_str(FACTS);
        }
        if let Some(file) = file {
            let file = file.display();
            let _written = write!(
                text,
                "\nWrote {file}: use it with `--like {file}`, or `org: {{ like: {file} }}` in a scenario.\n"
            );
        } else if !self.settings.is_empty() {
            text.push_str("\nWrite the settings for the simulated org with `--output org.yaml`.\n");
        }
        text
    }
}

const FACTS: &str = "\nThe date, the org's settings and the user decide which pages appear. If the simulated org had other \
                     facts than yours, give them with `--date`, `--set` and `--profile`, and probe again.\n";

fn section(text: &mut String, title: &str, changes: &[&FoundChange]) {
    if changes.is_empty() {
        return;
    }
    let _written = write!(text, "\n{title}\n");
    let place = |found: &FoundChange| found.change.page().map_or_else(|| "login".to_owned(), |page| page.to_string());
    let width = changes.iter().map(|found| place(found).len()).max().unwrap_or(0);
    for found in changes {
        let setting = found.setting.as_ref().map(|key| format!("  ({key})")).unwrap_or_default();
        let _written = writeln!(text, "  {:width$}  {}{setting}", place(found), found.change);
    }
}

fn line(text: &mut String, name: &str, value: &str) {
    let _written = writeln!(text, "{name:<7}{value}");
}

fn listed(names: &[PageName]) -> String {
    names.iter().map(PageName::to_string).collect::<Vec<_>>().join(", ")
}

/// The file with the settings.
pub(super) fn file(settings: &FoundSettings, kind: OrgKind, date: Date) -> String {
    format!(
        "# Settings that make the simulated org look like {}, as `vestibule probe` found it on {date}.\n\
         # Use them with `--like` of run, survive and serve, or with `org: {{ like: FILE }}` in a scenario.\n{settings}",
        kind.with_article()
    )
}

/// Why an org could not be probed.
pub(super) fn not_probed(probed: &Probed, host: &str) -> CliError {
    let mut names: Vec<PageName> = probed.pages.iter().map(|page| page.name).collect();
    names.dedup();
    let way = if names.is_empty() { String::new() } else { format!("; the pages were {}", listed(&names)) };
    let title = probed.pages.last().and_then(|page| page.title.clone());
    let (why, fix) = ended(&probed.end, host, title.as_deref());
    CliError::broken(format!("{why}{way}")).hint(fix)
}

/// What is said of an end other than home and the gate, and what to do.
pub(super) fn ended(end: &VisitEnd, host: &str, title: Option<&str>) -> (String, String) {
    let titled = title.map(|title| format!(", titled \"{title}\"")).unwrap_or_default();
    match end {
        VisitEnd::Home | VisitEnd::Gate => (format!("{host} let the user in"), String::new()),
        VisitEnd::Refused { host, page, what: TypedText::Password } => (
            format!("{host} refused the password, on {}: it is wrong, or the user is locked out or frozen", page.info().words),
            "it was sent once and will not be sent again: sign in by hand to find out, then correct the vault".to_owned(),
        ),
        VisitEnd::Refused { host, page, what } => (
            format!("{host} refused {what}, on {}", page.info().words),
            "it was sent once: compare the TOTP secret of the vault, and the clock of this machine, with the user's app".to_owned(),
        ),
        VisitEnd::Missing { page, what: TypedText::EmailCode } => (
            format!("{host} asks for a code that it sent to the user, on {}{titled}", page.info().words),
            "give the user a TOTP app or a passkey, or trust the address of this machine in Setup > Network Access".to_owned(),
        ),
        VisitEnd::Missing { page, what } => (
            format!("{host} asks for {what}, on {}{titled}, and the vault has nothing for it", page.info().words),
            "add it to the account with `vestibule vault`".to_owned(),
        ),
        VisitEnd::NoCode { why } => {
            (format!("the vault gave no TOTP code: {why}"), "see `vestibule code USER`".to_owned())
        }
        VisitEnd::Withheld { why } => (
            format!("nothing was typed at {host}: {why}"),
            "one probe of a user at a time: try again when the other has ended".to_owned(),
        ),
        VisitEnd::Elsewhere { host: other } => (
            format!("the login leads to {other}, for which the vault has no account of this user; nothing was typed there"),
            format!("if it is the identity provider, use `--sso LABEL`; if it belongs to the org, add {other} to the account"),
        ),
        VisitEnd::Unknown { host } => {
            let titled = title.map_or_else(|| " with a title that is not kept".to_owned(), |title| format!(" \"{title}\""));
            (
                format!("{host} shows a page{titled} that Vestibule does not know; nothing was clicked there"),
                "watch it with `--headed`; if the page appears only once for a new user, answer it by hand first".to_owned(),
            )
        }
        VisitEnd::Stopped(why @ StopReason::PrivacyError) => (
            format!("{host} could not be reached safely: {why}"),
            "the certificate must be valid: a proxy that replaces it is not accepted".to_owned(),
        ),
        VisitEnd::Stopped(why @ StopReason::BrowserRefused { .. }) => {
            (format!("{host} could not be reached: {why}"), "check the name of the org and the network".to_owned())
        }
        VisitEnd::Stopped(StopReason::NoSsoButton { label, .. }) => (
            format!("the login page of {host} has no button \"Log in with {label}\""),
            "give the label of a button on that page to `--sso`".to_owned(),
        ),
        // An error text may name the user.
        VisitEnd::Stopped(StopReason::Refused { page, .. }) => (
            format!("{page} of {host}{titled} refused the login"),
            "see Login History for the reason".to_owned(),
        ),
        VisitEnd::Stopped(StopReason::Stuck { page, .. }) => (
            format!("{page} of {host}{titled} did not move on"),
            "watch it with `--headed`, or give it more time with `--timeout`".to_owned(),
        ),
        VisitEnd::Stopped(why) => (format!("the login stopped: {why}"), "watch it with `--headed`".to_owned()),
    }
}
