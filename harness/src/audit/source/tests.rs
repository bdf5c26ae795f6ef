//! What an org may answer, against a server that answers so.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use vestibule_model::{Permission, Secret, VerificationMethod};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{Connection, Patience, ReadError, read_org};
use crate::audit::facts::{App, Facts, RefreshTokens, Verifiers};

const TOKEN: &str = "00Dcanary!AQ4711";

/// A question to the org.
struct Asked {
    path: String,
    /// The object in its query; empty if it is none.
    object: String,
    soql: String,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let soql = request.url.query_pairs().find(|(name, _)| name == "q").map(|(_, soql)| soql.into_owned());
        let soql = soql.unwrap_or_default();
        let object = soql.split(" FROM ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default().to_owned();
        Self { path: request.url.path().to_owned(), object, soql }
    }

    fn is_of(&self, object: &str) -> bool {
        self.object == object
    }

    fn is_a_query(&self) -> bool {
        !self.object.is_empty()
    }
}

/// What an org answers in place of what is right; `None` where it answers rightly.
type Trouble = Box<dyn Fn(&Asked) -> Option<ResponseTemplate> + Send + Sync>;

fn refused(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!([{ "errorCode": code, "message": message }]))
}

fn page(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.to_owned(), "text/html; charset=UTF-8")
}

fn rows(rows: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "totalSize": rows.len(), "done": true, "records": rows }))
}

/// A good org: an administrator with a TOTP app, and an integration.
fn good(asked: &Asked) -> ResponseTemplate {
    if asked.path == "/services/data" {
        return ResponseTemplate::new(200)
            .set_body_json(json!([{ "version": "31.0" }, { "version": "66.0" }, { "version": "99.0" }]));
    }
    let at = "2026-11-02T12:00:00.000+0000";
    match asked.object.as_str() {
        "Organization" => rows(&[
            json!({ "Id": "00D1", "Name": "Acme", "IsSandbox": true, "OrganizationType": "Enterprise Edition" }),
        ]),
        "User" => rows(&[
            json!({ "Id": "005A", "Username": "ann@acme.example", "UserType": "Standard", "Profile": { "Name": "Managers" } }),
            json!({ "Id": "005B", "Username": "sync@acme.example", "UserType": "Standard", "Profile": { "Name": "API" } }),
        ]),
        "PermissionSet" => rows(&[json!({ "Id": "0PS1", "Name": "Viewers", "PermissionsViewAllData": true })]),
        "PermissionSetAssignment" => rows(&[json!({ "AssigneeId": "005A", "PermissionSetId": "0PS1" })]),
        "TwoFactorMethodsInfo" => rows(&[json!({ "UserId": "005A", "HasTotp": true })]),
        "VerificationHistory" => {
            rows(&[json!({ "UserId": "005A", "VerificationMethod": "Totp", "Status": "Succeeded" })])
        }
        "LoginHistory" => rows(&[
            json!({ "UserId": "005A", "LoginTime": at, "LoginType": "Application", "Status": "Success" }),
            json!({ "UserId": "005B", "LoginTime": at, "LoginType": "Remote Access 2.0", "LoginSubType": "oauthpassword",
                    "Application": "Sync", "Status": "Success" }),
        ]),
        "SecuritySettings" => rows(&[json!({ "Metadata": { "sessionSettings": { "enableU2F": true } } })]),
        _ => rows(&[]),
    }
}

struct Served {
    server: MockServer,
}

impl Served {
    async fn with(trouble: Trouble) -> Self {
        vestibule_certs::install_tls_provider();
        let server = MockServer::start().await;
        let answer = move |request: &Request| {
            let asked = Asked::of(request);
            trouble(&asked).unwrap_or_else(|| good(&asked))
        };
        Mock::given(any()).respond_with(answer).mount(&server).await;
        Self { server }
    }

    async fn read(&self, limit: Duration) -> Result<Facts, ReadError> {
        let patience = Patience { limit, retries: 3, first_wait: Duration::ZERO, longest_wait: Duration::from_secs(1) };
        let address = self.server.uri().parse().unwrap();
        let connection = Connection::new(address, Secret::new(TOKEN), patience, Vec::new()).unwrap();
        let read = read_org(&connection, false, |_, _| ()).await;
        for request in self.server.received_requests().await.unwrap() {
            assert_eq!(request.method.as_str(), "GET", "{}", request.url);
            assert!(request.body.is_empty(), "{}", request.url);
            assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"), "{}", request.url);
            assert!(!request.url.as_str().contains("canary"), "{}", request.url);
        }
        read
    }

    async fn questions(&self, object: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| Asked::of(request).is_of(object)).count()
    }
}

const PATIENT: Duration = Duration::from_secs(20);

/// The first so many times.
fn first(times: usize, answer: impl Fn(&Asked) -> Option<ResponseTemplate> + Send + Sync + 'static) -> Trouble {
    let so_far = AtomicUsize::new(0);
    Box::new(move |asked| {
        let answered = answer(asked)?;
        (so_far.fetch_add(1, Ordering::SeqCst) < times).then_some(answered)
    })
}

fn of(object: &'static str, answer: fn() -> ResponseTemplate) -> Trouble {
    Box::new(move |asked| asked.is_of(object).then(answer))
}

fn queries(answer: fn() -> ResponseTemplate) -> Trouble {
    Box::new(move |asked| asked.is_a_query().then(answer))
}

fn everything(answer: fn() -> ResponseTemplate) -> Trouble {
    Box::new(move |_| Some(answer()))
}

#[tokio::test]
async fn each_trouble_that_ends_an_audit_is_named_with_its_remedy() {
    let cases: Vec<(Trouble, &str, &str)> = vec![
        (
            queries(|| refused(401, "INVALID_SESSION_ID", "Session expired or invalid")),
            "read Organization of",
            "sf org auth show-access-token",
        ),
        (
            queries(|| refused(401, "INVALID_SESSION_ID", "Session expired or invalid")),
            "401 INVALID_SESSION_ID: the token has expired",
            "",
        ),
        (
            queries(|| refused(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")),
            "401 INVALID_AUTH_HEADER",
            "hides the token",
        ),
        (queries(|| refused(403, "API_DISABLED_FOR_ORG", "no")), "403 API_DISABLED_FOR_ORG", "API Enabled"),
        (queries(|| refused(403, "REQUEST_LIMIT_EXCEEDED", "no")), "403 REQUEST_LIMIT_EXCEEDED", "24 hours"),
        (of("User", || refused(403, "INSUFFICIENT_ACCESS", "no")), "read User of", ""),
        (of("User", || refused(400, "INVALID_FIELD", "No such column 'Username' on entity 'User'.")), "'Username'", ""),
        (queries(|| refused(410, "GONE", "API version 66.0 is retired")), "410 GONE", "My Domain"),
        (
            of("LoginHistory", || ResponseTemplate::new(429).insert_header("retry-after", "0")),
            "read LoginHistory of",
            "try again later",
        ),
        (of("LoginHistory", || ResponseTemplate::new(429).insert_header("retry-after", "0")), "429 4 times", ""),
        (
            queries(|| page(503, "<html>Scheduled maintenance</html>").insert_header("retry-after", "0")),
            "503 4 times, with a page of maintenance",
            "try again later",
        ),
        (
            queries(|| ResponseTemplate::new(503).insert_header("retry-after", "86400")),
            "503 and asks to wait for 86400 s",
            "",
        ),
        (queries(|| ResponseTemplate::new(502)), "the org answered 502", "try again later"),
        (
            everything(|| page(200, "<!doctype html><form><input id=\"username\" type=\"email\"></form>")),
            "a login page in place of JSON (HTTP 200)",
            "My Domain",
        ),
        (
            queries(|| page(200, "<html>We are down for maintenance</html>")),
            "an HTML page in place of JSON",
            "maintenance",
        ),
        (queries(|| page(404, "<html>gone</html>")), "an HTML page in place of JSON (HTTP 404)", ""),
        (
            of("User", || ResponseTemplate::new(200).set_body_raw("{\"totalSize\": 1, \"rec", "application/json")),
            "the answer was cut",
            "nothing was changed",
        ),
        (of("User", || ResponseTemplate::new(200).set_body_raw("hello", "application/json")), "no JSON", ""),
        (of("User", || ResponseTemplate::new(200).set_body_json(json!({}))), "it has no `totalSize`", ""),
        (
            of("User", || ResponseTemplate::new(200).set_body_json(json!({ "totalSize": 1, "done": true }))),
            "it has no `records`",
            "",
        ),
        (
            of("User", || {
                ResponseTemplate::new(200).set_body_json(json!({ "totalSize": 3, "done": true, "records": [{}, {}] }))
            }),
            "2 of 3 rows came",
            "try again",
        ),
        (
            everything(|| {
                ResponseTemplate::new(302).insert_header("location", "https://evil.example/x?sid=00Dcanary!AQ4711")
            }),
            "the org leads to https://evil.example/x, and the token goes to no other address",
            "if it is yours",
        ),
        (everything(|| ResponseTemplate::new(200).set_body_json(json!({}))), "it is no list of versions", ""),
        (
            of("User", || {
                let next = "https://evil.example/services/data/v66.0/query/1";
                ResponseTemplate::new(200)
                    .set_body_json(json!({ "totalSize": 3, "done": false, "nextRecordsUrl": next, "records": [{}] }))
            }),
            "the next page of the answer is at https://evil.example/services/data/v66.0/query/1",
            "",
        ),
        (
            of("User", || refused(400, "MALFORMED_QUERY", "echo of 00Dcanary!AQ4711")),
            "400 MALFORMED_QUERY: echo of [redacted]",
            "",
        ),
        (
            Box::new(|asked: &Asked| {
                let next = "/services/data/v66.0/query/01g-2000";
                let page = json!({ "totalSize": 9, "done": false, "nextRecordsUrl": next, "records": [{}] });
                (asked.is_of("User") || asked.path == next).then(|| ResponseTemplate::new(200).set_body_json(page))
            }),
            "its pages lead back to one another",
            "",
        ),
        (
            {
                let pages = AtomicUsize::new(0);
                Box::new(move |asked: &Asked| {
                    let next = format!("/services/data/v66.0/query/01g-{}", pages.fetch_add(1, Ordering::SeqCst));
                    let page = json!({ "totalSize": 9, "done": false, "nextRecordsUrl": next, "records": [] });
                    let is_one = asked.is_of("User") || asked.path.starts_with("/services/data/v66.0/query/");
                    is_one.then(|| ResponseTemplate::new(200).set_body_json(page))
                })
            },
            "its pages have no rows, and do not end",
            "",
        ),
    ];
    for (trouble, said, remedy) in cases {
        let served = Served::with(trouble).await;

        let error = served.read(PATIENT).await.expect_err(said);

        let text = error.to_string();
        assert!(text.contains(said), "{said}: {text}");
        assert!(!text.contains("canary"), "{text}");
        assert!(error.remedy().unwrap_or_default().contains(remedy), "{said}: {:?}", error.remedy());
    }
}

#[tokio::test]
async fn a_trouble_that_passes_loses_nothing() {
    let locator = "/services/data/v66.0/query/01g-1";
    let cases: Vec<(&str, Trouble, usize)> = vec![
        (
            "429",
            first(2, |asked| asked.is_of("User").then(|| ResponseTemplate::new(429).insert_header("retry-after", "0"))),
            3,
        ),
        ("429 without a time", first(3, |asked| asked.is_of("User").then(|| ResponseTemplate::new(429))), 4),
        ("503", first(1, |asked| asked.is_of("User").then(|| page(503, "<html></html>"))), 2),
        ("500", first(1, |asked| asked.is_of("User").then(|| ResponseTemplate::new(500))), 2),
        (
            "cut",
            first(1, |asked| {
                asked.is_of("User").then(|| ResponseTemplate::new(200).set_body_raw("{", "application/json"))
            }),
            2,
        ),
        (
            "a date in Retry-After",
            first(1, |asked| {
                let past = "Wed, 21 Oct 2015 07:28:00 GMT";
                asked.is_of("User").then(|| ResponseTemplate::new(503).insert_header("retry-after", past))
            }),
            2,
        ),
        (
            "a locator that is gone",
            {
                let pages = first(1, move |asked| {
                    let page = json!({ "totalSize": 2, "done": false, "nextRecordsUrl": locator, "records": [{}] });
                    asked.is_of("User").then(|| ResponseTemplate::new(200).set_body_json(page))
                });
                Box::new(move |asked| {
                    let lost = || refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
                    (asked.path == locator).then(lost).or_else(|| pages(asked))
                })
            },
            2,
        ),
    ];
    let whole = Served::with(Box::new(|_| None)).await.read(PATIENT).await.unwrap();
    for (name, trouble, asked) in cases {
        let served = Served::with(trouble).await;

        let mut facts = served.read(PATIENT).await.unwrap_or_else(|error| panic!("{name}: {error}"));

        facts.source.clone_from(&whole.source);
        assert_eq!(facts, whole, "{name}");
        assert_eq!(served.questions("User").await, asked, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_shown_is_said_and_the_rest_is_read() {
    let no_column = |field: &'static str, object: &'static str| -> Trouble {
        Box::new(move |asked| {
            let message = format!(
                "\nSELECT x\n^\nERROR at Row:1:Column:8\nNo such column '{field}' on entity '{object}'. If you are attempting"
            );
            (asked.is_of(object) && asked.soql.contains(field)).then(|| refused(400, "INVALID_FIELD", &message))
        })
    };
    let hidden = |object: &'static str| -> Trouble {
        Box::new(move |asked| {
            let message = format!("sObject type '{object}' is not supported.");
            asked.is_of(object).then(|| refused(400, "INVALID_TYPE", &message))
        })
    };
    type Check = fn(&Facts) -> bool;
    let cases: Vec<(&str, Trouble, Check)> = vec![
        ("LoginHistory", of("LoginHistory", || refused(403, "INSUFFICIENT_ACCESS", "no")), |facts| {
            facts.users.values().all(|user| user.uses.iter().all(|one| one.is_of_the_ui()))
        }),
        ("TwoFactorMethodsInfo", hidden("TwoFactorMethodsInfo"), |facts| {
            facts.users["ann@acme.example"].verifiers
                == Verifiers::AtLeast(BTreeSet::from([VerificationMethod::TotpApp]))
        }),
        ("TwoFactorMethodsInfo.HasTotp", no_column("HasTotp", "TwoFactorMethodsInfo"), |facts| {
            matches!(facts.users["ann@acme.example"].verifiers, Verifiers::AtLeast(_))
        }),
        ("PermissionSetAssignment", hidden("PermissionSetAssignment"), |facts| {
            !facts.users["ann@acme.example"].privileges_known
        }),
        ("PermissionSet.PermissionsAuthorApex", no_column("PermissionsAuthorApex", "PermissionSet"), |facts| {
            let ann = &facts.users["ann@acme.example"];
            !ann.privileges_known && ann.privileges.contains_key(&Permission::ViewAllData)
        }),
        ("LoginHistory.LoginSubType", no_column("LoginSubType", "LoginHistory"), |facts| {
            facts.users["sync@acme.example"].uses.len() == 1
        }),
        (
            "SecuritySettings",
            of("SecuritySettings", || refused(404, "NOT_FOUND", "The requested resource does not exist")),
            |facts| facts.org.settings.security_keys.is_none(),
        ),
        ("UserLogin", hidden("UserLogin"), |facts| facts.users.values().all(|user| !user.frozen)),
    ];
    for (what, trouble, holds) in cases {
        let served = Served::with(trouble).await;

        let facts = served.read(PATIENT).await.unwrap_or_else(|error| panic!("{what}: {error}"));

        let named: Vec<&str> = facts.gaps.iter().map(|gap| gap.what.as_str()).collect();
        assert_eq!(named, [what]);
        let gap = facts.gaps.first().unwrap();
        assert!(!gap.unknown.is_empty() && !gap.why.is_empty(), "{gap:?}");
        assert!(holds(&facts), "{what}: {facts:?}");
        assert_eq!(facts.users.len(), 2, "{what}: the others are read");
    }
}

/// The waiver does not exist in some editions, so nothing is said of it.
#[tokio::test]
async fn a_permission_that_an_edition_does_not_have_is_no_gap() {
    let served = Served::with(Box::new(|asked| {
        let field = "PermissionsBypassMFAForUiLogins";
        let message = format!("No such column '{field}' on entity 'PermissionSet'.");
        (asked.is_of("PermissionSet") && asked.soql.contains(field)).then(|| refused(400, "INVALID_FIELD", &message))
    }))
    .await;

    let facts = served.read(PATIENT).await.unwrap();

    assert!(facts.gaps.is_empty(), "{:?}", facts.gaps);
    assert_eq!(served.questions("PermissionSet").await, 2);
}

#[tokio::test]
async fn two_thousand_and_one_users_come_in_two_pages() {
    let user =
        |number: usize| json!({ "Id": format!("005{number}"), "Username": format!("user{number}@acme.example") });
    let next = "/services/data/v66.0/query/01gAAA-2000";
    let served = Served::with(Box::new(move |asked| {
        let page = |range: std::ops::Range<usize>, more: bool| {
            let records: Vec<Value> = range.map(user).collect();
            let mut page = json!({ "totalSize": 2001, "done": !more, "records": records });
            if more {
                page["nextRecordsUrl"] = json!(next);
            }
            ResponseTemplate::new(200).set_body_json(page)
        };
        match asked {
            asked if asked.is_of("User") => Some(page(0..2000, true)),
            asked if asked.path == next => Some(page(2000..2001, false)),
            _ => None,
        }
    }))
    .await;

    let facts = served.read(PATIENT).await.unwrap();

    assert_eq!(facts.users.len(), 2001);
    assert!(facts.users.contains_key("user2000@acme.example"));
}

#[tokio::test]
async fn a_slow_org_is_waited_for_as_long_as_was_said() {
    let served =
        Served::with(Box::new(|asked| asked.is_a_query().then(|| rows(&[]).set_delay(Duration::from_secs(60))))).await;

    let error = served.read(Duration::from_millis(100)).await.unwrap_err();

    assert!(error.to_string().contains("no answer within 100ms"), "{error}");
    assert!(error.remedy().unwrap().contains("--timeout"));
    assert_eq!(served.questions("Organization").await, 4, "it is asked again");
}

#[tokio::test]
async fn an_org_that_cuts_its_answer_or_does_not_listen_is_named() {
    vestibule_certs::install_tls_provider();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 4096];
            let _read = stream.read(&mut request);
            counted.fetch_add(1, Ordering::SeqCst);
            let _sent =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n[");
        }
    });
    let patience =
        Patience { limit: PATIENT, retries: 1, first_wait: Duration::ZERO, longest_wait: Duration::from_secs(1) };
    let read = async |address: std::net::SocketAddr| {
        let address = format!("http://{address}").parse().unwrap();
        let connection = Connection::new(address, Secret::new(TOKEN), patience, Vec::new()).unwrap();
        read_org(&connection, false, |_, _| ()).await.unwrap_err()
    };

    let cut = read(address).await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = read(free).await;

    assert!(cut.to_string().contains("the answer was cut"), "{cut}");
    assert_eq!(asked.load(Ordering::SeqCst), 2, "it is asked again");
    assert!(silent.to_string().contains("no connection"), "{silent}");
    assert!(silent.remedy().unwrap().contains("HTTPS_PROXY"));
}

#[tokio::test]
async fn a_production_org_is_not_read_unless_somebody_says_so() {
    let production = || {
        of("Organization", || {
            rows(&[
                json!({ "Id": "00D1", "Name": "Acme", "IsSandbox": false, "OrganizationType": "Enterprise Edition" }),
            ])
        })
    };
    let served = Served::with(production()).await;

    let refused = served.read(PATIENT).await.unwrap_err();

    assert!(matches!(refused, ReadError::Production(_)), "{refused}");
    assert_eq!(served.questions("User").await, 0, "nobody is asked for");
}

#[tokio::test]
async fn groups_are_asked_for_where_there_are_some() {
    let served = Served::with(Box::new(|asked| match asked.object.as_str() {
        "PermissionSetGroup" => Some(rows(&[json!({ "Id": "0PG1", "DeveloperName": "Team" })])),
        "PermissionSetAssignment" => {
            Some(rows(&[json!({ "AssigneeId": "005B", "PermissionSetId": "0PS9", "PermissionSetGroupId": "0PG1" })]))
        }
        "PermissionSetGroupComponent" => {
            Some(rows(&[json!({ "PermissionSetGroupId": "0PG1", "PermissionSetId": "0PS1" })]))
        }
        _ => None,
    }))
    .await;

    let facts = served.read(PATIENT).await.unwrap();

    let granted = &facts.users["sync@acme.example"].privileges[&Permission::ViewAllData];
    assert_eq!(granted, &BTreeSet::from(["permission set group Team".to_owned()]));
    assert_eq!(served.questions("MutingPermissionSet").await, 1);
    let alone = Served::with(Box::new(|_| None)).await;
    alone.read(PATIENT).await.unwrap();
    assert_eq!(alone.questions("MutingPermissionSet").await, 0, "the other org has no group");
}

/// Contract H6.7, H6.8 and H6.9.
#[tokio::test]
async fn ranges_of_profiles_and_policies_of_apps_are_read() {
    let served = Served::with(Box::new(|asked| match asked.object.as_str() {
        "User" => Some(rows(&[
            json!({ "Id": "005A", "Username": "ann@acme.example", "ProfileId": "00e1", "Profile": { "Name": "Managers" } }),
            json!({ "Id": "005B", "Username": "sync@acme.example", "ProfileId": "00e2", "Profile": { "Name": "API" } }),
        ])),
        "Profile" if asked.soql.ends_with("WHERE Id = '00e1'") && asked.path.contains("/tooling/") => {
            let ranges = [json!({ "startAddress": "203.0.113.0", "endAddress": "203.0.113.255" })];
            Some(rows(&[json!({ "Metadata": { "loginIpRanges": ranges } })]))
        }
        "Profile" => Some(rows(&[json!({ "Metadata": { "loginIpRanges": [] } })])),
        "LoginHistory" => Some(rows(&[
            json!({ "UserId": "005A", "LoginTime": "2026-11-02T12:00:00.000+0000", "LoginType": "Application",
                    "Status": "Success", "SourceIp": "203.0.113.9" }),
            json!({ "UserId": "005B", "LoginTime": "2026-11-02T12:00:00.000+0000", "LoginType": "Application",
                    "Status": "Success", "SourceIp": "Salesforce.com IP" }),
        ])),
        "ConnectedApplication" => Some(rows(&[
            json!({ "Name": "Sync", "OptionsAllowAdminApprovedUsersOnly": true, "OptionsHasSessionLevelPolicy": false,
                    "RefreshTokenValidityPeriod": null, "OptionsRefreshTokenValidityMetric": false }),
            json!({ "Name": "Idle", "RefreshTokenValidityPeriod": 30, "OptionsRefreshTokenValidityMetric": true }),
        ])),
        "ExtlClntAppOauthPlcyCnfg" => Some(rows(&[json!({
            "DeveloperName": "Portal", "PermittedUsersPolicyType": "AllSelfAuthorized",
            "RequiredSessionLevel": "HIGH_ASSURANCE", "RefreshTokenPolicyType": "Zero", "IpRelaxationPolicyType": "Bypass",
        })])),
        _ => None,
    }))
    .await;

    let facts = served.read(PATIENT).await.unwrap();

    assert!(facts.gaps.is_empty(), "{:?}", facts.gaps);
    let (ann, sync) = (&facts.users["ann@acme.example"], &facts.users["sync@acme.example"]);
    assert_eq!(ann.login_ip_ranges, ["203.0.113.0-203.0.113.255".parse().unwrap()]);
    assert_eq!(
        (ann.uses[0].from.map(|from| from.to_string()).as_deref(), sync.uses[0].from),
        (Some("203.0.113.9"), None)
    );
    assert!(sync.login_ip_ranges.is_empty());
    assert_eq!(served.questions("Profile").await, 2, "one for each profile");
    let app = |name: &str| facts.apps.iter().find(|app| app.name == name).unwrap();
    assert_eq!(
        app("Sync"),
        &App {
            name: "Sync".to_owned(),
            approved_only: Some(true),
            high_assurance: Some(false),
            refresh_tokens: Some(RefreshTokens::Never),
            ip_relaxation: None,
        }
    );
    assert_eq!(app("Idle").refresh_tokens, Some(RefreshTokens::AfterInactivity));
    let portal = app("Portal");
    assert_eq!((portal.approved_only, portal.high_assurance), (Some(false), Some(true)));
    assert_eq!((portal.refresh_tokens, portal.ip_relaxation.as_deref()), (Some(RefreshTokens::AtOnce), Some("Bypass")));
}

#[tokio::test]
async fn a_profile_that_is_not_shown_is_asked_for_once() {
    let served = Served::with(Box::new(|asked| match asked.object.as_str() {
        "User" => Some(rows(&[
            json!({ "Id": "005A", "Username": "ann@acme.example", "ProfileId": "00e1" }),
            json!({ "Id": "005B", "Username": "sync@acme.example", "ProfileId": "00e2" }),
        ])),
        "Profile" => Some(refused(400, "INVALID_TYPE", "sObject type 'Profile' is not supported.")),
        _ => None,
    }))
    .await;

    let facts = served.read(PATIENT).await.unwrap();

    let gaps: Vec<&str> = facts.gaps.iter().map(|gap| gap.what.as_str()).collect();
    assert!(gaps.contains(&"Profile"), "{gaps:?}");
    assert_eq!(served.questions("Profile").await, 1);
}
