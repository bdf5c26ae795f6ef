//! The start page of an org that is served: where everything is, who can sign in, and the last logins, which its script
//! draws as the report draws them.

use askama::Template;

use super::html::hash;

/// What the start page shows from the beginning. Its script asks for the rest.
#[derive(Debug)]
pub(crate) struct StartPage {
    /// Its name at the control API.
    pub(crate) realm: String,
    /// The org in a few words: `acme--uat, a sandbox on 2026-08-03`.
    pub(crate) org: String,
    /// The calendar date.
    pub(crate) date: String,
    /// The names of the conditions that an org can be opened in.
    pub(crate) conditions: Vec<String>,
    /// The names of the orgs that are served.
    pub(crate) realms: Vec<String>,
    /// Name and URL of each address.
    pub(crate) addresses: Vec<(String, String)>,
    /// Who can sign in.
    pub(crate) users: Vec<StartUser>,
    /// Name and value of what other programs need.
    pub(crate) exports: Vec<(&'static str, String)>,
}

/// A user of the start page.
#[derive(Debug)]
pub(crate) struct StartUser {
    /// Key in the realm.
    pub(crate) key: String,
    /// Profile and verifiers in a few words.
    pub(crate) about: String,
    /// What the org does after the right password, in a few words.
    pub(crate) after_password: String,
    /// What is typed: its name at the control API, its name on the page, and its value, where the user has one.
    pub(crate) typed: Vec<(&'static str, &'static str, Option<String>)>,
    /// The numbers of the passkeys that the user holds, from 0.
    pub(crate) passkeys: Vec<usize>,
}

impl StartPage {
    /// The page, and the policy that allows its own script and style and no other.
    ///
    /// # Errors
    /// If the template does not render.
    pub(crate) fn html(&self) -> Result<(String, String), askama::Error> {
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; connect-src 'self'; img-src data:; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        let page = Page { shown: self, version: env!("CARGO_PKG_VERSION"), style: STYLE, script: SCRIPT };
        Ok((page.render()?, policy))
    }
}

#[derive(Template)]
#[template(path = "start.html")]
struct Page<'a> {
    shown: &'a StartPage,
    version: &'static str,
    style: &'static str,
    script: &'static str,
}

const STYLE: &str = concat!(include_str!("../../templates/report.css"), include_str!("../../templates/start.css"));
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("../../templates/report/details.js"),
    include_str!("../../templates/report/trace.js"),
    include_str!("../../templates/start.js"),
);

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;

    #[test]
    fn a_start_page_shows_what_it_was_given_as_text_and_is_well_formed() {
        let user = StartUser {
            key: "rep".to_owned(),
            about: "Standard User & more".to_owned(),
            after_password: "verify with TOTP app".to_owned(),
            typed: vec![
                ("username", "username", Some("rep@acme.example".to_owned())),
                ("password", "password", Some("a\"<b>&c'".to_owned())),
                ("temporary-code", "temporary code", None),
                ("totp-secret", "TOTP secret", Some("JBSWY3DPEHPK3PXP".to_owned())),
            ],
            passkeys: vec![0],
        };
        let page = StartPage {
            realm: "acme".to_owned(),
            org: "acme, a sandbox".to_owned(),
            date: "2026-08-03".to_owned(),
            conditions: vec!["two-step".to_owned()],
            realms: vec!["acme".to_owned(), "acme--7".to_owned()],
            addresses: vec![("login".to_owned(), "https://test.salesforce.localhost:8443".to_owned())],
            users: vec![user],
            exports: vec![("NODE_EXTRA_CA_CERTS", "/tmp/ca.pem".to_owned())],
        };

        let (html, policy) = page.html().unwrap();

        assert!(policy.contains(&hash(SCRIPT)) && policy.contains(&hash(STYLE)) && !policy.contains("unsafe"));
        assert!(
            html.contains(&format!("<style>{STYLE}</style>")) && html.contains(&format!("<script>{SCRIPT}</script>"))
        );
        for shown in ["rep@acme.example", "JBSWY3DPEHPK3PXP", "https://test.salesforce.localhost:8443", "/tmp/ca.pem"] {
            assert!(html.contains(shown), "{shown}");
        }
        assert!(!html.contains("<b>&c"), "{html}");
        let bare = html.replace("<!doctype html>", "").replace(STYLE, "").replace(SCRIPT, "");
        for outside in [" style=", " onclick", "http://", "src="] {
            assert!(!bare.contains(outside), "{outside}");
        }
        let mut reader = Reader::from_str(&bare);
        let mut next = || reader.read_event().unwrap_or_else(|error| panic!("{error} at {}", reader.error_position()));
        while !matches!(next(), Event::Eof) {}
    }
}
