//! Owns one player's part of the panel: its canvases and its texts.

use crate::browser::dom::{self, Slot};
use crate::film::{self, Band, Pixels, Tick};
use protocol::command::Kind;
use wasm_bindgen::Clamped;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, ImageData};

/// A canvas and what stands on it.
pub(super) struct Board {
    pub(super) canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Board {
    fn new(root: &HtmlElement, selector: &'static str) -> Result<Self, JsValue> {
        let canvas: HtmlCanvasElement =
            dom::first(root, selector).ok_or(selector)?.unchecked_into();
        let context = canvas.get_context("2d")?.ok_or("no 2d canvas")?.dyn_into()?;
        Ok(Self { canvas, context })
    }

    fn put(&self, pixels: &Pixels) {
        let (width, height) = (pixels.width as u32, pixels.height as u32);
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels.rgba), width, height);
        if let Ok(image) = image {
            let _ = self.context.put_image_data(&image, 0.0, 0.0);
        }
    }
}

/// One player's part of the panel.
pub(super) struct Player {
    pub(super) root: HtmlElement,
    pub(super) picture: Board,
    pub(super) strip: Board,
    pub(super) way: Slot,
    pub(super) says: Slot,
    pub(super) delay: Slot,
    pub(super) hear: HtmlElement,
    pub(super) sign: Slot,
    /// What stands on the boards.
    drawn: Option<Vec<Option<Vec<u8>>>>,
    ticked: Option<(Vec<Tick>, usize)>,
}

impl Player {
    /// The shell's part of that id.
    pub(super) fn new(id: &'static str) -> Result<Self, JsValue> {
        let root: HtmlElement = dom::by_id(id)?;
        let part = |selector: &'static str| dom::first(&root, selector).ok_or(selector);
        Ok(Self {
            picture: Board::new(&root, ".film-picture")?,
            strip: Board::new(&root, ".film-strip")?,
            way: Slot::new(part(".film-way")?),
            says: Slot::new(part(".film-says")?),
            delay: Slot::new(part(".film-delay")?),
            hear: part("button")?,
            sign: Slot::new(part(".film-sign")?),
            drawn: None,
            ticked: None,
            root,
        })
    }

    /// The picture, if it is another. A band is known by its bytes: none for what is blank, empty for a gap.
    pub(super) fn draw(&mut self, bands: &[Band]) {
        let now = bands.iter().map(|band| match band {
            Band::Blank => None,
            Band::Gap => Some(Vec::new()),
            Band::Rows(rows) => Some(rows.to_vec()),
        });
        let now = Some(now.collect());
        if self.drawn != now {
            self.picture.put(&film::picture(bands));
            self.drawn = now;
        }
    }

    /// The strip, if it is another.
    pub(super) fn tick(&mut self, kind: Kind, ticks: &[Tick], across: usize) {
        if self.ticked.as_ref().is_none_or(|(own, wide)| own != ticks || *wide != across) {
            self.strip.put(&film::strip(kind, ticks, across));
            self.ticked = Some((ticks.to_vec(), across));
        }
    }
}
