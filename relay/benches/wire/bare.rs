//! Owns the forwarding loop with nothing in it: what the wire could be at best.

use protocol::packet::End;
use relay::wire::Device;
use rustix::event::{PollFd, PollFlags, poll};
use std::thread;

/// Packets taken from one end before the other has its turn, as on the wire.
const TURN: usize = 32;

/// Forwards until the program ends.
pub(crate) fn start(devices: [Device; 2]) {
    thread::spawn(move || {
        let mut room = vec![0; 65_536];
        loop {
            turn(&devices, &mut room);
        }
    });
}

fn turn(devices: &[Device; 2], room: &mut [u8]) {
    let [left, right] = devices;
    let mut fds = [left, right].map(|device| PollFd::from_borrowed_fd(device.fd(), PollFlags::IN));
    let _ = poll(&mut fds, None);
    let ready = fds.map(|fd| !fd.revents().is_empty());
    for from in End::BOTH.into_iter().filter(|from| ready[from.index()]) {
        for _ in 0..TURN {
            let Ok(Some(length)) = devices[from.index()].read(room) else { break };
            let _ = devices[from.opposite().index()].write(&room[..length]);
        }
    }
}
