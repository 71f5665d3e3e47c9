//! Owns what a picture is made of: plain data, comparable, without colours (ink is named by meaning;
//! the painter knows the theme) and without a canvas.

/// A colour by its meaning; the theme gives it a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The page's ground: the wire's column.
    Ground,
    /// A host's panel.
    Panel,
    /// The selected lane's tint.
    Selected,
    /// Text.
    Text,
    /// Quieter text.
    Dim,
    /// Hairlines.
    Line,
    /// Walls, cell edges.
    Edge,
    /// White (dark theme: raised) surface of plates and cells.
    Plate,
    /// TCP.
    Tcp,
    /// Pale fill of TCP bytes.
    TcpPale,
    /// UDP.
    Udp,
    /// Fill of a parcel.
    Parcel,
    /// Pale fill of datagrams under way.
    ParcelPale,
    /// Text on a parcel.
    ParcelText,
    /// Lost, errors.
    Lost,
    /// Pale fill of dropped ones.
    LostPale,
    /// Succeeded, listening.
    Good,
    /// Pale fill of the same.
    GoodPale,
    /// Asleep (blocked calls), the shown moment.
    Asleep,
    /// Ended calls' duration, unplugged cables.
    Idle,
    /// Text on a filled accent.
    OnAccent,
    /// Kernel's dial.
    Dial,
}

/// Where a text's anchor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Font {
    /// CSS pixels; at least 13 on a desk, 14 for Chinese.
    pub size: f32,
    /// 400 or 600.
    pub weight: u16,
    /// The code face, with tabular numbers.
    pub mono: bool,
}

/// A line's look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Width in CSS pixels.
    pub width: f32,
    /// Dash and gap, or solid.
    pub dash: Option<(f32, f32)>,
    /// Round ends.
    pub round: bool,
}

/// One piece of a picture; CSS pixels, origin at the top left.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle.
    Rect {
        /// Left, top, width, height.
        at: [f32; 4],
        /// Corner radius.
        radius: f32,
        /// Fill.
        fill: Option<Ink>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// Many equal squares or crosses of one ink (floods); drawn in one go.
    Marks {
        /// Their centres.
        at: Vec<[f32; 2]>,
        /// Edge length.
        size: f32,
        /// What each looks like.
        mark: Mark,
        /// Colour.
        ink: Ink,
    },
    /// An open line or a closed area.
    Path {
        /// Corners.
        points: Vec<[f32; 2]>,
        /// Whether the last joins the first.
        closed: bool,
        /// Fill.
        fill: Option<Ink>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// A curve that sags from one point to another (an unplugged cable).
    Sag {
        /// From.
        from: [f32; 2],
        /// To.
        to: [f32; 2],
        /// How far it hangs.
        depth: f32,
        /// Look.
        stroke: Stroke,
    },
    /// A dial: a circle with a filled sector from the top, clockwise.
    Dial {
        /// Centre.
        at: [f32; 2],
        /// Radius.
        radius: f32,
        /// Filled part, 0 to 1.
        part: f32,
        /// Colour.
        ink: Ink,
    },
    /// One line of text.
    Text {
        /// Anchor point, on the baseline.
        at: [f32; 2],
        /// The text.
        text: String,
        /// Look.
        font: Font,
        /// Colour.
        ink: Ink,
        /// Where the point is on the line.
        anchor: Anchor,
        /// A halo in this colour, so that lines behind do not cut it.
        halo: Option<Ink>,
        /// Cut with an ellipsis beyond this width.
        most: Option<f32>,
    },
    /// What follows, up to the matching [`Shape::Pop`], is clipped to a rectangle.
    Clip([f32; 4]),
    /// What follows, up to the matching [`Shape::Pop`], is turned about a point (radians).
    Turn {
        /// The point.
        about: [f32; 2],
        /// Clockwise.
        by: f32,
    },
    /// Ends the last `Clip` or `Turn`.
    Pop,
}

/// What one of many marks looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A filled square.
    Full,
    /// A square's outline.
    Hollow,
    /// A cross.
    Cross,
}
