//! Anyone's suite as an actor: its process, what it is told, its browser's way to our hosts, its calls through a proxy.
//!
//! ```text
//! Connection::open (endpoint + proxy + shims, one per case) -> Variables -> process -> ExternalRun (what it did and said)
//! ```

mod arguments;
mod connection;
mod environment;
mod preload;
mod process;
mod prompt;
mod proxy;
mod request_guard;
mod vendor;
pub(crate) mod watch;
mod webdriver;

pub use connection::{Connection, ConnectionOptions, PasskeyMaterial, Records};
pub use environment::{
    Mapping, MappingError, PersonaFacts, STANDARD, StandardVariable, Target, VARIABLES, Variable, Variables,
    for_persona,
};
pub use process::{Ended, Launch, OutputLimit, ProcessError, SuiteProcess};
pub use webdriver::{ChromeDriverShim, ShimError};
