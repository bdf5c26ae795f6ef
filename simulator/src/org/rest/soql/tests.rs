use super::{Condition, Query, parse};

#[test]
fn a_query_with_every_clause_is_read() {
    let query = parse(
        "select Id, Status FROM LoginHistory WHERE UserId = '005A' AND LoginTime >= 2026-08-01T00:00:00Z \
         ORDER BY LoginTime DESC LIMIT 5",
    );

    let condition = |field: &str, operator: &str, value: &str| Condition {
        field: field.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
    };
    let expected = Query {
        fields: vec!["Id".to_owned(), "Status".to_owned()],
        object: "LoginHistory".to_owned(),
        conditions: vec![condition("UserId", "=", "005A"), condition("LoginTime", ">=", "2026-08-01T00:00:00Z")],
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
