//! Owns how much memory one input may cost: a length that an attacker wrote must not become an
//! allocation that his bytes do not pay for.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes that any input may ask for at once: serde reserves up to 1 MiB for a list before its first
/// element (serde's `size_hint::cautious`), and a list that grows doubles.
const ANY: usize = 8 * 1024 * 1024;
/// Bytes at once for each byte of input: a byte can be an event or an entry of a world, and lists double.
const EACH: usize = 4 * 1024;

/// The largest allocation since [`begin`].
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Watched;

#[global_allocator]
static ALLOCATOR: Watched = Watched;

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Relaxed);
        // SAFETY: the caller's promises are System's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: likewise.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Relaxed);
        // SAFETY: likewise.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Before an input.
pub fn begin() {
    LARGEST.store(0, Relaxed);
}

/// After it.
pub fn check(input: usize) {
    let largest = LARGEST.load(Relaxed);
    assert!(largest <= ANY + EACH * input, "{input} bytes made an allocation of {largest} bytes");
}
