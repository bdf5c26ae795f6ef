//! The verdict on a suite: its exit compared with the state of the realm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vestibule_model::Survival;

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
}

impl SuiteResult {
    /// How many bytes were kept, where that is not all of them.
    pub(crate) fn kept_of_more(&self) -> Option<u64> {
        self.kept_bytes.filter(|kept| *kept < self.output_bytes)
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// A signal that Vestibule did not send ended it.
    Signal(i32),
    /// It was ended because the login was judged.
    EndedAfterVerdict,
    /// It was ended because it ran out of time.
    OutOfTime,
}
