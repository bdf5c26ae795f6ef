//! Sessions that are no longer valid, and suites that rely on a session they do not have.

use vestibule_model::PageName;
use vestibule_simulator::org::paths;
use vestibule_simulator::realm::{Event, UsernameHolds};

use super::login_page::searched_a_field;
use crate::diagnosis::cause::Proof;
use crate::diagnosis::sign_ins::Progress;
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "user-never-signed-in",
        what: "One of the users of the run never tried to sign in: another user did, or the suite made only attempts that the org must refuse.",
        needs: "nothing typed in the name of this user, and a session of another user, or exit code 0 after a username that nobody has; or exit code 0 after attempts of which each was refused, one of them for such a username",
        owner: Owner::Suite,
        remedy: "Sign in each user of `--users` (append the user's key to VESTIBULE_USERNAME_ and VESTIBULE_PASSWORD_, or use `--env NAME={user.key}`), or list only the users that the command signs in; a command that holds only tests of refused logins says nothing about the login.",
        fact: "https://playwright.dev/docs/auth#multiple-signed-in-roles",
        prove: user_never_signed_in,
    },
    Cause {
        id: "wrong-page-taken-for-home",
        what: "The suite reports success while nobody is signed in: it mistook another page for home.",
        needs: "the suite ended with exit code 0 after it saw a page of the org, and the org has no session",
        owner: Owner::Suite,
        remedy: "Wait for something that only Lightning has, the button \"App Launcher\" or `one-appnav`, instead of a URL that contains `home` or `lightning`: the gate and the verification pages carry both in their `retURL`.",
        fact: "https://github.com/amtrack/sfdx-browserforce-plugin/issues/750",
        prove: wrong_page_taken_for_home,
    },
    Cause {
        id: "stale-session",
        what: "The suite brought a stored session that the org no longer knows, and was sent to the login page.",
        needs: "a session id that the org refused, and nothing typed or searched on the login page after it",
        owner: Owner::Suite,
        remedy: "Get a new session at the start of every run (`sf org open --url-only`, a fresh storageState), or let the helper log in again when it meets `/?ec=302`.",
        fact: "https://playwright.dev/docs/auth#basic-shared-account-in-all-tests",
        prove: stale_session,
    },
    Cause {
        id: "change-password-in-the-way",
        what: "The user's password has expired, and the org shows the page to change it instead of Lightning.",
        needs: "the last page is the forced password change",
        owner: Owner::OrgAdmin,
        remedy: "Set the password of the test user to never expire (Setup, Password Policies, or the permission \"Password Never Expires\"); until then let the suite check for `/_ui/system/security/ChangePassword` after the login.",
        fact: "https://help.salesforce.com/s/articleView?id=sf.admin_password.htm",
        prove: change_password,
    },
    Cause {
        id: "phone-registration-in-the-way",
        what: "After the login the org asks the user to register a mobile phone, and the suite does not know this page.",
        needs: "the last page is \"Register Your Mobile Phone\"",
        owner: Owner::Suite,
        remedy: "Click \"I Don't Want to Register My Phone\" when `/_ui/identity/phone/AddPhoneNumber` appears after the login.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.security_identity_verification.htm",
        prove: phone_registration,
    },
    Cause {
        id: "app-approval-in-the-way",
        what: "After the login the org asks the user to allow an app, and the suite does not answer.",
        needs: "the last page is \"Allow Access?\", and nobody answered it",
        owner: Owner::Suite,
        remedy: "Click `#oaapprove` (\"Allow\") when \"Allow Access?\" appears after the login, in the window in which it appears; or let an admin approve the app for its users.",
        fact: "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_endpoints.htm&type=5",
        prove: app_approval,
    },
    Cause {
        id: "maintenance-in-the-way",
        what: "After the login the org announces maintenance, and the suite does not know this page.",
        needs: "the last page is \"Scheduled Improvements\"",
        owner: Owner::Suite,
        remedy: "Click \"Continue\" when `/msg/maintenanceandavailable.jsp` appears after the login.",
        fact: "https://github.com/amtrack/sfdx-browserforce-plugin",
        prove: maintenance,
    },
];

fn user_never_signed_in(evidence: &Evidence) -> Option<Proof> {
    let user = Some(evidence.user.key.as_str()).filter(|user| !user.is_empty())?;
    if evidence.suite_says_success() && only_refusals(evidence) {
        let sentence =
            format!("The user `{user}` never tried to sign in: the org had to refuse each attempt of the suite.");
        return Some(Proof::new(sentence).because(
            "the suite ended with exit code 0; it typed a username that nobody has, and no password that it typed is right",
        ));
    }
    let (mut other, mut typed_a_stranger) = (None, false);
    for event in evidence.events_of_run() {
        match event {
            Event::SessionOpened { user: opened, gated: false, .. } if opened != user => other = Some(opened),
            Event::LoginFormPosted { user: None, username_holds: UsernameHolds::UnknownText, .. } => {
                typed_a_stranger = true;
            }
            Event::LoginStarted { user: Some(of), .. }
            | Event::LoginFormPosted { user: Some(of), .. }
            | Event::PasswordChecked { user: Some(of), .. }
            | Event::IdpSignedIn { user: of, .. }
            | Event::SessionOpened { user: of, .. }
                if of == user =>
            {
                return None;
            }
            _ => {}
        }
    }
    // What was begun by nobody knows whom may be this user's.
    let begun = evidence.journal.progress() > Progress::OfAnother;
    if let Some(other) = other.filter(|_| !begun) {
        return Some(
            Proof::new(format!("The user `{user}` never tried to sign in; `{other}` is signed in.")).because(format!(
                "the org opened a session for `{other}`, and no login form held the name of `{user}`"
            )),
        );
    }
    (typed_a_stranger && evidence.suite_says_success()).then(|| {
        Proof::new(format!("The user `{user}` never tried to sign in: the suite typed usernames that nobody has."))
            .because(format!("the suite ended with exit code 0, and no login form held the name of `{user}`"))
    })
}

/// Whether a suite made only attempts that the org had to refuse, as a class of negative tests does: a username that nobody
/// has was refused, and whatever else was posted had a wrong password or none.
pub(crate) fn only_refusals(evidence: &Evidence) -> bool {
    let (mut strangers, mut first_pages, mut with_password) = (0_usize, 0_usize, 0_usize);
    for event in evidence.events_of_run() {
        match event {
            Event::PasswordChecked { accepted: true, .. }
            | Event::LoginStarted { .. }
            | Event::SessionOpened { .. }
            | Event::SsoStarted { .. }
            | Event::SessionCookieRefused { .. }
            | Event::LoginFormPosted {
                username_holds: UsernameHolds::Password | UsernameHolds::UsernameTwice, ..
            } => {
                return false;
            }
            Event::PasswordChecked { user: None, .. } => strangers += 1,
            Event::LoginFormPosted { page: PageName::Username, user: Some(_), .. } => first_pages += 1,
            Event::LoginFormPosted { user: Some(_), .. } => with_password += 1,
            _ => {}
        }
    }
    // Where the username was typed and the password was not, the suite was on its way.
    strangers > 0 && first_pages <= with_password
}

fn wrong_page_taken_for_home(evidence: &Evidence) -> Option<Proof> {
    let last = evidence.journal.sent_back().or_else(|| evidence.last_page());
    let (page, path) = last.filter(|_| evidence.suite_says_success())?;
    let proof =
        Proof::new(format!("The suite reports success on {}, but nobody is signed in there.", page.info().words))
            .because(format!("last page: {page} ({path})"))
            .because("the suite ended with exit code 0; the org has no session of this user");
    let failure = evidence.line_where(|line| FAILURE_SIGNS.iter().any(|sign| line.contains(sign)));
    let also = failure.is_some().then_some(NOT_REPORTED);
    let proof = failure.into_iter().fold(proof, Proof::quoting);
    Some(Proof { hides_another: true, also, ..proof })
}

fn stale_session(evidence: &Evidence) -> Option<Proof> {
    let at_login =
        [PageName::Login, PageName::Username, PageName::SiteLogin].iter().any(|page| evidence.stands_on(*page));
    // A suite that goes on to log in got over its old session.
    if !at_login || !evidence.login_posts().is_empty() || searched_a_field(evidence).is_some() {
        return None;
    }
    let brought = evidence.events().rev().find_map(|event| match event {
        Event::SessionCookieRefused { path, .. } => {
            Some(format!("{path} came with a `sid` cookie that names no open session"))
        }
        Event::RequestRefused { path, .. } if path == paths::FRONTDOOR => {
            Some(format!("{path} came with a session id that is unknown, closed or used up"))
        }
        _ => None,
    })?;
    Some(
        Proof::new("The suite brought a session that is no longer valid, so the org sent it to the login page.")
            .because(brought)
            .because(format!("the login stopped on {}", evidence.place())),
    )
}

fn change_password(evidence: &Evidence) -> Option<Proof> {
    let sentence = "The password is right but has expired: the user must change it before Lightning opens.";
    standing_on(evidence, PageName::ChangePassword, sentence)
}

fn phone_registration(evidence: &Evidence) -> Option<Proof> {
    let sentence = "The page \"Register Your Mobile Phone\" comes before Lightning, and the suite did not get past it.";
    standing_on(evidence, PageName::RegisterPhone, sentence)
}

fn app_approval(evidence: &Evidence) -> Option<Proof> {
    let answered = |event: &Event| matches!(event, Event::AppApprovalAnswered { .. } | Event::OauthRefused { .. });
    if evidence.events().any(answered) {
        return None;
    }
    let sentence = "The page \"Allow Access?\" comes before Lightning, and the suite did not allow the app.";
    standing_on(evidence, PageName::AuthorizeApp, sentence)
}

fn maintenance(evidence: &Evidence) -> Option<Proof> {
    let sentence = "The page \"Scheduled Improvements\" comes before Lightning, and the suite did not get past it.";
    standing_on(evidence, PageName::Maintenance, sentence)
}

fn standing_on(evidence: &Evidence, page: PageName, sentence: &str) -> Option<Proof> {
    let mut proof = Proof::new(sentence).because(format!("the login stopped on {}", evidence.place()));
    proof.evidence.extend(evidence.stopped_or_stood());
    evidence.stands_on(page).then_some(proof)
}

/// How test runners and clients say that a test or a step failed, whatever the exit code says.
const FAILURE_SIGNS: [&str; 6] = ["| FAIL |", "not ok ", "FAILED", "Error: ", "Exception: ", "\u{2716}"];
const NOT_REPORTED: &str = "The suite prints a failure and ends with 0 all the same: let it end with another code (rethrow what `catch` and `except` take, without `|| true` and `--nostatusrc`).";
