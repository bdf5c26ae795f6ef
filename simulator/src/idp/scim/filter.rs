//! Filters of a list: comparisons of attributes, joined by `and` or `or`. Source: RFC 7644 3.4.2.2.

use serde_json::Value;

use super::error::ScimError;

/// A filter. Groups in brackets, `not` and the comparisons of order are not supported.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Filter {
    /// One of these must hold, and in it all of these.
    any: Vec<Vec<Comparison>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Comparison {
    /// The attribute and, after a dot, its sub-attribute.
    path: Vec<String>,
    operator: Operator,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Present,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// `invalidFilter`, if it cannot be understood.
    pub(super) fn parse(text: &str) -> Result<Self, ScimError> {
        let mut tokens = tokens(text)?.into_iter();
        let (mut any, mut all) = (Vec::new(), Vec::new());
        loop {
            all.push(comparison(&mut tokens)?);
            match tokens.next() {
                None => break,
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("and") => {}
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("or") => any.push(std::mem::take(&mut all)),
                Some(_) => return Err(wrong("write `and` or `or` between two comparisons")),
            }
        }
        any.push(all);
        Ok(Self { any })
    }

    /// Whether it holds for a resource, or for one value of an attribute.
    pub(super) fn holds(&self, resource: &Value) -> bool {
        self.any.iter().any(|all| all.iter().all(|comparison| comparison.holds(resource)))
    }

    /// The attributes that must equal a value, if that is all it says: what a new value of it has (RFC 7644 3.5.2).
    pub(super) fn equalities(&self) -> Option<Vec<(&str, &Value)>> {
        let [all] = &self.any[..] else { return None };
        let pairs = all.iter().map(|comparison| match (&comparison.path[..], comparison.operator) {
            ([only], Operator::Equal) => Some((only.as_str(), &comparison.value)),
            _ => None,
        });
        pairs.collect()
    }
}

impl Comparison {
    fn holds(&self, resource: &Value) -> bool {
        let found = values(resource, &self.path);
        match self.operator {
            Operator::Present => found.iter().any(|value| !value.is_null() && *value != ""),
            Operator::NotEqual => !found.iter().any(|value| same(value, &self.value)),
            Operator::Equal => found.iter().any(|value| same(value, &self.value)),
            operator => {
                let wanted = self.value.as_str().unwrap_or_default().to_lowercase();
                found.iter().filter_map(|value| value.as_str()).map(str::to_lowercase).any(|text| match operator {
                    Operator::Contains => text.contains(&wanted),
                    Operator::StartsWith => text.starts_with(&wanted),
                    _ => text.ends_with(&wanted),
                })
            }
        }
    }
}

/// The member of this name, whose case does not matter (RFC 7643 2.1).
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The values at a path; of several values, each.
fn values<'a>(resource: &'a Value, path: &[String]) -> Vec<&'a Value> {
    let mut found = vec![resource];
    for name in path {
        found = found.into_iter().flat_map(each).filter_map(|value| member(value, name)).collect();
    }
    // A comparison of an attribute with several values means their `value` (RFC 7644 3.4.2.2).
    let single = |value: &'a Value| member(value, "value").unwrap_or(value);
    found.into_iter().flat_map(each).map(single).collect()
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let several = value.as_array().map(Vec::as_slice).unwrap_or_default();
    several.iter().chain((!value.is_array()).then_some(value))
}

/// Texts are compared without case: so `userName` is (RFC 7643 4.1.1), and clients expect it of the others.
fn same(left: &Value, right: &Value) -> bool {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => left.to_lowercase() == right.to_lowercase(),
        _ => left == right,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
}

fn comparison(tokens: &mut impl Iterator<Item = Token>) -> Result<Comparison, ScimError> {
    let Some(Token::Word(path)) = tokens.next() else { return Err(wrong("write an attribute, such as `userName`")) };
    // The schema before the attribute may be written out.
    let path = path.rsplit_once(':').map_or(path.as_str(), |(_, attribute)| attribute);
    let path: Vec<String> = path.split('.').map(str::to_owned).collect();
    let Some(Token::Word(operator)) = tokens.next() else { return Err(wrong("write an operator, such as `eq`")) };
    let operator = match operator.to_ascii_lowercase().as_str() {
        "eq" => Operator::Equal,
        "ne" => Operator::NotEqual,
        "co" => Operator::Contains,
        "sw" => Operator::StartsWith,
        "ew" => Operator::EndsWith,
        "pr" => return Ok(Comparison { path, operator: Operator::Present, value: Value::Null }),
        other => {
            return Err(wrong(&format!("the operator `{other}` is not supported: write eq, ne, co, sw, ew or pr")));
        }
    };
    let value = match tokens.next() {
        Some(Token::Text(text)) => Value::from(text),
        Some(Token::Word(word)) => match word.as_str() {
            "true" | "false" | "null" => serde_json::from_str(&word).unwrap_or(Value::Null),
            number => number.parse::<i64>().map(Value::from).map_err(|_| wrong("write texts in double quotes"))?,
        },
        None => return Err(wrong("write a value after the operator")),
    };
    Ok(Comparison { path, operator, value })
}

fn tokens(text: &str) -> Result<Vec<Token>, ScimError> {
    if text.len() > LONGEST {
        return Err(wrong("it is too long"));
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if rest.starts_with('"') {
            let mut read = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let Some(Ok(text)) = read.next() else { return Err(wrong("a text does not end")) };
            tokens.push(Token::Text(text));
            rest = rest[read.byte_offset()..].trim_start();
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let word = &rest[..end];
            if word.contains(['(', ')', '[', ']']) {
                return Err(wrong("brackets are not supported"));
            }
            tokens.push(Token::Word(word.to_owned()));
            rest = rest[end..].trim_start();
        }
    }
    Ok(tokens)
}

fn wrong(why: &str) -> ScimError {
    ScimError::bad("invalidFilter", format!("The filter cannot be understood: {why}"))
}

/// Longer than any filter that a person or a program writes.
const LONGEST: usize = 2_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Filter;

    #[test]
    fn a_filter_holds_where_its_comparisons_do() {
        let user = json!({
            "userName": "Rep@Acme.example", "active": true, "name": { "familyName": "Rep" },
            "emails": [{ "value": "rep@acme.example", "type": "work" }, { "value": "b@c.example", "type": "home" }],
        });
        for (filter, holds) in [
            ("userName eq \"rep@acme.example\"", true),
            ("USERNAME Eq \"rep@acme.example\"", true),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"rep@acme.example\"", true),
            ("userName eq \"rep\"", false),
            ("userName sw \"rep@\"", true),
            ("userName ew \".example\"", true),
            ("userName co \"ACME\"", true),
            ("userName ne \"rep@acme.example\"", false),
            ("name.familyName eq \"rep\"", true),
            ("emails eq \"b@c.example\"", true),
            ("emails.type eq \"home\"", true),
            ("active eq true", true),
            ("active eq false", false),
            ("nickName pr", false),
            ("userName pr and active eq true", true),
            ("nickName pr or active eq true", true),
            ("nickName pr and active eq true", false),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().holds(&user), holds, "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for filter in [
            "",
            "userName",
            "userName eq",
            "userName eq rep",
            "userName is \"rep\"",
            "userName eq \"rep",
            "(userName eq \"rep\")",
            "userName eq \"a\" userName eq \"b\"",
            "userName gt \"a\"",
        ] {
            assert_eq!(Filter::parse(filter).unwrap_err().kind, Some("invalidFilter"), "{filter}");
        }
    }
}
