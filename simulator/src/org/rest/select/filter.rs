//! The conditions of a query, held against a row.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::world::{Path, World, comparable, path};
use super::{Failure, values_of};
use crate::org::rest::objects::{Cell, Field, Kind, Object, Row};
use crate::org::rest::soql::{Condition, Fault, FaultCode, Glyph, Literal, Name, Operator, Values, bounds};

/// A condition whose names and values are known.
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Compare { path: Path, operator: Operator, wanted: Wanted },
    Like { path: Path, pattern: Vec<Glyph> },
    In { path: Path, negated: bool, values: BTreeSet<Cell>, spans: Vec<(Timestamp, Timestamp)> },
}

/// What a field is compared with.
pub(super) enum Wanted {
    Value(Cell),
    /// The first instant of a span, and the first after it.
    Span(Timestamp, Timestamp),
}

impl Filter {
    /// Reads a condition on the rows of an object.
    pub(super) fn read(world: &World<'_>, object: &'static Object, condition: &Condition) -> Result<Self, Failure> {
        let read = |all: &[Condition]| {
            all.iter().map(|one| Self::read(world, object, one)).collect::<Result<Vec<_>, Failure>>()
        };
        Ok(match condition {
            Condition::All(all) => Self::All(read(all)?),
            Condition::Any(all) => Self::Any(read(all)?),
            Condition::Not(inner) => Self::Not(Box::new(Self::read(world, object, inner)?)),
            Condition::Compare { field, operator, value } => {
                let path = filterable(world, object, field)?;
                let wanted = wanted(world, path.field, field, value)?;
                Self::Compare { path, operator: *operator, wanted }
            }
            Condition::Like { field, pattern } => {
                let path = filterable(world, object, field)?;
                if path.field.kind != Kind::Text {
                    let message = format!("invalid operator on {} field", path.field.kind.name().to_lowercase());
                    let code = FaultCode::InvalidQueryFilterOperator;
                    return Err(Fault { code, at: Some(field.at), message }.into());
                }
                Self::Like { path, pattern: folded(pattern) }
            }
            Condition::In { field, negated, values } => {
                let path = filterable(world, object, field)?;
                let (mut set, mut spans) = (BTreeSet::new(), Vec::new());
                match values {
                    Values::Listed(listed) => {
                        for value in listed {
                            match wanted(world, path.field, field, value)? {
                                Wanted::Value(value) => {
                                    set.insert(value);
                                }
                                Wanted::Span(first, after) => {
                                    world.spend(field.at)?;
                                    spans.push((first, after));
                                }
                            }
                        }
                    }
                    Values::Selected(query) => set = values_of(world, query)?,
                }
                Self::In { path, negated: *negated, values: set, spans }
            }
        })
    }

    /// Whether the condition holds for a row.
    pub(super) fn holds(&self, world: &World<'_>, row: &Row) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(world, row)),
            Self::Any(all) => all.iter().any(|one| one.holds(world, row)),
            Self::Not(inner) => !inner.holds(world, row),
            Self::Compare { path, operator, wanted } => compare(&world.comparable(row, path), *operator, wanted),
            Self::Like { path, pattern } => match world.comparable(row, path) {
                Cell::Text(text) => matches(pattern, &text.chars().collect::<Vec<_>>()),
                _ => false,
            },
            Self::In { path, negated, values, spans } => {
                let value = world.comparable(row, path);
                let within = |(first, after): &(Timestamp, Timestamp)| match &value {
                    Cell::Time(at) => first <= at && at < after,
                    _ => false,
                };
                (values.contains(&value) || spans.iter().any(within)) != *negated
            }
        }
    }
}

/// A field that a condition may name.
fn filterable(world: &World<'_>, object: &'static Object, name: &Name) -> Result<Path, Fault> {
    world.spend(name.at)?;
    let path = path(object, name)?;
    if path.field.filterable {
        return Ok(path);
    }
    Err(Fault::field(name.at, format!("field '{}' can not be filtered in a query call", path.field.name)))
}

/// A value for a field of its kind.
pub(super) fn wanted(world: &World<'_>, field: &Field, name: &Name, value: &Literal) -> Result<Wanted, Fault> {
    let value = match (field.kind, value) {
        (_, Literal::Null) => Cell::Null,
        (Kind::Id, Literal::Text(id)) if !is_id(id) => {
            let code = FaultCode::InvalidQueryFilterOperator;
            return Err(Fault { code, at: Some(name.at), message: format!("invalid ID field: {id}") });
        }
        (Kind::Id | Kind::Text, Literal::Text(text)) => comparable(field.kind, Cell::Text(text.clone())),
        (Kind::Flag, Literal::Flag(flag)) => Cell::Flag(*flag),
        (Kind::Time, Literal::Instant(at)) => Cell::Time(*at),
        (Kind::Time, Literal::Period(period)) => {
            return match bounds(*period, world.org().settings().date) {
                Some((first, after)) => Ok(Wanted::Span(first, after)),
                None => Err(Fault::malformed(Some(name.at), "the date literal is beyond the calendar")),
            };
        }
        (Kind::Number, Literal::Number(number)) => match number.parse() {
            Ok(number) => Cell::Number(number),
            Err(_) => return Err(wrong_kind(field, name)),
        },
        _ => return Err(wrong_kind(field, name)),
    };
    Ok(Wanted::Value(value))
}

fn wrong_kind(field: &Field, name: &Name) -> Fault {
    let (kind, not) = match field.kind {
        Kind::Id | Kind::Text => ("string", ""),
        other => (other.name(), "not "),
    };
    let message = format!(
        "value of filter criterion for field '{}' must be of type {kind} and should {not}be enclosed in quotes",
        field.name
    );
    Fault::field(name.at, message)
}

/// An id has 15 characters, or 18 with the check characters. An empty text stands for null.
fn is_id(text: &str) -> bool {
    [0, 15, 18].contains(&text.len()) && text.chars().all(|char| char.is_ascii_alphanumeric())
}

/// Whether a value compares so with what is wanted.
pub(super) fn compare(value: &Cell, operator: Operator, wanted: &Wanted) -> bool {
    match (wanted, value) {
        (Wanted::Value(wanted), value) => match operator {
            Operator::Equal => value == wanted,
            Operator::NotEqual => value != wanted,
            _ if *value == Cell::Null || *wanted == Cell::Null => false,
            Operator::Less => value < wanted,
            Operator::LessOrEqual => value <= wanted,
            Operator::Greater => value > wanted,
            Operator::GreaterOrEqual => value >= wanted,
        },
        (Wanted::Span(first, after), Cell::Time(at)) => match operator {
            Operator::Equal => first <= at && at < after,
            Operator::NotEqual => at < first || after <= at,
            Operator::Less => at < first,
            Operator::LessOrEqual => at < after,
            Operator::Greater => after <= at,
            Operator::GreaterOrEqual => first <= at,
        },
        (Wanted::Span(..), _) => operator == Operator::NotEqual,
    }
}

/// The pattern without case, and with one `%` for several in a row.
fn folded(pattern: &[Glyph]) -> Vec<Glyph> {
    let mut folded: Vec<Glyph> = Vec::with_capacity(pattern.len());
    for glyph in pattern {
        match glyph {
            Glyph::Exactly(char) => folded.extend(char.to_lowercase().map(Glyph::Exactly)),
            Glyph::Many if folded.last() == Some(&Glyph::Many) => {}
            other => folded.push(*other),
        }
    }
    folded
}

/// Whether a pattern fits the whole text. After a mismatch, the last `%` takes one character more.
fn matches(pattern: &[Glyph], text: &[char]) -> bool {
    let (mut glyph, mut place) = (0, 0);
    let mut many: Option<(usize, usize)> = None;
    while let Some(char) = text.get(place) {
        match pattern.get(glyph) {
            Some(Glyph::Many) => {
                many = Some((glyph, place));
                glyph += 1;
            }
            Some(Glyph::One) => (glyph, place) = (glyph + 1, place + 1),
            Some(Glyph::Exactly(expected)) if expected == char => (glyph, place) = (glyph + 1, place + 1),
            _ => match many {
                Some((at, from)) => {
                    many = Some((at, from + 1));
                    (glyph, place) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(glyph).all(|glyph| *glyph == Glyph::Many)
}

#[cfg(test)]
mod tests {
    use super::{folded, matches};
    use crate::org::rest::soql::Glyph;

    #[test]
    fn a_pattern_fits_the_whole_text_in_any_case() {
        let pattern = |text: &str| -> Vec<Glyph> {
            let glyph = |char| match char {
                '%' => Glyph::Many,
                '_' => Glyph::One,
                char => Glyph::Exactly(char),
            };
            text.chars().map(glyph).collect()
        };
        for (like, text, fits) in [
            ("rep", "rep", true),
            ("REP", "rep", true),
            ("re", "rep", false),
            ("%sso%", "saml sso x", true),
            ("%sso", "saml sso sso", true),
            ("%sso", "saml sso x", false),
            ("r_p%", "rep", true),
            ("r_p", "rp", false),
            ("%%", "", true),
            ("", "", true),
            ("_", "", false),
            ("%a%b%c%", "xxaxxbxxcxx", true),
            ("%a%b%c%", "xxaxxcxxbxx", false),
        ] {
            let text: Vec<char> = text.chars().collect();
            assert_eq!(matches(&folded(&pattern(like)), &text), fits, "{like} {text:?}");
        }
    }
}
