use serde_json::json;
use vestibule_snapshots::growth::assert_linear;

use super::*;

fn of(components: Option<&[Value]>, muting: Option<&[Value]>) -> Granted {
    let sets = [
        json!({ "Id": "0PS1", "Name": "X00e", "IsOwnedByProfile": true, "Profile": { "Name": "Standard User" } }),
        json!({ "Id": "0PS2", "Name": "Viewers", "IsOwnedByProfile": false, "PermissionsViewAllData": true }),
        json!({ "Id": "0PS3", "Name": "Authors", "IsOwnedByProfile": false, "PermissionsAuthorApex": true,
                "PermissionsBypassMFAForUiLogins": true }),
        // As the org calculates the group.
        json!({ "Id": "0PS9", "Name": "Team", "IsOwnedByProfile": false, "PermissionsAuthorApex": true }),
    ];
    let assignments = [
        json!({ "AssigneeId": "005A", "PermissionSetId": "0PS1" }),
        json!({ "AssigneeId": "005A", "PermissionSetId": "0PS9", "PermissionSetGroupId": "0PG1" }),
        json!({ "AssigneeId": "005A", "PermissionSetId": "0PS2", "IsActive": false }),
    ];
    let groups = [json!({ "Id": "0PG1", "DeveloperName": "Team" })];
    let rows = Rows {
        sets: Some(&sets),
        assignments: Some(&assignments),
        groups: Some(&groups),
        components,
        muting,
        every_field: true,
    };
    Grants::of(&rows).of_user("005A")
}

fn privileges(granted: &Granted) -> Vec<(Permission, Vec<&str>)> {
    granted.privileges.iter().map(|(one, by)| (*one, by.iter().map(String::as_str).collect())).collect()
}

#[test]
fn a_group_grants_what_its_members_grant_without_what_it_mutes() {
    let components = [
        json!({ "PermissionSetGroupId": "0PG1", "PermissionSetId": "0PS2" }),
        json!({ "PermissionSetGroupId": "0PG1", "PermissionSetId": "0PS3" }),
        json!({ "PermissionSetGroupId": "0PG1", "PermissionSetId": "0QM1" }),
        json!({ "PermissionSetGroupId": "0PG2", "PermissionSetId": "0PS3" }),
    ];
    let muting = [json!({ "Id": "0QM1", "PermissionsViewAllData": true })];
    let group = vec!["permission set group Team"];

    let muted = of(Some(&components), Some(&muting));
    let unmuted = of(Some(&components), None);

    assert_eq!(privileges(&muted), [(Permission::AuthorApex, group.clone())]);
    assert_eq!(muted.waiver, BTreeSet::from(["permission set group Team".to_owned()]));
    assert_eq!(privileges(&unmuted), [(Permission::ViewAllData, group.clone()), (Permission::AuthorApex, group)]);
}

#[test]
fn twice_the_groups_and_members_take_twice_the_time() {
    let input = |count: usize| {
        let groups = (0..count).map(|number| json!({ "Id": format!("0PG{number}") }));
        let component =
            |number: usize| json!({ "PermissionSetGroupId": format!("0PG{number}"), "PermissionSetId": "0PS1" });
        (groups.collect::<Vec<_>>(), (0..count).map(component).collect::<Vec<_>>())
    };
    assert_linear("groups", 1_000, input, |(groups, components)| {
        let rows = Rows {
            sets: Some(&[]),
            assignments: Some(&[]),
            groups: Some(groups.as_slice()),
            components: Some(components.as_slice()),
            muting: None,
            every_field: true,
        };
        assert!(Grants::of(&rows).of_user("005A").complete);
    });
}

#[test]
fn where_members_are_not_shown_the_set_that_the_org_calculates_counts() {
    let granted = of(None, None);

    assert_eq!(privileges(&granted), [(Permission::AuthorApex, vec!["permission set Team"])]);
    assert!(granted.complete && granted.waiver.is_empty());
}

#[test]
fn an_object_that_is_not_shown_leaves_it_open_who_is_privileged() {
    let rows =
        Rows { sets: Some(&[]), assignments: None, groups: None, components: None, muting: None, every_field: true };
    assert!(!Grants::of(&rows).of_user("005A").complete);
    let rows = Rows {
        sets: Some(&[]),
        assignments: Some(&[]),
        groups: None,
        components: None,
        muting: None,
        every_field: false,
    };
    assert!(!Grants::of(&rows).of_user("005A").complete);
}
