//! Owns the menus of the wire as forms: the weather by one click or by hand, and the trap's choices.

use super::dom::{self, Slot, add, keep, make, say, set, show};
use crate::intent::{trap, weather};
use crate::text::Language;
use crate::text::{page, wire as words};
use protocol::wire::{Impairment, presets};
use protocol::world::Wire;
use protocol::{Command, End, SocketId, World};
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

/// Both menus.
pub(super) struct WireMenus {
    weather: HtmlElement,
    weather_form: HtmlElement,
    presets: HtmlElement,
    differ: HtmlElement,
    weather_says: Slot,
    trap: HtmlElement,
    trap_form: HtmlElement,
    ports: HtmlElement,
    trap_says: Slot,
    /// Whether the weather's menu was open.
    open: bool,
    /// What the weather's inputs show.
    filled: Option<([Impairment; 2], u32)>,
    aimed: Option<(End, Option<u16>)>,
    built: Option<Language>,
}

impl WireMenus {
    /// The shell's.
    pub(super) fn new() -> Result<Self, JsValue> {
        let weather: HtmlElement = dom::by_id("weather")?;
        let trap: HtmlElement = dom::by_id("trap")?;
        let part = |menu: &HtmlElement, selector: &'static str| {
            dom::first(menu, selector).ok_or_else(|| JsValue::from_str(selector))
        };
        Ok(Self {
            weather_form: part(&weather, "form")?,
            weather_says: Slot::new(part(&weather, "form > .outcome")?),
            trap_form: part(&trap, "form")?,
            trap_says: Slot::new(part(&trap, "form > .outcome")?),
            presets: dom::by_id("presets")?,
            differ: dom::by_id("ways-differ")?,
            ports: dom::by_id("trap-ports")?,
            weather,
            trap,
            open: false,
            filled: None,
            aimed: None,
            built: None,
        })
    }

    /// Brings both in line; what somebody is about to write stays.
    pub(super) fn refresh(
        &mut self,
        language: Language,
        world: &World,
        selected: Option<SocketId>,
    ) {
        let Some(wire) = &world.wire else { return };
        if self.built != Some(language) {
            self.built = Some(language);
            self.build(language);
        }
        self.pressed(wire);
        let now = (wire.impaired.clone(), wire.seed);
        let open = self.weather.has_attribute("open");
        if self.open && !open {
            // What was not set is not so.
            self.filled = None;
        }
        self.open = open;
        if !open && self.filled.as_ref() != Some(&now) {
            self.filled = Some(now);
            self.fill(wire);
        }
        let aim = (trap::side(world, selected), trap::port(world, selected));
        if !self.trap.has_attribute("open") && self.aimed != Some(aim) {
            self.aimed = Some(aim);
            write(&self.trap_form, "from", if aim.0 == End::Left { "left" } else { "right" });
            dom::empty(&self.ports);
            if let Some(port) = aim.1 {
                let option = make("option", "");
                set(&option, "value", &port.to_string());
                add(&self.ports, &[&option]);
            }
        }
        when(&self.trap_form, "do");
    }

    fn build(&self, language: Language) {
        dom::empty(&self.presets);
        for (place, preset) in presets().iter().enumerate() {
            let button = say("button", "button small", words::preset(language, preset.name));
            set(&button, "type", "button");
            set(&button, "data-do", "preset");
            set(&button, "data-place", &place.to_string());
            set(&button, "title", &words::weather(language, &preset.set));
            add(&self.presets, &[&button]);
        }
    }

    fn pressed(&self, wire: &Wire) {
        let buttons = dom::all(&self.presets, "button");
        for (button, preset) in buttons.iter().zip(presets()) {
            let on = if preset.set == wire.impaired { "true" } else { "false" };
            keep(button, "aria-pressed", on);
        }
    }

    /// Shows the wire's weather in the inputs, for the chosen direction.
    pub(super) fn fill(&mut self, wire: &Wire) {
        let from = weather::direction(&read(&self.weather_form, "from"));
        let set = &wire.impaired[from.map_or(0, End::index)];
        show(&self.differ, from.is_none() && wire.impaired[0] != wire.impaired[1]);
        let others = ["model", "nth", "nth-kind", "pulled"];
        for name in weather::INPUTS.iter().map(|(name, _)| *name).chain(others) {
            write(&self.weather_form, name, &weather::shown(set, name));
        }
        write(&self.weather_form, "seed", &wire.seed.to_string());
        write(&self.weather_form, "anew", "");
        self.chosen();
        for wrong in dom::all(&self.weather_form, "[aria-invalid]") {
            let _ = wrong.remove_attribute("aria-invalid");
        }
        self.weather_says.set("");
    }

    /// Another model of loss was chosen: its inputs, not the other's.
    pub(super) fn chosen(&self) {
        when(&self.weather_form, "model");
    }

    /// The command that the weather's form asks for, or none and why.
    pub(super) fn weather(&mut self, language: Language) -> Option<Command> {
        let form = self.weather_form.clone();
        let text = |name: &str| read(&form, name);
        let asked = weather::impairment(&text).and_then(|set| {
            let anew = text("anew") == "on";
            let seed = if anew { Some(weather::seed(&text("seed"))?) } else { None };
            Ok(Command::Impair { from: weather::direction(&text("from")), set, seed })
        });
        let (says, wrong) = match &asked {
            Ok(_) => (String::new(), None),
            Err(weather::BadWeather::Input(name, problem)) => {
                (page::problem(language, problem), Some(*name))
            }
            Err(weather::BadWeather::Whole(whole)) => {
                (words::bad_weather(language, &whole.0, &whole.1.message), None)
            }
        };
        point_at(&form, wrong);
        self.weather_says.set(&says);
        keep(self.weather_says.node(), "class", "outcome bad");
        asked.ok()
    }

    /// The trap that its form asks for, or none and why.
    pub(super) fn trap(&mut self, language: Language) -> Option<Command> {
        let form = self.trap_form.clone();
        let asked = trap::trap(&|name| read(&form, name));
        let wrong = asked.as_ref().err();
        point_at(&form, wrong.map(|(name, _)| *name));
        let says = wrong.map(|(_, problem)| page::problem(language, problem));
        self.trap_says.set(&says.unwrap_or_default());
        keep(self.trap_says.node(), "class", "outcome bad");
        asked.ok()
    }

    /// Closes both; the focus goes back to the one that it was in.
    pub(super) fn close(&self) {
        for menu in [&self.weather, &self.trap] {
            if menu.has_attribute("open") {
                let _ = menu.remove_attribute("open");
                if let Some(summary) = dom::first(menu, "summary") {
                    let _ = summary.focus();
                }
            }
        }
    }
}

fn named(form: &Element, name: &str) -> Vec<HtmlElement> {
    dom::all(form, &format!("[name=\"{name}\"]"))
}

fn read(form: &Element, name: &str) -> String {
    for node in named(form, name) {
        if let Some(select) = node.dyn_ref::<HtmlSelectElement>() {
            return select.value();
        }
        let Some(input) = node.dyn_ref::<HtmlInputElement>() else { continue };
        match (input.type_().as_str(), input.checked()) {
            ("checkbox", on) => return if on { "on" } else { "" }.to_owned(),
            ("radio", false) => {}
            _ => return input.value(),
        }
    }
    String::new()
}

fn write(form: &Element, name: &str, value: &str) {
    for node in named(form, name) {
        if let Some(select) = node.dyn_ref::<HtmlSelectElement>() {
            select.set_value(value);
        } else if let Some(input) = node.dyn_ref::<HtmlInputElement>() {
            match input.type_().as_str() {
                "checkbox" => input.set_checked(value == "on"),
                "radio" => input.set_checked(input.value() == value),
                _ => input.set_value(value),
            }
        }
    }
}

/// Shows what belongs to the chosen value of a select only.
fn when(form: &Element, name: &str) {
    let chosen = read(form, name);
    for node in dom::all(form, "[data-when]") {
        show(&node, node.get_attribute("data-when").as_deref() == Some(&chosen));
    }
}

fn point_at(form: &Element, wrong: Option<&str>) {
    for node in dom::all(form, "[aria-invalid]") {
        let _ = node.remove_attribute("aria-invalid");
    }
    if let Some(node) = wrong.and_then(|name| named(form, name).into_iter().next()) {
        set(&node, "aria-invalid", "true");
        let _ = node.focus();
    }
}
