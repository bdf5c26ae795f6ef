//! A row of the table: one reason why logins stop.

use super::Evidence;
use super::snippets::languages;
use crate::outcome::{Finding, Owner};

/// One reason why logins stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    /// Stable id: `gate-not-handled`.
    pub id: &'static str,
    /// What happens, one sentence that holds for every login with this cause.
    pub what: &'static str,
    /// The evidence that proves it.
    pub needs: &'static str,
    /// Who owns the fix.
    pub owner: Owner,
    /// The fix, in one sentence.
    pub remedy: &'static str,
    /// The public URL of the fact behind it.
    pub fact: &'static str,
    /// Looks for the evidence; `None` if it is incomplete.
    pub(super) prove: fn(&Evidence) -> Option<Proof>,
}

/// Complete evidence for a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    /// What happened, with the facts of this login filled in.
    pub(super) sentence: String,
    /// The observations that prove it.
    pub(super) evidence: Vec<String>,
    /// The line of the suite's output among them, where there is one.
    pub(super) quoted: Option<String>,
    /// What the fix needs here besides that of the cause, one sentence.
    pub(super) also: Option<&'static str>,
    /// Whether this cause hides another one, which is found if the exit code is ignored.
    pub(super) hides_another: bool,
}

impl Proof {
    /// A sentence, still without evidence.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), evidence: Vec::new(), quoted: None, also: None, hides_another: false }
    }

    /// Adds one piece of evidence.
    pub(super) fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    /// Adds a line of the suite's output as evidence, to be quoted wherever the cause is told.
    pub(super) fn quoting(mut self, line: String) -> Self {
        self.evidence.push(format!("output: {line}"));
        self.quoted = Some(line);
        self
    }

    /// The same with the last line of the suite's output, if there is one.
    pub(super) fn ending_with(mut self, line: Option<String>) -> Self {
        self.evidence.extend(line.iter().map(|line| format!("the suite's last line: {line}")));
        self.quoted = line;
        self
    }
}

impl Cause {
    /// The finding of this cause.
    pub(super) fn finding(&self, proof: Proof) -> Finding {
        Finding {
            cause: self.id.to_owned(),
            sentence: proof.sentence,
            evidence: proof.evidence,
            quoted: proof.quoted,
            owner: self.owner,
            remedy: self.remedy(proof.also),
            fact: self.fact.to_owned(),
        }
    }

    /// The fix, what it needs here besides, and the command that prints code for it.
    fn remedy(&self, also: Option<&str>) -> String {
        let code = languages(self.id).first().map(|language| {
            format!(
                "`vestibule causes {} --lang {language}` prints the code; `--lang` also takes other clients.",
                self.id
            )
        });
        [Some(self.remedy), also, code.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
