//! Properties that hold for every possible login.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use strum::IntoEnumIterator;
use vestibule_model::{
    ApiLoginSettings, ApiPermissions, Carrier, LoginKind, LoginRestrictions, OrgKind, Permission, SdkVersion,
    SessionLevel, Signal, StaggerDay, StepUpSettings, UserState, UserType, VerificationMethod, Waiver,
};
use vestibule_simulator::policy::{
    Evidence, OrgFacts, Origin, Outcome, Rulebook, UserFacts, asks_for_activation, banners, decide, enforcement,
    mfa_setting,
};

proptest! {
    #[test]
    fn every_login_is_decided_and_says_why(book in book(), org in org(), user in user(), evidence in evidence(), day in day()) {
        let decision = decide(&book, &org, &user, &evidence, day);

        prop_assert!(!decision.rules.is_empty());
        prop_assert!(decision.rules.iter().all(|rule| !rule.why.is_empty() && !rule.source.is_empty()));
        banners(&book, &org, &user, day);
        asks_for_activation(&book, &org, &user, &evidence, day);
    }

    #[test]
    fn only_what_is_registered_is_asked_for_and_only_what_is_enabled_is_offered(
        book in book(), org in org(), user in user(), evidence in evidence(), day in day(),
    ) {
        match decide(&book, &org, &user, &evidence, day).outcome {
            Outcome::Verify { methods } => {
                prop_assert!(!methods.is_empty());
                prop_assert!(methods.iter().all(|method| user.verifiers.contains(method)));
            }
            Outcome::Enrol { methods, .. } => {
                prop_assert!(!methods.is_empty());
                prop_assert!(methods.iter().all(|method| org.methods.contains(method)));
            }
            Outcome::Allow { .. } | Outcome::Block { .. } => {}
        }
    }

    #[test]
    fn one_more_and_stronger_signal_never_makes_it_harder(
        book in book(), org in org(), user in user(), evidence in evidence(), day in day(),
    ) {
        let mut stronger = evidence.clone();
        stronger.signals.push(Signal::new("swk", Carrier::IdTokenAmr));

        let before = decide(&book, &org, &user, &evidence, day);
        let after = decide(&book, &org, &user, &stronger, day);

        prop_assert!(hardness(&after.outcome) <= hardness(&before.outcome));
        prop_assert!(after.strength >= before.strength);
    }

    #[test]
    fn the_waiver_never_makes_it_harder(
        book in book(), org in org(), mut user in user(), evidence in evidence(), day in day(),
    ) {
        let hardness_with = |waiver| {
            user.waiver = waiver;
            hardness(&decide(&book, &org, &user, &evidence, day).outcome)
        };

        let [none, assigned, approved] = [Waiver::None, Waiver::Assigned, Waiver::ApprovedBySupport].map(hardness_with);

        prop_assert!(assigned <= none);
        prop_assert!(approved <= assigned);
    }

    #[test]
    fn once_in_force_it_stays_in_force(book in book(), org in org(), user in user(), day in day(), later in 0..900i64) {
        let later = day.checked_add(later.days()).unwrap();
        let today = enforcement(&book, &org, &user, day);
        let then = enforcement(&book, &org, &user, later);

        prop_assert!(!today.in_force || then.in_force);
        prop_assert_eq!(today.in_force, today.since.is_some());
        prop_assert!(mfa_setting(&book, &org, day).can_be_changed || !mfa_setting(&book, &org, later).can_be_changed);
    }

    #[test]
    fn an_org_is_reached_within_its_wave(
        book in book(),
        id in "00D[0-9A-Z]{12}EAA",
        stagger_day in option::of(stagger_day()),
        days in 1..60u16,
        wave in select(WAVES.to_vec()),
    ) {
        let (name, profile, kind) = wave;
        let book = book.with_setting(&format!("calendar.{name}.stagger-days"), &days.to_string()).unwrap();
        let org = OrgFacts { id, kind, stagger_day, ..an_org() };
        let user = UserFacts { profile: profile.to_owned(), ..a_user() };
        let start = setting(&book, &format!("calendar.{name}.start")).parse::<Date>();

        let begins = enforcement(&book, &org, &user, date(2026, 1, 1)).begins;

        if let (Ok(start), Some(begins)) = (start, begins) {
            let end = start.checked_add(i64::from(days).days()).unwrap();
            prop_assert!(start <= begins && begins < end);
        }
    }
}

#[test]
fn the_longest_wave_has_as_many_days_as_an_org_can_wait() {
    let stagger = |book: &Rulebook| {
        let waves = WAVES.map(|(name, ..)| setting(book, &format!("calendar.{name}.stagger-days")));
        waves.map(|days| days.parse::<u16>().unwrap()).into_iter().max()
    };

    let longest = Rulebook::names().into_iter().filter_map(Rulebook::embedded).filter_map(|book| stagger(&book)).max();

    assert_eq!(longest, Some(StaggerDay::LAST.get() + 1));
}

#[test]
fn the_place_in_the_stagger_depends_on_the_org_alone() {
    let book = Rulebook::embedded("salesforce-2026-05-05").unwrap();
    let begins = |id: &str| {
        let org = OrgFacts { id: id.to_owned(), stagger_day: None, ..an_org() };
        enforcement(&book, &org, &a_user(), date(2026, 1, 1)).begins.unwrap()
    };

    let days: BTreeSet<_> = (0..200).map(|number| begins(&format!("00D{number:012}EAA"))).collect();

    assert_eq!(begins("00D5g000004Wb4nEAC"), begins("00D5g000004Wb4nEAC"));
    assert!(days.len() > 25, "200 orgs fall on {} of 30 days", days.len());
}

fn setting(book: &Rulebook, name: &str) -> String {
    book.settings().into_iter().find(|setting| setting.name == name).unwrap().value
}

fn hardness(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Allow { .. } => 0,
        Outcome::Verify { .. } => 1,
        Outcome::Enrol { .. } => 2,
        Outcome::Block { .. } => 3,
    }
}

fn an_org() -> OrgFacts {
    OrgFacts {
        id: "00D000000000001EAA".to_owned(),
        kind: OrgKind::Production,
        mfa_setting: false,
        methods: BTreeSet::from([VerificationMethod::TotpApp]),
        passwordless: false,
        sso_configured: false,
        stagger_day: None,
        converted_on: None,
        trusted_ip_ranges: Vec::new(),
        salesforce_credentials_disabled: false,
        waiver_assigned: false,
        api_logins: ApiLoginSettings::default(),
        step_up: StepUpSettings::default(),
    }
}

fn a_user() -> UserFacts {
    UserFacts {
        user_type: UserType::Employee,
        profile: "Standard User".to_owned(),
        permissions: BTreeSet::new(),
        mfa_for_ui_logins: false,
        waiver: Waiver::None,
        verifiers: BTreeSet::new(),
        restrictions: LoginRestrictions::default(),
        api_permissions: ApiPermissions::default(),
    }
}

fn book() -> impl Strategy<Value = Rulebook> {
    select(Rulebook::names().into_iter().filter_map(Rulebook::embedded).collect::<Vec<_>>())
}

fn day() -> impl Strategy<Value = Date> {
    (0..1_800i64).prop_map(|days| date(2022, 1, 1).checked_add(days.days()).unwrap())
}

fn methods() -> impl Strategy<Value = BTreeSet<VerificationMethod>> {
    let all = vec![
        VerificationMethod::BuiltInAuthenticator,
        VerificationMethod::SecurityKey,
        VerificationMethod::TotpApp,
        VerificationMethod::SalesforceAuthenticator,
        VerificationMethod::TemporaryCode,
    ];
    btree_set(select(all), 0..5)
}

fn org() -> impl Strategy<Value = OrgFacts> {
    let kinds: Vec<_> = OrgKind::iter().collect();
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let days = (option::of(stagger_day()), option::of(day()));
    (select(kinds), flags, methods(), days).prop_map(|(kind, flags, methods, days)| OrgFacts {
        kind,
        mfa_setting: flags.0,
        passwordless: flags.1,
        sso_configured: flags.2,
        salesforce_credentials_disabled: flags.3,
        methods,
        stagger_day: days.0,
        converted_on: days.1,
        ..an_org()
    })
}

fn stagger_day() -> impl Strategy<Value = StaggerDay> {
    (0..=StaggerDay::LAST.get()).prop_map(|day| StaggerDay::try_from(day).unwrap())
}

fn user() -> impl Strategy<Value = UserFacts> {
    let types: Vec<_> = UserType::iter().collect();
    let profiles = vec!["System Administrator", "Standard User"];
    let permissions = vec![Permission::ModifyAllData, Permission::AuthorApex];
    let waivers = vec![Waiver::None, Waiver::Assigned, Waiver::ApprovedBySupport];
    let who = (select(types), select(profiles), btree_set(select(permissions), 0..2));
    (who, any::<bool>(), select(waivers), methods(), restrictions()).prop_map(
        |(who, mfa_for_ui_logins, waiver, verifiers, restrictions)| UserFacts {
            user_type: who.0,
            profile: who.1.to_owned(),
            permissions: who.2,
            mfa_for_ui_logins,
            waiver,
            verifiers,
            restrictions,
            api_permissions: ApiPermissions::default(),
        },
    )
}

/// Most users may log in.
fn restrictions() -> impl Strategy<Value = LoginRestrictions> {
    let state = prop_oneof![8 => Just(UserState::Active), 1 => Just(UserState::Frozen), 1 => Just(UserState::Inactive)];
    let ranges = prop_oneof![8 => Just("127.0.0.0-127.255.255.255"), 1 => Just("203.0.113.0-203.0.113.255")];
    let levels = vec![None, Some(SessionLevel::Standard), Some(SessionLevel::HighAssurance)];
    (state, any::<bool>(), any::<bool>(), ranges, select(levels)).prop_map(|(state, locked, sso, range, level)| {
        LoginRestrictions {
            state,
            locked,
            single_sign_on_enabled: sso,
            login_ip_ranges: vec![range.parse().unwrap()],
            required_session_level: level,
            ..LoginRestrictions::default()
        }
    })
}

fn evidence() -> impl Strategy<Value = Evidence> {
    let logins = vec![
        LoginKind::PasswordUi,
        LoginKind::Passwordless,
        LoginKind::Saml,
        LoginKind::Oidc,
        LoginKind::OauthWebServer,
        LoginKind::JwtBearer,
        LoginKind::OauthPassword,
        LoginKind::SoapLogin,
        LoginKind::Api,
        LoginKind::Frontdoor,
        LoginKind::Singleaccess,
        LoginKind::MobileWebView { sdk: SdkVersion(13, 2, 0) },
        LoginKind::MobileWebView { sdk: SdkVersion(14, 0, 0) },
    ];
    let values = prop_oneof![
        select(vec!["pwd", "swk", "mfa", "Face", "urn:x:X509", "", "/", "é:"]).prop_map(str::to_owned),
        ".*"
    ];
    let carriers = vec![Carrier::IdTokenAmr, Carrier::UserInfo, Carrier::SamlAttribute("amr".to_owned())];
    let signal = (values, select(carriers)).prop_map(|(value, carrier)| Signal::new(value, carrier));
    let answered = option::of(select(vec![
        VerificationMethod::SecurityKey,
        VerificationMethod::TotpApp,
        VerificationMethod::TemporaryCode,
    ]));
    (select(logins), any::<bool>(), answered, vec(signal, 0..4), any::<bool>()).prop_map(
        |(login, through_sso, verified_with, signals, salesforce_mfa_for_sso)| Evidence {
            login,
            through_sso,
            verified_with,
            signals,
            salesforce_mfa_for_sso,
            origin: Origin::default(),
        },
    )
}

/// Each wave, with a profile and a kind of org that it reaches.
const WAVES: [(&str, &str, OrgKind); 4] = [
    ("employee.sandbox", "Standard User", OrgKind::Sandbox),
    ("employee.production", "Standard User", OrgKind::Production),
    ("privileged.sandbox", "System Administrator", OrgKind::Sandbox),
    ("privileged.production", "System Administrator", OrgKind::Production),
];
