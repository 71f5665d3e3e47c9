//! A packet's story, as the journal tells it.

use super::lab::{Bench, DEADLINE};
use protocol::packet::{Flags, Head, Mark, PacketFate, TcpHead};
use protocol::{Address, End, Nanos, PacketId, What};

/// A packet's whole story.
#[derive(Clone, Debug)]
pub struct Seen {
    pub id: PacketId,
    pub from: End,
    pub bytes: u32,
    pub src: Address,
    pub dst: Address,
    pub head: Head,
    pub entered: Nanos,
    pub marks: Vec<(Nanos, Mark)>,
    pub left: Vec<(Nanos, PacketFate)>,
    pub copy_of: Option<PacketId>,
}

impl Seen {
    pub fn tcp(&self) -> Option<&TcpHead> {
        match &self.head {
            Head::Tcp(tcp) => Some(tcp),
            _ => None,
        }
    }

    /// Whether it is a segment with exactly these flags, PSH left out.
    pub fn is(&self, flags: Flags) -> bool {
        self.tcp().is_some_and(|tcp| tcp.flags.0 & !Flags::PSH.0 == flags.0)
    }

    /// Whether it carries payload from this end.
    pub fn is_data(&self, from: End) -> bool {
        self.from == from && self.head.payload() > 0
    }

    pub fn fate(&self) -> Option<PacketFate> {
        self.left.last().map(|(_, fate)| *fate)
    }

    pub fn delivered(&self) -> bool {
        self.fate() == Some(PacketFate::Delivered)
    }

    pub fn is_marked(&self, mark: Mark) -> bool {
        self.marks.iter().any(|(_, own)| *own == mark)
    }
}

impl Bench {
    /// Every packet so far, in the order in which they entered.
    pub fn packets(&self) -> Vec<Seen> {
        let mut seen: Vec<Seen> = Vec::new();
        let place = |seen: &[Seen], id| seen.iter().rposition(|one| one.id == id);
        for event in self.events() {
            let at = event.at;
            match event.what {
                What::PacketEntered { packet: id, from, bytes, src, dst, head, .. } => {
                    let (marks, left) = (Vec::new(), Vec::new());
                    let entered = at;
                    let copy_of = None;
                    seen.push(Seen {
                        id,
                        from,
                        bytes,
                        src,
                        dst,
                        head,
                        entered,
                        marks,
                        left,
                        copy_of,
                    });
                }
                What::PacketMarked { packet, mark } => {
                    let place = place(&seen, packet).expect("it entered");
                    seen[place].marks.push((at, mark));
                    if let Mark::Copied { copy } = mark {
                        let (marks, left) = (Vec::new(), Vec::new());
                        let twin = seen[place].clone();
                        let (id, copy_of) = (copy, Some(packet));
                        seen.push(Seen { id, entered: at, marks, left, copy_of, ..twin });
                    }
                }
                What::PacketLeft { packet, fate, .. } => {
                    let place = place(&seen, packet).expect("it entered");
                    seen[place].left.push((at, fate));
                }
                _ => {}
            }
        }
        seen
    }

    /// Waits until the packets so far say so.
    pub async fn until_packets<T>(
        &self,
        what: &str,
        mut look: impl FnMut(&[Seen]) -> Option<T>,
    ) -> T {
        // The lock of `until` must not be held while the journal is read.
        let mut news = self.lab.journal().watch();
        let waiting = async {
            loop {
                if let Some(found) = look(&self.packets()) {
                    return found;
                }
                news.changed().await.expect("a journal");
            }
        };
        match tokio::time::timeout(DEADLINE, waiting).await {
            Ok(found) => found,
            Err(late) => panic!("{late}: {what}; the packets: {:#?}", self.packets()),
        }
    }
}
