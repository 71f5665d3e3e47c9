//! Owns one sentence for each event and each error.
