//! `logout.*`: the logout token that a provider posts to a relying party.

use crate::attacks::case::{Case, Delivery, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::oidc::{ClaimEdit, HeaderEdit, Json, LOGOUT_TYP, LogoutMutation, Secret, Signer};
use crate::attacks::row::row;

const fn logout(id: &'static str, about: &'static str, mutation: LogoutMutation) -> Case {
    row(Family::Logout, Protocol::Logout, id, about, Mutation::Logout(mutation))
        .source("OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6")
}

const fn claim(id: &'static str, about: &'static str, edit: ClaimEdit) -> Case {
    logout(id, about, LogoutMutation::Claims(edit))
}

const fn signed(id: &'static str, about: &'static str, signer: Signer) -> Case {
    logout(id, about, LogoutMutation::Signed(signer)).refuse(Reason::Signature, HIGH)
}

const fn header(id: &'static str, about: &'static str, set: &'static [(&'static str, Json)]) -> Case {
    logout(id, about, LogoutMutation::Header(HeaderEdit { set }))
}

const MALFORMED: Reason = Reason::Malformed;
const HIGH: Severity = Severity::High;
const MEDIUM: Severity = Severity::Medium;
const LOW: Severity = Severity::Low;
const DAY: i64 = 24 * 3600;
const ELSEWHERE: &str = "https://elsewhere.example";

pub(in crate::attacks) const ROWS: &[Case] = &[
    claim("logout.events-missing", "There is no events claim, as in an ID token.", ClaimEdit::Remove("events"))
        .refuse(MALFORMED, HIGH)
        .fix("Demand the member of a back-channel logout in events, so that no ID token ends a session."),
    claim(
        "logout.events-other",
        "The event is another one.",
        ClaimEdit::Set(
            "events",
            Json::Object("https://schemas.openid.net/secevent/risc/event-type/account-purged", ""),
        ),
    )
    .refuse(MALFORMED, MEDIUM),
    claim(
        "logout.events-array",
        "The events are an array.",
        ClaimEdit::Set("events", Json::Texts(&["http://schemas.openid.net/event/backchannel-logout"])),
    )
    .refuse(MALFORMED, LOW),
    claim(
        "logout.events-text",
        "The events are a text.",
        ClaimEdit::Set("events", Json::Text("http://schemas.openid.net/event/backchannel-logout")),
    )
    .refuse(MALFORMED, LOW),
    claim("logout.nonce", "There is a nonce, as in an ID token.", ClaimEdit::Set("nonce", Json::Text("nonce")))
        .refuse(MALFORMED, HIGH)
        .fix("Refuse a logout token with a nonce, so that no ID token ends a session."),
    claim("logout.aud-other", "The audience is another client.", ClaimEdit::Set("aud", Json::Text("other")))
        .refuse(Reason::Audience, HIGH),
    claim("logout.aud-missing", "There is no audience.", ClaimEdit::Remove("aud")).refuse(Reason::Audience, HIGH),
    claim("logout.aud-array", "The audience is an array of the client alone.", ClaimEdit::Array("aud")),
    claim("logout.iss-other", "The issuer is another provider.", ClaimEdit::Set("iss", Json::Text(ELSEWHERE)))
        .refuse(Reason::Issuer, HIGH),
    claim("logout.iss-slash", "The issuer has a slash at its end.", ClaimEdit::Suffix("iss", "/"))
        .refuse(Reason::Issuer, MEDIUM),
    claim("logout.iss-missing", "There is no issuer.", ClaimEdit::Remove("iss")).refuse(Reason::Issuer, HIGH),
    signed("logout.alg-none", "There is no signature, and alg is none.", Signer::Nobody("none"))
        .source("OpenID Connect Back-Channel Logout 1.0, 2.6; RFC 8725 3.1 and 3.2"),
    signed("logout.alg-none-upper", "There is no signature, and alg is NONE.", Signer::Nobody("NONE"))
        .source("OpenID Connect Back-Channel Logout 1.0, 2.6; RFC 8725 3.1 and 3.2"),
    signed(
        "logout.rs-as-hs",
        "The signature is an HMAC whose secret is the public key in PEM.",
        Signer::PublicKey(Secret::Pem),
    )
    .source("RFC 8725 2.1 and 3.1"),
    signed("logout.blank-secret", "The signature is an HMAC whose secret is empty.", Signer::Known(""))
        .source("RFC 8725 3.1 and 3.5"),
    signed("logout.null-signature", "The signature is empty.", Signer::Empty).source("RFC 7515 5.2"),
    signed("logout.foreign", "A stranger signs under the kid of the provider.", Signer::Foreign),
    signed(
        "logout.foreign-kid",
        "A stranger signs under a kid that the provider does not publish.",
        Signer::ForeignKid,
    )
    .refuse(Reason::Key, HIGH),
    signed("logout.embedded-jwk", "A stranger signs, and the header contains the key.", Signer::EmbeddedKey)
        .source("RFC 8725 3.10; RFC 7515 4.1.3"),
    signed("logout.rolled-over", "The provider signs with its other published key.", Signer::RolledOver)
        .source("OpenID Connect Core 10.1.1")
        .accept(),
    claim("logout.iat-missing", "There is no time of issue.", ClaimEdit::Remove("iat")).refuse(MALFORMED, LOW),
    claim("logout.iat-old", "The token was issued a day ago.", ClaimEdit::Shift("iat", -DAY)).refuse(Reason::Time, LOW),
    claim("logout.iat-future", "The token will be issued in a day.", ClaimEdit::Shift("iat", DAY))
        .refuse(Reason::Time, LOW),
    claim("logout.exp-past", "The token expired a day ago.", ClaimEdit::Shift("exp", -DAY)).refuse(Reason::Time, HIGH),
    claim("logout.exp-missing", "The token has no end.", ClaimEdit::Remove("exp")).refuse(MALFORMED, MEDIUM),
    claim(
        "logout.nobody",
        "The token names neither a user nor a session.",
        ClaimEdit::SetBoth([("sub", Json::Absent), ("sid", Json::Absent)]),
    )
    .refuse(MALFORMED, HIGH)
    .fix("Refuse a token that has neither sub nor sid: it must not end every session."),
    claim("logout.sub-missing", "The token names only the session.", ClaimEdit::Remove("sub")),
    claim("logout.sid-missing", "The token names only the user.", ClaimEdit::Remove("sid")),
    claim("logout.jti-missing", "The token has no id of its own.", ClaimEdit::Remove("jti")).refuse(MALFORMED, LOW),
    claim(
        "logout.replay",
        "The token of an earlier logout, which names no session, is posted again.",
        ClaimEdit::Remove("sid"),
    )
    .refuse(Reason::Replay, LOW)
    .delivered(Delivery::Twice),
    claim(
        "logout.sub-other",
        "The token names another user, and no session.",
        ClaimEdit::SetBoth([("sub", Json::Text("nobody")), ("sid", Json::Absent)]),
    )
    .source("OpenID Connect Back-Channel Logout 1.0, 2.7")
    .refuse(Reason::User, HIGH)
    .fix("End only sessions of the user or the session that the token names."),
    claim(
        "logout.sid-other",
        "The token names another session, and no user.",
        ClaimEdit::SetBoth([("sid", Json::Text("another-session")), ("sub", Json::Absent)]),
    )
    .source("OpenID Connect Back-Channel Logout 1.0, 2.7")
    .refuse(Reason::User, HIGH)
    .fix("End only sessions of the user or the session that the token names."),
    header("logout.typ-jwt", "The type is JWT.", &[("typ", Json::Text("JWT"))]),
    header("logout.typ-missing", "The token has no type.", &[("typ", Json::Absent)]),
    header(
        "logout.crit-unknown",
        "An extension that nobody knows is critical.",
        &[LOGOUT_TYP, ("crit", Json::Texts(&["unknown"])), ("unknown", Json::True)],
    )
    .source("RFC 7515 4.1.11")
    .refuse(MALFORMED, MEDIUM),
    claim("logout.unknown-claim", "There is an unknown claim.", ClaimEdit::Set("unknown", Json::True)),
];
