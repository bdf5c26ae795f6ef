use std::collections::BTreeSet;

use vestibule_model::Credential;

use super::*;

#[test]
fn the_first_user_has_the_plain_names_and_each_user_has_its_own() {
    let variables = Variables::new(&target(), &[admin(), sales_rep()], &[]).unwrap();

    for (name, expected) in [
        ("VESTIBULE_LOGIN_URL", "https://acme.my.salesforce.localhost:8443/"),
        ("VESTIBULE_ORG_HOST", "acme.my.salesforce.localhost:8443"),
        ("VESTIBULE_USERNAME", "admin@acme.example"),
        ("VESTIBULE_USERNAME_ADMIN", "admin@acme.example"),
        ("VESTIBULE_PASSWORD_SALES_REP", "rep-password"),
        ("VESTIBULE_TOTP_SECRET", "JBSWY3DPEHPK3PXP"),
        (
            "VESTIBULE_TOTP_URI",
            "otpauth://totp/Salesforce:admin@acme.example?secret=JBSWY3DPEHPK3PXP&issuer=Salesforce",
        ),
    ] {
        assert_eq!(variables.get(name).map(Secret::reveal), Some(expected), "{name}");
    }
}

#[test]
fn a_suite_can_load_the_users_passkey_by_webdriver_and_by_devtools() {
    let passkey = Credential {
        id: vec![0xfb, 0xff, 1],
        rp_id: "acme.my.salesforce.localhost".into(),
        user_handle: Some(vec![0xfe]),
        user_name: None,
        private_key: Secret::new("-_8B"),
        sign_count: 7,
        resident: true,
        backup_eligible: false,
        backed_up: false,
    };
    let admin = SuiteUser { passkey: Some(passkey), ..admin() };
    let stored = r#"STORED={{"id":"{passkey-credential-id-base64}","key":"{passkey-private-key-base64.admin}","count":{passkey-sign-count}}"#;
    let variables = Variables::new(&target(), &[admin, sales_rep()], &[stored.parse().unwrap()]).unwrap();

    for (name, expected) in [
        ("VESTIBULE_PASSKEY_RP_ID", Some("acme.my.salesforce.localhost")),
        ("VESTIBULE_PASSKEY_CREDENTIAL_ID", Some("-_8B")),
        ("VESTIBULE_PASSKEY_PRIVATE_KEY", Some("-_8B")),
        ("VESTIBULE_PASSKEY_USER_HANDLE", Some("_g")),
        ("VESTIBULE_PASSKEY_SIGN_COUNT", Some("7")),
        ("VESTIBULE_PASSKEY_CREDENTIAL_ID_BASE64_ADMIN", Some("+/8B")),
        ("VESTIBULE_PASSKEY_PRIVATE_KEY_BASE64_ADMIN", Some("+/8B")),
        ("VESTIBULE_PASSKEY_USER_HANDLE_BASE64_ADMIN", Some("/g==")),
        ("STORED", Some(r#"{"id":"+/8B","key":"+/8B","count":7}"#)),
        ("VESTIBULE_PASSKEY_PRIVATE_KEY_SALES_REP", None),
    ] {
        assert_eq!(variables.get(name).map(Secret::reveal), expected, "{name}");
    }
    assert!(variables.removed().any(|name| name == "VESTIBULE_PASSKEY_PRIVATE_KEY_SALES_REP"));
    let secret: Vec<_> = VARIABLES.iter().filter(|it| it.name.contains("PASSKEY") && it.secret).collect();
    assert_eq!(secret.len(), 2, "the private key, in both alphabets");
}

#[test]
fn what_does_not_exist_in_a_case_is_removed_even_if_inherited() {
    let variables = Variables::new(&target(), &[sales_rep()], &[]).unwrap();

    let removed: BTreeSet<_> = variables.removed().collect();

    for name in ["VESTIBULE_TOTP_SECRET", "VESTIBULE_TOTP_URI_SALES_REP", "VESTIBULE_SSO_URL"] {
        assert!(removed.contains(name) && variables.get(name).is_none(), "{name} of {removed:?}");
    }
}

#[test]
fn what_has_no_value_is_known_by_each_name_that_the_suite_may_read() {
    let mappings =
        ["OTP={totp-secret}", "LOGIN={user}", "LITERAL=", "BOTH={user}:{sso-url}"].map(|text| text.parse().unwrap());
    let variables = Variables::new(&target(), &[sales_rep()], &mappings).unwrap();

    let without: BTreeMap<_, _> = variables.without_value().into_iter().collect();

    for (name, template) in [
        ("OTP", Some("totp-secret")),
        ("BOTH", Some("sso-url")),
        ("VESTIBULE_TOTP_SECRET", Some("totp-secret")),
        ("VESTIBULE_TOTP_SECRET_SALES_REP", Some("totp-secret")),
        ("VESTIBULE_SSO_URL", Some("sso-url")),
        ("LOGIN", None),
        ("LITERAL", None),
        ("VESTIBULE_USERNAME", None),
    ] {
        assert_eq!(without.get(name).map(String::as_str), template, "{name}");
    }
}

#[test]
fn a_mapping_puts_values_into_the_suites_own_words() {
    for (text, expected) in [
        ("{login-url}", "https://acme.my.salesforce.localhost:8443/"),
        ("{user}:{password}", "admin@acme.example:admin-password"),
        ("{password.sales-rep}", "rep-password"),
        ("{user.admin} and { user }", "admin@acme.example and admin@acme.example"),
        ("{username} or {username.sales-rep}", "admin@acme.example or rep@acme.example"),
        ("{totp-secret.sales-rep}", ""),
        ("{{\"user\": \"{user}\"}", "{\"user\": \"admin@acme.example\"}"),
        ("a = b }", "a = b }"),
        ("", ""),
    ] {
        let mapping: Mapping = format!("SF_VALUE={text}").parse().unwrap();
        let variables = Variables::new(&target(), &[admin(), sales_rep()], &[mapping]).unwrap();

        assert_eq!(variables.get("SF_VALUE").map(Secret::reveal), Some(expected), "{text}");
    }
}

#[test]
fn a_mapping_follows_values_set_later_and_wins_over_them() {
    let mappings = ["REMOTE={webdriver-url}/session", "HTTPS_PROXY="].map(|text| text.parse().unwrap());
    let mut variables = Variables::new(&target(), &[admin()], &mappings).unwrap();
    assert_eq!(variables.get("REMOTE").map(Secret::reveal), Some("/session"));

    variables.set("VESTIBULE_WEBDRIVER_URL", Secret::new("http://127.0.0.1:9515"));
    variables.set("HTTPS_PROXY", Secret::new("http://127.0.0.1:3128"));

    let seen: BTreeMap<_, _> = variables.iter().map(|(name, value)| (name, value.reveal())).collect();
    assert_eq!(seen["REMOTE"], "http://127.0.0.1:9515/session");
    assert_eq!(seen["HTTPS_PROXY"], "");
    assert_eq!(variables.iter().count(), seen.len(), "each name once");
}

#[test]
fn what_is_removed_is_neither_told_nor_mapped() {
    let mappings = ["MINE={org-id}".parse().unwrap()];
    let mut variables = Variables::new(&target(), &[admin()], &mappings).unwrap();

    variables.remove("VESTIBULE_ORG_ID");

    assert_eq!(variables.get("VESTIBULE_ORG_ID"), None);
    assert_eq!(variables.get("MINE").map(Secret::reveal), Some(""));
    assert!(variables.removed().any(|name| name == "VESTIBULE_ORG_ID"));
}

#[test]
fn a_wrong_mapping_says_what_was_meant() {
    for (text, expected) in [
        ("SF_URL", "`SF_URL` is not NAME={template}: write, for example, SF_URL={login-url}"),
        ("={user}", "`={user}` names no variable before the `=`"),
        ("SF URL={user}", "`SF URL` is not the name of a variable: write it without spaces"),
        ("A={user", "`{user` has a brace that is not closed; write `{{` for a literal brace"),
        ("A={login-ulr}", "there is no value `login-ulr`; did you mean `login-url`?"),
        ("A={login_url}", "there is no value `login_url`; did you mean `login-url`?"),
        ("A={VESTIBULE_PASSWORD}", "there is no value `VESTIBULE_PASSWORD`; did you mean `password`?"),
        ("A={password.amdin}", "there is no value `password.amdin`; did you mean `password.admin`?"),
        ("A={org-id.admin}", "there is no value `org-id.admin`"),
        ("A={}", "there is no value ``"),
    ] {
        let said = text
            .parse::<Mapping>()
            .and_then(|mapping| Variables::new(&target(), &[admin()], &[mapping]))
            .unwrap_err()
            .to_string();

        assert!(said.starts_with(expected), "{text}: {said}");
    }
}

#[test]
fn every_value_of_a_realm_is_documented_under_its_own_name_and_template() {
    let documented: BTreeSet<_> = VARIABLES.iter().map(|variable| variable.name.to_owned()).collect();
    let given: BTreeSet<_> = values::of_target(&target())
        .into_iter()
        .chain(values::of_users(&[admin()]))
        .map(|(name, _)| name.trim_end_matches("_ADMIN").to_owned())
        .collect();

    assert!(given.is_subset(&documented), "{:?}", given.difference(&documented));
    let templates: BTreeSet<_> = VARIABLES.iter().map(|variable| variable.template).collect();
    assert_eq!((documented.len(), templates.len()), (VARIABLES.len(), VARIABLES.len()), "each name once");
}

#[test]
fn no_secret_is_shown_by_debug() {
    let mapping: Mapping = "A={password}".parse().unwrap();
    let variables = Variables::new(&target(), &[admin()], &[mapping]).unwrap();

    assert!(!format!("{variables:?}").contains("admin-password"));
}

/// Less is known of a real org, and what an outer run of this program told of another one is not.
#[test]
fn what_a_real_org_does_not_tell_is_not_set_and_not_inherited() {
    let target = Target { login_url: "https://acme.my.salesforce.com/".into(), ..Target::default() };
    let rep = SuiteUser { password: None, access_token: None, frontdoor_url: None, ..sales_rep() };

    let variables = Variables::new(&target, &[rep], &[]).unwrap();

    assert_eq!(variables.get("VESTIBULE_LOGIN_URL").map(Secret::reveal), Some("https://acme.my.salesforce.com/"));
    assert_eq!(variables.get("VESTIBULE_USERNAME").map(Secret::reveal), Some("rep@acme.example"));
    let removed: BTreeSet<_> = variables.removed().collect();
    for name in [
        "VESTIBULE_CONDITION",
        "VESTIBULE_ORG_HOST",
        "VESTIBULE_ORG_ID",
        "VESTIBULE_PASSWORD",
        "VESTIBULE_ACCESS_TOKEN",
    ] {
        assert!(variables.get(name).is_none() && removed.contains(name), "{name}");
    }
}

fn target() -> Target {
    Target {
        condition: Some("two-step".into()),
        login_url: "https://acme.my.salesforce.localhost:8443/".into(),
        shared_login_url: Some("https://login.salesforce.localhost:8443/".into()),
        org_url: Some("https://acme.my.salesforce.localhost:8443".into()),
        lightning_url: Some("https://acme.lightning.force.localhost:8443".into()),
        sso_url: None,
        org_id: Some("00D000000000001AAA".into()),
    }
}

fn admin() -> SuiteUser {
    SuiteUser {
        key: "admin".into(),
        username: "admin@acme.example".into(),
        password: Some(Secret::new("admin-password")),
        totp_secret: Some(Secret::new("JBSWY3DPEHPK3PXP")),
        temporary_code: None,
        passkey: None,
        access_token: Some(Secret::new("00D!token")),
        frontdoor_url: Some(Secret::new("https://acme.my.salesforce.localhost:8443/secur/frontdoor.jsp?sid=x")),
    }
}

fn sales_rep() -> SuiteUser {
    SuiteUser {
        key: "sales-rep".into(),
        username: "rep@acme.example".into(),
        password: Some(Secret::new("rep-password")),
        totp_secret: None,
        ..admin()
    }
}
