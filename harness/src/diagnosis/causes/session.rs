//! Sessions that were no longer one, and suites that believed in one.

use vestibule_simulator::policy::terms::PageName;
use vestibule_simulator::realm::Event;

use crate::diagnosis::cause::Seen;
use crate::diagnosis::reading::in_words;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "wrong-page-taken-for-home",
        what: "The suite reports success while nobody is signed in: it took another page for home.",
        needs: "the suite ended with exit code 0 after it saw a page of the org, and the org has no session",
        owner: Owner::Suite,
        remedy: "Wait for something that only Lightning has, the button \"App Launcher\" or `one-appnav`, instead of a URL that contains `home` or `lightning`: the gate and the verification pages carry both in their `retURL`.",
        fact: "https://github.com/amtrack/sfdx-browserforce-plugin/issues/750",
        seen: wrong_page_taken_for_home,
    },
    Cause {
        id: "stale-session",
        what: "The suite brought a stored session that the org no longer knows, and was sent to the login page.",
        needs: "a session id that the org refused, and no password typed after it",
        owner: Owner::Suite,
        remedy: "Take a new session at the start of every run (`sf org open --url-only`, a fresh storageState), or let the helper log in again when it meets `/?ec=302`.",
        fact: "https://playwright.dev/docs/auth#basic-shared-account-in-all-tests",
        seen: stale_session,
    },
];

fn wrong_page_taken_for_home(evidence: &Evidence) -> Option<Seen> {
    let (page, path) = evidence.last_page().filter(|_| evidence.suite_says_success())?;
    Some(
        Seen::new(format!("The suite reports success on {}, where nobody is signed in.", in_words(page)))
            .because(format!("last page: {} ({path})", page.as_str()))
            .because("the suite ended with exit code 0; the org has no session of this user"),
    )
}

fn stale_session(evidence: &Evidence) -> Option<Seen> {
    let at_login = [PageName::Login, PageName::Username].iter().any(|page| evidence.stands_on(*page));
    let typed = evidence.events().any(|event| matches!(event, Event::PasswordChecked { .. }));
    if !at_login || typed {
        return None;
    }
    let path = evidence.events().rev().find_map(|event| match event {
        Event::RequestRefused { path, .. } if path == FRONTDOOR => Some(path.as_str()),
        _ => None,
    })?;
    Some(
        Seen::new("The session that the suite brought is no longer one: the org sent it to the login page.")
            .because(format!("{path} got a session id that is unknown, closed or used up"))
            .because(format!("the login stands on {}", evidence.place())),
    )
}

/// Facts C1.
const FRONTDOOR: &str = "/secur/frontdoor.jsp";
