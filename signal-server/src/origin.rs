//! Which web pages may connect. Browsers let any page open a websocket to any server and only say where it comes
//! from (RFC 6455, section 10.2): to look at that is the server's part.

/// The origins a browser may come from, besides pages of this very machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedOrigins {
    listed: Vec<String>,
}

impl AllowedOrigins {
    /// Allows these origins too, each written as browsers do: `https://calls.example.org`.
    pub fn with(listed: impl IntoIterator<Item = String>) -> Self {
        Self { listed: listed.into_iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect() }
    }

    /// Whether a page from there may connect. Pages from a file or from this machine always may.
    pub(crate) fn allows(&self, origin: &str) -> bool {
        is_local(origin) || self.listed.iter().any(|listed| listed.eq_ignore_ascii_case(origin))
    }
}

fn is_local(origin: &str) -> bool {
    if origin == "null" || origin.starts_with("file://") {
        return true;
    }
    let Some(authority) = origin.strip_prefix("http://") else {
        return false;
    };
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| match authority.strip_prefix(host) {
        Some("") => true,
        // The port has to be one: `localhost.example.org` and `localhost:80@example.org` are somewhere else.
        Some(rest) => rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_are_allowed() {
        let origins = AllowedOrigins::default();

        for origin in
            ["null", "file://", "http://localhost", "http://localhost:8080", "http://127.0.0.1:3000", "http://[::1]:80"]
        {
            assert!(origins.allows(origin), "{origin}");
        }
    }

    #[test]
    fn pages_from_elsewhere_are_not_allowed() {
        let origins = AllowedOrigins::default();

        for origin in [
            "http://example.org",
            "http://localhost.example.org",
            "http://localhost:80@example.org",
            "http://127.0.0.10",
            "",
        ] {
            assert!(!origins.allows(origin), "{origin}");
        }
    }

    #[test]
    fn a_listed_origin_is_allowed_and_its_neighbours_are_not() {
        let origins = AllowedOrigins::with(["https://calls.example.org/".to_owned()]);

        assert!(origins.allows("https://calls.example.org"));
        assert!(!origins.allows("https://calls.example.org.evil.net"));
        assert!(!origins.allows("http://calls.example.org"));
    }
}
