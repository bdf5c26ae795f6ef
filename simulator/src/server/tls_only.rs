//! The port speaks TLS. A client that speaks plain HTTP is told so: it gets a redirect to the same URL with `https`.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::limits::Limits;
use super::sites::Sites;

/// Whether a client speaks TLS. To one that speaks plain HTTP this answers.
pub(super) async fn speaks_tls(stream: &mut TcpStream, sites: &Sites, limits: Limits) -> io::Result<bool> {
    let mut first = [0];
    timeout(limits.headers, stream.peek(&mut first)).await??;
    // Every method begins with a capital letter, and no TLS record does (RFC 8446, 5.1).
    if !first[0].is_ascii_uppercase() {
        return Ok(true);
    }
    answer(stream, sites, limits).await?;
    Ok(false)
}

/// Answers one request and closes the connection.
async fn answer(stream: &mut TcpStream, sites: &Sites, limits: Limits) -> io::Result<()> {
    let head = timeout(limits.headers, read_head(stream, limits.header_bytes)).await??;
    stream.write_all(redirect(&head, sites).as_bytes()).await?;
    stream.shutdown().await?;
    // A connection that is closed with unread bytes is reset, and the client may lose the answer.
    let mut rest = [0; 4096];
    let drained = timeout(DRAIN, async { while let Ok(1..) = stream.read(&mut rest).await {} });
    let _out_of_time = drained.await;
    Ok(())
}

/// The request line and the headers. What a client sends after them is not looked at.
async fn read_head(stream: &mut TcpStream, most: usize) -> io::Result<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = head.windows(END.len()).position(|window| window == END) {
            head.truncate(end);
            return String::from_utf8(head).map_err(io::Error::other);
        }
        let count = stream.read(&mut chunk).await?;
        if count == 0 || head.len() > most {
            return Err(io::Error::other("the headers do not end"));
        }
        head.extend_from_slice(&chunk[..count]);
    }
}

/// 307, which keeps the method, and which no browser remembers: another program may use the port next.
fn redirect(head: &str, sites: &Sites) -> String {
    let (status, location, text) = match https_url(head, sites) {
        Some(url) => {
            ("307 Temporary Redirect", format!("Location: {url}\r\n"), format!("This port speaks https: {url}\n"))
        }
        None => ("421 Misdirected Request", String::new(), "No simulated host has this name.\n".to_owned()),
    };
    let (length, body) = (text.len(), if head.starts_with("HEAD ") { "" } else { text.as_str() });
    format!(
        "HTTP/1.1 {status}\r\n{location}Content-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The URL of the request with `https`, if its host is served here and is named once.
fn https_url(head: &str, sites: &Sites) -> Option<String> {
    let mut lines = head.lines();
    let target = lines.next()?.split(' ').nth(1)?;
    let fields = lines.filter_map(|line| line.split_once(':'));
    let mut hosts = fields.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value.trim());
    let (host, None) = (hosts.next()?, hosts.next()) else { return None };
    // A client that takes this port for a proxy sends the whole URL (RFC 9112, 3.2.2).
    let path = match target.strip_prefix("http://") {
        Some(rest) => rest.strip_prefix(host)?,
        None => target,
    };
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    let whole = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
    let named = port.bytes().all(|byte| byte.is_ascii_digit()) && sites.serves(host);
    (whole && named).then(|| format!("https://{host}{path}"))
}

const END: &[u8] = b"\r\n\r\n";
/// Time to receive what a client still sends.
const DRAIN: Duration = Duration::from_secs(1);
