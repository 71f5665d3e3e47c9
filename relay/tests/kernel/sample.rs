//! The coherent sample and the ledger's formula.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use relay::kernel::{Balance, balance, queue};

use crate::{connection, wait_until};

/// All that was handed to the connecting end: its SYN is counted, no FIN is sent.
fn handed_over(sample: &Balance) -> u64 {
    sample.info.bytes_acked - 1 + u64::from(sample.send_queue)
}

/// Ends the threads however the test ends.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

#[test]
fn samples_hold_while_a_thread_writes() {
    const CHUNK: u64 = 3000;
    let (left, right) = connection();
    let (sent, read) = (AtomicU64::new(0), AtomicU64::new(0));
    let (stop, stopped) = (AtomicBool::new(false), AtomicBool::new(false));
    let mut valid = 0;
    right.set_nonblocking(true).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(SeqCst) {
                (&left).write_all(&[1; CHUNK as usize]).unwrap();
                sent.fetch_add(CHUNK, SeqCst);
            }
            stopped.store(true, SeqCst);
        });
        scope.spawn(|| {
            while !stopped.load(SeqCst) || queue::send(left.as_fd()).unwrap() > 0 {
                if let Ok(got) = (&right).read(&mut [0; 10_000]) {
                    read.fetch_add(got as u64, SeqCst);
                }
            }
        });
        let _stop = OnDrop(&stop);
        wait_until("200 samples were coherent", || {
            let before = sent.load(SeqCst);
            if let Some(sample) = balance(left.as_fd()).unwrap() {
                let handed = handed_over(&sample);
                assert!(
                    (before..=sent.load(SeqCst) + CHUNK).contains(&handed),
                    "{handed} of {before}: {sample:?}"
                );
                assert_eq!(sample.unsent, sample.info.notsent_bytes);
                valid += 1;
            }
            (valid == 200).then_some(())
        });
    });
    let (sender, receiver) = wait_until("both ends are quiet", || {
        let sender = balance(left.as_fd()).unwrap().filter(|sample| sample.send_queue == 0)?;
        Some((sender, balance(right.as_fd()).unwrap()?))
    });
    assert_eq!(handed_over(&sender), sent.load(SeqCst), "S is what send returned");
    assert_eq!(sender.in_flight(), 0);
    assert_eq!(receiver.info.bytes_received, read.load(SeqCst) + u64::from(receiver.receive_queue));
    assert_eq!(receiver.info.bytes_received, sender.info.bytes_acked - 1, "A = R");
}
