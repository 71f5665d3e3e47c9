//! Owns the hands: a few listeners on the document, which say what was meant. No element has its own.

use super::app::App;
use super::dom::{by_id, document, first, window};
use super::listener::Listener;
use super::theme;
use super::{call_form, ladder, packet, palette, scrub, speaker, with};
use crate::intent::{self, Gesture, On, Press, Verb};
use protocol::command::{Family, Kind, Side};
use protocol::{PacketId, SocketId, TrapId};
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent, SubmitEvent,
};

/// All listeners of the page but the WebSocket's.
pub(super) fn listen() -> Result<Vec<Listener>, JsValue> {
    let document = document();
    let window = window();
    let mut all = vec![
        Listener::new(&document, "click", |event| clicked(&event)),
        Listener::new(&document, "submit", |event| submitted(&event)),
        Listener::new(&document, "change", |event| changed(&event)),
        Listener::new(&document, "input", |event| palette::written(target(&event).as_ref())),
        Listener::new(&document, "focusin", |event| packet::light(target(&event).as_ref())),
        Listener::new(&document, "pointerover", |event| packet::light(target(&event).as_ref())),
        Listener::new(&document, "keydown", |event| pressed(event.unchecked_ref())),
        Listener::new(&window, "resize", |_| with(App::resized)),
        Listener::new(&window, "hashchange", |_| with(|app| app.link.renew())),
    ];
    all.extend(ladder::listen()?);
    all.extend(scrub::listen()?);
    for query in [
        "(prefers-color-scheme: dark)",
        "(forced-colors: active)",
        "(prefers-contrast: more)",
        theme::CALM,
    ] {
        if let Ok(Some(list)) = window.match_media(query) {
            all.push(Listener::new(&list, "change", |_| with(App::rethemed)));
        }
    }
    Ok(all)
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn number<T: std::str::FromStr>(element: &Element, name: &str) -> Option<T> {
    element.get_attribute(name)?.parse().ok()
}

fn socket_of(element: &Element) -> Option<SocketId> {
    number(element, "data-socket").map(SocketId)
}

fn on(element: &Element) -> On {
    On {
        socket: socket_of(element),
        packet: number(element, "data-packet").map(PacketId),
        trap: number(element, "data-trap").map(TrapId),
        place: number(element, "data-place"),
    }
}

fn clicked(event: &Event) {
    speaker::wake();
    let Some(target) = target(event) else { return };
    // A menu closes when somebody clicks elsewhere.
    let inside = target.closest("details").ok().flatten();
    for menu in super::dom::all(&document().document_element().expect("html"), "details.menu[open]")
    {
        if inside.as_ref() != Some(&menu) {
            let _ = menu.remove_attribute("open");
        }
    }
    if palette::clicked(&target) {
        return;
    }
    let Ok(Some(button)) = target.closest("[data-do]") else { return };
    let name = button.get_attribute("data-do").unwrap_or_default();
    if name == "skip" {
        let to = button.get_attribute("data-to").unwrap_or_default();
        if let Ok(to) = by_id::<HtmlElement>(&to) {
            let _ = to.focus();
            to.scroll_into_view();
        }
        return;
    }
    if let Some(gesture) = Gesture::parse(&name, on(&button)) {
        with(|app| app.gesture(gesture));
    }
}

fn submitted(event: &Event) {
    event.prevent_default();
    let Some(form) = target(event) else { return };
    if form.get_attribute("data-form").as_deref() == Some("make") {
        return make(&form, event.unchecked_ref());
    }
    if let Some(name) = form.get_attribute("data-form") {
        return with(|app| app.wire_asked(&name));
    }
    let verb = form.get_attribute("data-verb").and_then(|name| Verb::named(&name));
    let (Some(socket), Some(verb)) = (socket_of(&form), verb) else { return };
    let values = call_form::values(&form, verb);
    with(|app| app.call(socket, verb, &values));
}

fn make(form: &Element, event: &SubmitEvent) {
    let input = |selector: &str| first(form, selector)?.dyn_into::<HtmlInputElement>().ok();
    let checked = |selector: &str| input(selector).is_some_and(|input| input.checked());
    let side = match form.get_attribute("data-side").as_deref() {
        Some("right") => Side::Right,
        _ => Side::Left,
    };
    let kind = if checked("[value=datagram]") { Kind::Datagram } else { Kind::Stream };
    let family = match () {
        () if checked("[value=unix]") => Family::Unix,
        () if checked("[value=ipv6]") => Family::Ipv6,
        () => Family::Ipv4,
    };
    let host = checked("[value=host]");
    let pressed = event.submitter().and_then(|button| button.get_attribute("value"));
    let port = input("[name=port]").map(|port| port.value()).unwrap_or_default();
    let server = pressed.as_deref() == Some("server");
    with(|app| app.make_asked(side, kind, family, host, server.then_some(port.as_str())));
}

fn changed(event: &Event) {
    let Some(target) = target(event) else { return };
    if target.id() == "speed"
        && let Ok(select) = target.clone().dyn_into::<HtmlSelectElement>()
    {
        with(|app| app.set_speed(&select.value()));
    }
    if let Ok(Some(form)) = target.closest("form[data-verb]") {
        return call_form::fit(&form);
    }
    let Ok(Some(form)) = target.closest("form[data-form]") else { return };
    let name = target.get_attribute("name").unwrap_or_default();
    match form.get_attribute("data-form").as_deref() {
        Some("make") => with(|app| app.make_changed(&form, name == "family")),
        Some("weather") => with(|app| app.weather_changed(&name)),
        Some("trap") => with(|app| app.dirty = true),
        _ => {}
    }
}

fn pressed(event: &KeyboardEvent) {
    if event.alt_key() || event.default_prevented() || event.is_composing() {
        return;
    }
    let Some(target) = target(event) else { return };
    let (key, ctrl) = (event.key(), event.ctrl_key() || event.meta_key());
    if matches!(target.closest("dialog"), Ok(Some(_))) {
        return palette::pressed(event, &key, ctrl);
    }
    speaker::wake();
    let arrow = matches!(key.as_str(), "ArrowUp" | "ArrowDown") && !ctrl;
    if arrow && packet::walk(&target, key == "ArrowDown") {
        return event.prevent_default();
    }
    let tag = target.tag_name();
    let writes = matches!(tag.as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    let (mut lesson, mut lecture, mut ladder) = (false, false, false);
    with(|app| (lesson, lecture, ladder) = (app.in_lesson(), app.lecture, app.reader.is_shown()));
    // A clicker works wherever the focus is.
    let clicks = lecture && key.starts_with("Page") && tag != "SELECT";
    let ladder = ladder && !clicks && target.id() == "lower";
    let scrolls = !ladder
        && (key.starts_with("Page") || key == "End")
        && target.class_list().contains("scroll");
    let on_button = matches!(tag.as_str(), "BUTTON" | "SUMMARY" | "A");
    let typing = !clicks && (writes || scrolls);
    let shift = event.shift_key();
    let press = Press { key: &key, ctrl, shift, typing, on_button, lesson, ladder };
    let Some(gesture) = intent::key(press) else { return };
    if gesture != Gesture::Dismiss {
        event.prevent_default();
    }
    with(|app| app.gesture(gesture));
}
