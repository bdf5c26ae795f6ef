//! CSV exports of password managers: one login a row, under a header.
//!
//! Bitwarden: <https://bitwarden.com/help/condition-bitwarden-import/>; several URIs stand in one field, separated by commas.
//! 1Password 8 writes `Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes`, with the TOTP secret as an
//! `otpauth:` URI (<https://support.1password.com/export/>). Both hold what RFC 4180 allows: quoted commas, quotes and line
//! ends, CRLF, and a byte order mark.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Writer};
use url::Url;
use vestibule_model::diagnostic::suggest;
use vestibule_model::{Secret, TotpKey};

use super::error::{ExportError, FormatError};
use super::record::Record;
use crate::authenticator::otpauth_uri;
use crate::vault::account::{Account, Totp, host_name};

/// The columns of a format.
pub(super) struct Columns {
    /// All of them, in the order in which they are written, each with the value of a login for which it says nothing.
    all: &'static [(&'static str, &'static str)],
    url: &'static str,
    username: &'static str,
    password: &'static str,
    totp: &'static str,
    /// The one with the name of the entry.
    name: &'static str,
    /// The one with the kind of the entry; only logins are accounts.
    kind: Option<&'static str>,
    /// Whether one field holds several URLs.
    many_urls: bool,
}

/// The columns of Bitwarden.
pub(super) const BITWARDEN: Columns = Columns {
    all: &[
        ("folder", ""),
        ("favorite", ""),
        ("type", "login"),
        ("name", ""),
        ("notes", ""),
        ("fields", ""),
        ("reprompt", "0"),
        ("login_uri", ""),
        ("login_username", ""),
        ("login_password", ""),
        ("login_totp", ""),
    ],
    url: "login_uri",
    username: "login_username",
    password: "login_password",
    totp: "login_totp",
    name: "name",
    kind: Some("type"),
    many_urls: true,
};

/// The columns of 1Password.
pub(super) const ONE_PASSWORD: Columns = Columns {
    all: &[
        ("Title", ""),
        ("Url", ""),
        ("Username", ""),
        ("Password", ""),
        ("OTPAuth", ""),
        ("Favorite", "false"),
        ("Archived", "false"),
        ("Tags", ""),
        ("Notes", ""),
    ],
    url: "Url",
    username: "Username",
    password: "Password",
    totp: "OTPAuth",
    name: "Title",
    kind: None,
    many_urls: false,
};

impl Columns {
    /// Whether a line in lower case is a header of this format, with whatever separates its columns.
    pub(super) fn begins(&self, line: &str) -> bool {
        let named: Vec<&str> = line.split([',', ';', '\t']).map(|name| name.trim().trim_matches('"')).collect();
        let has = |column: &str| named.contains(&column.to_ascii_lowercase().as_str());
        has(self.url) && (has(self.username) || has(self.password))
    }

    fn names(&self) -> String {
        self.all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

/// Reads the logins.
///
/// # Errors
///
/// If a column is missing or misspelled, or a row has other fields than the header.
pub(super) fn read(columns: &Columns, file: &str, text: &str) -> Result<Vec<Record>, FormatError> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut cursor = Cursor { text, byte: 0, line: 1 };
    let mut table: Option<Table<'_>> = None;
    let mut records = Vec::new();
    for row in reader.records() {
        // The text is UTF-8 and rows may have any length, so nothing else goes wrong.
        let row = row.map_err(|error| FormatError::of_file(file, error.to_string(), "export the file again"))?;
        cursor.advance(row.position().map_or(0, csv::Position::byte));
        match &table {
            None => table = Some(Table::of_header(columns, file, &row, &cursor)?),
            Some(table) => records.extend(table.record(&row, &cursor)?),
        }
    }
    match table {
        Some(_) => Ok(records),
        None => Err(FormatError::of_file(file, "it is empty", format!("the columns are {}", columns.names()))),
    }
}

/// Writes a row for each account that has a password or a TOTP app.
///
/// # Errors
///
/// If there is none.
pub(super) fn write(columns: &Columns, accounts: &[&Account]) -> Result<String, ExportError> {
    let failed = |error: &dyn std::fmt::Display| ExportError::Writer(error.to_string());
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(columns.all.iter().map(|(name, _)| name)).map_err(|error| failed(&error))?;
    let mut any = false;
    for account in accounts.iter().filter(|account| account.password.is_some() || account.totp.is_some()) {
        let totp = account.totp.as_ref().map(|totp| written(totp, account, columns.kind.is_none())).transpose()?;
        let row = columns.all.iter().map(|(name, usual)| match *name {
            name if name == columns.url => urls(columns, account),
            name if name == columns.username => account.username.clone(),
            name if name == columns.password => {
                account.password.as_ref().map(Secret::reveal).unwrap_or_default().to_owned()
            }
            name if name == columns.totp => totp.clone().unwrap_or_default(),
            name if name == columns.name => account.host.clone(),
            _ => (*usual).to_owned(),
        });
        writer.write_record(row).map_err(|error| failed(&error))?;
        any = true;
    }
    if !any {
        return Err(ExportError::Nothing("a password or a TOTP secret"));
    }
    let bytes = writer.into_inner().map_err(|error| failed(error.error()))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// A TOTP secret in base32 where that says everything, or as a URI.
fn written(totp: &Totp, account: &Account, always_as_uri: bool) -> Result<String, ExportError> {
    if !always_as_uri && totp.key == TotpKey::usual(totp.key.secret.clone()) {
        return Ok(totp.key.secret.base32().reveal().to_owned());
    }
    let uri = otpauth_uri(&totp.key, &account.host, &account.username);
    uri.map(|uri| uri.reveal().to_owned()).map_err(|error| ExportError::Writer(error.to_string()))
}

fn urls(columns: &Columns, account: &Account) -> String {
    let further = if columns.many_urls { account.also.as_slice() } else { &[] };
    let hosts = std::iter::once(&account.host).chain(further);
    hosts.map(|host| format!("https://{host}")).collect::<Vec<_>>().join(",")
}

/// Where the columns of one file are.
struct Table<'a> {
    file: &'a str,
    width: usize,
    url: usize,
    username: usize,
    password: usize,
    totp: Option<usize>,
    kind: Option<usize>,
    many_urls: bool,
}

impl<'a> Table<'a> {
    fn of_header(
        columns: &Columns,
        file: &'a str,
        header: &StringRecord,
        cursor: &Cursor<'_>,
    ) -> Result<Self, FormatError> {
        let valid = || format!("the columns are {}", columns.names());
        if header.len() == 1 && header.iter().any(|name| name.contains([';', '\t'])) {
            let what = "its columns are not separated by commas";
            return Err(FormatError::at(file, cursor.place(0), what, "save it as CSV with commas"));
        }
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        let found = |column: &str| names.iter().position(|name| name.eq_ignore_ascii_case(column));
        let used = [columns.url, columns.username, columns.password, columns.totp];
        let missing: Vec<&str> = used.into_iter().filter(|column| found(column).is_none()).collect();
        for (place, name) in names.iter().enumerate() {
            let is = |column: &&str| column.eq_ignore_ascii_case(name);
            if used.iter().any(is) && names[..place].iter().any(|before| before.eq_ignore_ascii_case(name)) {
                let what = format!("the column `{name}` is there twice");
                return Err(FormatError::at(file, cursor.place(place), what, valid()));
            }
            let known = columns.all.iter().any(|(column, _)| column.eq_ignore_ascii_case(name));
            if let Some(meant) = suggest(name, missing.iter().copied()).filter(|_| !known) {
                let what = format!("the column `{name}` is not known, and `{meant}` is missing");
                return Err(FormatError::at(file, cursor.place(place), what, valid()));
            }
        }
        let needed = |column: &str| {
            let missing = || format!("the column `{column}` is missing");
            found(column).ok_or_else(|| FormatError::at(file, cursor.place(0), missing(), valid()))
        };
        Ok(Self {
            file,
            width: header.len(),
            url: needed(columns.url)?,
            username: needed(columns.username)?,
            password: needed(columns.password)?,
            totp: found(columns.totp),
            kind: columns.kind.and_then(found),
            many_urls: columns.many_urls,
        })
    }

    /// The login of a row; `None` for an entry of another kind.
    fn record(&self, row: &StringRecord, cursor: &Cursor<'_>) -> Result<Option<Record>, FormatError> {
        if row.len() != self.width {
            let what = format!("this row has {} fields, and the header has {}", row.len(), self.width);
            let valid = "quote what holds a comma or a line end, and close each quote";
            return Err(FormatError::at(self.file, cursor.place(0), what, valid));
        }
        let field = |column: usize| Some(row.get(column).unwrap_or_default()).filter(|text| !text.trim().is_empty());
        let kind = self.kind.and_then(field);
        let is_login = kind.is_none_or(|kind| ["login", "1"].contains(&kind.trim()));
        let totp = self.totp.and_then(|column| Some((column, field(column)?)));
        let (url, username, password) = (field(self.url), field(self.username), field(self.password));
        if !is_login || (url.is_none() && username.is_none() && password.is_none() && totp.is_none()) {
            return Ok(None);
        }
        let key = |(column, text): (usize, &str)| {
            let fault = |fault: vestibule_model::TotpSecretFault| {
                FormatError::at(
                    self.file,
                    cursor.place(column),
                    fault.to_string(),
                    "write base32, or an `otpauth:` URI",
                )
            };
            text.parse::<TotpKey>().map_err(fault)
        };
        Ok(Some(Record {
            at: cursor.place(0),
            hosts: url.map(|url| self.hosts(url)).unwrap_or_default(),
            username: username.map(|name| name.trim().to_owned()),
            password: password.map(Secret::new),
            totp: totp.map(key),
            ..Record::default()
        }))
    }

    /// The hosts of web addresses. Apps and other schemes are of no use here.
    fn hosts(&self, field: &str) -> Vec<String> {
        let parts: Vec<&str> = if self.many_urls { field.split(',').collect() } else { vec![field] };
        let is_web = |part: &&str| match Url::parse(part.trim()) {
            Ok(url) if part.contains("://") => matches!(url.scheme(), "http" | "https"),
            // A comma inside of a URL leaves a rest that would look like a host.
            _ => parts.len() == 1,
        };
        let mut seen = HashSet::new();
        let hosts = parts.iter().copied().filter(is_web).filter_map(|part| host_name(part).ok());
        hosts.filter(|host| seen.insert(host.clone())).collect()
    }
}

/// Where a row begins. It only moves on, so that all rows together are counted once.
struct Cursor<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Cursor<'_> {
    /// Moves to a row. The reader counts the line feed of a CRLF to the row behind it.
    fn advance(&mut self, byte: u64) {
        let mut to = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        while self.text[to..].starts_with(['\r', '\n']) {
            to += 1;
        }
        let passed = self.text.get(self.byte..to).unwrap_or_default().matches('\n').count();
        self.line += u64::try_from(passed).unwrap_or(0);
        self.byte = to;
    }

    /// Line and column of a field of this row.
    fn place(&self, field: usize) -> (u64, u64) {
        let (mut line, mut column, mut quoted, mut left) = (self.line, 1, false, field);
        for char in self.text[self.byte..].chars() {
            if left == 0 {
                break;
            }
            column += 1;
            match char {
                '"' => quoted = !quoted,
                ',' if !quoted => left -= 1,
                '\n' => (line, column) = (line + 1, 1),
                _ => {}
            }
        }
        (line, column)
    }
}
