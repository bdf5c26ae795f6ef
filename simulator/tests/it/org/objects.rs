//! The objects of the REST API (contract H6.3, H6.5, K1.3).

use std::collections::BTreeSet;

use jiff::civil::date;
use serde_json::{Value, json};
use vestibule_model::{AppKind, ConnectedApp, OrgKind, PermittedUsers, SessionLevel, UserState, VerificationMethod};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, SessionKind};

use super::rest_client::{get, get_with, path_of, query, records};
use super::test_realm::TestRealm;

/// `sf` tells a scratch org by its expiry. Contract H6.3 and K1.3.
#[tokio::test]
async fn the_organization_says_what_kind_of_org_it_is() {
    for (kind, sandbox, edition, expiry) in [
        (OrgKind::Production, false, "Enterprise Edition", Value::Null),
        (OrgKind::Sandbox, true, "Enterprise Edition", Value::Null),
        (OrgKind::Scratch, true, "Developer Edition", json!("2026-11-09T00:00:00.000+0000")),
        (OrgKind::Trial, false, "Enterprise Edition", json!("2026-12-02T00:00:00.000+0000")),
        (OrgKind::DeveloperEdition, false, "Developer Edition", Value::Null),
    ] {
        let test = TestRealm::start(|spec| spec.org.kind = kind).await;
        let soql = "SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, OrganizationType \
                    FROM Organization";

        let rows = records(&test, "rep", soql).await;
        let (_, row) = get(&test, "rep", &format!("/sobjects/Organization/{}", test.realm.org_id)).await;

        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["Name"], "acme");
        let found = (&rows[0]["IsSandbox"], &rows[0]["OrganizationType"], &rows[0]["TrialExpirationDate"]);
        assert_eq!(found, (&json!(sandbox), &json!(edition), &expiry), "{kind}");
        assert_eq!(rows[0]["NamespacePrefix"], Value::Null);
        assert_eq!(row["IsSandbox"], sandbox);
    }
}

#[tokio::test]
async fn a_user_has_its_last_login_and_its_licence() {
    let test = TestRealm::start(|spec| spec.org.date = date(2026, 11, 3)).await;
    test.browser().log_in(&test.realm, "visitor").await;

    let soql = "SELECT UserType, LastLoginDate, FederationIdentifier, Profile.UserLicense.Name, IsPortalEnabled FROM User \
                WHERE Name = 'visitor'";
    let visitor = records(&test, "rep", soql).await.remove(0);

    assert_eq!(visitor["UserType"], "CspLitePortal");
    assert_eq!(visitor["LastLoginDate"], "2026-11-03T12:00:00.000+0000");
    assert_eq!(visitor["FederationIdentifier"], "visitor@acme.example");
    assert_eq!(visitor["Profile"]["UserLicense"]["Name"], "Customer Community");
    assert_eq!(visitor["IsPortalEnabled"], true);
}

/// Contract H4.6.
#[tokio::test]
async fn the_security_settings_are_those_of_the_org_and_for_admins_alone() {
    for (day, opted_in, active) in
        [(date(2026, 1, 5), false, false), (date(2026, 1, 5), true, true), (date(2026, 11, 2), false, true)]
    {
        let test = TestRealm::start(|spec| {
            spec.org.date = day;
            spec.org.mfa_setting = opted_in;
            spec.org.lockout_after = 5;
            spec.org.salesforce_credentials_disabled = true;
            spec.org.trusted_ip_ranges = vec!["203.0.113.0-203.0.113.255".parse().unwrap()];
            spec.org.methods.remove(&VerificationMethod::SecurityKey);
            spec.idps.insert("corp".to_owned(), IdpSpec::new(IdpProtocol::Saml));
        })
        .await;
        let settings = format!("/tooling{}", path_of("SELECT Id, FullName, Metadata FROM SecuritySettings"));

        let (status, answer) = get(&test, "admin", &settings).await;

        assert_eq!(
            (status, &answer["totalSize"], &answer["records"][0]["FullName"]),
            (200, &json!(1), &json!("Security"))
        );
        let expected = json!({
            "networkAccess": { "ipRanges": [{ "start": "203.0.113.0", "end": "203.0.113.255" }] },
            "passwordPolicies": { "maxLoginAttempts": "FiveAttempts" },
            "sessionSettings": {
                "enableMFADirectUILoginOptIn": active,
                "enableBuiltInAuthenticator": true,
                "enableU2F": false,
                "sessionTimeout": "TwoHours",
            },
            "singleSignOnSettings": {
                "enableSamlLogin": true,
                "enableMultipleSamlConfigs": false,
                "isLoginWithSalesforceCredentialsDisabled": true,
            },
        });
        assert_eq!(answer["records"][0]["Metadata"], expected, "{day} {opted_in}");
        for (user, soql, code) in [
            ("rep", "SELECT Metadata FROM SecuritySettings", "INVALID_TYPE"),
            ("admin", "SELECT Nothing FROM SecuritySettings", "INVALID_FIELD"),
            ("admin", "SELECT Id FROM ApexClass", "INVALID_TYPE"),
            ("admin", "SELECT Id FROM SecuritySettings WHERE Id = null", "MALFORMED_QUERY"),
        ] {
            let (status, answer) = get(&test, user, &format!("/tooling{}", path_of(soql))).await;
            assert_eq!((status, &answer[0]["errorCode"]), (400, &json!(code)), "{soql}");
        }
        let told =
            |event: &Event| matches!(event, Event::NotSimulated { what: Some(what), .. } if what == "FROM ApexClass");
        assert!(test.events().iter().any(told));
    }
}

/// Contract H6.7 and H6.8.
#[tokio::test]
async fn the_policies_of_apps_are_told_by_the_kind_of_app() {
    let test = TestRealm::start(|spec| {
        let approved = ConnectedApp { permitted_users: PermittedUsers::AdminApproved, ..ConnectedApp::default() };
        let external = ConnectedApp { kind: AppKind::ExternalClientApp, ..approved.clone() };
        spec.org.connected_apps.insert("Data_Sync".to_owned(), approved);
        spec.org.connected_apps.insert("ERP".to_owned(), ConnectedApp::default());
        spec.org.connected_apps.insert("Portal".to_owned(), external);
    })
    .await;

    let connected = "SELECT Name, OptionsAllowAdminApprovedUsersOnly, OptionsHasSessionLevelPolicy, \
                     OptionsRefreshTokenValidityMetric, RefreshTokenValidityPeriod FROM ConnectedApplication ORDER BY Name";
    let external = "SELECT DeveloperName, PermittedUsersPolicyType, IpRelaxationPolicyType, RefreshTokenPolicyType, \
                    RefreshTokenValidityPeriod, RefreshTokenValidityUnit, RequiredSessionLevel FROM ExtlClntAppOauthPlcyCnfg";
    let (connected, external) = (records(&test, "rep", connected).await, records(&test, "rep", external).await);

    let told = |row: &Value| (row["Name"].clone(), row["OptionsAllowAdminApprovedUsersOnly"].clone());
    let own: Vec<_> = connected.iter().map(told).filter(|(name, _)| *name == "Data_Sync" || *name == "ERP").collect();
    assert_eq!(own, [(json!("Data_Sync"), json!(true)), (json!("ERP"), json!(false))]);
    assert_eq!(connected[0]["OptionsHasSessionLevelPolicy"], json!(false));
    assert_eq!(external.len(), 1);
    assert_eq!(external[0]["DeveloperName"], "Portal");
    assert_eq!(external[0]["PermittedUsersPolicyType"], "AdminApprovedPreAuthorized");
    assert_eq!(
        (&external[0]["IpRelaxationPolicyType"], &external[0]["RequiredSessionLevel"]),
        (&json!("Enforce"), &json!("STANDARD"))
    );
}

/// Contract H6.9.
#[tokio::test]
async fn a_profile_of_the_tooling_api_has_its_login_ip_ranges() {
    let test = TestRealm::start(|spec| {
        spec.users.get_mut("rep").unwrap().login_ip_ranges = vec!["203.0.113.0-203.0.113.255".parse().unwrap()];
    })
    .await;
    let id = records(&test, "admin", "SELECT Id FROM Profile WHERE Name = 'Standard User'").await[0]["Id"].clone();
    let tooling = |soql: &str| format!("/tooling{}", path_of(soql));
    let by_id = format!("SELECT Id, Name, Metadata FROM Profile WHERE Id = '{}'", id.as_str().unwrap());

    let (status, answer) = get(&test, "admin", &tooling(&by_id)).await;

    assert_eq!(
        (status, &answer["totalSize"], &answer["records"][0]["Name"]),
        (200, &json!(1), &json!("Standard User"))
    );
    let ranges = json!([{ "startAddress": "203.0.113.0", "endAddress": "203.0.113.255" }]);
    assert_eq!(answer["records"][0]["Metadata"]["loginIpRanges"], ranges);
    let (status, nobody) =
        get(&test, "admin", &tooling("SELECT Metadata FROM Profile WHERE Id = '00e000000000000AAA'")).await;
    assert_eq!((status, &nobody["totalSize"]), (200, &json!(0)));
    for (user, soql, code) in
        [("rep", by_id.as_str(), "INVALID_TYPE"), ("admin", "SELECT Metadata FROM Profile", "MALFORMED_QUERY")]
    {
        let (status, answer) = get(&test, user, &tooling(soql)).await;
        assert_eq!((status, &answer[0]["errorCode"]), (400, &json!(code)), "{soql}");
    }
}

/// Contract H6.3.
#[tokio::test]
async fn the_identity_providers_are_told_by_their_protocol() {
    let test = TestRealm::start(|spec| {
        spec.idps.insert("corp".to_owned(), IdpSpec::new(IdpProtocol::Saml));
        spec.idps.insert("social".to_owned(), IdpSpec::new(IdpProtocol::Oidc));
    })
    .await;

    let saml = records(&test, "rep", "SELECT DeveloperName, Issuer, LoginUrl, Audience FROM SamlSsoConfig").await;
    let oidc = records(&test, "rep", "SELECT DeveloperName, ProviderType, ConsumerKey FROM AuthProvider").await;

    let trust = |idp: &str| test.realm.trust(idp).unwrap();
    assert_eq!((saml.len(), oidc.len()), (1, 1));
    assert_eq!((&saml[0]["DeveloperName"], &saml[0]["Issuer"]), (&json!("corp"), &json!(trust("corp").idp_entity_id)));
    assert_eq!(
        (&oidc[0]["DeveloperName"], &oidc[0]["ConsumerKey"]),
        (&json!("social"), &json!(trust("social").client_id))
    );
    assert_eq!(oidc[0]["ProviderType"], "OpenIdConnect");
}

/// Who lacks "Manage Users" sees the own sessions. Contract H4.1 and H6.3.
#[tokio::test]
async fn the_sessions_and_their_levels_are_shown() {
    let test = TestRealm::start(|_| {}).await;
    test.realm.open_session("visitor", SessionLevel::HighAssurance, SessionKind::Browser);
    let visitor = test.realm.users.get("visitor").unwrap().id;

    let soql = format!("SELECT SessionType, SessionSecurityLevel FROM AuthSession WHERE UsersId = '{visitor}'");
    let own = records(&test, "admin", &soql).await;
    let none = records(&test, "rep", &soql).await;

    assert_eq!((own.len(), none.len()), (1, 0));
    assert_eq!((&own[0]["SessionType"], &own[0]["SessionSecurityLevel"]), (&json!("UI"), &json!("HIGH_ASSURANCE")));
    let mine = records(&test, "rep", "SELECT SessionType FROM AuthSession").await;
    assert!(!mine.is_empty() && mine.iter().all(|session| session["SessionType"] == "Oauth2"), "{mine:?}");
}

/// Only somebody who manages users sees it. Contract H5.2, H5.7 and H6.3.
#[tokio::test]
async fn a_frozen_user_and_a_locked_password_are_shown() {
    let test = TestRealm::start(|spec| {
        spec.users.get_mut("new").unwrap().state = UserState::Frozen;
        spec.users.get_mut("temp").unwrap().locked = true;
    })
    .await;

    let rows = records(&test, "admin", "SELECT UserId, IsFrozen, IsPasswordLocked FROM UserLogin").await;
    let (status, hidden) = get(&test, "rep", &path_of("SELECT UserId FROM UserLogin")).await;

    assert_eq!((status, &hidden[0]["errorCode"]), (400, &json!("INVALID_TYPE")));
    for (key, frozen, locked) in [("new", true, false), ("temp", false, true), ("rep", false, false)] {
        let id = test.realm.users.get(key).unwrap().id;
        let row = rows.iter().find(|row| row["UserId"] == id).unwrap();
        assert_eq!((&row["IsFrozen"], &row["IsPasswordLocked"]), (&json!(frozen), &json!(locked)), "{key}");
    }
}

#[tokio::test]
async fn no_row_holds_a_secret() {
    let test = TestRealm::start(|_| {}).await;
    let described = get(&test, "admin", "/sobjects").await.1;
    let names: Vec<String> = described["sobjects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 18);

    for name in names {
        let answer = query(&test, "admin", &format!("SELECT FIELDS(ALL) FROM {name} LIMIT 200")).await.to_string();
        for secret in test.realm.secrets.all() {
            assert!(!answer.contains(secret.reveal()), "{name}");
        }
    }
    let rep = test.realm.users.get("rep").unwrap().id;
    let apps = records(&test, "admin", "SELECT UserId, Type FROM TwoFactorInfo").await;
    assert_eq!((apps.len(), &apps[0]["UserId"], &apps[0]["Type"]), (1, &json!(rep), &json!("TOTP")));
}

/// Contract H1.2.
#[tokio::test]
async fn an_object_is_described_with_what_can_be_done_with_its_fields() {
    let test = TestRealm::start(|_| {}).await;

    let (status, history) = get(&test, "rep", "/sobjects/loginhistory/describe").await;
    let (_, user) = get(&test, "rep", "/sobjects/User").await;
    let (_, described) = get(&test, "rep", "/sobjects/User/describe/").await;

    let field = |object: &Value, name: &str| {
        object["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
    };
    assert_eq!((status, &history["name"], &history["keyPrefix"]), (200, &json!("LoginHistory"), &json!("0Ya")));
    let fields = history["fields"].as_array().unwrap().iter();
    let filterable = fields.filter(|field| field["filterable"] == true).map(|field| field["name"].as_str().unwrap());
    assert_eq!(
        filterable.collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "AuthenticationServiceId",
            "CipherSuite",
            "CountryIso",
            "Id",
            "LoginTime",
            "LoginType",
            "LoginUrl",
            "NetworkId",
            "OptionsIsGet",
            "OptionsIsPost",
            "TlsProtocol",
            "UserId",
        ])
    );
    assert_eq!(field(&history, "LoginTime")["type"], "datetime");
    assert_eq!(field(&history, "Id")["type"], "id");
    assert_eq!(user["objectDescribe"]["urls"]["describe"], "/services/data/v60.0/sobjects/User/describe");
    let profile = field(&described, "ProfileId");
    assert_eq!((&profile["referenceTo"], &profile["relationshipName"]), (&json!(["Profile"]), &json!("Profile")));
    assert_eq!(described["childRelationships"][0]["relationshipName"], "PermissionSetAssignments");
    let hidden = get(&test, "rep", "/sobjects/TwoFactorMethodsInfo/describe").await;
    assert_eq!(hidden.0, 404);
}

#[tokio::test]
async fn a_row_has_the_fields_that_are_asked_for() {
    let test = TestRealm::start(|_| {}).await;
    let id = test.realm.users.get("rep").unwrap().id;

    let (_, row) = get(&test, "rep", &format!("/sobjects/User/{id}?fields=Id,Profile.Name")).await;
    let (status, refused) = get(&test, "rep", &format!("/sobjects/User/{id}?fields=Nope")).await;

    assert_eq!((&row["Id"], &row["Profile"]["Name"]), (&json!(id), &json!("Standard User")));
    assert_eq!(row["Username"], Value::Null);
    assert_eq!((status, &refused[0]["errorCode"]), (400, &json!("INVALID_FIELD")));
}

/// Contract H6.5 and K1.8.
#[tokio::test]
async fn a_version_is_served_retired_or_unknown() {
    let test = TestRealm::start(|_| {}).await;
    let paths =
        ["", "/", "/query?q=SELECT+Id+FROM+User", "/queryAll?q=SELECT+Id+FROM+User", "/sobjects", "/sobjects/User"];
    for path in paths {
        for (version, status, code) in [
            ("v66.0", 200, None),
            ("v31.0", 200, None),
            ("v30.0", 410, Some("GONE")),
            ("v7.0", 410, Some("GONE")),
            ("v0.0", 404, Some("NOT_FOUND")),
            ("v999.0", 404, Some("NOT_FOUND")),
            ("v60", 404, Some("NOT_FOUND")),
            ("v+60.0", 404, Some("NOT_FOUND")),
            ("60.0", 404, Some("NOT_FOUND")),
        ] {
            let (found, answer) = get_with(&test, "rep", &format!("/services/data/{version}{path}"), None).await;
            assert_eq!((found, answer[0]["errorCode"].as_str()), (status, code), "{version}{path}");
        }
        let without = test.browser().get(&test.url(&format!("/services/data/v60.0{path}"))).await;
        assert!(without.status == 401 && without.body.contains("INVALID_SESSION_ID"), "{path}: {}", without.body);
    }
    for (version, status) in [("v66.0", 404), ("v30.0", 410)] {
        let url = test.url(&format!("/services/data/{version}"));
        let known = test.browser().post(&format!("{url}/sobjects/User"), &[("Name", "x")]).await;
        let unknown = test.browser().get(&format!("{url}/limits")).await;
        assert_eq!((known.status, unknown.status), (status, status), "{version}");
    }
    let (_, versions) = get_with(&test, "rep", "/services/data/", None).await;
    let spring = versions.as_array().unwrap().last().unwrap();
    assert_eq!((&spring["version"], &spring["label"]), (&json!("66.0"), &json!("Spring '26")));
    assert_eq!((&versions[0]["version"], &versions[0]["label"]), (&json!("31.0"), &json!("Summer '14")));
    assert_eq!(versions[1]["label"], "Winter '15");
}
