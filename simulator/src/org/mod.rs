//! The simulated org over HTTP: login, verification, enrolment, SSO endpoints, REST.
