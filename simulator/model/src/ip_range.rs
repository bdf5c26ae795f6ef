//! Ranges of IP addresses, as an org's Network Access and the profiles list them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The addresses from the first to the last, both included: `203.0.113.0-203.0.113.255`, or one address alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct IpRange {
    first: IpAddr,
    last: IpAddr,
}

impl IpRange {
    /// The first address.
    pub fn first(self) -> IpAddr {
        self.first
    }

    /// The last address.
    pub fn last(self) -> IpAddr {
        self.last
    }

    /// Whether the address is in the range.
    pub fn contains(self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && self.first <= address && address <= self.last
    }

    /// How many addresses it has, or as many as can be counted.
    pub fn size(self) -> u128 {
        bits(self.last).saturating_sub(bits(self.first)).saturating_add(1)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl FromStr for IpRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let read = |address: &str| address.trim().parse::<IpAddr>();
        match (read(first), read(last)) {
            (Ok(first), Ok(last)) if first.is_ipv4() == last.is_ipv4() && first <= last => Ok(Self { first, last }),
            (Ok(_), Ok(_)) => Err(format!("`{text}` is not a range: write the lower address first, both of one kind")),
            _ => Err(format!("`{text}` is not a range of addresses: write `203.0.113.0-203.0.113.255`")),
        }
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

impl TryFrom<String> for IpRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<IpRange> for String {
    fn from(range: IpRange) -> Self {
        range.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::IpRange;

    #[test]
    fn a_range_has_the_addresses_from_its_first_to_its_last() {
        for (range, address, expected) in [
            ("203.0.113.0-203.0.113.255", "203.0.113.0", true),
            ("203.0.113.0-203.0.113.255", "203.0.113.255", true),
            ("203.0.113.0-203.0.113.255", "203.0.114.0", false),
            ("203.0.113.0-203.0.113.255", "203.0.112.255", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("2001:db8::-2001:db8::ff", "2001:db8::7", true),
            ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "203.0.113.7", false),
            ("0.0.0.0-255.255.255.255", "::1", false),
        ] {
            let range: IpRange = range.parse().unwrap();
            assert_eq!(range.contains(address.parse().unwrap()), expected, "{range} {address}");
        }
    }

    #[test]
    fn a_range_counts_its_addresses() {
        for (range, size) in [
            ("203.0.113.7", 1),
            ("203.0.113.0-203.0.113.255", 256),
            ("10.0.0.0-10.255.255.255", 1 << 24),
            ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", u128::MAX),
        ] {
            assert_eq!(range.parse::<IpRange>().unwrap().size(), size, "{range}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "203.0.113", "203.0.113.9-203.0.113.7", "203.0.113.0-::1", "203.0.113.0/24", "a-b", "-"] {
            assert!(text.parse::<IpRange>().is_err(), "{text}");
        }
    }
}
