//! How long one decision takes. The limit is five microseconds.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use vestibule_model::{Carrier, LoginKind, OrgSpec, Signal, UserSpec, Waiver};
use vestibule_simulator::policy::{Evidence, Origin, Rulebook, decide};

fn decisions(criterion: &mut Criterion) {
    let book = Rulebook::newest();
    let day = date(2026, 9, 1);
    let org = OrgSpec::production("acme", day).facts("00D000000000001EAA", true);
    let user = UserSpec { waiver: Waiver::Assigned, ..UserSpec::new("System Administrator").totp() }.facts();
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

    criterion.bench_function("decide/password", |bencher| {
        bencher.iter(|| decide(black_box(&book), &org, &user, black_box(&password), day));
    });
    criterion.bench_function("decide/sso", |bencher| {
        bencher.iter(|| decide(black_box(&book), &org, &user, black_box(&sso), day));
    });
    let text = include_str!("../rulebooks/salesforce-2026-07-02.yaml");
    criterion.bench_function("rulebook/parse", |bencher| bencher.iter(|| Rulebook::parse("newest", text)));
}

criterion_group!(benches, decisions);
criterion_main!(benches);
