//! The browsers that can be started here.

use std::path::Path;

use strum::{Display, EnumString};

/// A browser that can be started here, with the driver of its vendor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Display, EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum BrowserKind {
    /// Chromium or Chrome, with ChromeDriver.
    #[default]
    Chromium,
    /// Firefox, with geckodriver.
    Firefox,
}

impl BrowserKind {
    /// Its name in messages.
    pub fn title(self) -> &'static str {
        match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
        }
    }

    /// The name of its driver in messages.
    pub fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "ChromeDriver",
            Self::Firefox => "geckodriver",
        }
    }

    /// How both are installed on Debian.
    pub(super) fn install(self) -> &'static str {
        match self {
            Self::Chromium => "apt-get install chromium chromium-driver chromium-headless-shell",
            Self::Firefox => "apt-get install firefox-esr && cargo install geckodriver",
        }
    }

    /// Its `browserName` (WebDriver, 7).
    pub(super) fn webdriver_name(self) -> &'static str {
        match self {
            Self::Chromium => "chrome",
            Self::Firefox => "firefox",
        }
    }

    /// The browser that a program is, by the name of its file.
    pub(crate) fn of_program(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name.contains("firefox") { Self::Firefox } else { Self::Chromium }
    }
}
