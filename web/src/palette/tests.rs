//! What is offered, and what is found.

use super::*;
use crate::script::story::connected;
use protocol::{SocketId, World};

fn world() -> (World, SocketId) {
    let (script, cast) = connected(10, 0);
    let mut world = World::default();
    script.events.iter().for_each(|event| world.apply(event));
    (world, cast.client)
}

fn offered(world: &World, selected: Option<SocketId>) -> Vec<Entry> {
    entries(&Now { world, selected, acts: true, heard: true, experiments: &[] })
}

#[test]
fn everything_that_works_is_offered_once() {
    let (world, client) = world();
    let now =
        Now { world: &world, selected: Some(client), acts: true, heard: true, experiments: &[] };
    let all = offered(&world, Some(client));
    let times = |does| all.iter().filter(|row| row.does == does).count();
    for action in ACTIONS {
        let own = matches!(action.does, Gesture::Palette | Gesture::Dismiss);
        assert_eq!(times(action.does), usize::from(now.works(action.does) && !own), "{action:?}");
    }
    for verb in Verb::ALL {
        let works = now.works(Gesture::Call(verb));
        assert_eq!(times(Gesture::Call(verb)), usize::from(works), "{verb:?}");
    }
    for id in world.sockets.keys() {
        assert_eq!(times(Gesture::Select(*id)), 1);
    }
    assert_eq!(times(Gesture::Preset(presets().len() - 1)), 1);
    assert_eq!(times(Gesture::Speed("0.001")), 1);
    let makes = all.iter().filter(|row| matches!(row.does, Gesture::Make(_))).count();
    assert_eq!(makes, 20);
}

#[test]
fn who_may_only_look_is_offered_nothing_that_acts() {
    let (world, client) = world();
    let rows = entries(&Now {
        world: &world,
        selected: Some(client),
        acts: false,
        heard: true,
        experiments: &[],
    });
    let acting = rows.iter().find(|row| {
        !crate::intent::asks(row.does, &world, Some(client)).is_empty()
            || matches!(row.does, Gesture::Call(_))
    });
    assert_eq!(acting, None);
}

#[test]
fn each_row_is_found_by_its_own_words() {
    let (world, client) = world();
    let all = offered(&world, Some(client));
    for (place, row) in all.iter().enumerate() {
        for says in &row.says {
            assert!(find(says, &all).contains(&place), "{says}");
        }
    }
}

#[test]
fn a_few_letters_are_enough() {
    let (world, client) = world();
    let all = offered(&world, Some(client));
    let first = |query: &str| all[find(query, &all)[0]].does;
    assert_eq!(first("recv"), Gesture::Call(Verb::Recv));
    assert_eq!(first("nodel"), Gesture::Call(Verb::NoDelay));
    assert_eq!(first("hold wire"), Gesture::Hold);
    assert_eq!(first("卫星"), first("satellite"));
    assert_eq!(first("language"), Gesture::Language);
    assert_eq!(first("1,000,000"), Gesture::Speed("0.000001"));
    assert_eq!(first("sock_dgram right 10.77"), first("数据报 右边 线路 AF_INET"));
    assert_eq!(find("xyzzy", &all), Vec::<usize>::new());
    assert_eq!(find("", &all).len(), all.len());
}
