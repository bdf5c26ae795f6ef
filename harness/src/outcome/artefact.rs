//! What the tools of a user's own suite wrote about its run: traces and reports, kept beside ours.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A trace or a report of a suite's own tools. It is kept as it was written: nothing in it is redacted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Artefact {
    /// What it is.
    pub kind: ArtefactKind,
    /// Where it is kept, from the folder of the reports; `None` if it was too large to keep.
    pub path: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a suite's own tools write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArtefactKind {
    /// `trace.zip` of Playwright, one for each test.
    PlaywrightTrace,
    /// The HTML report of Playwright.
    PlaywrightReport,
    /// The results from which Allure makes a report.
    AllureResults,
    /// The reports of Maven's Surefire or Failsafe.
    SurefireReports,
    /// The HTML report of Gradle's tests.
    GradleReport,
    /// `log.html` of Robot Framework, with `report.html` and `output.xml`.
    RobotLog,
}

impl ArtefactKind {
    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PlaywrightTrace => "Playwright trace",
            Self::PlaywrightReport => "Playwright report",
            Self::AllureResults => "Allure results",
            Self::SurefireReports => "Surefire reports",
            Self::GradleReport => "Gradle report",
            Self::RobotLog => "Robot Framework log",
        }
    }

    /// The page in it that a browser opens.
    pub(crate) fn page(self) -> Option<&'static str> {
        match self {
            Self::PlaywrightReport | Self::GradleReport => Some("index.html"),
            Self::RobotLog => Some("log.html"),
            Self::PlaywrightTrace | Self::AllureResults | Self::SurefireReports => None,
        }
    }

    /// The command that opens it, before its path.
    pub(crate) fn opened_by(self) -> Option<&'static str> {
        match self {
            Self::PlaywrightTrace => Some("npx playwright show-trace"),
            Self::PlaywrightReport => Some("npx playwright show-report"),
            Self::AllureResults => Some("allure serve"),
            Self::SurefireReports | Self::GradleReport | Self::RobotLog => None,
        }
    }
}
