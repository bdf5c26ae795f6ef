use vestibule_snapshots::growth::assert_linear;

use super::{Condition, Operator, Query, parse};

#[test]
fn a_query_with_every_clause_is_read() {
    let query = parse(
        "select Id, Status FROM LoginHistory WHERE UserId = '005A' AND LoginTime >= 2026-08-01T00:00:00Z \
         ORDER BY LoginTime DESC LIMIT 5",
    );

    let condition =
        |field: &str, operator, value: &str| Condition { field: field.to_owned(), operator, value: value.to_owned() };
    let expected = Query {
        fields: vec!["Id".to_owned(), "Status".to_owned()],
        object: "LoginHistory".to_owned(),
        conditions: vec![
            condition("UserId", Operator::Equal, "005A"),
            condition("LoginTime", Operator::GreaterOrEqual, "2026-08-01T00:00:00Z"),
        ],
        order: Some(("LoginTime".to_owned(), true)),
        limit: Some(5),
    };
    assert_eq!(query, Ok(expected));
}

#[test]
fn a_quoted_value_may_hold_spaces_keywords_and_an_escaped_quote() {
    let query = parse(r"SELECT Id FROM LoginHistory WHERE LoginType='a AND \'b\' '").unwrap();

    assert_eq!(query.conditions[0].value, "a AND 'b' ");
}

#[test]
fn a_query_that_is_not_understood_is_refused_with_its_first_bad_token() {
    for (text, message) in [
        ("", "expecting SELECT"),
        ("SELECT FROM LoginHistory", "expecting FROM"),
        ("SELECT Id", "expecting FROM"),
        ("SELECT Id FROM LoginHistory WHERE", "unexpected end of the query"),
        ("SELECT Id FROM LoginHistory WHERE UserId LIKE 'x'", "unexpected token: 'LIKE'"),
        ("SELECT Id FROM LoginHistory WHERE UserId = 'x", "a quoted value is not closed"),
        ("SELECT Id FROM LoginHistory LIMIT many", "LIMIT needs a number, not 'many'"),
        ("SELECT Id FROM LoginHistory GROUP BY Id", "unexpected token: 'GROUP'"),
    ] {
        assert_eq!(parse(text), Err(message.to_owned()), "{text}");
    }
}

#[test]
fn a_query_takes_as_many_conditions_as_rows_can_be_held_against() {
    let query = |conditions: usize| {
        format!("SELECT Id FROM LoginHistory WHERE {}", ["Id='1'"].repeat(conditions).join(" AND "))
    };

    assert!(parse(&query(32)).is_ok());
    assert_eq!(parse(&query(33)), Err("the simulated org takes at most 32 conditions".to_owned()));
}

#[test]
fn eight_times_the_query_takes_about_eight_times_as_long() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 4] = [
        ("fields", |size| format!("SELECT {} FROM LoginHistory", vec!["Id"; size / 3].join(","))),
        ("conditions", |size| format!("SELECT Id FROM LoginHistory WHERE {}", vec!["Id='1'"; size / 12].join(" AND "))),
        ("a quoted value", |size| format!("SELECT Id FROM LoginHistory WHERE Id='{}'", r"\'".repeat(size / 2))),
        ("operators", |size| "<>=!".repeat(size / 4)),
    ];
    for (name, input) in rows {
        assert_linear(name, 2_000, input, |query| {
            let _whatever = parse(query);
        });
    }
}
