//! How long one decision takes. The limit is five microseconds.

use std::collections::BTreeSet;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use vestibule_model::{
    ApiLoginSettings, ApiPermissions, Carrier, LoginKind, LoginRestrictions, OrgKind, Signal, StepUpSettings, UserType,
    VerificationMethod, Waiver,
};
use vestibule_simulator::policy::{Evidence, OrgFacts, Origin, Rulebook, UserFacts, decide};

fn decisions(criterion: &mut Criterion) {
    let book = Rulebook::newest();
    let org = OrgFacts {
        id: "00D000000000001EAA".to_owned(),
        kind: OrgKind::Production,
        mfa_setting: false,
        methods: BTreeSet::from([
            VerificationMethod::BuiltInAuthenticator,
            VerificationMethod::SecurityKey,
            VerificationMethod::TotpApp,
        ]),
        passwordless: false,
        sso_configured: true,
        stagger_day: None,
        converted_on: None,
        trusted_ip_ranges: Vec::new(),
        salesforce_credentials_disabled: false,
        waiver_assigned: false,
        api_logins: ApiLoginSettings::default(),
        step_up: StepUpSettings::default(),
    };
    let user = UserFacts {
        user_type: UserType::Employee,
        profile: "System Administrator".to_owned(),
        permissions: BTreeSet::new(),
        mfa_for_ui_logins: false,
        waiver: Waiver::Assigned,
        verifiers: BTreeSet::from([VerificationMethod::TotpApp]),
        restrictions: LoginRestrictions::default(),
        api_permissions: ApiPermissions::default(),
    };
    let password = Evidence {
        login: LoginKind::PasswordUi,
        through_sso: false,
        verified_with: None,
        signals: Vec::new(),
        salesforce_mfa_for_sso: false,
        origin: Origin::default(),
    };
    let attribute = || Carrier::SamlAttribute("http://schemas.microsoft.com/claims/authnmethodsreferences".to_owned());
    let sso = Evidence {
        login: LoginKind::Saml,
        through_sso: true,
        signals: vec![
            Signal::new("http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password", attribute()),
            Signal::new("http://schemas.microsoft.com/claims/multipleauthn", attribute()),
            Signal::new("urn:oasis:names:tc:SAML:2.0:ac:classes:Password", Carrier::AuthnContextClassRef),
        ],
        ..password.clone()
    };
    let day = date(2026, 9, 1);

    criterion.bench_function("decide/password", |bencher| {
        bencher.iter(|| decide(black_box(&book), &org, &user, black_box(&password), day));
    });
    criterion.bench_function("decide/sso", |bencher| {
        bencher.iter(|| decide(black_box(&book), &org, &user, black_box(&sso), day));
    });
    criterion.bench_function("rulebook/parse", |bencher| bencher.iter(Rulebook::newest));
}

criterion_group!(benches, decisions);
criterion_main!(benches);
