//! The parameters of our sound in a description (SDP), and what those of the other side say.

/// In-band FEC, both channels where the sender has two (RFC 7587, section 6.1), and, which only programs of our kind
/// know, that lost sound is rebuilt from what later packets carry along (DRED). Others skip what they do not know.
pub(super) const OPUS: &str = "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1;x-dred=1";

/// The parameter for DRED.
const REVIVES: &str = "x-dred=1";

/// Whether the other side, whose description this is, rebuilds lost sound from what later packets carry along.
pub(super) fn revives(sdp: &str) -> bool {
    let parameters = sdp.lines().filter_map(|line| line.strip_prefix("a=fmtp:")?.split_once(' '));
    parameters.flat_map(|(_, parameters)| parameters.split(';')).any(|parameter| parameter.trim() == REVIVES)
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
}
