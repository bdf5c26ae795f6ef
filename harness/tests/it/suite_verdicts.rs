//! The verdict of the runner on the user's own suites, from their exit codes and the realm.
//!
//! The suites are one-liners of the shell. `curl` signs in by the front door, like a suite that has an API session.

use std::num::NonZeroUsize;
use std::time::Duration;

use vestibule::outcome::{ArtefactKind, CaseResult, Copies, Exit, RunOutcome, Survival, Verdict};
use vestibule::{RunOptions, Scenarios, SuiteOptions};

/// Signs in and follows to Lightning home.
const HOME: &str = r#"curl -sS -L -b '' -o /dev/null "$VESTIBULE_FRONTDOOR_URL""#;
/// Fails as a login helper does that waits in vain.
const WAITED: &str = "echo TimeoutError: waiting for selector .x; exit 1";
/// A test of a refused login.
const REFUSED: &str = r#"curl -sS -o /dev/null --data 'un=nobody&pw=wrong' "$VESTIBULE_ORG_URL/""#;
/// Waits for ever for the password on page 1, as a suite does that polls for an element.
const LOOKS_IN_VAIN: &str = r##"
ask() { curl -sS -H 'Content-Type: application/json' -d "$2" "$VESTIBULE_WEBDRIVER_URL/session$1"; }
id=$(ask '' '{"capabilities":{}}' | sed 's/.*"sessionId":"\([^"]*\)".*/\1/')
ask "/$id/url" "{\"url\":\"$VESTIBULE_LOGIN_URL\"}"
while :; do ask "/$id/element" '{"using":"css selector","value":"#password"}'; sleep 0.5; done
"##;
/// Looks at the login page and goes no further.
const LOOK: &str = r#"curl -sS -o /dev/null "$VESTIBULE_LOGIN_URL""#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_code_and_realm_together_give_the_verdict_on_a_suite() {
    let to = |path: &str| {
        format!(r#"curl -sS -L -b '' -o /dev/null "${{VESTIBULE_FRONTDOOR_URL%%&retURL=*}}&retURL={path}""#)
    };
    let list = to("/lightning/o/Account/list");
    let deep = r#"curl -sS -L -b '' -o /dev/null "$VESTIBULE_LIGHTNING_URL/lightning/o/Account/list""#;
    let rows = [
        ("home, and says so", HOME.to_owned(), Survival::Survived, Exit::Code(0)),
        ("home at a page of its own", to("/lightning/o/Account/list"), Survival::Survived, Exit::Code(0)),
        ("home at a Visualforce page", to("/apex/MyPage"), Survival::Survived, Exit::Code(0)),
        ("home by the session page", to("/visualforce/session"), Survival::Survived, Exit::Code(0)),
        ("home where no page is", to("/nothing/here"), Survival::Survived, Exit::Code(0)),
        ("a deep link without a login", deep.to_owned(), Survival::FalseGreen, Exit::Code(0)),
        ("home, and fails later", format!("{HOME}; exit 3"), Survival::FailedLater, Exit::Code(3)),
        ("stops, and says so", format!("{LOOK}; exit 1"), Survival::Stopped, Exit::Code(1)),
        ("stops, and says success", format!("{LOOK}; exit 0"), Survival::FalseGreen, Exit::Code(0)),
        ("never comes, and says success", "exit 0".to_owned(), Survival::FalseGreen, Exit::Code(0)),
        ("waits for long, and fails at home", format!("{HOME}; sleep 3; {WAITED}"), Survival::Stopped, Exit::Code(1)),
        (
            "home, and a check fails",
            format!("{HOME}; echo AssertionError; {WAITED}"),
            Survival::FailedLater,
            Exit::Code(1),
        ),
        ("home, and hangs", format!("{HOME}; sleep 60"), Survival::Survived, Exit::EndedAfterVerdict),
        (
            "home, goes on, and hangs",
            format!("{HOME}; {list}; sleep 8; exit 3"),
            Survival::Survived,
            Exit::EndedAfterVerdict,
        ),
        ("waits for long, and goes on", format!("{LOOK}; sleep 9; {HOME}"), Survival::Survived, Exit::Code(0)),
        ("waits for long, and says success", format!("{LOOK}; sleep 9"), Survival::FalseGreen, Exit::Code(0)),
        ("only what must be refused", REFUSED.to_owned(), Survival::Stopped, Exit::Code(0)),
        ("what must be refused, and a look", format!("{LOOK}; {REFUSED}"), Survival::Stopped, Exit::Code(0)),
        ("what must be refused, and home", format!("{REFUSED}; {HOME}"), Survival::Survived, Exit::Code(0)),
        ("home, and what must be refused", format!("{HOME}; {REFUSED}"), Survival::Survived, Exit::Code(0)),
        (
            "fails later between what must be refused",
            format!("{REFUSED}; {HOME}; {REFUSED}; exit 3"),
            Survival::FailedLater,
            Exit::Code(3),
        ),
        (
            "stops between what must be refused",
            format!("{REFUSED}; {LOOK}; {REFUSED}; exit 1"),
            Survival::Stopped,
            Exit::Code(1),
        ),
        ("ends by a signal", format!("{LOOK}; kill -KILL $$"), Survival::Stopped, Exit::Signal(9)),
    ];
    let suites: Vec<&str> = rows.iter().map(|(_, suite, ..)| suite.as_str()).collect();

    let results = run(&suites, &RunOptions { workers: NonZeroUsize::new(4), ..options() }).await;

    for ((name, _, survival, exit), result) in rows.iter().zip(&results) {
        let suite = result.suite.as_ref().unwrap_or_else(|| panic!("{name}: {:?}", result.failures));
        assert_eq!((suite.survival, suite.exit), (*survival, *exit), "{name}: {}", suite.output);
        let passed = *survival == Survival::Survived;
        assert_eq!(result.verdict, if passed { Verdict::Passed } else { Verdict::Failed }, "{name}");
        assert_eq!(result.failures.is_empty(), passed, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suite_that_may_finish_is_judged_at_its_end() {
    let full = RunOptions { suite: SuiteOptions { full: true, ..options().suite }, ..options() };
    let suites = [format!("{HOME}; sleep 3; exit 4"), format!("{HOME}; sleep 60"), format!("{LOOK}; sleep 9")];

    let results = run(&suites.each_ref().map(String::as_str), &full).await;

    let ended = results.iter().filter_map(|result| result.suite.as_ref());
    let ended: Vec<_> = ended.map(|one| (one.survival, one.exit)).collect();
    assert_eq!(
        ended,
        [
            (Survival::FailedLater, Exit::Code(4)),
            (Survival::Survived, Exit::OutOfTime),
            (Survival::FalseGreen, Exit::Code(0)),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_says_nothing_about_the_login_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let once = folder.path().join("once");
    // As another copy that has gone meanwhile.
    let taken_once = format!("test -e {0} || {{ touch {0}; echo EADDRINUSE; exit 1; }}; {HOME}", once.display());

    let results = run(&["echo Address already in use; exit 1", &taken_once], &options()).await;

    let title = |result: &CaseResult| result.failures.first().map(|failure| failure.title.clone()).unwrap_or_default();
    assert_eq!((results[0].verdict, results[1].verdict), (Verdict::Broken, Verdict::Passed), "{results:?}");
    assert!(title(&results[0]).ends_with("another process holds what it wants: Address already in use"));
}

/// A suite that sleeps may still act: only what it is seen to look for in vain counts against it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_vestibule_ended_a_suite_is_no_verdict_and_is_said() {
    let sleeps = ["sleep 300".to_owned(), format!("{LOOK}; sleep 300"), format!("sleep 20; {LOOK}; sleep 300")];
    let suites: Vec<&str> = sleeps.iter().map(String::as_str).chain([LOOKS_IN_VAIN]).collect();
    let long = RunOptions { timeout: Duration::from_secs(24), workers: NonZeroUsize::new(4), ..options() };

    let outcome = run_all(&suites, &long).await;

    let [sleeping @ .., looking] = outcome.cases.as_slice() else { panic!("there are cases") };
    for case in sleeping {
        let result = case.result.as_ref().unwrap();
        let failure = &result.failures[0];
        assert_eq!(result.verdict, Verdict::Broken, "{failure:?}");
        assert!(failure.title.contains("Vestibule ended the command after 24 s (--timeout)"), "{failure:?}");
        assert!(failure.hint.as_ref().is_some_and(|hint| hint.contains("--timeout 48s")), "{failure:?}");
        assert_eq!(case.attempts(), 1, "a second attempt would only take as long again");
    }
    let seen = sleeping[1].result.as_ref().unwrap();
    assert!(!seen.details.requests.is_empty() && !seen.journal.is_empty(), "what was seen is kept: {seen:?}");
    assert!(seen.failures[0].notes.iter().any(|note| note.contains("login-page-not-sent")), "{:?}", seen.failures);
    let looking = looking.result.as_ref().unwrap();
    let suite = looking.suite.as_ref().unwrap_or_else(|| panic!("{:?}", looking.failures));
    assert_eq!((suite.survival, suite.exit), (Survival::Stopped, Exit::OutOfTime), "{}", suite.output);
    let finding = looking.finding.as_ref().unwrap();
    assert_eq!(finding.cause, "password-before-field", "{finding:?}");
    assert!(finding.evidence.iter().any(|line| line.contains("Vestibule ended it after 24 s")), "{finding:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_would_outlive_its_suite_ends_with_the_case() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("child");
    let suite = format!("sleep 300 & echo $! > {}; {HOME}", file.display());

    let results = run(&[&suite], &options()).await;

    assert_eq!(results[0].suite.as_ref().unwrap().survival, Survival::Survived);
    let child: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
    let lives = || nix::sys::signal::kill(nix::unistd::Pid::from_raw(child), None).is_ok();
    // Its new parent may take a moment to reap it.
    for _ in 0..200 {
        if !lives() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the child {child} still runs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_ended_suite_leaves_in_its_temporary_folder_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("left");
    let suite = format!(r#"mktemp -d > {}; {HOME}; sleep 60"#, file.display());

    let results = run(&[&suite], &options()).await;

    assert_eq!(results[0].suite.as_ref().unwrap().exit, Exit::EndedAfterVerdict);
    let left = std::fs::read_to_string(file).unwrap();
    assert!(left.contains("vestibule-") && !std::path::Path::new(left.trim()).exists(), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_that_a_suite_prints_reaches_the_events() {
    let suite = format!(
        r#"{HOME}; echo "<$VESTIBULE_PASSWORD> <$VESTIBULE_TOTP_SECRET> <$VESTIBULE_ACCESS_TOKEN>"; env | base64 -w0"#
    );

    let results = run(&[&suite], &options()).await;

    let written = serde_json::to_string(&results[0]).unwrap();
    assert!(written.contains("<[redacted]> <[redacted]> <[redacted]>"), "{written}");
    assert!(!written.contains("Canary-4711"), "{written}");
    let stem = &base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, "Canary-4711")[..14];
    assert!(!written.contains(stem), "{written}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_private_key_of_a_passkey_is_given_to_the_suite_and_to_nobody_else() {
    let print = r#"echo "<$VESTIBULE_PASSKEY_PRIVATE_KEY> <$VESTIBULE_PASSKEY_PRIVATE_KEY_BASE64> <$STORED> <$VESTIBULE_PASSKEY_RP_ID> <${#VESTIBULE_PASSKEY_CREDENTIAL_ID}>""#;
    let text = format!(
        "title: A stored passkey\norg: {{ kind: production, date: 2026-09-01 }}\nusers:\n  rep: {{ verifiers: [passkey] }}\n\
         steps:\n  - sign-in: {{ user: rep, env: {{ STORED: 'key={{passkey-private-key}}' }}, actor: {{ command: [sh, -c, {print:?}] }} }}\n\
         expect: {{ journal: [] }}\n"
    );
    let scenarios = Scenarios::from_yaml("passkey.yaml", &text).unwrap();

    let outcome = vestibule::run(scenarios).options(options()).await.unwrap();

    let result = outcome.cases.into_iter().next().unwrap().result.unwrap();
    let output = &result.suite.as_ref().unwrap().output;
    let [.., rp_id, id] = output.trim().split("> <").collect::<Vec<_>>()[..] else { panic!("{output}") };
    assert_eq!((rp_id, id), ("acme.my.salesforce.localhost", "43>"), "{output}");
    assert_eq!(output.matches("[redacted]").count(), 3, "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_at_which_a_suite_failed_is_in_its_result() {
    let says = "echo 'tests/clients/selenium_naive.py:12: TimeoutException'";
    let suites = [format!("{LOOK}; {says}; exit 1"), format!("{HOME}; {says}; exit 3"), format!("{says}; {HOME}")];

    let results = run(&suites.each_ref().map(String::as_str), &options()).await;

    let found = results.iter().map(|result| {
        let suite = result.suite.as_ref().unwrap_or_else(|| panic!("{:?}", result.failures));
        suite.failed_at.as_ref().map(ToString::to_string)
    });
    let line = Some("tests/clients/selenium_naive.py:12".to_owned());
    assert_eq!(found.collect::<Vec<_>>(), [line.clone(), line, None], "who survives did not fail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_tools_of_a_suite_wrote_is_kept_with_the_reports() {
    let reports = tempfile::tempdir().unwrap();
    let suite = format!("mkdir -p allure-results && echo new > allure-results/a.json && {HOME}");
    let artefacts = Some(reports.path().to_owned());
    let keeping = RunOptions { suite: SuiteOptions { artefacts, ..options().suite }, ..options() };

    let results = run(&[&suite], &keeping).await;

    std::fs::remove_dir_all("allure-results").unwrap();
    let kept = &results[0].suite.as_ref().unwrap().artefacts;
    assert_eq!(kept.iter().map(|one| one.kind).collect::<Vec<_>>(), [ArtefactKind::AllureResults]);
    let file = reports.path().join(kept[0].path.as_ref().unwrap()).join("a.json");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "new\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suites_run_one_at_a_time_unless_asked_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let busy = folder.path().join("busy");
    let suite = format!("mkdir {0} && sleep 3 && rmdir {0} && {HOME}", busy.display());
    let by_default = RunOptions { workers: None, ..options() };
    let two = RunOptions { workers: NonZeroUsize::new(2), ..options() };

    let alone = run_all(&[&suite, &suite], &by_default).await;
    let together = run_all(&[&suite, &suite], &two).await;

    assert_eq!((survived(&alone), alone.copies), (2, None));
    // Only where each has a folder of its own do they run together.
    let expected = match together.copies.as_ref().unwrap() {
        Copies::Overlay => 1,
        Copies::OneAtATime(_) => 2,
    };
    assert_eq!(survived(&together), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_a_suite_do_not_share_its_folder() {
    let suite = format!("mkdir busy && sleep 2 && rmdir busy && {HOME}");

    let outcome = run_all(&[&suite, &suite, &suite], &options()).await;

    assert_eq!(survived(&outcome), 3, "{:?}: {:?}", outcome.copies, outcome.cases);
    assert!(outcome.copies.is_some(), "it is said how");
}

fn survived(outcome: &RunOutcome) -> usize {
    let results = outcome.cases.iter().filter_map(|case| case.result.as_ref()?.suite.as_ref());
    results.filter(|suite| suite.survival == Survival::Survived).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_user_of_the_steps_must_get_home() {
    let both = r#"curl -sS -L -b '' -o /dev/null "$VESTIBULE_FRONTDOOR_URL_REP"; curl -sS -L -b '' -o /dev/null "$VESTIBULE_FRONTDOOR_URL_BOSS""#;
    let steps = |suite: &str| {
        let step = |user: &str| format!("  - sign-in: {{ user: {user}, actor: {{ command: [sh, -c, {suite:?}] }} }}\n");
        format!("{}{}", step("rep"), step("boss"))
    };

    let one = run_steps(&[steps(HOME), steps(both)], &options()).await;

    let survivals: Vec<_> = one.iter().map(|result| result.suite.as_ref().unwrap().survival).collect();
    assert_eq!(survivals, [Survival::FalseGreen, Survival::Survived]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sso_url_starts_at_the_provider_of_the_step() {
    let steps = |idp: &str, idps: &str| {
        let start = format!(
            r#"curl -sS -L "$VESTIBULE_SSO_URL" | grep -q "//{idp}[.]" && test "$VESTIBULE_SSO_URL" = "$VESTIBULE_LOGIN_URL""#
        );
        format!(
            "  - sign-in: {{ user: rep, via: sso, idp: {idp}, actor: {{ command: [sh, -c, {start:?}] }} }}\nidps: {{ {idps} }}\n"
        )
    };
    let saml = "adfs: {}, entra: {}, okta: {}";

    let results = run_steps(&[steps("adfs", saml), steps("entra", saml), steps("okta", "okta: {}")], &options()).await;

    for result in results {
        let suite = result.suite.unwrap();
        assert_eq!(suite.exit, Exit::Code(0), "{}", suite.output);
    }
}

fn options() -> RunOptions {
    RunOptions {
        timeout: Duration::from_secs(15),
        workers: NonZeroUsize::new(2),
        suite: SuiteOptions { grace: Duration::from_secs(1), ..SuiteOptions::default() },
        ..RunOptions::default()
    }
}

/// Runs each suite, a text for the shell, as a case of its own.
async fn run(suites: &[&str], options: &RunOptions) -> Vec<CaseResult> {
    run_all(suites, options).await.cases.into_iter().map(|case| case.result.unwrap()).collect()
}

async fn run_all(suites: &[&str], options: &RunOptions) -> RunOutcome {
    let step = |suite: &&str| format!("  - sign-in: {{ user: rep, actor: {{ command: [sh, -c, {suite:?}] }} }}\n");
    run_documents(&suites.iter().map(step).collect::<Vec<_>>(), options).await
}

async fn run_steps(steps: &[String], options: &RunOptions) -> Vec<CaseResult> {
    run_documents(steps, options).await.cases.into_iter().map(|case| case.result.unwrap()).collect()
}

async fn run_documents(steps: &[String], options: &RunOptions) -> RunOutcome {
    let document = |(number, steps): (usize, &String)| {
        format!(
            "title: Suite {number}\norg: {{ kind: production, date: 2026-05-01, login-page: two-step }}\nusers:\n  \
             rep: {{ password: Canary-4711, verifiers: [totp] }}\n  boss: {{}}\n\
             steps:\n{steps}expect: {{ journal: [] }}\n"
        )
    };
    let text = steps.iter().enumerate().map(document).collect::<Vec<_>>().join("---\n");
    let scenarios = Scenarios::from_yaml("suites.yaml", &text).unwrap();
    vestibule::run(scenarios).options(options.clone()).await.unwrap()
}
