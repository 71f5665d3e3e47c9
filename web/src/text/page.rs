//! Owns the words of controls, captions and panels.
