//! Texts that are written as a list of their characters: keys of a keyboard, code units, bytes.

use std::ops::Range;

use super::escapes::backslash;
use super::reading::{Reading, Unit};

/// Quoted single characters, one after the other, whatever stands between them: `["h","u"]`, and the `value` of each key
/// action in a log of WebDriver. A quote may close one character or open the next, so there are several readings.
pub(super) fn keys(reading: &Reading) -> Vec<Reading> {
    let all = quoted_characters(reading, 0, Quotes::Shared);
    if all.len() < FEWEST {
        return Vec::new();
    }
    let second = all.get(1).map_or(0, |key| key.start);
    let [first, second] = [0, second].map(|from| {
        let in_list = |between: &[u8]| between.iter().all(|byte| byte.is_ascii_whitespace() || b",;+".contains(byte));
        joined(reading, quoted_characters(reading, from, Quotes::Apart), in_list)
    });
    let pressed = all.into_iter().filter(|key| !is_between_keys(key.unit)).collect();
    vec![first, second, joined(reading, pressed, |between| between.len() <= LONGEST_BETWEEN_KEYS)]
}

/// Where the logs of keys stand: quoted characters, each near the next.
pub(super) fn logs_of_keys(reading: &Reading) -> Vec<Range<usize>> {
    let mut logs: Vec<(Range<usize>, usize)> = Vec::new();
    for Key { unit, start, end } in quoted_characters(reading, 0, Quotes::Shared) {
        if is_between_keys(unit) {
            continue;
        }
        match logs.last_mut().filter(|(log, _)| start <= log.end + LONGEST_BETWEEN_KEYS) {
            Some((log, keys)) => {
                log.end = end;
                *keys += 1;
            }
            None => logs.push((start..end, 1)),
        }
    }
    logs.into_iter().filter(|(_, keys)| *keys >= FEWEST).map(|(log, _)| log).collect()
}

/// A reading without what may stand between keys, and in which no character follows itself: each key is pressed and
/// released.
pub(super) fn typed(reading: &Reading) -> Reading {
    let mut typed = reading.beside();
    let mut last = None;
    let mut at = 0;
    for chunk in reading.bytes().utf8_chunks() {
        for char in chunk.valid().chars() {
            let length = char.len_utf8();
            if last == Some(char) {
                typed.stretch(reading.place(at..at + length).end);
            } else if !is_between_keys(Unit::Char(char)) {
                typed.extend(reading, at..at + length);
                last = Some(char);
            }
            at += length;
        }
        at += chunk.invalid().len();
    }
    typed
}

/// A quoted character, and where it stands in a reading.
#[derive(Debug, Clone, Copy)]
struct Key {
    unit: Unit,
    start: usize,
    end: usize,
}

/// Whether a quote that closed a character may open the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    Shared,
    Apart,
}

fn quoted_characters(reading: &Reading, from: usize, quotes: Quotes) -> Vec<Key> {
    let bytes = reading.bytes();
    let mut keys = Vec::new();
    let mut at = from;
    while at < bytes.len() {
        let Some((length, unit)) = quoted(&bytes[at..]) else {
            at += 1;
            continue;
        };
        keys.push(Key { unit, start: at, end: at + length });
        at += if quotes == Quotes::Shared { length - 1 } else { length };
    }
    keys
}

/// The keys in one reading, with a zero where what stands between two of them does not belong there.
fn joined(reading: &Reading, keys: Vec<Key>, belongs: impl Fn(&[u8]) -> bool) -> Reading {
    let mut joined = reading.beside();
    let mut last = 0;
    for key in keys {
        let between = reading.bytes().get(last..key.start).unwrap_or_default();
        if !joined.bytes().is_empty() && !belongs(between) {
            joined.push(0, reading.place(key.start..key.start + 1));
        }
        last = key.end;
        // WebDriver names keys without a character, such as Shift, by the private use area (WebDriver 17.4.2).
        if !matches!(key.unit, Unit::Char('\u{e000}'..='\u{f8ff}')) {
            joined.push_unit(key.unit, reading.place(key.start..key.end));
        }
    }
    joined
}

/// What stands between two quotes in a list or an object as well, and a space as forms write it: `","`, `":"`.
fn is_between_keys(unit: Unit) -> bool {
    matches!(unit, Unit::Char(',' | ':' | '[' | ']' | '{' | '}' | ' ' | '+'))
}

/// Numbers in a list: `[104, 117]`, `{"0":104,"1":117}`. Each is a byte, signed as in Java or not, or a character.
pub(super) fn numbers(reading: &Reading) -> Vec<Reading> {
    let bytes = reading.bytes();
    let mut lists = Vec::new();
    let mut list: Vec<(Number, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            at += 1;
            continue;
        }
        let end = at + digits;
        // An index of an object.
        let is_key = matches!(bytes.get(end), Some(b'"' | b'\''));
        match Number::read(bytes, at, end) {
            _ if is_key => {}
            Some(number) => {
                let between = list.last().map(|(_, _, last)| &bytes[*last..at]);
                let separates = |between: &[u8]| {
                    between.len() <= LONGEST_BETWEEN_NUMBERS && between.iter().all(|byte| separates(*byte))
                };
                if !between.is_none_or(separates) {
                    end_list(reading, &mut lists, &mut list);
                }
                list.push((number, at, end));
            }
            None => end_list(reading, &mut lists, &mut list),
        }
        at = end;
    }
    end_list(reading, &mut lists, &mut list);
    lists
}

fn end_list(reading: &Reading, lists: &mut Vec<Reading>, list: &mut Vec<(Number, usize, usize)>) {
    let ended = std::mem::take(list);
    if ended.len() < FEWEST {
        return;
    }
    let read = |unit: fn(&Number) -> Unit| {
        let mut read = reading.beside();
        for (number, start, end) in &ended {
            read.push_unit(unit(number), reading.place(*start..*end));
        }
        read
    };
    lists.push(read(|number| number.byte.map_or(Unit::Byte(0), Unit::Byte)));
    if ended.iter().any(|(number, ..)| number.char.is_some_and(|char| !char.is_ascii())) {
        lists.push(read(|number| number.char.map_or(Unit::Byte(0), Unit::Char)));
    }
}

/// What a number may stand for.
#[derive(Debug, Clone, Copy)]
struct Number {
    byte: Option<u8>,
    char: Option<char>,
}

impl Number {
    /// The number with these digits, where it is a whole number and no part of a word.
    fn read(bytes: &[u8], start: usize, end: usize) -> Option<Self> {
        let before = start.checked_sub(1).map(|before| bytes[before]);
        let in_word = before.is_some_and(is_part_of_word) || bytes.get(end).copied().is_some_and(is_part_of_word);
        if in_word || end - start > MOST_DIGITS {
            return None;
        }
        let number: u32 = std::str::from_utf8(&bytes[start..end]).ok()?.parse().ok()?;
        let byte = u8::try_from(number).ok();
        Some(match byte {
            Some(byte @ 1..=128) if before == Some(b'-') => Self { byte: Some(byte.wrapping_neg()), char: None },
            byte => Self { byte, char: char::from_u32(number) },
        })
    }
}

fn is_part_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

fn separates(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_digit() || b",;:+\"'-".contains(&byte)
}

/// A quoted character at the start of these bytes.
fn quoted(bytes: &[u8]) -> Option<(usize, Unit)> {
    let [quote @ (b'"' | b'\''), rest @ ..] = bytes else { return None };
    let (length, unit) = match rest.first()? {
        b'\\' => backslash(rest)?,
        byte if byte == quote => return None,
        _ => {
            let char = rest[..rest.len().min(4)].utf8_chunks().next()?.valid().chars().next()?;
            (char.len_utf8(), Unit::Char(char))
        }
    };
    (rest.get(length) == Some(quote)).then_some((length + 2, unit))
}

/// Characters of the shortest secret.
const FEWEST: usize = 4;
/// Bytes of a key action in a log.
const LONGEST_BETWEEN_KEYS: usize = 512;
const LONGEST_BETWEEN_NUMBERS: usize = 64;
const MOST_DIGITS: usize = 7;

#[cfg(test)]
mod tests {
    use super::{keys, numbers, typed};
    use crate::reading::Reading;

    #[test]
    fn lists_of_characters_and_of_numbers_are_joined() {
        let shown = |reading: &Reading| String::from_utf8_lossy(reading.bytes()).into_owned();
        let keys = |text: &str| keys(&Reading::of_text(text)).iter().map(shown).collect::<Vec<_>>();
        let numbers = |text: &str| numbers(&Reading::of_text(text)).iter().map(shown).collect::<Vec<_>>();
        let typed = |text: &str| shown(&typed(&Reading::of_text(text)));

        assert_eq!(keys(r#"["h","\"","\u00e4",'ß' , "\\"]"#)[0], "h\"äß\\");
        assert_eq!(keys(r#"["h","\ue008","u",",","t"]"#)[0], "hu,t");
        let shifted = keys(r#""["h","u",",","t"]""#);
        assert!(shifted.contains(&"hu,t".to_owned()), "the first quote does not belong to a key: {shifted:?}");
        let actions = r#"{"type":"keyDown","value":"h"},{"type":"keyUp","value":"h"},{"type":"keyDown","value":"i"}"#;
        assert_eq!(keys(actions)[2], "hhi");
        assert_eq!(keys(r#"it's "a" 'b' word"#), Vec::<String>::new());
        assert_eq!(typed("hhuu,,nn: tt€€"), "hunt€", "a key is pressed and released");
        assert_eq!(numbers("[104, 117,\n  110, 116] 3.5 2"), ["hunt"]);
        assert_eq!(numbers(r#"{"0":104,"1":117,"2":110,"3":-28}"#), ["hun\u{fffd}"]);
        assert_eq!(numbers("[104, 117, 8364, 228]"), ["hu\0\u{fffd}", "hu€ä"]);
        assert_eq!(numbers("12:30:45.123 a1 b2 c3 d4"), Vec::<String>::new());
    }
}
