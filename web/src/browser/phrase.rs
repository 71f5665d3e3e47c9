//! Owns where a Chinese line may break: between words, which only the browser's dictionary knows.

use super::dom::make;
use js_sys::{Reflect, try_iter};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type Segmenter;

    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new(locale: &str, options: &JsValue) -> Result<Segmenter, JsValue>;

    #[wasm_bindgen(method)]
    fn segment(this: &Segmenter, text: &str) -> JsValue;
}

/// What nothing may be torn off from behind.
const OPENS: [char; 6] = ['“', '‘', '（', '《', '「', '('];

/// Writes a text so that a line may break before each of its words; plainly, where the browser knows none.
pub(super) fn write(node: &Element, text: &str) {
    node.set_text_content(None);
    if parted(node, text).is_none() {
        node.set_text_content(Some(text));
    }
}

fn parted(node: &Element, text: &str) -> Option<()> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &"granularity".into(), &"word".into()).ok()?;
    let parts = Segmenter::new("zh", &options).ok()?.segment(text);
    let mut opened = true;
    for part in try_iter(&parts).ok()?? {
        let part = part.ok()?;
        let own = Reflect::get(&part, &"segment".into()).ok()?.as_string()?;
        let word = Reflect::get(&part, &"isWordLike".into()).ok()?.is_truthy();
        if word && !opened {
            node.append_child(&make("wbr", "")).ok()?;
        }
        opened = own.ends_with(OPENS);
        node.append_with_str_1(&own).ok()?;
    }
    Some(())
}
