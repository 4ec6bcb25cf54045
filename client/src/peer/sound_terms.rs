//! The parameters of our sound in a description (SDP), and what those of the other side say.

/// In-band FEC, both channels where the sender has two (RFC 7587, section 6.1), and, which only programs of our kind
/// know, that lost sound is rebuilt from what later packets carry along (DRED). Others skip what they do not know.
pub(super) const OPUS: &str = "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1;x-dred=1";

/// Packets that bring copies of the ones before them along (RFC 2198).
pub(super) const RED: &str = "audio/red";

/// How that is called in a description where it is for sound like ours.
const RED_MAPPING: &str = "red/48000/2";

/// The parameter for DRED.
const REVIVES: &str = "x-dred=1";

/// Whether the other side, whose description this is, rebuilds lost sound from what later packets carry along.
pub(super) fn revives(sdp: &str) -> bool {
    let parameters = sdp.lines().filter_map(|line| line.strip_prefix("a=fmtp:")?.split_once(' '));
    parameters.flat_map(|(_, parameters)| parameters.split(';')).any(|parameter| parameter.trim() == REVIVES)
}

/// The payload type of packets with copies, if the other side, whose description this is, takes them.
pub(super) fn red_payload_type(sdp: &str) -> Option<u8> {
    let mappings = sdp.lines().filter_map(|line| line.strip_prefix("a=rtpmap:")?.split_once(' '));
    let mut red = mappings.filter(|(_, mapping)| mapping.trim().eq_ignore_ascii_case(RED_MAPPING));
    red.find_map(|(payload_type, _)| payload_type.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_our_kind_is_known_by_its_parameters() {
        let ours = format!("v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 {OPUS}\r\n");

        assert!(revives(&ours));
    }

    #[test]
    fn a_browser_is_not() {
        let theirs = "v=0\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=x-dred=1\r\n";

        assert!(!revives(theirs));
        assert!(!revives(""));
    }

    #[test]
    fn packets_with_copies_have_the_payload_type_that_the_other_side_names() {
        let theirs = "m=audio 9 UDP/TLS/RTP/SAVPF 111 120\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:120 red/48000/2\r\n\
            m=video 9 UDP/TLS/RTP/SAVPF 96 121\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:121 red/90000\r\n";

        assert_eq!(red_payload_type(theirs), Some(120));
        assert_eq!(red_payload_type(&theirs.replace("red/48000/2", "CN/48000")), None);
    }
}
