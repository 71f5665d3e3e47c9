//! Holds every public shape to a JSON literal, as protocol.md pins it, both ways.

mod command;
mod event;
mod message;
mod reply;
mod sample;
mod snapshot;
mod wire;
mod word;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

/// `value` is written as `literal`, `literal` is read as `value`, and postcard holds it too.
pub(crate) fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, literal: &str) {
    let pinned: Value = serde_json::from_str(literal).expect("the golden is JSON");
    assert_eq!(serde_json::to_value(value).unwrap(), pinned, "written");
    assert_eq!(&serde_json::from_str::<T>(literal).expect(literal), value, "read");
    let frame = postcard::to_allocvec(value).expect(literal);
    assert_eq!(&postcard::from_bytes::<T>(&frame).expect(literal), value, "postcard");
}

/// One golden a variant. The match has no wildcard: a variant without a golden does not compile.
macro_rules! golden {
    ($test:ident, $type:ty: $($pattern:pat => $value:expr, $literal:expr;)*) => {
        #[test]
        fn $test() {
            fn name(value: &$type) -> &'static str {
                match value { $($pattern => stringify!($pattern)),* }
            }
            $(
                let value: $type = $value;
                assert_eq!(name(&value), stringify!($pattern));
                $crate::check(&value, $literal);
            )*
        }
    };
}
pub(crate) use golden;
