//! The environment, sessions, the login page, refusals.

use std::time::Duration;

use vestibule_model::{OauthFlow, SessionLevel};
use vestibule_simulator::policy::BlockReason;
use vestibule_simulator::realm::{LockoutCause, UsernameHolds};

use super::*;
use crate::outcome::{Exit, Proxied, ProxyFate};
use crate::trace::{StopReason, WaitEnd, WaitTarget};

pub(super) fn rows() -> Vec<Row> {
    environment().into_iter().chain(session()).chain(login_page()).chain(refused()).collect()
}

#[test]
fn the_fix_for_a_real_host_names_only_what_is_not_on() {
    for real_hosts in [false, true] {
        let refused =
            Proxied { at_ms: 3, host: "globex.my.salesforce.com:443".to_owned(), fate: ProxyFate::RefusedRealHost };
        let mut evidence = Evidence { real_hosts, ..ended(1, "") };
        evidence.details.proxied = vec![refused];

        let remedy = diagnose(&evidence).unwrap().remedy;

        assert_eq!(remedy.contains("--real-hosts"), !real_hosts, "{remedy}");
        assert!(remedy.contains("--my-domain NAME"), "{remedy}");
    }
}

/// The last lines of a suite whose Firefox meets the certificate of the simulated org.
const FIREFOX_REFUSES: &str = "selenium.common.exceptions.InsecureCertificateException: Message: Navigation caused the user \
                               agent to hit a certificate warning, which is usually the result of an expired or invalid TLS \
                               certificate.";

fn environment() -> Vec<Row> {
    let proxied = |fate| {
        let mut evidence = ended(1, "");
        evidence.details.proxied = vec![Proxied { at_ms: 3, host: "login.salesforce.com:443".to_owned(), fate }];
        evidence
    };
    vec![
        Row {
            cause: "real-host",
            proof: proxied(ProxyFate::RefusedRealHost),
            near_miss: proxied(ProxyFate::PassedOn),
            told_as: Some("login-page-never-opened"),
        },
        // A request of something else, while the suite signs in at the simulated org.
        Row {
            cause: "real-host",
            proof: proxied(ProxyFate::RefusedRealHost),
            near_miss: Evidence {
                journal: seen([page(PageName::Username), started(LoginKind::PasswordUi), page(PageName::VerifyTotp)])
                    .journal,
                ..proxied(ProxyFate::RefusedRealHost)
            },
            told_as: Some("totp-missing"),
        },
        Row {
            cause: "real-host",
            proof: ended(1, "Error: getaddrinfo ENOTFOUND test.salesforce.com"),
            near_miss: ended(1, "Error: getaddrinfo ENOTFOUND registry.example.com"),
            told_as: Some("login-page-never-opened"),
        },
        // A client beside a browser that is at the org, under the vendor's own name.
        Row {
            cause: "real-host",
            proof: opened("net::ERR_NAME_NOT_RESOLVED"),
            near_miss: opened("getaddrinfo ENOTFOUND registry.example.com"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "real-host",
            proof: ended(1, "getaddrinfo ENOTFOUND login.salesforce.com"),
            near_miss: under_real_names("getaddrinfo ENOTFOUND login.salesforce.com"),
            told_as: Some("simulated-host-not-found"),
        },
        Row {
            cause: "real-host",
            proof: ended(1, "java.net.UnknownHostException: login.salesforce.com"),
            near_miss: ended(1, "java.net.UnknownHostException: repo.example.com"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "real-host",
            proof: ended(
                1,
                "httpx.ConnectError: login.salesforce.com: [Errno -3] Temporary failure in name resolution",
            ),
            near_miss: ended(1, "httpx.ConnectError: [Errno -3] Temporary failure in name resolution"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "real-host",
            proof: opened("System.Net.Http.HttpRequestException: Name or service not known (login.salesforce.com:443)"),
            near_miss: opened("System.Net.Http.HttpRequestException: Name or service not known (mail.example.com:443)"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "real-host",
            proof: opened("Failed to open TCP connection to test.salesforce.com:443 (getaddrinfo: unknown)"),
            near_miss: opened("Failed to open TCP connection to mail.example.com:443 (getaddrinfo: unknown)"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "simulated-host-not-found",
            proof: ended(1, "dns error: failed to lookup address information (https://acme.my.salesforce.localhost/)"),
            near_miss: ended(1, "dns error: failed to lookup address information (https://mail.example.com/)"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "simulated-host-not-found",
            proof: under_real_names("java.net.UnknownHostException: login.salesforce.com"),
            near_miss: under_real_names("java.net.UnknownHostException: other.my.salesforce.com"),
            told_as: Some("real-host"),
        },
        Row {
            cause: "certificate-refused",
            proof: proxied(ProxyFate::CertificateRefused),
            near_miss: proxied(ProxyFate::Realm),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(1, "\u{1b}[31mrequests.exceptions.SSLError: CERTIFICATE_VERIFY_FAILED\u{1b}[0m"),
            near_miss: Evidence { journal: on(PageName::Username).journal, ..ended(1, "CERTIFICATE_VERIFY_FAILED") },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(1, FIREFOX_REFUSES),
            near_miss: Evidence { journal: on(PageName::Username).journal, ..ended(1, FIREFOX_REFUSES) },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(1, "SSLError: https://acme.my.salesforce.localhost:8443/ CERTIFICATE_VERIFY_FAILED"),
            near_miss: ended(
                1,
                "SSLError: HTTPSConnectionPool(host='mail.example.com', port=443): CERTIFICATE_VERIFY_FAILED",
            ),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(1, "Error: self-signed certificate in certificate chain"),
            near_miss: ended(
                1,
                "npm error code SELF_SIGNED_CERT_IN_CHAIN\n\
                 npm error request to https://registry.npmjs.org/playwright failed, reason: self-signed certificate",
            ),
            told_as: Some("suite-broke-before-login"),
        },
        // Ruby, .NET, curl and Deno.
        Row {
            cause: "certificate-refused",
            proof: ended(
                1,
                "SSL_connect returned=1 errno=0 state=error: certificate verify failed (OpenSSL::SSL::SSLError)",
            ),
            near_miss: ended(
                1,
                "SSL_connect returned=1 errno=0 state=error: wrong version number (OpenSSL::SSL::SSLError)",
            ),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(
                1,
                "The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot",
            ),
            near_miss: ended(1, "The certificate of the signature is in the report"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(1, "cURL error 60: SSL certificate problem: unable to get the issuer"),
            near_miss: ended(1, "cURL error 60: SSL certificate problem (see https://mail.example.com/)"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "certificate-refused",
            proof: ended(
                1,
                "error sending request (https://acme.my.salesforce.localhost:8443/): invalid peer certificate",
            ),
            near_miss: ended(1, "error sending request (https://jsr.example.com/): invalid peer certificate"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "cannot load such file -- capybara (LoadError)"),
            near_miss: ended(0, "cannot load such file -- capybara (LoadError)"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "Could not load file or assembly 'WebDriver, Version=4.1.0.0'"),
            near_miss: ended(1, "Could not load the report"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "java.lang.NoClassDefFoundError: org/openqa/selenium/WebDriver"),
            near_miss: ended(1, "java.lang.AssertionError: 1 test failed"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "error: Module not found \"file:///srv/login.ts\""),
            near_miss: ended(1, "error: Test failed"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "cat: .nvmrc: No such file or directory"),
            near_miss: ended(
                1,
                "cat: .nvmrc: No such file or directory\n\
                 Error: page.goto: net::ERR_CONNECTION_REFUSED at http://localhost:3000/",
            ),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "ImportError: no driver"),
            near_miss: {
                let mut evidence = ended(1, "ImportError: no driver");
                let open = failed(WebDriverCommand::Open, "http://localhost:3000/", "unknown error");
                evidence.details.commands = vec![open];
                evidence
            },
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: Evidence { exit: Some(Exit::Signal(9)), ..ended(0, "2 tests") },
            near_miss: Evidence { exit: Some(Exit::Signal(9)), ..on(PageName::Username) },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "ImportError: cannot import name 'soap'"),
            near_miss: Evidence { output: "ImportError: cannot import name 'soap'".to_owned(), ..asked_then([]) },
            told_as: Some("endpoint-not-simulated"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "Error: Cannot find module 'playwright'"),
            near_miss: ended(0, "Error: Cannot find module 'optional'"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(1, "npm error could not determine executable to run"),
            near_miss: ended(1, "npm error Lifecycle script `test` failed with error"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "suite-broke-before-login",
            proof: ended(127, "sh: 1: playwright: not found"),
            near_miss: ended(1, "GET /nothing: 404: Not Found"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "own-webdriver-server",
            proof: ended(
                1,
                "urllib3.exceptions.MaxRetryError: HTTPConnectionPool(host='grid', port=4444): Max retries",
            ),
            near_miss: ended(
                1,
                "urllib3.exceptions.MaxRetryError: HTTPConnectionPool(host='mail', port=8025): Max retries",
            ),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "own-webdriver-server",
            proof: ended(1, "connect ECONNREFUSED: http://grid:4444/wd/hub"),
            near_miss: ended(1, "settings: { hub: 'http://grid:4444/wd/hub' }\nError: Cannot find module 'selenium'"),
            told_as: Some("suite-broke-before-login"),
        },
        Row {
            cause: "own-webdriver-server",
            proof: requested("selenium:4444"),
            near_miss: Evidence { journal: on(PageName::Username).journal, ..requested("selenium:4444") },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "own-webdriver-server",
            proof: requested("selenium:4444"),
            near_miss: {
                let mut evidence = requested("selenium:4444");
                evidence.details.commands = vec![failed(WebDriverCommand::Open, "/", "timeout")];
                evidence
            },
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "simulated-host-not-found",
            proof: ended(1, "java.net.UnknownHostException: acme.my.salesforce.localhost"),
            near_miss: ended(1, "java.net.UnknownHostException: registry.example.com"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "simulated-host-not-found",
            proof: ended(1, "getaddrinfo ENOTFOUND acme.my.salesforce.localhost"),
            near_miss: ended(1, "getaddrinfo ENOTFOUND localhost"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "variable-without-value",
            proof: without_totp("Error: missing: SF_TOTP"),
            near_miss: without_totp("Error: missing: SF_TOTP_DIGITS"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "variable-without-value",
            proof: without_totp("KeyError: 'SF_TOTP'"),
            near_miss: without_totp("reading SF_TOTP, SF_USER"),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "variable-without-value",
            proof: without_totp("SF_TOTP is required"),
            near_miss: Evidence {
                journal: seen([page(PageName::Username), posted(PageName::Username, UsernameHolds::Username)]).journal,
                ..without_totp("SF_TOTP is required")
            },
            told_as: Some("unknown"),
        },
        Row {
            cause: "endpoint-not-simulated",
            proof: asked_then([]),
            near_miss: asked_then([
                page(PageName::Username),
                posted(PageName::Username, UsernameHolds::UnknownText),
                page(PageName::Password),
            ]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "endpoint-not-simulated",
            proof: asked_then([page(PageName::Username)]),
            near_miss: Evidence {
                output: "  - waiting for locator('#password')".to_owned(),
                ..asked_then([page(PageName::Username)])
            },
            told_as: Some("password-before-field"),
        },
        Row {
            cause: "variable-without-value",
            proof: Evidence { journal: on(PageName::Username).journal, ..without_totp("SF_TOTP is not set") },
            near_miss: Evidence {
                journal: on(PageName::Username).journal,
                ..without_totp("SF_TOTP is not set\n  - waiting for locator('#password')")
            },
            told_as: Some("password-before-field"),
        },
        Row {
            cause: "endpoint-not-simulated",
            proof: asked_then([page(PageName::Username)]),
            near_miss: {
                let mut evidence = asked_then([page(PageName::Username)]);
                let hidden = failed(WebDriverCommand::Type, "css #username", "element not interactable");
                evidence.details.commands = vec![hidden];
                evidence
            },
            told_as: Some("remembered-username"),
        },
        Row {
            cause: "endpoint-not-simulated",
            proof: Evidence { output: "/services/data is not simulated by Vestibule".to_owned(), ..asked_at_the_end() },
            near_miss: asked_at_the_end(),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "app-unknown",
            proof: app_was_refused("invalid_client_id", []),
            near_miss: app_was_refused("invalid_client_id", [got_a_token()]),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "app-refused",
            proof: app_was_refused("invalid_grant", []),
            near_miss: app_was_refused("invalid_grant", [of_rep()]),
            told_as: Some("wrong-password"),
        },
        // The password is right, and nothing follows it where a security token must.
        Row {
            cause: "app-refused",
            proof: app_was_refused(
                "invalid_grant",
                [Event::PasswordChecked { user: Some("rep".to_owned()), accepted: true }],
            ),
            near_miss: app_was_refused("invalid_grant", [of_rep()]),
            told_as: Some("wrong-password"),
        },
        Row {
            cause: "app-refused",
            proof: Evidence { output: "ImportError: no driver".to_owned(), ..app_was_refused("invalid_client", []) },
            near_miss: app_was_refused("authorization_pending", []),
            told_as: Some("login-page-never-opened"),
        },
        Row {
            cause: "login-page-never-opened",
            proof: ended(0, "0 tests"),
            near_miss: Evidence { journal: on(PageName::Username).journal, ..ended(0, "0 tests") },
            told_as: Some("wrong-page-taken-for-home"),
        },
    ]
}

fn only_a_stranger<const N: usize>(code: i32, more: [Event; N]) -> Evidence {
    let stranger =
        [page(PageName::Username), posted(PageName::Username, UsernameHolds::UnknownText), page(PageName::Password)];
    Evidence { exit: Some(Exit::Code(code)), ..seen(stranger.into_iter().chain(more)) }
}

fn of_rep() -> Event {
    Event::PasswordChecked { user: Some("rep".to_owned()), accepted: false }
}

fn requested(host: &str) -> Evidence {
    let mut evidence = ended(1, "");
    evidence.details.proxied = vec![Proxied { at_ms: 3, host: host.to_owned(), fate: ProxyFate::Unreachable }];
    evidence
}

/// A suite that opened a page of an org by the vendor's name, and printed this.
fn opened(output: &str) -> Evidence {
    let mut evidence = ended(1, output);
    evidence.details.commands = vec![failed(WebDriverCommand::Open, "https://login.salesforce.com/", "unknown error")];
    evidence
}

/// A suite that printed this while the shared login host is simulated under its own name.
fn under_real_names(output: &str) -> Evidence {
    Evidence { real_hosts: true, hosts: vec!["login.salesforce.com".to_owned()], ..ended(1, output) }
}

fn without_totp(output: &str) -> Evidence {
    let variable = VariableWithoutValue { name: "SF_TOTP".to_owned(), template: "totp-secret".to_owned() };
    Evidence { without_value: vec![variable], ..ended(1, output) }
}

/// Each line is that of a tool whose browser, driver or module is not there.
#[test]
fn what_is_not_installed_is_told_whatever_tool_needs_it() {
    for line in [
        "ERROR Cannot find the browser. \"chrome\" is neither a known browser alias, nor a path to an executable file.",
        "Error: Could not find Chrome (ver. 131.0.6778.204). This can occur if either",
        "Error: Chromium revision is not downloaded. Run \"npm install\"",
        "Error: ChromeDriver cannot be found in the current project.",
        "Required modules are not installed.",
        "No keyword with name 'Open Browser' found.",
        "Error: Failed to launch the browser process!",
        "selenium.common.exceptions.WebDriverException: Message: unknown error: cannot find Chrome binary",
    ] {
        assert_eq!(diagnose(&ended(1, line)).unwrap().cause, "suite-broke-before-login", "{line}");
    }
}

#[test]
fn a_suite_that_prints_its_failure_and_reports_success_is_told_so() {
    let told = |output: &str| {
        let evidence = Evidence { journal: on(PageName::VerifyTotp).journal, ..ended(0, output) };
        diagnose(&evidence).unwrap()
    };

    let printed = told("Login To Salesforce                                  | FAIL |\nElement not found");
    assert_eq!(printed.cause, "wrong-page-taken-for-home");
    assert!(printed.remedy.contains("--nostatusrc") && printed.quoted.is_some(), "{printed:?}");
    let silent = told("1 test, 1 passed");
    assert!(!silent.remedy.contains("--nostatusrc") && silent.quoted.is_none(), "{silent:?}");
}

/// A rule or the frame of a box is no last word.
#[test]
fn the_last_line_is_one_that_says_something() {
    let line = |output: &str| ended(1, output).last_line();

    assert_eq!(
        line("it failed\n\u{2013}\u{2013}\u{2013}\u{2013}\n \u{2514}\u{2500}\u{2500}\u{2518}\n").as_deref(),
        Some("it failed")
    );
    assert_eq!(line("----\n"), None);
}

#[test]
fn a_video_without_its_program_is_told_what_it_needs() {
    let line = "browserType.launch: Executable doesn't exist at /x/ms-playwright/ffmpeg-1011/ffmpeg-linux";

    let found = diagnose(&ended(1, line)).unwrap();

    assert_eq!(found.cause, "suite-broke-before-login");
    assert!(found.remedy.contains("playwright install ffmpeg"), "{}", found.remedy);
    assert!(!diagnose(&ended(1, "Executable doesn't exist at /x/chrome")).unwrap().remedy.contains("ffmpeg"));
}

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

fn asked() -> Event {
    Event::NotSimulated {
        host: HostRole::MyDomain,
        method: "POST".to_owned(),
        path: "/services/oauth2/token".to_owned(),
        what: Some(format!("grant_type={TOKEN_EXCHANGE}")),
    }
}

fn asked_then<const N: usize>(events: [Event; N]) -> Evidence {
    Evidence { exit: Some(Exit::Code(1)), ..seen([asked()].into_iter().chain(events)) }
}

fn app_was_refused<const N: usize>(error: &str, more: [Event; N]) -> Evidence {
    let app = (error != "invalid_client_id").then(|| "Nightly".to_owned());
    let refused = Event::OauthRefused { user: None, app, error: error.to_owned(), why: "a test said so".to_owned() };
    Evidence { exit: Some(Exit::Code(1)), ..seen([refused].into_iter().chain(more)) }
}

fn got_a_token() -> Event {
    let (user, app) = ("rep".to_owned(), "Nightly".to_owned());
    Event::OauthTokenIssued { user, app, flow: OauthFlow::JwtBearer, refreshed: false, session: 2 }
}

fn asked_at_the_end() -> Evidence {
    Evidence { exit: Some(Exit::Code(1)), ..seen([page(PageName::Username), asked()]) }
}

#[test]
fn what_is_not_simulated_is_named_and_belongs_to_vestibule() {
    for code in [0, 1] {
        let found = diagnose(&Evidence { exit: Some(Exit::Code(code)), ..asked_then([]) }).unwrap();

        assert_eq!((found.cause.as_str(), found.owner), ("endpoint-not-simulated", Owner::Vestibule));
        let call = format!("POST /services/oauth2/token (grant_type={TOKEN_EXCHANGE})");
        assert!(found.sentence.contains(&call), "{}", found.sentence);
    }
    // A page of the org with which another login stopped has a cause of its own.
    let gate = at_the_gate();
    let both = [asked()].into_iter().chain(gate.journal.all().iter().map(|entry| entry.event.clone()));
    assert_eq!(diagnose(&seen(both)).unwrap().cause, "gate-not-handled");
}

fn session() -> Vec<Row> {
    let signed_in = |user: &str| Evidence {
        user: UserEvidence { key: "rep".to_owned(), ..UserEvidence::default() },
        ..seen([Event::SessionOpened {
            user: user.to_owned(),
            session: 2,
            level: SessionLevel::Standard,
            gated: false,
        }])
    };
    let refused = || Event::SessionCookieRefused { host: HostRole::Lightning, path: "/lightning/page/home".to_owned() };
    vec![
        Row {
            cause: "user-never-signed-in",
            proof: signed_in("boss"),
            near_miss: signed_in("rep"),
            told_as: Some("unknown"),
        },
        Row {
            cause: "user-never-signed-in",
            proof: signed_in("boss"),
            near_miss: Evidence { journal: someone_at_the_provider_after("boss").journal, ..signed_in("boss") },
            told_as: Some("idp-sign-in-not-handled"),
        },
        Row {
            cause: "user-never-signed-in",
            proof: negative_tests(0, &[]),
            near_miss: negative_tests(0, &[Event::PasswordChecked { user: Some("rep".to_owned()), accepted: true }]),
            told_as: Some("wrong-page-taken-for-home"),
        },
        Row {
            cause: "user-never-signed-in",
            proof: negative_tests(0, &[]),
            near_miss: negative_tests(1, &[]),
            told_as: Some("wrong-password"),
        },
        Row {
            cause: "user-never-signed-in",
            proof: only_a_stranger(0, []),
            near_miss: only_a_stranger(1, []),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "user-never-signed-in",
            proof: only_a_stranger(0, [page(PageName::Username)]),
            near_miss: only_a_stranger(0, [of_rep()]),
            told_as: Some("wrong-page-taken-for-home"),
        },
        Row {
            cause: "wrong-page-taken-for-home",
            proof: Evidence { exit: Some(Exit::Code(0)), ..on(PageName::CreatePasskey) },
            near_miss: Evidence { exit: Some(Exit::Code(1)), ..on(PageName::CreatePasskey) },
            told_as: Some("unknown"),
        },
        Row {
            cause: "stale-session",
            proof: seen([refused(), page(PageName::Username)]),
            near_miss: seen([refused(), page(PageName::Username), posted(PageName::Username, UsernameHolds::Username)]),
            told_as: Some("unknown"),
        },
        // A helper that logs in again, as the fix asks for, and meets the two-step login.
        Row {
            cause: "stale-session",
            proof: seen([refused(), page(PageName::Username)]),
            near_miss: Evidence {
                output: "  - waiting for locator('#password')".to_owned(),
                ..seen([refused(), page(PageName::Username)])
            },
            told_as: Some("password-before-field"),
        },
        Row {
            cause: "change-password-in-the-way",
            proof: on(PageName::ChangePassword),
            near_miss: seen([page(PageName::ChangePassword), page(PageName::Username)]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "phone-registration-in-the-way",
            proof: on(PageName::RegisterPhone),
            near_miss: seen([page(PageName::RegisterPhone), page(PageName::ChangePassword)]),
            told_as: Some("change-password-in-the-way"),
        },
        Row {
            cause: "app-approval-in-the-way",
            proof: on(PageName::AuthorizeApp),
            near_miss: seen([page(PageName::AuthorizeApp), page(PageName::RegisterPhone)]),
            told_as: Some("phone-registration-in-the-way"),
        },
        Row {
            cause: "app-approval-in-the-way",
            proof: on(PageName::AuthorizeApp),
            near_miss: seen([
                page(PageName::AuthorizeApp),
                Event::AppApprovalAnswered { user: "rep".to_owned(), app: "App".to_owned(), allowed: true },
            ]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "maintenance-in-the-way",
            proof: on(PageName::Maintenance),
            near_miss: seen([page(PageName::Maintenance), page(PageName::RegisterPhone)]),
            told_as: Some("phone-registration-in-the-way"),
        },
    ]
}

fn login_page() -> Vec<Row> {
    let strict = "Error: strict mode violation: getByRole('button') resolved to 2 elements";
    let label = r#"E     - waiting for get_by_label("Password")"#;
    let robot = "Element with locator 'id:password' not found.";
    let commanded = |page, command| {
        let mut evidence = on(page);
        evidence.details.commands = vec![command];
        evidence
    };
    let missing = || failed(WebDriverCommand::FindElement, "css #password", "no such element");
    let hidden = |error| commanded(PageName::Username, failed(WebDriverCommand::Type, "css #username", error));
    let waited = |page, target| Evidence {
        stopped: Some(StopReason::WaitedFor {
            target,
            page: "the login page".to_owned(),
            how: WaitEnd::OutOfTime(Duration::from_millis(1600)),
        }),
        ..on(page)
    };
    let field = |id: &str| WaitTarget::Field(id.to_owned());
    let once = || posted(PageName::Username, UsernameHolds::Username);
    let posted_twice = |page, password_holds| Event::LoginFormPosted {
        page,
        user: Some("rep".to_owned()),
        username_holds: UsernameHolds::UsernameTwice,
        password_holds,
    };
    let anew = |page| Event::FormRenderedAnew { page };
    let remembered = |output: &str| {
        let user = UserEvidence { key: "rep".to_owned(), username_remembered: true, ..UserEvidence::default() };
        Evidence { user, output: output.to_owned(), ..on(PageName::Username) }
    };
    vec![
        Row {
            cause: "strict-locator",
            proof: Evidence { output: strict.to_owned(), ..on(PageName::Login) },
            near_miss: Evidence { output: "Timeout 15000ms exceeded".to_owned(), ..on(PageName::Login) },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "form-rendered-anew",
            proof: seen([page(PageName::Login), anew(PageName::Login)]),
            near_miss: seen([page(PageName::Username), anew(PageName::Username), once(), page(PageName::Password)]),
            told_as: Some("login-page-not-sent"),
        },
        // Empty fields are what is left of the form.
        Row {
            cause: "form-rendered-anew",
            proof: seen([
                page(PageName::Password),
                anew(PageName::Password),
                with_password(PasswordHolds::Empty),
                page(PageName::Password),
            ]),
            near_miss: seen([page(PageName::Password), with_password(PasswordHolds::Empty), page(PageName::Password)]),
            told_as: Some("password-left-empty"),
        },
        Row {
            cause: "form-rendered-anew",
            proof: seen([page(PageName::VerifyTotp), anew(PageName::VerifyTotp)]),
            near_miss: on(PageName::VerifyTotp),
            told_as: Some("totp-missing"),
        },
        Row {
            cause: "click-lost",
            proof: seen([page(PageName::Username), Event::ClickLost { page: PageName::Username }]),
            near_miss: seen([
                page(PageName::Username),
                Event::ClickLost { page: PageName::Username },
                once(),
                page(PageName::Password),
            ]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "username-typed-twice",
            proof: seen([
                page(PageName::Username),
                posted_twice(PageName::Username, PasswordHolds::Absent),
                page(PageName::Password),
                posted_twice(PageName::Password, PasswordHolds::Present),
                Event::PasswordChecked { user: None, accepted: false },
                page(PageName::Password),
            ]),
            near_miss: seen([
                page(PageName::Username),
                posted_twice(PageName::Username, PasswordHolds::Absent),
                page(PageName::Password),
                page(PageName::Username),
                posted_by("rep", PageName::Username, PasswordHolds::Absent),
                page(PageName::Password),
            ]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: commanded(PageName::Username, missing()),
            near_miss: commanded(PageName::Password, missing()),
            told_as: Some("unknown"),
        },
        Row {
            cause: "password-before-field",
            proof: waited(PageName::Username, field("password")),
            near_miss: waited(PageName::Username, field("Login")),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence { output: "  - waiting for locator('#password')".to_owned(), ..on(PageName::Username) },
            near_miss: Evidence { output: "  - waiting for locator('#user')".to_owned(), ..on(PageName::Username) },
            told_as: Some("login-page-not-sent"),
        },
        // CodeceptJS, Capybara and Taiko without WebDriver.
        Row {
            cause: "password-before-field",
            proof: Evidence {
                output: "element (#password) still not visible on page after 5 sec".to_owned(),
                ..on(PageName::Username)
            },
            near_miss: Evidence {
                output: "element (#user) still not visible on page after 5 sec".to_owned(),
                ..on(PageName::Username)
            },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence {
                output: "Capybara::ElementNotFound: Unable to find field \"Password\" that is not disabled".to_owned(),
                ..on(PageName::Username)
            },
            near_miss: Evidence {
                output: "Unable to find a password for the user in the vault".to_owned(),
                ..on(PageName::Username)
            },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence { output: "Element with id password not found".to_owned(), ..on(PageName::Username) },
            near_miss: Evidence { output: "Password not found".to_owned(), ..on(PageName::Username) },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence { output: label.to_owned(), ..on(PageName::Username) },
            near_miss: Evidence { output: "Password of rep filled in".to_owned(), ..on(PageName::Username) },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence { output: robot.to_owned(), ..on(PageName::Username) },
            near_miss: Evidence { output: robot.to_owned(), ..on(PageName::Password) },
            told_as: Some("unknown"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence {
                output: "Error: No element found for selector: #password".to_owned(),
                ..on(PageName::Username)
            },
            near_miss: Evidence {
                output: r#"{"username":"rep","password":"***"}"#.to_owned(),
                ..on(PageName::Username)
            },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "strict-locator",
            proof: Evidence { output: strict.to_owned(), ..after([]) },
            near_miss: Evidence { output: strict.to_owned(), ..after(wrong_on_purpose()) },
            told_as: Some("totp-missing"),
        },
        Row {
            cause: "password-in-username-field",
            proof: seen([page(PageName::Username), posted(PageName::Username, UsernameHolds::Password)]),
            near_miss: seen([
                page(PageName::Username),
                posted(PageName::Username, UsernameHolds::Password),
                page(PageName::Username),
                posted_by("rep", PageName::Username, PasswordHolds::Absent),
                page(PageName::Password),
                posted_by("rep", PageName::Password, PasswordHolds::Present),
                of_rep(),
                page(PageName::Password),
            ]),
            told_as: Some("wrong-password"),
        },
        Row {
            cause: "username-left-empty",
            proof: sent(UsernameHolds::Nothing, 1),
            near_miss: sent(UsernameHolds::UnknownText, 1),
            told_as: Some("unknown"),
        },
        Row {
            cause: "username-left-empty",
            proof: sent(UsernameHolds::Nothing, 1),
            near_miss: Evidence {
                output: "  - waiting for locator('#password')".to_owned(),
                ..sent(UsernameHolds::Nothing, 1)
            },
            told_as: Some("password-before-field"),
        },
        Row {
            cause: "page-one-posted-again",
            proof: sent(UsernameHolds::Username, 2),
            near_miss: sent(UsernameHolds::Nothing, 2),
            told_as: Some("username-left-empty"),
        },
        Row {
            cause: "remembered-username",
            proof: remembered(""),
            near_miss: remembered("  - waiting for locator('#password')"),
            told_as: Some("password-before-field"),
        },
        Row {
            cause: "password-before-field",
            proof: commanded(PageName::Username, missing()),
            near_miss: commanded(
                PageName::Username,
                failed(WebDriverCommand::FindElement, "css #forgot_password_link", "no such element"),
            ),
            told_as: Some("login-page-not-sent"),
        },
        // The line that failed, and the lines around it.
        Row {
            cause: "password-before-field",
            proof: Evidence { output: code_frame("#password", "#Login"), ..on(PageName::Username) },
            near_miss: Evidence { output: code_frame("#user", "#password"), ..on(PageName::Username) },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: clicked_on("css #password"),
            near_miss: clicked_on("css #password-field"),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-before-field",
            proof: clicked_on("xpath //input[@id='password']"),
            near_miss: {
                let mut evidence = clicked_on("css #password");
                let empty =
                    [once(), page(PageName::Password), with_password(PasswordHolds::Empty), page(PageName::Password)];
                evidence.journal = seen(empty).journal;
                evidence
            },
            told_as: Some("password-left-empty"),
        },
        Row {
            cause: "password-before-field",
            proof: Evidence {
                output: "TimeoutError: Waiting for selector `#password` failed".to_owned(),
                ..clicked_on("css #other")
            },
            near_miss: Evidence {
                output: "TimeoutError: Waiting for selector `#password2` failed".to_owned(),
                ..clicked_on("css #other")
            },
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-in-username-field",
            proof: seen([posted(PageName::Username, UsernameHolds::Password), page(PageName::Password)]),
            near_miss: seen([
                posted(PageName::Username, UsernameHolds::Password),
                with_password(PasswordHolds::Present),
                started(LoginKind::PasswordUi),
                page(PageName::VerifyTotp),
            ]),
            told_as: Some("totp-missing"),
        },
        Row {
            cause: "page-one-posted-again",
            proof: seen([once(), once(), page(PageName::LoginPasskey)]),
            near_miss: seen([once(), once(), started(LoginKind::Passwordless), page(PageName::CreatePasskey)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "password-left-empty",
            proof: seen([once(), with_password(PasswordHolds::Empty)]),
            near_miss: seen([once(), with_password(PasswordHolds::Empty), with_password(PasswordHolds::Present)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "password-in-username-field",
            proof: seen([posted(PageName::Username, UsernameHolds::Password), page(PageName::Password)]),
            near_miss: seen([posted(PageName::Username, UsernameHolds::UnknownText), page(PageName::Password)]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "page-one-posted-again",
            proof: seen([once(), page(PageName::Password), once(), page(PageName::Password)]),
            near_miss: seen([once(), page(PageName::Password)]),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "password-left-empty",
            proof: seen([once(), with_password(PasswordHolds::Empty), page(PageName::Password)]),
            near_miss: seen([once(), with_password(PasswordHolds::Present), page(PageName::Password)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "remembered-username",
            proof: hidden("element not interactable"),
            near_miss: hidden("no such element"),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "remembered-username",
            proof: waited(PageName::Login, field("username")),
            near_miss: waited(PageName::Login, WaitTarget::Home),
            told_as: Some("login-page-not-sent"),
        },
        Row {
            cause: "passkey-asked-before-password",
            proof: waited(PageName::LoginPasskey, field("password")),
            near_miss: waited(PageName::LoginPasskey, WaitTarget::Home),
            told_as: Some("ceremony-without-authenticator"),
        },
        Row {
            cause: "login-page-not-sent",
            proof: on(PageName::Username),
            near_miss: seen([once(), page(PageName::Username)]),
            told_as: Some("unknown"),
        },
        Row {
            cause: "login-page-not-sent",
            proof: seen([once(), page(PageName::Password)]),
            near_miss: seen([once(), page(PageName::Password), with_password(PasswordHolds::Present), of_rep()]),
            told_as: Some("wrong-password"),
        },
    ]
}

fn refused() -> Vec<Row> {
    let blocked =
        |outcome| seen([decided(outcome, Strength::Weak, &[Rule::ApiOnlyUserBlocked]), page(PageName::LoginRefused)]);
    let retired =
        |outcome| seen([started(LoginKind::OauthPassword), decided(outcome, Strength::Weak, &[Rule::RouteRetired])]);
    let checked = |accepted| Event::PasswordChecked { user: Some("rep".to_owned()), accepted };
    vec![
        Row {
            cause: "locked-out",
            proof: seen([
                checked(false),
                Event::UserLockedOut { user: "rep".to_owned(), by: LockoutCause::Passwords },
                page(PageName::Password),
            ]),
            near_miss: seen([checked(false), page(PageName::Password)]),
            told_as: Some("wrong-password"),
        },
        Row {
            cause: "wrong-password",
            proof: seen([checked(false), page(PageName::Password)]),
            near_miss: seen([checked(false), checked(true), page(PageName::VerifyTotp)]),
            told_as: Some("totp-missing"),
        },
        Row {
            cause: "login-route-retired",
            proof: retired(Outcome::Block { reason: BlockReason::RouteRetired }),
            near_miss: retired(Outcome::Block { reason: BlockReason::SoapLoginDisabled }),
            told_as: Some("login-blocked"),
        },
        Row {
            cause: "login-blocked",
            proof: blocked(Outcome::Block { reason: BlockReason::ApiOnlyUser }),
            near_miss: blocked(enrol()),
            told_as: Some("unknown"),
        },
    ]
}

/// A suite that looked for this on page 1 in vain, clicked on, and stands on page 2.
fn clicked_on(target: &str) -> Evidence {
    let events =
        [page(PageName::Username), posted(PageName::Username, UsernameHolds::Username), page(PageName::Password)];
    let mut evidence = seen(events);
    evidence.details.commands = vec![failed(WebDriverCommand::FindElement, target, "no such element")];
    evidence
}

/// A suite that sent page 1 of the login so often, with this in its username field, and got page 1 again.
fn sent(username_holds: UsernameHolds, times: usize) -> Evidence {
    let once = [posted(PageName::Username, username_holds), page(PageName::Username)];
    seen([page(PageName::Username)].into_iter().chain(std::iter::repeat_n(once, times).flatten()))
}

/// A test that types a wrong password on purpose.
fn wrong_on_purpose() -> [Event; 5] {
    [
        page(PageName::Username),
        posted_by("rep", PageName::Username, PasswordHolds::Absent),
        posted_by("rep", PageName::Password, PasswordHolds::Present),
        of_rep(),
        page(PageName::Password),
    ]
}

/// A sign-in that stops at the code, after these events.
fn after<const N: usize>(events: [Event; N]) -> Evidence {
    let sign_in = [page(PageName::Username), started(LoginKind::PasswordUi), page(PageName::VerifyTotp)];
    seen(events.into_iter().chain(sign_in))
}

/// How Playwright shows the statement that failed, in colours, and the one behind it.
fn code_frame(failed: &str, behind: &str) -> String {
    format!(
        "\u{1b}[31m\u{1b}[1m>\u{1b}[22m\u{1b}[39m\u{1b}[90m  9 |\u{1b}[39m   await page.locator('{failed}').click();\n\
         \u{1b}[90m    |\u{1b}[39m                   \u{1b}[31m\u{1b}[1m^\u{1b}[22m\u{1b}[39m\n\
         \u{1b}[90m 10 |\u{1b}[39m   await page.locator('{behind}').fill(password);"
    )
}

/// A class of tests of which each is refused, and more.
fn negative_tests(code: i32, more: &[Event]) -> Evidence {
    let refused = |user: Option<&str>, username_holds| {
        let user = user.map(str::to_owned);
        let post =
            |page, password_holds| Event::LoginFormPosted { page, user: user.clone(), username_holds, password_holds };
        let pages =
            [page(PageName::Username), post(PageName::Username, PasswordHolds::Absent), page(PageName::Password)];
        let checked = Event::PasswordChecked { user: user.clone(), accepted: false };
        [&pages[..], &[post(PageName::Password, PasswordHolds::Present), checked, page(PageName::Password)]].concat()
    };
    let tests =
        [refused(None, UsernameHolds::UnknownText), refused(Some("rep"), UsernameHolds::Username), more.to_vec()];
    Evidence { exit: Some(Exit::Code(code)), ..seen(tests.concat()) }
}

fn someone_at_the_provider_after(user: &str) -> Evidence {
    let session =
        Event::SessionOpened { user: user.to_owned(), session: 2, level: SessionLevel::Standard, gated: false };
    seen([page(PageName::Username), session, Event::SsoStarted { idp: "okta".to_owned() }, page(PageName::IdpSignIn)])
}

#[test]
fn only_refusals_are_a_class_of_negative_tests() {
    let named = || posted_by("rep", PageName::Username, PasswordHolds::Absent);
    let empty = || posted_by("rep", PageName::Password, PasswordHolds::Empty);
    for (more, expected) in [
        (vec![], true),
        (vec![named(), empty()], true),
        (vec![posted_by("rep", PageName::Login, PasswordHolds::Empty)], true),
        // On its way: the password page was not filled in.
        (vec![named()], false),
        (vec![started(LoginKind::PasswordUi)], false),
        (vec![Event::SsoStarted { idp: "okta".to_owned() }], false),
        (vec![posted(PageName::Username, UsernameHolds::Password)], false),
    ] {
        assert_eq!(only_refusals(&negative_tests(0, &more)), expected, "{more:?}");
    }
    assert!(!only_refusals(&only_a_stranger(0, [])), "nothing was refused yet");
    assert!(!only_refusals(&on(PageName::Username)));
}

fn posted_by(user: &str, page: PageName, password_holds: PasswordHolds) -> Event {
    let username_holds = UsernameHolds::Username;
    Event::LoginFormPosted { page, user: Some(user.to_owned()), username_holds, password_holds }
}

#[test]
fn trouble_around_a_suite_is_no_cause_unless_the_suite_got_over_it() {
    let taken = |line: &str| Some(Trouble::Taken(line.to_owned()));
    for (line, expected) in [
        ("OSError: [Errno 98] Address already in use", taken("OSError: [Errno 98] Address already in use")),
        (
            "Error: listen EADDRINUSE: address already in use :::3000",
            taken("Error: listen EADDRINUSE: address already in use :::3000"),
        ),
        ("Port 8080 is already in use", taken("Port 8080 is already in use")),
        ("java.net.BindException: Address already in use", taken("java.net.BindException: Address already in use")),
        (
            "session not created: probably user data directory is already in use",
            taken("session not created: probably user data directory is already in use"),
        ),
        (
            "OSError: [Errno 28] No space left on device",
            Some(Trouble::DiskFull("OSError: [Errno 28] No space left on device".to_owned())),
        ),
        ("the username is already in use", None),
        ("Error: Cannot find module 'x'", None),
    ] {
        assert_eq!(trouble(&ended(1, line)), expected, "{line}");
        assert_eq!(trouble(&ended(0, line)), None, "{line}: the suite says success");
        assert_eq!(trouble(&Evidence { signed_in: true, ..ended(1, line) }), None, "{line}: it got home");
        let went_on = seen([page(PageName::Username), posted_by("rep", PageName::Username, PasswordHolds::Absent)]);
        assert_eq!(trouble(&Evidence { journal: went_on.journal, ..ended(1, line) }), None, "{line}: it went on");
    }
    let gone = |exit| Evidence { driver_gone: true, exit: Some(exit), ..at_the_gate() };
    assert_eq!(trouble(&gone(Exit::Code(1))), Some(Trouble::DriverGone));
    assert_eq!(trouble(&gone(Exit::Code(0))), None);
}

#[test]
fn a_fix_that_speaks_of_the_quoted_line_has_one() {
    for (output, code) in [("Error: Cannot find module 'x'", 1), ("KeyError: 'SALESFORCE_URL'", 1), ("0 tests", 0)] {
        let found = diagnose(&ended(code, output)).unwrap();
        assert_eq!(found.quoted.as_deref(), Some(output), "{found:?}");
    }
    // What a client says because of us is not the suite's.
    let ours =
        "Skipping host requirements validation logic because `PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS` is set";
    assert_eq!(diagnose(&ended(0, &format!("0 tests\n{ours}"))).unwrap().quoted.as_deref(), Some("0 tests"));
    for Row { cause, proof, .. } in super::rows() {
        let found = diagnose(&proof).unwrap();
        assert!(!found.remedy.contains("quoted line") || found.quoted.is_some() || proof.output.is_empty(), "{cause}");
    }
}

#[test]
fn a_suite_that_vestibule_ended_is_told_so() {
    for evidence in [at_the_gate(), on(PageName::Username), on(PageName::VerifyTotp), ended(1, "")] {
        let told = |exit| {
            let time_limit = Some(Duration::from_secs(120));
            let found = diagnose(&Evidence { exit: Some(exit), time_limit, ..evidence.clone() }).unwrap();
            found.evidence.iter().any(|line| line.contains("Vestibule ended it after 120 s"))
        };
        assert!(told(Exit::OutOfTime) && !told(Exit::Code(1)));
    }
}

fn ended(code: i32, output: &str) -> Evidence {
    Evidence { exit: Some(Exit::Code(code)), output: output.to_owned(), ..seen([]) }
}

fn posted(page: PageName, username_holds: UsernameHolds) -> Event {
    Event::LoginFormPosted { page, user: None, username_holds, password_holds: PasswordHolds::Absent }
}

pub(super) fn with_password(password_holds: PasswordHolds) -> Event {
    let username_holds = UsernameHolds::Username;
    Event::LoginFormPosted { page: PageName::Password, user: None, username_holds, password_holds }
}
