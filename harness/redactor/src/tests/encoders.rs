//! Encodes texts, and keeps track of which characters of the outcome tell something of a secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Bytes, each with whether it is a part of the secret.
#[derive(Debug, Clone)]
pub(super) struct Tracked(pub(super) Vec<(u8, bool)>);

/// One way to write a text or bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Percent,
    PercentEverything,
    Form,
    Json,
    JsonAscii,
    Unicode,
    Hexadecimal,
    Octal,
    Shell,
    Html,
    HtmlDecimal,
    HtmlHexadecimal,
    HtmlNamed,
    QuotedPrintable,
    Base64,
    Base64Unpadded,
    Base64Url,
    Base64Mime,
    Base32,
    Base32Lower,
    Base32Groups,
    Base32Dashes,
    Hex,
    HexUpper,
    HexColons,
    HexSpaces,
    HexDump,
    Utf16Le,
    Utf16Be,
    Deflate,
    Zlib,
    Gzip,
    Keys,
    KeyActions,
    CharCodes,
    ByteObject,
    Lines,
    Indented,
    Colours,
}

/// Every encoding.
pub(super) const ALL: [Encoding; 39] = [
    Encoding::Percent,
    Encoding::PercentEverything,
    Encoding::Form,
    Encoding::Json,
    Encoding::JsonAscii,
    Encoding::Unicode,
    Encoding::Hexadecimal,
    Encoding::Octal,
    Encoding::Shell,
    Encoding::Html,
    Encoding::HtmlDecimal,
    Encoding::HtmlHexadecimal,
    Encoding::HtmlNamed,
    Encoding::QuotedPrintable,
    Encoding::Base64,
    Encoding::Base64Unpadded,
    Encoding::Base64Url,
    Encoding::Base64Mime,
    Encoding::Base32,
    Encoding::Base32Lower,
    Encoding::Base32Groups,
    Encoding::Base32Dashes,
    Encoding::Hex,
    Encoding::HexUpper,
    Encoding::HexColons,
    Encoding::HexSpaces,
    Encoding::HexDump,
    Encoding::Utf16Le,
    Encoding::Utf16Be,
    Encoding::Deflate,
    Encoding::Zlib,
    Encoding::Gzip,
    Encoding::Keys,
    Encoding::KeyActions,
    Encoding::CharCodes,
    Encoding::ByteObject,
    Encoding::Lines,
    Encoding::Indented,
    Encoding::Colours,
];

impl Tracked {
    pub(super) fn new(before: &str, secret: &str, after: &str) -> Self {
        let parts = [(before, false), (secret, true), (after, false)];
        Self(parts.iter().flat_map(|(text, of_secret)| text.bytes().map(|byte| (byte, *of_secret))).collect())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.iter().map(|(byte, _)| *byte).collect()
    }

    /// Of keys that are pressed, punctuation at the ends of a secret may stay.
    fn without_punctuation(&self) -> Self {
        Self(self.0.iter().map(|(byte, of_secret)| (*byte, *of_secret && !b",:[]{} +".contains(byte))).collect())
    }

    /// As it is shown in a text: bytes that are no text as `\xe4`.
    pub(super) fn readable(&self) -> Self {
        let bytes = self.bytes();
        let mut at = 0;
        let mut readable = Vec::new();
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid().len();
            readable.extend_from_slice(&self.0[at..at + valid]);
            at += valid;
            for (byte, of_secret) in &self.0[at..at + chunk.invalid().len()] {
                readable.extend(format!("\\x{byte:02x}").bytes().map(|byte| (byte, *of_secret)));
            }
            at += chunk.invalid().len();
        }
        Self(readable)
    }

    /// Written in this encoding; `None` where it is one for text only.
    pub(super) fn encoded(&self, encoding: Encoding) -> Option<Self> {
        use Encoding as E;
        Some(match encoding {
            E::Percent => self.each_byte(|byte| match byte {
                byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            }),
            E::PercentEverything => self.each_byte(|byte| format!("%{byte:02x}")),
            E::Form => self.each_char(|char| form(&char.to_string()))?,
            E::Hexadecimal => self.each_byte(|byte| format!("\\x{byte:02X}")),
            E::Octal => self.each_byte(|byte| format!("\\{byte:03o}")),
            E::QuotedPrintable => self.each_byte(|byte| match byte {
                b'=' | 0..0x20 | 0x7f.. => format!("={byte:02X}"),
                byte => char::from(byte).to_string(),
            }),
            E::Json => self.each_char(json)?,
            E::JsonAscii => self.each_char(|char| match char {
                ' '..='~' => json(char),
                char => unicode(char),
            })?,
            E::Unicode => self.each_char(unicode)?,
            E::Shell => self.each_char(|char| match char {
                char if char.is_ascii_punctuation() || char == ' ' => format!("\\{char}"),
                char => char.to_string(),
            })?,
            E::Html => self.each_char(|char| match char {
                '&' => "&amp;".into(),
                '<' => "&lt;".into(),
                '>' => "&gt;".into(),
                '"' => "&quot;".into(),
                '\'' => "&#39;".into(),
                char => char.to_string(),
            })?,
            E::HtmlDecimal => self.each_char(|char| format!("&#{};", u32::from(char)))?,
            E::HtmlHexadecimal => self.each_char(|char| format!("&#x{:04X};", u32::from(char)))?,
            E::HtmlNamed => self.each_char(|char| match char {
                'ä' => "&auml;".into(),
                '!' => "&excl;".into(),
                '&' => "&amp;".into(),
                '/' => "&sol;".into(),
                char => char.to_string(),
            })?,
            E::Base64 => self.in_groups(6, &STANDARD.encode(self.bytes())),
            E::Base64Unpadded => self.in_groups(6, &STANDARD_NO_PAD.encode(self.bytes())),
            E::Base64Url => self.in_groups(6, &URL_SAFE_NO_PAD.encode(self.bytes())),
            E::Base64Mime => self.in_groups(6, &STANDARD.encode(self.bytes())).wrapped(76, "\r\n"),
            E::Base32 => self.base32(str::to_owned),
            E::Base32Lower => self.base32(str::to_lowercase),
            E::Base32Groups => self.base32(str::to_owned).wrapped(4, " "),
            E::Base32Dashes => self.base32(str::to_lowercase).wrapped(8, "-"),
            E::Hex => self.each_byte(|byte| format!("{byte:02x}")),
            E::HexUpper => self.each_byte(|byte| format!("{byte:02X}")),
            E::HexColons => self.each_byte_between("", |byte| format!("{byte:02X}"), ":"),
            E::HexSpaces => self.each_byte_between("", |byte| format!("{byte:02x}"), " "),
            E::HexDump => self.each_byte_between("0x", |byte| format!("{byte:02x}"), ", ").wrapped(48, "\n  "),
            E::Utf16Le => self.utf16(u16::to_le_bytes)?,
            E::Utf16Be => self.utf16(u16::to_be_bytes)?,
            E::Deflate => self.compressed(flate2::read::DeflateEncoder::new(&*self.bytes(), BEST)),
            E::Zlib => self.compressed(flate2::read::ZlibEncoder::new(&*self.bytes(), BEST)),
            E::Gzip => self.compressed(flate2::read::GzEncoder::new(&*self.bytes(), BEST)),
            E::Keys => self.each_char_between(|char| vec![("", quoted(char), ",")])?,
            E::KeyActions => self.without_punctuation().each_char_between(|char| {
                vec![
                    (r#"{"type":"keyDown","value":"#, quoted(char), "},"),
                    (r#"{"type":"keyUp","value":"#, quoted(char), "},"),
                ]
            })?,
            E::CharCodes => self.each_char_between(|char| vec![("", u32::from(char).to_string(), ", ")])?,
            E::ByteObject => {
                let written = self.0.iter().enumerate().flat_map(|(index, (byte, of_secret))| {
                    let (index, byte) = (format!("\"{index}\":"), byte.to_string());
                    [plain(&index), marked(&byte, *of_secret), plain(",")].concat()
                });
                Self(written.collect())
            }
            E::Lines => self.without(b"\r\n\x1b")?.wrapped(11, "\n"),
            E::Indented => self.without(b"\r\n\x1b\t ")?.wrapped(13, "\r\n\t  "),
            E::Colours => self.without(b"\r\n\x1b")?.wrapped(9, "\u{1b}[1;31m"),
        })
    }

    fn each_byte(&self, mut write: impl FnMut(u8) -> String) -> Self {
        Self(self.0.iter().flat_map(|(byte, of_secret)| escaped(&write(*byte), *of_secret)).collect())
    }

    /// What stands before and after a byte tells nothing of it.
    fn each_byte_between(&self, before: &str, write: fn(u8) -> String, after: &str) -> Self {
        let written = self
            .0
            .iter()
            .flat_map(|(byte, of_secret)| [plain(before), marked(&write(*byte), *of_secret), plain(after)].concat());
        Self(written.collect())
    }

    fn each_char(&self, mut write: impl FnMut(char) -> String) -> Option<Self> {
        self.each_char_between(|char| vec![("", write(char), "")])
    }

    /// Each character as some values, with what stands before and after each and tells nothing of it.
    fn each_char_between(
        &self,
        mut write: impl FnMut(char) -> Vec<(&'static str, String, &'static str)>,
    ) -> Option<Self> {
        let bytes = self.bytes();
        let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'))?;
        let mut written = Vec::new();
        for (at, char) in text.char_indices() {
            for (before, value, after) in write(char) {
                written.extend([plain(before), escaped(&value, self.0[at].1), plain(after)].concat());
            }
        }
        Some(Self(written))
    }

    fn utf16(&self, order: fn(u16) -> [u8; 2]) -> Option<Self> {
        let bytes = self.bytes();
        let text = std::str::from_utf8(&bytes).ok().filter(|text| !text.contains('\0'))?;
        let mut units = [0; 2];
        let written = text.char_indices().flat_map(|(at, char)| {
            let bytes: Vec<u8> = char.encode_utf16(&mut units).iter().flat_map(|unit| order(*unit)).collect();
            // A zero tells nothing.
            bytes.into_iter().map(|byte| (byte, byte != 0 && self.0[at].1)).collect::<Vec<_>>()
        });
        Some(Self(written.collect()))
    }

    /// A character that stands for so many bits is of the secret where all of them are.
    fn in_groups(&self, bits: usize, text: &str) -> Self {
        let of_secret = |at: usize| {
            let bytes = self.0.get(at * bits / 8..=(at * bits + bits - 1) / 8);
            bytes.is_some_and(|bytes| bytes.iter().all(|(_, of_secret)| *of_secret))
        };
        Self(text.bytes().enumerate().map(|(at, byte)| (byte, of_secret(at))).collect())
    }

    fn base32(&self, write: fn(&str) -> String) -> Self {
        self.in_groups(5, &write(&totp_rs::Secret::from(self.bytes()).to_base32()))
    }

    /// Of a compressed text nothing may be left.
    fn compressed(&self, mut encoder: impl std::io::Read) -> Self {
        let mut bytes = Vec::new();
        encoder.read_to_end(&mut bytes).unwrap();
        Self(bytes.into_iter().map(|byte| (byte, true)).collect()).encoded(Encoding::Base64).unwrap()
    }

    /// Itself, where it has none of these: what is wrapped twice, or has blanks where it is indented, cannot be joined.
    pub(super) fn without(&self, bytes: &[u8]) -> Option<&Self> {
        (!self.0.iter().any(|(byte, _)| bytes.contains(byte))).then_some(self)
    }

    fn wrapped(&self, width: usize, with: &str) -> Self {
        let lines: Vec<Vec<_>> = self.0.chunks(width).map(<[_]>::to_vec).collect();
        let between: Vec<_> = with.bytes().map(|byte| (byte, false)).collect();
        Self(lines.join(&between[..]))
    }
}

fn plain(text: &str) -> Vec<(u8, bool)> {
    marked(text, false)
}

fn marked(text: &str, of_secret: bool) -> Vec<(u8, bool)> {
    text.bytes().map(|byte| (byte, of_secret)).collect()
}

/// The first character of an escape tells nothing.
fn escaped(text: &str, of_secret: bool) -> Vec<(u8, bool)> {
    let mut escaped = marked(text, of_secret);
    if let [(b'\\' | b'%' | b'&' | b'=', first), _, ..] = &mut *escaped {
        *first = false;
    }
    escaped
}

fn quoted(char: char) -> String {
    serde_json::to_string(&char).unwrap()
}

fn form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn json(char: char) -> String {
    let quoted = quoted(char);
    quoted[1..quoted.len() - 1].to_owned()
}

fn unicode(char: char) -> String {
    let mut units = [0; 2];
    char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

const BEST: flate2::Compression = flate2::Compression::best();
