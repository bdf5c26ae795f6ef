//! What programs that are not ours trust: certificates read from their stores, and stores written for them.
//!
//! PEM bundles serve most programs. Java reads neither PEM nor, without a marker that OpenSSL cannot write, certificates
//! in PKCS #12; each version of it reads its own older format, JKS.

use openssl::pkcs12::Pkcs12;
use openssl::sha::sha1;
use openssl::x509::X509;

/// Certificates to trust, each once, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub struct TrustedCertificates(Vec<X509>);

impl TrustedCertificates {
    /// Adds the certificates of a file: PEM, a Java key store, or PKCS #12. What cannot be read is left out, as most
    /// programs do. `password` opens PKCS #12 only: JKS does not encrypt certificates.
    pub fn add(&mut self, file: &[u8], password: &str) {
        let read = if file.starts_with(&JKS_MAGIC.to_be_bytes()) {
            jks_certificates(file).into_iter().filter_map(|der| X509::from_der(der).ok()).collect()
        } else if let Ok(store) = Pkcs12::from_der(file) {
            let opened = store.parse2(password).or_else(|_| store.parse2(""));
            opened.ok().and_then(|opened| opened.ca).into_iter().flatten().collect()
        } else {
            pem_certificates(&String::from_utf8_lossy(file))
        };
        for certificate in read {
            if !self.0.contains(&certificate) {
                self.0.push(certificate);
            }
        }
    }

    /// All as one PEM file.
    pub fn to_pem(&self) -> Vec<u8> {
        // A certificate that OpenSSL has read can be written.
        self.0.iter().filter_map(|certificate| certificate.to_pem().ok()).flatten().collect()
    }

    /// All as a JKS file that this password opens: `sun.security.provider.JavaKeyStore`, version 2.
    pub fn to_jks(&self, password: &str) -> Vec<u8> {
        let certificates: Vec<Vec<u8>> = self.0.iter().filter_map(|certificate| certificate.to_der().ok()).collect();
        let mut file = [JKS_MAGIC, JKS_VERSION, length(&certificates)].map(u32::to_be_bytes).concat();
        for (number, der) in certificates.iter().enumerate() {
            file.extend(JKS_CERTIFICATE.to_be_bytes());
            push_text(&mut file, &format!("vestibule-{number}"));
            // When it was added: unknown.
            file.extend(0_u64.to_be_bytes());
            push_text(&mut file, "X.509");
            file.extend(length(der).to_be_bytes());
            file.extend(der);
        }
        let mut digested: Vec<u8> = password.encode_utf16().flat_map(u16::to_be_bytes).collect();
        digested.extend(b"Mighty Aphrodite");
        digested.extend(&file);
        file.extend(sha1(&digested));
        file
    }
}

fn pem_certificates(text: &str) -> Vec<X509> {
    let blocks = text.split("-----BEGIN ").filter(|block| block.contains("CERTIFICATE-----"));
    blocks.filter_map(|block| X509::from_pem(format!("-----BEGIN {block}").as_bytes()).ok()).collect()
}

/// The certificates of a Java key store that are entries of their own. The end of a damaged file is left out.
fn jks_certificates(file: &[u8]) -> Vec<&[u8]> {
    let mut reader = Reader(file);
    let mut found = Vec::new();
    let _end = read_jks(&mut reader, &mut found);
    found
}

fn read_jks<'a>(reader: &mut Reader<'a>, found: &mut Vec<&'a [u8]>) -> Option<()> {
    let (_magic, version, entries) = (reader.u32()?, reader.u32()?, reader.u32()?);
    for _ in 0..entries {
        let tag = reader.u32()?;
        let _alias = reader.text()?;
        let _added = reader.take(8)?;
        if tag != JKS_CERTIFICATE {
            // A private key, and its chain.
            let key = reader.u32()?;
            reader.take(key)?;
            for _ in 0..reader.u32()? {
                reader.certificate(version)?;
            }
        } else {
            found.push(reader.certificate(version)?);
        }
    }
    Some(())
}

#[derive(Debug)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: u32) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// `DataInput.readUTF`.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        self.take(length.into())
    }

    fn certificate(&mut self, version: u32) -> Option<&'a [u8]> {
        // Version 1 has only X.509, and does not say so.
        if version != 1 {
            self.text()?;
        }
        let length = self.u32()?;
        self.take(length)
    }
}

/// `DataOutput.writeUTF`, for ASCII.
fn push_text(file: &mut Vec<u8>, text: &str) {
    file.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    file.extend(text.as_bytes());
}

fn length<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

const JKS_MAGIC: u32 = 0xFEED_FEED;
const JKS_VERSION: u32 = 2;
const JKS_CERTIFICATE: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::Authority;

    #[test]
    fn what_is_written_as_pem_and_as_jks_is_read_again_each_certificate_once() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let [first, second] =
            ["First", "Second"].map(|name| Authority::make(name, now).unwrap().value.pem().to_owned());
        let mut trusted = TrustedCertificates::default();
        trusted.add(format!("# a comment\n{first}text between\n{second}{first}").as_bytes(), "");
        assert_eq!(trusted.0.len(), 2);

        for file in [trusted.to_pem(), trusted.to_jks("changeit"), trusted.to_jks("")] {
            let mut again = TrustedCertificates::default();
            again.add(&file, "another");
            assert_eq!(again.to_pem(), trusted.to_pem());
        }
    }

    #[test]
    fn what_cannot_be_read_adds_nothing() {
        let mut trusted = TrustedCertificates::default();
        let (magic, entries) = (JKS_MAGIC.to_be_bytes(), u32::MAX.to_be_bytes());
        for file in [
            &b""[..],
            b"-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n",
            &magic,
            &[magic, JKS_VERSION.to_be_bytes(), entries].concat(),
            &[magic, JKS_VERSION.to_be_bytes(), entries, JKS_CERTIFICATE.to_be_bytes(), entries].concat(),
            &[0x30, 0x82, 0xff, 0xff],
        ] {
            trusted.add(file, "");
        }

        assert_eq!(trusted.to_pem(), b"");
    }
}
