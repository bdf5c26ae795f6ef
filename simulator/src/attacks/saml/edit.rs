//! Edits of the text of a message.
//!
//! The messages of the simulator are canonical: attributes are sorted, and every element has an end tag. An edit of one
//! value keeps that, so what is edited can still be signed without a canonicaliser.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::NotApplicable;

/// One edit. Elements are named with their prefix: `saml:Issuer`; the first of the name is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Edit {
    /// Removes an attribute: element, name.
    RemoveAttribute(&'static str, &'static str),
    /// Sets an attribute, which may be new: element, name, value.
    SetAttribute(&'static str, &'static str, &'static str),
    /// Changes the value of an attribute: element, name, how.
    Attribute(&'static str, &'static str, Change),
    /// Removes an element.
    Remove(&'static str),
    /// Repeats an element.
    Repeat(&'static str),
    /// Changes the text of an element.
    Text(&'static str, Change),
    /// Inserts as the first child of an element.
    First(&'static str, &'static str),
    /// Inserts as the last child of an element.
    Last(&'static str, &'static str),
    /// Inserts before an element.
    Before(&'static str, &'static str),
    /// Inserts after an element.
    After(&'static str, &'static str),
    /// Moves an element to the end of another one.
    Move(&'static str, &'static str),
    /// Replaces every occurrence of a text.
    Replace(&'static str, &'static str),
    /// Puts a text before the message.
    Prolog(&'static str),
    /// Puts a text after the message.
    Epilog(&'static str),
    /// Cuts off the last bytes.
    Cut(usize),
    /// Inserts so many repetitions of a text as the first child of an element.
    Many(&'static str, &'static str, usize),
    /// Inserts so many nested elements as the first child of an element.
    Nested(&'static str, usize),
    /// Adds so many attributes to an element.
    Attributes(&'static str, usize),
    /// Adds an attribute with so many letters to an element.
    LongAttribute(&'static str, usize),
    /// Adds attributes to a start tag without sorting them.
    Raw(&'static str, &'static str),
}

/// A change of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// Another value.
    Set(&'static str),
    /// A text before it.
    Prefix(&'static str),
    /// A text after it.
    Suffix(&'static str),
    /// A text before it and one after it.
    Around(&'static str, &'static str),
    /// Capital letters.
    Uppercase,
    /// The first letter as a character reference.
    Reference,
    /// Letters and digits of full width.
    FullWidth,
    /// Other letters at its end.
    OtherEnd,
    /// Only the first half.
    Half,
    /// A line break after every letter.
    Lines,
    /// A time so many seconds later.
    Shift(i64),
}

impl Edit {
    /// Applies the edit.
    pub(super) fn apply(self, xml: &str) -> Result<String, NotApplicable> {
        let insert = |at: usize, what: &str| format!("{}{what}{}", &xml[..at], &xml[at..]);
        Ok(match self {
            Self::RemoveAttribute(element, name) => with_attribute(xml, element, name, |_| Ok(None))?,
            Self::SetAttribute(element, name, value) => {
                with_attribute(xml, element, name, |_| Ok(Some(value.to_owned())))?
            }
            Self::Attribute(element, name, change) => with_attribute(xml, element, name, |before| {
                before.ok_or(NotApplicable(name)).and_then(|before| change.apply(before)).map(Some)
            })?,
            Self::Remove(element) => replaced(xml, whole(xml, element)?, ""),
            Self::Repeat(element) => {
                let range = whole(xml, element)?;
                insert(range.end, &xml[range])
            }
            Self::Text(element, change) => {
                let range = content(xml, element)?;
                let text = change.apply(&xml[range.clone()])?;
                replaced(xml, range, &text)
            }
            Self::First(element, what) => insert(content(xml, element)?.start, what),
            Self::Last(element, what) => insert(content(xml, element)?.end, what),
            Self::Before(element, what) => insert(whole(xml, element)?.start, what),
            Self::After(element, what) => insert(whole(xml, element)?.end, what),
            Self::Move(element, into) => {
                let range = whole(xml, element)?;
                let moved = xml[range.clone()].to_owned();
                let rest = replaced(xml, range, "");
                let at = content(&rest, into)?.end;
                format!("{}{moved}{}", &rest[..at], &rest[at..])
            }
            Self::Replace(from, to) => {
                if !xml.contains(from) {
                    return Err(NotApplicable(from));
                }
                xml.replace(from, to)
            }
            Self::Prolog(text) => format!("{text}{xml}"),
            Self::Epilog(text) => format!("{xml}{text}"),
            Self::Cut(bytes) => xml.get(..xml.len().saturating_sub(bytes)).unwrap_or_default().to_owned(),
            Self::Many(element, what, count) => insert(content(xml, element)?.start, &what.repeat(count)),
            Self::Nested(element, count) => {
                insert(content(xml, element)?.start, &format!("{}{}", "<x>".repeat(count), "</x>".repeat(count)))
            }
            Self::Attributes(element, count) => {
                let many: String = (0..count).map(|at| format!(" a{at}=\"\"")).collect();
                insert(tag(xml, element)?.end - 1, &many)
            }
            Self::LongAttribute(element, letters) => {
                insert(tag(xml, element)?.end - 1, &format!(" long=\"{}\"", "x".repeat(letters)))
            }
            Self::Raw(element, attributes) => insert(tag(xml, element)?.end - 1, &format!(" {attributes}")),
        })
    }
}

impl Change {
    fn apply(self, before: &str) -> Result<String, NotApplicable> {
        Ok(match self {
            Self::Set(value) => value.to_owned(),
            Self::Prefix(text) => format!("{text}{before}"),
            Self::Suffix(text) => format!("{before}{text}"),
            Self::Around(left, right) => format!("{left}{before}{right}"),
            Self::Uppercase => before.to_uppercase(),
            Self::Reference => {
                let first = before.chars().next().filter(|first| *first != '&').ok_or(NotApplicable("text"))?;
                format!("&#x{:X};{}", u32::from(first), &before[first.len_utf8()..])
            }
            Self::FullWidth => before.chars().map(full_width).collect(),
            Self::OtherEnd => {
                let kept = before.char_indices().rev().nth(8).map_or(0, |(at, _)| at);
                let end = if before.ends_with("AAAAAAA=") { "BBBBBBB=" } else { "AAAAAAA=" };
                format!("{}{end}", &before[..kept])
            }
            Self::Half => before.chars().take(before.chars().count() / 2 / 4 * 4).collect(),
            Self::Lines => before.chars().flat_map(|one| [one, '\n']).collect(),
            Self::Shift(seconds) => {
                let at: Timestamp = before.parse().map_err(|_| NotApplicable("time"))?;
                let at = at.saturating_add(SignedDuration::from_secs(seconds)).map_err(|_| NotApplicable("time"))?;
                at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
            }
        })
    }
}

fn full_width(letter: char) -> char {
    if letter.is_ascii_alphanumeric() { char::from_u32(u32::from(letter) + 0xFEE0).unwrap_or(letter) } else { letter }
}

/// The start tag of the first element of this name, from `<` to `>`.
pub(super) fn tag(xml: &str, element: &'static str) -> Result<Range<usize>, NotApplicable> {
    let starts = xml.match_indices('<').map(|(at, _)| at).filter(|at| xml[at + 1..].starts_with(element));
    let mut named = starts.filter(|at| xml[at + 1 + element.len()..].starts_with([' ', '>']));
    let start = named.next().ok_or(NotApplicable(element))?;
    let end = start + xml[start..].find('>').ok_or(NotApplicable(element))? + 1;
    Ok(start..end)
}

/// The first element of this name, with its tags.
pub(super) fn whole(xml: &str, element: &'static str) -> Result<Range<usize>, NotApplicable> {
    let start = tag(xml, element)?;
    let (open, close) = (format!("<{element}"), format!("</{element}>"));
    let (mut at, mut depth) = (start.end, 1_usize);
    while depth > 0 {
        let end = at + xml[at..].find(&close).ok_or(NotApplicable(element))?;
        let inner = xml[at..end].match_indices(&open);
        let nested = inner.filter(|(from, _)| xml[at + from + open.len()..].starts_with([' ', '>'])).count();
        depth = depth + nested - 1;
        at = end + close.len();
    }
    Ok(start.start..at)
}

/// What is between the tags of the first element of this name.
pub(super) fn content(xml: &str, element: &'static str) -> Result<Range<usize>, NotApplicable> {
    let range = whole(xml, element)?;
    Ok(tag(xml, element)?.end..range.end - element.len() - "</>".len())
}

/// The value of an attribute of the first element of this name.
pub(super) fn attribute<'a>(xml: &'a str, element: &'static str, name: &str) -> Option<&'a str> {
    let tag = &xml[tag(xml, element).ok()?];
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

pub(super) fn replaced(xml: &str, range: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &xml[..range.start], &xml[range.end..])
}

/// Changes one attribute of a start tag and sorts them again: namespaces first.
fn with_attribute(
    xml: &str,
    element: &'static str,
    name: &'static str,
    change: impl FnOnce(Option<&str>) -> Result<Option<String>, NotApplicable>,
) -> Result<String, NotApplicable> {
    let range = tag(xml, element)?;
    let inside = xml[range.clone()].trim_start_matches('<').trim_end_matches('>');
    let rest = inside.strip_prefix(element).unwrap_or_default();
    let mut attributes: Vec<(String, String)> = Vec::new();
    for one in rest.split("\" ").map(str::trim).filter(|one| !one.is_empty()) {
        let (name, value) = one.split_once("=\"").ok_or(NotApplicable(element))?;
        attributes.push((name.to_owned(), value.trim_end_matches('"').to_owned()));
    }
    let known = attributes.iter().position(|(key, _)| key == name);
    let changed = change(known.map(|at| attributes[at].1.as_str()))?;
    attributes.retain(|(key, _)| key != name);
    attributes.extend(changed.map(|value| (name.to_owned(), value)));
    attributes.sort_by_key(|(key, _)| (!key.starts_with("xmlns"), key.clone()));
    let attributes: String = attributes.iter().map(|(key, value)| format!(" {key}=\"{value}\"")).collect();
    Ok(replaced(xml, range, &format!("<{element}{attributes}>")))
}

#[cfg(test)]
mod tests {
    use super::{Change, Edit};

    const XML: &str =
        "<a:B xmlns:a=\"u\" C=\"1\" D=\"2\"><a:E F=\"2026-12-01T00:00:00.000Z\"><a:E></a:E>x</a:E>y</a:B>";

    #[test]
    fn an_edit_changes_one_place_and_keeps_the_canonical_form() {
        let table = [
            (Edit::RemoveAttribute("a:B", "C"), XML.replace(" C=\"1\"", "")),
            (Edit::SetAttribute("a:B", "A", "0"), XML.replace(" C=", " A=\"0\" C=")),
            (Edit::Attribute("a:B", "D", Change::Suffix("!")), XML.replace("D=\"2\"", "D=\"2!\"")),
            (Edit::Attribute("a:E", "F", Change::Shift(-1)), XML.replace("12-01T00:00:00", "11-30T23:59:59")),
            (Edit::Remove("a:E"), "<a:B xmlns:a=\"u\" C=\"1\" D=\"2\">y</a:B>".to_owned()),
            (Edit::Last("a:B", "<z></z>"), XML.replace("y</a:B>", "y<z></z></a:B>")),
            (Edit::First("a:E", "z"), XML.replacen("><a:E></a:E>", ">z<a:E></a:E>", 1)),
            (Edit::After("a:E", "z"), XML.replace("</a:E>y", "</a:E>zy")),
            (Edit::Text("a:B", Change::Set("t")), "<a:B xmlns:a=\"u\" C=\"1\" D=\"2\">t</a:B>".to_owned()),
        ];
        for (edit, expected) in table {
            assert_eq!(edit.apply(XML).as_deref(), Ok(expected.as_str()), "{edit:?}");
        }
        assert!(Edit::Remove("a:Z").apply(XML).is_err() && Edit::Replace("q", "").apply(XML).is_err());
    }

    #[test]
    fn a_value_is_changed_as_said() {
        let table = [
            (Change::Uppercase, "ABC-1"),
            (Change::Reference, "&#x61;bc-1"),
            (Change::FullWidth, "ａｂｃ-１"),
            (Change::Around("<", ">"), "<abc-1>"),
            (Change::Lines, "a\nb\nc\n-\n1\n"),
        ];
        for (change, expected) in table {
            assert_eq!(change.apply("abc-1").as_deref(), Ok(expected), "{change:?}");
        }
    }
}
