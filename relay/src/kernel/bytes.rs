//! Reading the kernel's structures from bytes, field after field, in this machine's byte order.

/// A place in a byte string. Reading past the end gives None, then and ever after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let first = self.0.first_chunk::<N>().copied();
        self.0 = self.0.get(N..).unwrap_or_default();
        first
    }

    pub(super) fn skip(&mut self, bytes: usize) -> Option<()> {
        let enough = bytes <= self.0.len();
        self.0 = self.0.get(bytes..).unwrap_or_default();
        enough.then_some(())
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_ne_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_ne_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_ne_bytes)
    }
}
