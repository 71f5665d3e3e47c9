//! The least that makes a wire of two devices: whatever one end sends, the other gets.

use relay::wire::Device;
use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Forwards until it is dropped.
pub(super) struct Forwarder {
    stop: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Forwarder {
    pub(super) fn start(devices: [Device; 2]) -> Self {
        let stop = Arc::new(eventfd(0, EventfdFlags::CLOEXEC).expect("an eventfd"));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || run(&devices, &stopped));
        Self { stop, thread: Some(thread) }
    }
}

fn run(devices: &[Device; 2], stop: &OwnedFd) {
    let mut room = vec![0; 65_535];
    let [left, right] = devices;
    loop {
        let mut waits = [
            PollFd::from_borrowed_fd(left.fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(right.fd(), PollFlags::IN),
            PollFd::new(stop, PollFlags::IN),
        ];
        if poll(&mut waits, None).is_err() || !waits[2].revents().is_empty() {
            return;
        }
        for (from, to) in [(left, right), (right, left)] {
            while let Some(length) = from.read(&mut room).expect("read") {
                assert!(length <= 1500, "a packet of {length} bytes");
                to.write(&room[..length]).expect("written");
            }
        }
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        rustix::io::write(self.stop.as_fd(), &1_u64.to_ne_bytes()).expect("woken");
        if let Some(thread) = self.thread.take() {
            let done = thread.join();
            assert!(done.is_ok() || std::thread::panicking(), "the forwarder failed");
        }
    }
}
