//! The simulated org over HTTPS, as a browser without scripts meets it.

mod browser;
mod contract;
mod enrolment;
mod front_doors;
mod html;
mod interstitials;
mod logins;
mod passkeys;
mod rest;
mod test_realm;
mod traces;
mod verification;
