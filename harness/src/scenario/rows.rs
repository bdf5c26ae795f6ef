//! The rows of a scenario: the points of its `matrix`, the rows of its `cases`, or the scenario itself; and the change
//! that `must-fail` makes.

use std::collections::BTreeMap;

use vestibule_model::diagnostic::{Diagnostic, unknown_word};
use vestibule_model::yaml::{Key, Node, ReadError, Span, Spanned, Value, read};

use super::dotted;
use super::model::Expectation;
use super::secret_keys::KeySchema;

/// One row: the tree with the row's values set.
pub(super) struct Row {
    /// Number from 1; `None` if the scenario has neither `matrix` nor `cases`.
    pub(super) number: Option<usize>,
    /// What distinguishes the row from the others: `verifiers: totp, amr: swk`.
    pub(super) point: Option<String>,
    pub(super) tree: Node,
    pub(super) twin: Option<TwinTree>,
}

/// The tree with the change of `must-fail` made, and the expectation that must then fail.
pub(super) struct TwinTree {
    pub(super) tree: Node,
    pub(super) because: Spanned<Expectation>,
    pub(super) change: Span,
}

/// Every valid row of a document, and the errors in the other rows.
pub(super) fn rows(root: &Node) -> (Vec<Row>, Vec<ReadError>) {
    let mut errors = Vec::new();
    let mut rows = Vec::new();
    for sets in settings(root, &mut errors) {
        match row(root, sets) {
            Ok(row) => rows.push(row),
            Err(error) => errors.push(error),
        }
    }
    number_alike(&mut rows);
    (rows, errors)
}

/// What one row sets, before it is applied.
#[derive(Default)]
struct Settings<'a> {
    number: Option<usize>,
    title: Option<&'a Node>,
    values: Vec<(&'a Key, &'a Node)>,
    expect: Option<&'a Node>,
    must_fail: Option<(Span, &'a Node)>,
}

fn settings<'a>(root: &'a Node, errors: &mut Vec<ReadError>) -> Vec<Settings<'a>> {
    match (root.get("matrix"), root.get("cases")) {
        (None, None) => vec![Settings::default()],
        (Some(_), Some((key, _))) => {
            let diagnostic = Diagnostic::new("conflicting-keys", "a scenario has either `matrix` or `cases`")
                .hint("write the rows of the matrix under `cases`");
            errors.push(ReadError::new(diagnostic, key.span, "`matrix` is here too"));
            Vec::new()
        }
        (Some((key, node)), None) => matrix(key, node).unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        }),
        (None, Some((key, node))) => cases(key, node, errors),
    }
}

fn matrix<'a>(key: &Key, node: &'a Node) -> Result<Vec<Settings<'a>>, ReadError> {
    let axes = node.entries().ok_or_else(|| wrong_type(key, node, "a mapping from dotted keys to lists of values"))?;
    let mut points: Vec<Vec<(&Key, &Node)>> = vec![Vec::new()];
    for (axis, values) in axes {
        let Value::List(values) = &values.value else { return Err(wrong_type(axis, values, "a list of values")) };
        if values.is_empty() || points.len() * values.len() > MOST_ROWS {
            let title = format!(
                "a matrix has from 1 to {MOST_ROWS} points; `{}` makes it {}",
                axis.name,
                points.len() * values.len()
            );
            return Err(ReadError::new(Diagnostic::new("matrix-size", title), axis.span, "this axis"));
        }
        let crossed = points
            .iter()
            .flat_map(|point| values.iter().map(move |value| point.iter().copied().chain([(axis, value)]).collect()));
        points = crossed.collect();
    }
    let numbered = points.into_iter().zip(1..);
    Ok(numbered.map(|(values, number)| Settings { number: Some(number), values, ..Settings::default() }).collect())
}

fn cases<'a>(key: &Key, node: &'a Node, errors: &mut Vec<ReadError>) -> Vec<Settings<'a>> {
    let Value::List(items) = &node.value else {
        errors.push(wrong_type(key, node, "a list of rows"));
        return Vec::new();
    };
    let mut rows = Vec::new();
    for (item, number) in items.iter().zip(1..) {
        let Some(entries) = item.entries() else {
            errors.push(wrong_type(key, item, "a list of mappings"));
            continue;
        };
        let mut row = Settings { number: Some(number), ..Settings::default() };
        for (key, node) in entries {
            match key.name.as_str() {
                "title" => row.title = Some(node),
                "expect" => row.expect = Some(node),
                "must-fail" => row.must_fail = Some((key.span, node)),
                _ => row.values.push((key, node)),
            }
        }
        rows.push(row);
    }
    rows
}

fn row(root: &Node, sets: Settings<'_>) -> Result<Row, ReadError> {
    let shared = || root.get("must-fail").map(|(key, node)| (key.span, node));
    let must_fail = sets.must_fail.or_else(shared);
    let mut tree = without_rows(root);
    for (key, value) in &sets.values {
        dotted::set(&mut tree, key, value)?;
    }
    if let Some(expect) = sets.expect {
        merge_expect(&mut tree, expect)?;
    }
    let point = match sets.title {
        Some(title) => Some(read::<String>(title)?),
        None => sets.number.map(|_| describe(&sets.values)),
    };
    let twin = must_fail.map(|(key, node)| twin(&tree, key, node)).transpose()?;
    Ok(Row { number: sets.number, point, tree, twin })
}

fn twin(tree: &Node, key: Span, node: &Node) -> Result<TwinTree, ReadError> {
    if let Some((key, _)) = node.entries().unwrap_or_default().iter().find(|(key, _)| !MUST_FAIL.contains(&&*key.name))
    {
        let error = unknown_word("unknown-key", "key of `must-fail`", &key.name, MUST_FAIL);
        return Err(ReadError::new(error, key.span, "unknown key"));
    }
    let changes = node.get("change").and_then(|(key, node)| Some((key, node.entries()?)));
    let Some((change, entries)) = changes.filter(|(_, entries)| !entries.is_empty()) else {
        let diagnostic = Diagnostic::new("must-fail-without-change", "`must-fail` needs a `change`")
            .hint("write `change: { users.admin.verifiers: [passkey] }`: dotted keys and their values in the twin");
        return Err(ReadError::new(diagnostic, key, "changes nothing"));
    };
    let Some((_, because)) = node.get("because") else {
        let diagnostic = Diagnostic::new("missing-key", "the key `because` is missing")
            .hint("name the expectation that the change makes fail: `because: page`");
        return Err(ReadError::new(diagnostic, key, "needs `because`"));
    };
    let mut changed = tree.clone();
    for (key, value) in entries {
        dotted::set(&mut changed, key, value)?;
    }
    Ok(TwinTree { tree: changed, because: read(because)?, change: change.span })
}

/// The scenario itself, without the keys that make rows and twins.
pub(super) fn without_rows(root: &Node) -> Node {
    let value = match &root.value {
        Value::Map(entries) => {
            let kept = entries.iter().filter(|(key, _)| !["matrix", "cases", "must-fail"].contains(&&*key.name));
            Value::Map(kept.cloned().collect())
        }
        other => other.clone(),
    };
    Node { span: root.span, value }
}

/// The expectations of a row replace those of the scenario, key by key.
fn merge_expect(tree: &mut Node, expect: &Node) -> Result<(), ReadError> {
    let Some(own) = expect.entries() else {
        let title = format!("`expect` must be a mapping, found {}", expect.kind());
        return Err(ReadError::new(Diagnostic::new("wrong-type", title), expect.span, "wrong type"));
    };
    let Value::Map(sections) = &mut tree.value else { return Ok(()) };
    let Some(at) = sections.iter().position(|(key, _)| key.name == "expect") else {
        sections.push((Key { span: expect.span, name: "expect".to_owned() }, expect.clone()));
        return Ok(());
    };
    let shared = sections[at].1.entries().unwrap_or_default().iter();
    let kept = shared.filter(|(key, _)| own.iter().all(|(new, _)| new.name != key.name));
    let merged = kept.chain(own).cloned().collect();
    sections[at].1 = Node { span: expect.span, value: Value::Map(merged) };
    Ok(())
}

fn describe(values: &[(&Key, &Node)]) -> String {
    let parts = values.iter().map(|(key, value)| {
        let name = key.name.rsplit('.').next().unwrap_or(&key.name);
        format!("{name}: {}", short(value, &KeySchema::of(&key.name)))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The value in a few words. Titles are written everywhere, so a secret is not among them.
fn short(node: &Node, schema: &KeySchema) -> String {
    match &node.value {
        _ if schema.is_secret() => "…".to_owned(),
        Value::Null => "none".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(items) if items.is_empty() => "none".to_owned(),
        Value::List(items) => items.iter().map(|item| short(item, &schema.item())).collect::<Vec<_>>().join("+"),
        Value::Map(entries) => {
            let shown = entries.iter().map(|(key, value)| {
                let value = short(value, &schema.key(&key.name));
                format!("{}={value}", key.name)
            });
            shown.collect::<Vec<_>>().join(" ")
        }
    }
}

/// Rows that are told by the same words are told apart by their number: `password: … (row 2)`.
fn number_alike(rows: &mut [Row]) {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for point in rows.iter().filter_map(|row| row.point.clone()) {
        *count.entry(point).or_default() += 1;
    }
    for row in rows {
        let (Some(point), Some(number)) = (&mut row.point, row.number) else { continue };
        if count.get(point).is_some_and(|count| *count > 1) {
            point.push_str(&format!(" (row {number})"));
        }
    }
}

fn wrong_type(key: &Key, node: &Node, expected: &str) -> ReadError {
    let title = format!("`{}` must be {expected}, found {}", key.name, node.kind());
    ReadError::new(Diagnostic::new("wrong-type", title), node.span, "wrong type")
}

const MUST_FAIL: [&str; 2] = ["change", "because"];
const MOST_ROWS: usize = 500;
