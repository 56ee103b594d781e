//! Which hosts programs may exchange data with.

use std::net::IpAddr;

/// A set of hosts.
#[derive(Clone, Default, Debug)]
pub(super) enum Peers {
    /// None.
    #[default]
    None,
    /// Some, by name or address, each with one port or all.
    Some(Vec<Peer>),
    /// All.
    All,
}

/// A host, as it was given.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    /// In small letters.
    name: String,
    port: Option<u16>,
    /// The address, or those that the name was found to have.
    addresses: Vec<IpAddr>,
}

impl Peer {
    /// `HOST` or `HOST:PORT`; an address of version 6 with a port is in brackets. `None`: it is neither.
    pub(super) fn of(text: &str) -> Option<Peer> {
        let bare =
            |s: &str| s.strip_prefix('[').and_then(|s| s.strip_suffix(']')).map(str::to_string);
        let (name, port) = match text.rsplit_once(':') {
            _ if text.parse::<IpAddr>().is_ok() => (text.to_string(), None),
            Some((host, port)) if !host.contains(':') || bare(host).is_some() => {
                (bare(host).unwrap_or(host.to_string()), Some(port.parse().ok()?))
            }
            Some(_) => (bare(text)?, None),
            None => (text.to_string(), None),
        };
        let name = name.to_ascii_lowercase();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let addresses: Vec<IpAddr> = name.parse().into_iter().collect();
        if name.is_empty() || (addresses.is_empty() && !name.chars().all(is_name)) {
            return None;
        }
        Some(Peer { name, port, addresses })
    }
}

impl Peers {
    pub(super) fn add(&mut self, peer: Peer) {
        match self {
            Peers::All => {}
            Peers::Some(peers) => peers.push(peer),
            Peers::None => *self = Peers::Some(vec![peer]),
        }
    }

    /// Whether there is a host in the set.
    pub(super) fn has_any(&self) -> bool {
        !matches!(self, Peers::None)
    }

    /// Whether a name may be looked up.
    pub(super) fn allows_name(&self, name: &str) -> bool {
        match self {
            Peers::None => false,
            Peers::All => true,
            Peers::Some(peers) => peers.iter().any(|peer| peer.name.eq_ignore_ascii_case(name)),
        }
    }

    /// Notes the addresses of a name: they are allowed as the name is.
    pub(super) fn found(&mut self, name: &str, addresses: &[IpAddr]) {
        let Peers::Some(peers) = self else { return };
        for peer in peers.iter_mut().filter(|peer| peer.name.eq_ignore_ascii_case(name)) {
            for address in addresses {
                if !peer.addresses.contains(address) {
                    peer.addresses.push(*address);
                }
            }
        }
    }

    /// Whether data may be exchanged with an address.
    pub(super) fn allows(&self, address: IpAddr, port: u16) -> bool {
        match self {
            Peers::None => false,
            Peers::All => true,
            Peers::Some(peers) => peers.iter().any(|peer| {
                peer.port.is_none_or(|p| p == port)
                    && peer.addresses.contains(&address.to_canonical())
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read() {
        for (text, name, port) in [
            ("Example.org", "example.org", None),
            ("example.org:80", "example.org", Some(80)),
            ("127.0.0.1", "127.0.0.1", None),
            ("127.0.0.1:0", "127.0.0.1", Some(0)),
            ("::1", "::1", None),
            ("[::1]", "::1", None),
            ("[::1]:8080", "::1", Some(8080)),
        ] {
            let peer = Peer::of(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((peer.name.as_str(), peer.port), (name, port), "{text}");
        }
        for text in ["", ":80", "a:", "a:x", "a:70000", "a b", "[::1", "http://a", "a/b"] {
            assert!(Peer::of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn names_stand_for_their_addresses() {
        let mut peers = Peers::default();
        peers.add(Peer::of("example.org:80").expect("a host"));
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        assert!(peers.allows_name("EXAMPLE.org") && !peers.allows_name("example.com"));
        assert!(!peers.allows(address, 80));
        peers.found("example.org", &[address]);
        assert!(peers.allows(address, 80) && !peers.allows(address, 81));
    }
}
