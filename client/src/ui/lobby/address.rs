//! The address of a server, from what people write.
use std::{fmt, net::Ipv4Addr};

use thiserror::Error;

/// The port of a server that does not say otherwise.
pub(crate) const DEFAULT_PORT: u16 = 7443;

/// Where a server is, as `ws://HOST:PORT`, with a path where one was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress(String);

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AddressError {
    #[error("Enter the address of a server")]
    Empty,
    #[error("Only ws:// servers can be used, not {scheme}://")]
    Scheme { scheme: String },
    #[error("The port must be a number up to 65535")]
    Port,
    #[error("That is no address: write it as host or host:port")]
    Host,
}

impl ServerAddress {
    /// The address on this computer.
    pub(crate) fn local() -> Self {
        Self(format!("ws://127.0.0.1:{DEFAULT_PORT}"))
    }

    /// Reads `host`, `host:port` or `ws://host:port`, with or without spaces around and a slash at the end.
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let rest = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("ws") => rest,
            Some((scheme, _)) => return Err(AddressError::Scheme { scheme: scheme.to_lowercase() }),
            None => text,
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority)?;
        let host_is_good = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._[]:%".contains(c));
        if !host_is_good || path.contains(char::is_whitespace) {
            return Err(AddressError::Host);
        }
        Ok(Self(format!("ws://{}:{port}{}", host.to_lowercase(), path.trim_end_matches('/'))))
    }

    /// The port, where the host is this computer by its own name for itself (RFC 1122, section 3.2.1.3; RFC 6761).
    pub(crate) fn port_here(&self) -> Option<u16> {
        let rest = self.0.strip_prefix("ws://").unwrap_or(&self.0);
        let authority = rest.split('/').next().unwrap_or(rest);
        let (host, port) = authority.rsplit_once(':')?;
        let is_here =
            host == "localhost" || host == "[::1]" || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
        port.parse().ok().filter(|_| is_here)
    }

    /// The address as short as it is unambiguous, for headings.
    pub(crate) fn short(&self) -> &str {
        let short = self.0.strip_prefix("ws://").unwrap_or(&self.0);
        short.strip_suffix(&format!(":{DEFAULT_PORT}")).unwrap_or(short)
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits a host from its port; an IPv6 address (RFC 3986, section 3.2.2) gets the brackets that it may lack.
fn split_port(authority: &str) -> Result<(String, u16), AddressError> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((before, _)) if before.contains(':') && !authority.starts_with('[') => {
            return Ok((format!("[{authority}]"), DEFAULT_PORT));
        }
        Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| AddressError::Port)?),
        _ => (authority, DEFAULT_PORT),
    };
    if port == 0 { Err(AddressError::Port) } else { Ok((host.to_owned(), port)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_alone_gets_the_scheme_and_the_port() {
        for text in ["studio.local", " studio.local ", "ws://studio.local", "Studio.Local:7443", "WS://studio.local/"] {
            assert_eq!(parsed(text), Ok("ws://studio.local:7443".to_owned()), "{text}");
        }
    }

    #[test]
    fn a_port_and_a_path_are_kept() {
        assert_eq!(parsed("10.0.0.2:9000"), Ok("ws://10.0.0.2:9000".to_owned()));
        assert_eq!(parsed("ws://10.0.0.2/parlor/ws"), Ok("ws://10.0.0.2:7443/parlor/ws".to_owned()));
    }

    #[test]
    fn ipv6_works_with_and_without_brackets() {
        assert_eq!(parsed("::1"), Ok("ws://[::1]:7443".to_owned()));
        assert_eq!(parsed("[fe80::2]"), Ok("ws://[fe80::2]:7443".to_owned()));
        assert_eq!(parsed("[fe80::2]:9000"), Ok("ws://[fe80::2]:9000".to_owned()));
    }

    #[test]
    fn what_is_normal_already_stays_as_it_is() {
        for text in ["ws://127.0.0.1:7443", "ws://[::1]:9000", "ws://studio.local:7443/ws"] {
            assert_eq!(parsed(text), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_address_is_answered_with_the_reason() {
        assert_eq!(parsed("  "), Err(AddressError::Empty));
        assert_eq!(parsed("https://parlor.example"), Err(AddressError::Scheme { scheme: "https".to_owned() }));
        assert_eq!(parsed("studio:port"), Err(AddressError::Port));
        assert_eq!(parsed("studio:70000"), Err(AddressError::Port));
        assert_eq!(parsed("studio:0"), Err(AddressError::Port));
        assert_eq!(parsed("my studio"), Err(AddressError::Host));
        assert_eq!(parsed("ws://:7443"), Err(AddressError::Host));
    }

    #[test]
    fn the_short_form_leaves_out_what_is_usual() {
        let short = |text: &str| ServerAddress::parse(text).unwrap().short().to_owned();

        assert_eq!(short("studio.local"), "studio.local");
        assert_eq!(short("studio.local:9000"), "studio.local:9000");
    }

    #[test]
    fn the_port_here_is_that_of_an_address_on_this_computer_only() {
        let port = |text: &str| ServerAddress::parse(text).unwrap().port_here();

        assert_eq!(port("localhost:9000"), Some(9000));
        assert_eq!(port("127.0.0.1"), Some(DEFAULT_PORT));
        assert_eq!(port("[::1]:9000/ws"), Some(9000));
        assert_eq!(port("192.168.1.20:9000"), None);
        assert_eq!(port("127.example.org:9000"), None);
    }

    fn parsed(text: &str) -> Result<String, AddressError> {
        ServerAddress::parse(text).map(|address| address.to_string())
    }
}
