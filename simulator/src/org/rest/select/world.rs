//! What a query finds in the org: rows, and the ways from one row to another.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::org::Org;
use crate::org::rest::objects::{self, Caller, Cell, Field, Kind, Object, Parent, Row};
use crate::org::rest::soql::{Fault, Name};
use crate::org::rest::version;
use crate::realm::User;

/// The org as one query sees it. Each object is read once.
pub(super) struct World<'a> {
    org: &'a Org,
    caller: Caller<'a>,
    loaded: RefCell<BTreeMap<&'static str, Rc<Loaded>>>,
    /// How many conditions, fields of an order and calls of functions may still come.
    left: RefCell<usize>,
}

/// The rows of an object.
pub(super) struct Loaded {
    pub(super) rows: Vec<Row>,
    by_key: BTreeMap<String, usize>,
}

/// A field, and the relationships that lead to its row: `Profile.Name`.
pub(super) struct Path {
    pub(super) hops: Vec<&'static Parent>,
    pub(super) field: &'static Field,
}

impl<'a> World<'a> {
    /// `version` is the path segment that names the version of the API.
    pub(super) fn new(org: &'a Org, user: &'a User, version: &str) -> Self {
        let caller = Caller { user, version: version::number(version).unwrap_or_default() };
        Self { org, caller, loaded: RefCell::default(), left: RefCell::new(MOST_CONDITIONS) }
    }

    /// The org.
    pub(super) fn org(&self) -> &'a Org {
        self.org
    }

    /// Whether the caller sees an object.
    pub(super) fn sees(&self, object: &Object) -> bool {
        (object.visible)(self.caller.user)
    }

    /// Counts one more thing that each row is held against.
    pub(super) fn spend(&self, at: usize) -> Result<(), Fault> {
        let mut left = self.left.borrow_mut();
        *left = left.checked_sub(1).ok_or_else(|| {
            Fault::malformed(
                Some(at),
                format!("the simulated org takes at most {MOST_CONDITIONS} conditions and functions"),
            )
        })?;
        Ok(())
    }

    /// The rows of an object that the caller sees.
    pub(super) fn load(&self, object: &'static Object) -> Rc<Loaded> {
        if let Some(loaded) = self.loaded.borrow().get(object.name) {
            return Rc::clone(loaded);
        }
        let rows = (object.rows)(self.org, &self.caller);
        let key = |(place, row): (usize, &Row)| row.get(object.key()).text().map(|key| (key.to_owned(), place));
        let by_key = rows.iter().enumerate().filter_map(key).collect();
        let loaded = Rc::new(Loaded { rows, by_key });
        self.loaded.borrow_mut().insert(object.name, Rc::clone(&loaded));
        loaded
    }

    /// The row to which a relationship leads.
    pub(super) fn parent(&self, row: &Row, parent: &Parent) -> Option<Row> {
        let loaded = self.load(objects::find(parent.object)?);
        let place = loaded.by_key.get(row.get(parent.field).text()?)?;
        loaded.rows.get(*place).cloned()
    }

    /// The value at the end of a path.
    pub(super) fn value(&self, row: &Row, path: &Path) -> Cell {
        let Some((first, others)) = path.hops.split_first() else {
            return row.get(path.field.name).clone();
        };
        let mut found = self.parent(row, first);
        for hop in others {
            found = found.and_then(|row| self.parent(&row, hop));
        }
        found.map_or(Cell::Null, |row| row.get(path.field.name).clone())
    }

    /// The value as it is compared: texts without case, ids by their 15 characters.
    pub(super) fn comparable(&self, row: &Row, path: &Path) -> Cell {
        comparable(path.field.kind, self.value(row, path))
    }
}

/// A value of a field of this kind as it is compared.
pub(super) fn comparable(kind: Kind, value: Cell) -> Cell {
    match (kind, value) {
        (_, Cell::Text(text)) if text.is_empty() => Cell::Null,
        (Kind::Id, Cell::Text(id)) => Cell::Text(id.chars().take(15).collect()),
        (_, value) => value.folded(),
    }
}

/// Reads the name of a field of an object.
pub(super) fn path(object: &'static Object, name: &Name) -> Result<Path, Fault> {
    let mut segments: Vec<&str> = name.text.split('.').collect();
    let last = segments.pop().unwrap_or_default();
    if segments.first().is_some_and(|first| first.eq_ignore_ascii_case(object.name)) {
        segments.remove(0);
    }
    let (mut object, mut hops) = (object, Vec::new());
    for segment in segments {
        let named = object.parents.iter().find(|parent| parent.name.eq_ignore_ascii_case(segment));
        let Some((parent, next)) = named.and_then(|parent| Some((parent, objects::find(parent.object)?))) else {
            return Err(Fault::field(
                name.at,
                format!("Didn't understand relationship '{segment}' in field path. {CUSTOM_RELATIONSHIP}"),
            ));
        };
        hops.push(parent);
        object = next;
    }
    let unknown =
        || Fault::field(name.at, format!("No such column '{last}' on entity '{}'. {CUSTOM_FIELD}", object.name));
    Ok(Path { hops, field: object.field(last).ok_or_else(unknown)? })
}

/// Each is checked against each row.
const MOST_CONDITIONS: usize = 100;

const CUSTOM_FIELD: &str = "If you are attempting to use a custom field, be sure to append the '__c' after the custom \
    field name. Please reference your WSDL or the describe call for the appropriate names.";
const CUSTOM_RELATIONSHIP: &str = "If you are attempting to use a custom relationship, be sure to append the '__r' after \
    the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.";
