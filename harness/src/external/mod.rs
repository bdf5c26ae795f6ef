//! Anyone's suite as an actor: its process, what it is told, its browser's way to our hosts, its calls through a proxy.
//!
//! ```text
//! Connection::open (endpoint + proxy + shims, one per case) -> Variables -> process -> ExternalRun (what it did and said)
//! ```

mod arguments;
mod chromedriver_shim;
mod connection;
mod endpoint;
mod process;
mod prompt;
mod proxy;
mod request_guard;
mod shims;
mod variables;
mod vendor;

pub use chromedriver_shim::{ChromeDriverShim, ShimError};
pub use connection::{Connection, ConnectionOptions, PasskeyMaterial, Records};
pub use process::{Ended, Launch, OutputLimit, ProcessError, SuiteProcess};
pub use variables::{
    Mapping, MappingError, PersonaFacts, STANDARD, StandardVariable, Target, VARIABLES, Variable, Variables,
    for_persona,
};
