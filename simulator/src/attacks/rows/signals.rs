//! `mfa.*`: how the provider says how the user signed in.

use crate::attacks::case::{Case, Family, Protocol};
use crate::attacks::mutation::Mutation;
use crate::attacks::oidc::{ClaimEdit, Json, OidcMutation};
use crate::attacks::row::row;
use crate::attacks::saml::{SamlMutation, SamlSignals, UNSPECIFIED};
use vestibule_model::Strength;

const PHISHING_RESISTANT: Strength = Strength::PhishingResistant;
const STANDARD: Strength = Strength::Standard;
const WEAK: Strength = Strength::Weak;
const TABLE: &str = "help 005321561, Authentication Strength Tiers; RFC 8176 2";
const ARRAY: &str = "RFC 8176 1";
const CARRIER: &str = "help 005321561, Note for SSO logins";
const FIX: &str = "Read amr as an array of strings, in the signed part, and rate each value by its table.";

/// A `Response` with these values of one attribute.
const fn saml(
    id: &'static str,
    about: &'static str,
    name: &'static str,
    values: &'static [&'static str],
    tier: Strength,
) -> Case {
    let signals = SamlSignals { context: UNSPECIFIED, name, values };
    row(Family::Signals, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::Signals(signals)))
        .source(TABLE)
        .tier(tier)
        .fix(FIX)
}

/// A `Response` with this content of `AuthnContext`, and nothing else.
const fn class(id: &'static str, about: &'static str, context: &'static str, tier: Strength) -> Case {
    let signals = SamlSignals { context, name: "amr", values: &[] };
    row(Family::Signals, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::Signals(signals)))
        .source("saml-authn-context 3.4; help 005321561, Authentication Strength Tiers")
        .tier(tier)
        .fix(FIX)
}

/// An ID token with this `amr`, and no `acr`.
const fn oidc(id: &'static str, about: &'static str, amr: Json, tier: Strength) -> Case {
    claims(id, about, amr, Json::Absent, tier).source(TABLE)
}

/// An ID token with this `amr` and this `acr`.
const fn claims(id: &'static str, about: &'static str, amr: Json, acr: Json, tier: Strength) -> Case {
    let edit = ClaimEdit::SetBoth([("amr", amr), ("acr", acr)]);
    row(Family::Signals, Protocol::Oidc, id, about, Mutation::Oidc(OidcMutation::Claims(edit)))
        .source(CARRIER)
        .tier(tier)
        .fix(FIX)
}

const METHODS: &str = "http://schemas.microsoft.com/claims/authnmethodsreferences";

pub(in crate::attacks) const ROWS: &[Case] = &[
    saml("mfa.saml.none", "The assertion says nothing about the sign-in.", "amr", &[], WEAK),
    row(
        Family::Signals,
        Protocol::Saml,
        "mfa.saml.unsigned-part",
        "The only signal is outside of what is signed.",
        Mutation::Saml(SamlMutation::SignalsOutside),
    )
    .source("saml-core 5.4.2; help 005321561")
    .tier(WEAK)
    .fix("Read signals only in what the signature covers."),
    oidc("mfa.oidc.none", "The ID token says nothing about the sign-in.", Json::Absent, WEAK),
    saml("mfa.saml.phr.cert", "The attribute amr is cert.", "amr", &["cert"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.cert", "The amr is cert.", Json::Texts(&["cert"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.fido", "The attribute amr is fido.", "amr", &["fido"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.fido", "The amr is fido.", Json::Texts(&["fido"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.fido2", "The attribute amr is fido2.", "amr", &["fido2"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.fido2", "The amr is fido2.", Json::Texts(&["fido2"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.fpt", "The attribute amr is fpt.", "amr", &["fpt"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.fpt", "The amr is fpt.", Json::Texts(&["fpt"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.hwk", "The attribute amr is hwk.", "amr", &["hwk"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.hwk", "The amr is hwk.", Json::Texts(&["hwk"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.iris", "The attribute amr is iris.", "amr", &["iris"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.iris", "The amr is iris.", Json::Texts(&["iris"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.pin", "The attribute amr is pin.", "amr", &["pin"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.pin", "The amr is pin.", Json::Texts(&["pin"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.pki", "The attribute amr is pki.", "amr", &["pki"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.pki", "The amr is pki.", Json::Texts(&["pki"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.pop", "The attribute amr is pop.", "amr", &["pop"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.pop", "The amr is pop.", Json::Texts(&["pop"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.retina", "The attribute amr is retina.", "amr", &["retina"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.retina", "The amr is retina.", Json::Texts(&["retina"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.sc", "The attribute amr is sc.", "amr", &["sc"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.sc", "The amr is sc.", Json::Texts(&["sc"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.Smartcard", "The attribute amr is Smartcard.", "amr", &["Smartcard"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.Smartcard", "The amr is Smartcard.", Json::Texts(&["Smartcard"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.swk", "The attribute amr is swk.", "amr", &["swk"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.swk", "The amr is swk.", Json::Texts(&["swk"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.TLSClient", "The attribute amr is TLSClient.", "amr", &["TLSClient"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.TLSClient", "The amr is TLSClient.", Json::Texts(&["TLSClient"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.user", "The attribute amr is user.", "amr", &["user"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.user", "The amr is user.", Json::Texts(&["user"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.vbm", "The attribute amr is vbm.", "amr", &["vbm"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.vbm", "The amr is vbm.", Json::Texts(&["vbm"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.wia", "The attribute amr is wia.", "amr", &["wia"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.wia", "The amr is wia.", Json::Texts(&["wia"]), PHISHING_RESISTANT),
    saml("mfa.saml.phr.X509", "The attribute amr is X509.", "amr", &["X509"], PHISHING_RESISTANT),
    oidc("mfa.oidc.phr.X509", "The amr is X509.", Json::Texts(&["X509"]), PHISHING_RESISTANT),
    saml("mfa.saml.standard.Face", "The attribute amr is Face.", "amr", &["Face"], STANDARD),
    oidc("mfa.oidc.standard.Face", "The amr is Face.", Json::Texts(&["Face"]), STANDARD),
    saml(
        "mfa.saml.standard.mobiletwofactorcontract",
        "The attribute amr is mobiletwofactorcontract.",
        "amr",
        &["mobiletwofactorcontract"],
        STANDARD,
    ),
    oidc(
        "mfa.oidc.standard.mobiletwofactorcontract",
        "The amr is mobiletwofactorcontract.",
        Json::Texts(&["mobiletwofactorcontract"]),
        STANDARD,
    ),
    saml("mfa.saml.standard.multipleauthn", "The attribute amr is multipleauthn.", "amr", &["multipleauthn"], STANDARD),
    oidc("mfa.oidc.standard.multipleauthn", "The amr is multipleauthn.", Json::Texts(&["multipleauthn"]), STANDARD),
    saml("mfa.saml.standard.okta_verify", "The attribute amr is okta_verify.", "amr", &["okta_verify"], STANDARD),
    oidc("mfa.oidc.standard.okta_verify", "The amr is okta_verify.", Json::Texts(&["okta_verify"]), STANDARD),
    saml("mfa.saml.standard.passkey", "The attribute amr is passkey.", "amr", &["passkey"], STANDARD),
    oidc("mfa.oidc.standard.passkey", "The amr is passkey.", Json::Texts(&["passkey"]), STANDARD),
    saml("mfa.saml.standard.webauthn", "The attribute amr is webauthn.", "amr", &["webauthn"], STANDARD),
    oidc("mfa.oidc.standard.webauthn", "The amr is webauthn.", Json::Texts(&["webauthn"]), STANDARD),
    saml("mfa.saml.weak.pwd", "The attribute amr is pwd.", "amr", &["pwd"], WEAK),
    oidc("mfa.oidc.weak.pwd", "The amr is pwd.", Json::Texts(&["pwd"]), WEAK),
    saml("mfa.saml.weak.sms", "The attribute amr is sms.", "amr", &["sms"], WEAK),
    oidc("mfa.oidc.weak.sms", "The amr is sms.", Json::Texts(&["sms"]), WEAK),
    saml("mfa.saml.weak.tel", "The attribute amr is tel.", "amr", &["tel"], WEAK),
    oidc("mfa.oidc.weak.tel", "The amr is tel.", Json::Texts(&["tel"]), WEAK),
    saml("mfa.saml.weak.email", "The attribute amr is email.", "amr", &["email"], WEAK),
    oidc("mfa.oidc.weak.email", "The amr is email.", Json::Texts(&["email"]), WEAK),
    saml("mfa.saml.unlisted.mfa", "The attribute amr is mfa.", "amr", &["mfa"], WEAK),
    oidc("mfa.oidc.unlisted.mfa", "The amr is mfa.", Json::Texts(&["mfa"]), WEAK),
    saml("mfa.saml.unlisted.otp", "The attribute amr is otp.", "amr", &["otp"], WEAK),
    oidc("mfa.oidc.unlisted.otp", "The amr is otp.", Json::Texts(&["otp"]), WEAK),
    saml("mfa.saml.unlisted.totp", "The attribute amr is totp.", "amr", &["totp"], WEAK),
    oidc("mfa.oidc.unlisted.totp", "The amr is totp.", Json::Texts(&["totp"]), WEAK),
    saml("mfa.saml.unlisted.kba", "The attribute amr is kba.", "amr", &["kba"], WEAK),
    oidc("mfa.oidc.unlisted.kba", "The amr is kba.", Json::Texts(&["kba"]), WEAK),
    saml("mfa.saml.unlisted.geo", "The attribute amr is geo.", "amr", &["geo"], WEAK),
    oidc("mfa.oidc.unlisted.geo", "The amr is geo.", Json::Texts(&["geo"]), WEAK),
    saml("mfa.saml.unlisted.mca", "The attribute amr is mca.", "amr", &["mca"], WEAK),
    oidc("mfa.oidc.unlisted.mca", "The amr is mca.", Json::Texts(&["mca"]), WEAK),
    saml("mfa.saml.unlisted.rba", "The attribute amr is rba.", "amr", &["rba"], WEAK),
    oidc("mfa.oidc.unlisted.rba", "The amr is rba.", Json::Texts(&["rba"]), WEAK),
    saml("mfa.saml.unlisted.sso", "The attribute amr is sso.", "amr", &["sso"], WEAK),
    oidc("mfa.oidc.unlisted.sso", "The amr is sso.", Json::Texts(&["sso"]), WEAK),
    saml("mfa.saml.unlisted.push", "The attribute amr is push.", "amr", &["push"], WEAK),
    oidc("mfa.oidc.unlisted.push", "The amr is push.", Json::Texts(&["push"]), WEAK),
    saml("mfa.saml.unlisted.u2f", "The attribute amr is u2f.", "amr", &["u2f"], WEAK),
    oidc("mfa.oidc.unlisted.u2f", "The amr is u2f.", Json::Texts(&["u2f"]), WEAK),
    saml("mfa.saml.case.FIDO", "The value is fido in upper case.", "amr", &["FIDO"], PHISHING_RESISTANT),
    saml("mfa.saml.case.x509", "The value is X509 in lower case.", "amr", &["x509"], PHISHING_RESISTANT),
    saml("mfa.saml.case.face", "The value is Face in lower case.", "amr", &["face"], STANDARD),
    oidc("mfa.oidc.case.FIDO", "The value is fido in upper case.", Json::Texts(&["FIDO"]), PHISHING_RESISTANT),
    oidc("mfa.oidc.case.x509", "The value is X509 in lower case.", Json::Texts(&["x509"]), PHISHING_RESISTANT),
    oidc("mfa.oidc.case.face", "The value is Face in lower case.", Json::Texts(&["face"]), STANDARD),
    saml("mfa.saml.space-joined", "Several values are one string, separated by spaces.", "amr", &["pwd hwk mfa"], WEAK),
    saml("mfa.saml.comma-joined", "Several values are one string, separated by commas.", "amr", &["pwd,hwk,mfa"], WEAK),
    saml("mfa.saml.blank-before", "The value begins with a space.", "amr", &[" hwk"], WEAK),
    saml("mfa.saml.blank-after", "The value ends with a space.", "amr", &["hwk "], WEAK),
    saml("mfa.saml.prefix", "The value begins with a listed one.", "amr", &["hwkx"], WEAK),
    saml("mfa.saml.json", "The value is a JSON array in one string.", "amr", &["[\"hwk\"]"], WEAK),
    saml("mfa.saml.empty-value", "The only value is empty.", "amr", &[""], WEAK),
    saml(
        "mfa.saml.duplicated",
        "The same value appears three times.",
        "amr",
        &["hwk", "hwk", "hwk"],
        PHISHING_RESISTANT,
    ),
    saml(
        "mfa.saml.mixed",
        "A weak, a standard and a strong value.",
        "amr",
        &["pwd", "multipleauthn", "fido2"],
        PHISHING_RESISTANT,
    ),
    saml("mfa.saml.mixed-standard", "A weak and a standard value.", "amr", &["pwd", "multipleauthn"], STANDARD),
    saml(
        "mfa.saml.attribute-uri",
        "The attribute has the name that Entra gives it.",
        METHODS,
        &["hwk"],
        PHISHING_RESISTANT,
    ),
    saml(
        "mfa.saml.attribute-short-name",
        "The attribute is named authnmethodsreferences.",
        "authnmethodsreferences",
        &["hwk"],
        WEAK,
    )
    .source(CARRIER),
    saml("mfa.saml.attribute-capital-name", "The attribute is named AMR.", "AMR", &["hwk"], WEAK).source(CARRIER),
    saml(
        "mfa.saml.attribute-claim-name",
        "The attribute is named by the URI of a claim.",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/amr",
        &["hwk"],
        WEAK,
    )
    .source(CARRIER),
    saml("mfa.saml.attribute-acr", "The attribute is named acr.", "acr", &["hwk"], WEAK).source(CARRIER),
    saml(
        "mfa.saml.uri",
        "The value is the URI of Entra.",
        "amr",
        &["http://schemas.microsoft.com/claims/multipleauthn"],
        STANDARD,
    ),
    saml(
        "mfa.saml.urn",
        "The value is the URN of a class.",
        "amr",
        &["urn:oasis:names:tc:SAML:2.0:ac:classes:X509"],
        PHISHING_RESISTANT,
    ),
    saml(
        "mfa.saml.refeds",
        "The value is the URI of the REFEDS profile.",
        "amr",
        &["https://refeds.org/profile/mfa"],
        WEAK,
    ),
    saml(
        "mfa.saml.other-uri",
        "The value is somebody else's URI, which ends in a listed word.",
        "amr",
        &["https://elsewhere.example/hwk"],
        WEAK,
    ),
    class(
        "mfa.class.Password",
        "The class is Password.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>",
        WEAK,
    ),
    class(
        "mfa.class.PasswordProtectedTransport",
        "The class is PasswordProtectedTransport.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>",
        WEAK,
    ),
    class(
        "mfa.class.X509",
        "The class is X509.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextClassRef>",
        PHISHING_RESISTANT,
    ),
    class(
        "mfa.class.TLSClient",
        "The class is TLSClient.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient</saml:AuthnContextClassRef>",
        PHISHING_RESISTANT,
    ),
    class(
        "mfa.class.Smartcard",
        "The class is Smartcard.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard</saml:AuthnContextClassRef>",
        PHISHING_RESISTANT,
    ),
    class(
        "mfa.class.SmartcardPKI",
        "The class is SmartcardPKI, which is in no tier.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI</saml:AuthnContextClassRef>",
        WEAK,
    ),
    class(
        "mfa.class.TimeSyncToken",
        "The class is TimeSyncToken, which is in no tier.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken</saml:AuthnContextClassRef>",
        WEAK,
    ),
    class(
        "mfa.class.Kerberos",
        "The class is Kerberos, which is in no tier.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos</saml:AuthnContextClassRef>",
        WEAK,
    ),
    class(
        "mfa.class.MobileTwoFactorContract",
        "The class is MobileTwoFactorContract.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract</saml:AuthnContextClassRef>",
        STANDARD,
    ),
    class(
        "mfa.class.multipleauthn",
        "The class is the URI of Entra.",
        "<saml:AuthnContextClassRef>http://schemas.microsoft.com/claims/multipleauthn</saml:AuthnContextClassRef>",
        STANDARD,
    ),
    class(
        "mfa.class.refeds",
        "The class is the REFEDS profile.",
        "<saml:AuthnContextClassRef>https://refeds.org/profile/mfa</saml:AuthnContextClassRef>",
        WEAK,
    ),
    class(
        "mfa.class.declaration",
        "There is a declaration in place of a class.",
        "<saml:AuthnContextDeclRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextDeclRef>",
        WEAK,
    )
    .source("saml-core 2.7.2.2; help 005321561"),
    class(
        "mfa.class.blank",
        "The class ends with a space.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509 </saml:AuthnContextClassRef>",
        WEAK,
    ),
    class("mfa.class.empty", "The class is empty.", "<saml:AuthnContextClassRef></saml:AuthnContextClassRef>", WEAK),
    class(
        "mfa.class.with-authority",
        "The class has an authority beside it.",
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:X509</saml:AuthnContextClassRef><saml:AuthenticatingAuthority>https://elsewhere.example</saml:AuthenticatingAuthority>",
        PHISHING_RESISTANT,
    ),
    oidc("mfa.oidc.string", "The amr is a string.", Json::Text("hwk"), WEAK).source(ARRAY),
    oidc("mfa.oidc.string-joined", "The amr is a string of several values.", Json::Text("pwd hwk mfa"), WEAK)
        .source(ARRAY),
    oidc(
        "mfa.oidc.joined-in-array",
        "The amr is an array with one string of several values.",
        Json::Texts(&["pwd hwk mfa"]),
        WEAK,
    )
    .source(ARRAY),
    oidc("mfa.oidc.empty-array", "The amr is an empty array.", Json::Texts(&[]), WEAK).source(ARRAY),
    oidc("mfa.oidc.number", "The amr is a number.", Json::Number(2), WEAK).source(ARRAY),
    oidc("mfa.oidc.numbers", "The amr is an array of numbers.", Json::Numbers(&[1, 2]), WEAK).source(ARRAY),
    oidc("mfa.oidc.true", "The amr is true.", Json::True, WEAK).source(ARRAY),
    oidc("mfa.oidc.null", "The amr is null.", Json::Null, WEAK).source(ARRAY),
    oidc("mfa.oidc.object", "The amr is an object.", Json::Object("hwk", "true"), WEAK).source(ARRAY),
    oidc("mfa.oidc.blank-before", "The value begins with a space.", Json::Texts(&[" hwk"]), WEAK),
    oidc("mfa.oidc.blank-after", "The value ends with a space.", Json::Texts(&["hwk "]), WEAK),
    oidc("mfa.oidc.prefix", "The value begins with a listed one.", Json::Texts(&["hwkx"]), WEAK),
    oidc(
        "mfa.oidc.duplicated",
        "The same value appears three times.",
        Json::Texts(&["hwk", "hwk", "hwk"]),
        PHISHING_RESISTANT,
    ),
    oidc(
        "mfa.oidc.mixed",
        "A weak, a standard and a strong value.",
        Json::Texts(&["pwd", "multipleauthn", "fido2"]),
        PHISHING_RESISTANT,
    ),
    oidc("mfa.oidc.mixed-standard", "A weak and a standard value.", Json::Texts(&["pwd", "multipleauthn"]), STANDARD),
    oidc(
        "mfa.oidc.uri",
        "The value is the URI of Entra.",
        Json::Texts(&["http://schemas.microsoft.com/claims/multipleauthn"]),
        STANDARD,
    ),
    oidc(
        "mfa.oidc.refeds",
        "The value is the URI of the REFEDS profile.",
        Json::Texts(&["https://refeds.org/profile/mfa"]),
        WEAK,
    ),
    claims(
        "mfa.oidc.acr-only",
        "The acr is strong, and there is no amr.",
        Json::Absent,
        Json::Text("hwk"),
        PHISHING_RESISTANT,
    ),
    claims(
        "mfa.oidc.acr-standard",
        "The acr is standard, and there is no amr.",
        Json::Absent,
        Json::Text("multipleauthn"),
        STANDARD,
    ),
    claims(
        "mfa.oidc.acr-refeds",
        "The acr is the REFEDS profile.",
        Json::Absent,
        Json::Text("https://refeds.org/profile/mfa"),
        WEAK,
    ),
    claims("mfa.oidc.acr-level", "The acr is a level of assurance.", Json::Absent, Json::Text("2"), WEAK),
    claims(
        "mfa.oidc.contradict-acr",
        "The acr is strong, and the amr is weak.",
        Json::Texts(&["pwd"]),
        Json::Text("hwk"),
        PHISHING_RESISTANT,
    ),
    claims(
        "mfa.oidc.contradict-amr",
        "The amr is strong, and the acr is weak.",
        Json::Texts(&["hwk"]),
        Json::Text("pwd"),
        PHISHING_RESISTANT,
    ),
];
