//! A case in the org that the user has: of its kind, with its settings.

use std::fmt;

use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::yaml::{Key, Node, Value, read};
use vestibule_model::{OrgKind, OrgSpec};

use super::case::Case;
use super::org_settings::OrgSettings;
use super::short_form::value;

/// What is to be different in the org of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrgChange {
    /// Its kind.
    Kind(OrgKind),
    /// A key of `org`, and its value in the short form: `methods`, `totp+passkey`.
    Setting {
        /// The key.
        name: String,
        /// Its value.
        value: String,
    },
}

impl OrgChange {
    /// The key of `org` that it sets.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Kind(_) => "kind",
            Self::Setting { name, .. } => name,
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Kind(kind) => Value::Text(kind.to_string()),
            Self::Setting { name, value: text } => value(name, text),
        }
    }
}

impl fmt::Display for OrgChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => write!(f, "kind={kind}"),
            Self::Setting { name, value } => write!(f, "{name}={value}"),
        }
    }
}

impl Case {
    /// The same case in such an org, and the changes that it does not take, because it is about another value. What neither the
    /// case nor a change sets is as in the settings of `like`.
    ///
    /// # Errors
    /// If the org cannot be read with a change.
    pub(crate) fn in_own_org(
        &self,
        like: Option<&OrgSettings>,
        changes: &[OrgChange],
    ) -> Result<(Self, Vec<OrgChange>), Diagnostic> {
        let mut case = self.clone();
        let mut kept = Vec::new();
        let Some((_, own)) = self.scenario.places.tree().get("org") else { return Ok((case, kept)) };
        let mut org = own.clone();
        if let Some(like) = like {
            org = like.under(own);
            case.scenario.org = read(&org).map_err(|error| error.diagnostic)?;
        }
        for change in changes {
            let changed = with(&org, change);
            let spec: OrgSpec = read(&changed).map_err(|error| error.diagnostic)?;
            if spec == case.scenario.org {
                continue;
            }
            if self.is_about(own, change) {
                kept.push(change.clone());
            } else {
                org = changed;
                case.scenario.org = spec;
            }
        }
        Ok((case, kept))
    }

    /// Whether the case shows what it shows because of the value that would be changed. Every scenario has to name a kind of
    /// org, so that its kind means something only to one about a sandbox that was renamed or refreshed.
    fn is_about(&self, own: &Node, change: &OrgChange) -> bool {
        match change {
            OrgChange::Kind(_) => self.scenario.users.values().any(|user| user.value.passkey_lost.is_some()),
            OrgChange::Setting { name, .. } => own.get(name).is_some(),
        }
    }
}

fn with(org: &Node, change: &OrgChange) -> Node {
    let entry = (Key { span: org.span, name: change.key().to_owned() }, Node { span: org.span, value: change.value() });
    let others = org.entries().unwrap_or_default().iter().filter(|(key, _)| key.name != change.key());
    Node { span: org.span, value: Value::Map(others.cloned().chain([entry]).collect()) }
}

#[cfg(test)]
mod tests {
    use vestibule_model::{EnrolmentGate, LoginPage};

    use super::super::load::load;
    use super::super::{SourceFile, Vocabulary};
    use super::*;

    fn case(org: &str, user: &str) -> Case {
        let text = format!(
            "title: x\norg: {org}\nusers: {{ rep: {user} }}\nsteps: [sign-in: {{ user: rep }}]\nexpect: {{ page: home }}\n"
        );
        let file = SourceFile { name: "x.yaml".to_owned(), id: "x.yaml".to_owned(), bytes: text.into_bytes() };
        load(vec![file], &Vocabulary::default()).unwrap().remove(0)
    }

    fn setting(name: &str, value: &str) -> OrgChange {
        OrgChange::Setting { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_case_takes_the_kind_and_every_setting_that_it_leaves_open() {
        let case = case("{ kind: sandbox, date: 2026-09-01, gate: hard }", "{}");
        let changes =
            [OrgChange::Kind(OrgKind::Production), setting("login-page", "classic"), setting("lockout-after", "3")];

        let (own, kept) = case.in_own_org(None, &changes).unwrap();

        let org = &own.scenario.org;
        assert!(kept.is_empty(), "{kept:?}");
        assert_eq!((org.kind, org.login_page, org.lockout_after), (OrgKind::Production, Some(LoginPage::Classic), 3));
        assert_eq!((org.gate, org.date), (Some(EnrolmentGate::Hard), case.scenario.org.date), "the rest is as it was");
    }

    #[test]
    fn what_a_case_is_about_stays_and_is_told() {
        let gate = case("{ kind: sandbox, date: 2026-09-01, gate: hard }", "{}");
        let refreshed =
            case("{ kind: sandbox, date: 2026-09-01 }", "{ verifiers: [passkey], passkey-lost: refreshed }");
        for (case, change, taken) in [
            (&gate, setting("gate", "leavable"), false),
            (&gate, setting("gate", "hard"), true),
            (&gate, setting("gate-autostart", "true"), true),
            (&refreshed, OrgChange::Kind(OrgKind::Production), false),
            (&refreshed, OrgChange::Kind(OrgKind::Sandbox), true),
            (&refreshed, setting("gate", "leavable"), true),
        ] {
            let (own, kept) = case.in_own_org(None, std::slice::from_ref(&change)).unwrap();

            assert_eq!(kept.is_empty(), taken, "{change}");
            if !taken {
                assert_eq!((kept, &own.scenario.org), (vec![change], &case.scenario.org));
            }
        }
    }
}
