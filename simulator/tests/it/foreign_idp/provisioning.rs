//! Just-in-time provisioning: the org creates the user whom an assertion describes.

use vestibule_simulator::realm::{IdpSpec, UserIdentity};

use super::{Issuer, Says, post, trusting};
use crate::sso_realm::{TestRealm, expect_refusal};

const NEW: [(&str, &str); 5] = [
    ("amr", "swk"),
    ("User.Username", "New@acme.example"),
    ("User.Email", "new@mail.example"),
    ("User.LastName", "Newman"),
    ("User.ProfileId", "Standard User"),
];

#[tokio::test]
async fn a_user_who_is_unknown_is_created_once_and_signs_in() {
    let issuer = Issuer::new();
    let test = TestRealm::start(just_in_time(&issuer)).await;

    for id in ["_first", "_second"] {
        let says = Says { id, name: "new-1", attributes: &NEW, ..Says::good(&test) };
        let end = post(&test, &test.browser(), &says.signed_by(&issuer, &test), "/lightning/o/Lead").await;
        assert!(end.url.ends_with("/lightning/o/Lead"), "{id}: {} {}", end.url, end.body);
    }

    let user = test.realm.users.get("new@acme.example").unwrap();
    assert_eq!((user.username.as_str(), user.email.as_str()), ("New@acme.example", "new@mail.example"));
    assert_eq!((user.federation_id.as_str(), user.spec.profile.as_str()), ("new-1", "Standard User"));
    assert_eq!(test.realm.users.all().len(), 2, "rep and the new user");
    assert_eq!(test.last_login().user.as_deref(), Some("new@acme.example"));
}

#[tokio::test]
async fn a_user_who_is_named_by_the_username_gets_the_federation_id_that_was_sent() {
    let issuer = Issuer::new();
    let test = TestRealm::start(IdpSpec { identity: UserIdentity::Username, ..just_in_time(&issuer) }).await;
    let attributes = [NEW.as_slice(), &[("User.FederationIdentifier", "new-7")]].concat();
    let says = Says { name: "new@acme.example", attributes: &attributes, ..Says::good(&test) };

    post(&test, &test.browser(), &says.signed_by(&issuer, &test), "").await;

    assert_eq!(test.realm.users.get("new@acme.example").map(|user| user.federation_id).as_deref(), Some("new-7"));
}

#[tokio::test]
async fn a_user_who_cannot_be_created_is_refused_and_nobody_is_added() {
    let issuer = Issuer::new();
    let replaced = |name: &'static str, value: &'static str| {
        NEW.map(|(one, old)| if one == name { (one, value) } else { (one, old) }).to_vec()
    };
    let without = |name: &str| NEW.into_iter().filter(|(one, _)| *one != name).collect::<Vec<_>>();
    for (identity, name, attributes) in [
        ("federation-id", "new-1", without("User.Username")),
        ("federation-id", "new-1", without("User.Email")),
        ("federation-id", "new-1", without("User.LastName")),
        ("federation-id", "new-1", without("User.ProfileId")),
        ("federation-id", "new-1", replaced("User.LastName", " ")),
        ("federation-id", "new-1", replaced("User.Username", "newman")),
        ("federation-id", "new-1", replaced("User.Username", "REP@acme.example")),
        ("federation-id", "new-1", replaced("User.ProfileId", "system administrator")),
        ("federation-id", "new-1", [NEW.as_slice(), &[("User.Username", "second@acme.example")]].concat()),
        ("username", "other@acme.example", NEW.to_vec()),
        ("user-id", "005000000000001AAA", NEW.to_vec()),
        // The Federation ID of another user: that user's next login by Federation ID would be the new user's.
        ("username", "new@acme.example", [NEW.as_slice(), &[("User.FederationIdentifier", "rep-7")]].concat()),
    ] {
        let spec = IdpSpec { identity: identity.parse().unwrap(), ..just_in_time(&issuer) };
        let test = TestRealm::start(spec).await;
        let says = Says { name, attributes: &attributes, ..Says::good(&test) };

        let refused = post(&test, &test.browser(), &says.signed_by(&issuer, &test), "").await;

        assert_eq!(test.last_login().status.text(), "Failed: SAML Provision Error", "{identity} {attributes:?}");
        expect_refusal(&test, &refused, "Failed: SAML Provision Error");
        assert_eq!(test.realm.users.all().len(), 1, "{identity} {attributes:?}");
    }
}

#[tokio::test]
async fn without_the_setting_nobody_is_created() {
    let issuer = Issuer::new();
    let test = TestRealm::start(trusting(&[&issuer])).await;
    let says = Says { name: "new-1", attributes: &NEW, ..Says::good(&test) };

    let refused = post(&test, &test.browser(), &says.signed_by(&issuer, &test), "").await;

    expect_refusal(&test, &refused, "Failed: Username Or SSO Id Invalid");
    assert_eq!(test.realm.users.all().len(), 1);
}

fn just_in_time(issuer: &Issuer) -> IdpSpec {
    IdpSpec { just_in_time: true, ..trusting(&[issuer]) }
}
