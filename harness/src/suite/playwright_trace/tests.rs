use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::ZipArchiveWriter;

use super::*;

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, text) in files {
        let file = archive.new_file(*name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
        writer.write_all(text.as_bytes()).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// A folder in which a suite wrote this trace.
fn suite(trace: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let results = folder.path().join("test-results/login-signs-in-chromium");
    fs::create_dir_all(&results).unwrap();
    fs::write(results.join("trace.zip"), trace).unwrap();
    folder
}

fn read(trace: &[u8]) -> Traced {
    // The trace began two seconds after the case.
    traced(suite(trace).path(), SystemTime::UNIX_EPOCH, 1_790_000_000.0 - 2.0)
}

#[test]
fn what_a_suite_did_is_read_from_its_trace_without_what_it_typed() {
    let Traced { commands, console } =
        read(&archive(&[("test.trace", RUNNER), ("0-trace.trace", BROWSER), ("resources/x", "{}")]));

    let told: Vec<_> = commands
        .iter()
        .map(|one| (one.at_ms, one.what.as_str(), one.target.as_deref(), one.error.as_deref()))
        .collect();
    let [username, password] = ["#username", "internal:label=\"Password\"i"];
    assert_eq!(
        told,
        [
            (2_100, "new page", None, None),
            (2_200, "open", Some("https://acme.my.salesforce.localhost/?un=…"), None),
            (2_350, "type", Some(username), None),
            (2_400, "click", Some("#Login"), None),
            (2_500, "wait for selector", Some(password), Some("locator.fill: Timeout 10000ms exceeded.")),
        ]
    );
    assert!(!format!("{commands:?}").contains("Secret-1"), "{commands:?}");
    assert_eq!(console, ["SEVERE https://acme.my.salesforce.localhost/app.js?v=… the gate failed"]);
}

#[test]
fn what_is_no_trace_is_left_out() {
    for broken in [&b""[..], b"PK\x03\x04", b"no archive", &archive(&[("0-trace.trace", "no json\n[1]\n{}\n")])[..]] {
        assert!(read(broken).commands.is_empty());
    }
    let whole = archive(&[("0-trace.trace", BROWSER)]);
    for length in (0..whole.len()).step_by(7) {
        assert!(read(&whole[..length]).commands.is_empty(), "{length} of {}", whole.len());
    }
    let old = suite(&whole);
    let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
    assert!(traced(old.path(), later, 0.0).commands.is_empty(), "another suite wrote it");
}

const RUNNER: &str = r#"{"type":"context-options","origin":"testRunner","wallTime":1790000000000,"monotonicTime":1}
{"type":"before","callId":"pw:api@1","startTime":9,"class":"Test","method":"pw:api","title":"Fill \"Secret-1\"","params":{}}
"#;

const BROWSER: &str = r##"{"version":8,"type":"context-options","origin":"library","browserName":"chromium","wallTime":1790000000000,"monotonicTime":5000}
{"type":"before","callId":"call@2","startTime":5100.2,"class":"BrowserContext","method":"newPage","params":{}}
{"type":"after","callId":"call@2","endTime":5150}
{"type":"before","callId":"call@6","startTime":5200,"class":"Frame","method":"goto","params":{"url":"https://acme.my.salesforce.localhost/?un=Secret-1","waitUntil":"load"}}
{"type":"after","callId":"call@6","endTime":5340}
{"type":"before","callId":"call@8","startTime":5350,"class":"Frame","method":"fill","params":{"selector":"#username","value":"Secret-1","strict":true}}
{"type":"after","callId":"call@8","endTime":5390}
{"type":"before","callId":"call@10","startTime":5400,"class":"Frame","method":"click","params":{"selector":"#Login"}}
{"type":"console","messageType":"error","text":"the gate failed","args":[],"location":{"url":"https://acme.my.salesforce.localhost/app.js?v=7","lineNumber":1,"columnNumber":2},"time":5420}
{"type":"log","callId":"call@10","time":5401,"message":"waiting for #Login"}
{"type":"after","callId":"call@10","endTime":5450}
{"type":"before","callId":"call@12","startTime":5500,"class":"Frame","method":"waitForSelector","params":{"selector":"internal:label=\"Password\"i"}}
{"type":"after","callId":"call@12","endTime":15500,"error":{"name":"TimeoutError","message":"\u001b[31mlocator.fill: Timeout 10000ms exceeded.\u001b[39m\nCall log: Secret-1"}}
"##;
