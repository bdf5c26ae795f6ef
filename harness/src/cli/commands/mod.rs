//! The commands: each a struct of arguments and a function from it to an exit code or an error. No command depends on
//! another.

pub(super) mod attack;
pub(super) mod audit;
pub(super) mod authenticator;
pub(super) mod causes;
pub(super) mod check;
pub(super) mod chromedriver_shim;
pub(super) mod code;
pub(super) mod completions;
pub(super) mod config;
pub(super) mod diff;
pub(super) mod doctor;
pub(super) mod env;
pub(super) mod explain;
pub(super) mod host_rules_shim;
pub(super) mod init;
pub(super) mod inspect;
pub(super) mod list;
pub(super) mod man;
pub(super) mod merge;
pub(super) mod presets;
pub(super) mod probe;
pub(super) mod report;
pub(super) mod run;
pub(super) mod schema;
pub(super) mod serve;
pub(super) mod snapshots;
pub(super) mod survive;
pub(super) mod vault;
pub(super) mod with;
