//! By which names the server may be called. A page from elsewhere can have its own name lead to this machine (DNS
//! rebinding), and the browser then takes us for its server: the name it calls us by gives it away.
use std::net::IpAddr;

use tokio_tungstenite::tungstenite::http::uri::Authority;

/// The names a server goes by, besides addresses and `localhost`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts {
    names: Vec<String>,
}

impl AllowedHosts {
    /// Allows these names too; `*.example.org` is every name one level below.
    pub fn with(listed: impl IntoIterator<Item = String>) -> Self {
        let mut hosts = Self::default();
        hosts.add(listed);
        hosts
    }

    pub(crate) fn add(&mut self, names: impl IntoIterator<Item = String>) {
        self.names.extend(names.into_iter().map(|name| name.trim_end_matches('.').to_lowercase()));
    }

    /// Whether a request with this `Host` is meant for us.
    pub(crate) fn allows(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        if host.contains('@') {
            return false;
        }
        let name = authority.host().trim_end_matches('.').to_lowercase();
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok() || self.names.iter().any(|listed| fits(listed, &name))
    }
}

impl Default for AllowedHosts {
    /// The names of this machine.
    fn default() -> Self {
        Self { names: own_names() }
    }
}

/// What this machine is called: on its own certificate, and by those who connect.
pub(crate) fn own_names() -> Vec<String> {
    let machine = gethostname::gethostname().to_string_lossy().trim_end_matches('.').to_lowercase();
    let mut names = vec!["parlor".to_owned(), "localhost".to_owned()];
    if let Some(label) = machine.split('.').next().filter(|label| !label.is_empty()) {
        names.push(format!("{label}.local"));
        names.push(label.to_owned());
        names.push(machine.clone());
    }
    names.sort();
    names.dedup();
    names
}

fn fits(listed: &str, name: &str) -> bool {
    match listed.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => listed == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_the_names_of_this_machine_are_allowed() {
        let hosts = AllowedHosts::default();

        for host in ["192.168.1.20:7443", "[::1]:7443", "127.0.0.1", "localhost", "LOCALHOST.:7443", "parlor"] {
            assert!(hosts.allows(host), "{host}");
        }
        assert!(own_names().iter().all(|name| hosts.allows(name)));
    }

    #[test]
    fn names_that_lead_here_without_being_ours_are_not_allowed() {
        let hosts = AllowedHosts::default();

        for host in ["rebind.example.org", "localhost.example.org:7443", "127.0.0.1.example.org", "", "a b"] {
            assert!(!hosts.allows(host), "{host}");
        }
        assert!(!hosts.allows("localhost@example.org") && !hosts.allows("example.org@localhost"));
    }

    #[test]
    fn a_listed_name_is_allowed_with_and_without_a_port() {
        let hosts = AllowedHosts::with(["Calls.Example.org".to_owned(), "*.example.net".to_owned()]);

        assert!(hosts.allows("calls.example.org") && hosts.allows("calls.example.org:443"));
        assert!(hosts.allows("a.example.net") && !hosts.allows("example.net") && !hosts.allows("a.b.example.net"));
    }
}
