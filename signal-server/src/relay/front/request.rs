//! What a packet is, as far as it has to be known to judge it.
use std::net::SocketAddr;

use stun::{
    attributes::{
        ATTR_EVEN_PORT, ATTR_MESSAGE_INTEGRITY, ATTR_NONCE, ATTR_RESERVATION_TOKEN, ATTR_USERNAME,
        ATTR_XOR_PEER_ADDRESS,
    },
    error_code::{ErrorCode, ErrorCodeAttribute},
    integrity::MessageIntegrity,
    message::{
        CLASS_ERROR_RESPONSE, CLASS_INDICATION, CLASS_REQUEST, Getter, METHOD_ALLOCATE, METHOD_BINDING,
        METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_REFRESH, METHOD_SEND, Message, MessageType, Setter,
    },
    textattrs::{Nonce, TextAttribute},
    xoraddr::XorMappedAddress,
};
use turn::proto::{chandata::ChannelData, channum::ChannelNumber};

/// Longest name and nonce that are looked at, in bytes. RFC 8489 allows about as much.
const TEXT_BYTES: usize = 512;
/// What a message's integrity takes, in bytes.
const INTEGRITY_BYTES: usize = 20;
/// Most peers in one request. Clients name one at a time, as the library takes them.
const PEERS: usize = 8;

/// One packet.
pub(super) enum Packet {
    /// Something to relay.
    Media,
    /// A request for the sender's own address as seen from here.
    Binding,
    /// A request that needs credentials.
    Request(Box<Request>),
    /// Anything else.
    Nonsense,
}

/// A request that needs credentials.
pub(super) struct Request {
    pub(super) message: Message,
    pub(super) wish: Wish,
    /// Who makes it, not proved yet; none where they do not say.
    pub(super) proof: Option<Proof>,
}

/// Who somebody says they are.
pub(super) struct Proof {
    pub(super) username: String,
    pub(super) nonce: String,
}

/// What somebody wants.
pub(super) enum Wish {
    Allocate,
    Refresh,
    /// To send to these and hear from them, by this channel or without one.
    Reach {
        peers: Vec<SocketAddr>,
        channel: Option<u16>,
    },
}

impl Packet {
    pub(super) fn read(packet: &[u8]) -> Self {
        if ChannelData::is_channel_data(packet) {
            return Self::Media;
        }
        let mut message = Message::new();
        if message.unmarshal_binary(packet).is_err() {
            return Self::Nonsense;
        }
        let MessageType { method, class } = message.typ;
        match (class, method) {
            (CLASS_INDICATION, METHOD_SEND) => Self::Media,
            (CLASS_REQUEST, METHOD_BINDING) => Self::Binding,
            (CLASS_REQUEST, _) => {
                Request::read(message).map_or(Self::Nonsense, |request| Self::Request(Box::new(request)))
            }
            (_, _) => Self::Nonsense,
        }
    }
}

impl Request {
    fn read(message: Message) -> Option<Self> {
        // They ask for pairs of ports, which nothing needs any more and which would be made without end.
        if message.contains(ATTR_EVEN_PORT) || message.contains(ATTR_RESERVATION_TOKEN) {
            return None;
        }
        let wish = match message.typ.method {
            METHOD_ALLOCATE => Wish::Allocate,
            METHOD_REFRESH => Wish::Refresh,
            METHOD_CREATE_PERMISSION => Wish::Reach { peers: peers(&message)?, channel: None },
            METHOD_CHANNEL_BIND => {
                let mut channel = ChannelNumber::default();
                channel.get_from(&message).ok().filter(|()| channel.valid())?;
                Wish::Reach { peers: peers(&message)?, channel: Some(channel.0) }
            }
            _ => return None,
        };
        let proof = match message.get(ATTR_MESSAGE_INTEGRITY) {
            Ok(integrity) if integrity.len() != INTEGRITY_BYTES => return None,
            Ok(_) => Some(Proof { username: text(&message, ATTR_USERNAME)?, nonce: text(&message, ATTR_NONCE)? }),
            Err(_) => None,
        };
        Some(Self { message, wish, proof })
    }

    /// The answer that refuses it.
    pub(super) fn refusal(&self, code: ErrorCode, integrity: &MessageIntegrity) -> Option<Vec<u8>> {
        self.error(code, vec![Box::new(integrity.clone())])
    }

    /// The answer that asks for a proof made with this nonce.
    pub(super) fn challenge(&self, code: ErrorCode, nonce: &str, realm: &str) -> Option<Vec<u8>> {
        let realm = stun::textattrs::Realm::new(stun::attributes::ATTR_REALM, realm.to_owned());
        self.error(code, vec![Box::new(Nonce::new(ATTR_NONCE, nonce.to_owned())), Box::new(realm)])
    }

    fn error(&self, code: ErrorCode, mut more: Vec<Box<dyn Setter>>) -> Option<Vec<u8>> {
        let id = Message { transaction_id: self.message.transaction_id, ..Message::default() };
        let typ = MessageType::new(self.message.typ.method, CLASS_ERROR_RESPONSE);
        let mut setters: Vec<Box<dyn Setter>> =
            vec![Box::new(id), Box::new(typ), Box::new(ErrorCodeAttribute { code, reason: Vec::new() })];
        setters.append(&mut more);
        let mut message = Message::new();
        message.build(&setters).ok()?;
        Some(message.raw)
    }
}

/// The nonce in an answer of the library that has one.
pub(super) fn nonce_of(answer: &[u8]) -> Option<String> {
    // Of what goes out, nearly all is media; the first two bytes tell it.
    let [first, second, ..] = answer else { return None };
    if u16::from_be_bytes([*first, *second]) & 0xc110 != 0x0110 {
        return None;
    }
    let mut message = Message::new();
    message.unmarshal_binary(answer).ok()?;
    text(&message, ATTR_NONCE)
}

fn text(message: &Message, attribute: stun::attributes::AttrType) -> Option<String> {
    let text = TextAttribute::get_from_as(message, attribute).ok()?.text;
    (text.len() <= TEXT_BYTES).then_some(text)
}

/// All the peers that a request names; none where it names none, or too many, or one that makes no sense.
fn peers(message: &Message) -> Option<Vec<SocketAddr>> {
    let mut peers = Vec::new();
    for attribute in message.attributes.0.iter().filter(|attribute| attribute.typ == ATTR_XOR_PEER_ADDRESS) {
        // The parser takes the first attribute of a message: each gets a message of its own.
        let mut alone = Message { transaction_id: message.transaction_id, ..Message::default() };
        alone.attributes.0.push(attribute.clone());
        let mut address = XorMappedAddress::default();
        address.get_from_as(&alone, ATTR_XOR_PEER_ADDRESS).ok()?;
        peers.push(SocketAddr::new(address.ip, address.port));
    }
    (1..=PEERS).contains(&peers.len()).then_some(peers)
}
