use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;

/// The exit code of the command, or of its error, and what it wrote to stdout.
fn run(file: &str, words: &[&str]) -> (u8, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.yaml");
    fs::write(&path, file).unwrap();
    let words: Vec<&str> = path.to_str().into_iter().chain(words.iter().copied()).collect();
    let args: AuditArgs = parse(&words).unwrap();
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, terminal);
    let code = audit(&args, jiff::civil::date(2026, 11, 30), &mut console).unwrap_or_else(|error| error.code());
    (code.into(), String::from_utf8(out).unwrap())
}

#[test]
fn a_good_account_passes_and_what_the_file_does_not_say_is_listed() {
    let (code, said) = run(GOOD, &[]);
    assert_eq!((code, said.as_str()), (0, "sync: nothing is wrong\n"));

    let (code, said) = run(&GOOD.replace("password: vG7kQ2xZ9mT4bN8wR5yJ1cH6pL3sD0fA, ", ""), &[]);
    assert_eq!(code, 0);
    assert!(said.contains("? password-unknown"), "{said}");
}

#[test]
fn a_weak_link_fails_with_everything_that_is_wrong_and_shows_no_password() {
    let weak = "sync: { user-type: api-only, password: Short-canary-1, verifiers: [totp] }\n";

    let (code, said) = run(weak, &[]);

    assert_eq!(code, 1);
    for finding in ["password-too-short", "lacks-modify-all", "ui-mfa-off", "person-signs-in"] {
        assert!(said.contains(&format!("! {finding}")), "{finding}: {said}");
    }
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn json_names_each_finding() {
    let (code, said) = run("sync: { user-type: integration, password: Short-canary-1 }\n", &["--json"]);

    assert_eq!(code, 1);
    let line: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&line["user"], &line["good"]), (&json!("sync"), &json!(false)));
    let names: Vec<&str> =
        line["findings"].as_array().unwrap().iter().map(|one| one["finding"].as_str().unwrap()).collect();
    assert_eq!(names, ["not-api-only", "password-too-short", "lacks-modify-all", "ui-mfa-off"]);
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn an_account_is_found_by_its_type_or_named() {
    let person = "ann: { profile: Standard User }\n";

    assert_eq!(run(person, &[]).0, 4);
    assert_eq!(run(person, &["--user", "ann"]).0, 1);
    assert_eq!(run(person, &["--user", "bob"]).0, 2);
    assert_eq!(run("ann: { profil: x }\n", &[]).0, 2);
    let both = format!("{GOOD}ann: {{}}\n");
    assert_eq!(run(&both, &[]), (0, "sync: nothing is wrong\n".to_owned()));
}

const GOOD: &str = "sync: { user-type: api-only, password: vG7kQ2xZ9mT4bN8wR5yJ1cH6pL3sD0fA, permissions: [modify-all-data], mfa-for-ui-logins: true }\n";

/// The exit code and what was written to stdout and stderr.
fn audited(words: &[&str]) -> (u8, String, String) {
    let args: AuditArgs = parse(words).unwrap();
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console::new(&mut out, &mut err, terminal);
    let code = match audit(&args, jiff::civil::date(2026, 11, 30), &mut console) {
        Ok(code) => code,
        Err(error) => {
            error.write(&mut console).unwrap();
            error.code()
        }
    };
    (code.into(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

/// A folder with a file of this name and text, and the path of the file.
fn file(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

const USERS: &str = "Username,Profile,Permissions,Verifiers,Login,App
ann@acme.example,System Administrator,,totp,,
bob@acme.example,Standard User,,totp,,
sync@acme.example,Standard User,,none,soap-login,Loader
";

#[test]
fn a_table_of_users_has_a_forecast_and_the_day_decides_what_fails() {
    let (_folder, path) = file("users.csv", USERS);

    let (code, said, _) = audited(&[&path]);
    assert_eq!(code, 1);
    for part in [
        "ann@acme.example  password-ui  since 2026-06-22, at the latest 2026-06-28",
        "privileged-needs-phishing-resistant: ",
        "sync@acme.example, Loader  soap-login  from 2027-06-01",
        "fix (maintainer of the integration): replace SOAP login()",
        "2 of 3 logins stop",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("bob@acme.example  "), "who goes on is not listed: {said}");

    for (words, code, headline) in [
        (&["--by", "2026-12-01"][..], 1, "1 of 3 logins stops by 2026-12-01, 1 later"),
        (&["--user", "bob@acme.example"], 0, "none of 1 login is known to stop"),
        (
            &["--user", "sync@acme.example", "--by", "2027-05-31"],
            0,
            "none of 1 login is known to stop by 2027-05-31, 1 later",
        ),
        (&["--user", "sync@acme.example", "--by", "2027-06-01"], 1, "1 of 1 login stops by 2027-06-01"),
        (&["--org-kind", "developer-edition", "--user", "ann@acme.example"], 0, "none of 1 login is known to stop"),
        (
            &["--date", "2026-06-01", "--by", "2026-06-21"],
            0,
            "none of 3 logins is known to stop by 2026-06-21, 2 later",
        ),
    ] {
        let words: Vec<&str> = [path.as_str()].into_iter().chain(words.iter().copied()).collect();
        let (found, said, err) = audited(&words);
        assert_eq!(found, code, "{words:?}: {err}");
        assert!(said.trim_end().ends_with(headline), "{words:?}: {said}");
    }
}

#[test]
fn reports_json_changes_and_the_plan_are_written() {
    let (folder, path) = file("users.csv", USERS);
    let reports = folder.path().join("reports");
    let plan = folder.path().join("plan");
    let at = |folder: &std::path::Path, name: &str| folder.join(name).to_str().unwrap().to_owned();

    let (code, json_text, _) = audited(&[
        &path,
        "--report-dir",
        reports.to_str().unwrap(),
        "--fix",
        "plan",
        "--output",
        plan.to_str().unwrap(),
        "--json",
    ]);

    assert_eq!(code, 1);
    let printed: Value = serde_json::from_str(&json_text).unwrap();
    let written: Value = serde_json::from_str(&fs::read_to_string(at(&reports, "audit.json")).unwrap()).unwrap();
    assert_eq!(printed, written);
    assert_eq!((&printed["schema"], &printed["org"]["kind"]), (&json!(1), &json!("sandbox")));
    let ann = printed["rows"].as_array().unwrap().iter().find(|row| row["user"] == "ann@acme.example").unwrap();
    assert_eq!(
        (&ann["forecast"], &ann["from"], &ann["confidence"]),
        (&json!("stops"), &json!("2026-06-22"), &json!("OFF"))
    );
    let junit = fs::read_to_string(at(&reports, "junit.xml")).unwrap();
    assert_eq!(junit.matches("<failure").count(), 2, "{junit}");
    let csv = fs::read_to_string(at(&reports, "audit.csv")).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(fs::read_to_string(at(&reports, "audit.html")).unwrap().contains("ann@acme.example"));
    assert!(fs::read_to_string(at(&plan, "PLAN.md")).unwrap().contains("Nothing was changed"));

    fs::write(&path, USERS.replace("System Administrator,,totp", "System Administrator,,passkey")).unwrap();
    let (_, said, _) = audited(&[&path, "--since", &at(&reports, "audit.json")]);
    let change =
        "ann@acme.example  password-ui: stops from 2026-06-22 (privileged-needs-phishing-resistant) -> goes on";
    assert!(said.contains(change), "{said}");
    assert!(!said.contains("sync@acme.example, Loader  soap-login: "), "{said}");
}

#[test]
fn a_waiver_that_support_has_approved_is_taken_at_its_word() {
    let (_folder, path) =
        file("users.csv", "Username,Profile,Permissions,Verifiers,Waiver\ne2e@acme.example,Standard User,,none,yes\n");

    assert!(audited(&[&path]).1.contains("waiver-inert"));
    assert_eq!(audited(&[&path, "--waiver-approved", "e2e@acme.example"]).0, 0);
    let (code, _, err) = audited(&[&path, "--waiver-approved", "e2@acme.example"]);
    assert!(code == 2 && err.contains("did you mean `e2e@acme.example`?"), "{err}");
}

#[test]
fn what_cannot_be_audited_is_named_with_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let redacted = write(
        "display.json",
        r#"{"result":{"instanceUrl":"https://acme--uat.sandbox.my.salesforce.com","accessToken":"[REDACTED] Use 'sf org auth show-access-token' to view"}}"#,
    );
    let failed =
        write("failed.json", r#"{"status":1,"name":"NoOrg","message":"No authorization information found for uat."}"#);
    let token = write("token.txt", "00Dcanary!AQ\n");
    let hidden = write("hidden.txt", "[REDACTED] Use 'sf org auth show-access-token' to view\n");
    let lines = write("lines.txt", "00Dcanary!AQ\nsecond line\n");
    let empty = write("empty.txt", "\n");
    let other = write("other.json", "{\"a\": 1}");
    let hardis = write("hardis.json", r#"{"result":{"metrics":{"OrgMfaOptedIn":1}}}"#);
    let odd = write("odd.csv", "Name,Email\nAnn,a@acme.example\n");
    let users = write("users.yaml", "sync: { user-type: api-only }\n");
    let cut = write("cut.json", "{\"result\": {");
    let none = write("none.csv", "");
    let sandbox = "https://acme--uat.sandbox.my.salesforce.com";
    for (words, code, said) in [
        (vec![redacted.as_str()], 2, "run `sf org auth show-access-token --target-org uat > token.txt`"),
        (vec!["--sf-json", &redacted], 2, "hides the token since version 2.136.8"),
        (vec![failed.as_str()], 2, "`sf` says: No authorization information found for uat."),
        (vec![sandbox], 2, "there is no token for https://acme--uat.sandbox.my.salesforce.com"),
        (vec![sandbox, "--token-file", &hidden], 2, "`sf` printed [REDACTED] instead of the token"),
        (vec![sandbox, "--token-file", &lines], 2, "this is not a token"),
        (vec![sandbox, "--token-file", &empty], 2, "is empty"),
        (vec![sandbox, "--token-file", "/no/such/file"], 2, "failed to read /no/such/file"),
        (vec!["https://acme.my.salesforce.com", "--token-file", &token], 2, "add --production"),
        (
            vec!["http://acme--uat.sandbox.my.salesforce.com", "--token-file", &token],
            2,
            "plain HTTP would show the token",
        ),
        (vec!["test.salesforce.com", "--token-file", &token], 2, "is the login page of every org"),
        (vec!["uat"], 2, "if it is an alias of `sf`: sf org auth show-access-token --target-org uat"),
        (vec!["missing.csv"], 2, "there is no file missing.csv"),
        (vec![folder.path().to_str().unwrap()], 2, "is a folder"),
        (vec![other.as_str()], 2, "is neither of `sf org display` nor of an sfdx-hardis report"),
        (vec![cut.as_str()], 2, "as JSON: EOF while parsing"),
        (vec![odd.as_str()], 2, "its columns are Name, Email"),
        (vec![users.as_str(), "--by", "2027-01-01"], 2, "a users file gives none"),
        (vec![odd.as_str(), "--since", &other], 2, "failed to read the earlier audit"),
        (vec![hardis.as_str()], 4, "has no user that can log in"),
        (vec![none.as_str()], 4, "is empty"),
    ] {
        let (found, out, err) = audited(&words);
        assert_eq!(found, code, "{words:?}: {err}");
        assert!(err.contains(said), "{words:?}: {err}");
        assert!(!format!("{out}{err}").contains("canary"), "{words:?}: {err}");
    }
}

#[test]
fn an_org_that_cannot_be_read_ends_with_its_own_exit_code() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = wiremock::MockServer::start().await;
        let body = json!([{ "errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid" }]);
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(wiremock::ResponseTemplate::new(401).set_body_json(body))
            .mount(&server)
            .await;
        server
    });
    let (_folder, token) = file("token.txt", "00Dcanary!AQ");

    let (code, out, err) = audited(&[&server.uri(), "--token-file", &token]);

    assert_eq!((code, out.as_str()), (3, ""), "{err}");
    assert!(err.contains("401 INVALID_SESSION_ID: the token has expired"), "{err}");
    assert!(err.contains("sf org auth show-access-token"), "{err}");
    assert!(!err.contains("canary"), "{err}");
}
