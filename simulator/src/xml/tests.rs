use proptest::prelude::*;
use vestibule_snapshots::growth::assert_linear;

use super::{XmlRejection, parse, parse_with_comments};

#[test]
fn names_and_attributes_carry_their_namespaces() {
    let xml = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a xmlns=\"urn:a\" x=\"1\"><b:c xmlns:b=\"urn:b\" b:x=\"2\" x=\"3\"/><d xmlns=\"\"/></a>\n";

    let root = parse(xml, 1000).unwrap();

    assert!(root.is("urn:a", "a"));
    let child = root.first("urn:b", "c").unwrap();
    assert_eq!(child.attribute("x"), Some("3"));
    assert_eq!(child.attributes[0].namespace, "urn:b");
    assert!(root.first("", "d").is_some());
    assert_eq!(root.descendants().len(), 3);
}

#[test]
fn text_is_joined_over_references_and_cdata() {
    let root = parse("<a>1&lt;&#50;<![CDATA[<3>]]>\r\n&#x1F600;</a>".as_bytes(), 100).unwrap();

    assert_eq!(root.text, "1<2<3>\n\u{1F600}");
}

#[test]
fn the_limit_is_in_bytes() {
    assert!(parse(b"<a></a>", 7).is_ok());
    assert_eq!(parse(b"<a></a>", 6), Err(XmlRejection::TooLarge { limit: 6 }));
}

#[test]
fn what_other_parsers_would_repair_is_not_well_formed() {
    let table = [
        "",
        "text",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a b=1/>",
        "<a b/>",
        "<a b='1' b='2'/>",
        "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>",
        "<p:a/>",
        "<a p:b='1'/>",
        "<a:b:c/>",
        "<:a/>",
        "<1/>",
        "<é/>",
        "<a b='<'/>",
        "<a b='&#0;'/>",
        "<a b='&#8;'/>",
        "<a>&#xFFFE;</a>",
        "<a>\u{1}</a>",
        "<a>& b</a>",
        "<a>]]></a>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='latin1'?><a/>",
        "<a/><?xml version='1.0'?>",
        "<![CDATA[x]]><a/>",
        "&#50;<a/>",
    ];
    for xml in table {
        let found = parse(xml.as_bytes(), 1000);
        assert!(matches!(found, Err(XmlRejection::NotWellFormed(_))), "{xml}: {found:?}");
    }
}

#[test]
fn what_saml_has_no_need_of_is_refused_by_name() {
    let table = [
        ("<!DOCTYPE a><a/>", XmlRejection::Doctype),
        ("<a><!-- --></a>", XmlRejection::Comment),
        ("<a/><!-- -->", XmlRejection::Comment),
        ("<?x?><a/>", XmlRejection::ProcessingInstruction),
        ("<a>&nbsp;</a>", XmlRejection::UnknownEntity),
        ("<a b='&nbsp;'/>", XmlRejection::UnknownEntity),
    ];
    for (xml, why) in table {
        assert_eq!(parse(xml.as_bytes(), 1000), Err(why), "{xml}");
    }
    assert_eq!(parse(b"<a>\xFF</a>", 1000), Err(XmlRejection::NotUtf8));
    assert_eq!(parse("<a>".repeat(33).as_bytes(), 1000), Err(XmlRejection::TooDeep));
}

#[test]
fn comments_are_left_out_where_nothing_is_signed_and_nothing_else_is_let_through() {
    let root = parse_with_comments(b"<!-- 1 --><a>x<!-- 2 --><b/>y</a><!-- 3 -->", 100).unwrap();

    assert_eq!((root.text.as_str(), root.children.len()), ("xy", 1));
    for (xml, why) in [
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", XmlRejection::Doctype),
        ("<a>&e;</a>", XmlRejection::UnknownEntity),
        ("<?x?><a/>", XmlRejection::ProcessingInstruction),
    ] {
        assert_eq!(parse_with_comments(xml.as_bytes(), 1000), Err(why), "{xml}");
    }
    for xml in ["<a><!-- -- --></a>", "<a><!-- </a>", "<!-- -->"] {
        let found = parse_with_comments(xml.as_bytes(), 1000);
        assert!(matches!(found, Err(XmlRejection::NotWellFormed(_))), "{xml}: {found:?}");
    }
}

#[test]
fn what_no_honest_message_has_so_much_of_is_refused() {
    let attributes = |count: usize| (0..count).map(|number| format!(" a{number}=''")).collect::<String>();
    let namespaces = |from: usize, count: usize| {
        (from..from + count).map(|number| format!(" xmlns:n{number}='urn:{number}'")).collect::<String>()
    };
    let table = [
        (format!("<a{}/>", attributes(64)), None),
        (format!("<a{}/>", attributes(65)), Some(XmlRejection::TooManyAttributes)),
        (format!("<a{}{}/>", attributes(32), namespaces(0, 33)), Some(XmlRejection::TooManyAttributes)),
        (format!("<a>{}</a>", "<b/>".repeat(8191)), None),
        (format!("<a>{}</a>", "<b/>".repeat(8192)), Some(XmlRejection::TooManyElements)),
        (format!("<a{}><b{}/><b{}/></a>", namespaces(0, 40), namespaces(40, 24), namespaces(40, 24)), None),
        (format!("<a{}><b{}/></a>", namespaces(0, 40), namespaces(40, 25)), Some(XmlRejection::TooManyNamespaces)),
        (format!("<a xmlns='{}'/>", "x".repeat(1024)), None),
        (format!("<a xmlns='{}'/>", "x".repeat(1025)), Some(XmlRejection::NamespaceTooLong)),
    ];
    for (xml, why) in table {
        assert_eq!(parse(xml.as_bytes(), 1_000_000).err(), why, "{}", &xml[..xml.len().min(80)]);
    }
}

#[test]
fn eight_times_the_xml_takes_about_eight_times_as_long() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 9] = [
        ("attributes of one element", |size| {
            format!("<a{}/>", (0..size / 8).map(|number| format!(" a{number}=''")).collect::<String>())
        }),
        ("namespaces of one element", |size| {
            format!("<a{}/>", (0..size / 16).map(|number| format!(" xmlns:n{number}='u'")).collect::<String>())
        }),
        ("attributes of many elements", |size| {
            let one: String = (0..60).map(|number| format!(" a{number}=''")).collect();
            format!("<a>{}</a>", format!("<b{one}/>").repeat(size / 480))
        }),
        ("a long namespace name", |size| {
            format!("<a xmlns='{}'>{}</a>", "x".repeat(size / 2), "<b/>".repeat(size / 8))
        }),
        ("prefixes", |size| {
            let declared: String = (0..60).map(|number| format!(" xmlns:n{number}='urn:{number}'")).collect();
            format!("<a{declared}>{}</a>", "<n0:b/>".repeat(size / 7))
        }),
        ("elements side by side", |size| format!("<a>{}</a>", "<b></b>".repeat(size / 7))),
        ("elements in one another", |size| {
            format!("<a>{}</a>", format!("{}{}", "<b>".repeat(30), "</b>".repeat(30)).repeat(size / 210))
        }),
        ("references", |size| format!("<a>{}</a>", "&amp;&#65;".repeat(size / 10))),
        ("CDATA", |size| format!("<a>{}</a>", "<![CDATA[x]]>y".repeat(size / 14))),
    ];
    for (name, input) in rows {
        assert_linear(name, 2_000, input, |xml| {
            let _whatever = parse(xml.as_bytes(), 1_000_000);
        });
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, 1000);
    }

    #[test]
    fn no_markup_makes_the_parser_panic(text in "[<>/a:b='\"&;#x1! ?\\-\\[\\]]{0,60}") {
        let _ = parse(text.as_bytes(), 1000);
    }
}
