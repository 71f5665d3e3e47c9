//! Owns a moving picture with a tone, cut into frames that fit a datagram: what a voice and video call
//! sends. The same bytes for everybody, by number; what comes out of a socket is read back here.
//!
//! A frame is [`BYTES`] long: four bytes that name it, its number (big endian), two rows of a grey
//! picture of [`WIDTH`] × [`HEIGHT`], and [`SAMPLES`] of sound, 8 bits unsigned at [`RATE`].

/// Bytes of a frame.
pub const BYTES: usize = HEAD + WIDTH * ROWS + SAMPLES;
/// Points of a row.
pub const WIDTH: usize = 32;
/// Rows of the picture.
pub const HEIGHT: usize = 24;
/// Rows that a frame carries.
pub const ROWS: usize = 2;
/// Frames that make a whole picture.
pub const BANDS: u32 = (HEIGHT / ROWS) as u32;
/// Samples of sound that a frame carries.
pub const SAMPLES: usize = 160;
/// Samples a second.
pub const RATE: u32 = 8_000;
/// How long a frame's sound lasts, in nanoseconds: so often one is sent.
pub const EVERY: u64 = SAMPLES as u64 * 1_000_000_000 / RATE as u64;

const HEAD: usize = 8;
const MAGIC: [u8; 4] = *b"\xB5pbf";
/// Samples of one tone's wave, tone after tone: a short melody.
const WAVES: [u32; 8] = [30, 27, 24, 20, 18, 20, 24, 27];
/// Frames that a tone lasts.
const TONE: u32 = 12;

/// A frame that came out of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its number, from 0.
    pub number: u32,
    /// Its rows, brightness 0 to 255.
    pub rows: &'a [u8],
    /// Its sound, 128 is silence.
    pub sound: &'a [u8],
}

/// The frame that some bytes are.
pub fn read(bytes: &[u8]) -> Option<Frame<'_>> {
    let bytes = bytes.first_chunk::<BYTES>()?;
    let (head, rest) = bytes.split_at(HEAD);
    let (rows, sound) = rest.split_at(WIDTH * ROWS);
    let number = head.strip_prefix(&MAGIC)?.first_chunk()?;
    Some(Frame { number: u32::from_be_bytes(*number), rows, sound })
}

/// The frame of a number.
pub fn frame(number: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BYTES);
    bytes.extend(MAGIC);
    bytes.extend(number.to_be_bytes());
    let (picture, band) = (number / BANDS, number % BANDS);
    for row in 0..ROWS as u32 {
        bytes.extend((0..WIDTH as u32).map(|x| point(picture, x, band * ROWS as u32 + row)));
    }
    bytes.extend((0..SAMPLES as u32).map(|place| sample(number, place)));
    bytes
}

/// A ball that flies to and fro before a slope of grey.
fn point(picture: u32, x: u32, y: u32) -> u8 {
    const RADIUS: u32 = 6;
    let swing = |phase: u32, room: u32| {
        let place = phase % (2 * room);
        place.min(2 * room - place)
    };
    let (width, height) = (WIDTH as u32, HEIGHT as u32);
    let ball = (
        RADIUS + swing(picture * 3, width - 2 * RADIUS),
        RADIUS + swing(picture * 2, height - 2 * RADIUS),
    );
    let far = x.abs_diff(ball.0).pow(2) + y.abs_diff(ball.1).pow(2);
    let light = if far <= RADIUS * RADIUS { 255 - far * 2 } else { 40 + x + y * 2 };
    light.min(255) as u8
}

/// A triangular wave that goes on from frame to frame.
fn sample(number: u32, place: u32) -> u8 {
    let wave = WAVES[(number / TONE) as usize % WAVES.len()];
    let phase = (number % TONE * SAMPLES as u32 + place) % wave;
    let up = phase.min(wave - phase) * 2;
    (80 + up * 96 / wave) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_back_and_nothing_else_is_one() {
        for number in [0, 1, 13, 4_000_000_000] {
            let bytes = frame(number);
            let read = read(&bytes).expect("a frame");
            assert_eq!((bytes.len(), read.number), (BYTES, number));
            assert_eq!((read.rows.len(), read.sound.len()), (WIDTH * ROWS, SAMPLES));
        }
        assert_eq!(read(&frame(1)[1..]), None);
        assert_eq!(read(&frame(1)[..BYTES - 1]), None);
        assert_eq!(read(&[b'a'; BYTES]), None);
    }

    #[test]
    fn the_picture_moves_and_the_sound_is_one() {
        let first: Vec<u8> = (0..BANDS).flat_map(frame).collect();
        let second: Vec<u8> = (BANDS..2 * BANDS).flat_map(frame).collect();
        assert_ne!(first[HEAD..HEAD + 64], second[HEAD..HEAD + 64]);
        let sound: Vec<u8> =
            (0..TONE).flat_map(|n| read(&frame(n)).expect("one").sound.to_vec()).collect();
        assert!(sound.iter().any(|s| *s > 150) && sound.iter().any(|s| *s < 100));
        let leap = sound.windows(2).map(|two| two[0].abs_diff(two[1])).max();
        assert!(leap < Some(12), "it goes on without a click: {leap:?}");
    }
}
