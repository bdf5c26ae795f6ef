//! The part of SOQL that tools use to query what logins left: `SELECT … FROM … [WHERE a AND b] [ORDER BY …] [LIMIT n]`.

/// A parsed query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// Selected fields as they were written.
    pub(super) fields: Vec<String>,
    /// The object.
    pub(super) object: String,
    /// Conditions, all of which must hold.
    pub(super) conditions: Vec<Condition>,
    /// Field and direction of the order; `true` is descending.
    pub(super) order: Option<(String, bool)>,
    /// The most rows to return.
    pub(super) limit: Option<usize>,
}

/// One condition of the `WHERE` clause.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// The field as it was written.
    pub(super) field: String,
    /// The operator.
    pub(super) operator: Operator,
    /// The value, its quotes removed.
    pub(super) value: String,
}

/// How a condition compares its field with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}

/// Reads a query.
///
/// # Errors
///
/// One sentence about the first token that is not understood.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let words = words(text)?;
    let mut rest = Words { words: &words };
    rest.keyword("SELECT")?;
    let mut fields = vec![rest.name()?];
    while rest.take(",") {
        fields.push(rest.name()?);
    }
    rest.keyword("FROM")?;
    let object = rest.name()?;
    let mut query = Query { fields, object, conditions: Vec::new(), order: None, limit: None };
    if rest.take("WHERE") {
        query.conditions.push(rest.condition()?);
        while rest.take("AND") {
            query.conditions.push(rest.condition()?);
        }
        if query.conditions.len() > MOST_CONDITIONS {
            return Err(format!("the simulated org takes at most {MOST_CONDITIONS} conditions"));
        }
    }
    if rest.take("ORDER") {
        rest.keyword("BY")?;
        let field = rest.name()?;
        let descending = rest.take("DESC");
        if !descending {
            rest.take("ASC");
        }
        query.order = Some((field, descending));
    }
    if rest.take("LIMIT") {
        let limit = rest.name()?;
        query.limit = Some(limit.parse().map_err(|_| format!("LIMIT needs a number, not '{limit}'"))?);
    }
    match rest.words {
        [] => Ok(query),
        [word, ..] => Err(format!("unexpected token: '{word}'")),
    }
}

struct Words<'a> {
    words: &'a [String],
}

impl Words<'_> {
    fn take(&mut self, keyword: &str) -> bool {
        match self.words {
            [word, rest @ ..] if word.eq_ignore_ascii_case(keyword) => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), String> {
        if self.take(keyword) { Ok(()) } else { Err(format!("expecting {keyword}")) }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.words {
            [word, rest @ ..] if word.starts_with(|char: char| char.is_ascii_alphanumeric()) => {
                self.words = rest;
                Ok(word.clone())
            }
            [word, ..] => Err(format!("unexpected token: '{word}'")),
            [] => Err("unexpected end of the query".to_owned()),
        }
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let field = self.name()?;
        let [operator, value, rest @ ..] = self.words else {
            return Err("unexpected end of the query".to_owned());
        };
        let operator = Operator::read(operator).ok_or_else(|| format!("unexpected token: '{operator}'"))?;
        let value = value.strip_prefix('\'').unwrap_or(value).to_owned();
        self.words = rest;
        Ok(Condition { field, operator, value })
    }
}

/// Splits into words, operators and quoted values; a quoted value keeps its opening quote as a mark.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char.is_whitespace() {
            continue;
        }
        let mut word = String::from(char);
        if char == '\'' {
            loop {
                match chars.next() {
                    Some('\\') => word.extend(chars.next()),
                    Some('\'') => break,
                    Some(char) => word.push(char),
                    None => return Err("a quoted value is not closed".to_owned()),
                }
            }
        } else if "=<>!".contains(char) {
            word.extend(chars.next_if_eq(&'='));
        } else if char != ',' {
            while let Some(char) = chars.next_if(|char| !char.is_whitespace() && !"=<>!,'".contains(*char)) {
                word.push(char);
            }
        }
        words.push(word);
    }
    Ok(words)
}

/// Each condition is checked against each row.
const MOST_CONDITIONS: usize = 32;

#[cfg(test)]
mod tests;
