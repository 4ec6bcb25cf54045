//! The encoding of WebM: elements of an id, a length and a content (RFC 8794), as [`super::webm`] needs them.
//!
//! Lengths always take eight bytes, so that a header that is written anew with other values is exactly as long.

/// What stands for a length that is not known yet.
const UNKNOWN_LENGTH: u64 = 0x01FF_FFFF_FFFF_FFFF;

/// An element with a content that is known: its id as it is written, marker included.
pub(super) fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = start(id, content.len() as u64);
    bytes.extend_from_slice(content);
    bytes
}

/// An element that holds others.
pub(super) fn parent(id: u32, children: &[Vec<u8>]) -> Vec<u8> {
    element(id, &children.concat())
}

/// An element with a number.
pub(super) fn unsigned(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// An element with a number that may be negative, such as a date.
pub(super) fn signed(id: u32, value: i64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// An element with a broken number.
pub(super) fn float(id: u32, value: f64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// An element with words.
pub(super) fn text(id: u32, value: &str) -> Vec<u8> {
    element(id, value.as_bytes())
}

/// The id and the length of an element whose content follows.
pub(super) fn start(id: u32, length: u64) -> Vec<u8> {
    let mut bytes = id_bytes(id).to_vec();
    bytes.extend_from_slice(&(length | 1 << 56).to_be_bytes());
    bytes
}

/// The same for an element that goes on to the end of the file, wherever that will be.
pub(super) fn start_unknown(id: u32) -> Vec<u8> {
    let mut bytes = id_bytes(id).to_vec();
    bytes.extend_from_slice(&UNKNOWN_LENGTH.to_be_bytes());
    bytes
}

/// The bytes of an id: as many as its first one says.
pub(super) fn id_bytes(id: u32) -> Vec<u8> {
    let leading = (id.leading_zeros() / 8) as usize;
    id.to_be_bytes()[leading.min(3)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_its_id_its_length_and_its_content() {
        assert_eq!(element(0xEC, &[7, 7]), [0xEC, 0x01, 0, 0, 0, 0, 0, 0, 2, 7, 7]);
        assert_eq!(text(0x4282, "webm")[..2], [0x42, 0x82]);
        assert_eq!(unsigned(0x2AD7B1, 1)[..3], [0x2A, 0xD7, 0xB1]);
    }

    #[test]
    fn a_start_is_as_long_whether_its_length_is_known_or_not() {
        let (known, unknown) = (start(0x1853_8067, 5), start_unknown(0x1853_8067));

        assert_eq!(known.len(), unknown.len());
        assert_eq!(unknown, [0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
}
