//! The address of a server, from what people write.
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The port of a server that does not say otherwise.
pub const DEFAULT_PORT: u16 = 7443;

/// Where a server is: whether it is spoken to through TLS, its host, its port, and a path where one was written.
/// Shown as `wss://HOST:PORT` or `ws://HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ServerAddress {
    secure: bool,
    host: String,
    port: u16,
    path: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseAddressError {
    /// Nothing was written.
    #[error("Enter the address of a server")]
    Empty,
    /// It is for another kind of program.
    #[error("A server's address begins with wss:// or ws://, or with neither, not with {scheme}://")]
    Scheme {
        /// How it begins.
        scheme: String,
    },
    /// The port is none.
    #[error("The port must be a number from 1 to 65535")]
    Port,
    /// The rest is none.
    #[error("That is no address: write it as host or host:port")]
    Host,
}

impl ServerAddress {
    /// The server at this IP address and port: through TLS unless it is on this machine.
    pub fn at(address: SocketAddr) -> Self {
        let host = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self { secure: !address.ip().is_loopback(), host, port: address.port(), path: String::new() }
    }

    /// The same server without TLS: whoever is on the way can read and change what is said.
    #[must_use]
    pub fn without_tls(self) -> Self {
        Self { secure: false, ..self }
    }

    /// Whether it is spoken to through TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host name or address; an IPv6 address stands in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port: what a key is remembered by.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Whether the host is this computer by one of its own names for itself (RFC 1122, section 3.2.1.3; RFC 6761).
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// The address as short as it is unambiguous, for headings.
    pub fn short(&self) -> String {
        let port = if self.port == DEFAULT_PORT { String::new() } else { format!(":{}", self.port) };
        format!("{}{port}{}", self.host, self.path)
    }
}

impl FromStr for ServerAddress {
    type Err = ParseAddressError;

    /// Reads `host`, `host:port`, `wss://host:port` or `ws://host:port`, with or without spaces around and a slash at
    /// the end. Without a scheme it is TLS, except to this computer. What a browser shows (`https://`) is taken too.
    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ParseAddressError::Empty);
        }
        let (secure, usual_port, rest) = match text.split_once("://") {
            Some((scheme, rest)) => match scheme.to_lowercase().as_str() {
                "wss" => (Some(true), DEFAULT_PORT, rest),
                "ws" => (Some(false), DEFAULT_PORT, rest),
                "https" => (Some(true), 443, rest),
                "http" => (Some(false), 80, rest),
                other => return Err(ParseAddressError::Scheme { scheme: other.to_owned() }),
            },
            None => (None, DEFAULT_PORT, text),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority, usual_port)?;
        let host_is_good = !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-._[]:%".contains(c));
        if !host_is_good || path.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(ParseAddressError::Host);
        }
        let host = host.to_lowercase();
        let secure = secure.unwrap_or_else(|| !is_loopback(&host));
        Ok(Self { secure, host, port, path: path.trim_end_matches('/').to_owned() })
    }
}

impl TryFrom<String> for ServerAddress {
    type Error = ParseAddressError;

    fn try_from(text: String) -> Result<Self, ParseAddressError> {
        text.parse()
    }
}

impl From<ServerAddress> for String {
    fn from(address: ServerAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "wss" } else { "ws" };
        write!(f, "{scheme}://{}:{}{}", self.host, self.port, self.path)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Splits a host from its port; an IPv6 address (RFC 3986, section 3.2.2) gets the brackets that it may lack.
fn split_port(authority: &str, usual: u16) -> Result<(String, u16), ParseAddressError> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((before, _)) if before.contains(':') && !authority.starts_with('[') => {
            return Ok((format!("[{authority}]"), usual));
        }
        Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| ParseAddressError::Port)?),
        _ => (authority, usual),
    };
    if port == 0 { Err(ParseAddressError::Port) } else { Ok((host.to_owned(), port)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_alone_gets_tls_and_the_port() {
        for text in ["studio.local", " studio.local ", "wss://studio.local", "Studio.Local:7443", "WSS://studio.local/"]
        {
            assert_eq!(parsed(text), Ok("wss://studio.local:7443".to_owned()), "{text}");
        }
    }

    #[test]
    fn this_computer_is_spoken_to_without_tls_unless_it_is_asked_for() {
        assert_eq!(parsed("localhost"), Ok("ws://localhost:7443".to_owned()));
        assert_eq!(parsed("127.0.0.1:9000"), Ok("ws://127.0.0.1:9000".to_owned()));
        assert_eq!(parsed("::1"), Ok("ws://[::1]:7443".to_owned()));
        assert_eq!(parsed("wss://localhost"), Ok("wss://localhost:7443".to_owned()));
    }

    #[test]
    fn a_scheme_a_port_and_a_path_are_kept() {
        assert_eq!(parsed("10.0.0.2:9000"), Ok("wss://10.0.0.2:9000".to_owned()));
        assert_eq!(parsed("ws://10.0.0.2/parlor/ws"), Ok("ws://10.0.0.2:7443/parlor/ws".to_owned()));
    }

    #[test]
    fn what_a_browser_shows_is_taken_with_the_ports_of_the_web() {
        assert_eq!(parsed("https://calls.example.org/"), Ok("wss://calls.example.org:443".to_owned()));
        assert_eq!(parsed("https://10.0.0.2:7443"), Ok("wss://10.0.0.2:7443".to_owned()));
    }

    #[test]
    fn ipv6_works_with_and_without_brackets() {
        assert_eq!(parsed("fe80::2"), Ok("wss://[fe80::2]:7443".to_owned()));
        assert_eq!(parsed("[fe80::2]:9000"), Ok("wss://[fe80::2]:9000".to_owned()));
    }

    #[test]
    fn what_is_no_address_is_answered_with_the_reason() {
        assert_eq!(parsed("  "), Err(ParseAddressError::Empty));
        assert_eq!(parsed("ftp://parlor.example"), Err(ParseAddressError::Scheme { scheme: "ftp".to_owned() }));
        assert_eq!(parsed("studio:port"), Err(ParseAddressError::Port));
        assert_eq!(parsed("studio:70000"), Err(ParseAddressError::Port));
        assert_eq!(parsed("studio:0"), Err(ParseAddressError::Port));
        assert_eq!(parsed("my studio"), Err(ParseAddressError::Host));
        assert_eq!(parsed("ws://:7443"), Err(ParseAddressError::Host));
    }

    #[test]
    fn the_short_form_leaves_out_what_is_usual() {
        let short = |text: &str| text.parse::<ServerAddress>().unwrap().short();

        assert_eq!(short("studio.local"), "studio.local");
        assert_eq!(short("studio.local:9000"), "studio.local:9000");
    }

    #[test]
    fn only_this_computer_is_loopback() {
        let loopback = |text: &str| text.parse::<ServerAddress>().unwrap().is_loopback();

        assert!(loopback("localhost:9000") && loopback("127.0.0.1") && loopback("[::1]:9000/ws"));
        assert!(!loopback("192.168.1.20:9000") && !loopback("127.example.org:9000"));
    }

    fn parsed(text: &str) -> Result<String, ParseAddressError> {
        text.parse::<ServerAddress>().map(|address| address.to_string())
    }
}
