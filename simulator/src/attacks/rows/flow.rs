//! `flow.*`: the way of a good answer through the browser.

use crate::attacks::case::{Case, Delivery, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::SamlMutation;
use vestibule_model::Weakness;

const fn flow(protocol: Protocol, id: &'static str, about: &'static str) -> Case {
    row(Family::Flow, protocol, id, about, Mutation::None)
}

const fn relay_state(id: &'static str, about: &'static str, state: &'static str) -> Case {
    row(Family::Flow, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::RelayState(state)))
        .source("saml-bindings 3.5.3; CWE-601")
        .fix("Treat RelayState as a path on your own site, and go to your home page if it is not one.")
}

pub(in crate::attacks) const ROWS: &[Case] = &[
    flow(Protocol::Saml, "flow.saml.replay", "The browser sends the same Response again.")
        .source("saml-profiles 4.1.4.5")
        .refuse(Reason::Replay, Severity::High)
        .aims_at(Weakness::SkipReplay)
        .delivered(Delivery::Twice),
    flow(Protocol::Saml, "flow.saml.other-browser", "Another browser than the one that asked sends the Response.")
        .source("saml-profiles 4.1.4.3; saml-core 3.2.2")
        .refuse(Reason::Request, Severity::High)
        .aims_at(Weakness::SkipInResponseTo)
        .delivered(Delivery::OtherBrowser),
    flow(Protocol::Oidc, "flow.oidc.replay", "The browser brings the same code again.")
        .source("RFC 6749 10.5 and 10.12")
        .refuse(Reason::Request, Severity::High)
        .delivered(Delivery::Twice),
    flow(Protocol::Oidc, "flow.oidc.other-browser", "Another browser than the one that asked brings the code.")
        .source("RFC 6749 10.12; RFC 9700 4.7")
        .refuse(Reason::Request, Severity::High)
        .aims_at(Weakness::SkipState)
        .delivered(Delivery::OtherBrowser),
    relay_state("flow.relaystate.other-site", "RelayState is a page of another site.", "https://elsewhere.example/"),
    relay_state(
        "flow.relaystate.other-site-without-scheme",
        "RelayState is a page of another site without a scheme.",
        "//elsewhere.example/",
    ),
    relay_state(
        "flow.relaystate.backslash",
        "RelayState is a page of another site with a backslash.",
        "/\\elsewhere.example/",
    ),
    relay_state("flow.relaystate.script", "RelayState is a script.", "javascript:alert(1)"),
    relay_state("flow.relaystate.markup", "RelayState is markup.", "\"><script>alert(1)</script>"),
    relay_state("flow.relaystate.line-break", "RelayState has a line break in it.", "/a\r\nSet-Cookie: a=b"),
    relay_state(
        "flow.relaystate.long",
        "RelayState has more than 80 bytes.",
        "/lightning/o/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ),
    relay_state("flow.relaystate.empty", "RelayState is empty.", ""),
];
