use jiff::civil::date;
use vestibule_snapshots::growth::assert_linear;

use super::query::{OrderBy, Period, Unit};
use super::{Condition, FieldSet, Function, Glyph, Literal, Name, Operator, Query, Selected, Values, bounds, parse};

fn name(text: &str, at: usize) -> Name {
    Name { text: text.to_owned(), at }
}

/// The condition of a query that has this one.
fn condition(text: &str) -> Condition {
    parse(&format!("SELECT Id FROM User WHERE {text}")).unwrap().condition.unwrap()
}

/// The value in `LoginTime > …`.
fn literal(text: &str) -> Literal {
    match condition(&format!("LoginTime > {text}")) {
        Condition::Compare { value, .. } => value,
        other => panic!("{other:?}"),
    }
}

/// Contract H6.1.
#[test]
fn a_query_with_every_clause_is_read() {
    let query = parse(
        "select Id, count(Id) n FROM LoginHistory WHERE UserId = '005A' group by Id \
         ORDER BY LoginTime DESC NULLS LAST, Id limit 5 OFFSET 2",
    );

    let expected = Query {
        selected: vec![
            Selected::Field(name("Id", 7)),
            Selected::Call { function: Function::Count, argument: Some(name("Id", 17)), alias: Some(name("n", 21)) },
        ],
        object: name("LoginHistory", 28),
        condition: Some(Condition::Compare {
            field: name("UserId", 47),
            operator: Operator::Equal,
            value: Literal::Text("005A".to_owned()),
        }),
        groups: vec![name("Id", 72)],
        having: None,
        order: vec![
            OrderBy { field: name("LoginTime", 84), descending: true, nulls_last: true },
            OrderBy { field: name("Id", 111), descending: false, nulls_last: false },
        ],
        limit: Some(5),
        offset: 2,
    };
    assert_eq!(query, Ok(expected));
}

#[test]
fn what_is_selected_is_a_field_a_function_or_a_query_of_children() {
    let query = parse(
        "SELECT Profile.Name, COUNT(), FORMAT(LastLoginDate) seen, FIELDS(standard), \
         (SELECT Id FROM PermissionSetAssignments WHERE IsActive = true) FROM User",
    )
    .unwrap();

    let [field, count, format, set, Selected::Children(children)] = &query.selected[..] else {
        panic!("{:?}", query.selected);
    };
    assert!(matches!(field, Selected::Field(field) if field.text == "Profile.Name"), "{field:?}");
    assert_eq!(count, &Selected::Call { function: Function::Count, argument: None, alias: None });
    assert!(
        matches!(format, Selected::Call { function: Function::Format, alias: Some(alias), .. } if alias.text == "seen"),
        "{format:?}"
    );
    assert_eq!(set, &Selected::Fields(FieldSet::Standard));
    assert_eq!((children.object.text.as_str(), children.condition.is_some()), ("PermissionSetAssignments", true));
}

/// Contract H6.1.
#[test]
fn an_object_may_have_an_alias_which_is_no_part_of_a_field() {
    let plain =
        parse("SELECT Id, Profile.Name FROM User WHERE IsActive = true ORDER BY Username LIMIT 1 OFFSET 1").unwrap();
    let text = |query: &Query| {
        let fields = query.selected.iter().map(|selected| match selected {
            Selected::Field(name) => name.text.clone(),
            other => panic!("{other:?}"),
        });
        let condition = match &query.condition {
            Some(Condition::Compare { field, .. }) => field.text.clone(),
            other => panic!("{other:?}"),
        };
        (fields.collect::<Vec<_>>(), condition, query.order[0].field.text.clone(), query.limit, query.offset)
    };
    for query in [
        "SELECT u.Id, U.Profile.Name FROM User u WHERE u.IsActive = true ORDER BY u.Username LIMIT 1 OFFSET 1",
        "SELECT u.Id, Profile.Name FROM User AS u USING SCOPE everything WHERE u.IsActive = true ORDER BY u.Username \
         LIMIT 1 OFFSET 1 FOR VIEW",
    ] {
        assert_eq!(text(&parse(query).unwrap()), text(&plain), "{query}");
    }
    assert!(parse("SELECT Id FROM User FOR REFERENCE").is_ok());
}

/// Contract H6.1.
#[test]
fn conditions_nest_by_parentheses_and_not() {
    let shape = |found: &Condition| match found {
        Condition::All(all) => format!("all of {}", all.len()),
        Condition::Any(any) => format!("any of {}", any.len()),
        Condition::Not(_) => "not".to_owned(),
        Condition::Compare { operator, .. } => format!("{operator:?}"),
        Condition::Like { .. } => "like".to_owned(),
        Condition::In { negated, values, .. } => match values {
            Values::Listed(listed) => format!("in {negated} {}", listed.len()),
            Values::Selected(query) => format!("in {negated} {}", query.object.text),
        },
    };
    for (text, expected) in [
        ("A = 1 AND B = 2 AND C = 3", "all of 3"),
        ("A = 1 OR (B = 2 AND C = 3)", "any of 2"),
        ("((A = 1))", "Equal"),
        ("NOT A <> 1", "not"),
        ("not (A = 1 or B = 2)", "not"),
        ("A LIKE 'x%'", "like"),
        ("A IN ('x', null, true)", "in false 3"),
        ("A NOT IN ('x')", "in true 1"),
        ("A IN (SELECT AssigneeId FROM PermissionSetAssignment)", "in false PermissionSetAssignment"),
        ("A <= 1", "LessOrEqual"),
    ] {
        assert_eq!(shape(&condition(text)), expected, "{text}");
    }
}

#[test]
fn a_text_may_hold_keywords_and_escapes_and_a_pattern_its_wildcards() {
    let Condition::Compare { value, .. } = condition(r"Name = 'a AND \'b\' \\ \t'") else { panic!() };
    assert_eq!(value, Literal::Text("a AND 'b' \\ \t".to_owned()));

    let Condition::Like { pattern, .. } = condition(r"Name LIKE 'a_\%%'") else { panic!() };
    assert_eq!(pattern, [Glyph::Exactly('a'), Glyph::One, Glyph::Exactly('%'), Glyph::Many]);
}

#[test]
fn a_date_literal_is_a_span_of_days() {
    // A Wednesday.
    let today = date(2026, 2, 4);
    for (text, first, after) in [
        ("TODAY", date(2026, 2, 4), date(2026, 2, 5)),
        ("yesterday", date(2026, 2, 3), date(2026, 2, 4)),
        ("TOMORROW", date(2026, 2, 5), date(2026, 2, 6)),
        ("THIS_WEEK", date(2026, 2, 1), date(2026, 2, 8)),
        ("LAST_WEEK", date(2026, 1, 25), date(2026, 2, 1)),
        ("LAST_MONTH", date(2026, 1, 1), date(2026, 2, 1)),
        ("NEXT_QUARTER", date(2026, 4, 1), date(2026, 7, 1)),
        ("THIS_YEAR", date(2026, 1, 1), date(2027, 1, 1)),
        ("LAST_90_DAYS", date(2025, 11, 6), date(2026, 2, 5)),
        ("LAST_N_DAYS:2", date(2026, 2, 2), date(2026, 2, 5)),
        ("NEXT_N_DAYS:2", date(2026, 2, 5), date(2026, 2, 7)),
        ("LAST_N_MONTHS:2", date(2025, 12, 1), date(2026, 2, 1)),
        ("N_DAYS_AGO:3", date(2026, 2, 1), date(2026, 2, 2)),
        ("N_YEARS_AGO:1", date(2025, 1, 1), date(2026, 1, 1)),
    ] {
        let Literal::Period(period) = literal(text) else { panic!("{text}") };

        let midnight = |day: jiff::civil::Date| day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        assert_eq!(bounds(period, today), Some((midnight(first), midnight(after))), "{text}");
    }
    assert_eq!(bounds(Period::Next(Unit::Year, 10_000), today), None);
    for text in ["LAST_DAY", "SOMETIME", "LAST_N_DAYS", "LAST_N_DAYS:10001", "LAST_N_PARSECS:2"] {
        assert!(parse(&format!("SELECT Id FROM User WHERE LoginTime > {text}")).is_err(), "{text}");
    }
}

#[test]
fn an_instant_a_day_and_a_number_are_told_apart() {
    assert_eq!(literal("2026-11-02T12:00:00.000Z"), Literal::Instant("2026-11-02T12:00:00Z".parse().unwrap()));
    assert_eq!(literal("2026-11-02T12:00:00+01:00"), Literal::Instant("2026-11-02T11:00:00Z".parse().unwrap()));
    assert_eq!(literal("2026-11-02"), Literal::Day(date(2026, 11, 2)));
    assert_eq!(literal("-1.5"), Literal::Number("-1.5".to_owned()));
    assert_eq!((literal("NULL"), literal("False")), (Literal::Null, Literal::Flag(false)));
}

/// Contract H6.2.
#[test]
fn a_query_that_is_not_understood_is_refused_at_its_first_bad_token() {
    for (text, column, message) in [
        ("Id FROM User", 1, "unexpected token: 'Id'"),
        ("SELECT FROM User", 8, "unexpected token: 'FROM'"),
        ("SELECT Id", 10, "unexpected token: '<EOF>'"),
        ("SELECT Id, FROM User", 12, "unexpected token: 'FROM'"),
        ("SELECT Id FROM User WHERE", 26, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM User WHERE Id LIKE x", 35, "unexpected token: 'x'"),
        ("SELECT Id FROM User WHERE Id = 'x' OR Id = 'y' AND Id = 'z'", 48, "unexpected token: 'AND'"),
        ("SELECT Id FROM User WHERE Id IN ()", 34, "unexpected token: ')'"),
        ("SELECT Id FROM User WHERE Id IN ('a',)", 38, "unexpected token: ')'"),
        ("SELECT Id FROM User WHERE (Id = 'a'", 36, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM User LIMIT many", 27, "unexpected token: 'many'"),
        ("SELECT Id FROM User LIMIT -1", 27, "unexpected token: '-1'"),
        ("SELECT Id FROM User USING everything", 27, "unexpected token: 'everything'"),
        ("SELECT Id FROM User USING SCOPE mine", 33, "unexpected token: 'mine'"),
        ("SELECT Id FROM User u v", 23, "unexpected token: 'v'"),
        ("SELECT Id FROM User FOR UPDATE", 25, "unexpected token: 'UPDATE'"),
        ("SELECT Id FROM User HAVING COUNT(Id) > 1", 21, "unexpected token: 'HAVING'"),
        ("SELECT Id FROM User GROUP BY Id HAVING FORMAT(Id) = 'x'", 40, "unexpected token: 'FORMAT'"),
        ("SELECT SHOUT(Id) FROM User", 8, "unexpected token: 'SHOUT'"),
        ("SELECT Id FROM User WHERE Id = 'x", 32, "mismatched character '<EOF>' expecting '''"),
        ("SELECT Id FROM User WHERE Id = %", 32, "no viable alternative at character '%'"),
        (
            r"SELECT Id FROM User WHERE Id = 'a\x'",
            34,
            r"Invalid string literal. Illegal character sequence '\x' in string literal.",
        ),
    ] {
        let fault = parse(text).unwrap_err();

        let caret = " ".repeat(column - 1);
        assert_eq!(fault.code.text(), "MALFORMED_QUERY", "{text}");
        assert_eq!(fault.text(text), format!("\n{text}\n{caret}^\nERROR at Row:1:Column:{column}\n{message}"));
    }
    assert_eq!(parse(" ").unwrap_err().text(" "), "A query string has to be specified");
}

#[test]
fn the_row_of_an_error_is_that_of_its_line() {
    let text = "SELECT Id\nFROM User\nWHERE é = 1 ; Name = 2";

    let fault = parse(text).unwrap_err();

    assert_eq!(
        fault.text(text),
        "\nWHERE é = 1 ; Name = 2\n      ^\nERROR at Row:3:Column:7\nno viable alternative at character 'é'"
    );
}

#[test]
fn a_long_line_is_shown_around_the_place() {
    let text = format!("SELECT {} FROM User WHERE", vec!["Id"; 1_000].join(","));

    let shown = parse(&text).unwrap_err().text(&text);

    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[1].ends_with(" FROM User WHERE") && lines[1].len() < 200, "{shown}");
    assert_eq!(lines[2].len(), lines[1].len() + 1);
}

/// Contract H6.1.
#[test]
fn a_query_is_as_long_and_as_deep_as_it_may_be() {
    let long = |length: usize| format!("SELECT Id FROM User WHERE Id = '{}'", "a".repeat(length - 33));
    assert!(parse(&long(100_000)).is_ok());
    assert!(parse(&long(100_001)).unwrap_err().message.contains("100000 characters"));

    for (open, close) in [("(", ")"), ("NOT ", "")] {
        let deep =
            |depth: usize| format!("SELECT Id FROM User WHERE {}Id = 'a'{}", open.repeat(depth), close.repeat(depth));
        assert!(parse(&deep(20)).is_ok(), "{open}");
        assert!(parse(&deep(21)).unwrap_err().message.contains("at most 20 levels"), "{open}");
        assert!(parse(&deep(10_000)).is_err(), "{open}");
    }
}

#[test]
fn eight_times_the_query_takes_about_eight_times_as_long() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 6] = [
        ("fields", |size| format!("SELECT {} FROM LoginHistory", vec!["Id"; size / 3].join(","))),
        ("conditions", |size| format!("SELECT Id FROM LoginHistory WHERE {}", vec!["Id='1'"; size / 12].join(" AND "))),
        ("values", |size| format!("SELECT Id FROM LoginHistory WHERE Id IN ({})", vec!["'1'"; size / 4].join(","))),
        ("a quoted value", |size| format!("SELECT Id FROM LoginHistory WHERE Id='{}'", r"\'".repeat(size / 2))),
        ("a value without its end", |size| format!("SELECT Id FROM LoginHistory WHERE Id='{}", "a".repeat(size))),
        ("operators", |size| "<>=!".repeat(size / 4)),
    ];
    for (name, input) in rows {
        assert_linear(name, 2_000, input, |query| {
            let _whatever = parse(query).map_err(|fault| fault.text(query));
        });
    }
}
