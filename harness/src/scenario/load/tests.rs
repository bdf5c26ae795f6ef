use super::*;
use crate::scenario::model::{Actor, Expectation, Step};
use crate::scenario::{Selection, twin};

const GOOD: &str = "\
title: An admin without a passkey is stopped at the gate
tags: [gate]
org: { kind: sandbox, date: 2026-08-03 }
users:
  admin: { profile: System Administrator, verifiers: [] }
steps:
  - sign-in: { user: admin, actor: two-step, authenticator: none }
expect:
  page: create-passkey
  signed-in: false
must-fail:
  change: { users.admin.verifiers: [passkey] }
  because: page
";

fn vocabulary() -> Vocabulary {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Vocabulary {
        presets: names(&["okta", "entra"]),
        rulebooks: names(&["salesforce-2026-05-05"]),
        rules: names(&["org-mfa"]),
        causes: names(&["gate-not-handled", "none"]),
        events: crate::journal_vocabulary::journal_vocabulary(),
    }
}

fn load_text(text: &str) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let file = SourceFile { name: "suites/a/b.yaml".into(), id: "a/b.yaml".into(), bytes: text.as_bytes().to_vec() };
    load(vec![file], &vocabulary())
}

fn codes(text: &str) -> Vec<(String, u32, u32)> {
    let found = load_text(text).unwrap_err().into_iter();
    found.map(|d| (d.code, d.place.as_ref().unwrap().line, d.place.as_ref().unwrap().column)).collect()
}

#[test]
fn a_good_scenario_becomes_one_case_with_a_twin() {
    let cases = load_text(GOOD).unwrap();

    let [case] = &cases[..] else { panic!("{cases:?}") };
    assert_eq!((case.id.as_str(), case.line), ("a/b.yaml:1", 1));
    assert_eq!((case.file.as_str(), case.tags.as_slice()), ("suites/a/b.yaml", &["gate".to_owned()][..]));
    assert!(case.scenario.users["admin"].verifiers.is_empty());
    let twin = twin(case).unwrap();
    assert_eq!(twin.scenario.users["admin"].verifiers.len(), 1);
    assert_eq!(twin.must_fail_because, Some(Expectation::Page));
    assert_eq!(twin.id, "a/b.yaml:1!");
}

#[test]
fn an_expectation_points_into_its_file_in_a_later_document_too() {
    let text = format!("{}---\n{}", GOOD, GOOD.replace("An admin", "Another admin"));

    let cases = load_text(&text).unwrap();

    let page = cases[1].scenario.expect.page.as_ref().unwrap();
    let place = cases[1].place(page.span, "expected");
    assert_eq!((cases[1].id.as_str(), place.line, place.column, place.width), ("a/b.yaml:15", 23, 9, 14));
}

#[test]
fn a_matrix_crosses_its_axes_in_the_order_of_the_file() {
    let matrix = "matrix:\n  users.admin.verifiers: [[], [totp]]\n  org.date: [2026-08-03, 2026-08-04]\n";

    let cases = load_text(&format!("{GOOD}{matrix}")).unwrap();

    let titles: Vec<_> = cases.iter().map(|case| case.title.split_once(" [").unwrap().1).collect();
    assert_eq!(
        titles,
        [
            "verifiers: none, date: 2026-08-03]",
            "verifiers: none, date: 2026-08-04]",
            "verifiers: totp, date: 2026-08-03]",
            "verifiers: totp, date: 2026-08-04]",
        ]
    );
    assert_eq!(cases[3].id, "a/b.yaml:1[4]");
    assert_eq!(cases[3].scenario.org.date, jiff::civil::date(2026, 8, 4));
}

#[test]
fn the_titles_of_rows_hold_no_secret_wherever_it_is_written() {
    for (rows, expected) in [
        (
            "matrix: { users.admin.password: [hunter2-canary, hunter3-canary] }",
            ["password: … (row 1)", "password: … (row 2)"],
        ),
        (
            "matrix: { users.admin: [{ password: hunter2-canary, email: a@b.example }, { email: c@d.example }] }",
            ["admin: password=… email=a@b.example", "admin: email=c@d.example"],
        ),
        (
            "cases: [{ users: { admin: { password: hunter2-canary } } }, { users.admin.password: hunter2-canary }]",
            ["users: admin=password=…", "password: …"],
        ),
    ] {
        let cases = load_text(&format!("{}{rows}\n", GOOD.split("must-fail").next().unwrap())).unwrap();

        let points: Vec<_> = cases.iter().map(|case| case.title.split_once(" [").unwrap().1).collect();
        assert_eq!(points, expected.map(|point| format!("{point}]")), "{rows}");
        assert_eq!(cases[0].scenario.users["admin"].password.as_ref().unwrap().reveal(), "hunter2-canary");
    }
}

#[test]
fn a_row_has_its_own_expectations_beside_the_shared_ones() {
    let rows = "cases:\n  - users.admin.verifiers: [passkey]\n    title: with a passkey\n    expect: { page: verify-passkey }\n    must-fail: { change: { users.admin.verifiers: [] }, because: page }\n";

    let cases = load_text(&format!("{GOOD}{rows}")).unwrap();

    let expect = &cases[0].scenario.expect;
    assert_eq!(expect.page.as_ref().unwrap().value.to_string(), "verify-passkey");
    assert!(!expect.signed_in.as_ref().unwrap().value);
    assert!(cases[0].title.ends_with("[with a passkey]"));
}

#[test]
fn a_wrong_value_in_a_row_is_reported_at_the_row() {
    let matrix = "matrix:\n  users.admin.verifiers: [[], [totpp]]\n";

    assert_eq!(codes(&format!("{GOOD}{matrix}")), [("unknown-verification-method".to_owned(), 15, 32)]);
}

#[test]
fn a_dotted_key_that_leads_nowhere_is_reported() {
    let of = |key: &str| codes(&format!("{GOOD}matrix:\n  {key}: [x]\n"));

    for key in ["users.bob.verifiers", "users.bob", "orgg.date", "steps.7.sign-in.user", "org.dat", "org.date.day"] {
        assert_eq!(of(key), [("unknown-key".to_owned(), 15, 3)], "{key}");
    }
}

#[test]
fn dotted_keys_reach_into_steps_and_make_what_may_be_left_out() {
    let text = format!("{GOOD}matrix:\n  steps.0.sign-in.actor: [single-page]\n  clock.skew: [{{ idp: 30 }}]\n");

    let case = load_text(&text).unwrap().remove(0);

    let Step::SignIn(step) = &case.scenario.steps[0].value else { panic!("no sign-in") };
    assert_eq!(step.actor.value, Actor::Ours(vestibule_model::ActorKind::SinglePage));
    assert_eq!(case.scenario.clock.skew.len(), 1);
}

#[test]
fn every_error_of_a_file_is_reported_and_none_twice() {
    let text = GOOD
        .replace("kind: sandbox", "kind: sandbx")
        .replace("verifiers: []", "verifiers: [], colour: red")
        .replace("page: create-passkey", "page: create-pasky");
    let matrix = "matrix:\n  steps.0.sign-in.remember: [true, false]\n";

    let codes = codes(&format!("{text}{matrix}"));

    let lines: Vec<_> = codes.iter().map(|(code, line, _)| (code.as_str(), *line)).collect();
    assert_eq!(lines, [("unknown-org-kind", 3), ("unknown-key", 5), ("unknown-page", 9)]);
}

#[test]
fn every_error_of_one_mapping_is_reported_at_once_and_nothing_that_follows_from_it() {
    let org = |org: &str| GOOD.replace("kind: sandbox, date: 2026-08-03", org);
    let user = |user: &str| GOOD.replace("profile: System Administrator, verifiers: []", user);
    let step = |step: &str| GOOD.replace("user: admin, actor: two-step, authenticator: none", step);
    let expect = |expect: &str| GOOD.replace("page: create-passkey\n  signed-in: false", expect);
    /// Code, line and column.
    type Mistake = (&'static str, u32, u32);
    let rows: [(String, &[Mistake]); 10] = [
        (org("kind: sandbx, dat: 2026-08-03"), &[("unknown-org-kind", 3, 14), ("unknown-key", 3, 22)]),
        (org("kind: sandbx, login-page: clasic"), &[("unknown-org-kind", 3, 14), ("unknown-login-page", 3, 34)]),
        (
            org("kind: sandbox, date: 2026-13-01, methods: [totpp, passky, totp], stagger-day: 30"),
            &[
                ("wrong-value", 3, 29),
                ("unknown-verification-method", 3, 51),
                ("unknown-verification-method", 3, 58),
                ("wrong-value", 3, 86),
            ],
        ),
        (
            user("profile: Sytsem Administrator, verifiers: [passky], waiver: 7"),
            &[("wrong-value", 5, 21), ("unknown-verification-method", 5, 55), ("wrong-type", 5, 72)],
        ),
        (
            step("usr: admin, via: pasword, actor: two-stp"),
            &[("unknown-key", 7, 16), ("unknown-route", 7, 33), ("unknown-actor", 7, 49)],
        ),
        (step("via: pasword"), &[("missing-key", 7, 14), ("unknown-route", 7, 21)]),
        (
            expect("page: hoem\n  signed-in: maybe\n  cookie: { nam: sid }\n  journal: [gate-lefft]"),
            &[("unknown-page", 9, 9), ("wrong-type", 10, 14), ("unknown-key", 11, 13), ("unknown-event", 12, 13)],
        ),
        (
            format!("{GOOD}idps:\n  a: {{ protocol: ldap, method: pusch }}\n  b: {{ protcol: saml }}\n"),
            &[("unknown-protocol", 15, 18), ("unknown-method", 15, 32), ("unknown-key", 16, 8)],
        ),
        (
            format!("{GOOD}rulebook: salesforce-2025\nidp: {{ preset: okat, method: pusch, protocol: ldap }}\n"),
            &[
                ("unknown-rulebook", 14, 11),
                ("unknown-preset", 15, 16),
                ("unknown-method", 15, 30),
                ("unknown-protocol", 15, 47),
            ],
        ),
        (
            format!("{GOOD}matrix:\n  org.date: [2026-13-01]\n  org.kind: [sandbx]\n"),
            &[("wrong-value", 15, 14), ("unknown-org-kind", 16, 14)],
        ),
    ];

    for (text, expected) in rows {
        let found = codes(&text);
        let found: Vec<_> = found.iter().map(|(code, line, column)| (code.as_str(), *line, *column)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_is_expected_of_a_login_needs_one_before_it() {
    let steps = |steps: &str, expect: &str| {
        format!(
            "title: t\norg: {{ kind: sandbox, date: 2026-08-03 }}\nusers: {{ admin: {{}} }}\nsteps: [{steps}]\nexpect: {{ {expect} }}\n"
        )
    };
    let (visit, sign_in) = ("visit: { path: / }", "sign-in: { user: admin }");
    let too_early = |expect: &str| steps(&format!("{visit}, expect: {{ {expect} }}, {sign_in}"), "text: Home");

    for expect in
        ["signed-in: true", "signed-in: false", "cause: none", "strength: weak", "outcome: allow", "rules: [org-mfa]"]
    {
        for wrong in [steps(visit, expect), too_early(expect)] {
            let found: Vec<String> = codes(&wrong).into_iter().map(|(code, ..)| code).collect();
            assert_eq!(found, ["impossible-expectation"], "{wrong}");
        }
        let right = steps(&format!("{visit}, {sign_in}"), expect);
        assert!(load_text(&right).is_ok(), "{right}");
    }
    assert_eq!(codes(&too_early("signals: []"))[0].0, "impossible-expectation");
    assert!(load_text(&steps(visit, "login-history: []")).is_ok(), "a visit leaves no row");
}

#[test]
fn every_snapshot_of_a_folder_has_a_name_of_its_own() {
    let titled = |title: &str| {
        let text = GOOD.replace("An admin without a passkey is stopped at the gate", title);
        text.replace("  signed-in: false\n", "  signed-in: false\n  snapshot: { record: [pages] }\n")
    };
    let twice = titled("Home")
        .replace("authenticator: none }\n", "authenticator: none }\n  - expect: { snapshot: { record: [text] } }\n");
    let found = |text: &str| codes(text).into_iter().map(|(code, line, _)| (code, line)).collect::<Vec<_>>();
    let one = |code: &str, line| vec![(code.to_owned(), line)];

    assert_eq!(
        found(&format!("{}---\n{}", titled("An admin / home"), titled("An admin (home)"))),
        one("duplicate-snapshot", 26)
    );
    assert_eq!(found(&twice), one("duplicate-snapshot", 12));
    assert_eq!(found(&titled("ホーム")), one("snapshot-without-name", 11));
    let rows = "matrix: { users.admin.email: [a+b@c.example, a-b@c.example] }\n";
    assert_eq!(found(&format!("{}{rows}", titled("Home"))), one("duplicate-snapshot", 11));
    assert!(load_text(&format!("{}---\n{}", titled("Home"), titled("Home 2"))).is_ok());
    let elsewhere = |name: &str| SourceFile { name: name.into(), id: name.into(), bytes: titled("Home").into_bytes() };
    assert!(load(vec![elsewhere("a/x.yaml"), elsewhere("b/x.yaml")], &vocabulary()).is_ok());
}

#[test]
fn one_rule_says_which_identity_provider_is_meant() {
    let with = |idps: &str, step: &str| {
        let text = GOOD.replace("actor: two-step, authenticator: none", step);
        format!("{text}idps: {{ {idps} }}\n")
    };
    let idp_of = |text: &str| {
        let scenario = load_text(text).unwrap().remove(0).scenario;
        let Step::SignIn(step) = &scenario.steps[0].value else { panic!("no sign-in") };
        scenario.idp_of(step).map(str::to_owned)
    };

    assert_eq!(idp_of(&with("okta: {}", "via: sso")).as_deref(), Some("okta"));
    assert_eq!(idp_of(&with("entra: {}, okta: {}", "via: sso, idp: okta")).as_deref(), Some("okta"));
    assert_eq!(idp_of(&with("entra: {}, okta: {}", "via: password")), None);
    assert_eq!(idp_of(GOOD), None);
    for idps in ["", "entra: {}, okta: {}"] {
        let visit = with(idps, "via: password").replace("expect:\n", "  - visit: { host: idp, path: / }\nexpect:\n");
        let cookie =
            with(idps, "via: password").replace("  signed-in: false\n", "  cookie: { name: sid, host: idp }\n");
        assert_eq!(codes(&visit)[0].0, "unknown-idp", "{visit}");
        assert_eq!(codes(&cookie)[0].0, "unknown-idp", "{cookie}");
    }
}

#[test]
fn events_that_no_journal_has_are_refused_with_the_nearest_word() {
    let with =
        |journal: &str| GOOD.replace("  signed-in: false\n", &format!("  signed-in: false\n  journal: [{journal}]\n"));

    for (journal, code, hint) in [
        ("session-open", "unknown-event", "session-opened"),
        ("page-served, { gate-lefft: { user: admin } }", "unknown-event", "gate-left"),
        ("{ verifier-enrolled: { metod: totp-app } }", "unknown-event-field", "method"),
        ("{ verifier-enrolled: { method: totp-ap } }", "unknown-event-value", "totp-app"),
        ("{ page-served: { page: hmoe } }", "unknown-event-value", "home"),
    ] {
        let found = load_text(&with(journal)).unwrap_err();
        let found: Vec<_> = found.iter().map(|one| (one.code.as_str(), one.hint.as_deref())).collect();
        assert_eq!(found, [(code, Some(format!("did you mean `{hint}`?").as_str()))], "{journal}");
        let step = GOOD.replace("expect:\n", &format!("  - expect: {{ journal: [{journal}] }}\nexpect:\n"));
        assert_eq!(codes(&step)[0].0, code, "{journal}, at a step");
    }
    let right =
        "session-opened: { user: anyone, gated: true }, { session-cookie-refused: { host: lightning } }, gate-left";
    assert!(load_text(&with(right)).is_ok());
}

#[test]
fn a_twin_must_differ_and_name_an_expectation_that_exists() {
    let same = GOOD.replace("verifiers: [passkey]", "verifiers: []");
    let other = GOOD.replace("because: page", "because: strength");
    let none = GOOD.replace("{ users.admin.verifiers: [passkey] }", "{}");
    let expectation = GOOD.replace("users.admin.verifiers: [passkey]", "expect.page: home");

    assert_eq!(codes(&same)[0].0, "must-fail-without-change");
    assert_eq!(codes(&other)[0].0, "unknown-expectation");
    assert_eq!(codes(&none)[0].0, "must-fail-without-change");
    assert_eq!(codes(&expectation)[0].0, "unknown-key");
}

#[test]
fn cases_are_selected_by_text_and_by_tag() {
    let all =
        || load_text(&format!("{}---\n{}", GOOD, GOOD.replace("An admin", "A rep").replace("gate", "door"))).unwrap();
    let ids = |grep: Option<&str>, tags: &[&str]| {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let selection = Selection { grep: grep.map(str::to_owned), tags };
        selection.apply(all()).into_iter().map(|case| case.line).collect::<Vec<_>>()
    };

    assert_eq!(ids(None, &[]), [1, 15]);
    assert_eq!(ids(Some("a REP"), &[]), [15]);
    assert_eq!(ids(Some("b.yaml:15"), &[]), [15]);
    assert_eq!(ids(None, &["gate"]), [1]);
    assert_eq!(ids(Some("rep"), &["gate"]), [0; 0]);
}

#[test]
fn a_fault_of_the_authenticator_is_for_an_actor_with_our_browser() {
    let with = |settings: &str| GOOD.replace("actor: two-step, authenticator: none", settings);
    let command = with("actor: { command: [pytest] }, authenticator-fault: declined");

    let case = load_text(&with("authenticator-fault: declined")).unwrap().remove(0);
    let found: Vec<String> = codes(&command).into_iter().map(|(code, ..)| code).collect();

    let Step::SignIn(step) = &case.scenario.steps[0].value else { panic!("{:?}", case.scenario.steps) };
    let fault = step.authenticator_fault.as_ref().map(|fault| fault.value);
    assert_eq!(fault, Some(vestibule_model::AuthenticatorFault::Declined));
    assert!(found.contains(&"conflicting-keys".to_owned()), "{found:?}");
}

#[test]
fn a_password_is_not_in_the_debug_form_of_a_case() {
    let text = GOOD.replace("verifiers: []", "password: hunter2-canary");

    let case = load_text(&text).unwrap().remove(0);

    assert!(!format!("{:?}", case.scenario).contains("canary"));
    assert_eq!(case.scenario.users["admin"].password.as_ref().unwrap().reveal(), "hunter2-canary");
}

#[test]
fn exact_signals_are_carried_where_the_scenario_says() {
    use vestibule_model::{Carrier, Signal};
    let idp = |idp: &str| {
        let text = format!("{}idp: {{ {idp} }}\n", GOOD);
        load_text(&text).unwrap().remove(0).scenario.idps["idp"].signals()
    };

    assert_eq!(idp("method: push"), None);
    assert_eq!(idp("amr: []"), Some(vec![]));
    assert_eq!(idp("amr: [swk]"), Some(vec![Signal::new("swk", Carrier::SamlAttribute("amr".into()))]));
    assert_eq!(idp("amr: [swk], protocol: oidc"), Some(vec![Signal::new("swk", Carrier::IdTokenAmr)]));
    assert_eq!(
        idp("amr: [swk], protocol: oidc, carriage: userinfo amr"),
        Some(vec![Signal::new("swk", Carrier::UserInfo)])
    );
    assert_eq!(idp("class-ref: a:X509"), Some(vec![Signal::new("a:X509", Carrier::AuthnContextClassRef)]));
}

#[test]
fn an_identity_provider_may_know_other_parties() {
    let idp = |idp: &str| {
        let text = format!("{}idp: {{ {idp} }}\n", GOOD);
        load_text(&text).unwrap().remove(0).scenario.idps["idp"].value.clone()
    };

    let acs =
        "[{ url: https://a.localhost/acs }, { url: https://a.localhost/b, index: 7, binding: paos, default: false }]";
    let saml = idp(&format!("service-providers: {{ 'urn:app': {{ acs: {acs} }} }}, accept-loopback: true"));
    let app = &saml.service_providers["urn:app"];
    let read: Vec<_> = app.acs.iter().map(|acs| (acs.url.as_str(), acs.index, acs.default)).collect();
    assert_eq!(read, [("https://a.localhost/acs", None, None), ("https://a.localhost/b", Some(7), Some(false))]);
    assert!(saml.accept_loopback && !app.authn_requests_signed);
    let clients = "{ spa: { redirect-uris: ['http://localhost:1/cb'] }, web: { client-secret: s, redirect-uris: ['http://localhost:2/cb'] } }";
    let oidc = idp(&format!("protocol: oidc, relying-parties: {clients}"));
    assert_eq!((oidc.relying_parties["spa"].is_public(), oidc.relying_parties["web"].is_public()), (true, false));
}

#[test]
fn an_identity_provider_answers_one_user_and_one_login_in_a_way_of_its_own() {
    use vestibule_model::{Carriage, Carrier, Fault, OnRequestedContext};
    let idp = |idp: &str| {
        let text = format!("{}idp: {{ {idp} }}\n", GOOD);
        load_text(&text).unwrap().remove(0).scenario.idps["idp"].value.clone()
    };

    let spec = idp("amr: [swk], per-user: { admin: { amr: [pwd], carriage: claim methods } }, \
         next: [{ faults: [signals-joined] }, { user: admin, on-requested-context: contradict }]");

    let admin = &spec.per_user["admin"];
    assert_eq!(admin.amr.as_deref(), Some(&["pwd".to_owned()][..]));
    assert_eq!(admin.carriage, Some(Carriage(Carrier::IdTokenClaim("methods".to_owned()))));
    assert_eq!(spec.next[0].faults, [Fault::SignalsJoined]);
    assert_eq!(spec.next[1].on_requested_context, Some(OnRequestedContext::Contradict));
}

#[test]
fn an_answer_that_can_never_be_given_is_a_mistake() {
    for (setting, code, said) in [
        ("per-user: { admni: { amr: [pwd] } }", "unknown-user", "`admni`"),
        ("next: [{ amr: [pwd] }, { user: nobody }]", "unknown-user", "`nobody`"),
        ("per-user: { admin: { user: admin } }", "conflicting-keys", "`user` has a place in `next` only"),
        ("next: [{ acr: x }]", "conflicting-keys", "OpenID Connect"),
        ("protocol: oidc, next: [{ class-ref: x }]", "conflicting-keys", "element of SAML"),
        ("faults: [signals-in-user-info]", "conflicting-keys", "speaks SAML"),
        ("faults: [signals-lost]", "unknown-fault", "`signals-lost`"),
        ("next: [{ amrr: [x] }]", "unknown-key", "`amrr`"),
    ] {
        let found = load_text(&format!("{}idp: {{ {setting} }}\n", GOOD)).unwrap_err();
        assert!(found.len() == 1 && found[0].code == code, "{setting}: {found:?}");
        assert!(found[0].title.contains(said), "{setting}: {found:?}");
        assert!(found[0].place.is_some(), "{setting}");
    }
}

#[test]
fn a_party_that_could_never_be_answered_is_a_mistake() {
    for (setting, code, said) in [
        (
            "protocol: oidc, service-providers: { a: { acs: [{ url: https://a.localhost/ }] } }",
            "conflicting-keys",
            "SAML",
        ),
        ("relying-parties: { a: { redirect-uris: ['https://a.localhost/'] } }", "conflicting-keys", "OpenID Connect"),
        ("service-providers: { a: {} }", "wrong-value", "`a` has no address"),
        ("protocol: oidc, relying-parties: { a: {} }", "wrong-value", "`a` has no address"),
        (
            "service-providers: { a: { acs: [{ url: https://a.localhost/ }], certificates: [x] } }",
            "wrong-value",
            "X.509",
        ),
        ("service-providers: { a: { acs: [{ url: 'javascript:x' }] } }", "", "is not an endpoint"),
    ] {
        let found = load_text(&format!("{}idp: {{ {setting} }}\n", GOOD)).unwrap_err();
        assert!(code.is_empty() || (found.len() == 1 && found[0].code == code), "{setting}: {found:?}");
        assert!(found[0].title.contains(said), "{setting}: {found:?}");
        assert!(found[0].place.is_some(), "{setting}");
    }
}

#[test]
fn an_unknown_word_is_reported_with_the_name_of_its_list() {
    let condition = |key: &str| {
        let good = "name: c, good: home, owner: suite, applies: always, confidence: seen, fact: f, remedy: r";
        let bad =
            good.split(", ").map(|pair| if pair.starts_with(key) { format!("{key}: zzz") } else { pair.to_owned() });
        format!("{GOOD}condition: {{ {} }}\n", bad.collect::<Vec<_>>().join(", "))
    };
    let step = |setting: &str| GOOD.replace("actor: two-step, authenticator: none", setting);
    let user = |setting: &str| GOOD.replace("verifiers: []", setting);
    let org = |setting: &str| GOOD.replace("date: 2026-08-03", &format!("date: 2026-08-03, {setting}"));
    let expect = |setting: &str| GOOD.replace("signed-in: false", setting);
    let idp = |setting: &str| format!("{GOOD}idp: {{ {setting} }}\n");
    let rows = [
        ("page", expect("page: zzz").replacen("  page: create-passkey\n", "", 1)),
        ("org-kind", GOOD.replace("sandbox", "zzz")),
        ("login-page", org("login-page: zzz")),
        ("gate", org("gate: zzz")),
        ("verification-method", user("verifiers: [zzz]")),
        ("permission", user("permissions: [zzz]")),
        ("user-type", user("user-type: zzz")),
        ("waiver", user("waiver: zzz")),
        ("password-expiry", user("password-expired: zzz")),
        ("loss-of-a-passkey", user("passkey-lost: zzz")),
        ("strength", expect("strength: zzz")),
        ("step", GOOD.replace("- sign-in:", "- zzz:")),
        ("route", step("via: zzz")),
        ("actor", step("actor: zzz")),
        ("authenticator", step("authenticator: zzz")),
        ("fault-of-an-authenticator", step("authenticator-fault: zzz")),
        ("expectation", GOOD.replace("because: page", "because: zzz")),
        ("survival", expect("survival: zzz")),
        ("good-end", condition("good")),
        ("owner", condition("owner")),
        ("confidence", condition("confidence")),
        ("time-of-a-condition", condition("applies")),
        ("session-timeout", org("session-timeout: zzz")),
        ("session-level", user("required-session-level: zzz")),
        ("user-state", user("state: zzz")),
        ("outcome", expect("outcome: zzz")),
        ("recorded-part", expect("snapshot: { record: [zzz] }")),
        ("host", GOOD.replace("expect:\n", "  - visit: { host: zzz, path: / }\nexpect:\n")),
        ("protocol", idp("protocol: zzz")),
        ("method", idp("method: zzz")),
        ("signed-part", idp("sign: zzz")),
        ("key-algorithm", idp("key: zzz")),
        ("key-state", idp("key-state: zzz")),
        ("client-authentication", idp("client-auth: zzz")),
        ("answer-to-a-requested-context", idp("on-requested-context: zzz")),
        ("page-to-sign-in", idp("sign-in: zzz")),
        ("fault", idp("faults: [zzz]")),
        ("binding", idp("service-providers: { sp: { acs: [{ url: https://a.localhost/acs, binding: zzz }] } }")),
    ];

    for (list, text) in rows {
        let found = load_text(&text).unwrap_err();
        assert_eq!(found[0].code, format!("unknown-{list}"), "{text}");
        assert_eq!(found[0].title, format!("`zzz` is not a valid {}", list.replace('-', " ")));
    }
}

const WITH_PRODUCT: &str = "\
title: A program signs in with an app password
org: { kind: production, date: 2026-09-01 }
products:
  crm: { kind: crm, users: { service: { app-passwords: [sync] } } }
steps:
  - product: { user: service, act: { call: { application: sync } } }
expect:
  page: product-home
";

#[test]
fn what_a_product_does_not_have_is_refused() {
    load_text(WITH_PRODUCT).unwrap();

    for (from, to, expected) in [
        ("user: service,", "user: sevice,", "unknown-user"),
        ("user: service, ", "", "missing-key"),
        ("user: service,", "product: crn, user: service,", "unknown-product"),
        ("kind: crm", "kind: cmr", "unknown-kind-of-product"),
        ("kind: crm", "kind: vendor-management", "conflicting-keys"),
        ("kind: crm", "kind: integration", "conflicting-keys"),
        ("call:", "cal:", "unknown-act-at-a-product"),
        ("products:", "idps: { crm: { protocol: saml } }\nproducts:", "duplicate-key"),
        ("products:\n  crm: { kind: crm, users: { service: { app-passwords: [sync] } } }\n", "", "unknown-product"),
        (
            "products:\n  crm: { kind: crm, users: { service: { app-passwords: [sync] } } }\n",
            "",
            "impossible-expectation",
        ),
    ] {
        let text = WITH_PRODUCT.replace(from, to);
        assert_ne!(text, WITH_PRODUCT, "{from}");
        let found: Vec<String> = codes(&text).into_iter().map(|(code, _, _)| code).collect();
        assert!(found.iter().any(|code| code == expected), "{from} -> {to}: {found:?}");
    }
}

#[test]
fn a_login_from_an_integration_needs_one() {
    let text = "title: x\norg: { kind: production, date: 2026-09-01 }\nusers: { rep: {} }\n\
                steps: [{ sign-in: { user: rep, via: product } }]\nexpect: { signed-in: true }\n";
    assert_eq!(codes(text)[0].0, "unknown-product");

    let with_one = text.replace("users:", "products: { erp: { kind: integration } }\nusers:");
    load_text(&with_one).unwrap();
}
