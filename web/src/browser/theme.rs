//! Owns the colours and fonts of pictures, read from the style sheet.

use super::dom::{document, make, tenths, window};
use crate::shape::{Font, Ink};

/// Inks in the order of their enum, with the style sheet's names.
const NAMES: [(Ink, &str); 22] = [
    (Ink::Ground, "--ground"),
    (Ink::Panel, "--panel"),
    (Ink::Selected, "--selected"),
    (Ink::Text, "--text"),
    (Ink::Dim, "--dim"),
    (Ink::Line, "--line"),
    (Ink::Edge, "--edge"),
    (Ink::Plate, "--plate"),
    (Ink::Tcp, "--tcp"),
    (Ink::TcpPale, "--tcp-pale"),
    (Ink::Udp, "--udp"),
    (Ink::Parcel, "--parcel"),
    (Ink::ParcelPale, "--parcel-pale"),
    (Ink::ParcelText, "--parcel-text"),
    (Ink::Lost, "--lost"),
    (Ink::LostPale, "--lost-pale"),
    (Ink::Good, "--good"),
    (Ink::GoodPale, "--good-pale"),
    (Ink::Asleep, "--asleep"),
    (Ink::Idle, "--idle"),
    (Ink::OnAccent, "--on-accent"),
    (Ink::Dial, "--dial"),
];

/// Asks for still pictures.
pub(super) const CALM: &str = "(prefers-reduced-motion: reduce)";

/// Whether the viewer asks for still pictures.
fn calm() -> bool {
    window().match_media(CALM).ok().flatten().is_some_and(|list| list.matches())
}

/// The style sheet's values.
#[derive(Default)]
pub(super) struct Theme {
    inks: Vec<String>,
    ui: String,
    mono: String,
    /// Whether pictures stand still.
    pub(super) calm: bool,
}

impl Theme {
    /// The values as they stand now (light, dark).
    pub(super) fn read() -> Self {
        let root = document().document_element();
        let style = root.as_ref().and_then(|root| window().get_computed_style(root).ok().flatten());
        let value = |name: &str| {
            style
                .as_ref()
                .and_then(|style| style.get_property_value(name).ok())
                .map(|value| value.trim().to_owned())
                .unwrap_or_default()
        };
        let mut inks = vec![String::new(); NAMES.len()];
        // A colour is computed by an element that has it: only so do the system's own come out.
        let probe = make("i", "probe");
        let computed = root.and_then(|root| {
            root.append_child(&probe).ok()?;
            window().get_computed_style(&probe).ok().flatten()
        });
        for (ink, name) in NAMES {
            let _ = probe.style().set_property("color", &["var(", name, ")"].concat());
            let color = computed.as_ref().and_then(|style| style.get_property_value("color").ok());
            inks[ink as usize] = color.unwrap_or_default();
        }
        probe.remove();
        Self { inks, ui: value("--ui"), mono: value("--mono"), calm: calm() }
    }

    /// A colour.
    pub(super) fn ink(&self, ink: Ink) -> &str {
        self.inks.get(ink as usize).map_or("black", String::as_str)
    }

    /// A font, as canvases want it.
    pub(super) fn font(&self, font: Font) -> String {
        let family = if font.mono { &self.mono } else { &self.ui };
        format!("{} {}px {family}", font.weight, tenths(font.size))
    }
}
