//! One HTTP kit for the identity provider and the org: the request as a handler reads it, and how an answer is made.
//!
//! - [`RequestContext`] and [`Form`] are what came in: host, path, query, cookies and access token; the posted fields.
//! - [`html`], [`asset`], [`found`], [`see_other`] and [`with_cookies`] are what goes out, each with its headers in one place.
//!
//! What an answer means to a login, and what of it goes into the journal, is the business of `idp` and `org`.

mod answer;
mod cookies;
mod fields;
mod request;

pub(crate) use answer::{ContentType, IDP_POLICY, ORG_POLICY, asset, found, html, see_other};
pub(crate) use cookies::{cookie, is_cookie_value, removal, with_cookies};
pub(crate) use fields::Fields;
pub(crate) use request::{Form, RequestContext};
