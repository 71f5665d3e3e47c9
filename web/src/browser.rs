//! Owns all that touches the browser.
