//! Owns integers that may pass 2^53: decimal strings in JSON, plain integers in postcard.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A `u64` that a JavaScript number could not hold (a socket cookie, a wall-clock stamp).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wide(pub u64);

impl Serialize for Wide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            text.parse()
                .map(Self)
                .map_err(|_| D::Error::custom("expected a decimal string below 2^64"))
        } else {
            u64::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Wide {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Wide".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[0-9]+$", "description": "A u64 as a decimal string."})
    }
}
