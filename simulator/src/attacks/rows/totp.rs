//! `totp.*`: what is typed in place of the code of an authenticator app, for a party that checks it.

use crate::attacks::case::{Case, Delivery, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::totp::CodeMutation;
use vestibule_model::Weakness;

const fn code(id: &'static str, about: &'static str, change: CodeMutation) -> Case {
    row(Family::Totp, Protocol::Totp, id, about, Mutation::Code(change)).source("RFC 4226 5.3; RFC 6238 4.2")
}

const fn wrong(id: &'static str, about: &'static str, change: CodeMutation, severity: Severity) -> Case {
    code(id, about, change).refuse(Reason::Code, severity)
}

const fn step(id: &'static str, about: &'static str, steps: i64) -> Case {
    code(id, about, CodeMutation::Step(steps)).source("RFC 6238 5.2 and 6")
}

const fn old(id: &'static str, about: &'static str, steps: i64) -> Case {
    step(id, about, steps)
        .refuse(Reason::Time, Severity::Medium)
        .aims_at(Weakness::SkipExpiry)
        .fix("Accept the code of this step and of the one before it, and no older one.")
}

const fn early(id: &'static str, about: &'static str, steps: i64) -> Case {
    step(id, about, steps)
        .refuse(Reason::Time, Severity::Medium)
        .aims_at(Weakness::SkipNotBefore)
        .fix("Accept the code of this step and at most of the next one, for clocks that differ.")
}

/// Apps show it so, and people type what they see.
const SHOWN_SO: &str = "none: apps show codes in two groups";
const HIGH: Severity = Severity::High;
const LOW: Severity = Severity::Low;

pub(in crate::attacks) const ROWS: &[Case] = &[
    row(Family::Totp, Protocol::Totp, "totp.replay", "The same code is used again.", Mutation::None)
        .source("RFC 6238 5.2")
        .refuse(Reason::Replay, Severity::High)
        .aims_at(Weakness::SkipReplay)
        .delivered(Delivery::Twice)
        .fix("Keep the last step that was accepted, and accept later ones only."),
    step("totp.previous-step", "The code is that of the step before.", -1),
    step("totp.next-step", "The code is that of the next step.", 1),
    old("totp.two-steps-old", "The code is that of a minute ago.", -2),
    old("totp.three-steps-old", "The code is that of one and a half minutes ago.", -3),
    old("totp.five-minutes-old", "The code is that of five minutes ago.", -10),
    early("totp.two-steps-early", "The code is that of a minute later.", 2),
    early("totp.five-minutes-early", "The code is that of five minutes later.", 10),
    wrong("totp.wrong", "The code is another one.", CodeMutation::OtherDigits, HIGH),
    wrong("totp.empty", "There is no code.", CodeMutation::Text(""), HIGH),
    wrong("totp.short", "The last digit is missing.", CodeMutation::Short, HIGH),
    wrong("totp.long", "There is one digit more.", CodeMutation::Long, HIGH),
    wrong("totp.twice-over", "The code is there twice.", CodeMutation::Repeated(2), LOW),
    wrong("totp.huge", "The code is there 2,000 times.", CodeMutation::Repeated(2000), LOW),
    wrong("totp.sign", "There is a sign before the code.", CodeMutation::Around("+", ""), LOW),
    wrong("totp.fraction", "There is a fraction after the code.", CodeMutation::Around("", ".0"), LOW),
    wrong("totp.exponent", "There is an exponent after the code.", CodeMutation::Around("", "e0"), LOW),
    wrong("totp.zero-before", "There is a zero before the code.", CodeMutation::Around("0", ""), LOW),
    wrong("totp.full-width", "The digits have full width.", CodeMutation::Script('\u{FF10}'), LOW),
    wrong("totp.arabic", "The digits are Arabic-Indic.", CodeMutation::Script('\u{0660}'), LOW),
    wrong("totp.wildcard", "The code is a pattern.", CodeMutation::Text("%"), HIGH).source("CWE-943"),
    wrong("totp.sql", "The code ends a string in SQL.", CodeMutation::Text("' OR '1'='1"), HIGH).source("CWE-89"),
    wrong("totp.null-byte", "There is a null byte after the code.", CodeMutation::Around("", "\0"), LOW)
        .source("CWE-158"),
    code("totp.grouped", "There is a blank in the middle.", CodeMutation::Grouped(" ")).source(SHOWN_SO),
    code("totp.no-break-space", "There is a no-break space in the middle.", CodeMutation::Grouped("\u{A0}"))
        .source(SHOWN_SO),
    code("totp.blanks-around", "There are blanks around the code.", CodeMutation::Around(" ", " ")).source(SHOWN_SO),
    wrong("totp.hyphen", "There is a hyphen in the middle.", CodeMutation::Grouped("-"), LOW),
];
