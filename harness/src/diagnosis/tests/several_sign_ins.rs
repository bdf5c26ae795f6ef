//! Runs of several tests: which sign-in names the cause.

use vestibule_model::VerificationMethod;
use vestibule_simulator::realm::{LockoutCause, UsernameHolds, VerificationResult};

use super::*;
use crate::outcome::Exit;

#[test]
fn a_test_that_types_what_is_wrong_on_purpose_names_no_cause_before_or_after() {
    let stopped = [
        ("gate-not-handled", proved(PageName::CreatePasskey)),
        ("totp-missing", proved(PageName::VerifyTotp)),
        ("email-code-expected", proved(PageName::VerifyEmail)),
        ("phone-registration-in-the-way", proved(PageName::RegisterPhone)),
        ("login-blocked", blocked()),
        ("totp-wrong", [proved(PageName::VerifyTotp), wrong_code()].concat()),
    ];
    let on_purpose = [
        ("an unknown user", typed(None, UsernameHolds::UnknownText, PasswordHolds::Present, Some(false))),
        ("a wrong password", typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false))),
        ("no password", typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Empty, None)),
        ("no username", typed(None, UsernameHolds::Nothing, PasswordHolds::Empty, None)),
        ("another user", typed(Some("boss"), UsernameHolds::Username, PasswordHolds::Present, Some(false))),
        ("the login page only", vec![page(PageName::Username)]),
    ];
    for (cause, stopped) in &stopped {
        for (name, other) in &on_purpose {
            for tests in [[stopped, other], [other, stopped]] {
                let evidence = seen(tests.into_iter().flatten().cloned());
                assert_eq!(diagnose(&evidence).unwrap().cause, *cause, "beside {name}");
            }
            let evidence = seen([other, other, stopped, other].into_iter().flatten().cloned());
            assert_eq!(diagnose(&evidence).unwrap().cause, *cause, "among several of {name}");
        }
    }
}

/// A form that lost what was typed, or a click, is never posted: nothing but the page itself tells of that sign-in.
#[test]
fn a_sign_in_that_the_page_lost_counts_beside_that_of_a_stranger() {
    let stranger = || typed(None, UsernameHolds::UnknownText, PasswordHolds::Present, Some(false));
    let page_name = PageName::Login;
    let anew = Event::FormRenderedAnew { page: page_name };
    let of_stranger = || [vec![page(page_name), anew.clone()], stranger()[1..].to_vec()].concat();
    for (cause, lost) in [("form-rendered-anew", anew.clone()), ("click-lost", Event::ClickLost { page: page_name })] {
        let lost = vec![page(page_name), lost];
        for tests in [[lost.clone(), of_stranger()], [of_stranger(), lost.clone()], [lost.clone(), stranger()]] {
            assert_eq!(diagnose(&seen(tests.concat())).unwrap().cause, cause, "{tests:?}");
        }
    }
}

#[test]
fn tests_that_run_side_by_side_keep_their_pages_apart() {
    let stranger = typed(None, UsernameHolds::UnknownText, PasswordHolds::Present, Some(false));
    for stopped in [proved(PageName::CreatePasskey), proved(PageName::VerifyTotp)] {
        let alone = diagnose(&seen(stopped.iter().cloned())).unwrap().cause;
        // One event of each in turn, either first.
        for (one, other) in [(&stopped, &stranger), (&stranger, &stopped)] {
            let longest = one.len().max(other.len());
            let in_turn = (0..longest).flat_map(|at| one.get(at).into_iter().chain(other.get(at))).cloned();
            assert_eq!(diagnose(&seen(in_turn)).unwrap().cause, alone);
        }
    }
}

#[test]
fn a_password_that_is_wrong_everywhere_is_still_told() {
    let unknown = || typed(None, UsernameHolds::UnknownText, PasswordHolds::Present, Some(false));
    let wrong = || typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false));
    let only_opened = || vec![page(PageName::Username)];
    for tests in [vec![unknown()], vec![wrong(), wrong()], vec![unknown(), wrong()], vec![wrong(), only_opened()]] {
        let found = diagnose(&seen(tests.concat())).unwrap();
        assert_eq!(found.cause, "wrong-password", "{found:?}");
    }
    // A username that nobody has is what stopped the suite where no other was typed.
    let found = diagnose(&seen([unknown(), only_opened()].concat())).unwrap();
    assert_eq!(found.sentence, "The org refused the login: no user has the username that was typed.");
}

#[test]
fn a_login_page_that_names_the_user_and_is_left_as_it_is_decides_beside_what_is_typed_wrong_on_purpose() {
    let rep =
        |username_remembered| UserEvidence { key: "rep".to_owned(), username_remembered, ..UserEvidence::default() };
    let cause = |tests: &[&Vec<Event>]| {
        let events = tests.iter().copied().flatten().cloned();
        diagnose(&seen_by(rep(true), events)).unwrap().cause
    };
    let untouched = vec![page(PageName::Login)];
    let on_purpose = [
        ("wrong-password", filled_in(None, UsernameHolds::UnknownText, PasswordHolds::Present, Some(false))),
        ("wrong-password", filled_in(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false))),
        ("wrong-password", filled_in(Some("boss"), UsernameHolds::Username, PasswordHolds::Present, Some(false))),
        ("password-left-empty", filled_in(Some("rep"), UsernameHolds::Username, PasswordHolds::Empty, None)),
        ("username-left-empty", filled_in(None, UsernameHolds::Nothing, PasswordHolds::Present, Some(false))),
        ("wrong-password", typed(None, UsernameHolds::UnknownText, PasswordHolds::Present, Some(false))),
        ("wrong-password", typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false))),
        ("password-left-empty", typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Empty, None)),
    ];
    assert_eq!(cause(&[&untouched]), "remembered-username");
    for (alone, other) in &on_purpose {
        assert_eq!(cause(&[other]), *alone);
        for tests in [&[&untouched, other][..], &[other, &untouched], &[other, &untouched, other]] {
            assert_eq!(cause(tests), "remembered-username", "beside {alone}: {tests:?}");
        }
    }

    // Where the page does not name the user, nothing says that the visit was a sign-in.
    let wrong = || filled_in(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false));
    let not_remembered = seen_by(rep(false), [wrong(), untouched.clone()].concat());
    assert_eq!(diagnose(&not_remembered).unwrap().cause, "wrong-password");

    // What stops the user's own sign-in, or any sign-in of the user, is no test of a refusal.
    let locked = Event::UserLockedOut { user: "rep".to_owned(), by: LockoutCause::Passwords };
    let locked = [wrong(), vec![locked]].concat();
    let too_early = filled_in(None, UsernameHolds::Password, PasswordHolds::Empty, None);
    let on_its_way =
        vec![page(PageName::Username), post(Some("rep"), UsernameHolds::Username), page(PageName::Password)];
    for (expected, stopped) in [
        ("locked-out", locked),
        ("password-in-username-field", too_early),
        ("login-page-not-sent", on_its_way),
        ("totp-missing", proved(PageName::VerifyTotp)),
        ("gate-not-handled", proved(PageName::CreatePasskey)),
    ] {
        for tests in [[&untouched, &stopped], [&stopped, &untouched]] {
            assert_eq!(cause(&tests), expected, "{tests:?}");
        }
    }

    // The click on the button of an identity provider leaves the page as it is, and so does a look at another page.
    let by_sso = [untouched.clone(), vec![Event::SsoStarted { idp: "okta".to_owned() }]].concat();
    let elsewhere = [untouched.clone(), vec![page(PageName::Unknown)]].concat();
    for visit in [by_sso, elsewhere] {
        assert_eq!(cause(&[&visit, &wrong()]), "wrong-password", "{visit:?}");
    }
}

#[test]
fn page_one_is_posted_again_only_where_one_sign_in_posts_it_twice() {
    let once = [page(PageName::Username), post(Some("rep"), UsernameHolds::Username), page(PageName::Password)];
    let twice = [&once[..], &once[1..]].concat();

    assert_eq!(diagnose(&seen(twice)).unwrap().cause, "page-one-posted-again");
    let of_two_tests = diagnose(&seen([once.clone(), once].concat())).unwrap();
    assert_ne!(of_two_tests.cause, "page-one-posted-again");
}

#[test]
fn our_own_actor_signs_in_once_however_often_it_opens_page_one() {
    let once = [page(PageName::Username), post(Some("rep"), UsernameHolds::Username), page(PageName::Password)];
    let of_actor = |events: Vec<Event>| {
        let of_suite = seen(events);
        Evidence { journal: SignIns::of_one_actor(of_suite.journal.all().to_vec(), "rep"), ..of_suite }
    };
    assert_eq!(diagnose(&of_actor([once.clone(), once].concat())).unwrap().cause, "page-one-posted-again");
    // What it opens after its first proof is no step of the sign-in.
    let visited = of_actor([proved(PageName::VerifyTotp), vec![page(PageName::Username)]].concat());
    assert_eq!(diagnose(&visited).unwrap().cause, "totp-missing");
}

#[test]
fn a_suite_that_opens_home_by_itself_is_judged_by_what_it_left_undone() {
    for (cause, left) in [
        ("totp-missing", PageName::VerifyTotp),
        ("email-code-expected", PageName::VerifyEmail),
        ("temporary-code-missing", PageName::VerifyTemporaryCode),
        ("push-not-answered", PageName::VerifyPush),
        ("ceremony-without-authenticator", PageName::VerifyPasskey),
    ] {
        for login_page in [PageName::Username, PageName::Login] {
            let mut evidence = seen([proved(left), vec![page(login_page), page(login_page)]].concat());
            evidence.stood_ms = Some(9000);

            let found = diagnose(&evidence).unwrap();

            assert_eq!(found.cause, cause);
            let place = found.evidence.iter().find(|line| line.starts_with("the login stopped on")).unwrap();
            assert!(place.contains(left.info().words) && place.contains(login_page.info().words), "{place}");
            assert!(!found.evidence.iter().any(|line| line.contains(" 9.0 s")), "{found:?}");
        }
    }
    // Without anything left undone the login page itself is where the suite stopped.
    assert_eq!(
        diagnose(&seen([page(PageName::Username), page(PageName::Username)])).unwrap().cause,
        "login-page-not-sent"
    );
}

#[test]
fn a_false_green_names_the_page_on_which_the_suite_ended() {
    let mut evidence = seen([proved(PageName::VerifyTotp), vec![page(PageName::Username)]].concat());
    evidence.exit = Some(crate::outcome::Exit::Code(0));

    let found = diagnose(&evidence).unwrap();

    assert_eq!(found.cause, "wrong-page-taken-for-home");
    assert!(found.sentence.contains("page 1 of the login"), "{}", found.sentence);
    assert!(found.evidence.iter().any(|line| line.contains("totp-missing")), "{found:?}");
}

#[test]
fn of_several_sign_ins_that_got_equally_far_the_last_one_decides() {
    let gate = || proved(PageName::CreatePasskey);
    let code = || proved(PageName::VerifyTotp);
    assert_eq!(diagnose(&seen([gate(), code()].concat())).unwrap().cause, "totp-missing");
    assert_eq!(diagnose(&seen([code(), gate()].concat())).unwrap().cause, "gate-not-handled");

    // A front door in a later test is a sign-in of its own.
    let door = [started(LoginKind::Frontdoor), decided(enrol(), Strength::Weak, &[Rule::EnrolMethod])];
    let door = [&door[..], &[page(PageName::CreatePasskey)]].concat();
    assert_eq!(diagnose(&seen([code(), door].concat())).unwrap().cause, "gate-not-handled");
}

/// A session of one test says nothing of another test, in whichever order they ran. What the suite got over, and what it typed
/// wrong on purpose, did not stop it.
#[test]
fn a_sign_in_that_came_home_hides_no_other_that_was_stopped() {
    let told = |events: Vec<Event>, exit| {
        let evidence = Evidence { signed_in: true, exit: Some(exit), ..seen(events) };
        diagnose(&evidence).map(|finding| finding.cause)
    };
    let (code, gate) = (proved(PageName::VerifyTotp), proved(PageName::CreatePasskey));
    for (stopped, cause) in [(&code, "totp-missing"), (&gate, "gate-not-handled")] {
        for events in [[came_home(), stopped.clone()].concat(), [stopped.clone(), came_home()].concat()] {
            for exit in [Exit::Code(1), Exit::Signal(9), Exit::OutOfTime] {
                assert_eq!(told(events.clone(), exit).as_deref(), Some(cause), "{exit:?}");
            }
            for exit in [Exit::Code(0), Exit::EndedAfterVerdict] {
                assert_eq!(told(events.clone(), exit), None, "{exit:?}");
            }
        }
    }
    let on_purpose = [code.clone(), wrong_code(), came_home()].concat();
    let sent_twice = [&came_home()[..6], &[started(LoginKind::PasswordUi)], &came_home()[6..]].concat();
    let by_api = [vec![started(LoginKind::SoapLogin)], came_home()].concat();
    for events in [on_purpose, sent_twice, by_api, [came_home(), came_home()].concat()] {
        assert_eq!(told(events.clone(), Exit::Code(1)), None, "{events:?}");
    }
}

/// Two workers type the code of the same step: the second is turned down.
#[test]
fn of_two_sign_ins_at_a_time_the_one_that_was_stopped_decides() {
    let (one, other) = (came_home(), proved(PageName::VerifyTotp));
    let at_code = one.iter().position(|event| matches!(event, Event::SessionOpened { .. })).unwrap();
    let in_turn = (0..at_code).flat_map(|at| one.get(at).into_iter().chain(other.get(at))).cloned();
    let checked =
        |result| Event::VerificationChecked { user: "rep".to_owned(), method: VerificationMethod::TotpApp, result };
    let asked = vec![page(PageName::VerifyTotp), page(PageName::VerifyTotp), checked(VerificationResult::Accepted)];
    let replayed = vec![checked(VerificationResult::Replayed), page(PageName::VerifyTotp)];
    let events = [in_turn.collect(), asked, one[at_code..].to_vec(), replayed].concat();

    let evidence = Evidence { signed_in: true, exit: Some(Exit::Code(1)), ..seen(events) };
    assert_eq!(diagnose(&evidence).unwrap().cause, "totp-reused");
}

/// A suite makes its data by the API before it opens a page, and removes them afterwards.
#[test]
fn a_login_by_the_api_that_the_org_let_in_takes_no_cause_from_a_sign_in_on_a_page() {
    let by_api = |kind: LoginKind| {
        let checked = Event::PasswordChecked { user: Some("rep".to_owned()), accepted: true };
        let allowed =
            decided(Outcome::Allow { session_level: vestibule_model::SessionLevel::Standard }, Strength::Weak, &[]);
        vec![checked, started(kind), allowed]
    };
    let wrong = typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false));
    let stopped = [
        ("login-page-not-sent", vec![page(PageName::Username)]),
        ("form-rendered-anew", vec![page(PageName::Login), Event::FormRenderedAnew { page: PageName::Login }]),
        ("wrong-password", wrong),
        ("totp-missing", proved(PageName::VerifyTotp)),
        ("gate-not-handled", proved(PageName::CreatePasskey)),
        ("login-blocked", blocked()),
    ];
    for kind in [LoginKind::JwtBearer, LoginKind::ClientCredentials, LoginKind::OauthPassword, LoginKind::SoapLogin] {
        for (cause, on_a_page) in &stopped {
            let api = by_api(kind.clone());
            for order in [vec![&api, on_a_page], vec![on_a_page, &api], vec![&api, on_a_page, &api]] {
                let found = diagnose(&seen(order.into_iter().flatten().cloned())).unwrap();
                assert_eq!(found.cause, *cause, "{kind:?}: {found:?}");
            }
        }
    }

    // Where the API refuses the user, that is what stopped the suite.
    let reason = vestibule_simulator::policy::BlockReason::RouteRetired;
    let retired =
        [started(LoginKind::SoapLogin), decided(Outcome::Block { reason }, Strength::Weak, &[Rule::RouteRetired])];
    assert_eq!(diagnose(&seen(retired)).unwrap().cause, "login-route-retired");
}

/// A test types a wrong code on purpose, or looks at the page of the code only.
#[test]
fn a_sign_in_that_got_past_its_code_decides_beside_one_that_did_not() {
    let past = |page_name: PageName| {
        let right = Event::VerificationChecked {
            user: "rep".to_owned(),
            method: VerificationMethod::TotpApp,
            result: VerificationResult::Accepted,
        };
        [proved(PageName::VerifyTotp), vec![right, page(page_name)]].concat()
    };
    let on_purpose = [proved(PageName::VerifyTotp), [proved(PageName::VerifyTotp), wrong_code()].concat()];
    for (cause, stopped) in [
        ("phone-registration-in-the-way", past(PageName::RegisterPhone)),
        ("change-password-in-the-way", past(PageName::ChangePassword)),
        ("app-approval-in-the-way", past(PageName::AuthorizeApp)),
    ] {
        for other in &on_purpose {
            for tests in [[&stopped, other], [other, &stopped]] {
                let found = diagnose(&seen(tests.into_iter().flatten().cloned())).unwrap();
                assert_eq!(found.cause, cause, "{tests:?}");
            }
        }
    }
}

#[test]
fn a_lockout_counts_where_it_stops_the_sign_in_and_not_after_it() {
    let locked = || Event::UserLockedOut { user: "rep".to_owned(), by: LockoutCause::Passwords };
    let wrong = || typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(false));

    let before = seen([wrong(), vec![locked()]].concat());
    assert_eq!(diagnose(&before).unwrap().cause, "locked-out");
    let after = seen([proved(PageName::CreatePasskey), wrong(), vec![locked()]].concat());
    assert_eq!(diagnose(&after).unwrap().cause, "gate-not-handled");
}

/// A suite may ask the org for thousands of things.
#[test]
fn eight_times_the_journal_takes_eight_times_as_long_to_read() {
    let refused =
        || Event::RequestRefused { host: HostRole::MyDomain, path: "/x".to_owned(), status: 404, why: String::new() };
    let checked = || Event::PasswordChecked { user: Some("rep".to_owned()), accepted: false };
    let anew = || Event::FormRenderedAnew { page: PageName::Login };
    let ticks: [(&str, Vec<Event>); 6] = [
        ("what is no step", vec![refused()]),
        ("passwords that no form brought", vec![checked()]),
        ("forms that the page made anew", vec![anew()]),
        ("pages", vec![page(PageName::VerifyTotp)]),
        ("first pages", vec![page(PageName::Username)]),
        ("posts", vec![post(Some("rep"), UsernameHolds::Username), page(PageName::Password)]),
    ];
    for (name, tick) in ticks {
        for begun in [vec![], proved(PageName::VerifyTotp)] {
            let input = |count: usize| -> Vec<Event> {
                begun.iter().cloned().chain(std::iter::repeat_n(&tick, count).flatten().cloned()).collect()
            };
            vestibule_snapshots::growth::assert_linear(name, 1_000, input, |events| {
                drop(diagnose(&seen(events.iter().cloned())));
            });
        }
    }
}

/// A sign-in with the right password, up to this page.
fn proved(page: PageName) -> Vec<Event> {
    let enrols = page == PageName::CreatePasskey;
    let outcome = if enrols { enrol() } else { Outcome::Verify { methods: Vec::new() } };
    let mut events = typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(true));
    events.push(started(LoginKind::PasswordUi));
    events.push(decided(outcome, Strength::Weak, &[Rule::EnrolMethod]));
    events.push(super::page(page));
    events
}

/// A sign-in with the right password that led home.
fn came_home() -> Vec<Event> {
    let session = Event::SessionOpened {
        user: "rep".to_owned(),
        session: 2,
        level: vestibule_model::SessionLevel::Standard,
        gated: false,
    };
    let mut events = typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(true));
    events.extend([started(LoginKind::PasswordUi), session, page(PageName::Home)]);
    events
}

fn blocked() -> Vec<Event> {
    let reason = vestibule_simulator::policy::BlockReason::ApiOnlyUser;
    let mut events = typed(Some("rep"), UsernameHolds::Username, PasswordHolds::Present, Some(true));
    events.push(started(LoginKind::PasswordUi));
    events.push(decided(Outcome::Block { reason }, Strength::Weak, &[Rule::ApiOnlyUserBlocked]));
    events.push(page(PageName::LoginRefused));
    events
}

fn wrong_code() -> Vec<Event> {
    let checked = Event::VerificationChecked {
        user: "rep".to_owned(),
        method: VerificationMethod::TotpApp,
        result: VerificationResult::Wrong,
    };
    vec![checked, page(PageName::VerifyTotp)]
}

/// Both pages of the login, filled in like this; where the password was wrong or missing, page 2 comes again.
fn typed(
    user: Option<&str>,
    username_holds: UsernameHolds,
    password_holds: PasswordHolds,
    accepted: Option<bool>,
) -> Vec<Event> {
    let user = || user.map(str::to_owned);
    let mut events = vec![page(PageName::Username), post(user().as_deref(), username_holds), page(PageName::Password)];
    events.push(Event::LoginFormPosted { page: PageName::Password, user: user(), username_holds, password_holds });
    events.extend(accepted.map(|accepted| Event::PasswordChecked { user: user(), accepted }));
    if accepted != Some(true) {
        events.push(page(PageName::Password));
    }
    events
}

/// The classic login page, filled in like this; where the password was wrong or missing, the page comes again.
fn filled_in(
    user: Option<&str>,
    username_holds: UsernameHolds,
    password_holds: PasswordHolds,
    accepted: Option<bool>,
) -> Vec<Event> {
    let user = || user.map(str::to_owned);
    let mut events = vec![page(PageName::Login)];
    events.push(Event::LoginFormPosted { page: PageName::Login, user: user(), username_holds, password_holds });
    events.extend(accepted.map(|accepted| Event::PasswordChecked { user: user(), accepted }));
    if accepted != Some(true) {
        events.push(page(PageName::Login));
    }
    events
}

fn post(user: Option<&str>, username_holds: UsernameHolds) -> Event {
    let user = user.map(str::to_owned);
    Event::LoginFormPosted { page: PageName::Username, user, username_holds, password_holds: PasswordHolds::Absent }
}
