//! Owns small words for the document: find, make, write if changed.

use crate::text::decimal;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, HtmlElement, Window};

/// The window; wasm runs only on a page.
pub(super) fn window() -> Window {
    web_sys::window().expect("the page has a window")
}

/// The document.
pub(super) fn document() -> Document {
    window().document().expect("the window has a document")
}

/// The element of that id, which the shell promises.
pub(super) fn by_id<T: JsCast>(id: &str) -> Result<T, JsValue> {
    document()
        .get_element_by_id(id)
        .and_then(|element| element.dyn_into().ok())
        .ok_or_else(|| JsValue::from_str(id))
}

/// All elements that a selector matches inside another.
pub(super) fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|place| list.get(place)?.dyn_into().ok()).collect()
}

/// The first of them.
pub(super) fn first(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// A new element with a class.
pub(super) fn make(tag: &str, class: &str) -> HtmlElement {
    let element: HtmlElement =
        document().create_element(tag).expect("a known tag").unchecked_into();
    if !class.is_empty() {
        element.set_class_name(class);
    }
    element
}

/// A new element with a class and text.
pub(super) fn say(tag: &str, class: &str, text: &str) -> HtmlElement {
    let element = make(tag, class);
    element.set_text_content(Some(text));
    element
}

/// Adds children, in order.
pub(super) fn add(parent: &Element, children: &[&Element]) {
    for child in children {
        let _ = parent.append_child(child);
    }
}

/// Sets an attribute.
pub(super) fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Sets an attribute where it is another.
pub(super) fn keep(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        set(element, name, value);
    }
}

/// Shows or hides an element.
pub(super) fn show(element: &HtmlElement, shown: bool) {
    if element.hidden() == shown {
        element.set_hidden(!shown);
    }
}

/// Empties an element.
pub(super) fn empty(element: &Element) {
    element.set_text_content(None);
}

/// A number to the tenth, as CSS writes it.
pub(super) fn tenths(value: f32) -> String {
    let all = (value * 10.0).round() as i32;
    let sign = if all < 0 { "-" } else { "" };
    let text = decimal::short(u64::from(all.unsigned_abs()), 10, 1);
    format!("{sign}{text}")
}

/// Sets one CSS property in pixels.
pub(super) fn pixels(element: &HtmlElement, property: &str, value: f32) {
    let mut text = tenths(value);
    text.push_str("px");
    let style = element.style();
    if style.get_property_value(property).as_deref() != Ok(&text) {
        let _ = style.set_property(property, &text);
    }
}

/// Puts an element where the scene says.
pub(super) fn place(element: &HtmlElement, area: [f32; 4]) {
    for (property, value) in ["left", "top", "width", "height"].into_iter().zip(area) {
        pixels(element, property, value);
    }
}

/// A text that is written only when it changes.
pub(super) struct Slot {
    node: HtmlElement,
    shown: String,
}

impl Slot {
    /// The slot of an element that is empty.
    pub(super) fn new(node: HtmlElement) -> Self {
        Self { node, shown: String::new() }
    }

    /// The slot of the shell's element of that id.
    pub(super) fn of(id: &str) -> Result<Self, JsValue> {
        by_id(id).map(Self::new)
    }

    /// Writes the text if it is another.
    pub(super) fn set(&mut self, text: &str) {
        if self.shown != text {
            text.clone_into(&mut self.shown);
            self.node.set_text_content(Some(text));
        }
    }

    /// The same, written by `how`.
    pub(super) fn write(&mut self, text: &str, how: fn(&Element, &str)) {
        if self.shown != text {
            text.clone_into(&mut self.shown);
            how(&self.node, text);
        }
    }

    /// Its element.
    pub(super) fn node(&self) -> &HtmlElement {
        &self.node
    }
}
