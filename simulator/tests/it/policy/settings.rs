//! Overriding values by name.

use vestibule_simulator::policy::{Confidence, Rulebook, SettingError};

#[test]
fn every_embedded_rulebook_parses_under_its_own_name() {
    for name in Rulebook::names() {
        assert_eq!(Rulebook::embedded(name).unwrap().name(), name);
    }
    assert_eq!(Rulebook::newest().name(), "salesforce-2026-07-02");
}

#[test]
fn a_name_that_is_no_rulebook_gives_none() {
    assert!(Rulebook::embedded("salesforce-2023").is_none());
}

#[test]
fn every_setting_takes_the_value_it_has() {
    let book = Rulebook::newest();

    for setting in book.settings() {
        let changed = book.with_setting(setting.name, &setting.value).unwrap();
        let changed = changed.settings().into_iter().find(|one| one.name == setting.name).unwrap();
        assert_eq!(changed.value, setting.value, "{}", setting.name);
        assert_eq!(changed.confidence, Confidence::Chosen, "{}", setting.name);
    }
}

#[test]
fn every_setting_takes_the_value_of_each_rival() {
    for book in Rulebook::names().into_iter().filter_map(Rulebook::embedded) {
        for setting in book.settings() {
            for (value, _) in &setting.rivals {
                let changed = book.with_setting(setting.name, value).unwrap();
                assert!(changed.settings().iter().any(|one| one.name == setting.name && one.value == *value));
            }
        }
    }
}

#[test]
fn a_chosen_value_names_the_setting_and_keeps_what_the_file_said_as_a_rival() {
    let book = Rulebook::newest().with_setting("enrolment.gate", "leavable").unwrap();

    let gate = book.settings().into_iter().find(|setting| setting.name == "enrolment.gate").unwrap();

    assert_eq!((gate.value.as_str(), gate.source.as_str()), ("leavable", "setting enrolment.gate"));
    assert_eq!(gate.rivals[0].0, "hard");
}

#[test]
fn what_the_vendor_says_itself_is_marked_so() {
    for book in ["salesforce-2026-05-05", "salesforce-2026-07-02"].map(|name| Rulebook::embedded(name).unwrap()) {
        let settings = book.settings();
        for (name, value, row) in [
            ("audiences.integration", "employee", "contract H3.5"),
            ("audiences.chatter", "excluded", "contract H3.4"),
            ("org-kinds.trial", "none", "contract H3.8"),
            ("org-kinds.scratch", "none", "contract H3.7"),
            ("org-kinds.developer-edition", "none", "contract H3.7"),
            ("org-kinds.partner-developer-edition", "none", "contract H3.7"),
            ("org-kinds.trailhead-playground", "none", "contract H3.7"),
            ("calendar.privileged.sandbox.start", "2026-06-22", "contract I1.3"),
            ("calendar.privileged.sandbox.stagger-days", "7", "contract I1.3"),
            ("calendar.privileged.production.start", "2026-07-01", "contract I1.3"),
            ("calendar.privileged.production.stagger-days", "30", "contract I1.3"),
        ] {
            let setting = settings.iter().find(|setting| setting.name == name).unwrap();

            assert_eq!((setting.value.as_str(), setting.confidence), (value, Confidence::Official), "{name}");
            assert!(setting.source.contains(row), "{name}: {}", setting.source);
        }
    }
}

#[test]
fn conflicting_dates_name_the_competing_sources() {
    let settings = Rulebook::newest().settings();

    for name in [
        "calendar.employee.sandbox.start",
        "calendar.employee.production.stagger-days",
        "calendar.privileged.sandbox.start",
        "calendar.privileged.production.start",
    ] {
        let setting = settings.iter().find(|setting| setting.name == name).unwrap();
        assert!(!setting.rivals.is_empty(), "{name}");
    }
}

#[test]
fn an_unknown_setting_is_refused_with_a_suggestion() {
    let error = Rulebook::newest().with_setting("signals.unlistd", "weak").unwrap_err();

    assert_eq!(error.to_string(), "find a setting named `signals.unlistd` (did you mean `signals.unlisted`?)");
}

#[test]
fn a_value_that_a_setting_cannot_take_is_refused_with_the_valid_ones() {
    let error = Rulebook::newest().with_setting("signals.unlisted", "strong").unwrap_err();

    let SettingError::BadValue { reason, .. } = error else { panic!("{error}") };
    assert!(reason.contains("weak, standard, phishing-resistant"), "{reason}");
}

#[test]
fn a_setting_is_refused_where_a_file_would_be() {
    for (order, reason) in [
        ("[totp]", "`enrolment.order` leaves out the built-in authenticator"),
        (
            "[passkey, security-key, totp, salesforce-authenticator, totp-app]",
            "`enrolment.order` lists the TOTP app more than once",
        ),
        (
            "[temporary-code, passkey, security-key, totp, salesforce-authenticator]",
            "`enrolment.order` lists the temporary code, which nobody enrols",
        ),
    ] {
        let error = Rulebook::newest().with_setting("enrolment.order", order).unwrap_err();

        let SettingError::BadValue { reason: given, .. } = error else { panic!("{error}") };
        assert_eq!(given, reason);
    }
}

#[test]
fn every_gate_can_be_set_in_every_rulebook() {
    for name in Rulebook::names() {
        for gate in ["hard", "leavable"] {
            Rulebook::embedded(name).unwrap().with_setting("enrolment.gate", gate).unwrap();
        }
    }
}
