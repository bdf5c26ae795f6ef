//! SOQL over the REST API (contract H6.1, H6.2, H6.4).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vestibule_model::{LoginStatus, Permission, Waiver};
use vestibule_simulator::realm::Event;

use super::rest_client::{get, get_with, path_of, query, records, refusal};
use super::test_realm::TestRealm;

async fn keys(test: &TestRealm, soql: &str) -> Vec<String> {
    let found = records(test, "rep", soql).await;
    found.iter().map(|record| record["Name"].as_str().unwrap_or("null").to_owned()).collect()
}

/// Contract H6.1.
#[tokio::test]
async fn rows_are_filtered_ordered_and_cut() {
    let test = TestRealm::start(|_| {}).await;
    for (clauses, expected) in [
        ("ORDER BY Name", &["admin", "new", "rep", "temp", "visitor"][..]),
        ("ORDER BY Name DESC LIMIT 2", &["visitor", "temp"]),
        ("ORDER BY Name LIMIT 2 OFFSET 1", &["new", "rep"]),
        ("WHERE Name = 'REP'", &["rep"]),
        ("WHERE name LIKE '%E%' ORDER BY Name", &["new", "rep", "temp"]),
        ("WHERE Name LIKE '_ew'", &["new"]),
        ("WHERE Name IN ('rep', 'new', 'nobody') ORDER BY Name", &["new", "rep"]),
        ("WHERE Name NOT IN ('rep', 'new') ORDER BY Name", &["admin", "temp", "visitor"]),
        ("WHERE (Name = 'rep' OR Name = 'new') AND IsActive = true ORDER BY Name", &["new", "rep"]),
        ("WHERE NOT (Name = 'rep' OR Name LIKE 'n%') ORDER BY Name", &["admin", "temp", "visitor"]),
        ("WHERE Profile.Name = 'System Administrator'", &["admin"]),
        ("WHERE Profile.UserLicense.Name != 'Salesforce'", &["visitor"]),
        ("WHERE ContactId = null AND IsPortalEnabled = false ORDER BY Profile.Name DESC, Name LIMIT 1", &["admin"]),
        ("WHERE LastLoginDate = null AND Name > 's' ORDER BY Name", &["temp", "visitor"]),
        (
            "WHERE Id IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.PermissionsAuthorApex = true)",
            &["admin"],
        ),
    ] {
        assert_eq!(keys(&test, &format!("SELECT Name FROM User {clauses}")).await, expected, "{clauses}");
    }
}

/// Contract H6.1.
#[tokio::test]
async fn an_instant_is_compared_with_instants_and_spans_of_days() {
    let test = TestRealm::start(|_| {}).await;
    test.browser().log_in(&test.realm, "visitor").await;
    for (condition, found) in [
        ("LoginTime = TODAY", 1),
        ("LoginTime > TODAY", 0),
        ("LoginTime <= TODAY", 1),
        ("LoginTime < TODAY", 0),
        ("LoginTime >= LAST_N_DAYS:3", 1),
        ("LoginTime = YESTERDAY", 0),
        ("LoginTime != YESTERDAY", 1),
        ("LoginTime IN (YESTERDAY, TODAY)", 1),
        ("LoginTime = 2026-11-02T13:00:00+01:00", 1),
        ("LoginTime < 2026-11-02T12:00:00Z", 0),
    ] {
        let answer = query(&test, "rep", &format!("SELECT COUNT() FROM LoginHistory WHERE {condition}")).await;
        assert_eq!((&answer["totalSize"], &answer["records"]), (&json!(found), &json!([])), "{condition}");
    }
}

/// Contract H6.1 and H6.3.
#[tokio::test]
async fn a_row_leads_to_its_parents_and_its_children() {
    let test = TestRealm::start(|_| {}).await;
    let soql = "SELECT Id, Username, Profile.Name, Profile.UserLicense.Name, \
                (SELECT PermissionSet.IsOwnedByProfile FROM PermissionSetAssignments), toLabel(UserType) kind \
                FROM User WHERE Name = 'rep'";

    let rep = records(&test, "rep", soql).await.remove(0);

    let id = test.realm.users.get("rep").unwrap().id;
    assert_eq!(rep["attributes"], json!({ "type": "User", "url": format!("/services/data/v60.0/sobjects/User/{id}") }));
    assert_eq!(rep["Username"], "rep@acme.example");
    assert_eq!(
        (&rep["Profile"]["Name"], &rep["Profile"]["attributes"]["type"]),
        (&json!("Standard User"), &json!("Profile"))
    );
    assert_eq!(rep["Profile"]["UserLicense"]["Name"], "Salesforce");
    let assignments = &rep["PermissionSetAssignments"];
    assert_eq!((&assignments["totalSize"], &assignments["done"]), (&json!(1), &json!(true)));
    assert_eq!(assignments["records"][0]["PermissionSet"]["IsOwnedByProfile"], true);
    assert_eq!(rep["kind"], "Standard");
    let without = records(&test, "rep", "SELECT PermissionSetGroup.DeveloperName FROM PermissionSetAssignment").await;
    assert_eq!(without[0].get("PermissionSetGroup"), Some(&Value::Null));
}

/// As public audit tools ask. Contract H6.3.
#[tokio::test]
async fn permissions_are_found_by_profile_and_by_permission_set() {
    let test = TestRealm::start(|spec| {
        spec.users.get_mut("new").unwrap().waiver = Waiver::Assigned;
        spec.users.get_mut("rep").unwrap().permissions.insert(Permission::ViewAllData);
    })
    .await;
    let assigned = |permission: &str| {
        format!(
            "SELECT Assignee.Name, PermissionSet.Label FROM PermissionSetAssignment \
             WHERE PermissionSet.{permission} = true AND Assignee.IsActive = true ORDER BY Assignee.Name"
        )
    };
    let holders = async |permission: &str| -> Vec<Value> {
        let found = records(&test, "rep", &assigned(permission)).await;
        found.iter().map(|record| record["Assignee"]["Name"].clone()).collect()
    };

    assert_eq!(holders("PermissionsBypassMFAForUiLogins").await, ["new"]);
    assert_eq!(holders("PermissionsViewAllData").await, ["admin", "rep"]);
    assert_eq!(holders("PermissionsTwoFactorApi").await, Vec::<Value>::new());
    let profiles = records(&test, "rep", "SELECT Name FROM Profile WHERE PermissionsModifyAllData = true").await;
    assert_eq!(profiles.len(), 1);
    assert_eq!(profiles[0]["Name"], "System Administrator");
    let count =
        "SELECT COUNT(Id) c FROM PermissionSetAssignment WHERE PermissionSet.PermissionsBypassMFAForUiLogins=true";
    let counted = records(&test, "rep", count).await;
    assert_eq!(counted, [json!({ "attributes": { "type": "AggregateResult" }, "c": 1 })]);
}

/// Contract H1.3, H6.1 and H6.3.
#[tokio::test]
async fn rows_are_grouped_and_counted() {
    let test = TestRealm::start(|_| {}).await;
    test.browser().post(&test.url("/"), &[("username", "visitor@acme.example"), ("pw", "wrong")]).await;
    for _ in 0..2 {
        test.browser().log_in(&test.realm, "visitor").await;
    }
    assert_eq!(test.realm.login_history.all()[0].status, LoginStatus::InvalidPassword);

    let soql = "SELECT Status, LoginType, COUNT(Id) CntLogins, MAX(LoginTime) FROM LoginHistory \
                WHERE (LoginType = 'Application' OR LoginType LIKE '%SSO%') GROUP BY Status, LoginType \
                ORDER BY Status DESC";
    let groups = records(&test, "rep", soql).await;

    let shape = |group: &Value| (group["Status"].clone(), group["LoginType"].clone(), group["CntLogins"].clone());
    let expected = [
        (json!("Success"), json!("Application"), json!(2)),
        (json!("Invalid Password"), json!("Application"), json!(1)),
    ];
    assert_eq!(groups.iter().map(shape).collect::<Vec<_>>(), expected);
    assert_eq!(groups[0]["expr0"], "2026-11-02T12:00:00.000+0000");
    let none =
        records(&test, "rep", "SELECT COUNT(Id), COUNT_DISTINCT(UserId) FROM LoginHistory WHERE Id = null").await;
    assert_eq!((&none[0]["expr0"], &none[0]["expr1"]), (&json!(0), &json!(0)));
    for (having, expected) in [
        ("COUNT(l.Id) > 1", &["Success"][..]),
        ("COUNT() = 1", &["Invalid Password"]),
        ("NOT (COUNT(Id) > 1 OR Status = 'x')", &["Invalid Password"]),
        ("l.Status = 'success'", &["Success"]),
        ("MAX(LoginTime) > 2026-01-01T00:00:00Z AND COUNT_DISTINCT(UserId) >= 1", &["Invalid Password", "Success"]),
        ("COUNT(Id) > 9", &[]),
    ] {
        let soql = format!("SELECT l.Status FROM LoginHistory l GROUP BY l.Status HAVING {having} ORDER BY l.Status");
        let found = records(&test, "rep", &soql).await;
        assert_eq!(
            found.iter().map(|group| group["Status"].as_str().unwrap()).collect::<Vec<_>>(),
            expected,
            "{having}"
        );
    }
    for (having, why) in [
        ("LoginType = 'x'", "Field must be grouped or aggregated: LoginType"),
        ("COUNT(Id) = 'x'", "must be of type int"),
        ("Status IN ('x')", "compares groups by"),
    ] {
        let soql = format!("SELECT Status FROM LoginHistory GROUP BY Status HAVING {having}");
        let (_, message) = refusal(&test, "rep", &soql).await;
        assert!(message.contains(why), "{having}: {message}");
    }
}

/// Contract H1.1 and H6.1.
#[tokio::test]
async fn a_value_is_formatted_and_all_fields_are_named_at_once() {
    let test = TestRealm::start(|_| {}).await;
    test.browser().log_in(&test.realm, "visitor").await;

    let formatted = records(&test, "rep", "SELECT FORMAT(LoginTime) shown, LoginTime FROM LoginHistory").await;
    let all = records(&test, "rep", "SELECT FIELDS(ALL) FROM LoginHistory LIMIT 1").await;

    assert_eq!(formatted[0]["shown"], "11/2/2026, 12:00 PM");
    assert_eq!(formatted[0]["LoginTime"], "2026-11-02T12:00:00.000+0000");
    let mut names: BTreeSet<_> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(names.remove("attributes"));
    assert_eq!(names, BTreeSet::from(LOGIN_HISTORY));
    let (_, message) = refusal(&test, "rep", "SELECT FIELDS(ALL) FROM LoginHistory").await;
    assert_eq!(message, "The SOQL FIELDS function must have a LIMIT of at most 200");
}

/// Contract H1.2 and H6.2.
#[tokio::test]
async fn an_error_has_its_code_its_place_and_its_text() {
    let test = TestRealm::start(|_| {}).await;
    for (soql, code, column, text) in [
        ("SELECT Id FROM User WHERE", "MALFORMED_QUERY", 26, "unexpected token: '<EOF>'"),
        (
            "SELECT Id,Nope FROM User",
            "INVALID_FIELD",
            11,
            "No such column 'Nope' on entity 'User'. If you are attempting",
        ),
        ("SELECT Id FROM Nope__c", "INVALID_TYPE", 16, "sObject type 'Nope__c' is not supported"),
        (
            "SELECT Id FROM TwoFactorMethodsInfo",
            "INVALID_TYPE",
            16,
            "sObject type 'TwoFactorMethodsInfo' is not supported.",
        ),
        ("SELECT Nope.Id FROM User", "INVALID_FIELD", 8, "Didn't understand relationship 'Nope' in field path."),
        ("SELECT Profile.Nope FROM User", "INVALID_FIELD", 8, "No such column 'Nope' on entity 'Profile'."),
        (
            "SELECT (SELECT Id FROM Nope) FROM User",
            "INVALID_TYPE",
            24,
            "Didn't understand relationship 'Nope' in FROM part",
        ),
        ("SELECT Id, id FROM User", "INVALID_FIELD", 12, "duplicate field selected: id"),
        ("SELECT Id FROM User ORDER BY Nope", "INVALID_FIELD", 30, "No such column 'Nope'"),
        (
            "SELECT Id FROM LoginHistory WHERE Status = 'Success'",
            "INVALID_FIELD",
            35,
            "field 'Status' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM LoginHistory WHERE LoginTime = 'today'",
            "INVALID_FIELD",
            35,
            "value of filter criterion for field 'LoginTime' must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM LoginHistory WHERE LoginTime = 2026-11-02",
            "INVALID_FIELD",
            35,
            "value of filter criterion for field 'LoginTime' must be of type dateTime and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM User WHERE Name = true",
            "INVALID_FIELD",
            27,
            "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
        ),
        ("SELECT Id FROM User WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", 27, "invalid ID field: abc"),
        (
            "SELECT Id FROM User WHERE Id LIKE '005%'",
            "INVALID_QUERY_FILTER_OPERATOR",
            27,
            "invalid operator on id field",
        ),
        ("SELECT Name, COUNT(Id) FROM User", "MALFORMED_QUERY", 8, "Field must be grouped or aggregated: Name"),
    ] {
        let (found, message) = refusal(&test, "rep", soql).await;

        assert_eq!(found, code, "{soql}");
        let shown = format!("\n{soql}\n{}^\nERROR at Row:1:Column:{column}\n{text}", " ".repeat(column - 1));
        assert!(message.starts_with(&shown), "{soql}: {message}");
    }
    let offset = refusal(&test, "rep", "SELECT Id FROM User OFFSET 2001").await;
    assert_eq!(offset, ("NUMBER_OUTSIDE_VALID_RANGE".to_owned(), "Maximum SOQL offset allowed is 2000".to_owned()));
    assert_eq!(refusal(&test, "rep", "").await.0, "MALFORMED_QUERY");
}

/// Contract H6.1.
#[tokio::test]
async fn a_query_is_held_against_as_many_conditions_as_rows_can_bear() {
    let test = TestRealm::start(|_| {}).await;
    let conditions = |number: usize| format!("SELECT Id FROM User WHERE {}", vec!["Name='x'"; number].join(" OR "));
    let calls = |number: usize| {
        let calls: Vec<String> = (0..number).map(|place| format!("FORMAT(Name) a{place}")).collect();
        format!("SELECT {} FROM User", calls.join(", "))
    };
    let values = format!("SELECT Name FROM User WHERE Name IN ({})", vec!["'rep'"; 2_000].join(","));

    assert_eq!(query(&test, "rep", &conditions(100)).await["totalSize"], 0);
    assert_eq!(query(&test, "rep", &calls(100)).await["totalSize"], 5);
    for wrong in [conditions(101), calls(101)] {
        assert!(refusal(&test, "rep", &wrong).await.1.ends_with("takes at most 100 conditions and functions"));
    }
    assert_eq!(keys(&test, &values).await, ["rep"]);
}

/// Contract H6.4.
#[tokio::test]
async fn a_long_answer_comes_in_pages_for_whoever_asked() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    for _ in 0..250 {
        browser.post(&test.url("/"), &[("username", "nobody@acme.example"), ("pw", "wrong")]).await;
    }
    let soql = "/services/data/v60.0".to_owned() + &path_of("SELECT Id FROM LoginHistory ORDER BY Id");

    let (_, whole) = get_with(&test, "rep", &soql, None).await;
    let (_, first) = get_with(&test, "rep", &soql, Some("batchSize=10")).await;
    let next = first["nextRecordsUrl"].as_str().unwrap().to_owned();
    let (_, second) = get_with(&test, "rep", &next, Some("batchSize=200")).await;

    assert_eq!(
        (&whole["totalSize"], &whole["done"], &whole["nextRecordsUrl"]),
        (&json!(250), &json!(true), &Value::Null)
    );
    assert_eq!((&first["totalSize"], &first["done"]), (&json!(250), &json!(false)));
    assert!(next.starts_with("/services/data/v60.0/query/01g") && next.ends_with("-200"), "{next}");
    assert_eq!((&second["totalSize"], &second["done"]), (&json!(250), &json!(true)));
    let both = [&first, &second].map(|page| page["records"].as_array().unwrap().clone()).concat();
    assert_eq!(json!(both), whole["records"]);
    for (user, locator) in [("admin", next.as_str()), ("rep", "/services/data/v60.0/query/01g000000000000-200")] {
        let (status, refused) = get_with(&test, user, locator, None).await;
        assert_eq!((status, &refused[0]["errorCode"]), (400, &json!("INVALID_QUERY_LOCATOR")), "{user}");
    }
    let beyond = next.replace("-200", "-250");
    assert_eq!(get_with(&test, "rep", &beyond, None).await.0, 400);
}

/// Contract H6.4.
#[tokio::test]
async fn a_page_of_an_answer_has_at_most_two_thousand_rows() {
    let test = TestRealm::start(|spec| {
        let user = spec.users["new"].clone();
        spec.users.extend((0..2_000).map(|number| (format!("user{number}"), user.clone())));
    })
    .await;
    let soql = "/services/data/v60.0".to_owned() + &path_of("SELECT Id FROM User");

    let (_, first) = get_with(&test, "rep", &soql, None).await;
    let (_, second) = get_with(&test, "rep", first["nextRecordsUrl"].as_str().unwrap(), None).await;

    for (page, rows, done) in [(&first, 2_000, false), (&second, 5, true)] {
        assert_eq!((&page["totalSize"], &page["done"]), (&json!(2_005), &json!(done)));
        assert_eq!(page["records"].as_array().unwrap().len(), rows);
    }
}

#[tokio::test]
async fn query_all_finds_the_same_rows() {
    let test = TestRealm::start(|_| {}).await;
    let path = path_of("SELECT Name FROM User");

    let (status, all) = get(&test, "rep", &path.replace("/query", "/queryAll")).await;

    assert_eq!((status, all), get(&test, "rep", &path).await);
}

/// `sf` asks this of every org that it meets (contract K1.3).
#[tokio::test]
async fn an_org_that_is_no_dev_hub_refuses_scratch_orgs_and_nothing_is_missing() {
    let test = TestRealm::start(|_| {}).await;

    let (code, _) = refusal(&test, "rep", "SELECT Id FROM ScratchOrgInfo limit 1").await;

    assert_eq!(code, "INVALID_TYPE");
    assert!(!test.events().iter().any(|event| matches!(event, Event::NotSimulated { .. })));
}

/// `sf data query` asks so after each query that finds rows (contract H6.6).
#[tokio::test]
async fn the_columns_of_a_query_have_the_names_that_they_have_in_its_records() {
    let test = TestRealm::start(|_| {}).await;
    for (soql, expected) in [
        ("SELECT id, Name FROM User", &["Id", "Name"][..]),
        ("SELECT Name, Profile.UserLicense.Name FROM User", &["Name", "Profile.UserLicense.Name"]),
        (
            "SELECT Id, (SELECT PermissionSet.Name FROM PermissionSetAssignments) FROM User",
            &["Id", "PermissionSetAssignments*.PermissionSet.Name"],
        ),
        (
            "SELECT Profile.Name, COUNT(Id), MAX(Name) last FROM User GROUP BY Profile.Name",
            &["Name", "expr0*", "last*"],
        ),
        ("SELECT FORMAT(LastLoginDate), toLabel(UserType) kind FROM User", &["LastLoginDate", "kind"]),
        ("SELECT FIELDS(ALL) FROM UserLicense LIMIT 1", &["Id", "Name"]),
        ("SELECT COUNT() FROM User", &[]),
    ] {
        let (status, answer) = get(&test, "rep", &format!("{}&columns=true", path_of(soql))).await;

        assert_eq!(status, 200, "{soql}: {answer}");
        let found = column_names(&answer["columnMetadata"]);
        assert!(expected.iter().all(|name| found.iter().any(|found| found == name)), "{soql}: {found:?}");
        assert!(found.len() == expected.len() || soql.contains("FIELDS"), "{soql}: {found:?}");
        assert_eq!(answer["records"], Value::Null, "{soql}");
    }
    let described = get(&test, "rep", &format!("{}&columns=true", path_of("SELECT Id FROM User"))).await.1;
    assert_eq!((&described["entityName"], &described["keyPrefix"]), (&json!("User"), &json!("005")));
    assert_eq!((&described["idSelected"], &described["groupBy"]), (&json!(true), &json!(false)));
    let (status, wrong) = get(&test, "rep", &format!("{}&columns=true", path_of("SELECT Nothing FROM User"))).await;
    assert_eq!((status, &wrong[0]["errorCode"]), (400, &json!("INVALID_FIELD")));
}

/// The names of columns with those joined to them. A star marks an aggregate.
fn column_names(columns: &Value) -> Vec<String> {
    let names = columns.as_array().unwrap().iter().flat_map(|column| {
        let star = if column["aggregate"] == true { "*" } else { "" };
        let own = format!("{}{star}", column["columnName"].as_str().unwrap());
        let inner = column_names(&column["joinColumns"]);
        if inner.is_empty() { vec![own] } else { inner.into_iter().map(|name| format!("{own}.{name}")).collect() }
    });
    names.collect()
}

/// The fields of `LoginHistory`.
const LOGIN_HISTORY: [&str; 23] = [
    "Id",
    "UserId",
    "LoginTime",
    "LoginType",
    "LoginSubType",
    "Status",
    "SourceIp",
    "Browser",
    "Platform",
    "Application",
    "ClientVersion",
    "ApiType",
    "ApiVersion",
    "LoginUrl",
    "LoginGeoId",
    "CountryIso",
    "AuthenticationServiceId",
    "AuthMethodReference",
    "NetworkId",
    "TlsProtocol",
    "CipherSuite",
    "OptionsIsGet",
    "OptionsIsPost",
];

#[tokio::test]
async fn the_journal_does_not_keep_a_name_of_any_length() {
    let test = TestRealm::start(|_| {}).await;

    let (code, _) = refusal(&test, "rep", &format!("SELECT Id FROM {}", "x".repeat(5_000))).await;

    assert_eq!(code, "INVALID_TYPE");
    let longest = test.events().into_iter().filter_map(|event| match event {
        Event::NotSimulated { what, .. } => what.map(|what| what.chars().count()),
        _ => None,
    });
    assert_eq!(longest.max(), Some(601));
}
