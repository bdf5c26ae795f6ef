//! The suites in a folder: how to start each, and which variables they read.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::folder::{Folder, is_like};
use super::manifest::mentions;
use super::node::{self, Manager, Package};
use super::runners::{Config, Facts, Language, RUNNERS, Runner, Sign, Start};
use super::{jvm, names, python, variables};

/// What was found in a folder.
#[derive(Debug, Default)]
pub(super) struct Suites {
    /// The suites, the most likely one first.
    pub(super) found: Vec<Suite>,
    /// Names that are read from the environment, each with the template that fits it.
    pub(super) mappings: BTreeMap<String, &'static str>,
    /// System properties of Java that are read, each with the template that fits it.
    pub(super) properties: BTreeMap<String, &'static str>,
    /// Names that hold when the login began, in milliseconds since 1970.
    pub(super) times: BTreeSet<String>,
    /// Names that may be of a login and got nothing; a system property begins with `-D`.
    pub(super) in_doubt: BTreeSet<String>,
    /// What could not be read, in a sentence each.
    pub(super) unread: Vec<String>,
}

impl Suites {
    /// Salesforce's own recipes for UTAM, and suites that began as a copy of them, open a front door URL under the name of a
    /// login URL. A second variable says when it was made.
    fn read_as_recipes_of_utam(&mut self) {
        let (url, time) = ("SALESFORCE_LOGIN_URL", "SALESFORCE_LOGIN_TIME");
        if self.mappings.contains_key(url) && self.in_doubt.remove(time) {
            self.mappings.insert(url.to_owned(), "frontdoor-url");
            self.times.insert(time.to_owned());
        }
    }
}

/// One suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suite {
    /// Where its command runs, below the folder.
    pub(super) project: PathBuf,
    /// The command.
    pub(super) command: Vec<String>,
    /// The file that shows it.
    pub(super) because: PathBuf,
    /// What its users should know.
    pub(super) notes: Vec<String>,
    rank: Rank,
}

impl Suite {
    /// The command as words for the folder in which `init` looked.
    pub(super) fn words(&self) -> Vec<String> {
        if self.project.as_os_str().is_empty() {
            return self.command.clone();
        }
        let project = in_shell(&[self.project.display().to_string()]);
        vec!["sh".to_owned(), "-c".to_owned(), format!("cd {project} && exec {}", in_shell(&self.command))]
    }
}

/// Words as a shell reads them.
pub(super) fn in_shell(words: &[String]) -> String {
    // Only a zero byte cannot be quoted, and neither a path nor an argument can have one.
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| words.join(" "))
}

/// How likely it is that a suite is the one that signs in. What comes first decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// Whether it drives a browser.
    drives: bool,
    /// Whether its sources read a variable of a login.
    reads: bool,
    /// Whether its runner is made for browsers, and more than a dependency shows it.
    dedicated: bool,
    /// Packages of Node are also there for linting and building.
    other_than_node: bool,
    evidence: Evidence,
    depth: Reverse<usize>,
    row: Reverse<usize>,
}

/// What shows that a runner is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    Tests,
    Package,
    File,
    Script,
}

/// Looks at the files of a folder and of those below it.
pub(super) fn find(root: &Path) -> Suites {
    let folder = Folder::list(root);
    let mut suites = Suites::default();
    let sources = read_sources(&folder, &mut suites);
    suites.read_as_recipes_of_utam();
    let packages = read_packages(&folder, &mut suites);
    let search = Search { folder: &folder, sources, packages, projects: projects(&folder) };
    let mut found: Vec<Suite> = RUNNERS
        .iter()
        .enumerate()
        .flat_map(|(row, runner)| {
            let projects = search.projects.get(&runner.language).map(Vec::as_slice).unwrap_or_default();
            projects.iter().filter_map(|project| search.suite(row, runner, project)).collect::<Vec<_>>()
        })
        .collect();
    found.sort_by_key(|suite| std::cmp::Reverse(suite.rank));
    for suite in found {
        let is_same = |known: &Suite| (&known.project, &known.command) == (&suite.project, &suite.command);
        if !suites.found.iter().any(is_same) {
            suites.found.push(suite);
        }
    }
    suites
}

/// What one source of a language shows.
struct Source {
    file: PathBuf,
    language: Language,
    drives: bool,
    reads: bool,
}

fn read_sources(folder: &Folder, suites: &mut Suites) -> Vec<Source> {
    let mut sources = Vec::new();
    let wanted = folder.files().iter().filter(|file| language_of(file).is_some() || variables::is_read(file));
    for file in wanted.take(MOST_READ) {
        let Some(text) = folder.text(file) else { continue };
        let mut reads = false;
        for name in variables::read_by(file, &text) {
            if let Some(template) = names::template(&name) {
                reads = true;
                suites.mappings.insert(name, template);
            } else if names::in_doubt(&name) {
                suites.in_doubt.insert(name);
            }
        }
        for name in variables::properties_read_by(file, &text) {
            if let Some(template) = names::template(&name) {
                reads = true;
                suites.properties.insert(name, template);
            } else if names::in_doubt(&name) {
                suites.in_doubt.insert(format!("-D{name}"));
            }
        }
        if let Some(language) = language_of(file) {
            let drives = language.facts().uses_driver.is_match(&text);
            sources.push(Source { file: file.clone(), language, drives, reads });
        }
    }
    sources
}

fn language_of(file: &Path) -> Option<Language> {
    let extension = file.extension().and_then(OsStr::to_str)?;
    Language::ALL.into_iter().find(|language| language.facts().extensions.contains(&extension))
}

/// The packages of Node, by their folders.
fn read_packages(folder: &Folder, suites: &mut Suites) -> BTreeMap<PathBuf, Package> {
    let mut packages = BTreeMap::new();
    for file in folder.files().iter().filter(|file| file.file_name() == Some(OsStr::new("package.json"))) {
        let project = file.parent().unwrap_or(Path::new(""));
        match Package::of(folder, project) {
            Ok(Some(package)) => {
                packages.insert(project.to_owned(), package);
            }
            Ok(None) => suites.unread.push(format!("`{}` cannot be read; its scripts are not known", file.display())),
            Err(error) => {
                suites.unread.push(format!("`{}` is not JSON ({error}); its scripts are not known", file.display()));
            }
        }
    }
    packages
}

/// The projects of each language: the folder itself, and those below it with a manifest.
fn projects(folder: &Folder) -> BTreeMap<Language, Vec<PathBuf>> {
    let of = |language: Language| {
        let Facts { manifests, parts, names_parts, .. } = language.facts();
        let mut projects = vec![PathBuf::new()];
        for file in folder.files() {
            let (Some(project), Some(name)) = (file.parent(), file.file_name()) else { continue };
            let name = name.to_string_lossy();
            if !is_in_list(manifests, &name) || projects.iter().any(|known| known == project) {
                continue;
            }
            let part = project.file_name().map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
            let is_around = |at: &Path| {
                let mut around = folder.names_in(at).iter().filter(|name| is_in_list(manifests, name));
                around
                    .any(|name| !names_parts || folder.text(&at.join(name)).is_some_and(|text| mentions(&text, &part)))
            };
            if !(is_in_list(parts, &name) && project.ancestors().skip(1).any(is_around)) {
                projects.push(project.to_owned());
            }
        }
        projects
    };
    Language::ALL.into_iter().map(|language| (language, of(language))).collect()
}

fn is_in_list(patterns: &[&str], name: &str) -> bool {
    patterns.iter().any(|pattern| is_like(name, pattern))
}

/// Everything that was read.
struct Search<'a> {
    folder: &'a Folder,
    sources: Vec<Source>,
    packages: BTreeMap<PathBuf, Package>,
    projects: BTreeMap<Language, Vec<PathBuf>>,
}

/// A command, what shows it, and what to say about it.
struct Started {
    command: Vec<String>,
    because: PathBuf,
    evidence: Evidence,
}

impl Search<'_> {
    /// The suite of a runner in a project, if it is used there and its command is known.
    fn suite(&self, row: usize, runner: &Runner, project: &Path) -> Option<Suite> {
        let Started { command, because, evidence } = match runner.start {
            Start::Package => self.by_package(runner, project)?,
            _ => self.by_sign(runner, project)?,
        };
        let drives = runner.drives || self.drives(runner.language, project);
        let reads = self.sources_of(runner.language, project).any(|source| source.reads);
        let rank = Rank {
            drives,
            reads,
            dedicated: runner.drives && evidence >= Evidence::File,
            other_than_node: runner.language != Language::JavaScript,
            evidence,
            depth: Reverse(project.components().count()),
            row: Reverse(row),
        };
        let notes = self.notes(runner, project, drives);
        Some(Suite { project: project.to_owned(), command, because, notes, rank })
    }

    fn by_package(&self, runner: &Runner, project: &Path) -> Option<Started> {
        let package = self.packages.get(project);
        let manager = Manager::of(self.folder, project);
        let script = match runner.command.first() {
            Some(program) => package.and_then(|package| package.script_that_starts(program)),
            None => package.and_then(Package::test_script),
        };
        if let Some(script) = script {
            let because = project.join("package.json");
            return Some(Started { command: manager.run(script), because, evidence: Evidence::Script });
        }
        let (sign, because) = self.sign(runner, project)?;
        // Without words of its own, the runner is whatever the script starts.
        runner.command.first()?;
        let words = runner.command.iter().map(|word| (*word).to_owned());
        let command = manager.execute().chain(words).chain(configuration(runner, project, &because));
        Some(Started { command: command.collect(), evidence: evidence(sign), because })
    }

    fn by_sign(&self, runner: &Runner, project: &Path) -> Option<Started> {
        let (sign, because) = self.sign(runner, project)?;
        let words = || runner.command.iter().map(|word| (*word).to_owned());
        let program = runner.command.first()?;
        let command: Vec<String> = match runner.start {
            Start::Environment => {
                let started = python::in_environment(self.folder, project, program);
                started.into_iter().chain(words().skip(1)).collect()
            }
            Start::Tox | Start::Nox if python::in_environment(self.folder, project, program).len() > 1 => return None,
            Start::Tox => python::tox(&self.folder.text(&because)?)?,
            Start::Nox => python::nox(&self.folder.text(&because)?)?,
            Start::Maven => jvm::maven(self.folder, project),
            Start::Gradle => jvm::gradle(self.folder, project),
            Start::DotNet => words().chain(self.dot_net_project(project)).collect(),
            Start::Bundler if self.folder.has(project, "Gemfile") => {
                ["bundle", "exec"].map(str::to_owned).into_iter().chain(words()).collect()
            }
            Start::Deno => match node::deno_task(&self.folder.text(&because)?) {
                Some(task) => ["deno", "task"].map(str::to_owned).into_iter().chain([task]).collect(),
                None => {
                    let tests = ["*.test.*", "*_test.*"];
                    tests.iter().find_map(|tests| self.files_of(runner.language, project, tests))?;
                    words().collect()
                }
            },
            Start::Bun if !Manager::of(self.folder, project).is_runner() => return None,
            Start::CumulusCi if !self.uses_cumulus_ci(project) => return None,
            Start::Bundler | Start::Bun | Start::CumulusCi | Start::Itself | Start::Package => words().collect(),
        };
        Some(Started { command, because, evidence: evidence(sign) })
    }

    /// Whether a test of Robot Framework imports keywords of CumulusCI.
    fn uses_cumulus_ci(&self, project: &Path) -> bool {
        self.sources_of(Language::Robot, project)
            .any(|source| self.folder.text(&source.file).is_some_and(|text| text.contains("cumulusci")))
    }

    /// The first sign of a runner in a project, and the file that shows it.
    fn sign(&self, runner: &Runner, project: &Path) -> Option<(Sign, PathBuf)> {
        runner.signs.iter().find_map(|sign| {
            let file = match *sign {
                Sign::File(pattern) => self.folder.like(project, pattern),
                Sign::Anywhere(pattern) | Sign::Tests(pattern) => self.files_of(runner.language, project, pattern),
                Sign::Package(name) => self.manifest_with(runner.language, project, name),
            };
            Some((*sign, file?))
        })
    }

    /// The first file in a project, or below it and in no other project, with a name like this.
    fn files_of(&self, language: Language, project: &Path, pattern: &str) -> Option<PathBuf> {
        let mut files = self.folder.files().iter().filter(|file| {
            let name = file.file_name().and_then(OsStr::to_str);
            name.is_some_and(|name| is_like(name, pattern)) && self.project_of(language, file) == Some(project)
        });
        files.next().cloned()
    }

    fn sources_of(&self, language: Language, project: &Path) -> impl Iterator<Item = &Source> {
        let sources = self.sources.iter().filter(move |source| source.language == language);
        sources.filter(move |source| self.project_of(language, &source.file) == Some(project))
    }

    /// The nearest project that a file is in.
    fn project_of(&self, language: Language, file: &Path) -> Option<&Path> {
        let projects = self.projects.get(&language)?.iter().filter(|project| file.starts_with(project));
        projects.max_by_key(|project| project.components().count()).map(PathBuf::as_path)
    }

    /// The manifest of a project that names a package.
    fn manifest_with(&self, language: Language, project: &Path, name: &str) -> Option<PathBuf> {
        if language == Language::JavaScript {
            let package = self.packages.get(project).filter(|package| package.depends_on(name));
            return package.map(|_| project.join("package.json"));
        }
        let manifests = language.facts().manifests;
        let mut files = self.folder.names_in(project).iter().filter(|file| {
            let is_manifest = manifests.iter().any(|manifest| is_like(file, manifest));
            is_manifest && self.folder.text(&project.join(file)).is_some_and(|text| mentions(&text, name))
        });
        files.next().map(|file| project.join(file))
    }

    /// Whether a project drives a browser: by what its sources import, or by what it depends on.
    fn drives(&self, language: Language, project: &Path) -> bool {
        let depends = |name: &&str| self.manifest_with(language, project, name).is_some();
        self.sources_of(language, project).any(|source| source.drives) || language.facts().drivers.iter().any(depends)
    }

    /// The project or solution to name, where `dotnet test` would find none or several.
    fn dot_net_project(&self, project: &Path) -> Option<String> {
        let like = |pattern: &str| {
            let names = self.folder.names_in(project).iter().filter(|name| is_like(name, pattern));
            names.cloned().collect::<Vec<String>>()
        };
        let solutions = [like("*.sln"), like("*.slnx")].concat();
        let projects = [like("*.csproj"), like("*.fsproj"), like("*.vbproj")].concat();
        if solutions.len() + projects.len() == 1 {
            return None;
        }
        let drives = |name: &&String| {
            let text = self.folder.text(&project.join(name)).unwrap_or_default();
            Language::DotNet.facts().drivers.iter().any(|driver| mentions(&text, driver))
        };
        projects.iter().find(drives).or(solutions.first()).or(projects.first()).cloned()
    }

    fn notes(&self, runner: &Runner, project: &Path, drives: bool) -> Vec<String> {
        let mut notes: Vec<String> = runner.note.iter().map(|note| (*note).to_owned()).collect();
        if !drives {
            notes.push("No browser library that init knows is used there. Is it the suite that signs in?".to_owned());
        }
        if runner.start == Start::Tox
            && self.folder.text(&project.join("tox.ini")).is_some_and(|text| python::tox_hides_variables(&text))
        {
            notes.push("tox hides variables from the tests; add `passenv = *` to its environment.".to_owned());
        }
        let needs_packages = self.packages.get(project).is_some_and(Package::has_dependencies);
        let installed = || project.ancestors().any(|at| MODULES.iter().any(|name| self.folder.holds(&at.join(name))));
        if runner.start == Start::Package && needs_packages && !installed() {
            let install = Manager::of(self.folder, project).install;
            notes.push(format!("Its packages are not installed; run `{install}` first."));
        }
        notes
    }
}

/// The words that name the configuration, where the runner does not find it.
fn configuration(runner: &Runner, project: &Path, because: &Path) -> Vec<String> {
    let elsewhere = because.parent() != Some(project);
    let file = because.strip_prefix(project).unwrap_or(because).display().to_string();
    match runner.config {
        Config::Option(option) if elsewhere => vec![option.to_owned(), file],
        Config::Found | Config::Option(_) => Vec::new(),
        Config::Named => vec![file],
    }
}

fn evidence(sign: Sign) -> Evidence {
    match sign {
        Sign::File(_) | Sign::Anywhere(_) => Evidence::File,
        Sign::Package(_) => Evidence::Package,
        Sign::Tests(_) => Evidence::Tests,
    }
}

/// What shows that the packages of Node are installed.
const MODULES: [&str; 3] = ["node_modules", ".pnp.cjs", ".pnp.js"];

const MOST_READ: usize = 3000;
