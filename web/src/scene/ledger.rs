//! Owns the ledger's bar, in the order of the wire. Numbers are the world's; what it does not know is
//! said to be not knowable, never 0.

use super::flow::aim;
use super::frame::column;
use super::measure;
use super::pen::{Look, Pen, line, plain};
use super::{NARROW, Strip, View};
use crate::shape::{Font, Ink};
use crate::text::{Language, picture};
use crate::timeline::{Packet, Timeline};
use protocol::command::{Kind, Side};
use protocol::world::{DatagramLedger, Ledger, StreamLedger};
use protocol::{Nanos, SocketId, World};

/// Narrowest part of the bar that stands for anything.
const LEAST: f32 = 10.0;

/// Packets looked back at for a lost one.
const SEARCHED: usize = 512;

/// How a part of the bar is filled.
#[derive(Clone, Copy, PartialEq)]
enum Fill {
    Plain(Ink),
    /// Its edge, and the lines across.
    Hatched(Ink, Ink),
}

struct Part {
    amount: u64,
    what: String,
    fill: Fill,
    text: Ink,
}

struct Balance {
    sentence: String,
    parts: Vec<Part>,
    /// What is true of it besides, and no part of the sum.
    notes: Vec<String>,
    unexplained: Option<u64>,
    quiet: bool,
    edge: Ink,
}

/// Which way the selected flow's balance is told: the sender, and on which wall it stands.
fn sender_of(world: &World, selected: SocketId) -> Option<(SocketId, Side)> {
    let socket = world.sockets.get(&selected)?;
    let sender = match socket.kind {
        Kind::Stream => {
            let far = world.sockets.get(&world.far_end(selected)?)?;
            let left_first = if socket.side == Side::Left { (socket, far) } else { (far, socket) };
            let (left, right) = left_first;
            if left.sent.bytes == 0 && right.sent.bytes > 0 { right.id } else { left.id }
        }
        Kind::Datagram => match aim(world, selected) {
            Some(_) => selected,
            None => world
                .sockets
                .keys()
                .copied()
                .find(|other| *other != selected && aim(world, *other) == Some(selected))?,
        },
    };
    Some((sender, world.sockets.get(&sender)?.side))
}

fn balance(timeline: &Timeline, sender: SocketId, language: Language) -> Option<Balance> {
    let world = timeline.world();
    let name = |id| picture::name_of(language, world, id);
    if world.sockets.get(&sender)?.kind == Kind::Datagram {
        let to = aim(world, sender)?;
        let ledger = world.datagram_ledger(to)?;
        let sentence = picture::took(language, &name(sender), &name(to), ledger.sent, false);
        return Some(datagram(ledger, sentence, language));
    }
    Some(match world.ledger(sender)? {
        Ledger::Stream(ledger) => {
            let to = name(world.far_end(sender)?);
            let sentence = picture::took(language, &name(sender), &to, ledger.sent, true);
            let mut balance = stream(ledger, sentence, language);
            on_wire(timeline, sender, &mut balance, language);
            balance
        }
        Ledger::Datagram(_) => return None,
    })
}

fn stream(ledger: StreamLedger, sentence: String, language: Language) -> Balance {
    let part = |amount, what: &str, fill, text| Part { amount, what: what.to_owned(), fill, text };
    Balance {
        sentence,
        notes: Vec::new(),
        parts: vec![
            part(
                ledger.kept,
                picture::kept_by_sender(language),
                Fill::Hatched(Ink::Tcp, Ink::TcpPale),
                Ink::Text,
            ),
            part(ledger.waiting, picture::waiting(language), Fill::Plain(Ink::TcpPale), Ink::Text),
            part(ledger.read, picture::read(language), Fill::Plain(Ink::Tcp), Ink::OnAccent),
            part(
                ledger.discarded,
                picture::discarded(language),
                Fill::Plain(Ink::LostPale),
                Ink::Lost,
            ),
        ],
        unexplained: ledger.unexplained,
        quiet: ledger.quiet,
        edge: Ink::Tcp,
    }
}

fn datagram(ledger: DatagramLedger, sentence: String, language: Language) -> Balance {
    let part = |amount, what: &str, fill, text| Part { amount, what: what.to_owned(), fill, text };
    let known = ledger.read
        + ledger.waiting
        + ledger.dropped
        + ledger.lost
        + ledger.not_reassembled
        + ledger.on_wire
        + ledger.device_full;
    // Where the balance must hold, a rest is unexplained, not on its way.
    let sent = ledger.sent + ledger.copied;
    let away = if ledger.quiet { 0 } else { sent.saturating_sub(known) };
    let gone = |across| Fill::Hatched(Ink::Lost, across);
    let note = |amount: u64, what: &str| {
        (amount > 0).then(|| format!("{} {what}", picture::number(amount)))
    };
    let notes = [
        note(ledger.copied, picture::copied(language)),
        note(ledger.damaged, picture::damaged_sum(language)),
    ];
    Balance {
        sentence,
        notes: notes.into_iter().flatten().collect(),
        parts: vec![
            part(
                ledger.device_full,
                picture::device_full(language),
                gone(Ink::LostPale),
                Ink::Lost,
            ),
            part(away, picture::on_the_way(language), Fill::Plain(Ink::ParcelPale), Ink::Text),
            part(
                ledger.on_wire,
                picture::on_the_wire(language),
                Fill::Plain(Ink::ParcelPale),
                Ink::Text,
            ),
            part(ledger.lost, picture::lost_stack(language), gone(Ink::LostPale), Ink::Lost),
            part(
                ledger.not_reassembled,
                picture::not_reassembled(language),
                gone(Ink::ParcelPale),
                Ink::Lost,
            ),
            part(ledger.dropped, picture::dropped(language), Fill::Plain(Ink::LostPale), Ink::Lost),
            part(
                ledger.waiting,
                picture::waiting(language),
                Fill::Plain(Ink::Parcel),
                Ink::ParcelText,
            ),
            part(ledger.read, picture::read(language), Fill::Plain(Ink::Udp), Ink::OnAccent),
        ],
        unexplained: ledger.unexplained,
        quiet: ledger.quiet,
        edge: Ink::Udp,
    }
}

/// What the packets say of a stream that is on the wire: who keeps the bytes, whether their copy was
/// lost, how many are under way.
fn on_wire(timeline: &Timeline, sender: SocketId, balance: &mut Balance, language: Language) {
    let Some(end) = timeline.world().sockets.get(&sender).and_then(|socket| socket.net.end())
    else {
        return;
    };
    let at = timeline.shown_at();
    if let Some(kept) = balance.parts.first_mut() {
        kept.what = picture::kept_by(language, end);
        if copy_lost(timeline, sender, at) {
            kept.what = format!("{} ({})", kept.what, picture::copy_lost(language));
        }
    }
    let own = |packet: &&Packet| packet.ends.0 == Some(sender) && packet.is_on_wire(at);
    let bytes: u64 =
        timeline.packets(at).filter(own).map(|packet| u64::from(packet.head.payload())).sum();
    if bytes > 0 {
        let text = format!("{} {}", picture::bytes(bytes), picture::on_the_wire(language));
        balance.notes.push(text);
    }
}

/// Whether bytes were lost on the wire and have not been sent again.
fn copy_lost(timeline: &Timeline, sender: SocketId, at: Nanos) -> bool {
    let mut repeated = Vec::new();
    let data = |packet: &&Packet| packet.ends.0 == Some(sender) && packet.head.payload() > 0;
    for packet in timeline.packets_before(at).take(SEARCHED).filter(data) {
        if packet.lost(at).is_some() && !repeated.contains(&packet.id) {
            return true;
        }
        repeated.extend(packet.repeats);
    }
    false
}

/// The whole strip.
pub(super) fn draw(timeline: &Timeline, view: &View) -> Strip {
    let world = timeline.world();
    let language = view.language;
    let narrow = view.width < NARROW;
    let height = if narrow { 76.0 } else { 44.0 };
    let mut pen = Pen::default();
    pen.rect([0.0, 0.0, view.width, height], 0.0, Ink::Ground);
    let found = view.selected.and_then(|selected| {
        let (sender, side) = sender_of(world, selected)?;
        Some((balance(timeline, sender, language)?, side))
    });
    let Some((balance, side)) = found else {
        let socket = view.selected.and_then(|id| world.sockets.get(&id));
        let text = match socket {
            None => picture::no_flow(language),
            Some(socket) if socket.kernel.peer.is_some() => picture::other_end(language),
            Some(_) => picture::unconnected(language),
        };
        pen.text([20.0, height / 2.0 + 5.0], text, plain(14.0).dim(), view.width - 40.0);
        return Strip { shapes: pen.shapes, height, words: text.to_owned() };
    };
    let margin = if narrow { 16.0 } else { 20.0 };
    let (verdict, ink) = verdict(&balance, language);
    let look = plain(14.0).bold().ink(ink).end();
    let middle = if narrow { 18.0 } else { 27.0 };
    let wide = look.width(&verdict);
    let bar = if narrow {
        pen.text([view.width - margin, 18.0], &verdict, look, view.width / 2.0);
        [margin, 27.0, view.width - 2.0 * margin, 22.0]
    } else {
        let wall = column(view.width);
        pen.text([view.width - margin, middle], &verdict, look, wall - margin - 16.0);
        [wall, 9.0, view.width - 2.0 * wall, 26.0]
    };
    let room =
        if narrow { view.width - 2.0 * margin - wide - 12.0 } else { bar[0] - margin - 12.0 };
    pen.text([margin, middle], &balance.sentence, plain(14.0), room);
    let mut parts: Vec<&Part> = balance.parts.iter().filter(|part| part.amount > 0).collect();
    if side == Side::Right {
        parts.reverse();
    }
    let mut beside = draw_bar(&mut pen, bar, &parts, balance.edge, language);
    beside.extend(balance.notes.iter().cloned());
    let beside = beside.join(" · ");
    let (at, most) = if narrow {
        ([margin, 67.0], view.width - 2.0 * margin)
    } else {
        ([bar[0] + bar[2] + 16.0, middle], column(view.width) - margin - wide - 32.0)
    };
    pen.text(at, &beside, plain(13.0).dim(), most);
    let said: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {}", picture::number(part.amount), part.what))
        .collect();
    let words = format!("{}; {}; {verdict}", balance.sentence, said.join(", "));
    Strip { shapes: pen.shapes, height, words }
}

fn verdict(balance: &Balance, language: Language) -> (String, Ink) {
    let head = picture::unexplained(language);
    match balance.unexplained {
        _ if !balance.quiet => (picture::settling(language).to_owned() + "…", Ink::Dim),
        None => (format!("{head}: {}", picture::not_knowable(language)), Ink::Dim),
        Some(0) => (format!("{head} 0"), Ink::Good),
        Some(n) => (format!("{head} {}", picture::number(n)), Ink::Lost),
    }
}

/// The bar itself; the labels for which it has no room.
fn draw_bar(
    pen: &mut Pen,
    bar: [f32; 4],
    parts: &[&Part],
    edge: Ink,
    language: Language,
) -> Vec<String> {
    let [x, y, wide, h] = bar;
    pen.frame(bar, 2.0, Ink::Plate, line(if parts.is_empty() { Ink::Line } else { edge }, 1.0));
    if parts.is_empty() {
        let look = plain(13.0).dim().middle();
        pen.text(
            [x + wide / 2.0, y + h / 2.0 + 5.0],
            picture::nothing_sent(language),
            look,
            wide - 10.0,
        );
        return Vec::new();
    }
    let mut beside = Vec::new();
    let total: u64 = parts.iter().map(|part| part.amount).sum();
    let free = wide - LEAST * parts.len() as f32;
    let mut left = x;
    for part in parts {
        let own = LEAST + free * (part.amount as f64 / total.max(1) as f64) as f32;
        let area = [left, y, own, h];
        match part.fill {
            Fill::Plain(ink) => pen.frame(area, 0.0, ink, line(edge, 1.0)),
            Fill::Hatched(ink, across) => {
                pen.frame(area, 0.0, Ink::Plate, line(edge, 1.0));
                pen.hatch(area, across);
                pen.frame_only(area, line(ink, 1.0));
            }
        }
        let text = format!("{} {}", picture::number(part.amount), part.what);
        let font = Font { size: 13.0, weight: 400, mono: false };
        if measure::width(&text, font) < own - 10.0 {
            let mut look = Look { font, ..plain(13.0) }.middle().ink(part.text);
            if matches!(part.fill, Fill::Hatched(..)) {
                look = look.halo(Ink::Plate);
            }
            pen.text([left + own / 2.0, y + h / 2.0 + 4.7], &text, look, own - 8.0);
        } else {
            beside.push(text);
        }
        left += own;
    }
    beside
}
