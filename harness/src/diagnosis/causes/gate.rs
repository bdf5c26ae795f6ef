//! The enrolment gate and the passkey ceremonies.

use vestibule_model::PageName;

use crate::diagnosis::cause::Proof;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::{Owner, WebDriverCommand};

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "second-authenticator",
        what: "The browser already has a virtual authenticator, and the suite adds a second one: the browser refuses it, or the passkey ceremony fails.",
        needs: "a second virtual authenticator that the browser refused; or a passkey page that was not passed, and a browser session with two virtual authenticators, one of them without a credential",
        owner: Owner::Suite,
        remedy: "Keep exactly one virtual authenticator per browser: remove the one you add (removeVirtualAuthenticator, WebAuthn.removeVirtualAuthenticator) or run without `--passkey`.",
        fact: "https://github.com/amtrack/sfdx-browserforce-plugin/pull/759",
        prove: second_authenticator,
    },
    Cause {
        id: "passkey-of-old-host",
        what: "The org asks for a passkey that was created before the org was renamed; no browser finds that passkey under the new host.",
        needs: "the page that asks for a passkey, and a registered passkey whose RP ID is not the org's My Domain host",
        owner: Owner::OrgAdmin,
        remedy: "Remove the old passkey on the user's page in Setup (Built-in Authenticators) or generate a temporary code; then let the suite enrol a new passkey and store it under the My Domain host.",
        fact: "https://www.w3.org/TR/webauthn-3/#rp-id",
        prove: passkey_of_old_host,
    },
    Cause {
        id: "passkey-lost",
        what: "The org no longer knows the suite's passkey: the sandbox was refreshed after the passkey was created.",
        needs: "the enrolment gate, and a passkey in the browser that the org does not know",
        owner: Owner::Suite,
        remedy: "After every refresh of the sandbox, delete the stored credential and enrol a new passkey at the gate; store it under the My Domain host and the date of the refresh.",
        fact: "https://www.w3.org/TR/webauthn-3/#sctn-automation-add-credential",
        prove: passkey_lost,
    },
    Cause {
        id: "ceremony-without-authenticator",
        what: "A passkey ceremony was started in a browser that has no authenticator, so it waits for a device that does not exist.",
        needs: "a page that asks for a registered passkey, or \"Create Passkey\" clicked at the gate, and no virtual authenticator in the browser",
        owner: Owner::Suite,
        remedy: "Add a virtual authenticator (ctap2, internal, resident key, user verification, user verified) with the user's passkey before the login: Selenium VirtualAuthenticatorOptions, WebdriverIO addVirtualAuthenticator, Playwright through CDP WebAuthn.addVirtualAuthenticator.",
        fact: "https://www.w3.org/TR/webauthn-3/#sctn-automation",
        prove: ceremony_without_authenticator,
    },
    Cause {
        id: "passkey-not-in-browser",
        what: "The org asks for the user's passkey, and the authenticator in the browser does not hold it.",
        needs: "the page that asks for a passkey, and an authenticator in the browser without a passkey of this user",
        owner: Owner::Suite,
        remedy: "Load the stored credential (credential id, private key, RP ID, user handle, counter) into the virtual authenticator before the login: Selenium addCredential, WebdriverIO addCredential, Playwright through CDP WebAuthn.addCredential.",
        fact: "https://www.w3.org/TR/webauthn-3/#sctn-automation-add-credential",
        prove: passkey_not_in_browser,
    },
    Cause {
        id: "passkey-page-not-handled",
        what: "The org asks for the user's passkey, the browser holds it, and the suite does not start the ceremony.",
        needs: "the page that asks for a passkey, a passkey in the browser, and no answer",
        owner: Owner::Suite,
        remedy: "After the password, wait for the button \"Log In With a Passkey\" and click it; the virtual authenticator then answers by itself.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: passkey_page_not_handled,
    },
    Cause {
        id: "gate-not-handled",
        what: "The gate \"Create a Passkey\" stands between the login and Lightning, and the suite does not know this page.",
        needs: "the last page is the enrolment gate or one of the pages behind it",
        owner: Owner::Suite,
        remedy: "Give the test user a passkey before the run and the browser a virtual authenticator that holds it, or let the login helper recognise `/_ui/identity/webauthn/` and click \"Create Passkey\" with a virtual authenticator present.",
        fact: "https://github.com/svierk/salesforce-utam-e2e-testing/pull/148",
        prove: gate_not_handled,
    },
];

fn second_authenticator(evidence: &Evidence) -> Option<Proof> {
    let command = evidence.refused_authenticator().and_then(|command| command.error.as_deref());
    let command = command.map(|why| format!("add authenticator: {why}"));
    // Without WebDriver, only the output shows it.
    let line = || evidence.line_with(&[ONE_ONLY]).map(|line| format!("output: {line}"));
    if let Some(proof) = command.or_else(line) {
        let sentence = "The browser has a virtual authenticator already, and it refused the one that the suite adds.";
        return Some(Proof::new(sentence).because(proof));
    }
    let authenticators = &evidence.authenticators;
    let (session, _) = authenticators.iter().find(|(session, held)| {
        *held == 0 && authenticators.iter().filter(|(other, _)| other == session).count() > 1
    })?;
    let count = authenticators.iter().filter(|(other, _)| other == session).count();
    asks_for_passkey(evidence).then(|| {
        Proof::new(format!(
            "The passkey ceremony failed: the browser has {count} virtual authenticators, and one of them is empty."
        ))
        .because(format!("browser session {session}: {count} authenticators, at least one without a credential"))
        .because(format!("the login stopped on {}", evidence.place()))
    })
}

fn passkey_of_old_host(evidence: &Evidence) -> Option<Proof> {
    let rp_id = evidence.user.foreign_rp_id.as_ref().filter(|_| evidence.user.has_passkey)?;
    let asked = evidence.stands_on(PageName::VerifyPasskey) || evidence.stands_on(PageName::LoginPasskey);
    asked.then(|| {
        let sentence =
            "The org asks for a passkey that was created under its old host name, which browsers can no longer use.";
        Proof::new(sentence)
            .because(format!("the RP ID of the registered passkey is {rp_id}"))
            .because(format!("the login stopped on {}", evidence.place()))
    })
}

fn passkey_lost(evidence: &Evidence) -> Option<Proof> {
    let user = &evidence.user;
    if !user.passkey_in_browser || !asks_for_passkey(evidence) {
        return None;
    }
    let sentence =
        "The org no longer knows the suite's passkey: the sandbox was refreshed, and a new passkey must be created.";
    (!user.has_passkey && evidence.must_enrol()).then(|| {
        Proof::new(sentence)
            .because("the browser holds a passkey, and no passkey is registered at the org")
            .because(format!("the login stopped on {}", evidence.place()))
    })
}

fn ceremony_without_authenticator(evidence: &Evidence) -> Option<Proof> {
    if !evidence.authenticators.is_empty() || !asks_for_passkey(evidence) {
        return None;
    }
    let clicked = evidence.started_ceremony() || clicked_on_passkey_page(evidence);
    if evidence.stands_on(PageName::CreatePasskey) && !clicked {
        return None;
    }
    let sentence = if clicked {
        format!(
            "A passkey ceremony was started on {}, and the browser has no authenticator to answer it.",
            evidence.page()
        )
    } else {
        "The org asks for the user's passkey, and the browser has no authenticator to answer with.".to_owned()
    };
    let mut proof = Proof::new(sentence)
        .because(format!("the login stopped on {}", evidence.place()))
        .because("no virtual authenticator in the browser");
    proof.evidence.extend(evidence.stood());
    Some(proof)
}

fn passkey_not_in_browser(evidence: &Evidence) -> Option<Proof> {
    let asked = evidence.stands_on(PageName::VerifyPasskey) || evidence.stands_on(PageName::LoginPasskey);
    (asked && !evidence.authenticators.is_empty() && !evidence.user.passkey_in_browser).then(|| {
        Proof::new("The org asks for the user's passkey, and the authenticator in the browser does not hold it.")
            .because(format!("the login stopped on {}", evidence.place()))
            .because("virtual authenticators in the browser hold no passkey of this user")
    })
}

fn passkey_page_not_handled(evidence: &Evidence) -> Option<Proof> {
    let asked = evidence.stands_on(PageName::VerifyPasskey) || evidence.stands_on(PageName::LoginPasskey);
    if !asked || !evidence.user.passkey_in_browser || evidence.verifications().next().is_some() {
        return None;
    }
    let mut proof = Proof::new(
        "The org asks for the user's passkey, the browser holds it, and the suite did not start the ceremony.",
    )
    .because(format!("the login stopped on {}", evidence.place()));
    proof.evidence.extend(evidence.stopped_or_stood());
    Some(proof)
}

fn gate_not_handled(evidence: &Evidence) -> Option<Proof> {
    let at_the_gate = [PageName::CreatePasskey, PageName::ChooseVerificationMethod, PageName::ConnectAuthenticatorApp];
    if !at_the_gate.iter().any(|page| evidence.stands_on(*page)) || !evidence.must_enrol() {
        return None;
    }
    let mut proof = Proof::new(format!(
        "The login got as far as {}, which comes before Lightning, and the suite did not get past it.",
        evidence.page()
    ))
    .because(format!("the login stopped on {}", evidence.place()));
    if let Some(rule) = evidence.decision().and_then(|decision| decision.rules.last()) {
        proof = proof.because(format!("the org decided: {} (rule `{}`)", rule.why, rule.id));
    }
    proof.evidence.extend(evidence.stopped_or_stood());
    Some(proof)
}

fn asks_for_passkey(evidence: &Evidence) -> bool {
    let pages = [PageName::CreatePasskey, PageName::VerifyPasskey, PageName::LoginPasskey];
    pages.iter().any(|page| evidence.stands_on(*page))
}

/// Whether the suite clicked on a page that asks for a passkey.
fn clicked_on_passkey_page(evidence: &Evidence) -> bool {
    let on_page = |page: &str| page.contains("/webauthn/") || page.contains("UnifiedPasskeyVerificationUi");
    let mut commands = evidence.details.commands.iter();
    commands.any(|command| {
        command.what == WebDriverCommand::Click
            && command.error.is_none()
            && command.page.as_deref().is_some_and(on_page)
    })
}

/// What Chromium says about a second built-in authenticator.
const ONE_ONLY: &str = "only supports one internal authenticator";
