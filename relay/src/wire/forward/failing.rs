//! Owns which device gives nothing but errors: it is asked no more, and the lab can say why.

use crate::errno;
use protocol::End;
use std::io;
use std::sync::{Arc, OnceLock};

/// Failures in a row by which a device counts as gone; a single one passes.
const MOST: u32 = 16;

/// Why a device is gone, in one sentence; empty while none is.
pub(super) type Why = Arc<OnceLock<String>>;

/// What the two devices said lately.
#[derive(Default)]
pub(super) struct Failing {
    row: [u32; 2],
    why: Why,
}

impl Failing {
    /// For those who may tell.
    pub(super) fn why(&self) -> Why {
        Arc::clone(&self.why)
    }

    /// Whether that end's device is asked no more.
    pub(super) fn gone(&self, from: End) -> bool {
        self.row[from.index()] >= MOST
    }

    /// Notes what a read came to.
    pub(super) fn note(&mut self, from: End, read: &io::Result<Option<usize>>) {
        let row = &mut self.row[from.index()];
        match read {
            Ok(_) => *row = 0,
            Err(error) => {
                *row += 1;
                if *row == MOST {
                    let (end, errno) = (from.name(), errno::name_of(error));
                    self.why.get_or_init(|| {
                        format!(
                            "The device of the wire's {end} end gives no packet any more \
                             ({errno}); restart the wire."
                        )
                    });
                }
            }
        }
    }
}
