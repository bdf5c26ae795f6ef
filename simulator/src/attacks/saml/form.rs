//! The form that carries a `Response`.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::{FormFields, GoodResponse};

/// How the form carries the message otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FormChange {
    /// The field is there twice.
    Twice,
    /// The field is empty.
    Empty,
    /// XML without base64.
    Plain,
    /// Base64 of base64.
    EncodedTwice,
    /// A letter in it that base64 does not have.
    Garbage,
    /// More padding than base64 allows.
    ExtraPadding,
    /// A line break after 76 letters, as in MIME.
    Lines,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// A byte that UTF-8 does not have.
    NotUtf8,
    /// A byte order mark of UTF-8 at its beginning.
    ByteOrderMark,
    /// DEFLATE, as in the binding by redirect.
    Deflated,
    /// DEFLATE of so many zeros.
    DeflatedZeros(usize),
    /// A message of so many letters.
    Long(usize),
    /// A message of another kind.
    Message(&'static str),
}

impl FormChange {
    pub(super) fn fields(self, good: &GoodResponse<'_>) -> FormFields {
        let xml = good.xml;
        let value = match self {
            Self::Twice => {
                let mut fields = usual(xml, good.relay_state);
                fields.insert(0, (FIELD, STANDARD.encode(xml)));
                return fields;
            }
            Self::Empty => String::new(),
            Self::Plain => xml.to_owned(),
            Self::EncodedTwice => STANDARD.encode(STANDARD.encode(xml)),
            Self::Garbage => format!("%{}", STANDARD.encode(xml)),
            Self::ExtraPadding => format!("{}====", STANDARD.encode(xml)),
            Self::Lines => {
                let encoded = STANDARD.encode(xml);
                let lines: Vec<_> = encoded.as_bytes().chunks(76).map(String::from_utf8_lossy).collect();
                lines.join("\r\n")
            }
            Self::Utf16 => {
                let units = std::iter::once(0xFEFF).chain(xml.encode_utf16());
                STANDARD.encode(units.flat_map(u16::to_le_bytes).collect::<Vec<_>>())
            }
            Self::NotUtf8 => STANDARD.encode([xml.as_bytes(), &[0xFF]].concat()),
            Self::ByteOrderMark => STANDARD.encode(format!("\u{FEFF}{xml}")),
            Self::Deflated => STANDARD.encode(deflated(xml.as_bytes())),
            Self::DeflatedZeros(count) => STANDARD.encode(deflated(&vec![0; count])),
            Self::Long(letters) => STANDARD.encode(format!("<a>{}</a>", "x".repeat(letters))),
            Self::Message(text) => STANDARD.encode(text),
        };
        fields(value, good.relay_state)
    }
}

/// The form of the binding (saml-bindings 3.5.4).
pub(super) fn usual(xml: &str, relay_state: Option<&str>) -> FormFields {
    fields(STANDARD.encode(xml), relay_state)
}

fn fields(value: String, relay_state: Option<&str>) -> FormFields {
    let relay_state = relay_state.map(|state| ("RelayState", state.to_owned()));
    std::iter::once((FIELD, value)).chain(relay_state).collect()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("invariant: writing to a Vec does not fail")
}

const FIELD: &str = "SAMLResponse";
