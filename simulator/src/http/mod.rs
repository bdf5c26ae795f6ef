//! HTTP helpers that the identity provider, the org and the products beside it share: reading requests and making answers.
//!
//! - [`RequestContext`] and [`Form`] hold a request: host, path, query, cookies and access token; the posted fields.
//! - [`html`], [`html_text`], [`asset`], [`found`], [`see_other`] and [`with_cookies`] make an answer with its headers.
//!
//! `idp`, `org` and `products` decide what an answer means for a login and what goes into the journal.

mod answer;
mod compressed;
mod cookies;
mod cross_origin;
mod fields;
mod request;
pub(crate) mod routing;
mod sentence;

pub(crate) use answer::{
    ContentType, IDP_POLICY, NOT_STORED, ORG_POLICY, asset, found, html, html_text, org_policy, see_other,
};
pub(crate) use compressed::inflated;
pub(crate) use cookies::{cookie, removal, with_cookies};
pub(crate) use cross_origin::{CrossOrigin, FromOtherOrigin};
pub(crate) use fields::Fields;
pub(crate) use request::{ClientCertificates, Form, RequestContext, is_text, media_type};
pub(crate) use sentence::sentence;
pub(crate) use vestibule_model::excerpt;
