//! `oidc.*`: claims of the ID token, and the answers of the endpoints.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::oidc::{AnswerEdit, ClaimEdit, Json, KeySetEdit, OidcMutation, TokenEdit};
use crate::attacks::row::row;
use vestibule_model::Weakness;

const fn oidc(id: &'static str, about: &'static str, mutation: OidcMutation) -> Case {
    row(Family::Oidc, Protocol::Oidc, id, about, Mutation::Oidc(mutation))
}

const fn claim(id: &'static str, about: &'static str, edit: ClaimEdit) -> Case {
    oidc(id, about, OidcMutation::Claims(edit)).source("OpenID Connect Core 3.1.3.7")
}

const fn answer(id: &'static str, about: &'static str, edit: AnswerEdit) -> Case {
    oidc(id, about, OidcMutation::Answer(edit))
}

const fn token(id: &'static str, about: &'static str, edit: TokenEdit) -> Case {
    oidc(id, about, OidcMutation::Token(edit)).refuse(Reason::Provider, Severity::Low)
}

const fn keys(id: &'static str, about: &'static str, edit: KeySetEdit) -> Case {
    oidc(id, about, OidcMutation::Keys(edit)).source("RFC 7517 5; OpenID Connect Core 10.1.1")
}

const fn error(id: &'static str, about: &'static str, code: &'static str) -> Case {
    answer(id, about, AnswerEdit::Error(code))
        .source("RFC 6749 4.1.2.1; OpenID Connect Core 3.1.2.6")
        .refuse(Reason::Status, Severity::Low)
}

const HOUR: i64 = 3600;
const ELSEWHERE: &str = "https://elsewhere.example";
const HIGH: Severity = Severity::High;
const MEDIUM: Severity = Severity::Medium;
const LOW: Severity = Severity::Low;
const MALFORMED: Reason = Reason::Malformed;

pub(in crate::attacks) const ROWS: &[Case] = &[
    claim("oidc.iss-other", "The issuer is another one.", ClaimEdit::Set("iss", Json::Text(ELSEWHERE)))
        .refuse(Reason::Issuer, HIGH)
        .aims_at(Weakness::SkipIssuer),
    claim("oidc.iss-slash", "The issuer ends with a slash.", ClaimEdit::Suffix("iss", "/"))
        .source("OpenID Connect Core 2 and 3.1.3.7")
        .refuse(Reason::Issuer, LOW)
        .aims_at(Weakness::SkipIssuer),
    claim("oidc.iss-missing", "There is no issuer.", ClaimEdit::Remove("iss")).refuse(MALFORMED, HIGH),
    claim("oidc.iss-array", "The issuer is an array.", ClaimEdit::Array("iss"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, MEDIUM),
    claim("oidc.sub-missing", "There is no subject.", ClaimEdit::Remove("sub"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, HIGH),
    claim("oidc.sub-empty", "The subject is empty.", ClaimEdit::Set("sub", Json::Text("")))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, HIGH),
    claim("oidc.sub-number", "The subject is a number.", ClaimEdit::Set("sub", Json::Number(7)))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, MEDIUM),
    claim("oidc.sub-null", "The subject is null.", ClaimEdit::Set("sub", Json::Null))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, HIGH),
    claim("oidc.sub-array", "The subject is an array.", ClaimEdit::Array("sub"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, HIGH),
    claim("oidc.sub-unknown", "The subject is a user who is not known.", ClaimEdit::Set("sub", Json::Text("nobody")))
        .source("OpenID Connect Core 2")
        .refuse(Reason::User, HIGH),
    claim("oidc.sub-blank", "The subject ends with a space.", ClaimEdit::Suffix("sub", " "))
        .source("OpenID Connect Core 2")
        .refuse(Reason::User, HIGH),
    claim("oidc.sub-not-ascii", "The subject has a letter that is not ASCII.", ClaimEdit::Suffix("sub", "\u{0430}"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, MEDIUM),
    claim("oidc.aud-other", "The audience is another client.", ClaimEdit::Set("aud", Json::Text("somebody-else")))
        .refuse(Reason::Audience, HIGH)
        .aims_at(Weakness::SkipAudience),
    claim("oidc.aud-missing", "There is no audience.", ClaimEdit::Remove("aud")).refuse(MALFORMED, HIGH),
    claim("oidc.aud-empty", "The audience is an empty array.", ClaimEdit::Set("aud", Json::Texts(&[])))
        .refuse(Reason::Audience, HIGH)
        .aims_at(Weakness::SkipAudience),
    claim("oidc.aud-prefix", "The audience begins with the client id.", ClaimEdit::Suffix("aud", "-other"))
        .refuse(Reason::Audience, HIGH)
        .aims_at(Weakness::SkipAudience),
    claim("oidc.aud-number", "The audience is a number.", ClaimEdit::Set("aud", Json::Number(1)))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, MEDIUM),
    claim(
        "oidc.aud-secondary",
        "The audience also has another client, which is not trusted.",
        ClaimEdit::ArrayWith("aud", "somebody-else"),
    )
    .refuse(Reason::Audience, MEDIUM)
    .aims_at(Weakness::SkipAudience),
    claim("oidc.aud-array", "The audience is an array with only the client.", ClaimEdit::Array("aud"))
        .source("OpenID Connect Core 2"),
    claim(
        "oidc.azp-other",
        "The authorized party is another client.",
        ClaimEdit::Set("azp", Json::Text("somebody-else")),
    )
    .refuse(Reason::Audience, HIGH)
    .aims_at(Weakness::SkipAuthorizedParty),
    claim("oidc.azp-empty", "The authorized party is empty.", ClaimEdit::Set("azp", Json::Text("")))
        .refuse(Reason::Audience, MEDIUM)
        .aims_at(Weakness::SkipAuthorizedParty),
    claim("oidc.iat-missing", "There is no time of issue.", ClaimEdit::Remove("iat"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, LOW),
    claim("oidc.iat-future", "The time of issue is an hour ahead.", ClaimEdit::Shift("iat", HOUR))
        .refuse(Reason::Time, MEDIUM)
        .aims_at(Weakness::SkipIssueInstant),
    claim("oidc.iat-text", "The time of issue is a string.", ClaimEdit::Text("iat"))
        .source("RFC 7519 2")
        .refuse(MALFORMED, LOW),
    claim("oidc.exp-past", "The token expired.", ClaimEdit::Shift("exp", -HOUR))
        .refuse(Reason::Time, HIGH)
        .aims_at(Weakness::SkipExpiry),
    claim("oidc.exp-missing", "The token does not expire.", ClaimEdit::Remove("exp"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, HIGH),
    claim("oidc.exp-text", "The expiry of the token is a string.", ClaimEdit::Text("exp"))
        .source("RFC 7519 2")
        .refuse(MALFORMED, LOW),
    claim("oidc.exp-negative", "The token expired before 1970.", ClaimEdit::Set("exp", Json::Number(-1)))
        .refuse(Reason::Time, HIGH)
        .aims_at(Weakness::SkipExpiry),
    claim("oidc.exp-zero", "The token expired in 1970.", ClaimEdit::Set("exp", Json::Number(0)))
        .refuse(Reason::Time, HIGH)
        .aims_at(Weakness::SkipExpiry),
    claim("oidc.exp-far", "The token expires in a hundred years.", ClaimEdit::Shift("exp", 100 * 365 * 24 * HOUR))
        .source("OpenID Connect Core 2"),
    claim("oidc.nbf-future", "The token becomes valid in an hour.", ClaimEdit::Shift("nbf", HOUR))
        .source("RFC 7519 4.1.5")
        .refuse(Reason::Time, HIGH)
        .aims_at(Weakness::SkipNotBefore),
    claim(
        "oidc.nbf-text",
        "The time at which the token becomes valid is a string.",
        ClaimEdit::Set("nbf", Json::Text("now")),
    )
    .source("RFC 7519 2")
    .refuse(MALFORMED, LOW),
    claim("oidc.auth_time-future", "The time of the sign-in is an hour ahead.", ClaimEdit::Shift("auth_time", HOUR))
        .source("OpenID Connect Core 2")
        .refuse(Reason::Time, LOW)
        .aims_at(Weakness::SkipAuthTime),
    claim(
        "oidc.auth_time-text",
        "The time of the sign-in is a string.",
        ClaimEdit::Set("auth_time", Json::Text("now")),
    )
    .source("OpenID Connect Core 2")
    .refuse(MALFORMED, LOW),
    claim(
        "oidc.auth_time-missing",
        "There is no time of the sign-in, and nobody asked for it.",
        ClaimEdit::Remove("auth_time"),
    )
    .source("OpenID Connect Core 2"),
    claim(
        "oidc.auth_time-old",
        "The user signed in a day ago, and no limit was asked for.",
        ClaimEdit::Shift("auth_time", -24 * HOUR),
    )
    .source("OpenID Connect Core 3.1.2.1"),
    claim(
        "oidc.nonce-other",
        "The nonce is that of another request.",
        ClaimEdit::Set("nonce", Json::Text("never-sent")),
    )
    .refuse(Reason::Replay, HIGH)
    .aims_at(Weakness::SkipNonce),
    claim("oidc.nonce-missing", "There is no nonce, though the request had one.", ClaimEdit::Remove("nonce"))
        .refuse(Reason::Replay, HIGH)
        .aims_at(Weakness::SkipNonce),
    claim("oidc.nonce-empty", "The nonce is empty.", ClaimEdit::Set("nonce", Json::Text("")))
        .refuse(Reason::Replay, HIGH)
        .aims_at(Weakness::SkipNonce),
    claim("oidc.nonce-suffix", "The nonce begins with that of the request.", ClaimEdit::Suffix("nonce", "x"))
        .refuse(Reason::Replay, HIGH)
        .aims_at(Weakness::SkipNonce),
    claim("oidc.nonce-array", "The nonce is an array.", ClaimEdit::Array("nonce"))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, MEDIUM),
    claim(
        "oidc.at_hash-other",
        "The hash is that of another access token.",
        ClaimEdit::Set("at_hash", Json::Text("AAAAAAAAAAAAAAAAAAAAAA")),
    )
    .source("OpenID Connect Core 3.1.3.8")
    .refuse(MALFORMED, MEDIUM)
    .aims_at(Weakness::SkipAtHash),
    claim("oidc.at_hash-empty", "The hash of the access token is empty.", ClaimEdit::Set("at_hash", Json::Text("")))
        .source("OpenID Connect Core 3.1.3.8")
        .refuse(MALFORMED, MEDIUM)
        .aims_at(Weakness::SkipAtHash),
    claim(
        "oidc.at_hash-missing",
        "There is no hash of the access token, which the code flow allows.",
        ClaimEdit::Remove("at_hash"),
    )
    .source("OpenID Connect Core 3.1.3.6"),
    claim("oidc.acr-array", "The acr is an array.", ClaimEdit::Set("acr", Json::Texts(&["1"])))
        .source("OpenID Connect Core 2")
        .refuse(MALFORMED, LOW),
    claim(
        "oidc.unknown-claim",
        "There is an unknown claim.",
        ClaimEdit::Set("https://elsewhere.example/role", Json::Text("admin")),
    )
    .source("OpenID Connect Core 2; RFC 7519 4"),
    claim("oidc.claims-array", "The claims are an array.", ClaimEdit::Payload("[]"))
        .source("RFC 7519 7.2")
        .refuse(MALFORMED, MEDIUM),
    claim("oidc.claims-empty", "The claims are an empty object.", ClaimEdit::Payload("{}")).refuse(MALFORMED, HIGH),
    claim("oidc.claims-no-json", "The claims are not JSON.", ClaimEdit::Payload("sub=rep"))
        .source("RFC 7519 7.2")
        .refuse(MALFORMED, MEDIUM),
    claim("oidc.claims-null", "The claims are null.", ClaimEdit::Payload("null"))
        .source("RFC 7519 7.2")
        .refuse(MALFORMED, MEDIUM),
    // The answer of the authorization endpoint.
    answer("oidc.state-other", "The state is that of another request.", AnswerEdit::Set("state", "never-sent"))
        .source("RFC 6749 10.12")
        .refuse(Reason::Request, HIGH),
    answer("oidc.state-missing", "There is no state.", AnswerEdit::Remove("state"))
        .source("RFC 6749 10.12")
        .refuse(Reason::Request, HIGH),
    answer("oidc.state-empty", "The state is empty.", AnswerEdit::Set("state", ""))
        .source("RFC 6749 10.12")
        .refuse(Reason::Request, HIGH),
    answer("oidc.state-twice", "The answer has two states.", AnswerEdit::Twice("state", "never-sent"))
        .source("RFC 6749 3.1")
        .refuse(MALFORMED, HIGH),
    answer("oidc.iss-param-other", "The answer names another issuer.", AnswerEdit::Set("iss", ELSEWHERE))
        .source("RFC 9207 2.4")
        .refuse(Reason::Issuer, HIGH)
        .aims_at(Weakness::SkipIss),
    answer(
        "oidc.iss-param-missing",
        "The answer names no issuer, though the provider says that it does.",
        AnswerEdit::Remove("iss"),
    )
    .source("RFC 9207 2.4")
    .refuse(Reason::Issuer, MEDIUM)
    .aims_at(Weakness::SkipIss),
    answer("oidc.iss-param-twice", "The answer names two issuers.", AnswerEdit::Twice("iss", ELSEWHERE))
        .source("RFC 6749 3.1; RFC 9207 2")
        .refuse(MALFORMED, MEDIUM),
    answer("oidc.code-missing", "There is neither a code nor an error.", AnswerEdit::Remove("code"))
        .source("RFC 6749 4.1.2")
        .refuse(MALFORMED, LOW),
    answer(
        "oidc.code-other",
        "The code is one that the provider did not issue.",
        AnswerEdit::Set("code", "never-issued"),
    )
    .source("RFC 6749 4.1.3")
    .refuse(Reason::Provider, HIGH),
    answer("oidc.code-twice", "The answer has two codes.", AnswerEdit::Twice("code", "never-issued"))
        .source("RFC 6749 3.1")
        .refuse(MALFORMED, MEDIUM),
    answer("oidc.error-beside-code", "The answer has an error and a code.", AnswerEdit::AlsoError("access_denied"))
        .source("RFC 6749 4.1.2.1")
        .refuse(Reason::Status, MEDIUM),
    answer("oidc.unknown-parameter", "The answer has an unknown parameter.", AnswerEdit::Set("session_state", "x.y"))
        .source("RFC 6749 4.1.2"),
    error("oidc.error.access_denied", "The user said no.", "access_denied"),
    error("oidc.error.login_required", "The provider wants to show a page.", "login_required"),
    error(
        "oidc.error.unmet_authentication_requirements",
        "The provider cannot meet what was asked for.",
        "unmet_authentication_requirements",
    ),
    error("oidc.error.server_error", "The provider failed.", "server_error"),
    error("oidc.error.temporarily_unavailable", "The provider is busy.", "temporarily_unavailable"),
    error("oidc.error.unknown", "The error is unknown.", "something_else"),
    // The answer of the token endpoint.
    token("oidc.token.no-id_token", "There is no ID token.", TokenEdit::Remove("id_token"))
        .source("OpenID Connect Core 3.1.3.3")
        .refuse(MALFORMED, LOW),
    token("oidc.token.id_token-null", "The ID token is null.", TokenEdit::Set("id_token", Json::Null))
        .source("OpenID Connect Core 3.1.3.3")
        .refuse(MALFORMED, LOW),
    token(
        "oidc.token.id_token-object",
        "The ID token is an object.",
        TokenEdit::Set("id_token", Json::Object("sub", "rep")),
    )
    .source("OpenID Connect Core 3.1.3.3"),
    token("oidc.token.no-access_token", "There is no access token.", TokenEdit::Remove("access_token"))
        .source("RFC 6749 5.1"),
    token(
        "oidc.token.other-access_token",
        "The access token is not the one that the ID token names.",
        TokenEdit::Set("access_token", Json::Text("another")),
    )
    .source("OpenID Connect Core 3.1.3.8")
    .refuse(MALFORMED, MEDIUM)
    .aims_at(Weakness::SkipAtHash),
    token("oidc.token.no-type", "There is no token_type.", TokenEdit::Remove("token_type")).source("RFC 6749 5.1"),
    token(
        "oidc.token.other-type",
        "The token_type is one that nobody asked for.",
        TokenEdit::Set("token_type", Json::Text("mac")),
    )
    .source("RFC 6749 7.1"),
    token(
        "oidc.token.type-case",
        "The token_type is in lower case.",
        TokenEdit::Set("token_type", Json::Text("bearer")),
    )
    .source("RFC 6749 5.1")
    .accept(),
    token("oidc.token.expires-text", "The lifetime is a string.", TokenEdit::Set("expires_in", Json::Text("3600")))
        .source("RFC 6749 5.1; RFC 9700")
        .accept(),
    token("oidc.token.unknown-member", "There is an unknown member.", TokenEdit::Set("foo", Json::Text("bar")))
        .source("RFC 6749 5.1")
        .accept(),
    token(
        "oidc.token.error",
        "The token endpoint refuses the code.",
        TokenEdit::Body(400, "application/json", "{\"error\":\"invalid_grant\"}"),
    )
    .source("RFC 6749 5.2"),
    token(
        "oidc.token.error-with-200",
        "The token endpoint refuses the code, with status 200.",
        TokenEdit::Body(200, "application/json", "{\"error\":\"invalid_grant\"}"),
    )
    .source("RFC 6749 5.2"),
    token("oidc.token.500", "The token endpoint fails.", TokenEdit::Body(500, "text/plain", "")).source("RFC 6749 5.2"),
    token(
        "oidc.token.html",
        "The token endpoint answers with a page.",
        TokenEdit::Body(200, "text/html", "<!doctype html><p>Sign in"),
    )
    .source("RFC 6749 5.1"),
    token("oidc.token.empty", "The token endpoint answers with nothing.", TokenEdit::Body(200, "application/json", ""))
        .source("RFC 6749 5.1"),
    token(
        "oidc.token.array",
        "The token endpoint answers with an array.",
        TokenEdit::Body(200, "application/json", "[]"),
    )
    .source("RFC 6749 5.1"),
    token(
        "oidc.token.form",
        "The token endpoint answers with a form.",
        TokenEdit::Body(200, "application/x-www-form-urlencoded", "access_token=a&token_type=bearer"),
    )
    .source("RFC 6749 5.1"),
    // The keys.
    keys("oidc.jwks.500", "The endpoint of the keys fails.", KeySetEdit::Body(500, "text/plain", ""))
        .refuse(Reason::Provider, LOW),
    keys(
        "oidc.jwks.html",
        "The endpoint of the keys answers with a page.",
        KeySetEdit::Body(200, "text/html", "<!doctype html><p>Sign in"),
    )
    .refuse(Reason::Provider, LOW),
    keys("oidc.jwks.no-keys", "The key set has no member keys.", KeySetEdit::Body(200, "application/json", "{}"))
        .refuse(Reason::Provider, LOW),
    keys("oidc.jwks.empty", "The key set is empty.", KeySetEdit::Empty).refuse(Reason::Key, LOW),
    keys("oidc.jwks.others", "The key set lacks the key of the token.", KeySetEdit::Others).refuse(Reason::Key, HIGH),
    keys("oidc.jwks.for-encryption", "The key is meant for encryption.", KeySetEdit::ForEncryption)
        .source("RFC 7517 4.2")
        .refuse(Reason::Key, LOW),
    keys("oidc.jwks.other-algorithm", "The key is meant for another algorithm.", KeySetEdit::OtherAlgorithm)
        .source("RFC 7517 4.4")
        .refuse(Reason::Key, LOW),
    keys("oidc.jwks.other-kind", "The key of this kid is a symmetric one.", KeySetEdit::OtherKind)
        .source("RFC 7517 4.1")
        .refuse(Reason::Key, MEDIUM),
    keys(
        "oidc.jwks.unknown-kind",
        "The key set has a key of an unknown kind beside the good one.",
        KeySetEdit::UnknownKind,
    )
    .source("RFC 7517 5"),
    keys("oidc.jwks.one", "The key set has only the key of the token.", KeySetEdit::One),
    keys("oidc.jwks.repeated-kid", "A stranger's key with the same kid follows the good one.", KeySetEdit::RepeatedKid)
        .source("RFC 7517 4.5"),
];
