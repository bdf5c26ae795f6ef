//! Settings of an org in a file of their own: `org: { like: org.yaml }`.

use vestibule_model::OrgSpec;
use vestibule_model::diagnostic::{Diagnostic, source_from_bytes};
use vestibule_model::yaml::{Key, Node, ReadError, Span, Value, documents, read, read_all};

use super::case::Case;
use super::discover::SourceFile;
use super::model::{Places, Scenario};
use super::short_form;

/// Settings of an org, as a file has them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrgSettings(Node);

/// The settings of a file.
///
/// # Errors
///
/// Everything that is wrong in the file.
pub(crate) fn load_org_settings(file: SourceFile) -> Result<OrgSettings, Vec<Diagnostic>> {
    let source = source_from_bytes(&file.name, file.bytes).map_err(|error| vec![error])?;
    let documents = documents(&source).map_err(|error| vec![error])?;
    let Some(root) = documents.first() else {
        let diagnostic = Diagnostic::new("no-org-settings", "the file has no settings of an org")
            .hint("`vestibule probe --output org.yaml` makes one; its keys are those under `org` of a scenario");
        return Err(vec![diagnostic.at(source.place(0..0, "nothing but comments"))]);
    };
    if root.entries().is_none() {
        let title = format!("the settings of an org are a mapping, found {}", root.kind());
        return Err(vec![
            ReadError::new(Diagnostic::new("wrong-type", title), root.span, "wrong type").into_diagnostic(&source),
        ]);
    }
    let mut errors: Vec<ReadError> = misplaced(root).collect();
    if let Some(second) = documents.get(1) {
        let diagnostic = Diagnostic::new("second-document", "a file has the settings of one org only");
        errors.push(ReadError::new(diagnostic, second.span, "a second document"));
    }
    let own = root.entries().unwrap_or_default().iter().filter(|(key, _)| !is_of_scenario(&key.name)).cloned();
    let own = map(root.span, own);
    let (_, found) = read_all::<OrgSpec>(&merged(&own, &placeholders(root.span)));
    errors.extend(found);
    if errors.is_empty() {
        return Ok(OrgSettings(own));
    }
    errors.sort_by_key(|error| error.span.unwrap_or_default().start);
    Err(errors.into_iter().map(|error| error.into_diagnostic(&source)).collect())
}

impl OrgSettings {
    /// The org of these keys and values in the short form; what they leave open is as in these settings.
    ///
    /// # Errors
    ///
    /// What is wrong with a key or a value, without a place.
    pub(crate) fn completing(&self, own: &[(&str, &str)]) -> Result<OrgSpec, Diagnostic> {
        read(&merged(&short_form::section(own), &self.0)).map_err(|error| error.diagnostic)
    }

    /// The section `org`, which takes from these settings what it leaves open.
    pub(super) fn under(&self, org: &Node) -> Node {
        merged(org, &self.0)
    }
}

impl Case {
    /// Lets its org, and that of its twin, take from these settings what they leave open.
    ///
    /// # Errors
    ///
    /// If an org cannot be read with them.
    pub(crate) fn take_org_settings(&mut self, settings: &OrgSettings) -> Result<(), Diagnostic> {
        if let Some(twin) = &mut self.twin {
            twin.scenario.take_org_settings(settings)?;
        }
        self.scenario.take_org_settings(settings)
    }
}

impl Scenario {
    /// Takes from these settings what the org leaves open.
    ///
    /// # Errors
    ///
    /// If the org cannot be read with them.
    pub(crate) fn take_org_settings(&mut self, settings: &OrgSettings) -> Result<(), Diagnostic> {
        let tree = self.places.tree();
        let Some((_, own)) = tree.get("org") else { return Ok(()) };
        let org = settings.under(own);
        let spec: OrgSpec = read(&org).map_err(|error| error.diagnostic)?;
        let entries = tree.entries().unwrap_or_default().iter().map(|(key, node)| {
            let node = if key.name == "org" { &org } else { node };
            (key.clone(), node.clone())
        });
        let changed = map(tree.span, entries);
        self.places = Places::new(&changed);
        self.org = spec;
        Ok(())
    }
}

/// `own`, and what it leaves open as in `base`. Mappings are completed key by key. What comes from the base has the place of
/// the mapping that it completes.
fn merged(own: &Node, base: &Node) -> Node {
    let (Some(entries), Some(others)) = (own.entries(), base.entries()) else { return own.clone() };
    let completed = entries.iter().map(|(key, node)| {
        let node = base.get(&key.name).map_or_else(|| node.clone(), |(_, other)| merged(node, other));
        (key.clone(), node)
    });
    let added = others.iter().filter(|(key, _)| own.get(&key.name).is_none());
    let added = added.map(|(key, node)| (Key { span: own.span, name: key.name.clone() }, placed(node, own.span)));
    map(own.span, completed.chain(added))
}

/// The same value at this place.
fn placed(node: &Node, span: Span) -> Node {
    let value = match &node.value {
        Value::List(items) => Value::List(items.iter().map(|item| placed(item, span)).collect()),
        Value::Map(entries) => {
            let entries = entries.iter();
            Value::Map(entries.map(|(key, node)| (Key { span, name: key.name.clone() }, placed(node, span))).collect())
        }
        plain => plain.clone(),
    };
    Node { span, value }
}

fn map(span: Span, entries: impl Iterator<Item = (Key, Node)>) -> Node {
    Node { span, value: Value::Map(entries.collect()) }
}

/// What each scenario says of its own org.
fn misplaced(root: &Node) -> impl Iterator<Item = ReadError> {
    let entries = root.entries().unwrap_or_default().iter();
    entries.filter(|(key, _)| is_of_scenario(&key.name)).map(|(key, _)| {
        let title = format!("`{}` cannot be set here: each scenario and each command says it of its own org", key.name);
        ReadError::new(Diagnostic::new("misplaced-key", title), key.span, "remove it")
    })
}

fn is_of_scenario(key: &str) -> bool {
    ["kind", "date", "like"].contains(&key)
}

/// The keys without which no org can be read.
fn placeholders(span: Span) -> Node {
    let entries = [("kind", "sandbox"), ("date", "2026-01-01")].into_iter();
    map(
        span,
        entries.map(|(name, value)| {
            (Key { span, name: name.to_owned() }, Node { span, value: Value::Text(value.to_owned()) })
        }),
    )
}

#[cfg(test)]
mod tests {
    use vestibule_model::diagnostic::render;
    use vestibule_model::{EnrolmentGate, LoginPage, PageName};

    use super::super::{Vocabulary, load};
    use super::*;

    fn settings(text: &str) -> Result<OrgSettings, Vec<Diagnostic>> {
        let name = "org.yaml".to_owned();
        load_org_settings(SourceFile { id: name.clone(), name, bytes: text.as_bytes().to_vec() })
    }

    #[test]
    fn an_org_takes_what_it_leaves_open_and_keeps_what_it_sets() {
        let text = "title: x\norg: { kind: sandbox, date: 2026-09-01, gate: hard, pages: { password: { delay: 5 } } }\n\
                    users: { rep: {} }\nsteps: [sign-in: { user: rep }]\nexpect: { page: home }\n";
        let file = SourceFile { name: "x.yaml".to_owned(), id: "x.yaml".to_owned(), bytes: text.as_bytes().to_vec() };
        let mut scenario = load(vec![file], &Vocabulary::default()).unwrap().remove(0).scenario;
        let like = "gate: leavable\nlogin-page: two-step\npages: { password: { delay: 7, ids: { password: pwd } } }\n";

        scenario.take_org_settings(&settings(like).unwrap()).unwrap();

        let password = scenario.org.page(PageName::Password);
        assert_eq!((scenario.org.gate, scenario.org.login_page), (Some(EnrolmentGate::Hard), Some(LoginPage::TwoStep)));
        assert_eq!((password.delay.as_millis(), password.ids["password"].as_str()), (5, "pwd"));
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let like = settings("gate: leavable\nlogin-page: two-step\n").unwrap();

        let org = like.completing(&[("kind", "production"), ("date", "2026-09-01"), ("gate", "hard")]).unwrap();

        assert_eq!((org.gate, org.login_page), (Some(EnrolmentGate::Hard), Some(LoginPage::TwoStep)));
    }

    #[test]
    fn what_is_wrong_in_the_file_is_told_at_its_place() {
        for (text, place, said) in [
            ("gate: open\n", "org.yaml:1:7", "valid: hard, leavable"),
            ("gaet: hard\n", "org.yaml:1:1", "did you mean `gate`?"),
            ("gate: hard\nkind: sandbox\n", "org.yaml:2:1", "`kind` cannot be set here"),
            ("pages:\n  password:\n    titel: x\n", "org.yaml:3:5", "did you mean `title`?"),
            ("[1]\n", "org.yaml:1:1", "found a list"),
            ("# nothing\n", "org.yaml:1:1", "no settings of an org"),
            ("gate: hard\n---\ngate: hard\n", "org.yaml:3:1", "one org only"),
        ] {
            let found = settings(text).unwrap_err();
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let shown = render(&found[0], false, 200);
            assert!(shown.contains(place) && shown.contains(said), "{text}: {shown}");
        }
    }
}
