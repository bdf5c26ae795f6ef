//! The simulated org over HTTPS, seen from a browser without scripts.

mod administration;
mod admission;
mod contract;
mod enrolment;
mod forgot_password;
mod front_doors;
mod identity_verification;
mod interstitials;
mod links;
mod lockout;
mod logins;
mod malformed;
mod oauth;
mod objects;
mod page_behaviour;
mod passkeys;
mod push;
mod queries;
mod rest;
mod rest_client;
mod session_timeout;
mod soap;
mod step_up;
mod test_realm;
mod traces;
mod verification;
mod verification_history;

use crate::support::{browser, html};
