//! Owns the words inside pictures.
