//! What became of a run of `vestibule attack`: how an app answered each case of the catalogue.

use serde::Serialize;
use vestibule_simulator::attacks::{Case, Expected, Protocol, Severity};

use super::ExitCode;

/// A run against one app.
#[derive(Debug, Clone)]
pub(crate) struct AttackOutcome {
    /// The version of this program.
    pub(crate) version: String,
    /// When it began, RFC 3339.
    pub(crate) started_at: String,
    /// How long it took, in milliseconds.
    pub(crate) duration_ms: u64,
    /// The app.
    pub(crate) target: AttackTarget,
    /// The cases in the order of the catalogue, also those that did not run.
    pub(crate) cases: Vec<AttackedCase>,
    /// What was seen before the first case that a reader of the results must know, one sentence each.
    pub(crate) notes: Vec<String>,
    /// Why it ended before the last case.
    pub(crate) ended_early: Option<EndedEarly>,
    /// Whether reports leave out how a finding is brought about.
    pub(crate) payloads_hidden: bool,
}

/// The app, and how it was driven.
#[derive(Debug, Clone)]
pub(crate) struct AttackTarget {
    /// Where a login begins.
    pub(crate) start: String,
    /// The page that tells who is signed in.
    pub(crate) check: String,
    /// What shows there that somebody is.
    pub(crate) signed_in_when: String,
    /// What the app speaks.
    pub(crate) protocol: Protocol,
    /// How logins were driven: `plain HTTP`, or the browser.
    pub(crate) driven_by: String,
    /// Hosts that are not on this machine.
    pub(crate) elsewhere: Vec<String>,
    /// The library that the results are about.
    pub(crate) library: Option<Library>,
}

/// A library, for its report card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Library {
    /// Its name in its registry.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
}

/// Why a run ended before the last case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EndedEarly {
    /// Ctrl-C or SIGTERM.
    Interrupted,
    /// The app does not answer any more.
    TargetGone,
    /// A good login does not work any more, so that a refusal says nothing.
    LoginBroken,
    /// The browser, or this program, does not work any more.
    Broken,
}

/// A case, and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct AttackedCase {
    /// The row of the catalogue.
    pub(crate) case: &'static Case,
    /// `None` if it did not run.
    pub(crate) answer: Option<AppAnswer>,
}

/// How an app answered a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppAnswer {
    /// How the login ended.
    pub(crate) ending: LoginEnding,
    /// What was seen, as a sentence without a period.
    pub(crate) seen: String,
    /// The message that the app was sent, where the browser carried it.
    pub(crate) sent: Option<String>,
    /// How long it took, in milliseconds.
    pub(crate) duration_ms: u64,
}

/// How a login at an app ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginEnding {
    /// Somebody is signed in.
    SignedIn,
    /// The signed name is longer than that of the user, and whoever has the whole name is signed in.
    SignedInByWholeName,
    /// Nobody is.
    Refused,
    /// At a case of logout: the session has ended.
    SignedOut,
    /// At a case of logout: the session goes on.
    StillSignedIn,
    /// Nobody is, or the session goes on, and the app answered with a status of 500 or more, as it does not when it refuses.
    ServerError,
    /// Nobody is, and the connection was cut.
    Cut,
    /// The app gave no answer in time.
    OutOfTime,
    /// The app sent the browser to another site, as it does not after a good login.
    SentElsewhere,
    /// The case says nothing about an app like this one.
    DoesNotApply,
    /// The case could not be brought about, which says nothing about the app.
    NotBroughtAbout,
}

/// What a case says about an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Conclusion {
    /// It signs somebody in with an answer that it must refuse, or ends a session so.
    WronglyAccepted,
    /// It breaks.
    Crashed,
    /// It does not answer.
    Hung,
    /// It sends the browser to another site.
    SentElsewhere,
    /// It refuses what is legal.
    WronglyRefused,
    /// Nothing: the case could not be brought about.
    NotJudged,
    /// Nothing: the case did not run.
    NotRun,
    /// Nothing: the case is about apps of another kind.
    DoesNotApply,
    /// It refuses as it should.
    Refused,
    /// It accepts as it should.
    Accepted,
}

impl Conclusion {
    /// What needs attention comes first.
    pub(crate) const ALL: [Self; 10] = [
        Self::WronglyAccepted,
        Self::Crashed,
        Self::Hung,
        Self::SentElsewhere,
        Self::WronglyRefused,
        Self::NotJudged,
        Self::NotRun,
        Self::DoesNotApply,
        Self::Refused,
        Self::Accepted,
    ];

    /// Whether something is wrong with the app.
    pub(crate) fn is_finding(self) -> bool {
        matches!(self, Self::WronglyAccepted | Self::Crashed | Self::Hung | Self::SentElsewhere | Self::WronglyRefused)
    }
}

impl Conclusion {
    /// Whether it says something about the app.
    pub(crate) fn is_judged(self) -> bool {
        !matches!(self, Self::NotJudged | Self::NotRun | Self::DoesNotApply)
    }
}

impl AttackedCase {
    /// What it says about the app.
    pub(crate) fn conclusion(&self) -> Conclusion {
        let Some(answer) = &self.answer else { return Conclusion::NotRun };
        let must_refuse = matches!(self.case.expected, Expected::Refuse(_));
        match (answer.ending, must_refuse) {
            (LoginEnding::SignedIn | LoginEnding::SignedOut, true) => Conclusion::WronglyAccepted,
            (LoginEnding::SignedIn | LoginEnding::SignedOut, false) | (LoginEnding::SignedInByWholeName, _) => {
                Conclusion::Accepted
            }
            (LoginEnding::Refused | LoginEnding::StillSignedIn, true) => Conclusion::Refused,
            (LoginEnding::Refused | LoginEnding::StillSignedIn, false) => Conclusion::WronglyRefused,
            (LoginEnding::ServerError | LoginEnding::Cut, _) => Conclusion::Crashed,
            (LoginEnding::OutOfTime, _) => Conclusion::Hung,
            (LoginEnding::SentElsewhere, _) => Conclusion::SentElsewhere,
            (LoginEnding::DoesNotApply, _) => Conclusion::DoesNotApply,
            (LoginEnding::NotBroughtAbout, _) => Conclusion::NotJudged,
        }
    }

    /// How bad it is, if it is a finding: as the catalogue says where it accepts wrongly, and less where it accepts nothing.
    pub(crate) fn severity(&self) -> Option<Severity> {
        match self.conclusion() {
            Conclusion::WronglyAccepted => Some(self.case.severity),
            Conclusion::Crashed | Conclusion::Hung | Conclusion::SentElsewhere => Some(Severity::Medium),
            Conclusion::WronglyRefused => Some(self.case.severity.min(Severity::Low)),
            Conclusion::NotJudged
            | Conclusion::NotRun
            | Conclusion::DoesNotApply
            | Conclusion::Refused
            | Conclusion::Accepted => None,
        }
    }
}

impl AttackOutcome {
    /// Each conclusion that occurs with its count; what needs attention comes first.
    pub(crate) fn counts(&self) -> Vec<(Conclusion, usize)> {
        let of = |conclusion| self.cases.iter().filter(|case| case.conclusion() == conclusion).count();
        Conclusion::ALL.into_iter().map(|one| (one, of(one))).filter(|(_, count)| *count > 0).collect()
    }

    /// How many cases have this conclusion.
    pub(crate) fn count(&self, conclusion: Conclusion) -> usize {
        self.cases.iter().filter(|case| case.conclusion() == conclusion).count()
    }

    /// The findings, the worst first.
    pub(crate) fn findings(&self) -> Vec<&AttackedCase> {
        let mut findings: Vec<&AttackedCase> =
            self.cases.iter().filter(|case| case.conclusion().is_finding()).collect();
        findings.sort_by_key(|case| (std::cmp::Reverse(case.severity()), case.conclusion(), case.case.id));
        findings
    }

    /// The cases that ran and say something about the app.
    pub(crate) fn judged(&self) -> usize {
        self.cases.iter().filter(|case| case.conclusion().is_judged()).count()
    }

    /// The exit code. Interrupted comes first, then broken, then findings.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.ended_early {
            Some(EndedEarly::Interrupted) => ExitCode::Interrupted,
            Some(EndedEarly::TargetGone | EndedEarly::LoginBroken | EndedEarly::Broken) => ExitCode::Broken,
            None if self.cases.is_empty() => ExitCode::NothingSelected,
            None if self.count(Conclusion::NotJudged) > 0 => ExitCode::Broken,
            None if !self.findings().is_empty() => ExitCode::Failed,
            None => ExitCode::Passed,
        }
    }
}

#[cfg(test)]
pub(crate) mod sample {
    //! An outcome for the tests of reports.

    use vestibule_simulator::attacks::catalogue;

    use super::*;

    /// One case of each conclusion, of two rows of the catalogue: one that must be refused, one that must be accepted.
    pub(crate) fn outcome() -> AttackOutcome {
        let row = |is: fn(&Case) -> bool| catalogue().iter().find(|case| is(case)).unwrap();
        let refuse = row(|case| matches!(case.expected, Expected::Refuse(_)) && case.severity == Severity::Critical);
        let accept = row(|case| case.expected == Expected::Accept);
        let answer = |ending| AppAnswer {
            ending,
            seen: "stayed at http://localhost:3000/ (status 200): \"<b>Hello & bye\"".to_owned(),
            sent: Some("<samlp:Response>the payload</samlp:Response>".to_owned()),
            duration_ms: 120,
        };
        let cases = [
            (refuse, Some(LoginEnding::SignedIn)),
            (refuse, Some(LoginEnding::ServerError)),
            (refuse, Some(LoginEnding::OutOfTime)),
            (accept, Some(LoginEnding::Refused)),
            (refuse, Some(LoginEnding::NotBroughtAbout)),
            (refuse, None),
            (accept, Some(LoginEnding::SentElsewhere)),
            (refuse, Some(LoginEnding::DoesNotApply)),
            (refuse, Some(LoginEnding::Refused)),
            (accept, Some(LoginEnding::SignedIn)),
        ];
        AttackOutcome {
            version: "0.1.0".to_owned(),
            started_at: "2026-12-01T12:00:00Z".to_owned(),
            duration_ms: 61_000,
            target: AttackTarget {
                start: "http://localhost:3000/login".to_owned(),
                check: "http://localhost:3000/".to_owned(),
                signed_in_when: "#logout".to_owned(),
                protocol: Protocol::Saml,
                driven_by: "plain HTTP".to_owned(),
                elsewhere: Vec::new(),
                library: Some(Library { name: "@node-saml/node-saml".to_owned(), version: "5.1.0".to_owned() }),
            },
            cases: cases.map(|(case, ending)| AttackedCase { case, answer: ending.map(answer) }).into(),
            notes: vec!["it answers refused logins with status 500".to_owned()],
            ended_early: None,
            payloads_hidden: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample::outcome;
    use super::*;

    #[test]
    fn each_ending_of_a_case_leads_to_its_conclusion() {
        let outcome = outcome();

        let found: Vec<Conclusion> = outcome.cases.iter().map(AttackedCase::conclusion).collect();

        assert_eq!(
            found,
            [
                Conclusion::WronglyAccepted,
                Conclusion::Crashed,
                Conclusion::Hung,
                Conclusion::WronglyRefused,
                Conclusion::NotJudged,
                Conclusion::NotRun,
                Conclusion::SentElsewhere,
                Conclusion::DoesNotApply,
                Conclusion::Refused,
                Conclusion::Accepted,
            ]
        );
        assert_eq!(outcome.findings().len(), 5);
        assert_eq!(outcome.findings()[0].conclusion(), Conclusion::WronglyAccepted);
        assert!(outcome.findings()[0].severity() > outcome.findings()[4].severity());
        assert_eq!(outcome.judged(), 7);
    }

    #[test]
    fn the_exit_code_is_that_of_the_worst() {
        let with = |change: fn(&mut AttackOutcome)| {
            let mut outcome = outcome();
            change(&mut outcome);
            outcome.exit_code()
        };
        let only = |kept: fn(&AttackedCase) -> bool| {
            let mut outcome = outcome();
            outcome.cases.retain(kept);
            outcome.exit_code()
        };

        assert_eq!(with(|outcome| outcome.ended_early = Some(EndedEarly::Interrupted)), ExitCode::Interrupted);
        assert_eq!(with(|outcome| outcome.ended_early = Some(EndedEarly::TargetGone)), ExitCode::Broken);
        assert_eq!(with(|_| {}), ExitCode::Broken);
        assert_eq!(only(|case| case.conclusion() != Conclusion::NotJudged), ExitCode::Failed);
        assert_eq!(only(|case| case.conclusion() >= Conclusion::Refused), ExitCode::Passed);
        assert_eq!(only(|_| false), ExitCode::NothingSelected);
    }
}
