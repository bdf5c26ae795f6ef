//! Anyone's suite as an actor: its process, what it is told, its browser's way to our hosts, its calls through a proxy.
//!
//! ```text
//! Connection::open (endpoint + proxy + shims, one per case) -> Variables -> process -> ExternalRun (what it did and said)
//! ```

mod browser_arguments;
mod connection;
mod environment;
mod options;
mod preload;
mod process;
mod proxy;
mod quick_ack_stream;
mod records;
mod request_guard;
pub(crate) mod watch;
mod webdriver;

pub use connection::Connection;
pub use environment::{
    Mapping, MappingError, PersonaFacts, STANDARD, StandardVariable, Target, VARIABLES, Variable, Variables,
    for_persona,
};
pub use options::{ConnectionOptions, PasskeyMaterial};
pub use process::{Ended, Launch, OutputLimit, ProcessError, ProgramSearch, SuiteProcess};
pub use records::Records;
pub use webdriver::{ChromeDriverShim, ShimError};
