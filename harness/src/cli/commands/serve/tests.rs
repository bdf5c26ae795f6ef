use jiff::civil::date;
use vestibule_model::VerificationMethod;
use vestibule_simulator::realm::{IdpProtocol, MethodUsed, RealmSpec};

use super::*;
use crate::cli::arguments::parse_one::parse;

fn args(words: &[&str]) -> Result<ServeArgs, String> {
    parse(words)
}

fn spec(words: &[&str]) -> RealmSpec {
    args(words).unwrap().spec(date(2026, 8, 3))
}

#[test]
fn without_options_it_is_a_sandbox_of_today_with_an_admin_and_a_standard_user() {
    let spec = spec(&[]);

    assert_eq!((spec.org.kind, spec.org.my_domain()), (OrgKind::Sandbox, "acme--uat"));
    assert_eq!((spec.org.date, spec.org.login_page), (date(2026, 8, 3), LoginPage::TwoStep));
    let profiles: Vec<_> = spec.users.iter().map(|(key, user)| (key.as_str(), user.profile.as_str())).collect();
    assert_eq!(profiles, [("admin", "System Administrator"), ("rep", "Standard User")]);
    assert!(spec.idps.is_empty());
}

#[test]
fn every_option_reaches_the_realm() {
    let spec = spec(&[
        "--org-kind=production",
        "--my-domain=globex",
        "--date=2026-09-01",
        "--login-page=passkey-first",
        "--user=rep:profile=Sales User,password=Secret-1,verifiers=totp+passkey",
        "--idp=okta:protocol=oidc,method=push",
        "--idp=house:preset=adfs",
    ]);

    assert_eq!((spec.org.kind, spec.org.my_domain()), (OrgKind::Production, "globex"));
    assert_eq!((spec.org.date, spec.org.login_page), (date(2026, 9, 1), LoginPage::PasskeyFirst));
    let rep = &spec.users["rep"];
    assert_eq!(spec.users.len(), 1);
    assert_eq!((rep.profile.as_str(), rep.password.as_ref().unwrap().reveal()), ("Sales User", "Secret-1"));
    let verifiers = [VerificationMethod::BuiltInAuthenticator, VerificationMethod::TotpApp];
    assert_eq!(rep.verifiers, verifiers.into());
    let okta = &spec.idps["okta"];
    assert_eq!((okta.protocol, okta.method), (IdpProtocol::Oidc, MethodUsed::Push));
    assert_eq!(okta.preset.as_deref(), Some("okta"));
    assert_eq!(spec.idps["house"].preset.as_deref(), Some("adfs"));
}

#[test]
fn a_preset_that_knows_one_protocol_speaks_it() {
    let spec = spec(&["--idp=entra-v2", "--idp=okta", "--idp=house:preset=okta-static-mfa"]);

    let protocols: Vec<_> = spec.idps.iter().map(|(key, idp)| (key.as_str(), idp.protocol)).collect();
    let (saml, oidc) = (IdpProtocol::Saml, IdpProtocol::Oidc);
    assert_eq!(protocols, [("entra-v2", oidc), ("house", saml), ("okta", saml)]);
}

#[test]
fn wrong_words_are_answered_with_the_right_ones() {
    for (word, expected) in [
        ("--org-kind=sandbx", "expected one of `production`, `sandbox`"),
        ("--my-domain=Acme Inc", "lower-case letters"),
        ("--user=rep:profil=x", "did you mean `profile`?"),
        ("--user=rep:profile", "has no `=`"),
        ("--user=rep:verifiers=totpp", "unknown variant `totpp`"),
        ("--idp=a b", "is no key"),
        ("--idp=x:preset=nobody", "known are "),
        ("--idp=x:preset=okat", "did you mean `okta`?"),
        ("--idp=entra-v2:protocol=saml", "the preset `entra-v2` does not know SAML: write protocol=oidc"),
        ("--idp=x:protocol=oidc,preset=okta-static-mfa", "does not know OpenID Connect: write protocol=saml"),
        ("--idp=x:protocol=ldap", "write saml or oidc"),
        ("--date=2026-13-01", "--date"),
    ] {
        let error = args(&[word]).unwrap_err();
        assert!(error.contains(expected), "{word}: {error}");
    }
}

#[test]
fn an_unknown_rulebook_lists_the_known_ones() {
    let error = rulebook(Some("salesforce-1999")).unwrap_err();

    assert_eq!(error.code(), ExitCode::Usage);
    assert!(rulebook(None).is_ok());
}
