//! The login page itself: fields that are not there yet, and forms that were never sent.

use vestibule_model::PageName;
use vestibule_simulator::realm::{Event, PasswordHolds, UsernameHolds};

use crate::diagnosis::cause::Proof;
use crate::diagnosis::reading::{contains_any, is_search};
use crate::diagnosis::sign_ins::Progress;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::{Command, Owner};

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "strict-locator",
        what: "A locator of the suite matches more than one element of the page, and the client refuses to choose.",
        needs: "a line of the output that says \"strict mode violation\"; behind the password only in a run of one sign-in",
        owner: Owner::Suite,
        remedy: "Make the locator exact: `#Login` or `getByRole('button', { name: 'Log In', exact: true })`; the SSO buttons \"Log in with …\" match the same name.",
        fact: "https://playwright.dev/docs/locators#strictness",
        prove: strict_locator,
    },
    Cause {
        id: "form-rendered-anew",
        what: "The page made the fields of its form anew after the suite had filled them, and the suite sent nothing or empty fields.",
        needs: "a page that tells that it made its form anew, and after it no form that was sent with something in every field",
        owner: Owner::Suite,
        remedy: "Before the click, read the fields back; fill the form again if one is empty, and click again if the page stays.",
        fact: "https://github.com/forcedotcom/SalesforceMobileSDK-Android/tree/dev/native/NativeSampleApps/AuthFlowTester",
        prove: form_rendered_anew,
    },
    Cause {
        id: "click-lost",
        what: "The page lost the suite's click on its button, and the suite did not click again.",
        needs: "a page that tells that it lost a click, and nothing sent after it",
        owner: Owner::Suite,
        remedy: "After the click, wait for the next page; if this one stays, click again, at most three times.",
        fact: "https://github.com/forcedotcom/SalesforceMobileSDK-Android/tree/dev/native/NativeSampleApps/AuthFlowTester",
        prove: click_lost,
    },
    Cause {
        id: "password-in-username-field",
        what: "The suite typed the password into the username field, in the gap between page 1 and page 2.",
        needs: "a posted login form whose username field held a password, and no username typed after it",
        owner: Owner::Suite,
        remedy: "After the click on `#Login` wait until `#password` is visible, and address it by its id, never by position or focus.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: password_in_username_field,
    },
    Cause {
        id: "username-typed-twice",
        what: "The login page had the username filled in, and the suite typed it once more behind it.",
        needs: "a posted login form whose username field held a username twice, and no other username typed after it",
        owner: Owner::Suite,
        remedy: "Empty `#username` before typing into it: `clear()` in Selenium; `fill` and `setValue` of other clients do that by themselves.",
        fact: "https://github.com/forcedotcom/SalesforceMobileSDK-Android/tree/dev/native/NativeSampleApps/AuthFlowTester",
        prove: username_typed_twice,
    },
    Cause {
        id: "page-one-posted-again",
        what: "The suite submits page 1 again and again; each click requests the password page again, and the password is never typed.",
        needs: "page 1 posted with a username twice or more, and no password posted",
        owner: Owner::Suite,
        remedy: "Click `#Login` on page 1 once, then wait for `#password`; if a second click does not help, fail with the text of `#error`.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: page_one_posted_again,
    },
    Cause {
        id: "username-left-empty",
        what: "The suite clicked Log In on the login page without having typed a username.",
        needs: "the last page is the login page, the last posted login form had an empty username field, and no search for a field of the login failed",
        owner: Owner::Suite,
        remedy: "Wait until `#username` is visible and enabled, type the username, and click `#Login` only then; check that the variable that holds the username has a value.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: username_left_empty,
    },
    Cause {
        id: "password-left-empty",
        what: "The suite clicked Log In on the password page without having typed a password.",
        needs: "the last posted login form had an empty password field",
        owner: Owner::Suite,
        remedy: "On the page with `#password`, type the password before the click on `#Login`: both pages of the two-step login have a button with this id.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: password_left_empty,
    },
    Cause {
        id: "remembered-username",
        what: "The org remembers the username, so its field is hidden, and the suite waits for the field.",
        needs: "the login page, and one of these: a wait for `#username`, a failed attempt to type into it, or nothing submitted while the username is remembered",
        owner: Owner::Suite,
        remedy: "Start with an empty browser profile; or, if `#idcard` is shown, click `#clear_link` (\"Log In with a Different Username\") before typing the username.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: remembered_username,
    },
    Cause {
        id: "password-before-field",
        what: "The suite looks for the password field on page 1 of the login, which has only the username.",
        needs: "the last page is page 1, where the suite waited for the password field, searched for it or tried to type into it; or page 2 with nothing posted, and a search in vain by a locator that finds the field there",
        owner: Owner::Suite,
        remedy: "Type the username, click `#Login`, wait until `#password` is visible, type the password and click `#Login` again.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: password_before_field,
    },
    Cause {
        id: "passkey-asked-before-password",
        what: "Page 2 of the login asks for a passkey first, and the suite waits for the password field.",
        needs: "the last page is page 2 with the passkey, and a wait for the password field",
        owner: Owner::Suite,
        remedy: "Where page 2 offers a passkey, click its link to the password, or answer it with a virtual authenticator that holds the user's passkey.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: passkey_asked_before_password,
    },
    Cause {
        id: "login-page-not-sent",
        what: "The suite opened a page of the login and never submitted it.",
        needs: "the last page is the first login page and nothing was posted, or it is page 2 and only page 1 was posted",
        owner: Owner::Suite,
        remedy: "Look at the step that failed: the username goes into `#username`, and `#Login` submits the page; the password field of the two-step login comes only after that click, as `#password` on page 2, which `#Login` submits again.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: login_page_not_sent,
    },
];

fn strict_locator(evidence: &Evidence) -> Option<Proof> {
    // Behind a proof it may be that of another test.
    if evidence.journal.progress() >= Progress::Proved && !evidence.journal.is_only() {
        return None;
    }
    let line = evidence.line_with(&["strict mode violation"])?;
    let sentence = format!("A locator of the suite matches more than one element on {}.", evidence.page());
    Some(Proof::new(sentence).quoting(line))
}

fn form_rendered_anew(evidence: &Evidence) -> Option<Proof> {
    let sends_nothing = |event: &&Event| match event {
        Event::LoginFormPosted { username_holds, password_holds, .. } => {
            *username_holds == UsernameHolds::Nothing || *password_holds == PasswordHolds::Empty
        }
        Event::CodeLeftEmpty { .. } | Event::ClickLost { .. } | Event::PageServed { .. } => true,
        _ => false,
    };
    let page = evidence.events().rev().find(|event| !sends_nothing(event)).and_then(|event| match event {
        Event::FormRenderedAnew { page } => Some(*page),
        _ => None,
    })?;
    // Another page came of what was sent.
    evidence.stands_on(page).then(|| {
        Proof::new("The page made its form anew after the suite had filled it, and what was typed is lost.")
            .because(format!("{} told that it made its fields anew", page.info().words))
            .because("nothing was sent after that, or empty fields")
    })
}

fn click_lost(evidence: &Evidence) -> Option<Proof> {
    let last = evidence.events().next_back()?;
    let Event::ClickLost { page } = last else { return None };
    Some(
        Proof::new("The page lost the suite's click, and the suite did not click again.")
            .because(format!("{} told that it lost a click", page.info().words))
            .because("nothing was sent after that"),
    )
}

fn password_in_username_field(evidence: &Evidence) -> Option<Proof> {
    if evidence.login_kind().is_some() {
        return None;
    }
    let posts = evidence.login_posts();
    // Whoever typed a username after it got over it.
    let last = posts.iter().rev().find(|(_, username, _)| *username != UsernameHolds::Nothing);
    let (page, ..) = last.filter(|(_, username, _)| *username == UsernameHolds::Password)?;
    let sentence = "The suite typed the password into the username field: the password page was not there yet.";
    Some(
        Proof::new(sentence)
            .because(format!("the form of {} was posted with a password in its username field", page.info().words))
            .because(format!("the login stopped on {}", evidence.place())),
    )
}

fn username_typed_twice(evidence: &Evidence) -> Option<Proof> {
    if evidence.login_kind().is_some() {
        return None;
    }
    let posts = evidence.login_posts();
    let last = posts.iter().rev().find(|(_, username, _)| *username != UsernameHolds::Nothing);
    let (page, ..) = last.filter(|(_, username, _)| *username == UsernameHolds::UsernameTwice)?;
    Some(
        Proof::new("The login page had the username filled in, and the suite typed it once more behind it.")
            .because(format!(
                "the form of {} was posted with a username twice in its username field",
                page.info().words
            ))
            .because(format!("the login stopped on {}", evidence.place())),
    )
}

fn page_one_posted_again(evidence: &Evidence) -> Option<Proof> {
    let posts = evidence.login_posts();
    let of_page_one = |(page, username, _): &&(PageName, UsernameHolds, PasswordHolds)| {
        *page == PageName::Username && *username != UsernameHolds::Nothing
    };
    let times = posts.iter().filter(of_page_one).count();
    let typed = posts.iter().any(|(_, _, password)| *password == PasswordHolds::Present);
    (times > 1 && !typed && evidence.login_kind().is_none()).then(|| {
        Proof::new(format!("The suite submitted page 1 of the login {times} times and never typed the password."))
            .because(format!("page 1 was posted {times} times, a password never"))
            .because(format!("the login stopped on {}", evidence.place()))
    })
}

fn username_left_empty(evidence: &Evidence) -> Option<Proof> {
    let posts = evidence.login_posts();
    let (page, username, _) = posts.last()?;
    let empty = *username == UsernameHolds::Nothing && on_first_page(evidence);
    (empty && searched_a_field(evidence).is_none()).then(|| {
        Proof::new("The suite clicked Log In on the login page without having typed a username.")
            .because(format!("the form of {} was posted with an empty username field", page.info().words))
            .because(format!("the login stopped on {}", evidence.place()))
    })
}

fn password_left_empty(evidence: &Evidence) -> Option<Proof> {
    let posts = evidence.login_posts();
    let (page, _, password) = posts.last()?;
    (*password == PasswordHolds::Empty).then(|| {
        Proof::new("The suite clicked Log In on the password page without having typed a password.")
            .because(format!("the form of {} was posted with an empty password field", page.info().words))
    })
}

fn remembered_username(evidence: &Evidence) -> Option<Proof> {
    if !on_first_page(evidence) {
        return None;
    }
    let proof = wanted_hidden_username(evidence).or_else(|| untouched(evidence))?;
    let sentence = "The org remembers the username and hides its field; the suite waited for the field.";
    Some(Proof::new(sentence).because(proof).because(format!("the login stopped on {}", evidence.place())))
}

/// How the suite waited for the username field, or tried to type into it, while the field was hidden.
fn wanted_hidden_username(evidence: &Evidence) -> Option<String> {
    let waited = evidence.waited_for("username").map(ToString::to_string);
    let command = || {
        let command = evidence.failed_command(&["username"]).filter(|command| {
            command
                .error
                .as_deref()
                .is_some_and(|error| error.contains("not interactable") || error.contains("invalid element state"))
        });
        command.map(described)
    };
    let line = || {
        let line = evidence.line_with(&["resolved to hidden <input"]).filter(|line| line.contains("username"));
        line.map(|line| format!("output: {line}"))
    };
    waited.or_else(command).or_else(line)
}

/// A client without WebDriver waits for a field that cannot be used; no command shows that wait. One that asked for the
/// password did not wait for the username.
fn untouched(evidence: &Evidence) -> Option<String> {
    let nothing_sent = evidence.user.username_remembered && evidence.login_posts().is_empty();
    let nothing_sent = nothing_sent && searched_password(evidence).is_none();
    nothing_sent.then(|| "the page shows `#idcard` instead of `#username`, and nothing was sent".to_owned())
}

fn password_before_field(evidence: &Evidence) -> Option<Proof> {
    let proof = if evidence.stands_on(PageName::Username) {
        searched_password(evidence)?
    } else if evidence.journal.left_page_one() {
        missed_password(evidence)?
    } else {
        clicked_on_without_password(evidence)?
    };
    let sentence = "The suite looked for the password field on page 1 of the login, which asks for the username only.";
    let proof = Proof::new(sentence).because(proof);
    Some(proof.because("the password field is on page 2, which comes after a click on `#Login`"))
}

/// A search for the field that ended with an error, beside a test that types what is wrong on purpose and may poll for it.
fn missed_password(evidence: &Evidence) -> Option<String> {
    let missed = |command: &&Command| {
        let target = command.target.as_deref().is_some_and(finds_password);
        target && command.what.is_search() && !command.what.finds_many() && command.error.is_some()
    };
    evidence.details.commands.iter().rev().find(missed).map(described)
}

/// A suite that swallows the error and clicks on stands on page 2. What finds the field there was searched on page 1.
fn clicked_on_without_password(evidence: &Evidence) -> Option<String> {
    let posts = evidence.login_posts();
    if !evidence.stands_on(PageName::Password) || !is_only_of_page_one(&posts) {
        return None;
    }
    let searched = |command: &&Command| {
        command.what.is_search() && command.error.is_some() && command.target.as_deref().is_some_and(finds_password)
    };
    let command = evidence.details.commands.iter().rev().find(searched).map(described);
    let tells = |line: &str| finds_password(line) && is_search(line);
    command.or_else(|| evidence.line_where(tells).map(|line| format!("output: {line}")))
}

/// Whether page 1 of the two-step login was posted, and nothing else.
fn is_only_of_page_one(posts: &[(PageName, UsernameHolds, PasswordHolds)]) -> bool {
    let mut pages = posts.iter().map(|(page, _, password)| (*page, *password));
    !posts.is_empty() && pages.all(|posted| posted == (PageName::Username, PasswordHolds::Absent))
}

/// Whether a locator, or a line with one, names the password field of page 2.
fn finds_password(text: &str) -> bool {
    let plain: String = text.chars().filter(|char| !matches!(char, '\'' | '"' | '`' | '\\')).collect();
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '_'));
    PASSWORD_LOCATORS
        .iter()
        .any(|locator| plain.match_indices(locator).any(|(at, _)| ends(&plain[at + locator.len()..])))
}

fn passkey_asked_before_password(evidence: &Evidence) -> Option<Proof> {
    if !evidence.stands_on(PageName::LoginPasskey) {
        return None;
    }
    let proof = searched_password(evidence)?;
    let sentence = "Page 2 of the login asks for a passkey first; the suite waited for the password field.";
    Some(Proof::new(sentence).because(proof))
}

fn login_page_not_sent(evidence: &Evidence) -> Option<Proof> {
    let posts = evidence.login_posts();
    let untouched = if on_first_page(evidence) {
        posts.is_empty()
    } else {
        evidence.stands_on(PageName::Password) && is_only_of_page_one(&posts)
    };
    if !untouched || evidence.refused_authenticator().is_some() {
        return None;
    }
    let mut proof = Proof::new(format!("The suite submitted nothing on {}.", evidence.page()))
        .because(format!("the login stopped on {}", evidence.place()));
    proof.evidence.extend(
        evidence
            .stopped
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| evidence.last_failure())
            .or_else(|| evidence.stood()),
    );
    Some(proof)
}

fn on_first_page(evidence: &Evidence) -> bool {
    [PageName::Login, PageName::Username, PageName::SiteLogin].iter().any(|page| evidence.stands_on(*page))
}

/// How the suite looked in vain for a field of the login pages: it came as far as its login.
pub(super) fn searched_a_field(evidence: &Evidence) -> Option<String> {
    searched_password(evidence).or_else(|| wanted_hidden_username(evidence))
}

/// How the suite looked for a password field that is not on the page.
fn searched_password(evidence: &Evidence) -> Option<String> {
    let waited = evidence.waited_for("password").or_else(|| evidence.could_not_type_into("password"));
    let waited = waited.map(ToString::to_string);
    let names = |text: &str, words: &[&str]| contains_any(text, words) && !contains_any(text, &OTHER_PASSWORD_WORDS);
    let failed = |command: &&Command| {
        command.error.is_some() && command.target.as_deref().is_some_and(|target| names(target, &["password", "pw"]))
    };
    let command = || evidence.details.commands.iter().rev().find(failed).map(described);
    // Without WebDriver, only the output shows it.
    let line = || {
        let words = ["password", "name=pw", "name=\"pw", "name='pw"];
        evidence.line_where(|line| is_search(line) && names(line, &words))
    };
    waited.or_else(command).or_else(|| line().map(|line| format!("output: {line}")))
}

fn described(command: &Command) -> String {
    let target = command.target.as_deref().unwrap_or("an element");
    format!("{} {target}: {}", command.what, command.error.as_deref().unwrap_or("failed"))
}

/// What names the link to a forgotten password, or the fields of a page that changes it.
const OTHER_PASSWORD_WORDS: [&str; 3] = ["forgot", "reset", "confirm"];

/// Locators of the password field (contract A1.1), without quotes: CSS, XPath, by id or name alone.
const PASSWORD_LOCATORS: [&str; 10] = [
    "#password",
    "[id=password]",
    "@id=password",
    "id:password",
    "name=pw",
    "name pw",
    "type=password",
    "id password",
    "getByLabel(Password",
    "get_by_label(Password",
];
