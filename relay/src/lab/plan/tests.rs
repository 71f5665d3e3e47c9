//! No address outside the allowed set ever reaches the kernel, however it is spelt and whatever a
//! resolver says: the way from a text to the system call's argument, with a kernel that only notes.

mod oracle;
mod spelling;

use super::*;
use crate::resolve::Resolver;
use oracle::{Rule, may_bind, may_reach};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use protocol::SocketId;
use protocol::command::Net;
use socket2::{Domain, Socket, Type};
use spelling::Case;
use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const CASES: u32 = 100_000;

/// Sockets of all nets, families and kinds. Nothing is ever asked of their descriptors.
fn slots() -> Vec<Slot> {
    let mut slots = Vec::new();
    for net in [Net::Host, Net::Left, Net::Right] {
        for family in [Family::Ipv4, Family::Ipv6] {
            for kind in [Kind::Stream, Kind::Datagram] {
                let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).expect("a socket");
                slots.push(Slot::new(SocketId(1), 0, net, family, kind, socket, None));
            }
        }
    }
    slots
}

/// What the kernel would be given.
fn given(plan: &Plan) -> Option<SocketAddr> {
    let to = match plan {
        Plan::Lane(State::Connect { to, .. } | State::SendTo { to, .. }) | Plan::Bind(to) => to,
        Plan::Lane(State::Burst(burst)) => burst.to()?,
        Plan::Serve(film) => film.as_ref()?,
        _ => return None,
    };
    Some(to.as_socket().expect("an IP address"))
}

/// What came of all cases.
#[derive(Default, Debug)]
struct Tally {
    no_address: u32,
    refused: u32,
    near: u32,
    far: u32,
    looked_up: u32,
    by_name: u32,
}

/// A case, from its text to what the kernel would be given.
async fn try_one(case: &Case, slots: &[Slot], tally: &mut Tally) -> Result<(), TestCaseError> {
    let slot = &slots[case.slot % slots.len()];
    let Some(address) = case.address() else {
        tally.no_address += 1;
        return Ok(());
    };
    let policy = Policy {
        own: case.own.clone(),
        allow: case.allow.iter().filter_map(Rule::range).collect(),
    };
    let asked = Arc::new(AtomicUsize::new(0));
    let (answers, count) = (case.answers.clone(), Arc::clone(&asked));
    let resolver = Resolver::by(Arc::new(move |_| {
        // It flips: what the second answer says, the first did not.
        Ok(answers[count.fetch_add(1, Ordering::Relaxed).min(1)].clone())
    }));
    let mut command = case.command(address);
    let name = match target_of(&mut command) {
        Some(Address::Name { host, .. }) => Some(host.clone()),
        _ => None,
    };
    if let Some(host) = name
        && policy.looks_up(slot.net, slot.family, &host)
    {
        tally.looked_up += 1;
        match resolver.settle(&policy, slot.family, command).await {
            Ok(settled) => command = settled,
            Err(_) => return Ok(()),
        }
    }
    settle(slot, &mut command);
    let plan = plan(&policy, slot, &command);
    let asked = asked.load(Ordering::Relaxed);
    prop_assert!(asked <= 1, "asked {} times", asked);
    prop_assert!(asked == 0 || !case.allow.is_empty());
    let Some(to) = plan.ok().as_ref().and_then(given) else {
        tally.refused += 1;
        return Ok(());
    };
    if asked == 1 {
        let known = case.answers[0].iter().any(|ip| ip.to_canonical() == to.ip().to_canonical());
        tally.by_name += 1;
        prop_assert!(known, "{} is not what the resolver said", to);
    }
    if case.binds() {
        prop_assert!(may_bind(case, slot.net, to), "bound to {}", to);
    } else {
        prop_assert!(may_reach(case, slot.net, to), "reached {}", to);
    }
    let near = slot.net != Net::Host || to.ip().to_canonical().is_loopback();
    if near {
        tally.near += 1;
    } else {
        tally.far += 1;
    }
    Ok(())
}

#[test]
fn nothing_outside_the_allowed_set_reaches_the_kernel() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    let (slots, tally) = (slots(), RefCell::new(Tally::default()));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let ran = TestRunner::new(config).run(&spelling::case(), |case| {
        runtime.block_on(try_one(&case, &slots, &mut tally.borrow_mut()))
    });
    ran.unwrap_or_else(|failed| panic!("{failed}"));
    let tally = tally.into_inner();
    println!("{tally:?}");
    // The cases are of all sorts.
    for count in [tally.no_address, tally.refused, tally.near, tally.far, tally.looked_up] {
        assert!(count > CASES / 200, "{tally:?}");
    }
    assert!(tally.by_name > CASES / 1_000, "{tally:?}");
}

#[test]
fn an_allowed_address_is_reached_in_its_plain_form() {
    let allow = vec!["192.0.2.0/24:80".parse().expect("a range")];
    let policy = Policy { own: Vec::new(), allow };
    let slots = slots();
    let slot = slots.iter().find(|slot| slot.kind == Kind::Datagram).expect("one");
    for (text, to) in [
        ("192.0.2.1:80", Some("192.0.2.1:80")),
        ("[::ffff:192.0.2.1]:80", Some("192.0.2.1:80")),
        ("192.0.2.1:81", None),
        ("192.0.3.1:80", None),
        ("[64:ff9b::192.0.2.1]:80", None),
    ] {
        let address: Address = text.parse().expect(text);
        let ask = Command::Connect { socket: SocketId(1), address };
        let planned = plan(&policy, slot, &ask).ok().as_ref().and_then(given);
        assert_eq!(planned.map(|to| to.to_string()).as_deref(), to, "{text}");
    }
    let ip: IpAddr = [192, 0, 2, 1].into();
    let bind = |port| {
        let address = SocketAddr::new(ip, port).into();
        plan(&policy, slot, &Command::Bind { socket: SocketId(1), address }).is_ok()
    };
    assert!(bind(80) && !bind(0) && !bind(81));
}
