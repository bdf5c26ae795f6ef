//! Escapes of single characters. Each kind is undone once and apart from the others: what one of them leaves may be the
//! beginning of another by chance.
//!
//! Crates that undo escapes do not say where a character comes from.

use std::ops::Range;

use super::reading::{Reading, Unit};

/// One kind of escape.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escape {
    /// Undoes the escape at the start of these bytes: how many bytes it takes, and what it stands for.
    unit: fn(&[u8]) -> Option<(usize, Unit)>,
    /// How far from an escape a value of which it is a part may reach without another, in bytes. A run of encoded
    /// characters and a log of keys may go on further.
    reach: usize,
}

/// Every kind. A byte that is no text, or the end of a line, may be the only one in a value of any length.
pub(super) const ESCAPES: [Escape; 10] = [
    Escape { unit: percent, reach: REACH },
    Escape { unit: backslash, reach: REACH },
    Escape { unit: shown_byte, reach: usize::MAX },
    Escape { unit: character_reference, reach: REACH },
    Escape { unit: quoted_printable, reach: REACH },
    LINE_BREAK,
    INDENTED_LINE_BREAK,
    Escape { unit: form_line_break, reach: usize::MAX },
    Escape { unit: quoted_utf8, reach: REACH_OF_SIGN },
    Escape { unit: shell_quote, reach: REACH },
];
/// In a value that is escaped for a URL, as text of JSON or as HTML, there are many escapes. Each doubles the texts that its
/// surroundings are read as, so four times the reach takes ten times as long.
const REACH: usize = 512;
/// Only the sign before a value is in doubt.
const REACH_OF_SIGN: usize = 128;
pub(super) const LINE_BREAK: Escape = Escape { unit: line_break, reach: usize::MAX };
pub(super) const INDENTED_LINE_BREAK: Escape = Escape { unit: indented_line_break, reach: usize::MAX };

/// The parts of a reading in which there is this kind of escape, without it. A part takes in whole logs of keys.
pub(super) fn undo(reading: &Reading, Escape { unit, reach }: Escape, logs: &[Range<usize>]) -> Vec<Reading> {
    let escapes = find(reading.bytes(), unit);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (place, _) in &escapes {
        let part = around(reading.bytes(), place, reach, logs);
        match parts.last_mut().filter(|last| last.end >= part.start) {
            Some(last) => last.end = last.end.max(part.end),
            None => parts.push(part),
        }
    }
    parts.iter().map(|part| without(reading, part, &escapes)).collect()
}

/// Where these escapes stand, and what each stands for.
fn find(bytes: &[u8], unit: fn(&[u8]) -> Option<(usize, Unit)>) -> Vec<(Range<usize>, Unit)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let is_start = STARTS.contains(&bytes[at]);
        match is_start.then(|| unit(&bytes[at..])).flatten() {
            Some((length, unit)) => {
                found.push((at..at + length, unit));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// How far a value may reach of which this escape is a part: some bytes, a run of encoded characters, a log of keys.
fn around(bytes: &[u8], escape: &Range<usize>, reach: usize, logs: &[Range<usize>]) -> Range<usize> {
    let is_encoded = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let before = bytes[..escape.start].iter().rev().take_while(is_encoded).count();
    let after = bytes[escape.end..].iter().take_while(is_encoded).count();
    let start = escape.start.saturating_sub(before.max(reach));
    let end = escape.end.saturating_add(after.max(reach)).min(bytes.len());
    let touched = logs.partition_point(|log| log.end < start)..logs.partition_point(|log| log.start <= end);
    let touched = logs.get(touched).unwrap_or_default();
    let start = touched.first().map_or(start, |log| log.start.min(start));
    let end = touched.last().map_or(end, |log| log.end.max(end));
    start..end
}

/// A part of a reading, with what its escapes stand for.
fn without(reading: &Reading, part: &Range<usize>, escapes: &[(Range<usize>, Unit)]) -> Reading {
    let from = escapes.partition_point(|(place, _)| place.start < part.start);
    let to = escapes.partition_point(|(place, _)| place.start < part.end);
    let mut undone = reading.beside();
    let mut copied = part.start;
    for (place, unit) in &escapes[from..to] {
        undone.extend(reading, copied..place.start);
        undone.push_unit(*unit, reading.place(place.clone()));
        copied = place.end;
    }
    undone.extend(reading, copied..part.end);
    undone
}

/// `%41`, and `%u0041` of JavaScript's `escape`.
fn percent(bytes: &[u8]) -> Option<(usize, Unit)> {
    match bytes {
        [b'%', b'u' | b'U', ..] => utf16_units(bytes, 2),
        [b'%', high, low, ..] => Some((3, Unit::Byte(byte(*high, *low)?))),
        _ => None,
    }
}

/// The backslash escapes of JSON, JavaScript, Python, C, Rust and shells.
pub(super) fn backslash(bytes: &[u8]) -> Option<(usize, Unit)> {
    let [b'\\', kind, rest @ ..] = bytes else { return None };
    let unit = match kind {
        b'x' | b'u' if rest.first() == Some(&b'{') => {
            let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_hexdigit()).take(LONGEST_NUMBER).count();
            let closed = rest.get(1 + digits) == Some(&b'}');
            let char = number(&rest[1..1 + digits], 16).filter(|_| closed)?;
            return Some((4 + digits, Unit::Char(char)));
        }
        b'x' => match rest {
            [high, low, ..] => return Some((4, Unit::Byte(byte(*high, *low)?))),
            _ => return None,
        },
        b'u' => return utf16_units(bytes, 2),
        b'U' => return Some((10, Unit::Char(number(rest.get(..8)?, 16)?))),
        b'0'..=b'3' if rest.len() >= 2 && rest[..2].iter().all(|digit| (b'0'..=b'7').contains(digit)) => {
            let digit = |byte: u8| byte - b'0';
            return Some((4, Unit::Byte(digit(*kind) << 6 | digit(rest[0]) << 3 | digit(rest[1]))));
        }
        b'0' => Unit::Byte(0),
        b'n' => Unit::Byte(b'\n'),
        b'r' => Unit::Byte(b'\r'),
        b't' => Unit::Byte(b'\t'),
        b'b' => Unit::Byte(0x08),
        b'f' => Unit::Byte(0x0c),
        b'e' => Unit::Byte(0x1b),
        b'\n' => Unit::Nothing,
        other if other.is_ascii_punctuation() || *other == b' ' => Unit::Byte(*other),
        _ => return None,
    };
    Some((2, unit))
}

/// How shells and those who write for them quote a single quote inside of two: `'\''`, `'"'"'` (POSIX, Shell Command
/// Language 2.2).
fn shell_quote(bytes: &[u8]) -> Option<(usize, Unit)> {
    let forms: [&[u8]; 2] = [br"'\''", br#"'"'"'"#];
    forms.iter().find(|form| bytes.starts_with(form)).map(|form| (form.len(), Unit::Byte(b'\'')))
}

/// `\xe4`, as this program shows bytes that are no text, beside backslashes that stand for themselves.
fn shown_byte(bytes: &[u8]) -> Option<(usize, Unit)> {
    match bytes {
        [b'\\', b'x', high, low, ..] => {
            byte(*high, *low).filter(|byte| !byte.is_ascii()).map(|byte| (4, Unit::Byte(byte)))
        }
        _ => None,
    }
}

/// `&#65;`, `&#x41;`, `&auml;`. The semicolon of a number may be missing, or stand on the next line of a wrapped text.
fn character_reference(bytes: &[u8]) -> Option<(usize, Unit)> {
    let [b'&', rest @ ..] = bytes else { return None };
    let (prefix, radix) = match rest {
        [b'#', b'x' | b'X', ..] => (2, 16),
        [b'#', ..] => (1, 10),
        _ => {
            let name = rest.iter().take(LONGEST_NAME).position(|byte| *byte == b';')?;
            let char = named(std::str::from_utf8(&rest[..name]).ok()?)?;
            return Some((name + 2, Unit::Char(char)));
        }
    };
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let digits = rest[prefix..].iter().take_while(is_digit).take(LONGEST_NUMBER).count();
    let char = number(&rest[prefix..prefix + digits], radix)?;
    let closed = match &rest[prefix + digits..] {
        [b';', ..] => 1,
        [b'\n', b';', ..] => 2,
        [b'\r', b'\n', b';', ..] => 3,
        _ => 0,
    };
    Some((1 + prefix + digits + closed, Unit::Char(char)))
}

/// `=C3=A4` and soft line breaks (RFC 2045, 6.7).
fn quoted_printable(bytes: &[u8]) -> Option<(usize, Unit)> {
    match bytes {
        [b'=', b'\r', b'\n', ..] => Some((3, Unit::Nothing)),
        [b'=', b'\n', ..] => Some((2, Unit::Nothing)),
        [b'=', high, low, ..] => Some((3, Unit::Byte(byte(*high, *low)?))),
        _ => None,
    }
}

/// What programs write in UTF-8: the sign before a value, as in `name=a0=E2=82=AC`, begins no escape.
fn quoted_utf8(bytes: &[u8]) -> Option<(usize, Unit)> {
    let octet = |at: &[u8]| match at {
        [b'=', high, low] if !high.is_ascii_lowercase() && !low.is_ascii_lowercase() => byte(*high, *low),
        _ => None,
    };
    let octets: Vec<u8> = bytes.chunks(3).take(4).map_while(octet).collect();
    let char = octets.utf8_chunks().next()?.valid().chars().next()?;
    let is_written = char.is_control() || char == '=' || !char.is_ascii();
    is_written.then_some((3 * char.len_utf8(), Unit::Char(char)))
}

/// The break of a wrapped line, and the colours that terminals are sent (ECMA-48 5.4).
fn line_break(bytes: &[u8]) -> Option<(usize, Unit)> {
    let length = match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        [0x1b, b'[', rest @ ..] => {
            let parameters = rest.iter().take_while(|byte| (0x20..0x40).contains(*byte)).count();
            let end = rest.get(parameters).filter(|byte| (0x40..0x7f).contains(*byte));
            end.map(|_| 3 + parameters)?
        }
        _ => return None,
    };
    Some((length, Unit::Nothing))
}

/// The same with the indentation of the next line.
fn indented_line_break(bytes: &[u8]) -> Option<(usize, Unit)> {
    indented(bytes, b" \t")
}

/// The same with indentation as forms write it.
fn form_line_break(bytes: &[u8]) -> Option<(usize, Unit)> {
    indented(bytes, b" \t+").filter(|(length, _)| bytes[..*length].contains(&b'+'))
}

fn indented(bytes: &[u8], blanks: &[u8]) -> Option<(usize, Unit)> {
    let (length, unit) = line_break(bytes)?;
    let is_line = bytes[0] != 0x1b;
    let indentation = bytes[length..].iter().take_while(|byte| is_line && blanks.contains(byte)).count();
    Some((length + indentation, unit))
}

/// UTF-16 units after a prefix of this length each: `\u00e4`, `%ud83d%ude00`.
fn utf16_units(bytes: &[u8], prefix: usize) -> Option<(usize, Unit)> {
    let unit = |bytes: &[u8]| {
        let digits = bytes.get(prefix..prefix + 4)?;
        Some((u16::from(byte(digits[0], digits[1])?) << 8) | u16::from(byte(digits[2], digits[3])?))
    };
    let length = prefix + 4;
    let first = unit(bytes)?;
    if let Some(char) = char::from_u32(first.into()) {
        return Some((length, Unit::Char(char)));
    }
    let second = bytes.get(length..).filter(|next| next.starts_with(&bytes[..1])).and_then(unit)?;
    let char = char::decode_utf16([first, second]).next()?.ok()?;
    Some((2 * length, Unit::Char(char)))
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    char::from_u32(u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?)
}

/// The names of ASCII punctuation and of Latin-1 (HTML 13.5). The crate that knows all 2231 takes ten seconds to build.
fn named(name: &str) -> Option<char> {
    let of_ascii = ASCII_NAMES.iter().find(|(known, _)| *known == name).map(|(_, char)| *char);
    let of_latin = || LATIN_NAMES.split(' ').position(|known| known == name);
    of_ascii.or_else(|| char::from_u32(u32::try_from(0xa0 + of_latin()?).ok()?))
}

/// First bytes of all escapes, so that the others are passed over quickly.
const STARTS: &[u8] = b"%\\&='\r\n\x1b";
/// With the semicolon.
const LONGEST_NAME: usize = 10;
const LONGEST_NUMBER: usize = 10;

const ASCII_NAMES: &[(&str, char)] = &[
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("midast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("UnderBar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("lbrace", '{'),
    ("verbar", '|'),
    ("vert", '|'),
    ("rcub", '}'),
    ("rbrace", '}'),
    ("euro", '€'),
];

/// U+00A0 to U+00FF.
const LATIN_NAMES: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn \
    sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml \
    Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
    times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave \
    eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute \
    ucirc uuml yacute thorn yuml";

#[cfg(test)]
mod tests {
    use super::{ESCAPES, named, undo};
    use crate::reading::Reading;

    #[test]
    fn each_escape_is_undone_once_and_its_place_is_kept() {
        for (kind, text, undone) in [
            (0, "a%41%2541%u00e4%uD83D%uDE00%zz%", "aA%41ä😀%zz%"),
            (1, r#"\n\\n\"\/\x41\u00e4\ud83d\ude00\u{1F600}\U0001F600\303\244\ \q\"#, "\n\\n\"/Aä😀😀😀ä \\q\\"),
            (2, r"\xe4\x41\\xc3\xa4", "\u{fffd}\\x41\\ä"),
            (3, "&amp;amp;&lt;&#65;&#x000041;&#65x&auml;&yuml;&excl;&co=1&", "&amp;<AAAxäÿ!&co=1&"),
            (3, "&#65\n;&#x42\r\n;&#67\nx", "ABC\nx"),
            (4, "a=C3=A4=\r\nb=3D1=", "aäb=1="),
            (5, "a\r\n  b\u{1b}[31;1mc\u{1b}[0m", "a  bc"),
            (6, "a\r\n  b\n\tc\u{1b}[31;1md\u{1b}[0m", "abcd"),
            (9, r#"'it'\''s'"'"'' it''s"#, "'it's'' it''s"),
            (8, "a=a0=E2=82=AC=C3=A4=3D=41=E2=", "a=a0€ä==41=E2="),
        ] {
            let [reading] = undo(&Reading::of_text(text), ESCAPES[kind], &[]).try_into().unwrap();
            assert_eq!(String::from_utf8_lossy(reading.bytes()), undone);
            assert_eq!(reading.place(0..reading.bytes().len()).start, 0);
        }
        assert!(undo(&Reading::of_text("nothing & nobody, 100 % of \\q"), ESCAPES[1], &[]).is_empty());
    }

    #[test]
    fn every_name_of_latin_1_stands_for_its_character() {
        assert_eq!([named("nbsp"), named("szlig"), named("yuml")], [Some('\u{a0}'), Some('ß'), Some('ÿ')]);
        assert_eq!(named("nothing"), None);
    }
}
