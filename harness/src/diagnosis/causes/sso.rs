//! Single sign-on: where the answer or its signal was lost.

use vestibule_model::{Carrier, LoginKind, PageName, Signal, Strength};
use vestibule_simulator::policy::{Decision, Outcome, Rule};
use vestibule_simulator::realm::{Event, ProtocolVerdict, RequestFault};

use crate::diagnosis::cause::Proof;
use crate::diagnosis::near_miss::short;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "sso-answer-refused",
        what: "The org refused the response of the identity provider.",
        needs: "the last SAML response or ID token was refused",
        owner: Owner::IdpAdmin,
        remedy: "At the identity provider, fix what the code names: the signing certificate that the org has on file, the audience (the org's entity id), the recipient (the ACS URL), the clock, or the Federation ID that is sent as NameID.",
        fact: "https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf",
        prove: answer_refused,
    },
    Cause {
        id: "request-unsigned",
        what: "The identity provider wants the org to sign its requests, and the org does not.",
        needs: "the last AuthnRequest was refused by the identity provider because it is not signed",
        owner: Owner::OrgAdmin,
        remedy: "In the org's single sign-on setting, choose a Request Signing Certificate, and give it to the admin of the identity provider.",
        fact: "https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf",
        prove: request_unsigned,
    },
    Cause {
        id: "request-certificate-expired",
        what: "The certificate with which the org signs its requests has expired.",
        needs: "the last AuthnRequest was refused by the identity provider because the certificate that verifies it has expired",
        owner: Owner::OrgAdmin,
        remedy: "In the org's single sign-on setting, choose a new Request Signing Certificate, and give it to the admin of the identity provider.",
        fact: "https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_samlssoconfig.htm",
        prove: request_certificate_expired,
    },
    Cause {
        id: "sso-request-refused",
        what: "The identity provider refused the request of the org.",
        needs: "the last AuthnRequest or authorization request was refused by the identity provider",
        owner: Owner::IdpAdmin,
        remedy: "Register the org at the identity provider with its actual values: entity id, ACS URL and request certificate, or client id and redirect URI.",
        fact: "https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf",
        prove: request_refused,
    },
    Cause {
        id: "idp-sign-in-not-handled",
        what: "The identity provider's own sign-in page waits, and the suite did not sign in there.",
        needs: "the last page is the identity provider's sign-in page",
        owner: Owner::Suite,
        remedy: "Let the login helper type username and password into the identity provider's page by its own field ids, or start the run with a session of the identity provider.",
        fact: "https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf",
        prove: idp_sign_in,
    },
    Cause {
        id: "signal-misplaced",
        what: "The identity provider sent a signal in a place where the org does not look.",
        needs: "a single sign-on that proved too little, and a signal that was issued in UserInfo, the access token, a part that is not signed, or a claim or an attribute that the org does not read",
        owner: Owner::IdpAdmin,
        remedy: "Send the signal where the org reads it: the claim `amr` of the ID token, the SAML attribute `amr` (or `http://schemas.microsoft.com/claims/authnmethodsreferences`), or AuthnContextClassRef.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: signal_misplaced,
    },
    Cause {
        id: "signal-lost",
        what: "The identity provider issued a signal that did not reach the org.",
        needs: "a single sign-on that proved too little, and a signal that was issued and not received",
        owner: Owner::IdpAdmin,
        remedy: "Compare the response that the identity provider logs with the one that a SAML tracer (or, for OpenID Connect, Login History) shows, and remove the proxy, broker or claim filter that drops it.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: signal_lost,
    },
    Cause {
        id: "signal-unlisted",
        what: "The identity provider sent a value that is in no tier, so the login counts as one without MFA.",
        needs: "a single sign-on that proved too little, and the rule `signal-unlisted`",
        owner: Owner::IdpAdmin,
        remedy: "Send a value that the org recognises: `hwk`, `swk`, `fido` or `pin` for phishing-resistant, `multipleauthn` or `okta_verify` for standard; `mfa` and `otp` are in no tier.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: signal_unlisted,
    },
    Cause {
        id: "signal-not-phishing-resistant",
        what: "The identity provider proved standard MFA, and this user needs phishing-resistant MFA.",
        needs: "a single sign-on of standard strength that was not enough",
        owner: Owner::IdpAdmin,
        remedy: "Sign this user in with a phishing-resistant method (FIDO2, certificate, Windows Hello) and send its value: `hwk`, `swk`, `fido2`, `pin`, `X509`; `webauthn` and `passkey` count as standard only.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: signal_standard,
    },
    Cause {
        id: "signal-weak",
        what: "The identity provider says that the user signed in with a weak method.",
        needs: "a single sign-on that proved too little, and the rule `sso-signal-weak`",
        owner: Owner::IdpAdmin,
        remedy: "Require MFA for this user at the identity provider and send what was used: `swk` or `hwk` instead of `pwd`, `sms`, `tel` or `email`.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: signal_weak,
    },
    Cause {
        id: "signal-missing",
        what: "The identity provider says nothing about how the user signed in, so the login counts as one without MFA.",
        needs: "a single sign-on that proved too little, and no recognised signal in the response",
        owner: Owner::IdpAdmin,
        remedy: "Add `amr` to the SAML attributes or the ID token (Okta: an attribute statement `amr` = `session.amr`; Entra: the claim authnmethodsreferences), with a phishing-resistant or standard value.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: signal_missing,
    },
];

fn answer_refused(evidence: &Evidence) -> Option<Proof> {
    let (idp, verdict) = evidence.events().rev().find_map(|event| match event {
        Event::SsoAnswerReceived { idp, verdict, .. } => Some((idp.as_deref(), verdict)),
        _ => None,
    })?;
    let ProtocolVerdict::Refused { code, why, .. } = verdict else { return None };
    let idp = idp.map_or_else(|| "the identity provider".to_owned(), |idp| format!("`{idp}`"));
    Some(Proof::new(format!("The org refused the response of {idp} with \"{code}\".")).because(why.clone()))
}

fn request_unsigned(evidence: &Evidence) -> Option<Proof> {
    let request = RefusedRequest::last(evidence).filter(|request| request.fault == Some(RequestFault::Unsigned))?;
    Some(request.proof(format!(
        "The identity provider `{}` wants the org to sign its requests, and the org does not.",
        request.idp
    )))
}

fn request_certificate_expired(evidence: &Evidence) -> Option<Proof> {
    let expired = Some(RequestFault::CertificateExpired);
    let request = RefusedRequest::last(evidence).filter(|request| request.fault == expired)?;
    Some(request.proof(format!(
        "The identity provider `{}` refused the request of the org: the certificate that verifies it has expired.",
        request.idp
    )))
}

fn request_refused(evidence: &Evidence) -> Option<Proof> {
    let request = RefusedRequest::last(evidence)?;
    Some(request.proof(format!(
        "The identity provider `{}` refused the request of the org with \"{}\".",
        request.idp, request.code
    )))
}

/// The last request of the org, if an identity provider refused it.
struct RefusedRequest<'a> {
    idp: &'a str,
    code: &'a str,
    why: &'a str,
    fault: Option<RequestFault>,
}

impl<'a> RefusedRequest<'a> {
    fn last(evidence: &'a Evidence) -> Option<Self> {
        let (idp, verdict) = evidence.events().rev().find_map(|event| match event {
            Event::SsoRequestReceived { idp, verdict } => Some((idp, verdict)),
            _ => None,
        })?;
        let ProtocolVerdict::Refused { code, why, request, .. } = verdict else { return None };
        Some(Self { idp, code, why, fault: *request })
    }

    fn proof(&self, sentence: String) -> Proof {
        Proof::new(sentence).because(self.why)
    }
}

fn idp_sign_in(evidence: &Evidence) -> Option<Proof> {
    if !evidence.stands_on(PageName::IdpSignIn) {
        return None;
    }
    let times = evidence.times_served(PageName::IdpSignIn);
    let refused = evidence.events().filter(|event| matches!(event, Event::IdpSignInRefused { .. })).count();
    let sentence = match (refused, times) {
        (0, ..=1) => "The identity provider's sign-in page waits, and the suite did not sign in there.",
        (0, _) => "The identity provider's sign-in page was opened again and waits.",
        (_, _) => "The identity provider showed its sign-in page again: it does not accept that username or password.",
    };
    let mut proof = Proof::new(sentence).because(format!("the page was sent {times} times"));
    if refused > 0 {
        proof = proof.because(format!("the identity provider refused the sign-in {refused} times"));
    }
    proof.evidence.extend(evidence.stopped_or_stood());
    Some(proof)
}

fn signal_misplaced(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence)?;
    let beside = |signal: &&&Signal| {
        matches!(
            signal.carrier,
            Carrier::UserInfo | Carrier::AccessToken | Carrier::IdTokenClaim(_) | Carrier::Unsigned
        )
    };
    let signal = weak.issued.iter().find(beside).copied();
    let attribute = |signal: &&&Signal| matches!(signal.carrier, Carrier::SamlAttribute(_));
    let unread = || weak.received.iter().find(attribute).copied();
    let signal = signal.or_else(|| weak.decision.fired(Rule::SignalCarrierNotRead).then(unread).flatten())?;
    Some(weak.proof(format!(
        "The identity provider sent `{}` in {}, where the org does not look, so the login counts as {}.",
        short(&signal.value),
        signal.carrier,
        weak.decision.strength
    )))
}

fn signal_lost(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence)?;
    let lost = weak.issued.iter().find(|signal| !weak.received.contains(signal))?;
    Some(weak.proof(format!("The identity provider issued `{}`, and it did not reach the org.", lost.value)))
}

fn signal_unlisted(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence).filter(|weak| weak.decision.fired(Rule::SignalUnlisted))?;
    (weak.decision.strength == Strength::Weak
        && !weak.decision.fired(Rule::SsoSignalWeak)
        && !weak.telling().is_empty())
    .then(|| {
        weak.proof(format!(
            "What the identity provider sent ({}) is in no tier, so the login counts as one without MFA.",
            weak.values()
        ))
    })
}

fn signal_standard(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence).filter(|weak| weak.decision.strength == Strength::Standard)?;
    Some(weak.proof(format!(
        "The identity provider proved standard MFA ({}), and this user needs phishing-resistant MFA.",
        weak.values()
    )))
}

fn signal_weak(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence).filter(|weak| weak.decision.fired(Rule::SsoSignalWeak))?;
    Some(
        weak.proof(format!(
            "The identity provider says that the user signed in with a weak method ({}).",
            weak.values()
        )),
    )
}

fn signal_missing(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence)?;
    let sentence =
        "The identity provider says nothing about how the user signed in, so the login counts as one without MFA.";
    Some(weak.proof(sentence.to_owned()))
}

/// A single sign-on that the org accepted but that proved too little, with no verification at the org after it.
pub(super) struct Weak<'a> {
    pub(super) decision: &'a Decision,
    issued: Vec<&'a Signal>,
    pub(super) received: Vec<&'a Signal>,
}

impl<'a> Weak<'a> {
    pub(super) fn of(evidence: &'a Evidence) -> Option<Self> {
        if !matches!(evidence.login_kind()?, LoginKind::Saml | LoginKind::Oidc)
            || evidence.verifications().next().is_some()
        {
            return None;
        }
        let decision = evidence.decision()?;
        if matches!(decision.outcome, Outcome::Allow { .. }) || !decision.rules.iter().any(|rule| rule.id.is_weak_sso())
        {
            return None;
        }
        let signals = |wanted: fn(&Event) -> Option<&Vec<Signal>>| {
            evidence.events().rev().find_map(wanted).into_iter().flatten().collect::<Vec<_>>()
        };
        let issued = signals(|event| match event {
            Event::SsoAnswerIssued { signals, .. } => Some(signals),
            _ => None,
        });
        let received = signals(|event| match event {
            Event::SsoAnswerReceived { signals, .. } => Some(signals),
            _ => None,
        });
        Some(Self { decision, issued, received })
    }

    fn values(&self) -> String {
        let values: Vec<_> = self.telling().iter().map(|signal| format!("`{}`", short(&signal.value))).collect();
        if values.is_empty() { "none".to_owned() } else { values.join(", ") }
    }

    /// The signals that carry information. Every SAML response must have a ClassRef, which may carry none.
    fn telling(&self) -> Vec<&'a Signal> {
        let silent = |signal: &Signal| {
            signal.carrier == Carrier::AuthnContextClassRef && SILENT_CLASSES.contains(&short(&signal.value))
        };
        self.received.iter().copied().filter(|signal| !silent(signal)).collect()
    }

    /// The sentence with what was issued, what was received and what the org made of it.
    pub(super) fn proof(&self, sentence: String) -> Proof {
        let proof = Proof::new(sentence)
            .because(format!("issued by the identity provider: {}", listed(&self.issued)))
            .because(format!("received by the org: {}", listed(&self.received)));
        let rules = self.decision.rules.iter().filter(|rule| rule.id.rates_signals() || rule.id.is_weak_sso());
        rules.fold(proof, |proof, rule| proof.because(format!("rule `{}`: {}", rule.id, rule.why)))
    }
}

fn listed(signals: &[&Signal]) -> String {
    let rendered: Vec<_> =
        signals.iter().map(|signal| format!("`{}` in {}", short(&signal.value), signal.carrier)).collect();
    if rendered.is_empty() { "nothing".to_owned() } else { rendered.join("; ") }
}

/// ClassRefs that identity providers send whatever the user did (contract E3.30).
const SILENT_CLASSES: [&str; 3] = ["unspecified", "Password", "PasswordProtectedTransport"];
