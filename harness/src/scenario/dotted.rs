//! Dotted keys: `users.admin.verifiers`, `idp.amr`, `steps.0.sign-in.actor`.

use vestibule_model::diagnostic::{Diagnostic, unknown_word};
use vestibule_model::yaml::{Key, Node, ReadError, Value};

/// Sets the value of a dotted key in the tree of a scenario. Creates parts that a scenario may leave out (`idp`,
/// `clock`, `rulebook`); anything else on the path must exist. A new last key gets the place of the dotted key, so that
/// the reader reports a misspelt key there.
pub(super) fn set(root: &mut Node, path: &Key, value: &Node) -> Result<(), ReadError> {
    let parts: Vec<&str> = path.name.split('.').collect();
    let Some((last, way)) = parts.split_last() else { return Ok(()) };
    if !CHANGEABLE.contains(parts.first().unwrap_or(&"")) {
        let error = unknown_word("unknown-key", "start of a dotted key", parts[0], CHANGEABLE.iter().copied());
        return Err(ReadError::new(error, path.span, "nothing with this name can be set"));
    }
    let mut node = root;
    for (depth, part) in way.iter().enumerate() {
        node = step(node, part, depth, path)?;
    }
    put(node, last, path, value)
}

fn step<'a>(node: &'a mut Node, part: &str, depth: usize, path: &Key) -> Result<&'a mut Node, ReadError> {
    if node.value == Value::Null {
        node.value = Value::Map(Vec::new());
    }
    let kind = node.kind();
    match &mut node.value {
        Value::Map(entries) => {
            let found = entries.iter().position(|(key, _)| key.name == part);
            let index = match found {
                Some(index) => index,
                None if depth == 0 && MADE.contains(&part) => {
                    let key = Key { span: path.span, name: part.to_owned() };
                    entries.push((key, Node { span: path.span, value: Value::Map(Vec::new()) }));
                    entries.len() - 1
                }
                None => return Err(unknown_part(entries, part, path)),
            };
            Ok(&mut entries[index].1)
        }
        Value::List(items) => {
            let length = items.len();
            let index = part.parse::<usize>().ok().filter(|index| *index < length);
            index.and_then(move |index| items.get_mut(index)).ok_or_else(|| no_such_item(part, length, path))
        }
        _ => Err(no_mapping(part, kind, path)),
    }
}

fn put(node: &mut Node, last: &str, path: &Key, value: &Node) -> Result<(), ReadError> {
    if node.value == Value::Null {
        node.value = Value::Map(Vec::new());
    }
    let kind = node.kind();
    match &mut node.value {
        Value::Map(entries) => {
            let entry = (Key { span: path.span, name: last.to_owned() }, value.clone());
            match entries.iter_mut().find(|(key, _)| key.name == last) {
                Some(found) => *found = entry,
                None if path.name.matches('.').count() == 1 && path.name.starts_with("users.") => {
                    return Err(unknown_part(entries, last, path));
                }
                None => entries.push(entry),
            }
            Ok(())
        }
        Value::List(items) => {
            let length = items.len();
            let index = last.parse::<usize>().ok().filter(|index| *index < length);
            let item = index.and_then(|index| items.get_mut(index)).ok_or_else(|| no_such_item(last, length, path))?;
            *item = value.clone();
            Ok(())
        }
        _ => Err(no_mapping(last, kind, path)),
    }
}

fn unknown_part(entries: &[(Key, Node)], part: &str, path: &Key) -> ReadError {
    let names: Vec<&str> = entries.iter().map(|(key, _)| key.name.as_str()).collect();
    let error = unknown_word("unknown-key", &format!("part of `{}`", path.name), part, names.iter().copied());
    ReadError::new(error, path.span, "does not exist in this scenario")
}

fn no_such_item(part: &str, length: usize, path: &Key) -> ReadError {
    let title =
        format!("`{part}` in `{}` is not the number of an item: the list has {length}, counted from 0", path.name);
    ReadError::new(Diagnostic::new("unknown-key", title), path.span, "does not exist in this scenario")
}

fn no_mapping(part: &str, kind: &str, path: &Key) -> ReadError {
    let title = format!("`{part}` cannot be set in `{}`: there is {kind} at that place", path.name);
    ReadError::new(Diagnostic::new("unknown-key", title), path.span, "does not exist in this scenario")
}

/// The parts of a scenario that a dotted key can change. Expectations are not among them: a row has its own `expect`,
/// and a twin that changed them would prove nothing.
const CHANGEABLE: [&str; 8] = ["org", "users", "idp", "idps", "products", "clock", "rulebook", "steps"];

/// The parts that a scenario may leave out.
const MADE: [&str; 4] = ["org", "idp", "clock", "rulebook"];
