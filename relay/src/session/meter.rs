//! Owns the length of the messages that come in: reads frame heads (RFC 6455, section 5.2) before the library
//! does, which sets memory aside for what a head announces. Pure: bytes in, how many may pass.

/// Bytes of the longest head, without its mask: two, and a length of eight.
const HEAD: usize = 10;
/// Bytes of a mask.
const MASK: u64 = 4;

/// What has come of a stream of frames.
#[derive(Debug)]
pub(super) struct Meter {
    /// Bytes that a message may have.
    most: u64,
    /// The beginning of a head whose rest has not come.
    head: [u8; HEAD],
    have: usize,
    /// Bytes of the frame under way, its mask included, that have not come.
    left: u64,
    /// Bytes of the unfinished message that its frames have announced.
    message: u64,
}

/// A whole head.
struct Head {
    bytes: usize,
    last: bool,
    control: bool,
    follows: bool,
    masked: bool,
    length: u64,
}

impl Meter {
    /// Lets messages of up to `most` bytes pass.
    pub(super) fn new(most: usize) -> Self {
        Self { most: most as u64, head: [0; HEAD], have: 0, left: 0, message: 0 }
    }

    /// Another bound, for frames whose head has not passed yet.
    pub(super) fn set(&mut self, most: usize) {
        self.most = most as u64;
    }

    /// How many of the next bytes may pass: fewer than there are where a message gets too long, all before its
    /// head; what did not pass may be shown again.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if self.left > 0 {
                let part = self.left.min((bytes.len() - at) as u64);
                self.left -= part;
                at += part as usize;
                continue;
            }
            let mut whole = self.head;
            let new = (HEAD - self.have).min(bytes.len() - at);
            whole[self.have..self.have + new].copy_from_slice(&bytes[at..at + new]);
            let Some(head) = Head::read(&whole[..self.have + new]) else {
                (self.head, self.have) = (whole, self.have + new);
                return bytes.len();
            };
            let Some(message) = self.message_with(&head) else { return at };
            at += head.bytes - self.have;
            self.have = 0;
            self.left = head.length + if head.masked { MASK } else { 0 };
            self.message = message;
        }
        at
    }

    /// Bytes of the message under way after that frame; none where they would be too many.
    fn message_with(&self, head: &Head) -> Option<u64> {
        if head.length > self.most {
            return None;
        }
        if head.control {
            return Some(self.message);
        }
        let before = if head.follows { self.message } else { 0 };
        let message = Some(before + head.length).filter(|message| *message <= self.most)?;
        Some(if head.last { 0 } else { message })
    }
}

impl Head {
    /// None where more bytes are needed.
    fn read(bytes: &[u8]) -> Option<Self> {
        let &[first, second, ref rest @ ..] = bytes else { return None };
        let (more, length) = match second & 0x7f {
            126 => (2, u16::from_be_bytes(*rest.first_chunk()?).into()),
            127 => (8, u64::from_be_bytes(*rest.first_chunk()?)),
            short => (0, short.into()),
        };
        Some(Self {
            bytes: 2 + more,
            last: first & 0x80 != 0,
            control: first & 0x08 != 0,
            follows: first & 0x0f == 0,
            masked: second & 0x80 != 0,
            length,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOST: usize = 1_000;

    /// A masked frame.
    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match length {
            0..126 => frame.push(0x80 | length as u8),
            126..65_536 => {
                frame.push(0x80 | 126);
                frame.extend((length as u16).to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((length as u64).to_be_bytes());
            }
        }
        frame.extend(vec![0xff; 4 + length]);
        frame
    }

    #[test]
    fn a_message_too_long_ends_before_its_head() {
        // Text, then text in fragments with a ping between; the last one is what is too much.
        let good =
            [frame(0x81, MOST), frame(0x01, 600), frame(0x89, 125), frame(0x00, 400)].concat();
        for bad in [frame(0x00, 1), frame(0x80, 1), frame(0x02, MOST + 1), frame(0x89, 1 << 20)] {
            let all = [good.clone(), bad].concat();
            assert_eq!(Meter::new(MOST).pass(&all), good.len());
        }
        let mut huge = vec![0x82, 0xff];
        huge.extend(u64::MAX.to_be_bytes());
        assert_eq!(Meter::new(MOST).pass(&huge), 0);
    }

    #[test]
    fn what_did_not_pass_may_pass_another_bound() {
        let (hello, long) = (frame(0x81, 10), frame(0x81, MOST + 1));
        let mut meter = Meter::new(MOST);
        assert_eq!(meter.pass(&[hello.clone(), long.clone()].concat()), hello.len());
        assert_eq!(meter.pass(&long), 0);
        meter.set(MOST + 1);
        assert_eq!(meter.pass(&long), long.len());
    }

    proptest! {
        /// However the bytes come apart, the same messages pass.
        #[test]
        fn the_cuts_do_not_matter(
            frames in proptest::collection::vec((0_u8..16, any::<bool>(), 0_usize..400), 0..12),
            cuts in proptest::collection::vec(1_usize..300, 1..40),
        ) {
            let frames = frames.iter().map(|(opcode, last, length)| {
                frame(opcode | if *last { 0x80 } else { 0 }, *length)
            });
            let all = frames.collect::<Vec<_>>().concat();
            let most = Meter::new(MOST).pass(&all);
            let (mut meter, mut passed) = (Meter::new(MOST), 0);
            for cut in cuts.iter().cycle() {
                let next = &all[passed..all.len().min(passed + cut)];
                let good = meter.pass(next);
                passed += good;
                if next.is_empty() || good < next.len() {
                    break;
                }
            }
            // Of a head that came in parts the first may have passed: they announce nothing yet.
            prop_assert!(passed >= most && passed - most < HEAD, "{} and {}", passed, most);
        }
    }
}
