use vestibule_model::{ORDER_OF_RECOGNITION, PageName};

use super::{Reading, name};

fn page(path: &str, title: &str, shown: &[&str]) -> Reading {
    Reading {
        url: format!("https://acme.my.salesforce.localhost{path}"),
        path: path.to_owned(),
        title: title.to_owned(),
        ids: shown.iter().map(|id| (*id).to_owned()).collect(),
        shown: shown.iter().map(|id| (*id).to_owned()).collect(),
        ..Reading::default()
    }
}

fn with_control(text: &str, mut reading: Reading) -> Reading {
    reading.controls.push(text.to_owned());
    reading
}

/// Contract C1.7.
#[test]
fn every_page_is_known_by_the_contract_of_the_facts() {
    let verify = "Verify Your Identity | Salesforce";
    let method = |name: &str| format!("/_ui/identity/verification/method/{name}");
    let rows = [
        (page("/", "Login | Salesforce", &["username", "password", "Login", "error"]), PageName::Login),
        (page("/", "Login | Salesforce", &["username", "Login", "rememberUn"]), PageName::Username),
        (page("/", "Login | Salesforce", &["password", "Login"]), PageName::Password),
        (page("/", "Login | Salesforce", &["Login", "use_password"]), PageName::LoginPasskey),
        (page("/vestibule/log-in-with-email", "x", &["identifier"]), PageName::EmailLogin),
        (page("/login", "Login | Salesforce", &["username", "password", "Login"]), PageName::SiteLogin),
        (page("/secur/forgotpassword.jsp", "x", &["un", "continue"]), PageName::ForgotPassword),
        (page("/secur/forgotpassword.jsp", "x", &["p5", "p6", "save"]), PageName::ChangePassword),
        (page(&method("TotpVerificationUi/e"), verify, &["tc", "save"]), PageName::VerifyTotp),
        (page(&method("EmailVerificationFinishUi/e"), verify, &["emc", "save"]), PageName::VerifyEmail),
        (page(&method("SmsVerificationFinishUi/e"), verify, &["smc", "save"]), PageName::VerifySms),
        (page(&method("UnifiedPasskeyVerificationUi"), "Verify Your Identity", &[]), PageName::VerifyPasskey),
        (page("/_ui/identity/webauthn/AddPasskeyUi", "Create a Passkey", &["chRegL"]), PageName::CreatePasskey),
        (with_control("Create Passkey", page("/_ui/identity/webauthn/x", "x", &[])), PageName::CreatePasskey),
        (page("/x", "Choose a Verification Method | Salesforce", &[]), PageName::ChooseVerificationMethod),
        (page("/x", "Connect an Authenticator App", &["t"]), PageName::ConnectAuthenticatorApp),
        (page("/lightning/page/home", "Home | Salesforce", &["content"]), PageName::Home),
        (page("/lightning/setup/SetupOneHome/home", "Home | Salesforce", &[]), PageName::Home),
        (
            page("/setup/secur/RemoteAccessAuthorizationPage.apexp", "Allow Access? | Salesforce", &["oaapprove"]),
            PageName::AuthorizeApp,
        ),
        (page("/msg/maintenanceandavailable.jsp", "x", &["editPage"]), PageName::Maintenance),
        (page("/secur/frontdoor.jsp", "Login Error | Salesforce", &["error"]), PageName::LoginRefused),
        (with_control("Sign in", page("/sign-in", "Sign in", &["okta-name", "error"])), PageName::IdpSignIn),
        (page("/sign-in", "Signing you in", &[]), PageName::Unknown),
        (page("/sign-in", "Sign-on refused", &["error"]), PageName::IdpError),
        (page("/vestibule/inbox", "Inbox | Vestibule", &[]), PageName::Inbox),
        (page("/setup/org/OrgLoginHistory.apexp", "Login History | Salesforce", &[]), PageName::LoginHistory),
        (page("/_ui/system/security/ResetApiTokenEdit", "x", &[]), PageName::ResetSecurityToken),
        (page("/lightning/settings/x", "Reset Security Token | Salesforce", &[]), PageName::ResetSecurityToken),
        (page("/setup/secur/SAMLValidationPage.apexp", "x", &[]), PageName::SamlValidator),
        (
            page("/lightning/setup/IdentityVerification/home", "Identity Verification | Salesforce", &["mfa"]),
            PageName::IdentityVerification,
        ),
        (page("/005000000000001AAA", "User Detail | Salesforce", &[]), PageName::UserDetail),
        (page("/other", "Something", &[]), PageName::Unknown),
    ];
    for (reading, expected) in rows {
        assert_eq!(name(&reading), expected, "{} {:?}", reading.path, reading.shown);
    }
}

#[test]
fn a_remembered_username_changes_no_page() {
    for (shown, expected) in [(&["Login"][..], PageName::Username), (&["password", "Login"][..], PageName::Login)] {
        let mut remembered = page("/", "Login | Salesforce", shown);
        remembered.ids.insert("username".to_owned());

        assert_eq!(name(&remembered), expected);
    }
}

#[test]
fn the_login_form_after_a_logout_is_the_page_after_the_logout() {
    let logged_out = page("/secur/logout.jsp", "Login | Salesforce", &["username", "Login"]);

    assert_eq!(name(&logged_out), PageName::LoggedOut);
}

/// Contract M1.16.
#[test]
fn a_percent_encoded_home_in_the_query_of_the_gate_is_not_home() {
    let mut gate = page("/_ui/identity/webauthn/AddPasskeyUi", "Create a Passkey", &["chRegL"]);
    gate.url.push_str("?retURL=%2Flightning%2Fpage%2Fhome");

    assert_eq!(name(&gate), PageName::CreatePasskey);
}

#[test]
fn chromiums_own_error_pages_are_not_taken_for_pages_of_the_org() {
    let mut refused = page("/", "", &["main-frame-error"]);
    refused.url = "chrome-error://chromewebdata/".to_owned();
    assert_eq!(name(&refused), PageName::BrowserError);
    assert_eq!(name(&page("/", "Privacy error", &[])), PageName::BrowserError);
}

#[test]
fn another_identity_providers_page_is_known_by_its_password_field() {
    let mut foreign = page("/adfs/ls", "Sign in", &["userNameInput", "passwordInput"]);
    foreign.password_field = true;

    assert_eq!(name(&foreign), PageName::IdpSignIn);
}

#[test]
fn the_pages_of_a_product_are_known_by_their_own_ids_and_not_taken_for_an_identity_provider() {
    for (path, id, expected) in [
        ("/sign-in", "productSignIn", PageName::ProductSignIn),
        ("/code", "productCode", PageName::ProductCode),
        ("/pair", "productPairing", PageName::ProductPairing),
        ("/", "productHome", PageName::ProductHome),
        ("/nothing", "productError", PageName::ProductError),
    ] {
        let mut product = with_control("Sign in", page(path, "Sign in", &[id, "error"]));
        product.password_field = true;

        assert_eq!(name(&product), expected);
    }
}

#[test]
fn every_rule_has_a_sign() {
    assert!(ORDER_OF_RECOGNITION.iter().flat_map(|page| page.info().signs).all(|signs| !signs.is_empty()));
}
