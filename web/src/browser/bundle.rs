//! Owns the lists of bundled sockets: one button over the bundle, which opens them all.

use super::dom::{add, keep, make, place, say, set};
use web_sys::HtmlElement;

/// A bundle's button, and its list (the browser opens and closes it).
pub(super) struct Bundle {
    button: HtmlElement,
    pub(super) list: HtmlElement,
    id: String,
}

impl Bundle {
    /// The `nth` of the stage.
    pub(super) fn new(root: &HtmlElement, nth: usize, close: &str) -> Self {
        let id = ["bundle-", &nth.to_string()].concat();
        let (button, list) = (make("button", "many"), make("div", "bundle scroll"));
        set(&button, "type", "button");
        set(&button, "popovertarget", &id);
        set(&list, "id", &id);
        set(&list, "popover", "auto");
        set(&list, "role", "group");
        let shut = say("button", "quiet", close);
        set(&shut, "type", "button");
        set(&shut, "popovertarget", &id);
        set(&shut, "popovertargetaction", "hide");
        add(&list, &[&shut]);
        add(root, &[&button, &list]);
        Self { button, list, id }
    }

    /// Over the bundle's part of a host.
    pub(super) fn put(&self, area: [f32; 4], name: &str) {
        place(&self.button, area);
        keep(&self.button, "aria-label", name);
        keep(&self.list, "aria-label", name);
    }

    /// A socket's button comes into the list, or goes back over its lane (`root`).
    pub(super) fn take(into: Option<&Self>, root: &HtmlElement, pick: &HtmlElement, name: &str) {
        let parent = into.map_or(root, |bundle| &bundle.list);
        if pick.parent_element().as_ref() != Some(parent) {
            add(parent, &[pick]);
            pick.set_text_content(None);
            let _ = pick.remove_attribute("style");
            match into {
                Some(bundle) => {
                    set(pick, "popovertarget", &bundle.id);
                    set(pick, "popovertargetaction", "hide");
                }
                None => {
                    let _ = pick.remove_attribute("popovertarget");
                }
            }
        }
        if into.is_some() && pick.text_content().as_deref() != Some(name) {
            pick.set_text_content(Some(name));
        }
    }

    /// There are not so many bundles any more.
    pub(super) fn remove(&self) {
        self.button.remove();
        self.list.remove();
    }
}
