use std::net::Ipv4Addr;

use super::*;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[test]
fn equal_names_get_numbers_in_the_order_of_coming() {
    let mut room = room();
    let ada: Nickname = "Ada".parse().unwrap();

    let names: Vec<String> = (0..3)
        .map(|n| room.sit(ParticipantId::new(n), ConnectionId::new(n), HERE, &ada).nickname.to_string())
        .collect();

    assert_eq!(names, ["Ada", "Ada 2", "Ada 3"]);
}

#[test]
fn a_number_that_somebody_chose_as_their_name_is_stepped_over() {
    let mut room = room();
    room.sit(ParticipantId::new(0), ConnectionId::new(0), HERE, &"Ada 2".parse().unwrap());
    room.sit(ParticipantId::new(1), ConnectionId::new(1), HERE, &"Ada".parse().unwrap());

    let third = room.sit(ParticipantId::new(2), ConnectionId::new(2), HERE, &"Ada".parse().unwrap());

    assert_eq!(third.nickname.as_str(), "Ada 3");
}

#[test]
fn the_list_names_the_first_eight_in_the_order_of_coming() {
    let mut room = room();
    for number in (0..10).rev() {
        room.sit(ParticipantId::new(number), ConnectionId::new(number), HERE, &format!("{number}").parse().unwrap());
    }

    let people = room.info().people;

    assert_eq!(people.iter().map(Nickname::as_str).collect::<Vec<_>>(), ["9", "8", "7", "6", "5", "4", "3", "2"]);
}

#[test]
fn the_number_of_those_removed_that_are_remembered_is_bounded() {
    let mut room = room();

    for number in 0..10_000 {
        room.remember_removed(ParticipantId::new(number), IpAddr::V4(Ipv4Addr::from_bits(number as u32)));
    }

    assert_eq!((room.state.removed.len(), room.removed_addresses.len()), (MOST_REMOVED, MOST_REMOVED));
    assert_eq!(room.state_to_seal().removed.len(), MOST_SEALED);
    assert_eq!(room.state_to_seal().removed.back(), Some(&ParticipantId::new(9_999)));
}

fn room() -> Room {
    Room::new(RoomName::generated(1), 64, 1, ParticipantId::new(0))
}
