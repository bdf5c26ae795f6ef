use super::*;

#[test]
fn a_place_counts_lines_and_columns_in_characters_from_one() {
    let source = Source::new("a.yaml", "title: ü\npage: hóme # x\n");
    let start = source.text().find("hóme").unwrap();

    let place = source.place(start..start + "hóme".len(), "here");

    assert_eq!((place.line, place.column, place.width), (2, 7, 4));
    assert_eq!(place.text, "page: hóme # x");
    assert_eq!((place.file.as_str(), place.label.as_str()), ("a.yaml", "here"));
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_no_part_of_a_line() {
    let source = Source::new("a.yaml", "\u{feff}title: a\r\npage: b\r\n");

    assert_eq!(source.place(0..5, "").text, "title: a");
    assert_eq!(source.place(10..14, "").text, "page: b");
    assert_eq!(source.place(10..14, "").line, 2);
}

#[test]
fn a_range_outside_the_text_or_inside_a_character_still_gives_a_place() {
    let source = Source::new("a.yaml", "aü");

    assert_eq!(source.place(90..99, "").column, 3);
    assert_eq!(source.place(2..2, "").column, 2);
    assert_eq!(Source::new("empty", "").place(0..0, "").line, 1);
}

#[test]
fn a_range_over_several_lines_marks_the_first() {
    let source = Source::new("a.yaml", "one: 1\ntwo: 2\n");

    let place = source.place(0..14, "");

    assert_eq!((place.line, place.column, place.width), (1, 1, 6));
}

#[test]
fn line_and_column_lead_back_to_the_offset() {
    let source = Source::new("a.yaml", "ü: 1\r\nb: 2\n");

    assert_eq!(source.offset(2, 4), source.text().find('2').unwrap());
    assert_eq!(source.offset(1, 2), 2);
    assert_eq!(source.offset(1, 99), 5);
    assert_eq!(source.offset(99, 1), source.text().len());
}

#[test]
fn a_very_long_line_is_kept_only_as_far_as_it_is_shown() {
    let source = Source::new("a.yaml", "x".repeat(1_000_000));

    assert_eq!(source.place(0..1, "").text.len(), 1 + Place::LONGEST_TEXT);
}
