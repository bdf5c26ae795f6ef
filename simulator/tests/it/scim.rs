//! SCIM 2.0 at the identity provider: users and groups, as a provisioning client reads and writes them.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_model::Secret;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, SignInPage};

use crate::sso_realm::{Browser, PASSWORD, Page, TestRealm, page, pairs};

const TOKEN: &str = "token-of-the-provisioning-client";

struct Directory {
    test: TestRealm,
    browser: Browser,
}

impl Directory {
    async fn start() -> Self {
        let idp = IdpSpec {
            scim_token: Some(Secret::new(TOKEN)),
            sign_in: SignInPage::Own,
            ..IdpSpec::new(IdpProtocol::Oidc)
        };
        let test = TestRealm::start(idp).await;
        let browser = test.careful_browser();
        Self { test, browser }
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Page {
        let url = if path.contains("://") { path.to_owned() } else { self.test.idp(&format!("/scim/v2{path}")) };
        let request = self.browser.request(method, &url).bearer_auth(TOKEN);
        let request = match body {
            Some(body) => request.header("content-type", "application/scim+json").body(body.to_string()),
            None => request,
        };
        page(request).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        parsed(&answer)
    }

    async fn create(&self, path: &str, body: &Value) -> Value {
        let answer = self.call(Method::POST, path, Some(body)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        parsed(&answer)
    }

    async fn list(&self, query: &str) -> Value {
        self.get(&format!("/Users?{query}")).await
    }

    /// Whether a user can sign in with this password.
    async fn signs_in(&self, username: &str, password: &str) -> bool {
        let browser = self.test.browser();
        let form = browser.get(&self.test.oidc_start()).await;
        assert_eq!(form.name(), "idp-sign-in", "{}", form.body);
        let mut filled = form.hidden();
        filled.extend(pairs(&[("username", username), ("password", password), ("method", "password")]));
        browser.post(&form.action(), &filled).await.name() != "idp-sign-in"
    }
}

fn parsed(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body))
}

/// Status and `scimType` of an error in the form of RFC 7644 3.12.
fn refused(page: &Page) -> (u16, String) {
    let body = parsed(page);
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{body}");
    assert_eq!(body["status"], page.status.to_string());
    assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
    (page.status, body["scimType"].as_str().unwrap_or_default().to_owned())
}

fn is(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

fn patch(operations: &Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

fn ada() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada@acme.example",
        "externalId": "7",
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "displayName": "Ada Lovelace",
        "emails": [{ "value": "ada.l@acme.example", "type": "work", "primary": true }],
        "password": "Pw1-of-ada",
        "nickName": "ignored",
    })
}

#[tokio::test]
async fn only_the_token_opens_the_directory_and_without_one_there_is_none() {
    let directory = Directory::start().await;
    let url = directory.test.idp("/scim/v2/Users");
    for token in [None, Some("wrong"), Some("")] {
        let request = directory.browser.request(Method::GET, &url);
        let answer = page(token.into_iter().fold(request, |request, token| request.bearer_auth(token))).await;
        assert_eq!(refused(&answer), is(401, ""), "{token:?}");
    }
    assert!(directory.test.realm.secrets.all().contains(&Secret::new(TOKEN)));
    let closed = TestRealm::oidc().await;
    let request = closed.browser().request(Method::GET, &closed.idp("/scim/v2/Users")).bearer_auth("");
    assert_eq!(page(request).await.status, 404);
}

#[tokio::test]
async fn a_user_is_created_signs_in_is_changed_and_deleted() {
    let directory = Directory::start().await;
    let created = directory.create("/Users", &ada()).await;

    assert_eq!((&created["userName"], &created["active"]), (&json!("ada@acme.example"), &json!(true)));
    assert_eq!((created.get("password"), created.get("nickName")), (None, None));
    assert_eq!(created["meta"]["resourceType"], "User");
    let location = created["meta"]["location"].as_str().unwrap().to_owned();
    assert_eq!(directory.get(&location).await, created);
    assert!(directory.signs_in("ada@acme.example", "Pw1-of-ada").await);
    assert!(!directory.signs_in("ada@acme.example", "wrong").await);
    assert!(directory.test.realm.secrets.all().contains(&Secret::new("Pw1-of-ada")));

    let taken = directory.call(Method::POST, "/Users", Some(&ada())).await;
    assert_eq!(refused(&taken), is(409, "uniqueness"));
    let mut renamed = ada();
    renamed["userName"] = json!("countess@acme.example");
    renamed["password"] = json!("Pw1-of-the-countess");
    let put = directory.call(Method::PUT, &location, Some(&renamed)).await;
    assert_eq!((put.status, &parsed(&put)["userName"]), (200, &json!("countess@acme.example")));
    assert!(directory.signs_in("countess@acme.example", "Pw1-of-the-countess").await);
    renamed["userName"] = json!("rep@acme.example");
    assert_eq!(refused(&directory.call(Method::PUT, &location, Some(&renamed)).await), is(409, "uniqueness"));

    assert_eq!(directory.call(Method::DELETE, &location, None).await.status, 204);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(refused(&directory.call(method, &location, None).await), is(404, ""));
    }
    assert!(!directory.signs_in("countess@acme.example", "Pw1-of-the-countess").await);
    let mut again = ada();
    again["userName"] = json!("countess@acme.example");
    let again = directory.create("/Users", &again).await;
    assert_ne!(again["id"], created["id"], "an id is never used again");
    assert!(directory.signs_in("countess@acme.example", "Pw1-of-ada").await);
}

#[tokio::test]
async fn a_user_of_the_realm_who_is_made_inactive_cannot_sign_in_until_made_active() {
    let directory = Directory::start().await;
    assert!(directory.signs_in("rep@acme.example", PASSWORD).await);
    let found = directory.list("filter=userName%20eq%20%22REP@acme.example%22").await;
    assert_eq!(found["totalResults"], 1);
    let id = found["Resources"][0]["id"].as_str().unwrap().to_owned();
    for (operation, active) in [
        (json!({ "op": "Replace", "path": "active", "value": "False" }), false),
        (json!({ "op": "replace", "value": { "active": true } }), true),
    ] {
        let path = format!("/Users/{id}");
        let answer = directory.call(Method::PATCH, &path, Some(&patch(&json!([operation])))).await;
        assert_eq!((answer.status, &parsed(&answer)["active"]), (200, &json!(active)));
        assert_eq!(directory.signs_in("rep@acme.example", PASSWORD).await, active);
    }
}

#[tokio::test]
async fn a_session_ends_with_its_user() {
    let directory = Directory::start().await;
    let browser = directory.test.browser();
    let form = browser.get(&directory.test.oidc_start()).await;
    let mut filled = form.hidden();
    filled.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "password")]));
    browser.post(&form.action(), &filled).await;
    assert_ne!(browser.get(&directory.test.oidc_start()).await.name(), "idp-sign-in", "the session is used");
    let id = directory.list("").await["Resources"][0]["id"].as_str().unwrap().to_owned();

    directory.call(Method::DELETE, &format!("/Users/{id}"), None).await;

    assert_eq!(browser.get(&directory.test.oidc_start()).await.name(), "idp-sign-in");
}

/// RFC 7644 3.4.2.
#[tokio::test]
async fn a_list_is_filtered_and_comes_in_pages() {
    let directory = Directory::start().await;
    for number in 1..=5 {
        directory.create("/Users", &json!({ "userName": format!("user{number}@acme.example") })).await;
    }
    for (query, total, names) in [
        ("startIndex=2&count=2", 6, &["user1@acme.example", "user2@acme.example"][..]),
        ("count=0", 6, &[]),
        ("startIndex=7", 6, &[]),
        ("startIndex=-3&count=1", 6, &["rep@acme.example"]),
        ("filter=userName%20sw%20%22user%22&count=1", 5, &["user1@acme.example"]),
        ("filter=userName+eq+%22user3%40acme.example%22", 1, &["user3@acme.example"]),
        ("filter=userName+eq+%22nobody%22", 0, &[]),
    ] {
        let list = directory.list(query).await;
        assert_eq!(list["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
        assert_eq!((&list["totalResults"], &list["itemsPerPage"]), (&json!(total), &json!(names.len())), "{query}");
        let found: Vec<&str> =
            list["Resources"].as_array().unwrap().iter().map(|user| user["userName"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{query}");
    }
    for (query, kind) in [("filter=userName", "invalidFilter"), ("count=many", "invalidValue")] {
        let answer = directory.call(Method::GET, &format!("/Users?{query}"), None).await;
        assert_eq!(refused(&answer), is(400, kind), "{query}");
    }
}

#[tokio::test]
async fn a_group_has_members_who_know_it_and_loses_those_who_are_deleted() {
    let directory = Directory::start().await;
    let ada = directory.create("/Users", &ada()).await;
    let rep = directory.list("filter=userName+eq+%22rep@acme.example%22").await["Resources"][0].clone();
    let group = json!({ "displayName": "Staff", "members": [{ "value": ada["id"] }] });
    let group = directory.create("/Groups", &group).await;
    let path = format!("/Groups/{}", group["id"].as_str().unwrap());

    assert_eq!(group["members"][0]["display"], "Ada Lovelace");
    let of_ada = directory.get(&format!("/Users/{}", ada["id"].as_str().unwrap())).await;
    assert_eq!((&of_ada["groups"][0]["value"], &of_ada["groups"][0]["display"]), (&group["id"], &json!("Staff")));
    let found = directory.get("/Groups?filter=displayName%20eq%20%22staff%22").await;
    assert_eq!((&found["totalResults"], &found["Resources"][0]), (&json!(1), &group));

    let members = async |operations: Value| {
        let answer = directory.call(Method::PATCH, &path, Some(&patch(&operations))).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        parsed(&answer)["members"].as_array().unwrap().iter().map(|one| one["value"].clone()).collect::<Vec<_>>()
    };
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": rep["id"] }, { "value": ada["id"] }] }]);
    assert_eq!(members(add).await, [ada["id"].clone(), rep["id"].clone()]);
    let filter = format!("members[value eq \"{}\"]", rep["id"].as_str().unwrap());
    assert_eq!(members(json!([{ "op": "remove", "path": filter }])).await, [ada["id"].clone()]);
    let stranger = patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": "nobody" }] }]));
    assert_eq!(refused(&directory.call(Method::PATCH, &path, Some(&stranger)).await), is(400, "invalidValue"));
    directory.call(Method::DELETE, &format!("/Users/{}", ada["id"].as_str().unwrap()), None).await;
    assert_eq!(directory.get(&path).await["members"], json!([]));

    assert_eq!(directory.call(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(refused(&directory.call(Method::GET, &path, None).await), is(404, ""));
}

#[tokio::test]
async fn the_service_provider_says_what_it_can_and_what_it_knows() {
    let directory = Directory::start().await;
    let config = directory.get("/ServiceProviderConfig").await;
    assert_eq!((&config["patch"]["supported"], &config["bulk"]["supported"]), (&json!(true), &json!(false)));
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
    for (path, ids) in [
        ("/ResourceTypes", ["User", "Group"]),
        ("/Schemas", ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"]),
    ] {
        let list = directory.get(path).await;
        for (one, id) in list["Resources"].as_array().unwrap().iter().zip(ids) {
            assert_eq!(one["id"], id);
            assert_eq!(&directory.get(&format!("{path}/{id}")).await, one);
        }
        let unknown = directory.call(Method::GET, &format!("{path}/nothing"), None).await;
        assert_eq!(refused(&unknown), is(404, ""));
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_the_form_of_scim() {
    let directory = Directory::start().await;
    for (body, kind) in [
        (json!({}), "invalidValue"),
        (json!([]), "invalidSyntax"),
        (json!({ "userName": " " }), "invalidValue"),
        (json!({ "userName": 7 }), "invalidValue"),
        (json!({ "userName": "a", "active": "maybe" }), "invalidValue"),
        (json!({ "userName": "a", "emails": "a@x" }), "invalidValue"),
        (json!({ "userName": "a", "name": "A" }), "invalidValue"),
        (json!({ "userName": "a", "password": 7 }), "invalidValue"),
        (json!({ "userName": "a", "schemas": ["urn:other"] }), "invalidValue"),
    ] {
        let answer = directory.call(Method::POST, "/Users", Some(&body)).await;
        assert_eq!(refused(&answer), is(400, kind), "{body}");
    }
    assert_eq!(directory.list("").await["totalResults"], 1, "nobody was created");
    let url = directory.test.idp("/scim/v2/Users");
    let nonsense = directory.browser.request(Method::POST, &url).bearer_auth(TOKEN).body("{");
    assert_eq!(refused(&page(nonsense).await), is(400, "invalidSyntax"));
    let nowhere = directory.call(Method::GET, "/Nothing", None).await;
    assert_eq!(refused(&nowhere), is(404, ""));
    let bad_patch = patch(&json!([{ "op": "remove" }]));
    let id = directory.list("").await["Resources"][0]["id"].as_str().unwrap().to_owned();
    let answer = directory.call(Method::PATCH, &format!("/Users/{id}"), Some(&bad_patch)).await;
    assert_eq!(refused(&answer), is(400, "noTarget"));
}

#[tokio::test]
async fn a_group_of_many_is_written_in_time_that_grows_with_it() {
    let directory = Directory::start().await;
    let rep = directory.list("").await["Resources"][0]["id"].clone();
    let group = directory.create("/Groups", &json!({ "displayName": "Many" })).await;
    let path = format!("/Groups/{}", group["id"].as_str().unwrap());
    let many: Vec<Value> = (0..10_000).map(|_| json!({ "value": rep })).collect();
    let add = patch(&json!([{ "op": "add", "path": "members", "value": many }]));

    let answer = directory.call(Method::PATCH, &path, Some(&add)).await;

    assert_eq!((answer.status, parsed(&answer)["members"].as_array().unwrap().len()), (200, 1), "each is there once");
    for body in
        ["[".repeat(10_000), format!("{{\"userName\":\"{}\"}}", "x".repeat(300_000)), "{\"userName\":".repeat(9_000)]
    {
        let url = directory.test.idp("/scim/v2/Users");
        let refused = page(directory.browser.request(Method::POST, &url).bearer_auth(TOKEN).body(body)).await;
        assert_eq!(refused.status, 400, "{}", refused.body.chars().take(200).collect::<String>());
    }
    let filter = format!("/Users?filter={}", "userName+pr+or+".repeat(1_000));
    assert_eq!(refused(&directory.call(Method::GET, &filter, None).await), is(400, "invalidFilter"));
}
