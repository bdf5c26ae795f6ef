//! `UserLogin` (contract H5.2, H5.7): who is frozen, and whose password is locked.

use super::object::{Caller, Kind, Object, Row, field};
use crate::org::Org;
use crate::realm::User;
use vestibule_model::UserState;

pub(super) static USER_LOGIN: Object = Object {
    name: "UserLogin",
    label: "User Login",
    key_prefix: Some("0Yw"),
    fields: &[
        field("Id", Kind::Id),
        field("UserId", Kind::Id),
        field("IsFrozen", Kind::Flag),
        field("IsPasswordLocked", Kind::Flag),
    ],
    parents: &[],
    children: &[],
    visible: manages_users,
    rows,
};

fn manages_users(caller: &User) -> bool {
    caller.spec.manages_users()
}

fn rows(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let now = org.now();
    let row = |user: User| {
        let locked = user.is_locked(now);
        Row::new([
            ("Id", user.id.replacen("005", "0Yw", 1).into()),
            ("UserId", user.id.into()),
            ("IsFrozen", (user.spec.state == UserState::Frozen).into()),
            ("IsPasswordLocked", locked.into()),
        ])
    };
    org.realm.users.all().into_iter().map(row).collect()
}
