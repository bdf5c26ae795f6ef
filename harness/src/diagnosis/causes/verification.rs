//! Codes that the org asks for.

use vestibule_model::{PageName, VerificationMethod};
use vestibule_simulator::realm::{CodeFieldHolds, Event, VerificationResult};

use crate::diagnosis::cause::Proof;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "device-cookie-missing",
        what: "A browser was activated for this user before, and this login came without the cookie that proves it.",
        needs: "the page that asks for the code sent by email, and an activation of an earlier browser",
        owner: Owner::Suite,
        remedy: "Store the cookies `sfdc_lv2` and `sfdc_lv2_platform` after the first login and set them in every new browser before the next one (Playwright storageState, Selenium and WebdriverIO addCookie).",
        fact: "https://help.salesforce.com/s/articleView?id=005237070&type=1",
        prove: device_cookie_missing,
    },
    Cause {
        id: "email-code-wrong",
        what: "The code that was typed for device activation is not the one that was sent.",
        needs: "a code for device activation that was refused",
        owner: Owner::Suite,
        remedy: "Read the newest email of this login only: filter by the time of the click, and drop the codes of earlier logins.",
        fact: "https://help.salesforce.com/s/articleView?id=005237070&type=1",
        prove: email_code_wrong,
    },
    Cause {
        id: "email-code-expected",
        what: "The browser is new to the org, so the org asks for a code that it sent by email or text message, and the suite types none.",
        needs: "the page that asks for the code that was sent, and no code typed or an empty field posted",
        owner: Owner::Suite,
        remedy: "Read the code from the test user's mailbox and type it into `#emc` (`#smc` for one sent to a phone), then keep the device cookie `sfdc_lv2` for later runs; or let an admin add the runner's addresses to the trusted IP ranges.",
        fact: "https://help.salesforce.com/s/articleView?id=005237070&type=1",
        prove: email_code_expected,
    },
    Cause {
        id: "totp-reused",
        what: "A TOTP code was typed a second time; each code is good for one login.",
        needs: "the last code was refused as a replay",
        owner: Owner::Suite,
        remedy: "Give each parallel worker its own user, or wait for the next 30-second window before a second login with the same secret.",
        fact: "https://www.rfc-editor.org/rfc/rfc6238#section-5.2",
        prove: totp_reused,
    },
    Cause {
        id: "totp-at-the-edge",
        what: "The TOTP code was computed at the end of its 30-second window and submitted when the org no longer accepted it.",
        needs: "the last code was refused as stale and lies just outside the windows that the org accepts",
        owner: Owner::Suite,
        remedy: "Compute the code only when at least 5 seconds of the window are left, otherwise wait for the next window; then type and submit it at once.",
        fact: "https://www.rfc-editor.org/rfc/rfc6238#section-5.2",
        prove: totp_at_the_edge,
    },
    Cause {
        id: "totp-stale",
        what: "The TOTP code was right, but it came too late.",
        needs: "the last code was refused as one of an earlier window",
        owner: Owner::Suite,
        remedy: "Compute the code immediately before typing it, not at the start of the test, and set the machine's clock with NTP.",
        fact: "https://www.rfc-editor.org/rfc/rfc6238#section-6",
        prove: totp_stale,
    },
    Cause {
        id: "totp-ahead",
        what: "The TOTP code belongs to a later 30-second window than the current one: the clock that computed it is ahead.",
        needs: "the last code was refused as wrong, and it is the user's code of a later window",
        owner: Owner::Suite,
        remedy: "Set the clock of the machine that computes the code with NTP, and compute the code of the current window, without an offset.",
        fact: "https://www.rfc-editor.org/rfc/rfc6238#section-6",
        prove: totp_ahead,
    },
    Cause {
        id: "totp-wrong",
        what: "The TOTP code was not computed from the user's secret.",
        needs: "the last code was refused as wrong, and it is the user's code of no window within ten minutes",
        owner: Owner::Suite,
        remedy: "Use the base32 secret that belongs to this user in this org (VESTIBULE_TOTP_SECRET), with SHA-1, 6 digits and 30 seconds.",
        fact: "https://www.rfc-editor.org/rfc/rfc6238#section-4",
        prove: totp_wrong,
    },
    Cause {
        id: "totp-missing",
        what: "The org asks for a TOTP code, and the suite types none.",
        needs: "the last page asks for a TOTP code, and no code or an empty field was posted",
        owner: Owner::Suite,
        remedy: "After the password, wait for `#tc`, type a code computed from the user's TOTP secret (pyotp, otplib, otpauth) and click `#save`.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.mfa_automation_totp.htm",
        prove: totp_missing,
    },
    Cause {
        id: "temporary-code-expired",
        what: "The temporary verification code has expired.",
        needs: "the last code was a temporary one and was refused as expired, or the org demands an enrolment of a user whose temporary code has expired",
        owner: Owner::OrgAdmin,
        remedy: "Generate a new temporary code for the test user, valid for the length of the run (1 to 24 hours).",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: temporary_code_expired,
    },
    Cause {
        id: "temporary-code-wrong",
        what: "The temporary verification code that the suite typed is not the one that the admin generated.",
        needs: "the last page asks for a temporary code, and the last code was refused as wrong",
        owner: Owner::Suite,
        remedy: "Read the code that belongs to this user from the environment of the run (VESTIBULE_TEMPORARY_CODE), and replace it whenever the admin generates a new one.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: temporary_code_wrong,
    },
    Cause {
        id: "temporary-code-missing",
        what: "The org asks for a temporary verification code, and the suite types none.",
        needs: "the last page asks for a temporary code, and no code or an empty field was posted",
        owner: Owner::Suite,
        remedy: "Type the temporary code that the admin generated (VESTIBULE_TEMPORARY_CODE) into `#tc` and click `#save`.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: temporary_code_missing,
    },
    Cause {
        id: "push-not-answered",
        what: "The org waits for an approval in the Salesforce Authenticator app, and nobody holds the phone.",
        needs: "the last page is the waiting page of Salesforce Authenticator",
        owner: Owner::OrgAdmin,
        remedy: "Register a TOTP app or a passkey for the test user and remove Salesforce Authenticator, which no suite can answer.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.mfa_automation_totp.htm",
        prove: push_not_answered,
    },
    Cause {
        id: "method-not-chosen",
        what: "The org offers several verification methods, and the suite chooses none.",
        needs: "the last page is \"Choose a Verification Method\", and the decision asks for a registered method",
        owner: Owner::Suite,
        remedy: "Select, by its label, the method that the suite can answer, then click `#save`; or leave the test user with a single verifier.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: method_not_chosen,
    },
];

fn device_cookie_missing(evidence: &Evidence) -> Option<Proof> {
    if !evidence.user.device_activated {
        return None;
    }
    let proof = email_code_expected(evidence)?;
    let sentence = "The org asks for a code by email again: a browser was activated for this user before, and this login came without its device cookie.";
    Some(Proof { sentence: sentence.to_owned(), ..proof })
}

/// Whether the page asks for a code that the org sent: by email, or by text message.
fn asks_for_sent_code(evidence: &Evidence) -> bool {
    evidence.stands_on(PageName::VerifyEmail) || evidence.stands_on(PageName::VerifySms)
}

fn email_code_expected(evidence: &Evidence) -> Option<Proof> {
    if !asks_for_sent_code(evidence) || (device_codes(evidence) > 0 && !left_empty(evidence)) {
        return None;
    }
    let how = if evidence.stands_on(PageName::VerifySms) { "by text message" } else { "by email" };
    let sentence =
        format!("This browser is new to the org, so it asks for a code that it sent {how}, and the suite typed none.");
    Some(standing(evidence, &sentence).because(nothing_typed(evidence)))
}

fn email_code_wrong(evidence: &Evidence) -> Option<Proof> {
    let accepted = evidence.events().rev().find_map(|event| match event {
        Event::DeviceActivationChecked { accepted, .. } => Some(*accepted),
        _ => None,
    })?;
    (!accepted && !left_empty(evidence) && asks_for_sent_code(evidence)).then(|| {
        let codes = device_codes(evidence);
        standing(evidence, "The code typed for device activation is not the one that was sent.")
            .because(format!("codes refused: {codes}"))
    })
}

fn device_codes(evidence: &Evidence) -> usize {
    evidence.events().filter(|event| matches!(event, Event::DeviceActivationChecked { .. })).count()
}

fn totp_reused(evidence: &Evidence) -> Option<Proof> {
    refused_totp(evidence, VerificationResult::Replayed)?;
    let sentence = "The TOTP code was used before: the org accepts each code once, and another login used it first.";
    Some(standing(evidence, sentence).because("the org compared the code: replayed (RFC 6238, 5.2)"))
}

fn totp_at_the_edge(evidence: &Evidence) -> Option<Proof> {
    refused_totp(evidence, VerificationResult::Stale)?;
    let (off, left) = last_totp(evidence)?;
    (off == NEWEST_STALE_OFFSET && left >= STEP_SECONDS - EDGE_SECONDS).then(|| {
        let sentence = "The TOTP code came at the edge of its window: it expired a moment ago.";
        standing(evidence, sentence).because(format!(
            "the code is from {} windows ago, and the current window had {left} s left; the org accepts the previous window too",
            off.unsigned_abs()
        ))
    })
}

fn totp_stale(evidence: &Evidence) -> Option<Proof> {
    if let Some(zone) = other_zone(evidence).filter(|zone| *zone < 0) {
        return Some(of_other_zone(evidence, zone));
    }
    refused_totp(evidence, VerificationResult::Stale)?;
    let sentence = "The TOTP code came too late: it was right in an earlier 30-second window.";
    let age = last_totp(evidence).map(|(off, _)| off.unsigned_abs() * STEP_SECONDS);
    let proof = standing(evidence, sentence).because("the org compared the code: stale");
    Some(match age {
        Some(age) => {
            proof.because(format!("the code is about {age} s old; the org accepts codes up to {STEP_SECONDS} s old"))
        }
        None => proof,
    })
}

/// By how many minutes the last code, which was refused, belongs to the time of another time zone.
fn other_zone(evidence: &Evidence) -> Option<i64> {
    refused_totp(evidence, VerificationResult::Wrong)?;
    let (off, _) = last_totp(evidence)?;
    let minutes = (off + off.signum()) / STEPS_OF_A_MINUTE;
    (off.abs() > FARTHEST_BY_CLOCK).then_some(minutes)
}

fn of_other_zone(evidence: &Evidence, minutes: i64) -> Proof {
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    // A code may be a minute old, and zones differ by whole quarters.
    let rest = (rest + 7) / 15 * 15;
    let (hours, rest) = if rest == 60 { (hours + 1, 0) } else { (hours, rest) };
    let way = if minutes > 0 { "ahead of" } else { "behind" };
    let sentence = format!(
        "The TOTP code was computed for a time that is {hours} h {rest:02} min {way} now: a local time was taken for UTC."
    );
    let proof = standing(evidence, &sentence)
        .because(format!("the code is the user's code of the time {hours} h {rest:02} min {way} the org's clock"));
    Proof { also: Some(UNIX_TIME), ..proof }
}

fn totp_ahead(evidence: &Evidence) -> Option<Proof> {
    if let Some(zone) = other_zone(evidence).filter(|zone| *zone > 0) {
        return Some(of_other_zone(evidence, zone));
    }
    refused_totp(evidence, VerificationResult::Wrong)?;
    let (off, _) = last_totp(evidence)?;
    (off > 0).then(|| {
        let sentence = "The TOTP code came too early: it belongs to a later 30-second window.";
        let seconds = off.unsigned_abs() * STEP_SECONDS;
        standing(evidence, sentence)
            .because(format!("the clock by which the code was computed is about {seconds} s ahead of the org's"))
    })
}

fn totp_wrong(evidence: &Evidence) -> Option<Proof> {
    refused_totp(evidence, VerificationResult::Wrong)?;
    if left_empty(evidence) {
        return None;
    }
    if let Some((sentence, also)) = typed_instead(evidence) {
        let proof = standing(evidence, sentence).because("the field of the code did not hold six digits");
        return Some(Proof { also: Some(also), ..proof });
    }
    let sentence = "The org refused the TOTP code: it was not computed from the user's secret.";
    let proof =
        standing(evidence, sentence).because("the org compared the code: wrong in every window within ten minutes");
    Some(if evidence.user.has_totp_secret { proof } else { proof.because("no TOTP secret was given to the suite") })
}

/// What the suite typed into the field of the code instead of one, and what to do instead.
fn typed_instead(evidence: &Evidence) -> Option<(&'static str, &'static str)> {
    let holds = evidence.events().rev().find_map(|event| match event {
        Event::CodeMistyped { holds, .. } => Some(Some(*holds)),
        Event::TotpCodePosted { .. } | Event::CodeLeftEmpty { .. } => Some(None),
        _ => None,
    })??;
    Some(match holds {
        CodeFieldHolds::TotpSecret => (
            "The suite typed the TOTP secret itself into the field of the code, and no code computed from it.",
            "Type what the secret yields now: `pyotp.TOTP(secret).now()`, `authenticator.generate(secret)`.",
        ),
        CodeFieldHolds::Password => (
            "The suite typed the password into the field of the code.",
            "Address the fields by their ids: `#password` on the page before, `#tc` on this one.",
        ),
        CodeFieldHolds::Username => (
            "The suite typed the username into the field of the code.",
            "Address the fields by their ids: `#username` on the page before, `#tc` on this one.",
        ),
        CodeFieldHolds::UnknownText => (
            "The suite typed a text into the field of the code that is no code.",
            "Print the length of what it types, and its kind, and look whether the code was computed at all.",
        ),
    })
}

fn totp_missing(evidence: &Evidence) -> Option<Proof> {
    let typed = evidence.verifications().next().is_some() && !left_empty(evidence);
    if !evidence.stands_on(PageName::VerifyTotp) || typed {
        return None;
    }
    let proof = standing(evidence, "The org asks for a TOTP code after the password, and the suite typed none.");
    let proof = proof.because(nothing_typed(evidence));
    let given = if evidence.user.has_totp_secret { "was given" } else { "was not given" };
    Some(proof.because(format!("the suite {given} the user's TOTP secret")))
}

fn temporary_code_expired(evidence: &Evidence) -> Option<Proof> {
    let refused = last_refused(evidence) == Some((VerificationMethod::TemporaryCode, VerificationResult::Stale));
    // A user whose code has expired has no verifier, so the gate appears instead of the code page.
    let gone = evidence.user.temporary_code_expired && evidence.must_enrol();
    (refused || gone).then(|| standing(evidence, "The temporary verification code has expired."))
}

fn temporary_code_wrong(evidence: &Evidence) -> Option<Proof> {
    let refused = last_refused(evidence) == Some((VerificationMethod::TemporaryCode, VerificationResult::Wrong));
    (refused && !left_empty(evidence) && evidence.stands_on(PageName::VerifyTemporaryCode)).then(|| {
        let typed = evidence.verifications().count();
        standing(evidence, "The temporary verification code that was typed is not the one that the admin generated.")
            .because(format!("codes refused: {typed}"))
    })
}

fn temporary_code_missing(evidence: &Evidence) -> Option<Proof> {
    let typed = evidence.verifications().next().is_some() && !left_empty(evidence);
    (evidence.stands_on(PageName::VerifyTemporaryCode) && !typed).then(|| {
        let sentence = "The org asks for the temporary verification code of an admin, and the suite typed none.";
        standing(evidence, sentence).because(nothing_typed(evidence))
    })
}

fn push_not_answered(evidence: &Evidence) -> Option<Proof> {
    evidence.stands_on(PageName::VerifyPush).then(|| {
        standing(
            evidence,
            "The org waits for an approval in the Salesforce Authenticator app, which no suite can give.",
        )
    })
}

fn method_not_chosen(evidence: &Evidence) -> Option<Proof> {
    (evidence.stands_on(PageName::ChooseVerificationMethod) && !evidence.must_enrol())
        .then(|| standing(evidence, "The org offers several verification methods, and the suite chose none."))
}

/// Whether the last page of a code was posted with an empty field.
fn left_empty(evidence: &Evidence) -> bool {
    let of_a_code = |event: &&Event| {
        matches!(
            event,
            Event::CodeLeftEmpty { .. } | Event::VerificationChecked { .. } | Event::DeviceActivationChecked { .. }
        )
    };
    // The last of them is the verdict, which comes after it.
    matches!(evidence.events().rev().filter(of_a_code).nth(1), Some(Event::CodeLeftEmpty { .. }))
}

fn nothing_typed(evidence: &Evidence) -> &'static str {
    if left_empty(evidence) { "the page was posted with an empty field" } else { "no code was posted to the page" }
}

/// The last code typed was a TOTP code and was refused like this.
fn refused_totp(evidence: &Evidence, wanted: VerificationResult) -> Option<()> {
    (last_refused(evidence)? == (VerificationMethod::TotpApp, wanted)).then_some(())
}

fn last_refused(evidence: &Evidence) -> Option<(VerificationMethod, VerificationResult)> {
    evidence.events().rev().find_map(|event| match event {
        Event::VerificationChecked { method, result, .. } => Some((*method, *result)),
        _ => None,
    })
}

/// How many windows the last TOTP code is from the current one, and how many seconds are left in the current one.
fn last_totp(evidence: &Evidence) -> Option<(i64, u64)> {
    evidence
        .events()
        .rev()
        .find_map(|event| match event {
            Event::TotpCodePosted { steps_off, seconds_left, .. } => Some((*steps_off, *seconds_left)),
            _ => None,
        })
        .and_then(|(off, left)| Some((off?, left)))
}

/// RFC 6238, 4.1.
const STEP_SECONDS: u64 = 30;
const STEPS_OF_A_MINUTE: i64 = 2;
/// Windows, ten minutes: as far as the org looks for a code of a clock that is wrong. A code from farther away is of another
/// time zone.
const FARTHEST_BY_CLOCK: i64 = 20;
/// How to be rid of time zones.
const UNIX_TIME: &str = "The clock may be right: compute the code from Unix time (`time.time()`, `Date.now()`, `Instant.now()`), and not from a local date and time.";
/// The newest window that is too old: the org accepts the current window and the one before (RFC 6238, 5.2).
const NEWEST_STALE_OFFSET: i64 = -2;

/// A code that arrives at most this many seconds after it expired counts as at the edge, not as late.
const EDGE_SECONDS: u64 = 10;

/// A sentence with the page on which the login stopped, and how long nothing happened there.
fn standing(evidence: &Evidence, sentence: &str) -> Proof {
    let mut proof = Proof::new(sentence).because(format!("the login stopped on {}", evidence.place()));
    proof.evidence.extend(evidence.stood());
    proof
}
