use super::*;

#[test]
fn a_server_is_listed_once_it_has_answered_and_not_before() {
    let (mut roster, now) = (Roster::default(), Instant::now());

    roster.handle(announced("ada", &["10.0.0.2"]), now);
    let before = roster.listed();
    let probe = roster.poll_probe();
    roster.handle(answered("ada", "10.0.0.2"), now);

    assert_eq!(before, []);
    assert_eq!(probe, Some(Probe { full_name: full("ada"), addresses: vec![at("10.0.0.2")] }));
    assert_eq!(names(&roster), ["ada"]);
}

#[test]
fn addresses_that_arrive_one_by_one_become_one_server() {
    let (mut roster, now) = (Roster::default(), Instant::now());

    roster.handle(announced("ada", &["10.0.0.2"]), now);
    roster.handle(announced("ada", &["192.168.1.2", "10.0.0.2"]), now);
    roster.handle(answered("ada", "192.168.1.2"), now);

    let listed = roster.listed();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].addresses, [at("192.168.1.2"), at("10.0.0.2")]);
}

#[test]
fn an_address_that_comes_while_another_is_tried_is_tried_at_once_after_it() {
    let (mut roster, now) = (Roster::default(), Instant::now());

    roster.handle(announced("ada", &["10.0.0.2"]), now);
    drop(roster.poll_probe());
    roster.handle(announced("ada", &["192.168.1.2"]), now);
    roster.handle(silent("ada"), now);

    assert_eq!(roster.poll_probe().map(|probe| probe.addresses.len()), Some(2));
}

#[test]
fn a_server_that_was_killed_is_gone_within_ten_seconds() {
    let (mut roster, start) = (listed_at_start(), Instant::now());
    let mut now = start;

    while names(&roster) == ["ada"] {
        now = roster.poll_timeout().unwrap();
        roster.handle_timeout(now);
        assert!(roster.poll_probe().is_some());
        roster.handle(silent("ada"), now);
    }

    assert!(now - start <= Duration::from_secs(9), "{:?}", now - start);
}

#[test]
fn one_failure_is_forgiven() {
    let mut roster = listed_at_start();

    let now = roster.poll_timeout().unwrap();
    roster.handle_timeout(now);
    roster.handle(silent("ada"), now);
    let in_between = names(&roster);
    roster.handle_timeout(now + PROBE_INTERVAL);
    roster.handle(answered("ada", "10.0.0.2"), now + PROBE_INTERVAL);

    assert_eq!(in_between, ["ada"]);
    assert_eq!(names(&roster), ["ada"]);
}

#[test]
fn one_that_says_goodbye_is_gone_at_once_whatever_it_still_answers() {
    let (mut roster, now) = (listed_at_start(), Instant::now());

    roster.handle(Heard::Withdrawn { full_name: full("ada") }, now);
    roster.handle(answered("ada", "10.0.0.2"), now);

    assert_eq!(roster.listed(), []);
    assert_eq!(roster.poll_timeout(), None);
}

#[test]
fn one_that_comes_back_is_asked_again() {
    let (mut roster, mut now) = (Roster::default(), Instant::now());
    roster.handle(announced("ada", &["10.0.0.2"]), now);
    while let Some(at) = roster.poll_timeout().or_else(|| roster.poll_probe().map(|_| now)) {
        now = at;
        roster.handle_timeout(now);
        roster.handle(silent("ada"), now);
    }

    roster.handle(announced("ada", &["10.0.0.2"]), now);

    assert!(roster.poll_probe().is_some());
}

#[test]
fn a_flood_of_announcements_is_bounded_and_hides_nobody_who_answers() {
    let (mut roster, now) = (listed_at_start(), Instant::now());

    for number in 0..10_000 {
        roster.handle(announced(&format!("flood-{number}"), &["10.9.9.9"]), now);
        while let Some(probe) = roster.poll_probe() {
            roster.handle(Heard::Probed { full_name: probe.full_name, answer: None }, now);
        }
    }

    assert!(roster.servers.len() <= MOST_SERVERS);
    assert_eq!(names(&roster), ["ada"]);
}

#[test]
fn one_server_cannot_have_us_try_many_addresses() {
    let (mut roster, now) = (Roster::default(), Instant::now());

    for number in 0..200 {
        roster.handle(announced("ada", &[&format!("10.0.0.{number}")]), now);
    }

    assert!(roster.servers[&full("ada")].addresses.len() <= MOST_ADDRESSES);
}

fn listed_at_start() -> Roster {
    let (mut roster, now) = (Roster::default(), Instant::now());
    roster.handle(announced("ada", &["10.0.0.2"]), now);
    drop(roster.poll_probe());
    roster.handle(answered("ada", "10.0.0.2"), now);
    roster
}

fn announced(name: &str, addresses: &[&str]) -> Heard {
    let addresses = addresses.iter().map(|address| at(address)).collect();
    Heard::Announced { full_name: full(name), name: name.to_owned(), addresses }
}

fn answered(name: &str, address: &str) -> Heard {
    let answer = Some(Answer { address: at(address), pin: None, rooms: Vec::new() });
    Heard::Probed { full_name: full(name), answer }
}

fn silent(name: &str) -> Heard {
    Heard::Probed { full_name: full(name), answer: None }
}

fn names(roster: &Roster) -> Vec<String> {
    roster.listed().into_iter().map(|listed| listed.name).collect()
}

fn full(name: &str) -> String {
    format!("{name}._parlor._tcp.local.")
}

fn at(text: &str) -> ServerAddress {
    text.parse().unwrap()
}
