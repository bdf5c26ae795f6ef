use super::*;

fn texts(source: &Source, node: &Node, found: &mut Vec<(u32, u32, String)>) {
    let placed = |span: Span, what: &str| {
        let place = source.place(span.range(), "");
        (place.line, place.column, what.to_owned())
    };
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                found.push(placed(key.span, &key.name));
                texts(source, value, found);
            }
        }
        Value::List(items) => items.iter().for_each(|item| texts(source, item, found)),
        Value::Text(text) => found.push(placed(node.span, text)),
        other => found.push(placed(node.span, &format!("{other:?}"))),
    }
}

fn placed(text: &str) -> Vec<(u32, u32, String)> {
    let source = Source::new("a.yaml", text);
    let mut found = Vec::new();
    for document in documents(&source).unwrap() {
        texts(&source, &document, &mut found);
    }
    found
}

#[test]
fn keys_and_values_are_placed_in_the_second_and_third_document_too() {
    let text = "# comment ü\na: 1\n---\nb: [x, \"ü y\"]\n--- # third\nc:\n  - d: true\n";

    let found = placed(text);

    let expected = [
        (2, 1, "a"),
        (2, 4, "Integer(1)"),
        (4, 1, "b"),
        (4, 5, "x"),
        (4, 8, "ü y"),
        (6, 1, "c"),
        (7, 5, "d"),
        (7, 8, "Bool(true)"),
    ];
    assert_eq!(found, expected.map(|(line, column, what)| (line, column, what.to_owned())));
}

#[test]
fn a_byte_order_mark_and_crlf_move_nothing() {
    let found = placed("\u{feff}a: x\r\n---\r\nb: y\r\n");

    assert_eq!(found[1], (1, 4, "x".to_owned()));
    assert_eq!(found[3], (3, 4, "y".to_owned()));
}

#[test]
fn an_alias_is_placed_where_it_is_used() {
    let found = placed("a: &v value\nb: *v\n");

    assert_eq!(found[3], (2, 4, "value".to_owned()));
}

#[test]
fn a_document_without_content_is_no_scenario() {
    let source = Source::new("a.yaml", "---\n# nothing\n---\na: 1\n---\n");

    assert_eq!(documents(&source).unwrap().len(), 1);
}
