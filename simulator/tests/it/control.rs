//! The control API over HTTPS: what it shows, what it does, and whom it refuses.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use vestibule_model::LoginPage;
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, OrgSpec, RealmSpec, UserSpec};
use vestibule_simulator::{Console, ConsolePage, Simulator};

use super::support::browser::Browser;

#[tokio::test]
async fn every_operation_is_described_and_answers_with_a_status_that_its_description_names() {
    let test = Api::start().await;
    let document = json_of(test.get("/openapi.json").await).await;
    assert_eq!(document["openapi"], "3.1.0");

    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{realm}", "acme--uat").replace("{user}", "rep").replace("{idp}", "okta");
        for (method, described) in methods.as_object().unwrap() {
            let of_nobody = path.replace("rep", "nobody").replace("acme--uat", "globex");
            for (path, body) in [(&path, json!({})), (&of_nobody, json!({})), (&path, json!({ "act": 1 }))] {
                let sent = (method == "post").then_some(body);
                let answer = test.send(method, path, sent).await;

                let status = answer.status().as_u16().to_string();
                let named = &described["responses"][&status];
                assert!(named.is_object(), "{method} {path}: {status}");
                let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
                assert!(named["content"][&media_type].is_object(), "{method} {path}: {media_type}");
            }
            operations += 1;
        }
    }
    assert!(operations >= 9, "{operations}");
    let text = document.to_string();
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn the_api_is_for_who_knows_the_token_and_for_no_page_of_another_origin() {
    let test = Api::start().await;
    let users = format!("{}/realms/acme--uat/users", test.base);
    let act = format!("{users}/rep/administration");
    let freeze = r#"{"act":"freeze"}"#;
    let with_token = |url: &str| format!("{url}?token={}", test.token);
    let post = |url: &str| test.client.post(url).header("content-type", "application/json").body(freeze);
    for (name, request, status) in [
        ("no token", test.client.get(&users), 401),
        ("a wrong token", test.client.get(&users).bearer_auth("wrong"), 401),
        ("no token to act", post(&act), 401),
        ("another origin", post(&act).bearer_auth(&test.token).header("origin", "https://attacker.example"), 403),
        ("the org as origin", post(&act).bearer_auth(&test.token).header("origin", &test.org), 403),
        ("an opaque origin", post(&act).bearer_auth(&test.token).header("origin", "null"), 403),
        ("embedded", test.client.get(with_token(&users)).header("sec-fetch-site", "cross-site"), 403),
        ("text", test.client.post(with_token(&act)).header("content-type", "text/plain").body(freeze), 415),
        ("a form", test.client.post(with_token(&act)).form(&[("act", "freeze")]), 415),
        ("no type", test.client.post(with_token(&act)).body(freeze), 415),
        ("the token in the query", test.client.get(with_token(&users)), 200),
        ("the token twice", test.client.get(format!("{users}?token=x&token={}", test.token)), 401),
    ] {
        let answer = request.send().await.unwrap();

        assert_eq!(answer.status().as_u16(), status, "{name}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{name}");
        let body = answer.text().await.unwrap();
        assert!(!body.contains(&test.token), "{name}");
        assert_eq!(body.contains("Right-password-1"), status == 200, "{name}: {body}");
        if status != 200 {
            let refusal: Value = serde_json::from_str(&body).unwrap();
            assert!(refusal["error"].as_str().unwrap().ends_with('.'), "{name}: {body}");
        }
    }
    assert!(test.simulator.journal().all().is_empty(), "nobody acted");
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_with_its_reason() {
    let test = Api::start().await;
    let act = "/realms/acme--uat/users/rep/administration";
    for (method, path, body, status, reason) in [
        ("get", "/realms/globex", None, 404, "no realm `globex`"),
        ("get", "/realms/acme--uat/users/nobody", None, 404, "no user `nobody`"),
        ("get", "/realms/acme--uat/user", None, 404, "no such resource"),
        ("post", "/realms/acme--uat/users", Some(json!({})), 405, "does not take the method"),
        ("get", "/realms/acme--uat/journal?from=x", None, 400, "`from` is not a whole number"),
        ("get", "/realms/acme--uat/journal?from=-1", None, 400, "`from` is not a whole number"),
        ("get", "/realms/acme--uat/inbox?wait=61", None, 400, "60 seconds at most"),
        ("post", act, Some(json!({ "act": "fire" })), 400, "unknown variant `fire`"),
        ("post", act, Some(json!({ "act": "freeze", "why": 1 })), 400, "unknown field `why`"),
        ("post", act, Some(json!({ "act": { "generate-temporary-code": 25 } })), 400, "write 1 to 24"),
        ("post", act, Some(json!({ "act": "unlock" })), 409, "`rep` is not locked out"),
        ("post", act, Some(json!({ "act": { "disconnect": "security-key" } })), 409, "no security key registered"),
        ("post", "/realms/acme--uat/clock", Some(json!({ "advance-seconds": -1 })), 400, "not as described"),
    ] {
        let answer = test.send(method, path, body).await;

        assert_eq!(answer.status().as_u16(), status, "{method} {path} {reason}");
        let error = json_of(answer).await["error"].as_str().unwrap().to_owned();
        assert!(error.contains(reason), "{error}");
    }
    assert!(test.simulator.journal().all().is_empty(), "nothing happened");
}

#[tokio::test]
async fn an_act_reaches_the_realm_and_the_next_login() {
    let test = Api::start().await;
    let browser = || Browser::new(test.simulator.realm());
    let verify = browser().log_in(test.simulator.realm(), "rep").await;

    let frozen = test.administer("rep", json!("freeze")).await;
    let shown = json_of(test.get("/realms/acme--uat/users/rep").await).await;
    let stopped = browser().log_in(test.simulator.realm(), "rep").await;
    test.administer("rep", json!("unfreeze")).await;
    let again = browser().log_in(test.simulator.realm(), "rep").await;
    let disconnected = test.administer("rep", json!({ "disconnect": "totp" })).await;
    let code = test.administer("rep", json!({ "generate-temporary-code": 2 })).await;
    let password = test.administer("rep", json!("reset-password")).await;

    assert_eq!((verify.name(), stopped.name(), again.name()), ("verify-totp", "login", "verify-totp"));
    assert_eq!((frozen, disconnected), (json!({}), json!({})));
    assert_eq!(shown["state"], "frozen");
    let user = test.simulator.user("rep").unwrap();
    assert_eq!(user.totp_secret, None);
    assert_eq!(code["temporary-code"]["code"], user.temporary_code.unwrap().0.reveal());
    assert_eq!(password["password"], user.password.reveal());
    let statuses = test.simulator.realm().login_history.all().into_iter().map(|row| row.status.text());
    assert!(statuses.collect::<Vec<_>>().contains(&"User is frozen"));
}

#[tokio::test]
async fn the_users_are_shown_with_what_signs_them_in() {
    let test = Api::start().await;

    let users = json_of(test.get("/realms/acme--uat/users").await).await;

    let [ann, rep] = users.as_array().unwrap().as_slice() else { panic!("{users}") };
    assert_eq!((&ann["key"], &ann["totp-code"], &ann["verifiers"]), (&json!("ann"), &Value::Null, &json!([])));
    assert_eq!((&rep["password"], &rep["verifiers"]), (&json!("Right-password-1"), &json!(["totp-app"])));
    assert_eq!(rep["totp-secret"], test.simulator.user("rep").unwrap().totp_secret.unwrap().reveal());
    let (code, left) = (rep["totp-code"]["code"].as_str().unwrap(), rep["totp-code"]["seconds-left"].as_u64().unwrap());
    assert!(code.len() == 6 && (1..=30).contains(&left), "{code} {left}");
}

#[tokio::test]
async fn the_clock_moves_forward() {
    let test = Api::start().await;
    let at = |state: &Value| state["org"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let before = at(&json_of(test.get("/realms/acme--uat/clock").await).await);

    let moved = test.send("post", "/realms/acme--uat/clock", Some(json!({ "advance-seconds": 86_400 }))).await;

    let by = at(&json_of(moved).await).duration_since(before).as_secs();
    assert!((86_400..86_460).contains(&by), "{by}");
}

#[tokio::test]
async fn the_date_decides_what_the_next_login_meets() {
    let test = Api::start().await;
    let browser = || Browser::new(test.simulator.realm());
    let enforced = browser().log_in(test.simulator.realm(), "ann").await;

    let realm = json_of(test.send("post", "/realms/acme--uat/date", Some(json!({ "date": "2026-01-05" }))).await).await;
    let before = browser().log_in(test.simulator.realm(), "ann").await;
    let wrong = test.send("post", "/realms/acme--uat/date", Some(json!({ "date": "2026-02-30" }))).await;

    assert_eq!((enforced.name(), before.name()), ("create-passkey", "home"));
    assert_eq!((&realm["date"], wrong.status().as_u16()), (&json!("2026-01-05"), 400));
    assert_eq!(test.simulator.realm().spec.org.date, date(2026, 11, 2), "a copy begins where the realm began");
    let row = test.simulator.realm().login_history.all().pop().unwrap();
    assert!(row.time.to_string().starts_with("2026-01-05T"), "{}", row.time);
    let set = json!({ "date-set": { "date": "2026-01-05" } });
    let events = test.simulator.journal().events();
    assert!(events.iter().any(|event| serde_json::to_value(event).unwrap() == set), "{events:?}");
}

#[tokio::test]
async fn the_next_answer_of_an_identity_provider_is_planned_and_what_it_was_asked_is_taken() {
    let test = Api::start().await;
    let answers = "/realms/acme--uat/idps/okta/answers";
    let planned = json!({ "user": "rep", "amr": ["pwd", "swk"], "faults": ["signals-joined"] });

    let waiting = json_of(test.send("post", answers, Some(planned.clone())).await).await;
    let take = "/realms/acme--uat/idps/okta/requests/take";
    let nothing_yet = json_of(test.send("post", take, Some(json!({}))).await).await;
    let start = test.simulator.url("/services/auth/sso/okta");
    Browser::new(test.simulator.realm()).go(&start).await;
    let taken = json_of(test.send("post", &format!("{take}?wait=30"), Some(json!({}))).await).await;
    let after = json_of(test.get(answers).await).await;

    assert_eq!((waiting, after), (json!([planned]), json!([])));
    assert_eq!(nothing_yet, json!({ "request": null }));
    assert_eq!(taken["request"]["protocol"], "oidc");
    assert_eq!(taken["request"]["party"], test.simulator.realm().trust("okta").unwrap().client_id.as_str());
    let issued = test.simulator.journal().events().into_iter().find_map(|event| match event {
        Event::SsoAnswerIssued { signals, .. } => Some(signals),
        _ => None,
    });
    assert_eq!(issued.unwrap()[0].value, "pwd,swk");
    let forgotten = test.send("post", answers, Some(json!({ "amr": [] }))).await;
    assert_eq!(forgotten.status().as_u16(), 200);
    assert_eq!(json_of(test.send("delete", answers, None).await).await, json!({ "forgotten": 1 }));
}

#[tokio::test]
async fn an_answer_that_cannot_be_given_is_refused_with_the_reason() {
    let test = Api::start().await;
    for (idp, answer, status, why) in [
        ("octa", json!({}), 404, "There is no simulated identity provider `octa`."),
        ("okta", json!({ "user": "nobody" }), 400, "There is no user `nobody`."),
        ("okta", json!({ "class-ref": "x" }), 400, "`class-ref` is an element of SAML"),
        ("okta", json!({ "faults": ["signals-lost"] }), 400, "unknown variant `signals-lost`"),
        ("okta", json!({ "carriage": "nowhere" }), 400, "`nowhere` is not a place for a signal"),
    ] {
        let refused = test.send("post", &format!("/realms/acme--uat/idps/{idp}/answers"), Some(answer.clone())).await;

        assert_eq!(refused.status().as_u16(), status, "{answer}");
        let said = json_of(refused).await["error"].as_str().unwrap().to_owned();
        assert!(said.contains(why), "{answer}: {said}");
    }
}

#[tokio::test]
async fn an_email_is_waited_for_and_read_once() {
    let test = Api::start().await;
    let to = test.simulator.user("rep").unwrap().email;
    let inbox = format!("/realms/acme--uat/inbox?to={to}&wait=30");

    let (mail, _) = tokio::join!(async { json_of(test.get(&inbox).await).await }, async {
        test.administer("ann", json!("reset-security-token")).await;
        test.administer("rep", json!("reset-security-token")).await
    });
    let rest = format!("/realms/acme--uat/inbox?from={}", mail["next"]);
    let later = json_of(test.get(&rest).await).await;

    assert_eq!(mail["emails"].as_array().unwrap().len(), 1, "{mail}");
    assert_eq!(mail["emails"][0]["to"], to);
    let token = test.simulator.user("rep").unwrap().security_token.unwrap();
    assert!(mail["emails"][0]["body"].as_str().unwrap().contains(token.reveal()));
    assert_eq!(later, json!({ "emails": [], "next": 2 }));
}

#[tokio::test]
async fn the_journal_is_a_list_and_a_stream_that_goes_on_where_it_was_left() {
    let test = Api::start().await;
    test.administer("rep", json!("freeze")).await;
    let list = json_of(test.get("/realms/acme--uat/journal").await).await;
    let mut all = test.get("/realms/acme--uat/journal/events").await;
    let events = format!("{}/realms/acme--uat/journal/events", test.base);
    let rest = test.client.get(events).bearer_auth(&test.token).header("last-event-id", "0");
    let mut rest = rest.send().await.unwrap();

    test.administer("rep", json!("unfreeze")).await;

    assert_eq!(list["entries"][0]["event"], json!({ "user-frozen": { "user": "rep" } }));
    assert_eq!(list["next"], 1);
    assert_eq!(all.headers()["content-type"], "text/event-stream");
    let all = read_until(&mut all, "user-unfrozen").await;
    assert!(all.starts_with("id: 0\n") && all.contains("user-frozen") && all.contains("\nid: 1\n"), "{all}");
    let rest = read_until(&mut rest, "user-unfrozen").await;
    assert!(rest.starts_with("id: 1\n") && !rest.contains("user-frozen"), "{rest}");
}

/// Contract E1.1.
#[tokio::test]
async fn a_callback_at_the_shared_host_reaches_the_organization_that_it_names() {
    let test = Api::start().await;
    let copy = test.open(json!({ "from": { "copy-of": "acme--uat" } })).await;
    let own = json_of(test.get("/realms/acme--uat").await).await;
    for realm in [&copy, &own] {
        let [login, my_domain, id] = ["login-url", "my-domain-url", "org-id"].map(|name| realm[name].as_str().unwrap());
        for id in [id, &id[..15]] {
            let path = format!("/services/authcallback/{id}/okta?code=x");
            let answer = test.stay_at(&format!("{login}{path}")).await;

            assert_eq!(answer.status().as_u16(), 302, "{path}");
            assert_eq!(answer.headers()["location"].to_str().unwrap(), format!("{my_domain}{path}"));
        }
    }
    let login = own["login-url"].as_str().unwrap();
    let nobody = test.stay_at(&format!("{login}/services/authcallback/00D000000000000/okta?code=x")).await;
    assert_eq!(nobody.status().as_u16(), 404);
}

#[tokio::test]
async fn a_stream_ends_with_its_realm() {
    let test = Api::start().await;
    for (method, how) in [("delete", ""), ("post", "/reset")] {
        let copy = test.open(json!({ "from": { "copy-of": "acme--uat" } })).await;
        let path = format!("/realms/{}", copy["my-domain"].as_str().unwrap());
        let mut stream = test.get(&format!("{path}/journal/events")).await;

        let ended = test.send(method, &format!("{path}{how}"), None).await.status().as_u16();

        assert_eq!(ended, 200, "{method}");
        let read_out = async { while stream.chunk().await.unwrap().is_some() {} };
        tokio::time::timeout(LONG, read_out).await.expect("the stream ends");
    }
}

#[tokio::test]
async fn who_followed_a_realm_before_its_reset_reads_the_new_journal_from_its_beginning() {
    let test = Api::start().await;
    let copy = test.open(json!({ "from": { "copy-of": "acme--uat" } })).await;
    let path = format!("/realms/{}", copy["my-domain"].as_str().unwrap());
    test.send("post", &format!("{path}/reset"), None).await;
    let freeze = json!({ "act": "freeze" });
    test.send("post", &format!("{path}/users/rep/administration"), Some(freeze)).await;

    let events = format!("{}{path}/journal/events", test.base);
    let stream = test.client.get(events).bearer_auth(&test.token).header("last-event-id", "7");
    let mut stream = stream.send().await.unwrap();

    let read = read_until(&mut stream, "user-frozen").await;
    assert!(read.starts_with("id: 0\n"), "{read}");
}

#[tokio::test]
async fn a_copy_is_a_realm_of_its_own_until_it_is_closed() {
    let test = Api::start().await;
    test.administer("rep", json!("freeze")).await;

    let from = json!({ "copy-of": "acme--uat" });
    let copy = test.open(json!({ "from": from, "date": "2026-12-24" })).await;
    let named = test.open(json!({ "from": from, "my-domain": "acme--named" })).await;
    let path = |realm: &Value, rest: &str| format!("/realms/{}{rest}", realm["my-domain"].as_str().unwrap());
    let disconnect = json!({ "act": { "disconnect": "totp" } });
    test.send("post", &path(&copy, "/users/rep/administration"), Some(disconnect)).await;
    let [of_copy, of_named] = [path(&copy, "/users/rep"), path(&named, "/users/rep")];
    let before = json_of(test.get(&of_copy).await).await;
    let reset = test.send("post", &path(&copy, "/reset"), None).await.status().as_u16();
    let [after, other] = [json_of(test.get(&of_copy).await).await, json_of(test.get(&of_named).await).await];
    let page = test.page_of(&copy).await;
    let closed = json_of(test.send("delete", &path(&copy, ""), None).await).await;
    let gone = (test.get(&of_copy).await.status().as_u16(), test.page_of(&copy).await);

    assert_eq!((copy["date"].as_str(), named["date"].as_str()), (Some("2026-12-24"), Some("2026-11-02")));
    assert!(copy["my-domain"].as_str().unwrap().starts_with("acme--"), "{copy}");
    assert_eq!(copy["users"], json!(["ann", "rep"]));
    assert_eq!((&before["verifiers"], &before["state"]), (&json!([]), &json!("active")));
    assert_eq!((reset, &after["verifiers"]), (200, &json!(["totp-app"])));
    assert_eq!(other["verifiers"], json!(["totp-app"]));
    assert_eq!(page, 200);
    assert_eq!(closed["closed"], copy["my-domain"]);
    assert_eq!(gone, (404, 421));
    let realms = json_of(test.get("/realms").await).await;
    let names: Vec<_> = realms.as_array().unwrap().iter().map(|realm| &realm["my-domain"]).collect();
    assert_eq!(names, ["acme--uat", "acme--named"]);
}

#[tokio::test]
async fn each_copy_has_identity_providers_at_hosts_of_its_own() {
    let test = Api::start().await;
    let from = json!({ "copy-of": "acme--uat" });

    let [one, other] =
        [test.open(json!({ "from": from })).await, test.open(json!({ "from": from, "my-domain": "globex" })).await];

    let port = test.simulator.address().port();
    assert_eq!(other["idp-urls"]["okta"], format!("https://okta.globex.localhost:{port}"));
    assert_ne!(one["idp-urls"]["okta"], other["idp-urls"]["okta"]);
}

#[tokio::test]
async fn a_realm_that_cannot_be_opened_or_ended_is_refused_with_the_reason() {
    let test = Api::start().await;
    let copy = json!({ "copy-of": "acme--uat" });
    for (method, path, body, status, reason) in [
        ("post", "/realms", Some(json!({ "from": copy, "my-domain": "acme--uat" })), 409, "has the name `acme--uat`"),
        ("post", "/realms", Some(json!({ "from": copy, "my-domain": "Acme Inc" })), 400, "is not a My Domain name"),
        ("post", "/realms", Some(json!({ "from": copy, "date": "2026-13-01" })), 400, "not as described"),
        ("post", "/realms", Some(json!({ "from": { "copy-of": "none" } })), 404, "no realm `none`"),
        ("post", "/realms", Some(json!({ "from": { "scenario": "org: {}" } })), 400, "does not read scenarios"),
        ("post", "/realms", Some(json!({ "from": "acme--uat" })), 400, "not as described"),
        ("post", "/realms/acme--uat/reset", None, 409, "was not opened here"),
        ("delete", "/realms/acme--uat", None, 409, "was not opened here"),
        ("delete", "/realms/none", None, 404, "no realm `none`"),
    ] {
        let answer = test.send(method, path, body).await;

        assert_eq!(answer.status().as_u16(), status, "{method} {path} {reason}");
        let error = json_of(answer).await["error"].as_str().unwrap().to_owned();
        assert!(error.contains(reason), "{error}");
    }
    assert_eq!(json_of(test.get("/realms").await).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_forms_of_a_page_switch_the_date_and_open_conditions() {
    let test = Api::start().await;
    let console = test.console();
    let form = |fields: &[(&str, &str)]| test.form(&console, fields).header("origin", &console.origin).send();
    let at = |answer: &Response| answer.headers()["location"].to_str().unwrap().to_owned();

    let date = [("operation", "/realms/acme--uat/date"), ("date", "2026-01-05")];
    let moved = form(&date).await.unwrap();
    let condition = [("operation", "/realms"), ("from.condition", "strict")];
    let (opened, again) = (form(&condition).await.unwrap(), form(&condition).await.unwrap());

    assert_eq!((moved.status().as_u16(), opened.status().as_u16()), (303, 303));
    assert_eq!(at(&moved), format!("/realms/acme--uat/?token={}", console.token));
    assert_eq!(test.simulator.realm().date(), date_of("2026-01-05"));
    let realms = test.client.get(format!("{}/realms", test.base)).bearer_auth(&console.token).send().await.unwrap();
    let realms = json_of(realms).await;
    let names: Vec<_> = realms.as_array().unwrap().iter().map(|realm| realm["my-domain"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for (answer, name) in [(&opened, names[1]), (&again, names[2])] {
        assert!(name.starts_with("strict-"), "{name}");
        assert_eq!(at(answer), format!("/realms/{name}/?token={}", console.token));
    }
    for (fields, status, reason) in [
        (vec![("operation", "/realms/acme--uat/date"), ("date", "2026-02-30")], 400, "not as described"),
        (vec![("operation", "/realms/nobody/date"), ("date", "2026-01-05")], 404, "no realm `nobody`"),
        (vec![("operation", "/realms"), ("from.condition", "easy")], 400, "no condition `easy`"),
        (vec![("operation", "/nothing")], 404, "no such resource"),
        (vec![("date", "2026-01-05")], 400, "names no operation"),
    ] {
        let refused = form(&fields).await.unwrap();

        assert_eq!(refused.status().as_u16(), status, "{fields:?}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(reason), "{fields:?}: {page}");
    }
}

#[tokio::test]
async fn a_form_is_taken_from_a_page_of_the_console_and_from_nobody_else() {
    let test = Api::start().await;
    let console = test.console();
    let fields = [("operation", "/realms/acme--uat/date"), ("date", "2026-01-05")];
    let form = || test.form(&console, &fields);
    let text = || {
        let page = format!("{}/?token={}", console.origin, console.token);
        test.client.post(page).body("operation=/realms/acme--uat/date&date=2026-01-05")
    };
    let of_nobody = || test.client.post(format!("{}/?token=wrong", console.origin)).form(&fields);
    for (name, request, status) in [
        ("no origin", form(), 405),
        ("another origin", form().header("origin", "https://attacker.example"), 403),
        ("the org as origin", form().header("origin", &test.org), 403),
        ("an opaque origin", form().header("origin", "null"), 403),
        ("a wrong token", of_nobody().header("origin", &console.origin), 401),
        ("text", text().header("origin", &console.origin).header("content-type", "text/plain"), 405),
    ] {
        let answer = request.send().await.unwrap();

        assert_eq!(answer.status().as_u16(), status, "{name}");
    }
    assert!(test.simulator.journal().all().is_empty(), "nothing was switched");
}

/// What the program around a simulator knows: one condition.
#[derive(Debug)]
struct Conditions;

impl Console for Conditions {
    fn page(&self, _path: &str) -> Option<ConsolePage> {
        None
    }

    fn conditions(&self) -> Vec<String> {
        vec!["strict".to_owned()]
    }

    fn realm_of_condition(&self, name: &str) -> Result<(RealmSpec, Arc<Rulebook>), String> {
        let known = (name == "strict").then(|| RealmSpec::new(OrgSpec::production("strict", date(2026, 12, 1))));
        let spec = known.ok_or_else(|| format!("there is no condition `{name}`"))?;
        Ok((spec, Arc::new(Rulebook::newest())))
    }
}

/// Where a console is.
struct At {
    origin: String,
    token: String,
}

fn date_of(text: &str) -> Date {
    text.parse().unwrap()
}

/// A simulator and its control API.
struct Api {
    simulator: Simulator,
    client: Client,
    base: String,
    token: String,
    /// The origin of the org.
    org: String,
}

impl Api {
    async fn start() -> Self {
        let user = || UserSpec::new("Standard User").password("Right-password-1");
        let org = OrgSpec::sandbox("acme--uat", date(2026, 11, 2)).login_page(LoginPage::Classic);
        let builder = Simulator::builder().org(org);
        let builder = builder.idp("okta", IdpSpec::new(IdpProtocol::Oidc));
        let simulator = builder.user("ann", user()).user("rep", user().totp()).start().await.unwrap();
        let url = simulator.serve_control_api();
        let (base, token) = url.reveal().split_once("?token=").unwrap();
        let ca = Certificate::from_pem(simulator.ca_pem().as_bytes()).unwrap();
        let client = Client::builder().tls_certs_only([ca]).resolve("localhost", simulator.address()).no_proxy();
        let client = client.redirect(Policy::none());
        let org = simulator.realm().my_domain_origin();
        let client = client.build().unwrap();
        Self { client, base: base.to_owned(), token: token.to_owned(), org, simulator }
    }

    /// Serves a console in place of the control API alone.
    fn console(&self) -> At {
        let url = self.simulator.serve_console(Arc::new(Conditions));
        let (origin, token) = url.reveal().split_once("/?token=").unwrap();
        At { origin: origin.to_owned(), token: token.to_owned() }
    }

    /// A form that is posted to the page at the root of the console.
    fn form(&self, console: &At, fields: &[(&str, &str)]) -> RequestBuilder {
        self.client.post(format!("{}/?token={}", console.origin, console.token)).form(fields)
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Response {
        let method: Method = method.to_uppercase().parse().unwrap();
        let request = self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.timeout(LONG).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send("get", path, None).await
    }

    /// Opens a realm, and returns what it is.
    async fn open(&self, realm: Value) -> Value {
        let answer = self.send("post", "/realms", Some(realm)).await;
        assert_eq!(answer.status().as_u16(), 200);
        json_of(answer).await
    }

    /// The status of the login page of a realm.
    async fn page_of(&self, realm: &Value) -> u16 {
        let url: url::Url = realm["my-domain-url"].as_str().unwrap().parse().unwrap();
        self.client_of(&url, Policy::default()).get(url).send().await.unwrap().status().as_u16()
    }

    /// What an address of a realm answers, without following a redirect.
    async fn stay_at(&self, url: &str) -> Response {
        let url: url::Url = url.parse().unwrap();
        self.client_of(&url, Policy::none()).get(url).send().await.unwrap()
    }

    fn client_of(&self, url: &url::Url, redirects: Policy) -> Client {
        let ca = Certificate::from_pem(self.simulator.ca_pem().as_bytes()).unwrap();
        let client = Client::builder().tls_certs_only([ca]).no_proxy().redirect(redirects);
        client.resolve(url.host_str().unwrap(), self.simulator.address()).build().unwrap()
    }

    async fn administer(&self, user: &str, act: Value) -> Value {
        let path = format!("/realms/acme--uat/users/{user}/administration");
        let answer = self.send("post", &path, Some(json!({ "act": act }))).await;
        assert_eq!(answer.status().as_u16(), 200, "{user}");
        json_of(answer).await
    }
}

async fn json_of(answer: Response) -> Value {
    answer.json().await.unwrap()
}

/// Reads a stream until it has said this.
async fn read_until(stream: &mut Response, part: &str) -> String {
    let mut read = String::new();
    while !read.contains(part) {
        let chunk = tokio::time::timeout(LONG, stream.chunk()).await.unwrap().unwrap().expect("more");
        read.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    read
}

/// Longer than any answer takes.
const LONG: Duration = Duration::from_secs(40);
