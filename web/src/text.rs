//! Owns everything the page says, in two languages. State names, call names and errnos stay English.

pub mod decimal;
pub mod film;
pub mod graph;
pub mod layer;
pub mod log;
pub mod page;
pub mod picture;
pub mod wire;

/// The page's languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese, in the tutorial's own words.
    Chinese,
}

impl Language {
    /// The one of two texts that is in this language.
    pub fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}
