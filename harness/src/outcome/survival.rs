//! The verdict on a suite: its exit compared with the state of the realm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vestibule_model::Survival;

use super::artefact::Artefact;
use super::suite_location::SuiteLocation;

/// What a suite did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SuiteResult {
    /// The judgement.
    pub survival: Survival,
    /// The command, redacted.
    pub command: Vec<String>,
    /// How its process ended.
    pub exit: Exit,
    /// The start and the end of its output, stdout and stderr as they came, redacted; a line says where bytes were left
    /// out.
    pub output: String,
    /// How many bytes of output there were before it was cut.
    pub output_bytes: u64,
    /// How many of them were kept, before they were redacted; `None` where an older version wrote it.
    #[serde(default)]
    pub kept_bytes: Option<u64>,
    /// Where it failed in its own code, as far as its output tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<SuiteLocation>,
    /// The traces and reports of its own tools that were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artefacts: Vec<Artefact>,
}

impl SuiteResult {
    /// How many bytes were kept, where that is not all of them.
    pub(crate) fn kept_of_more(&self) -> Option<u64> {
        self.kept_bytes.filter(|kept| *kept < self.output_bytes)
    }
}

/// What decides the verdict on a suite besides its exit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Witnessed {
    /// Whether its users are home, according to the realm, and no other sign-in of theirs stopped it.
    pub(crate) home: bool,
    /// Whether its login helper failed on the page on which they came home.
    pub(crate) helper_failed: bool,
    /// What it did on the way.
    pub(crate) way: Way,
}

/// What a suite did on its way home.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Way {
    /// Anything else.
    #[default]
    Other,
    /// Nothing but attempts that the org must refuse.
    OnlyRefusals,
    /// It looked until its end for something that the page of the org does not have.
    LookedInVain,
}

/// The verdict on a suite, from what was witnessed and how it exited. That Vestibule ended it says nothing about the suite:
/// then the realm decides alone, and `None` is no verdict.
pub(crate) fn survival(seen: Witnessed, exit: Exit) -> Option<Survival> {
    Some(match (seen.home, exit) {
        (true, Exit::Code(0) | Exit::EndedAfterVerdict | Exit::OutOfTime) => Survival::Survived,
        (true, Exit::Code(_) | Exit::Signal(_)) if seen.helper_failed => Survival::Stopped,
        (true, Exit::Code(_) | Exit::Signal(_)) => Survival::FailedLater,
        (false, Exit::Code(0)) if seen.way != Way::OnlyRefusals => Survival::FalseGreen,
        (false, Exit::Code(_) | Exit::Signal(_)) => Survival::Stopped,
        (false, Exit::EndedAfterVerdict | Exit::OutOfTime) if seen.way == Way::LookedInVain => Survival::Stopped,
        (false, Exit::EndedAfterVerdict | Exit::OutOfTime) => return None,
    })
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// A signal that Vestibule did not send ended it.
    Signal(i32),
    /// Vestibule ended it after its users were home.
    EndedAfterVerdict,
    /// Vestibule ended it because it ran out of time.
    OutOfTime,
}

impl Exit {
    /// Whether Vestibule ended it, so that it could not say how it would have ended.
    pub(crate) fn by_vestibule(self) -> bool {
        self.limit().is_some()
    }

    /// When Vestibule ended it, and what lets it go on; `None` where it ended by itself.
    pub(crate) fn limit(self) -> Option<&'static str> {
        match self {
            Self::EndedAfterVerdict => Some("once its users were home; `--full` lets it go on to its end"),
            Self::OutOfTime => Some("when its time was over; `--timeout` gives it more"),
            Self::Code(_) | Self::Signal(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_witnesses_make_four_survivals() {
        let home = Witnessed { home: true, ..Witnessed::default() };
        let away = Witnessed::default();
        let helper_failed = Witnessed { helper_failed: true, ..home };
        let only_refusals = Witnessed { way: Way::OnlyRefusals, ..away };
        let looked_in_vain = Witnessed { way: Way::LookedInVain, ..away };
        let rows = [
            (home, Exit::Code(0), Survival::Survived),
            (home, Exit::EndedAfterVerdict, Survival::Survived),
            (home, Exit::OutOfTime, Survival::Survived),
            (home, Exit::Code(1), Survival::FailedLater),
            (home, Exit::Signal(9), Survival::FailedLater),
            (helper_failed, Exit::Code(1), Survival::Stopped),
            (helper_failed, Exit::Signal(9), Survival::Stopped),
            (helper_failed, Exit::Code(0), Survival::Survived),
            (helper_failed, Exit::OutOfTime, Survival::Survived),
            (away, Exit::Code(0), Survival::FalseGreen),
            (away, Exit::Code(1), Survival::Stopped),
            (away, Exit::Signal(11), Survival::Stopped),
            (looked_in_vain, Exit::OutOfTime, Survival::Stopped),
            (looked_in_vain, Exit::Code(0), Survival::FalseGreen),
            (only_refusals, Exit::Code(0), Survival::Stopped),
            (only_refusals, Exit::Code(1), Survival::Stopped),
        ];
        for (seen, exit, expected) in rows {
            assert_eq!(survival(seen, exit), Some(expected), "{seen:?}, {exit:?}");
        }
        for exit in [Exit::EndedAfterVerdict, Exit::OutOfTime] {
            for seen in [away, only_refusals] {
                assert_eq!(survival(seen, exit), None, "{seen:?}, {exit:?}: that it was ended is no verdict");
            }
        }
    }
}
