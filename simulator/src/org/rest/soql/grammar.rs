//! The grammar of SOQL, as far as tools use it at a login (contract H6.1).
//!
//! A query is read from left to right, and one token decides what comes next, so the first token that does not fit is the
//! one that the error names.

use winnow::combinator::{cut_err, opt, peek};
use winnow::error::ErrMode;
use winnow::token::any;
use winnow::{ModalResult, Parser};

use super::fault::Fault;
use super::query::{Condition, FieldSet, Function, Literal, Measure, Name, Operator, OrderBy, Query, Selected, Values};
use super::tokens::{Located, Token, Tokens};
use super::{dates, quoted};

type Parsed<T> = ModalResult<T, Fault>;

/// Reads the tokens of a query up to their end.
pub(crate) fn read(tokens: &[Located]) -> Result<Query, Fault> {
    let mut input = Tokens::new(tokens);
    let read = query(&mut input, 0).and_then(|query| {
        cut_err(token(Token::End)).parse_next(&mut input)?;
        Ok(query)
    });
    match read {
        Ok(query) => Ok(query),
        Err(ErrMode::Backtrack(fault) | ErrMode::Cut(fault)) => Err(fault),
        // A query is complete when it is read.
        Err(ErrMode::Incomplete(_)) => Err(Fault::malformed(None, "unexpected token: '<EOF>'")),
    }
}

/// A token of this kind.
fn token<'t>(kind: Token) -> impl Parser<Tokens<'t>, &'t Located, ErrMode<Fault>> {
    any.verify_map(move |found: &'t Located| (found.token == kind).then_some(found))
}

/// This word, in any case.
fn keyword<'t>(word: &'static str) -> impl Parser<Tokens<'t>, &'t Located, ErrMode<Fault>> {
    token(Token::Word).verify_map(move |found: &'t Located| found.text.eq_ignore_ascii_case(word).then_some(found))
}

/// This mark.
fn mark<'t>(text: &'static str) -> impl Parser<Tokens<'t>, &'t Located, ErrMode<Fault>> {
    token(Token::Mark).verify_map(move |found: &'t Located| (found.text == text).then_some(found))
}

/// Whether this keyword comes next, which is then read.
fn take(input: &mut Tokens<'_>, word: &'static str) -> Parsed<bool> {
    Ok(opt(keyword(word)).parse_next(input)?.is_some())
}

/// What must come next.
fn need<'t, T>(input: &mut Tokens<'t>, parser: impl Parser<Tokens<'t>, T, ErrMode<Fault>>) -> Parsed<T> {
    cut_err(parser).parse_next(input)
}

/// The name of a field or of an object. A keyword that begins or ends a clause is none.
fn name(input: &mut Tokens<'_>) -> Parsed<Name> {
    let named = |found: &Located| {
        let reserved = RESERVED.iter().any(|word| found.text.eq_ignore_ascii_case(word));
        (!reserved && !found.text.contains(':')).then(|| Name { text: found.text.clone(), at: found.at })
    };
    token(Token::Word).verify_map(named).parse_next(input)
}

/// A list with commas; what follows a comma must be one more.
fn list<'t, T>(input: &mut Tokens<'t>, mut item: impl FnMut(&mut Tokens<'t>) -> Parsed<T>) -> Parsed<Vec<T>> {
    let mut all = vec![item(input)?];
    while opt(mark(",")).parse_next(input)?.is_some() {
        all.push(item(input)?);
    }
    Ok(all)
}

/// A query. `depth` counts the queries and parentheses around it.
fn query(input: &mut Tokens<'_>, depth: usize) -> Parsed<Query> {
    need(input, keyword("SELECT"))?;
    let selected = list(input, |input| selected(input, depth))?;
    need(input, keyword("FROM"))?;
    let object = need(input, name)?;
    let alias = alias(input)?;
    if take(input, "USING")? {
        need(input, keyword("SCOPE"))?;
        // Whose records a user owns is not simulated.
        need(input, keyword("everything"))?;
    }
    let mut query = Query {
        selected,
        object,
        condition: None,
        groups: Vec::new(),
        having: None,
        order: Vec::new(),
        limit: None,
        offset: 0,
    };
    if take(input, "WHERE")? {
        query.condition = Some(condition(input, depth, field)?);
    }
    if take(input, "GROUP")? {
        need(input, keyword("BY"))?;
        query.groups = list(input, |input| need(input, name))?;
        if take(input, "HAVING")? {
            query.having = Some(condition(input, depth, measure)?);
        }
    }
    if take(input, "ORDER")? {
        need(input, keyword("BY"))?;
        query.order = list(input, order)?;
    }
    if take(input, "LIMIT")? {
        query.limit = Some(count(input)?);
    }
    if take(input, "OFFSET")? {
        query.offset = count(input)?;
    }
    if take(input, "FOR")? && !take(input, "VIEW")? {
        // Both only note that somebody has seen a record.
        need(input, keyword("REFERENCE"))?;
    }
    Ok(match alias {
        Some(alias) => query.without_alias(&alias.text),
        None => query,
    })
}

/// The alias of an object: `FROM User u`, `FROM User AS u`.
fn alias(input: &mut Tokens<'_>) -> Parsed<Option<Name>> {
    if take(input, "AS")? {
        return need(input, name).map(Some);
    }
    let named = |found: &Located| !CLAUSES.iter().any(|word| found.text.eq_ignore_ascii_case(word));
    if input.first().is_some_and(named) { opt(name).parse_next(input) } else { Ok(None) }
}

/// The field of a condition on rows.
fn field(input: &mut Tokens<'_>) -> Parsed<Name> {
    need(input, name)
}

/// What a condition on groups compares.
fn measure(input: &mut Tokens<'_>) -> Parsed<Measure> {
    let called = need(input, name)?;
    if opt(mark("(")).parse_next(input)?.is_none() {
        return Ok(Measure::Group(called));
    }
    let Some(function) = Function::read(&called.text).filter(|function| function.aggregates()) else {
        return Err(ErrMode::Cut(Fault::malformed(Some(called.at), format!("unexpected token: '{}'", called.text))));
    };
    let argument = if function == Function::Count { opt(name).parse_next(input)? } else { Some(need(input, name)?) };
    need(input, mark(")"))?;
    Ok(Measure::Aggregate(function, argument))
}

fn selected(input: &mut Tokens<'_>, depth: usize) -> Parsed<Selected> {
    if peek(opt(mark("("))).parse_next(input)?.is_some() {
        return nested(input, depth).map(|query| Selected::Children(Box::new(query)));
    }
    let called = need(input, name)?;
    if opt(mark("(")).parse_next(input)?.is_none() {
        return Ok(Selected::Field(called));
    }
    if called.text.eq_ignore_ascii_case("FIELDS") {
        let set = need(input, field_set)?;
        need(input, mark(")"))?;
        return Ok(Selected::Fields(set));
    }
    let Some(function) = Function::read(&called.text) else {
        return Err(ErrMode::Cut(Fault::malformed(Some(called.at), format!("unexpected token: '{}'", called.text))));
    };
    // Only COUNT() may be without a field.
    let argument = if function == Function::Count { opt(name).parse_next(input)? } else { Some(need(input, name)?) };
    need(input, mark(")"))?;
    let alias = opt(name).parse_next(input)?;
    Ok(Selected::Call { function, argument, alias })
}

fn field_set(input: &mut Tokens<'_>) -> Parsed<FieldSet> {
    let sets = [("ALL", FieldSet::All), ("STANDARD", FieldSet::Standard), ("CUSTOM", FieldSet::Custom)];
    let read = move |found: &Located| {
        sets.into_iter().find(|(name, _)| found.text.eq_ignore_ascii_case(name)).map(|(_, set)| set)
    };
    token(Token::Word).verify_map(read).parse_next(input)
}

/// A query in parentheses.
fn nested(input: &mut Tokens<'_>, depth: usize) -> Parsed<Query> {
    let depth = deeper(input, depth)?;
    need(input, mark("("))?;
    let nested = query(input, depth)?;
    need(input, mark(")"))?;
    Ok(nested)
}

/// One level deeper.
fn deeper(input: &Tokens<'_>, depth: usize) -> Parsed<usize> {
    if depth < MOST_LEVELS {
        return Ok(depth.saturating_add(1));
    }
    let at = input.first().map(|found| found.at);
    Err(ErrMode::Cut(Fault::malformed(at, format!("the simulated org takes at most {MOST_LEVELS} levels"))))
}

/// Terms with AND or with OR between them. Both need parentheses, so the second kind is an unexpected token.
fn condition<F>(input: &mut Tokens<'_>, depth: usize, field: Compared<F>) -> Parsed<Condition<F>> {
    let first = term(input, depth, field)?;
    for word in ["AND", "OR"] {
        if take(input, word)? {
            let mut all = vec![first, term(input, depth, field)?];
            while take(input, word)? {
                all.push(term(input, depth, field)?);
            }
            return Ok(if word == "AND" { Condition::All(all) } else { Condition::Any(all) });
        }
    }
    Ok(first)
}

/// Reads what a condition compares.
type Compared<F> = fn(&mut Tokens<'_>) -> Parsed<F>;

fn term<F>(input: &mut Tokens<'_>, depth: usize, field: Compared<F>) -> Parsed<Condition<F>> {
    if peek(opt(mark("("))).parse_next(input)?.is_some() {
        let depth = deeper(input, depth)?;
        need(input, mark("("))?;
        let inner = condition(input, depth, field)?;
        need(input, mark(")"))?;
        return Ok(inner);
    }
    if take(input, "NOT")? {
        let depth = deeper(input, depth)?;
        return term(input, depth, field).map(|inner| Condition::Not(Box::new(inner)));
    }
    let field = field(input)?;
    if take(input, "LIKE")? {
        let pattern = need(input, token(Token::Quoted))?;
        return Ok(Condition::Like { field, pattern: quoted::pattern(&pattern.text) });
    }
    let negated = take(input, "NOT")?;
    if negated {
        need(input, keyword("IN"))?;
    }
    if negated || take(input, "IN")? {
        return values(input, depth).map(|values| Condition::In { field, negated, values });
    }
    let operator = need(input, operator)?;
    let value = need(input, literal)?;
    Ok(Condition::Compare { field, operator, value })
}

/// The values of IN.
fn values(input: &mut Tokens<'_>, depth: usize) -> Parsed<Values> {
    let selects = peek(opt((mark("("), keyword("SELECT")))).parse_next(input)?.is_some();
    if selects {
        return nested(input, depth).map(|query| Values::Selected(Box::new(query)));
    }
    need(input, mark("("))?;
    let listed = list(input, |input| need(input, literal))?;
    need(input, mark(")"))?;
    Ok(Values::Listed(listed))
}

fn operator(input: &mut Tokens<'_>) -> Parsed<Operator> {
    let read = |found: &Located| {
        Some(match found.text.as_str() {
            "=" => Operator::Equal,
            "!=" | "<>" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            _ => return None,
        })
    };
    token(Token::Comparison).verify_map(read).parse_next(input)
}

fn literal(input: &mut Tokens<'_>) -> Parsed<Literal> {
    let read = |found: &Located| match found.token {
        Token::Quoted => Some(Literal::Text(quoted::text(&found.text))),
        Token::Number => number(&found.text),
        Token::Word => word(&found.text),
        Token::Comparison | Token::Mark | Token::End => None,
    };
    any.verify_map(read).parse_next(input)
}

fn number(text: &str) -> Option<Literal> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.chars().all(|char| char.is_ascii_digit() || char == '.') && digits.matches('.').count() <= 1 {
        return Some(Literal::Number(text.to_owned()));
    }
    let instant = text.parse().map(Literal::Instant);
    instant.or_else(|_| text.parse().map(Literal::Day)).ok()
}

fn word(text: &str) -> Option<Literal> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("NULL") {
        return Some(Literal::Null);
    }
    if is("TRUE") || is("FALSE") {
        return Some(Literal::Flag(is("TRUE")));
    }
    dates::period(text).map(Literal::Period)
}

fn order(input: &mut Tokens<'_>) -> Parsed<OrderBy> {
    let field = need(input, name)?;
    let descending = take(input, "DESC")?;
    if !descending {
        take(input, "ASC")?;
    }
    let mut nulls_last = false;
    if take(input, "NULLS")? {
        nulls_last = take(input, "LAST")?;
        if !nulls_last {
            need(input, keyword("FIRST"))?;
        }
    }
    Ok(OrderBy { field, descending, nulls_last })
}

/// The number of a clause.
fn count(input: &mut Tokens<'_>) -> Parsed<usize> {
    need(input, token(Token::Number).verify_map(|found: &Located| found.text.parse().ok()))
}

/// Words that begin a clause behind the object, and so are no alias of it.
const CLAUSES: [&str; 9] = ["AS", "FOR", "GROUP", "HAVING", "LIMIT", "OFFSET", "ORDER", "USING", "WHERE"];

/// Words that are no names.
const RESERVED: [&str; 14] =
    ["AND", "ASC", "BY", "DESC", "FROM", "GROUP", "IN", "LIKE", "LIMIT", "NOT", "OR", "ORDER", "SELECT", "WHERE"];

/// Far deeper than a tool writes, and no depth at which reading a query could run out of stack.
const MOST_LEVELS: usize = 20;
