//! Owns payload: what a sender asks to send, and the bytes that came out.

use crate::limit;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Bytes: a hex string in JSON, raw in postcard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hex(pub Vec<u8>);

/// Payload that somebody asks to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Data {
    /// The text's UTF-8 bytes.
    Text(String),
    /// Exactly these bytes.
    Hex(Hex),
    /// `bytes` bytes of a repeating a-to-z pattern.
    Fill {
        /// How many, 0 to [`limit::FILL_BYTES`].
        bytes: u32,
    },
}

/// Payload that came out of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The bytes.
    pub hex: Hex,
}

impl Data {
    /// The bytes meant.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.slice(0..self.len())
    }

    /// Some of the bytes meant, without making them all; those past the end are left out.
    pub fn slice(&self, range: std::ops::Range<usize>) -> Vec<u8> {
        let part = |bytes: &[u8]| {
            let end = range.end.min(bytes.len());
            bytes[range.start.min(end)..end].to_vec()
        };
        match self {
            Self::Text(text) => part(text.as_bytes()),
            Self::Hex(hex) => part(&hex.0),
            Self::Fill { bytes } => {
                let end = range.end.min(*bytes as usize);
                (b'a'..=b'z')
                    .cycle()
                    .skip(range.start % 26)
                    .take(end.saturating_sub(range.start))
                    .collect()
            }
        }
    }

    /// How many bytes are meant.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Hex(hex) => hex.0.len(),
            Self::Fill { bytes } => *bytes as usize,
        }
    }

    /// Whether no bytes are meant.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same, cut to what an event carries, and the whole length where it was cut.
    pub fn clipped(&self) -> (Self, Option<u32>) {
        if self.len() <= limit::EVENT_PAYLOAD || matches!(self, Self::Fill { .. }) {
            return (self.clone(), None);
        }
        let mut bytes = self.to_bytes();
        let whole = bytes.len() as u32;
        bytes.truncate(limit::EVENT_PAYLOAD);
        (Self::Hex(Hex(bytes)), Some(whole))
    }
}

impl Payload {
    /// Payload of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self { hex: Hex(bytes.into()) }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.hex.0
    }
}

/// Plain byte vectors, written as [`Payload`] is.
pub(crate) mod as_payload {
    use super::Payload;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Payload::new(bytes).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        Payload::deserialize(deserializer).map(|payload| payload.hex.0)
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(&self.0);
        }
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let text: String = self
            .0
            .iter()
            .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
            .map(char::from)
            .collect();
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            return parse(&text)
                .map(Self)
                .ok_or_else(|| D::Error::custom("hex must be pairs of the digits 0-9 and a-f"));
        }
        struct Raw;
        impl Visitor<'_> for Raw {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Raw).map(Self)
    }
}

/// The bytes that pairs of hex digits (blanks allowed between pairs) stand for.
pub fn parse(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).map(|d| d as u8))
        .collect::<Option<_>>()?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Hex {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hex".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^([0-9a-fA-F]{2})*$"})
    }
}
