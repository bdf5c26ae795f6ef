//! What a suite's WebDriver command asks for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A WebDriver command by what it asks for. `run.jsonl` holds it as words: `find element`, `click`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum WebDriverCommand {
    /// Opens a browser.
    NewSession,
    /// Closes a browser.
    EndSession,
    /// Navigates to a URL.
    Open,
    /// Looks for one element of the page.
    FindElement,
    /// Looks for all matching elements of the page.
    FindElements,
    /// Looks for one element inside another.
    FindElementIn,
    /// Looks for all matching elements inside another.
    FindElementsIn,
    /// Types into an element.
    Type,
    /// Clicks an element.
    Click,
    /// Goes back in the history.
    Back,
    /// Goes forward in the history.
    Forward,
    /// Loads the page again.
    Refresh,
    /// Adds a virtual authenticator.
    AddAuthenticator,
    /// Removes a virtual authenticator.
    RemoveAuthenticator,
    /// Any other command, in words: `read text`, `set cookie`.
    Other(String),
}

/// Commands that have a name of their own, with their words.
const NAMED: [(WebDriverCommand, &str); 14] = [
    (WebDriverCommand::NewSession, "new session"),
    (WebDriverCommand::EndSession, "end session"),
    (WebDriverCommand::Open, "open"),
    (WebDriverCommand::FindElement, "find element"),
    (WebDriverCommand::FindElements, "find elements"),
    (WebDriverCommand::FindElementIn, "find element in"),
    (WebDriverCommand::FindElementsIn, "find elements in"),
    (WebDriverCommand::Type, "type"),
    (WebDriverCommand::Click, "click"),
    (WebDriverCommand::Back, "back"),
    (WebDriverCommand::Forward, "forward"),
    (WebDriverCommand::Refresh, "refresh"),
    (WebDriverCommand::AddAuthenticator, "add authenticator"),
    (WebDriverCommand::RemoveAuthenticator, "remove authenticator"),
];

impl WebDriverCommand {
    /// Whether it looks for elements.
    pub(crate) fn is_search(&self) -> bool {
        matches!(self, Self::FindElement | Self::FindElementIn) || self.finds_many()
    }

    /// Whether it answers with a list of elements, which may be empty.
    pub(crate) fn finds_many(&self) -> bool {
        matches!(self, Self::FindElements | Self::FindElementsIn)
    }

    /// Whether the page may be another one after it.
    pub(crate) fn may_leave_page(&self) -> bool {
        matches!(self, Self::Open | Self::Click | Self::Back | Self::Forward | Self::Refresh)
    }

    /// Whether it does what a user does with a page.
    pub(crate) fn acts_on_page(&self) -> bool {
        matches!(self, Self::Type) || self.may_leave_page()
    }

    /// Its words.
    pub fn as_str(&self) -> &str {
        if let Self::Other(words) = self {
            return words;
        }
        NAMED.iter().find(|(command, _)| command == self).map_or("", |(_, words)| words)
    }
}

impl fmt::Display for WebDriverCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<String> for WebDriverCommand {
    fn from(words: String) -> Self {
        let named = NAMED.iter().find(|(_, known)| *known == words).map(|(command, _)| command.clone());
        named.unwrap_or(Self::Other(words))
    }
}

impl From<WebDriverCommand> for String {
    fn from(command: WebDriverCommand) -> Self {
        match command {
            WebDriverCommand::Other(words) => words,
            named => named.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_as_words_and_read_back() {
        for (command, words) in NAMED {
            assert_eq!(serde_json::to_value(&command).unwrap(), words);
            assert_eq!(WebDriverCommand::from(words.to_owned()), command);
        }
        let other = WebDriverCommand::from("read text".to_owned());
        assert_eq!(other, WebDriverCommand::Other("read text".to_owned()));
        assert_eq!(serde_json::to_value(&other).unwrap(), "read text");
    }
}
