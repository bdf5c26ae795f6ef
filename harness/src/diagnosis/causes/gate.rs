//! The enrolment gate and the passkey ceremonies.

use vestibule_model::{LoginStatus, PageName};
use vestibule_simulator::org::CeremonyFailure;
use vestibule_simulator::realm::Event;

use crate::diagnosis::cause::Proof;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "passkey-refused",
        what: "An authenticator answered with a passkey, and the org refused the answer.",
        needs: "the page that asks for a passkey, and an answer that the org refused",
        owner: Owner::Suite,
        remedy: "Load the credential that this org registered for this user, complete (credential id, private key, RP ID, user handle, and a signature counter above that of its last login), into an authenticator that verifies the user.",
        fact: "https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion",
        prove: passkey_refused,
    },
    Cause {
        id: "ceremony-refused-by-browser",
        what: "The browser refuses every passkey ceremony on this page, because the page is not shown under the org's own address or not over HTTPS.",
        needs: "a page that asks for a passkey, and a ceremony that the browser refused with SecurityError or could not begin",
        owner: Owner::Suite,
        remedy: "Open the org under its own address, over HTTPS, in a browser with WebAuthn. A runner that shows pages through a proxy of its own gives them another address, under which no passkey works: let it drive the browser itself (TestCafe: leave out `--disable-native-automation` and `disableNativeAutomation`).",
        fact: "https://www.w3.org/TR/webauthn-3/#rp-id",
        prove: ceremony_refused_by_browser,
    },
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
        needs: "the page that asks for a passkey, and authenticators in the browser of which none holds a credential",
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
        id: "ceremony-not-finished",
        what: "The suite started a passkey ceremony, the browser has an authenticator, and the ceremony gave no passkey.",
        needs: "a page that asks for a passkey, a ceremony that was started, an authenticator in the browser, and no answer",
        owner: Owner::Suite,
        remedy: "Give the virtual authenticator everything that the page asks for (the passkey that this org registered, protocol ctap2, transport internal, resident key, user verification, user verified, user consenting), and wait until the page is gone before the next step.",
        fact: "https://www.w3.org/TR/webauthn-3/#sctn-automation-virtual-authenticators",
        prove: ceremony_not_finished,
    },
    Cause {
        id: "gate-not-clicked",
        what: "The gate \"Create a Passkey\" stands between the login and Lightning, the browser has an authenticator, and the suite does not click \"Create Passkey\".",
        needs: "the last page is the enrolment gate, an authenticator in the browser, and no ceremony that was started",
        owner: Owner::Suite,
        remedy: "Let the login helper recognise `/_ui/identity/webauthn/` and click \"Create Passkey\"; the virtual authenticator then answers by itself.",
        fact: "https://github.com/svierk/salesforce-utam-e2e-testing/pull/148",
        prove: gate_not_clicked,
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

fn passkey_refused(evidence: &Evidence) -> Option<Proof> {
    (asks_for_registered_passkey(evidence) && passkey_was_answered(evidence)).then(|| {
        Proof::new("The org refused the passkey: an authenticator answered, and its answer does not verify.")
            .because(format!("the login stopped on {}", evidence.place()))
            .because("the answer of an authenticator reached the org and was refused")
    })
}

fn ceremony_refused_by_browser(evidence: &Evidence) -> Option<Proof> {
    let failure = evidence.ceremony_failure().filter(|_| asks_for_passkey(evidence))?;
    let (sentence, why) = match failure {
        CeremonyFailure::SecurityError => (
            "the browser refuses every passkey of the org: the page is not shown under the org's own host.",
            "the ceremony ended with SecurityError: the RP ID of the org does not belong to the address of the page",
        ),
        CeremonyFailure::Unavailable => (
            "no passkey can be used: the page is shown without WebAuthn.",
            "the page has no `navigator.credentials`: it is not shown over HTTPS, or the browser has no WebAuthn",
        ),
        _ => return None,
    };
    Some(
        Proof::new(format!("On {}, {sentence}", evidence.page()))
            .because(why)
            .because(format!("the login stopped on {}", evidence.place())),
    )
}

fn second_authenticator(evidence: &Evidence) -> Option<Proof> {
    if let Some(proof) = evidence.refused_authenticator() {
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
    asks_for_registered_passkey(evidence).then(|| {
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
    if evidence.has_authenticator() || passkey_was_answered(evidence) || !asks_for_passkey(evidence) {
        return None;
    }
    let clicked = evidence.started_ceremony();
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
    proof.evidence.extend(failure(evidence).or_else(|| evidence.stood()));
    Some(Proof { also: (!clicked).then_some(CLICK_TO_USE), ..proof })
}

fn passkey_not_in_browser(evidence: &Evidence) -> Option<Proof> {
    let without = evidence.has_authenticator() && !holds_a_passkey(evidence);
    (asks_for_registered_passkey(evidence) && without).then(|| {
        let sentence = "The org asks for the user's passkey, and the authenticator in the browser does not hold it.";
        let proof = Proof::new(sentence)
            .because(format!("the login stopped on {}", evidence.place()))
            .because("the virtual authenticators in the browser hold no credential");
        Proof { also: (!evidence.started_ceremony()).then_some(CLICK_TO_USE), ..proof }
    })
}

fn passkey_page_not_handled(evidence: &Evidence) -> Option<Proof> {
    let answered = evidence.started_ceremony() || passkey_was_answered(evidence);
    if !asks_for_registered_passkey(evidence) || !holds_a_passkey(evidence) || answered {
        return None;
    }
    // Of a credential that the suite loaded, nobody knows whose it is.
    let held = if evidence.user.passkey_in_browser { "it" } else { "a passkey" };
    let mut proof = Proof::new(format!(
        "The org asks for the user's passkey, the browser holds {held}, and the suite did not start the ceremony."
    ))
    .because(format!("the login stopped on {}", evidence.place()));
    proof.evidence.extend(evidence.stopped_or_stood());
    Some(proof)
}

fn ceremony_not_finished(evidence: &Evidence) -> Option<Proof> {
    let open = asks_for_passkey(evidence) && !passkey_was_answered(evidence);
    (open && evidence.started_ceremony() && evidence.has_authenticator()).then(|| {
        let sentence =
            format!("A passkey ceremony was started on {}, and the authenticator did not finish it.", evidence.page());
        let mut proof = Proof::new(sentence)
            .because(format!("the login stopped on {}", evidence.place()))
            .because("a ceremony was started, the browser has an authenticator, and no answer reached the org");
        proof.evidence.extend(failure(evidence));
        proof
    })
}

fn gate_not_clicked(evidence: &Evidence) -> Option<Proof> {
    let waits = evidence.stands_on(PageName::CreatePasskey) && evidence.must_enrol();
    (waits && evidence.has_authenticator() && !evidence.started_ceremony()).then(|| {
        let sentence = "The gate \"Create a Passkey\" comes before Lightning, the browser has an authenticator for it, and the suite did not click \"Create Passkey\".";
        before_lightning(evidence, sentence.to_owned()).because("no passkey ceremony was started")
    })
}

fn gate_not_handled(evidence: &Evidence) -> Option<Proof> {
    let at_the_gate = [PageName::CreatePasskey, PageName::ChooseVerificationMethod, PageName::ConnectAuthenticatorApp];
    if !at_the_gate.iter().any(|page| evidence.stands_on(*page)) || !evidence.must_enrol() {
        return None;
    }
    Some(before_lightning(
        evidence,
        format!(
            "The login got as far as {}, which comes before Lightning, and the suite did not get past it.",
            evidence.page()
        ),
    ))
}

/// The sentence with the page and what the org decided.
fn before_lightning(evidence: &Evidence, sentence: String) -> Proof {
    let mut proof = Proof::new(sentence).because(format!("the login stopped on {}", evidence.place()));
    if let Some(rule) = evidence.decision().and_then(|decision| decision.rules.last()) {
        proof = proof.because(format!("{}: {} (rule `{}`)", evidence.org_decided(), rule.why, rule.id));
    }
    proof.evidence.extend(evidence.stopped_or_stood());
    proof
}

/// Whether the last page asks for a passkey that the user has registered.
fn asks_for_registered_passkey(evidence: &Evidence) -> bool {
    evidence.stands_on(PageName::VerifyPasskey) || evidence.stands_on(PageName::LoginPasskey)
}

/// Whether an authenticator in the browser holds a credential, whoever put it there.
fn holds_a_passkey(evidence: &Evidence) -> bool {
    evidence.user.passkey_in_browser || evidence.authenticators.iter().any(|(_, held)| *held > 0)
}

/// Whether the answer of an authenticator reached the org. A login that begins with a passkey has only a row for it.
fn passkey_was_answered(evidence: &Evidence) -> bool {
    let checked = |event: &Event| matches!(event, Event::VerificationChecked { method, .. } if method.is_passkey());
    let typed = |event: &Event| matches!(event, Event::PasswordChecked { .. });
    let row = || evidence.login_row().is_some_and(|row| row.status == LoginStatus::InvalidPassword);
    evidence.events().any(checked)
        || (evidence.stands_on(PageName::LoginPasskey) && row() && !evidence.events().any(typed))
}

fn asks_for_passkey(evidence: &Evidence) -> bool {
    let pages = [PageName::CreatePasskey, PageName::VerifyPasskey, PageName::LoginPasskey];
    pages.iter().any(|page| evidence.stands_on(*page))
}

/// What the page says of the ceremony.
fn failure(evidence: &Evidence) -> Option<String> {
    evidence.ceremony_failure().map(|failure| format!("the ceremony ended with {failure}"))
}

/// Where a fix of the authenticator leaves the button to be clicked.
const CLICK_TO_USE: &str = "Then click \"Log In With a Passkey\" on that page.";
