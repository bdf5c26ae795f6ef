use std::collections::BTreeMap;

use jiff::civil::date;
use vestibule_model::yaml::Spanned;
use vestibule_model::{EnrolmentGate, PageName, UserSpec};

use super::conditions::Selected;
use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;

#[test]
fn the_rulebook_says_when_a_condition_applies() {
    let rows = [
        ("classic", date(2026, 1, 1), true, None),
        ("two-step", date(2026, 6, 1), false, None),
        ("two-step", date(2026, 11, 22), true, Some("2026-06-22")),
        ("passkey-gate-hard", date(2026, 6, 21), false, None),
        ("passkey-gate-hard", date(2026, 6, 22), true, Some("2026-06-22")),
        ("totp-required", date(2026, 7, 19), false, None),
        ("totp-required", date(2026, 7, 20), true, Some("2026-07-20")),
        ("sso-phishing-resistant", date(2026, 7, 1), true, Some("2026-07-01")),
        ("device-activation", date(2026, 8, 2), true, None),
        ("device-activation", date(2026, 8, 3), false, None),
    ];
    for (name, day, applies, since) in rows {
        let found = infos(None, day).remove(name).unwrap();

        assert_eq!((found.applies, found.since.as_deref()), (applies, since), "{name} on {day}");
    }
}

#[test]
fn a_setting_of_a_conditions_rulebook_moves_the_day_on_which_it_applies() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("late.yaml");
    std::fs::write(&file, LATE).unwrap();
    let on = |day| {
        let all = Conditions::select(
            &Sources { instead: std::slice::from_ref(&file), added: &[] },
            &[],
            None,
            &OwnOrg::default(),
            day,
        )
        .unwrap();
        let info = all.infos(&[]).into_values().next().unwrap();
        (info.applies, info.since)
    };

    assert_eq!(on(date(2026, 9, 1)), (false, None));
    assert_eq!(on(date(2027, 1, 4)), (true, Some("2027-01-04".to_owned())));
}

#[test]
fn a_repeated_run_has_the_options_that_were_typed_and_no_value_that_may_be_a_secret() {
    let typed =
        "vestibule survive -c two-step --env URL={login-url} --env=API_TOKEN=hunter22 --full --json -- pytest --full";
    let cli = crate::cli::program::parse(typed.split(' ').map(Into::into)).unwrap();
    let crate::cli::program::Command::Survive(args) = cli.command else { panic!("another command") };

    assert_eq!(args.repeated(), ["--env", "URL={login-url}", "--env", "API_TOKEN=…", "--full"]);
}

#[test]
fn own_conditions_replace_the_built_in_ones_or_stand_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("late.yaml");
    std::fs::write(&file, LATE).unwrap();
    let own = std::slice::from_ref(&file);
    let names = |sources: &Sources<'_>| {
        let all = Conditions::select(sources, &[], None, &OwnOrg::default(), date(2027, 2, 1)).unwrap();
        all.all.into_iter().map(|selected| selected.condition.name.value).collect::<Vec<_>>()
    };

    let instead = names(&Sources { instead: own, added: &[] });
    let beside = names(&Sources { instead: &[], added: own });

    assert_eq!(instead, ["late"]);
    assert_eq!(beside.len(), NAMES.len() + 1);
    assert_eq!(beside.last().map(String::as_str), Some("late"));
    std::fs::write(&file, LATE.replace("name: late", "name: two-step")).unwrap();
    let twice =
        Conditions::select(&Sources { instead: &[], added: own }, &[], None, &OwnOrg::default(), date(2027, 2, 1));
    let twice = twice.err().unwrap();
    assert_eq!(twice.code(), ExitCode::Usage, "a name stands for one condition");
}

fn in_own_org(words: &[&str], names: &[&str]) -> Result<Conditions, CliError> {
    let args: SurviveArgs = parse(words).unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Conditions::select(&Sources::default(), &names, None, &args.own_org()?, date(2026, 11, 22))
}

#[test]
fn the_kind_of_the_users_own_org_decides_the_dates_of_every_condition_that_can_take_it() {
    let conditions = in_own_org(&["--org-kind=production"], &[]).unwrap();

    let infos: BTreeMap<_, _> = conditions.infos(&[]).into_values().map(|info| (info.name.clone(), info)).collect();
    let since = |name: &str| infos[name].since.as_deref();
    assert_eq!(since("passkey-gate-hard"), Some("2026-07-01"), "privileged users of production");
    assert_eq!(since("totp-required"), Some("2026-07-20"));
    for (name, info) in &infos {
        let about_a_sandbox = name.starts_with("passkey-lost");
        let kind = if about_a_sandbox { OrgKind::Sandbox } else { OrgKind::Production };
        assert_eq!((info.org, info.not_applied.is_empty()), (Some(kind), !about_a_sandbox), "{name}");
    }
    let told: Vec<_> = conditions.kept().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].ends_with("sets `kind` itself; kind=production was not applied to it"), "{told:?}");
    assert!(in_own_org(&["--org-kind=sandbox"], &["passkey-lost-renamed"]).unwrap().kept().next().is_none());
}

#[test]
fn a_my_domain_that_fits_several_kinds_has_the_hosts_of_the_users_own_kind() {
    for (words, hosts) in [
        (&["--my-domain=globex"][..], None),
        (&["--my-domain=globex", "--org-kind=sandbox"], Some(OrgKind::Sandbox)),
        (&["--my-domain=globex.my.salesforce.com", "--org-kind=sandbox"], Some(OrgKind::Production)),
    ] {
        let args: SurviveArgs = parse(words).unwrap();
        assert_eq!(args.suite_options().my_domain.unwrap().hosts, hosts, "{words:?}");
    }
}

#[test]
fn an_org_without_enforcement_has_no_condition_of_it() {
    let conditions = in_own_org(&["--org-kind=scratch"], &["passkey-gate-hard", "classic"]).unwrap();

    let never: Vec<_> = conditions
        .all
        .iter()
        .map(|selected| (selected.condition.name.value.as_str(), selected.application.never))
        .collect();
    assert_eq!(never, [("classic", false), ("passkey-gate-hard", true)]);
}

#[test]
fn a_setting_reaches_every_condition_that_leaves_it_open_and_the_others_are_named() {
    let conditions = in_own_org(&["--set=gate=leavable", "--set=device-activation=true"], &[]).unwrap();

    for Selected { case, condition, kept, .. } in &conditions.all {
        let name = condition.name.value.as_str();
        let hard = ["passkey-gate-hard", "classic-passkey-gate"].contains(&name);
        let gate = if hard { EnrolmentGate::Hard } else { EnrolmentGate::Leavable };
        assert_eq!(case.scenario.org.gate, Some(gate), "{name}");
        assert!(case.scenario.org.device_activation, "{name}");
        assert_eq!(kept.iter().map(ToString::to_string).collect::<Vec<_>>(), ["gate=leavable"][..usize::from(hard)]);
    }
    let refused = in_own_org(&["--set=gate=leavable"], &["passkey-gate-hard"]).err().unwrap();
    assert_eq!(refused.code(), ExitCode::Usage, "it would change nothing");
    let twice = in_own_org(&["--set=gate=hard", "--set=gate=leavable"], &[]).err().unwrap();
    assert_eq!(twice.code(), ExitCode::Usage);
    let alone = parse::<SurviveArgs>(&["--set=login-page=classic"]).unwrap();
    assert_eq!(
        alone.own_org().unwrap().changes,
        [OrgChange::Setting { name: "login-page".into(), value: "classic".into() }]
    );
}

#[test]
fn the_org_of_a_condition_of_enforcement_moves_to_a_day_on_which_its_kind_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("early.yaml");
    std::fs::write(&file, LATE.replace("2027-02-01", "2026-07-07")).unwrap();
    let sources = Sources { instead: std::slice::from_ref(&file), added: &[] };
    let day = |org: &[OrgChange]| {
        let own = OwnOrg { changes: org.to_vec(), ..OwnOrg::default() };
        let mut all = Conditions::select(&sources, &[], None, &own, date(2027, 2, 1)).unwrap().all;
        all.remove(0).case.scenario.org.date
    };

    assert_eq!(day(&[]), date(2026, 7, 7), "as its author wrote it");
    assert_eq!(day(&[OrgChange::Kind(OrgKind::Production)]), date(2026, 8, 3), "15 days from 2026-07-20");
}

#[test]
fn every_condition_is_like_the_file_but_for_what_it_is_about() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("org.yaml");
    std::fs::write(&file, "gate: leavable\npages: { password: { ids: { password: pwd } } }\n").unwrap();
    let args: SurviveArgs = parse(&["--like", file.to_str().unwrap()]).unwrap();

    let own = args.own_org().unwrap();
    let all = Conditions::select(&Sources::default(), &[], None, &own, date(2026, 11, 22)).unwrap().all;

    let org = |name: &str| {
        let selected = all.iter().find(|selected| selected.condition.name.value == name).unwrap();
        &selected.case.scenario.org
    };
    assert_eq!(org("two-step").page(PageName::Password).ids["password"], "pwd");
    assert_eq!(org("two-step").gate, Some(EnrolmentGate::Leavable));
    assert_eq!(org("passkey-gate-hard").gate, Some(EnrolmentGate::Hard));
}

#[test]
fn users_of_a_file_keep_their_identity_and_take_the_state_of_the_condition() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.yaml");
    std::fs::write(&file, "users:\n  sales: { username: sales@acme.example, password: Secret-1, totp-secret: jbsw-y3dp-ehpk-3pxp }\n  guest: { user-type: experience-cloud }\n")
        .unwrap();
    let people = users_file::read(&file).unwrap();

    let selected = Conditions::select(
        &Sources::default(),
        &["totp-required".to_owned()],
        Some(&people),
        &OwnOrg::default(),
        date(2026, 9, 1),
    )
    .unwrap();

    let case = &selected.with_command(&["true".to_owned()])[0];
    let users = &case.scenario.users;
    assert_eq!(users.keys().collect::<Vec<_>>(), ["guest", "sales"]);
    assert_eq!(users["sales"].username.as_deref(), Some("sales@acme.example"));
    let secret = users["sales"].totp_secret.as_ref().map(|secret| secret.base32().reveal());
    assert_eq!(secret, Some("JBSWY3DPEHPK3PXP"));
    assert!(users.values().all(|user| user.verifiers.len() == 1), "the condition is one with a TOTP app");
    assert_eq!(case.scenario.steps.len(), 2, "every user must get home");
    assert!(selected.infos(&[]).values().all(|info| info.applies), "one of them is an employee");
    let guests = people.into_iter().filter(|(key, _)| key == "guest").collect();
    assert!(!infos(Some(&guests), date(2026, 9, 1))["totp-required"].applies, "a guest need not use MFA");
}

#[test]
fn a_user_who_has_a_totp_app_keeps_it_in_every_condition() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users.yaml");
    std::fs::write(&file, "rep: { profile: Standard User, verifiers: [totp] }\nboss: { profile: Standard User }\n")
        .unwrap();
    let people = users_file::read(&file).unwrap();

    let select =
        |people| Conditions::select(&Sources::default(), &[], people, &OwnOrg::default(), date(2026, 11, 22)).unwrap();
    let (all, untouched) = (select(Some(&people)), select(None));

    let has_app = |user: &UserSpec| user.verifiers.contains(&vestibule_model::VerificationMethod::TotpApp);
    let mut giving = 0;
    for (selected, untouched) in all.all.iter().zip(&untouched.all) {
        let (users, name) = (&selected.case.scenario.users, &selected.condition.name.value);
        let gives = untouched.case.scenario.users.values().any(|user| has_app(user));
        giving += usize::from(gives);
        assert!(has_app(&users["rep"]), "{name}");
        assert_eq!(has_app(&users["boss"]), gives, "{name}: only what the condition gives");
    }
    assert!((1..NAMES.len()).contains(&giving), "some conditions give an app, and others do not");
}

#[test]
fn the_list_describes_every_condition_and_fits_a_narrow_terminal() {
    let all = Conditions::select(&Sources::default(), &[], None, &OwnOrg::default(), date(2026, 11, 22)).unwrap();
    let listed = |width: usize| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let terminal =
            TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width };
        list::write(&all, date(2026, 11, 22), false, &mut Console::new(&mut out, &mut err, terminal)).unwrap();
        String::from_utf8(out).unwrap()
    };
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");

    let (wide, narrow) = (listed(100), listed(50));

    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
    for selected in &all.all {
        for shown in [&wide, &narrow] {
            assert!(words(shown).contains(&selected.case.title), "{}: {shown}", selected.case.title);
        }
    }
    assert!(wide.contains(&format!("\n{:<28}  {:<10}  since ", "two-step-slow", "production")), "{wide}");
    assert!(words(&narrow).contains("a good suite gets home; owner: suite; official"), "{narrow}");
}

#[test]
fn every_expected_condition_is_there_with_a_fact_and_a_remedy() {
    let infos = infos(None, date(2026, 11, 22));

    for name in NAMES {
        assert!(infos.contains_key(name), "no condition {name}");
    }
    assert_eq!(infos.len(), NAMES.len());
    assert!(infos.values().all(|info| !info.fact.is_empty() && info.remedy.ends_with('.')));
}

fn infos(
    people: Option<&std::collections::BTreeMap<String, Spanned<UserSpec>>>,
    day: Date,
) -> std::collections::BTreeMap<String, crate::outcome::ConditionInfo> {
    let all = Conditions::select(&Sources::default(), &[], people, &OwnOrg::default(), day).unwrap();
    all.infos(&[]).into_values().map(|info| (info.name.clone(), info)).collect()
}

/// A condition of the user's own in a world where enforcement comes later.
const LATE: &str = "\
title: Enforcement that comes late
condition:
  name: late
  good: home
  owner: suite
  applies: { enforcement: anyone }
  confidence: official
  fact: a text
  remedy: Register a method.
org: { kind: sandbox, date: 2027-02-01 }
rulebook:
  name: salesforce-2026-07-02
  settings: { calendar.employee.sandbox.start: 2027-01-04, calendar.employee.sandbox.stagger-days: 1 }
users: { rep: { verifiers: [totp] } }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
";

const NAMES: [&str; 34] = [
    "classic",
    "classic-passkey-gate",
    "classic-passkey-verification",
    "classic-totp-required",
    "device-activation",
    "expired-password",
    "late-re-render",
    "lockout",
    "login-hint",
    "oauth-allow",
    "parallel-workers",
    "passkey-gate-hard",
    "passkey-gate-leavable",
    "passkey-lost-refreshed",
    "passkey-lost-renamed",
    "passkey-verification",
    "phone-registration",
    "pkce-missing",
    "remembered-username",
    "report-step-up",
    "session-level-too-low",
    "sid-cookie",
    "soap-login-retired",
    "sso-phishing-resistant",
    "sso-standard",
    "sso-unlisted",
    "sso-weak",
    "temporary-code",
    "token-redacted",
    "totp-required",
    "totp-shared",
    "two-step",
    "two-step-slow",
    "username-password-retired",
];
