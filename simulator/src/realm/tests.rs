//! Hosts, clocks, entropy.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use vestibule_model::{IdpProtocol, IdpSpec, MyDomain, OrgKind, RealmSpec, Secret, UserIdentity, UserType, Waiver};
use vestibule_snapshots::growth::assert_linear;

use super::record::shown_time;
use super::{
    Clock, ClockSpec, Component, Entropy, HostNaming, HostRole, Hosts, OrgSpec, ProductKind, ProductSpec, User,
    UserSpec, Users,
};

/// Contract K1.7.
#[test]
fn host_names_follow_the_kind_of_org() {
    let my_domain = |kind| {
        let org = OrgSpec::new("acme", kind, date(2026, 9, 1));
        Hosts::new(&RealmSpec::new(org), 8443).name(&HostRole::MyDomain)
    };

    assert_eq!(my_domain(OrgKind::Production), "acme.my.salesforce.localhost");
    assert_eq!(my_domain(OrgKind::Trial), "acme.my.salesforce.localhost");
    assert_eq!(my_domain(OrgKind::Sandbox), "acme.sandbox.my.salesforce.localhost");
    assert_eq!(my_domain(OrgKind::Scratch), "acme.scratch.my.salesforce.localhost");
    assert_eq!(my_domain(OrgKind::DeveloperEdition), "acme.develop.my.salesforce.localhost");
    assert_eq!(my_domain(OrgKind::PartnerDeveloperEdition), "acme.develop.my.salesforce.localhost");
    assert_eq!(my_domain(OrgKind::TrailheadPlayground), "acme.trailblaze.my.salesforce.localhost");
}

#[test]
fn a_host_header_finds_its_role_whatever_its_case_and_port() {
    let hosts = Hosts::new(&uat(HostNaming::Localhost, &["okta"]), 8443);
    let roles = [
        ("ACME--uat.sandbox.my.salesforce.localhost:8443", Some(HostRole::MyDomain)),
        ("acme--uat.sandbox.lightning.force.localhost", Some(HostRole::Lightning)),
        ("acme--uat.sandbox.my.salesforce-setup.localhost:1", Some(HostRole::Setup)),
        ("test.salesforce.localhost:8443", Some(HostRole::Login)),
        ("okta.localhost:8443", Some(HostRole::Idp("okta".to_owned()))),
        ("entra.localhost:8443", None),
        ("acme--uat.sandbox.my.salesforce.com", None),
        ("", None),
    ];

    for (host, role) in roles {
        assert_eq!(hosts.role(host), role, "{host}");
    }
}

#[test]
fn a_product_has_the_host_of_its_key_under_either_naming() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let mut spec = uat(naming, &["okta"]);
        spec.products.insert("crm".to_owned(), ProductSpec::new(ProductKind::Crm));
        let own = Hosts::new(&RealmSpec { idp_hosts_of_org: true, ..spec.clone() }, 8443);
        let hosts = Hosts::new(&spec, 8443);
        let crm = HostRole::Product("crm".to_owned());

        assert_eq!(hosts.name(&crm), "crm.localhost", "{naming:?}");
        assert_eq!((hosts.role("CRM.localhost:8443"), hosts.role("okta")), (Some(crm.clone()), None), "{naming:?}");
        assert!(hosts.all().contains(&"crm.localhost".to_owned()), "{naming:?}");
        assert_eq!(own.name(&crm), "crm.acme--uat.localhost", "{naming:?}");
    }
}

#[test]
fn a_team_may_bring_its_own_my_domain_whatever_the_kind_of_org() {
    let host = |kind, own: &str| {
        let own: MyDomain = own.parse().unwrap();
        let org = own.given_to(OrgSpec::new("acme", kind, date(2026, 9, 1)), None);
        Hosts::new(&RealmSpec::new(org), 8443).name(&HostRole::MyDomain)
    };

    for (kind, own, expected) in [
        (OrgKind::Production, "globex", "globex.my.salesforce.localhost"),
        (OrgKind::Sandbox, "globex", "globex.sandbox.my.salesforce.localhost"),
        (OrgKind::Sandbox, "globex.my.salesforce.com", "globex.my.salesforce.localhost"),
        (OrgKind::Production, "globex--qa", "globex--qa.sandbox.my.salesforce.localhost"),
        (OrgKind::Production, "globex-dev-ed.develop", "globex-dev-ed.develop.my.salesforce.localhost"),
    ] {
        assert_eq!(host(kind, own), expected, "{own} in {kind}");
    }
}

/// Contract K1.10 and K1.11.
#[test]
fn under_the_real_names_an_identity_provider_has_the_host_of_its_product() {
    let hosts = Hosts::new(&uat(HostNaming::Real, &["entra", "entra-v2", "okta", "okta-fastpass", "adfs"]), 8443);
    let local = Hosts::new(&uat(HostNaming::Localhost, &["entra", "okta"]), 8443);
    let name = |hosts: &Hosts, key: &str| hosts.name(&HostRole::Idp(key.to_owned()));

    for (key, expected) in [
        ("entra", "login.microsoftonline.com"),
        ("entra-v2", "entra-v2.localhost"),
        ("okta", "acme.okta.com"),
        ("okta-fastpass", "okta-fastpass.localhost"),
        ("adfs", "adfs.localhost"),
    ] {
        assert_eq!(name(&hosts, key), expected);
        assert_eq!(hosts.role(expected), Some(HostRole::Idp(key.to_owned())));
        assert!(hosts.all().contains(&expected.to_owned()));
    }
    assert_eq!((name(&local, "entra"), name(&local, "okta")), ("entra.localhost".into(), "okta.localhost".into()));
}

/// Contract K1.7.
#[test]
fn under_the_real_names_no_url_carries_a_port_and_the_rules_lead_every_host_to_the_listener() {
    let hosts = Hosts::new(&uat(HostNaming::Real, &["adfs"]), 8443);

    assert_eq!(hosts.url(&HostRole::MyDomain, "/x"), "https://acme--uat.sandbox.my.salesforce.com/x");
    assert_eq!(hosts.origin(&HostRole::Lightning), "https://acme--uat.sandbox.lightning.force.com");
    assert_eq!(hosts.origin(&HostRole::Setup), "https://acme--uat.sandbox.my.salesforce-setup.com");
    assert_eq!(hosts.origin(&HostRole::Login), "https://test.salesforce.com");
    assert_eq!(hosts.origin(&HostRole::Idp("adfs".to_owned())), "https://adfs.localhost");
    assert_eq!(hosts.role("login.salesforce.com"), Some(HostRole::Login));
    assert_eq!(hosts.role("acme--uat.sandbox.my.salesforce.localhost:8443"), None);
    let rules = hosts.resolver_rules();
    let rules: Vec<_> = rules.split(',').collect();
    assert_eq!(rules.len(), hosts.all().len());
    for host in hosts.all() {
        assert!(rules.contains(&format!("MAP {host} 127.0.0.1:8443").as_str()), "{host}: {rules:?}");
    }
}

#[test]
fn a_frozen_clock_stands_until_it_is_advanced() {
    let noon: Timestamp = "2026-08-03T12:00:00Z".parse().unwrap();
    let clock = Clock::start(&ClockSpec { frozen_at: Some(noon), skew: BTreeMap::new() });
    assert_eq!(clock.now(Component::Org), noon);

    clock.advance(SignedDuration::from_secs(90));

    assert_eq!(clock.now(Component::Org), noon + SignedDuration::from_secs(90));
}

#[test]
fn each_component_sees_its_own_skew() {
    let noon: Timestamp = "2026-08-03T12:00:00Z".parse().unwrap();
    let skew = BTreeMap::from([(Component::Idp, SignedDuration::from_secs(-600))]);

    let clock = Clock::start(&ClockSpec { frozen_at: Some(noon), skew });

    assert_eq!(clock.now(Component::Idp), noon - SignedDuration::from_secs(600));
    assert_eq!(clock.now(Component::Org), noon);
}

#[test]
fn seeded_entropy_repeats_and_other_seeds_differ() {
    let draw = |seed| {
        let entropy = Entropy::seeded(seed);
        (entropy.token(), entropy.xml_id(), entropy.digits(6), entropy.alphanumeric(10))
    };

    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
    assert!(draw(7).1.starts_with('_'), "an XML ID may not start with a digit");
    assert!(draw(7).2.chars().all(|char| char.is_ascii_digit()));
}

#[test]
fn every_secret_that_is_drawn_is_known_and_nothing_that_anybody_may_read_is() {
    let entropy = Entropy::seeded(7);

    let secrets = [entropy.token(), entropy.digits(6), entropy.code(10), entropy.totp_key(), entropy.security_token()];
    let _public = (entropy.nonce(), entropy.xml_id(), entropy.alphanumeric(12));

    let mut known: Vec<String> = entropy.secrets().all().iter().map(|secret| secret.reveal().to_owned()).collect();
    let mut drawn = secrets.to_vec();
    known.sort();
    drawn.sort();
    assert_eq!(known, drawn);
}

#[test]
fn a_user_keeps_the_totp_secret_of_the_team_and_it_is_known_as_a_secret() {
    let own = UserSpec { totp_secret: Some("jbsw y3dp ehpk 3pxp".parse().unwrap()), ..UserSpec::new("Standard User") };
    let specs = [("rep", own.clone().totp()), ("new", UserSpec::new("Standard User").totp()), ("none", own)];
    let specs = specs.map(|(key, spec)| (key.to_owned(), spec)).into();
    let entropy = Entropy::seeded(7);
    let users = Users::create(&specs, &OrgSpec::production("acme", date(2026, 9, 1)), &entropy, Timestamp::UNIX_EPOCH);

    let secret = |key| users.get(key).unwrap().totp_secret.map(|secret| secret.reveal().to_owned());

    assert_eq!(secret("rep").as_deref(), Some("JBSWY3DPEHPK3PXP"));
    assert_eq!(secret("new").unwrap().len(), 32);
    assert_eq!(secret("none"), None, "no app is registered");
    assert!(entropy.secrets().all().contains(&Secret::new("JBSWY3DPEHPK3PXP")));
}

#[test]
fn whatever_a_user_had_for_a_while_stays_known_as_a_secret() {
    let spec = UserSpec { password: Some(Secret::new("first-1")), ..UserSpec::new("System Administrator") };
    let org = OrgSpec::production("acme", date(2026, 9, 1));
    let entropy = Entropy::seeded(7);
    let users = Users::create(&BTreeMap::from([("admin".to_owned(), spec)]), &org, &entropy, Timestamp::UNIX_EPOCH);

    for password in ["second-2", "third-3"] {
        users.update("admin", |user| user.password = Secret::new(password));
    }
    users.update("admin", |user| {
        user.totp_secret = Some(Secret::new("JBSWY3DPEHPK3PXP"));
        user.devices.insert("device-4711");
        user.temporary_code = Some((Secret::new("AB12CD34EF"), Timestamp::UNIX_EPOCH));
        user.security_token = Some(Secret::new("4jEAKuW3a4g33x2zsX11BkrsB"));
    });
    users.update("admin", |user| {
        user.totp_secret = None;
        user.security_token = None;
    });

    let known = entropy.secrets().all();
    for secret in
        ["first-1", "second-2", "third-3", "JBSWY3DPEHPK3PXP", "device-4711", "AB12CD34EF", "4jEAKuW3a4g33x2zsX11BkrsB"]
    {
        assert!(known.contains(&Secret::new(secret)), "{secret}");
    }
}

#[test]
fn a_user_is_found_by_each_name_as_long_as_it_is_the_users_name() {
    let (users, org, entropy) = two_users();
    let key = |found: Option<User>| found.map(|user| user.key);
    let ann = users.get("ann").unwrap();
    for (found, by) in [
        (users.by_username("ANN@acme.example"), "username"),
        (users.by_email("Ann@Mail.example"), "email"),
        (users.by_federation_id("0042"), "Federation ID"),
        (users.by_id(&ann.id), "id"),
        (users.by_id(&ann.id[..15]), "id of 15 characters"),
        (users.identified(UserIdentity::UserId, &ann.id), "id for an identity provider"),
        (users.hinted(), "hint"),
    ] {
        assert_eq!(key(found).as_deref(), Some("ann"), "{by}");
    }
    assert_eq!(key(users.remembered()).as_deref(), Some("bob"));
    assert_eq!(key(users.only_employee()), None, "there are two");
    for (found, by) in [
        (users.by_username(""), "no username"),
        (users.by_federation_id("0042 "), "another Federation ID"),
        (users.by_id(&ann.id[..14]), "too short an id"),
        (users.by_id(&format!("{}AAB", &ann.id[..15])), "an id with wrong check characters"),
    ] {
        assert_eq!(key(found), None, "{by}");
    }
    assert!(!users.has_waiver() && !users.has_device("laptop"));

    users.update("ann", |ann| {
        ann.username = "ann.new@acme.example".to_owned();
        ann.devices.insert("laptop");
        ann.spec.waiver = Waiver::Assigned;
        ann.spec.user_type = UserType::Integration;
    });

    assert!(users.has_waiver() && users.has_device("laptop") && !users.has_device("phone"));
    assert_eq!(key(users.only_employee()).as_deref(), Some("bob"));
    assert_eq!(key(users.by_username("ann.new@ACME.example")).as_deref(), Some("ann"));
    assert_eq!(key(users.by_username("ann@acme.example")), None);
    let spec = UserSpec::new("Standard User");
    let add = |spec: UserSpec| key(users.add(&spec, &org, &entropy, Timestamp::UNIX_EPOCH));
    assert_eq!(add(spec.clone().username("Ann.New@acme.example")), None, "the username is taken");
    let same_id = UserSpec { federation_id: Some("0042".to_owned()), ..spec.clone().username("cid@acme.example") };
    assert_eq!(add(same_id), None, "the Federation ID is taken");
    assert_eq!(add(spec.username("Ann@acme.example")).as_deref(), Some("ann@acme.example"), "the old username is free");
}

#[test]
fn of_users_with_the_same_name_the_first_by_key_is_found() {
    let (users, ..) = two_users();
    users.update("bob", |bob| bob.email = "ann@mail.example".to_owned());
    assert_eq!(users.by_email("ann@mail.example").map(|user| user.key).as_deref(), Some("ann"));

    users.update("ann", |ann| ann.email = "other@mail.example".to_owned());

    assert_eq!(users.by_email("ann@mail.example").map(|user| user.key).as_deref(), Some("bob"));
}

#[test]
fn what_a_login_asks_of_the_users_takes_no_longer_where_there_are_many() {
    let org = OrgSpec::production("acme", date(2026, 9, 1));
    let users = |size: usize| {
        let specs = (0..size).map(|number| (format!("rep{number}"), UserSpec::new("Standard User").totp())).collect();
        Users::create(&specs, &org, &Entropy::seeded(7), Timestamp::UNIX_EPOCH)
    };
    assert_linear("users", 200, users, |users| {
        let size = users.all().len();
        for number in 0..size {
            let user = users.by_username(&format!("REP{number}@acme.example")).unwrap();
            users.update(&user.key, |user| user.failed_passwords = 0);
            let found = [users.hinted(), users.remembered(), users.by_email("none"), users.by_federation_id("none")];
            assert!(found.iter().all(Option::is_none) && !users.has_waiver() && !users.has_device("none"));
            assert!(users.by_id(&user.id).is_some());
        }
    });
}

/// Ann and Bob, their org, and where their secrets come from.
fn two_users() -> (Users, OrgSpec, Entropy) {
    let ann = UserSpec {
        email: Some("ann@mail.example".to_owned()),
        federation_id: Some("0042".to_owned()),
        login_hint: true,
        ..UserSpec::new("Standard User")
    };
    let bob = UserSpec { remembered: true, ..UserSpec::new("Standard User") };
    let specs = BTreeMap::from([("ann".to_owned(), ann), ("bob".to_owned(), bob)]);
    let (org, entropy) = (OrgSpec::production("acme", date(2026, 9, 1)), Entropy::seeded(7));
    (Users::create(&specs, &org, &entropy, Timestamp::UNIX_EPOCH), org, entropy)
}

#[test]
fn login_history_shows_the_calendar_date_with_the_time_of_day_of_the_protocol_clock() {
    let noon: Timestamp = "2026-11-22T12:34:56Z".parse().unwrap();
    let day = date(2026, 8, 3);

    let shown = shown_time(day, noon);

    assert_eq!(shown.to_string(), "2026-08-03T12:34:56Z");
}

/// A sandbox with identity providers of these presets, each under its name.
fn uat(naming: HostNaming, presets: &[&str]) -> RealmSpec {
    let idp = |preset: &&str| IdpSpec { preset: Some((*preset).to_owned()), ..IdpSpec::new(IdpProtocol::Saml) };
    let idps = presets.iter().map(|preset| ((*preset).to_owned(), idp(preset))).collect();
    RealmSpec { naming, idps, ..RealmSpec::new(OrgSpec::sandbox("acme--uat", date(2026, 9, 1))) }
}
