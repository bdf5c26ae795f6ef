//! Every page in a real browser: axe-core in light and dark, and a narrow screen. `make pages` has them pictured, too.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::attack::make_report;
use crate::audit;
use crate::clients::installed;
use crate::program::vestibule;
use crate::serve::Served;

#[test]
fn every_page_meets_wcag_a_and_aa_in_light_and_dark_and_fits_a_narrow_screen() {
    let folder = tempfile::tempdir().unwrap();
    make_reports(folder.path());
    let products = folder.path().join("products.yaml");
    fs::write(&products, PRODUCTS).unwrap();
    let at_products = [products.to_str().unwrap()];
    let mut wrong = Vec::new();
    let mut pictured = Vec::new();
    let served =
        [(&ENFORCED[..], &BEHIND_TWO_STEPS[..]), (&BEFORE_MFA, &BEHIND_ONE_PAGE), (&at_products, &AT_PRODUCTS)];
    for (options, pages) in served {
        let seen = visited(options, pages, folder.path());

        let found = seen.iter().map(|line| (text(line, "name"), text(line, "page")));
        let expected = pages.iter().map(|(name, page)| ((*name).to_owned(), (*page).to_owned()));
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        pictured.extend(pages.iter().map(|(name, _)| *name));
        for line in &seen {
            let clean = line["light"] == json!([]) && line["dark"] == json!([]);
            if !clean || line["narrow"] != NARROW {
                wrong.push(line.to_string());
            }
            if line["name"] == "create-passkey-failed" {
                assert_eq!(line["seen"], ceremony(), "{line}");
            }
            if line["name"] == "report-trace" {
                assert_eq!(line["seen"], timeline(), "{line}");
            }
        }
    }

    if let Some(folder) = pictures() {
        fs::write(folder.join("index.html"), contact_sheet(&pictured)).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where pictures of the pages go, if somebody wants to look at them.
fn pictures() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("VESTIBULE_TEST_PICTURES")?);
    fs::create_dir_all(&folder).unwrap();
    Some(folder)
}

/// The pictures of all pages beside one another: light, dark, narrow.
fn contact_sheet(pages: &[&str]) -> String {
    let row = |page: &&str| {
        let picture = |how: &str| {
            let file = format!("{page}-{how}.png");
            format!("<td><a href=\"{file}\"><img loading=\"lazy\" src=\"{file}\" alt=\"{page}, {how}\"></a></td>")
        };
        format!("<tr><th scope=\"row\">{page}</th>{}</tr>\n", HOW.map(picture).concat())
    };
    let head = HOW.map(|how| format!("<th scope=\"col\">{how}</th>")).concat();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{} pages of Vestibule</title>\n\
         <style>body {{ font: 14px sans-serif }} td {{ vertical-align: top; border: 1px solid #888 }} \
         img {{ max-width: 30vw; max-height: 70vh }} th {{ padding: .5em; text-align: left }}</style>\n\
         <table>\n<thead><tr><th scope=\"col\">page</th>{head}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n</html>\n",
        pages.len(),
        pages.iter().map(row).collect::<String>()
    )
}

#[test]
fn a_contact_sheet_has_each_page_in_light_in_dark_and_narrow() {
    let sheet = contact_sheet(&["login", "home"]);

    for picture in ["login-light", "login-dark", "login-narrow", "home-light", "home-dark", "home-narrow"] {
        assert!(sheet.contains(&format!("src=\"{picture}.png\"")), "{picture}: {sheet}");
    }
}

/// What the gate shows and announces while its ceremony runs, and after it has failed.
fn ceremony() -> Value {
    json!({
        "running": { "disabled": true, "status": "Waiting for your passkey…", "error": null },
        "failed": {
            "disabled": false,
            "status": "",
            "error": "The passkey could not be used: NotAllowedError",
            "focused": true,
        },
    })
}

/// What the keyboard does with the timeline of a case.
fn timeline() -> Value {
    json!({
        "opens at the end": true,
        "home": true,
        "down": true,
        "end": true,
        "the time is scrubbed to the start": true,
        "a search shows what it finds": true,
        "what is chosen is shown": true,
        "escape clears the search": true,
        "a kind is left out": true,
        "sides": ["before", "after"],
    })
}

/// A report with a film, and one of conditions with what to do.
fn make_reports(folder: &Path) {
    let scenario = folder.join("believed.yaml");
    fs::write(&scenario, SCENARIO).unwrap();
    let made = |name: &str, arguments: &[&str], command: &[&str]| {
        let output = vestibule(arguments).arg("--report-dir").arg(folder.join(name)).args(command).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    };
    made("report", &["run", scenario.to_str().unwrap()], &[]);
    made("matrix", &["survive", "--condition", "two-step,passkey-gate-hard"], &["--", "true"]);
    make_report(folder);
    audit::make_report(folder);
}

/// What is seen on these pages of an org that is served with these options.
fn visited(options: &[&str], pages: &[(&str, &str)], reports: &Path) -> Vec<Value> {
    let clients = installed();
    let folder = tempfile::tempdir().unwrap();
    let (variables, ready) = (folder.path().join("env"), folder.path().join("ready.json"));
    let served = Served::start(&[options, &["--env-file", variables.to_str().unwrap()][..]].concat());
    fs::write(&ready, served.ready.to_string()).unwrap();
    let url = |name: &str| format!("file://{}", reports.join(name).join("report.html").display());

    let output = Command::new("sh")
        .args(["-c", "set -a; . \"$1\"; set +a; shift; exec \"$@\"", "sh"])
        .arg(&variables)
        .arg(clients.join("bin/node"))
        .arg(clients.join("axe_pages.mjs"))
        .arg(&ready)
        .args(pages.iter().map(|(name, _)| name))
        .env("REPORT", url("report"))
        .env("MATRIX", url("matrix"))
        .env("ATTACK", format!("file://{}", reports.join("attack.html").display()))
        .env("AUDIT", format!("file://{}", reports.join("audit.html").display()))
        .envs(pictures().map(|folder| ("PICTURES", folder)))
        .output()
        .unwrap();

    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{out}{err}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or("-").to_owned()
}

/// How each page is pictured.
const HOW: [&str; 3] = ["light", "dark", "narrow"];
/// CSS pixels of a narrow screen. A page that is wider is cut off there.
const NARROW: u64 = 390;

const ENFORCED: [&str; 14] = [
    "--date=2026-11-02",
    "--login-page=two-step",
    "--user=rep:verifiers=totp",
    "--user=new:verifiers=",
    "--user=several:verifiers=totp+salesforce-authenticator",
    "--user=pia:verifiers=passkey",
    "--user=pushed:verifiers=salesforce-authenticator",
    "--user=noticed:user-type=experience-cloud,maintenance-notice=true",
    "--user=asked:user-type=experience-cloud,app-approval=true",
    "--user=expired:user-type=experience-cloud,password-expired=hard",
    "--user=phoneless:user-type=experience-cloud,phone-registration=true",
    "--user=temp:verifiers=temporary-code",
    "--idp=okta:protocol=saml,preset=okta",
    "--idp=people:protocol=oidc",
];
const BEFORE_MFA: [&str; 8] = [
    "--date=2026-01-05",
    "--login-page=classic",
    "--set=device-activation=true",
    "--set=step-up=true",
    "--user=rep:verifiers=,profile=System Administrator",
    "--user=caller:verifiers=,mobile-phone=+491510001234",
    "--idp=op:protocol=oidc",
    "--client=id=app,redirect=http://127.0.0.1:9/callback,secret=s-1",
];

/// The pages by the names that the script has for them, and the names that they publish.
const BEHIND_TWO_STEPS: [(&str, &str); 35] = [
    ("username", "username"),
    ("shared", "username"),
    ("password", "password"),
    ("site-login", "site-login"),
    ("email-login", "email-login"),
    ("verify-totp", "verify-totp"),
    ("verify-passkey", "verify-passkey"),
    ("verify-push", "verify-push"),
    ("choose-verification-method", "choose-verification-method"),
    ("create-passkey", "create-passkey"),
    ("create-passkey-failed", "create-passkey"),
    ("choose-enrolment", "choose-verification-method"),
    ("connect-authenticator-app", "connect-authenticator-app"),
    ("allow-app", "authorize-app"),
    ("maintenance", "maintenance"),
    ("link-sent", "forgot-password"),
    ("change-password", "change-password"),
    ("register-phone", "register-phone"),
    ("verify-temporary-code", "verify-temporary-code"),
    ("login-refused", "login-refused"),
    ("logged-out", "logged-out"),
    ("not-simulated", "unknown"),
    ("not-found", "unknown"),
    ("idp-sign-in", "idp-sign-in"),
    ("idp-chooser", "idp-sign-in"),
    ("idp-signed-out", "logged-out"),
    ("idp-error", "idp-error"),
    ("start", "-"),
    ("start-opened", "-"),
    ("start-of-condition", "-"),
    ("switch-refused", "-"),
    ("report", "-"),
    ("report-opened", "-"),
    ("report-trace", "-"),
    ("matrix-opened", "-"),
];
const BEHIND_ONE_PAGE: [(&str, &str); 22] = [
    ("login", "login"),
    ("wrong-password", "login"),
    ("forgot-password", "forgot-password"),
    ("new-password", "change-password"),
    ("verify-email", "verify-email"),
    ("verify-sms", "verify-sms"),
    ("inbox", "inbox"),
    ("home", "home"),
    ("login-history", "login-history"),
    ("reset-security-token", "reset-security-token"),
    ("security-token-sent", "reset-security-token"),
    ("saml-validator", "saml-validator"),
    ("user-detail", "user-detail"),
    ("identity-verification", "identity-verification"),
    ("authorize-app", "authorize-app"),
    ("connect-device", "unknown"),
    ("step-up", "verify-email"),
    ("idp-device", "idp-sign-in"),
    ("idp-consent", "idp-sign-in"),
    ("matrix", "-"),
    ("attack", "-"),
    ("audit", "-"),
];

const AT_PRODUCTS: [(&str, &str); 8] = [
    ("product-sign-in", "product-sign-in"),
    ("product-wrong-password", "product-sign-in"),
    ("product-code", "product-code"),
    ("product-pairing", "product-pairing"),
    ("crm-home", "product-home"),
    ("vms-home", "product-home"),
    ("integration-home", "product-home"),
    ("product-error", "product-error"),
];

const PRODUCTS: &str = "title: Products beside the org
org: { kind: production, date: 2026-11-02 }
users: { rep: { verifiers: [totp] } }
products:
  crm: { kind: crm, users: { ann: { app-passwords: [mailer] }, service: { paired: true } } }
  vms: { kind: vendor-management, users: { ann: {}, sue: { user-type: supplier } } }
  erp: { kind: integration }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
";

const SCENARIO: &str = "title: A rep with a TOTP app is home after the password
org: { kind: production, date: 2026-09-01 }
users: { rep: { verifiers: [totp] } }
steps: [{ sign-in: { user: rep, actor: two-step } }]
expect: { page: home }
";
