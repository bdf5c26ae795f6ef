//! Bad input that is known, and the error that answers it: status, and a part of the reason in the form of the protocol.

use reqwest::Method;
use serde_json::{Value, json};
use url::form_urlencoded;
use vestibule_simulator::realm::Event;

use super::ask;
use super::draw::{Draw, encoded};
use super::world::{KEY, SECRET, SPARE, World};

/// What is bad, the request, and its answer.
type Row = (&'static str, Draw, u16, &'static str);

async fn check(world: &World, rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for (what, draw, status, text) in rows {
        let answer = ask(world, &draw).await.unwrap();

        let reason = answer.reason().unwrap_or_default();
        if answer.status != status || !reason.contains(text) {
            wrong.push(format!("{what}: expected {status} {text:?}, found {} {reason:?}", answer.status));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// SOAP 1.1, 4.1.2 and 6.2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_soap_call_that_cannot_be_read_is_a_fault_that_says_why() {
    let world = World::new().await;
    let at = |path: &str, body: String| Draw::post(world.at_org(path), "text/xml", body);
    let call = |body: &str| at("/services/Soap/u/59.0", body.to_owned());
    let envelope = |namespace: &str, body: &str| format!("<e:Envelope xmlns:e=\"{namespace}\">{body}</e:Envelope>");
    let soap_11 = "http://schemas.xmlsoap.org/soap/envelope/";
    let login = |arguments: &str| {
        let login = format!("<login xmlns=\"urn:partner.soap.sforce.com\">{arguments}</login>");
        envelope(soap_11, &format!("<e:Body>{login}</e:Body>"))
    };
    let good = login("<username>rep@acme.example</username><password>x</password>");
    let rows = vec![
        ("nothing", call(""), 500, "not well-formed XML"),
        ("JSON", call("{\"login\":{}}"), 500, "not well-formed XML"),
        ("another root", call("<login/>"), 500, "no SOAP 1.1 envelope"),
        (
            "SOAP 1.2",
            call(&envelope("http://www.w3.org/2003/05/soap-envelope", "<e:Body><login/></e:Body>")),
            500,
            "no SOAP 1.1 envelope",
        ),
        ("no body", call(&envelope(soap_11, "<e:Header/>")), 500, "no operation in its body"),
        ("an empty body", call(&envelope(soap_11, "<e:Body/>")), 500, "no operation in its body"),
        ("the envelope is not closed", call(good.trim_end_matches("</e:Envelope>")), 500, "not well-formed XML"),
        ("a DTD", call(&format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{good}")), 500, "has a DOCTYPE"),
        ("an unknown entity", call(&login("<username>&a;</username>")), 500, "an entity that XML does not define"),
        (
            "100 levels",
            call(&login(&format!("{}{}", "<a>".repeat(100), "</a>".repeat(100)))),
            500,
            "elements more than",
        ),
        ("too large", call(&login(&"x".repeat(3 * 1024 * 1024))), 413, "the body is too large"),
        ("another namespace", at("/services/Soap/c/59.0", good.clone()), 500, "No operation available for request"),
        ("a version that is gone", at("/services/Soap/u/30.0", good.clone()), 500, "UNSUPPORTED_API_VERSION"),
        ("a version that is none", at("/services/Soap/u/latest", good.clone()), 500, "UNSUPPORTED_API_VERSION"),
        ("a version without login()", at("/services/Soap/u/65.0", good.clone()), 500, "INVALID_OPERATION"),
        (
            "a password of a megabyte",
            call(&login(&format!(
                "<username>rep@acme.example</username><password>{}</password>",
                "x".repeat(1_000_000)
            ))),
            500,
            "INVALID_LOGIN",
        ),
        ("no arguments", call(&login("")), 500, "INVALID_LOGIN"),
        ("GET", Draw { method: Method::GET, ..call(&good) }, 500, "a SOAP call is posted"),
    ];

    check(&world, rows).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_cannot_be_run_is_refused_with_row_and_column() {
    let world = World::new().await;
    let query = |soql: &str| {
        let encoded: String = form_urlencoded::byte_serialize(soql.as_bytes()).collect();
        Draw::get(world.at_org(&format!("/services/data/v60.0/query?q={encoded}"))).bearer(&world.api_session)
    };
    let deep = |open: &str, depth: usize| format!("SELECT Id FROM User WHERE {}Id = 'a'", open.repeat(depth));
    let rows = vec![
        ("nothing", query(""), 400, "A query string has to be specified"),
        ("no SELECT", query("Id FROM User"), 400, "ERROR at Row:1:Column:1\nunexpected token: 'Id'"),
        ("an open quote", query("SELECT Id FROM User WHERE Name = 'x"), 400, "Row:1:Column:34\nmismatched character"),
        ("an open parenthesis", query("SELECT Id FROM User WHERE (Id = 'a'"), 400, "unexpected token: '<EOF>'"),
        ("an open subquery", query("SELECT (SELECT Id FROM User FROM User"), 400, "unexpected token: 'FROM'"),
        ("an unknown field", query("SELECT Id,\nNope FROM User"), 400, "Row:2:Column:1\nNo such column 'Nope'"),
        ("an unknown object", query("SELECT Id FROM Nope__c"), 400, "sObject type 'Nope__c' is not supported"),
        ("an unknown relationship", query("SELECT Nope.Id FROM User"), 400, "Didn't understand relationship 'Nope'"),
        ("10,000 parentheses", query(&deep("(", 10_000)), 400, "at most 20 levels"),
        ("10,000 NOTs", query(&deep("NOT ", 10_000)), 400, "at most 20 levels"),
        ("two statements", query("SELECT Id FROM User; SELECT Id FROM User"), 400, "no viable alternative"),
        ("a control character", query("SELECT Id FROM User WHERE Name = \0"), 400, "no viable alternative"),
        ("digits of another script", query("SELECT Id FROM User LIMIT ٣"), 400, "no viable alternative"),
        ("a limit of a kilobyte", query(&format!("SELECT Id FROM User LIMIT {}", "9".repeat(1_000))), 400, ""),
        (
            "an unknown version",
            Draw::get(world.at_org("/services/data/v999.0/query?q=SELECT")).bearer(&world.api_session),
            404,
            "The requested resource does not exist",
        ),
        (
            "no session",
            Draw::get(world.at_org("/services/data/v60.0/query?q=SELECT")),
            401,
            "Session expired or invalid",
        ),
        (
            "an unknown page",
            Draw::get(world.at_org("/services/data/v60.0/query/01gx-2000")).bearer(&world.api_session),
            400,
            "invalid query locator",
        ),
        (
            "a path that is not UTF-8",
            Draw::get(world.at_org("/services/data/v60.0/sobjects/%FF")).bearer(&world.api_session),
            400,
            "the path of the request is not UTF-8",
        ),
        ("POST", Draw { method: Method::POST, ..query("SELECT Id FROM User") }, 405, "HTTP Method 'POST' not allowed"),
    ];

    check(&world, rows).await;
}

/// RFC 6749, 3.1, 3.2, 4.1.2.1 and 5.2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_parameter_of_oauth_that_is_missing_twice_or_wrong_is_named() {
    let world = World::new().await;
    let pairs = |fields: &[(&str, &str)]| -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let token = |fields: &[(&str, &str)]| Draw::form(world.at_org("/services/oauth2/token"), &pairs(fields));
    let authorize = |fields: &[(&str, &str)]| {
        Draw::get(world.at_org(&format!("/services/oauth2/authorize?{}", encoded(&pairs(fields)))))
    };
    let (grant, client, secret) = (("grant_type", "client_credentials"), ("client_id", KEY), ("client_secret", SECRET));
    let code = ("grant_type", "authorization_code");
    let (response, callback) = (("response_type", "code"), ("redirect_uri", "https://app.example/callback"));
    let rows = vec![
        ("no grant type", token(&[client, secret]), 400, "grant type not supported"),
        ("an unknown grant type", token(&[("grant_type", "magic"), client, secret]), 400, "grant type not supported"),
        ("the grant type twice", token(&[grant, grant, client, secret]), 400, "parameter given more than once"),
        ("no client", token(&[grant]), 400, "client identifier invalid"),
        ("an unknown client", token(&[grant, ("client_id", "x"), secret]), 400, "client identifier invalid"),
        (
            "the client twice",
            token(&[grant, client, ("client_id", "x"), secret]),
            400,
            "parameter given more than once",
        ),
        ("no secret", token(&[grant, client]), 400, "invalid client credentials"),
        ("another secret", token(&[grant, client, ("client_secret", "x")]), 400, "invalid client credentials"),
        (
            "an unknown scope",
            token(&[grant, client, secret, ("scope", "magic")]),
            400,
            "requested scope is not allowed",
        ),
        ("no code", token(&[code, client, secret, callback]), 400, "missing required code"),
        ("an unknown code", token(&[code, client, secret, callback, ("code", "x")]), 400, "invalid authorization code"),
        (
            "an unknown refresh token",
            token(&[("grant_type", "refresh_token"), client, secret, ("refresh_token", "x")]),
            400,
            "expired access/refresh token",
        ),
        ("an unknown device", token(&[("grant_type", "device"), client, ("code", "x")]), 400, "invalid device code"),
        ("GET", Draw { method: Method::GET, ..token(&[grant, client, secret]) }, 400, "must use HTTP POST"),
        ("PUT", Draw { method: Method::PUT, ..token(&[grant, client, secret]) }, 405, "does not take the method PUT"),
        (
            "JSON",
            Draw::post(world.at_org("/services/oauth2/token"), "application/json", "{\"grant_type\":\"password\"}"),
            400,
            "grant type not supported",
        ),
        ("too large", token(&[grant, ("x", &"x".repeat(3 * 1024 * 1024))]), 413, "the body is too large"),
        ("an authorization of nobody", authorize(&[response, callback]), 400, "client identifier invalid"),
        ("no callback", authorize(&[response, client]), 400, "redirect_uri not provided"),
        (
            "a callback that is off by a slash",
            authorize(&[response, client, ("redirect_uri", "https://app.example/callback/")]),
            400,
            "redirect_uri must match configuration",
        ),
        (
            "the callback twice",
            authorize(&[response, client, callback, callback]),
            400,
            "parameter given more than once",
        ),
        (
            "an unknown token to introspect",
            Draw::form(world.at_org("/services/oauth2/introspect"), &pairs(&[client, ("token", "x")])),
            400,
            "invalid client credentials",
        ),
        (
            "an unknown token to revoke",
            Draw::form(world.at_org("/services/oauth2/revoke"), &pairs(&[("token", "x")])),
            400,
            "invalid token",
        ),
        (
            "an unknown token at userinfo",
            Draw::get(world.at_org("/services/oauth2/userinfo")).bearer("x"),
            403,
            "Bad_OAuth_Token",
        ),
    ];

    check(&world, rows).await;
}

/// The app learns that the assertion is invalid, the journal why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jwt_that_is_nearly_right_gets_no_token_and_the_journal_says_what_is_wrong() {
    let world = World::new().await;
    let header = json!({ "alg": "RS256" });
    let claims = world.claims();
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        world.jwt(&header, &claims)
    };
    let headed = |header: Value| world.jwt(&header, &claims);
    let good = world.jwt(&header, &claims);
    let parts: Vec<&str> = good.split('.').collect();
    let invalid = "invalid assertion";
    let rows = [
        ("no assertion", String::new(), invalid, "no JWT"),
        ("two parts", format!("{}.{}", parts[0], parts[1]), invalid, "no JWT"),
        ("four parts", format!("{good}.x"), invalid, "no JWT"),
        ("standard base64", good.replacen('.', "=.", 1), invalid, "no JWT"),
        ("too long", format!("{good}{}", "A".repeat(70_000)), invalid, "no JWT"),
        ("no algorithm", headed(json!({})), invalid, "signed with ``"),
        ("the algorithm none", headed(json!({ "alg": "none" })), invalid, "signed with `none`"),
        ("a symmetric algorithm", headed(json!({ "alg": "HS256" })), invalid, "signed with `HS256`"),
        ("another algorithm", headed(json!({ "alg": "RS512" })), invalid, "signed with `RS512`"),
        ("no signature", format!("{}.{}.", parts[0], parts[1]), invalid, "signature"),
        ("the claims of another", format!("{}.{}.{}", parts[0], other_claims(&world), parts[2]), invalid, "signature"),
        ("no issuer", with("iss", Value::Null), invalid, "`iss`"),
        ("an unknown issuer", with("iss", json!("x")), "client identifier invalid", "consumer key"),
        ("no subject", with("sub", json!("")), invalid, "`sub`"),
        ("a subject that is no text", with("sub", json!(7)), invalid, "`sub`"),
        ("no audience", with("aud", Value::Null), invalid, "`aud`"),
        ("another audience", with("aud", json!("https://evil.example")), "audience is invalid", "`aud`"),
        ("no end", with("exp", Value::Null), invalid, "`exp`"),
        ("an end that is no number", with("exp", json!("soon")), invalid, "`exp`"),
        ("over", with("exp", json!(world.now - 600)), "expired authorization code", "expired 600 seconds ago"),
        ("not begun", with("nbf", json!(world.now + 600)), invalid, "valid only in 600 seconds"),
    ];
    for (what, assertion, text, why) in rows {
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned();
        let fields = [("grant_type".to_owned(), grant), ("assertion".to_owned(), assertion)];
        let draw = Draw::form(world.at_org("/services/oauth2/token"), &fields);

        let answer = ask(&world, &draw).await.unwrap();

        assert_eq!((answer.status, answer.reason().as_deref()), (400, Some(text)), "{what}");
        let last = world.test.events().into_iter().rev().find_map(|event| match event {
            Event::OauthRefused { why, .. } => Some(why),
            _ => None,
        });
        assert!(last.as_ref().is_some_and(|last| last.contains(why)), "{what}: {last:?}");
    }
}

/// The claims of another user, as the part of a JWT.
fn other_claims(world: &World) -> String {
    let mut claims = world.claims();
    claims["sub"] = json!("rep@acme.example");
    world.jwt(&json!({}), &claims).split('.').nth(1).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_control_api_cannot_do_is_refused_with_what_it_would_take() {
    let world = World::new().await;
    let post = |path: &str, body: &str| {
        Draw::post(format!("{}{path}", world.control), "application/json", body).bearer(&world.control_token)
    };
    let get = |path: &str| Draw::get(format!("{}{path}", world.control)).bearer(&world.control_token);
    let at = |rest: &str| format!("/realms/{SPARE}{rest}");
    let act = at("/users/rep/administration");
    let large = format!("{{\"act\":\"{}\"}}", "x".repeat(5 * 1024 * 1024));
    let rows = vec![
        ("an unknown realm", get("/realms/nobody"), 404, "no realm `nobody`"),
        (
            "an unknown realm to change",
            post("/realms/nobody/clock", "{\"advance-seconds\":1}"),
            404,
            "no realm `nobody`",
        ),
        ("an unknown user", get(&at("/users/nobody")), 404, "no user `nobody`"),
        ("an unknown resource", get("/nothing"), 404, "no such resource"),
        ("another method", Draw { method: Method::PUT, ..post(&act, "{}") }, 405, "does not take the method"),
        ("nothing", post(&act, ""), 400, "not as described: EOF"),
        ("no JSON", post(&act, "act=freeze"), 400, "not as described"),
        ("half of it", post(&act, "{\"act\":\"free"), 400, "not as described: EOF"),
        ("a list", post(&act, "[]"), 400, "not as described"),
        ("a number for an act", post(&act, "{\"act\":1}"), 400, "not as described"),
        ("an unknown act", post(&act, "{\"act\":\"fire\"}"), 400, "unknown variant `fire`, expected one of"),
        ("an act twice", post(&act, "{\"act\":\"freeze\",\"act\":\"freeze\"}"), 400, "duplicate field `act`"),
        ("an unknown key", post(&act, "{\"act\":\"freeze\",\"why\":1}"), 400, "unknown field `why`, expected `act`"),
        ("a text for seconds", post(&at("/clock"), "{\"advance-seconds\":\"1\"}"), 400, "invalid type: string"),
        ("negative seconds", post(&at("/clock"), "{\"advance-seconds\":-1}"), 400, "invalid value: integer `-1`"),
        ("too many seconds", post(&at("/clock"), "{\"advance-seconds\":1e300}"), 400, "not as described"),
        ("no day", post(&at("/date"), "{\"date\":\"2026-02-30\"}"), 400, "not as described"),
        ("a realm of nothing", post("/realms", "{}"), 400, "missing field `from`"),
        ("a realm of a number", post("/realms", "{\"from\":{\"copy-of\":7}}"), 400, "invalid type: integer `7`"),
        ("a realm of nobody", post("/realms", "{\"from\":{\"copy-of\":\"nobody\"}}"), 404, "no realm `nobody`"),
        (
            "a name that is none",
            post("/realms", "{\"from\":{\"copy-of\":\"acme\"},\"my-domain\":\"-\"}"),
            400,
            "is not a My Domain name",
        ),
        ("deep JSON", post(&act, &"[".repeat(100_000)), 400, "not as described"),
        ("too large", post(&act, &large), 413, "bytes"),
        (
            "a form",
            Draw::post(format!("{}{act}", world.control), "text/plain", "x").bearer(&world.control_token),
            415,
            "application/json",
        ),
        ("a wait that is no number", get(&at("/inbox?wait=soon")), 400, "`wait` is not a whole number"),
        ("no token", Draw::get(format!("{}/realms", world.control)), 401, "token"),
    ];

    check(&world, rows).await;
    let before = json!({ "entries": [], "next": 0 });
    let journal = ask(&world, &get(&at("/journal"))).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&journal.body).unwrap(), before, "nothing happened");
}
