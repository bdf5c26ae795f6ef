use jiff::civil::date;
use vestibule_model::{LoginKind, OrgKind, UserType};
use vestibule_simulator::policy::Rulebook;

use super::*;
use crate::audit::facts::{Org, Settings, Use, User, Verifiers};
use crate::audit::forecast::forecast;
use crate::outcome::AuditedOrg;

fn planned(settings: Settings, grant: &str) -> Vec<PlannedFile> {
    let mut user =
        User { verifiers: Verifiers::Exactly(BTreeSet::new()), ..User::new(UserType::Employee, "Standard User") };
    user.privileges.insert(Permission::ViewAllData, BTreeSet::from([grant.to_owned()]));
    user.uses = vec![Use::of(LoginKind::PasswordUi)];
    let facts = Facts {
        source: "https://acme.example".to_owned(),
        org: Org { id: None, name: None, kind: OrgKind::Sandbox, settings },
        users: BTreeMap::from([("ann@acme.example".to_owned(), user)]),
        providers: Vec::new(),
        apps: Vec::new(),
        gaps: BTreeSet::new(),
    };
    let today = date(2026, 11, 30);
    let outcome = AuditOutcome {
        schema: AuditOutcome::SCHEMA,
        vestibule: "0".to_owned(),
        date: today,
        by: None,
        source: facts.source.clone(),
        org: AuditedOrg { id: None, name: None, kind: OrgKind::Sandbox },
        rulebook: "test".to_owned(),
        rows: forecast(&facts, &Rulebook::newest(), today),
        notes: Vec::new(),
        unknown: Vec::new(),
        changes: None,
    };
    plan(&facts, &outcome)
}

#[test]
fn a_permission_set_loses_what_makes_its_holders_privileged() {
    let files = planned(Settings::default(), "permission set Viewers");

    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["permissionsets/Viewers.permissionset-meta.xml", "PLAN.md"]);
    assert!(files[0].text.contains("<enabled>false</enabled>\n        <name>ViewAllData</name>"), "{}", files[0].text);
    assert!(
        files[1].text.contains("permission set Viewers: View All Data; 1 of the users hold it"),
        "{}",
        files[1].text
    );
    assert!(files[1].text.contains("- [ ] ann@acme.example (privileged-needs-phishing-resistant"), "{}", files[1].text);
    for file in &files[..1] {
        assert!(quick_xml_reads(&file.text), "{}", file.text);
    }
}

#[test]
fn settings_are_planned_only_where_a_method_is_off() {
    let off = Settings { built_in_authenticators: Some(true), security_keys: Some(false), ..Settings::default() };

    let files = planned(off, "profile Managers");

    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["settings/Security.settings-meta.xml", "PLAN.md"], "a profile is not written");
    assert!(files[0].text.contains("<enableU2F>true</enableU2F>") && quick_xml_reads(&files[0].text));
    assert!(files[1].text.contains("profile Managers"), "{}", files[1].text);
}

#[test]
fn no_name_of_the_org_leads_out_of_the_folder_or_breaks_the_xml() {
    let files = planned(Settings::default(), "permission set ../../<etc>&\"passwd\"");

    assert_eq!(files[0].path, "permissionsets/_______etc___passwd_.permissionset-meta.xml");
    assert!(quick_xml_reads(&files[0].text), "{}", files[0].text);
}

/// Whether a text is well-formed XML.
fn quick_xml_reads(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}
