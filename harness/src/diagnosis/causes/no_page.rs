//! What a suite asked the org for without a page of a login: calls of the API, or nothing.

use vestibule_model::LoginStatus;
use vestibule_simulator::policy::Outcome;
use vestibule_simulator::realm::Event;

use super::login_page::searched_a_field;
use crate::diagnosis::cause::Proof;
use crate::diagnosis::reading::is_page;
use crate::diagnosis::sign_ins::Progress;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::{Exit, Owner};

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "endpoint-not-simulated",
        what: "The suite asked for an API endpoint of the org that Vestibule does not simulate, and did not sign in through a page.",
        needs: "a call of an endpoint that is not simulated, before the last page or named in the output, and nothing typed or searched on a login page",
        owner: Owner::Vestibule,
        remedy: "Neither the suite nor the org has a fault here: give the suite an API session of the simulated org instead of the call (`--env NAME={access-token}` or `--env NAME={frontdoor-url}`), or ask the maintainers of Vestibule for the endpoint.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm",
        prove: endpoint_not_simulated,
    },
    Cause {
        id: "app-unknown",
        what: "The suite asked for a token as an app that the simulated org does not have.",
        needs: "the last refusal of an app is `invalid_client_id`, no app got a token, and nothing typed on a login page",
        owner: Owner::Vestibule,
        remedy: "Neither the suite nor the org has a fault here: give the suite an API session of the simulated org instead of the call (`--env NAME={access-token}` or `--env NAME={frontdoor-url}`), let it use the consumer key PlatformCLI, which every org has, or run it from a scenario whose org has the app (`org.connected-apps`).",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm",
        prove: app_unknown,
    },
    Cause {
        id: "app-refused",
        what: "The org gave no token to the app as which the suite asked for one.",
        needs: "an app was refused, and not because of the user; no app got a token, nothing typed on a login page, and an exit code other than 0",
        owner: Owner::OrgAdmin,
        remedy: "Do what the evidence says: install the app or approve it for the user, allow the flow, choose a user for it; a wrong secret, code or assertion, and a password without the security token behind it, are the suite's to correct.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm",
        prove: app_refused,
    },
    Cause {
        id: "login-page-never-opened",
        what: "The suite ended without opening a single page of the org.",
        needs: "a suite that ended, no page of the org, and no user whom the org refused by another way",
        owner: Owner::Suite,
        remedy: "Point the suite's base URL at VESTIBULE_LOGIN_URL (`--env NAME={login-url}` maps it to the name that the suite reads), and check that the command selects at least one test.",
        fact: "https://playwright.dev/docs/test-webserver#adding-a-baseurl",
        prove: never_opened,
    },
];

fn endpoint_not_simulated(evidence: &Evidence) -> Option<Proof> {
    let calls = calls_not_simulated(evidence);
    let (first, _) = calls.first()?;
    let last_page = evidence.events_of_run().enumerate().filter(|(_, event)| is_page(event)).last();
    let before_a_page = last_page.is_none_or(|(at, _)| *first < at);
    let printed = evidence.line_with(&["not simulated by Vestibule"]);
    let begins = |event: &Event| matches!(event, Event::LoginFormPosted { .. } | Event::SsoStarted { .. });
    let by_a_page = evidence.journal.progress() >= Progress::Named || evidence.events().any(begins);
    if by_a_page || searched_a_field(evidence).is_some() || !(before_a_page || printed.is_some()) {
        return None;
    }
    let mut asked: Vec<&str> = calls.iter().map(|(_, call)| call.as_str()).collect();
    asked.dedup();
    let sentence = format!("The suite asked for {}, which Vestibule does not simulate.", asked[0]);
    let proof = asked.iter().take(MOST_CALLS).fold(Proof::new(sentence), |proof, call| {
        proof.because(format!("the org answered that this is not simulated: {call}"))
    });
    Some(match printed {
        Some(line) => proof.quoting(line),
        None => proof,
    })
}

/// Whether the suite called the API of the org and got nothing.
pub(super) fn called_in_vain(evidence: &Evidence) -> bool {
    let refused = |event: &Event| matches!(event, Event::NotSimulated { .. } | Event::OauthRefused { .. });
    evidence.events_of_run().any(refused)
}

/// The calls of endpoints that are not simulated, each with its place in the run.
fn calls_not_simulated(evidence: &Evidence) -> Vec<(usize, String)> {
    let call = |(at, event): (usize, &Event)| match event {
        Event::NotSimulated { method, path, what, .. } => {
            let what = what.as_ref().map(|what| format!(" ({what})")).unwrap_or_default();
            Some((at, format!("{method} {path}{what}")))
        }
        _ => None,
    };
    evidence.events_of_run().enumerate().filter_map(call).collect()
}

fn app_unknown(evidence: &Evidence) -> Option<Proof> {
    let refused = last_refused_app(evidence).filter(|refused| refused.error == UNKNOWN_CLIENT)?;
    let sentence = "The suite asked for a token as an app that the simulated org does not have.";
    Some(Proof::new(sentence).because(refused.told()).ending_with(evidence.last_line()))
}

fn app_refused(evidence: &Evidence) -> Option<Proof> {
    let refused = last_refused_app(evidence).filter(|refused| refused.error != UNKNOWN_CLIENT)?;
    if evidence.suite_says_success() || refuses_the_user(evidence) {
        return None;
    }
    let app = refused.app.map_or_else(|| "an app".to_owned(), |app| format!("the app `{app}`"));
    let sentence = format!("The suite asked for a token as {app}, and the org gave none.");
    Some(Proof::new(sentence).because(refused.told()).ending_with(evidence.last_line()))
}

/// An app that got no token.
struct RefusedApp<'a> {
    app: Option<&'a str>,
    error: &'a str,
    why: &'a str,
}

impl RefusedApp<'_> {
    fn told(&self) -> String {
        format!("the org answered {}: {}", self.error, self.why)
    }
}

/// The last app that was refused, in a run in which no app got a token and no login by a page was begun.
fn last_refused_app(evidence: &Evidence) -> Option<RefusedApp<'_>> {
    let goes_on = |event: &Event| {
        matches!(event, Event::OauthTokenIssued { .. } | Event::LoginFormPosted { .. } | Event::SsoStarted { .. })
    };
    if evidence.events_of_run().any(goes_on) {
        return None;
    }
    evidence.events_of_run().rev().find_map(|event| match event {
        // A device that has to wait is not refused.
        Event::OauthRefused { error, .. } if error == "authorization_pending" => None,
        Event::OauthRefused { app, error, why, .. } => Some(RefusedApp { app: app.as_deref(), error, why }),
        _ => None,
    })
}

/// Whether the org refused a user and let nobody in; that has causes of its own.
fn refuses_the_user(evidence: &Evidence) -> bool {
    let let_in = |event: &Event| matches!(event, Event::LoginRecorded(row) if row.status == LoginStatus::Success);
    let refuses = |event: &Event| match event {
        Event::PasswordChecked { accepted, .. } => !accepted,
        Event::Decided { decision, .. } => matches!(decision.outcome, Outcome::Block { .. }),
        Event::LoginRecorded(row) => row.status == LoginStatus::PasswordLockout,
        _ => false,
    };
    evidence.events_of_run().any(refuses) && !evidence.events_of_run().any(let_in)
}

fn never_opened(evidence: &Evidence) -> Option<Proof> {
    let exit = evidence.exit?;
    // A login through the API opens no page.
    let refused_by_api = refuses_the_user(evidence) && !evidence.suite_says_success();
    if evidence.saw_any_page() || refused_by_api || evidence.refused_authenticator().is_some() {
        return None;
    }
    let ended = match exit {
        Exit::Code(0) => "ended with success".to_owned(),
        Exit::OutOfTime => "ran out of time".to_owned(),
        Exit::Code(_) | Exit::Signal(_) | Exit::EndedAfterVerdict => "ended".to_owned(),
    };
    let strange = evidence.details.requests.iter().find(|request| request.status == 404);
    let proof = match strange {
        Some(strange) => Proof::new(format!("The suite {ended} and asked only for pages that the org does not have."))
            .because(format!("the org answered {} {} with 404", strange.method, strange.path)),
        None => Proof::new(format!("The suite {ended} without asking the org for a single page.")),
    };
    let proof = proof.ending_with(evidence.last_line());
    Some(Proof { also: (exit == Exit::OutOfTime).then_some(MORE_TIME), ..proof })
}

/// Said of a suite that may not have come to its login yet.
const MORE_TIME: &str = "If it was still on its way there, give it more time with `--timeout`.";

/// The error for an app whose consumer key no app has.
const UNKNOWN_CLIENT: &str = "invalid_client_id";

/// Calls that are named as evidence.
const MOST_CALLS: usize = 3;
