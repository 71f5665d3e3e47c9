//! Pictures of the wire: parcels, losses, holds, copies, parts.

use super::{view, write};
use crate::scene::View;
use crate::script::story;
use crate::text::Language;

#[test]
fn wires() {
    let (script, cast, now) = story::bench();
    let bench = View { selected: Some(cast.client), ..view(1440.0, 900.0) };
    write("wire-bench", &mut script.timeline(), now, now + 800_000_000, &bench);
    let chinese = View { language: Language::Chinese, ..view(1280.0, 640.0) };
    write("wire-bench-zh", &mut script.timeline(), now, now, &chinese);
    let voice = View { selected: Some(protocol::SocketId(5)), ..bench };
    write("wire-datagrams", &mut script.timeline(), now, now, &voice);
    let lesson = View { lesson: true, ..view(1280.0, 660.0) };
    let lesson = View { selected: Some(cast.client), ..lesson };
    write("wire-lesson", &mut script.timeline(), now - 200_000_000, now, &lesson);
    let phone = View { selected: Some(cast.client), ..view(390.0, 844.0) };
    write("wire-phone", &mut script.timeline(), now, now, &phone);

    let (script, cast, now) = story::everything();
    let bench = View { selected: Some(cast.client), ..bench };
    write("wire-everything", &mut script.timeline(), now, now, &bench);
    let voice = View { selected: Some(protocol::SocketId(5)), ..bench };
    write("wire-parts", &mut script.timeline(), now, now, &voice);
    let phone = View { selected: Some(cast.client), ..phone };
    write("wire-phone-held", &mut script.timeline(), now, now, &phone);

    let (script, cast, now) = story::frozen();
    let bench = View { selected: Some(cast.client), ..bench };
    write("wire-frozen", &mut script.timeline(), now, now, &bench);
}

#[test]
fn floods() {
    let (mut script, voice, middle) = story::flood(1_000, 200);
    let bench = View { selected: Some(voice), ..view(1440.0, 900.0) };
    write("wire-flood", &mut script.timeline(), middle, middle + 400_000_000, &bench);
    let now = script.wait(20_000);
    write("wire-flood-end", &mut script.timeline(), now, now, &bench);
    let phone = View { selected: Some(voice), ..view(390.0, 844.0) };
    write("wire-flood-phone", &mut script.timeline(), middle, now, &phone);
}
