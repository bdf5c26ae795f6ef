//! `JAVA_TOOL_OPTIONS`: the options of every JVM of a suite.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The options of a JVM, in order. Of two for one property the JVM takes the last.
#[derive(Debug, Clone, Default)]
pub(super) struct JavaOptions(Vec<String>);

/// A trust store for Java.
#[derive(Debug, Clone)]
pub(super) struct JavaTrust {
    /// A JKS file.
    pub(super) store: PathBuf,
    pub(super) password: String,
}

impl JavaOptions {
    /// Reads them as the JVM does: words between white space, with quotes and without escapes.
    pub(super) fn read(text: &str) -> Self {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        for char in text.chars() {
            match quote {
                Some(open) if char == open => quote = None,
                Some(_) => word.get_or_insert_default().push(char),
                None if matches!(char, '"' | '\'') => {
                    quote = Some(char);
                    word.get_or_insert_default();
                }
                None if char.is_ascii_whitespace() => words.extend(word.take()),
                None => word.get_or_insert_default().push(char),
            }
        }
        words.extend(word);
        Self(words)
    }

    /// The value of a system property.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        let mut properties = self.0.iter().rev().filter_map(|option| option.strip_prefix("-D")?.split_once('='));
        properties.find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The options that lead the JVM to ChromeDriver, to the proxy and to the trust store. A JVM reads neither
    /// `HTTPS_PROXY` nor `SSL_CERT_FILE`.
    ///
    /// `localhost` is the one host, and not the hosts below it, among which those of the realm are.
    pub(super) fn to_realm(driver: &Path, proxy: SocketAddr, trust: &JavaTrust) -> Self {
        let (host, port) = (proxy.ip().to_string(), proxy.port().to_string());
        let store = trust.store.display().to_string();
        let properties = [
            ("https.proxyHost", host.clone()),
            ("https.proxyPort", port.clone()),
            ("http.proxyHost", host),
            ("http.proxyPort", port),
            ("http.nonProxyHosts", "localhost|127.*|[::1]".to_owned()),
            ("javax.net.ssl.trustStore", store),
            ("javax.net.ssl.trustStoreType", "JKS".to_owned()),
            ("javax.net.ssl.trustStorePassword", trust.password.clone()),
        ];
        let mut options = Self::to_driver(driver);
        options.0.extend(properties.map(|(name, value)| format!("-D{name}={value}")));
        options
    }

    /// The option that leads the JVM to ChromeDriver.
    pub(super) fn to_driver(driver: &Path) -> Self {
        Self(vec![format!("-Dwebdriver.chrome.driver={}", driver.display())])
    }

    /// As text. A word with both kinds of quotes cannot be written in one pair, so each part gets its own.
    pub(super) fn to_text(&self) -> String {
        let quoted = |word: &String| {
            let plain = |char: char| char.is_ascii_alphanumeric() || "-_.=/:,+@%".contains(char);
            if !word.is_empty() && word.chars().all(plain) {
                return word.clone();
            }
            word.split('"').map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join("'\"'")
        };
        self.0.iter().map(quoted).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_as_the_jvm_reads_them_and_written_so_that_it_reads_the_same() {
        let rows: [(&str, &[&str]); 5] = [
            ("", &[]),
            ("  -Xmx1g\t-Da=b ", &["-Xmx1g", "-Da=b"]),
            (r#""-Da=b c" -Dd='e "f"'"#, &["-Da=b c", r#"-Dd=e "f""#]),
            (r#"-Da="b'c"d"#, &["-Da=b'cd"]),
            (r#"-Dpath=C:\x ''"#, &[r"-Dpath=C:\x", ""]),
        ];
        for (text, words) in rows {
            let read = JavaOptions::read(text);
            assert_eq!(read.0, words, "{text}");
            assert_eq!(JavaOptions::read(&read.to_text()).0, words, "{text}: {}", read.to_text());
        }
    }

    #[test]
    fn the_last_value_of_a_property_counts() {
        let options = JavaOptions::read("-Da=1 -Xa=2 -Da=3=4 -Dab=5 -Dempty=");

        for (name, value) in [("a", Some("3=4")), ("ab", Some("5")), ("empty", Some("")), ("b", None)] {
            assert_eq!(options.property(name), value, "{name}");
        }
    }
}
