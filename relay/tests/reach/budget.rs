//! How many foreign addresses may be named.

use crate::support::lab::{Bench, failure};
use protocol::command::{Family, Kind};
use protocol::limit::FOREIGN_TARGETS;
use protocol::{Address, Command, Done, What};
use relay::journal::Read;

#[tokio::test]
async fn a_scan_ends_with_the_budget() {
    let bench = Bench::new();
    // Connecting a datagram socket sends nothing: nobody else is troubled.
    let socket = bench.socket(Family::Ipv4, Kind::Datagram).await;
    let mut reached = 0;
    for port in 20_000..21_000_u16 {
        let address = Address::Inet(([127, 9, 9, 9], port).into());
        match bench.ask(Command::Connect { socket, address }).await {
            Ok(Done::Local(_)) => reached += 1,
            refused => {
                let refused = failure(refused);
                assert_eq!(refused.short(), "limit");
                assert!(refused.message.contains("within a minute"), "{}", refused.message);
            }
        }
    }
    assert_eq!(reached, FOREIGN_TARGETS);
    let Read::Events(events) = bench.lab.journal().read(0, usize::MAX) else { panic!("lost") };
    let begun = events.iter().filter(|event| {
        matches!(&event.what, What::CallBegan { ask: Command::Connect { .. }, .. })
    });
    assert_eq!(begun.count(), FOREIGN_TARGETS);
    // One that was named may be named again, and the lab's own are free.
    let again = Address::Inet(([127, 9, 9, 9], 20_000).into());
    bench.ask(Command::Connect { socket, address: again }).await.expect("known");
    for _ in 0..100 {
        bench.pair().await;
    }
    let (post, at) = bench.bound(Family::Ipv4, Kind::Datagram).await;
    bench.send_to(post, &at, "to itself").await.expect("sent");
}
