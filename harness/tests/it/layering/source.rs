//! The modules of a crate, and what each refers to, from the syntax tree of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree};

/// A path without `crate`: `["org", "gate"]`. The crate's root is the empty path.
pub(super) type Segments = Vec<String>;

/// The modules of a crate by their path. One file is one module.
pub(super) struct Crate {
    modules: BTreeMap<Segments, Module>,
}

/// A path that a file names, followed to the module that declares its last name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    /// The module that names it.
    pub(super) from: Segments,
    /// What it leads to.
    pub(super) to: Target,
    /// Whether it is compiled for tests only.
    pub(super) test: bool,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A module of this crate.
    Own(Segments),
    /// A path of another crate, its name first: `["std", "fs", "read"]`.
    Other(Segments),
}

#[derive(Default)]
struct Module {
    /// The items and inline modules that it declares.
    items: BTreeSet<String>,
    /// Modules in separate files.
    children: BTreeSet<String>,
    /// Those of `children` that are compiled for tests only.
    test_children: BTreeSet<String>,
    /// What `use` imports, by its name here.
    imports: BTreeMap<String, Named>,
    /// `use a::b::*`.
    globs: Vec<Named>,
    /// Every path with two or more segments, and every `use`.
    named: Vec<Named>,
}

/// A path as it is written, and the module inside the file where it is.
#[derive(Clone)]
struct Named {
    inner: Segments,
    path: Segments,
    test: bool,
}

impl Crate {
    /// Reads every file below `src`. `main.rs` is a crate of its own and is left out.
    pub(super) fn read(src: &Path) -> Self {
        let mut modules = BTreeMap::new();
        read_folder(src, &[], &mut modules);
        Self { modules }
    }

    /// From texts, for tests: `("org/gate.rs", "use super::login;")`.
    pub(super) fn from_texts(files: &[(&str, &str)]) -> Self {
        Self { modules: files.iter().map(|(file, text)| (module_path(file), parse(file, text))).collect() }
    }

    /// The folders and files at the top.
    pub(super) fn top(&self) -> BTreeSet<&str> {
        self.modules.keys().filter_map(|path| path.first()).map(String::as_str).collect()
    }

    /// Every reference, once.
    pub(super) fn references(&self) -> BTreeSet<Reference> {
        let mut found = BTreeSet::new();
        for (from, module) in &self.modules {
            for named in &module.named {
                let test = named.test || self.is_test(from);
                let to = self.follow(self.absolute(from, named));
                found.insert(Reference { from: from.clone(), to, test });
            }
        }
        found
    }

    fn is_test(&self, path: &[String]) -> bool {
        (0..path.len()).any(|depth| {
            self.modules.get(&path[..depth]).is_some_and(|parent| parent.test_children.contains(&path[depth]))
        })
    }

    /// The path from the crate's root or from another crate.
    fn absolute(&self, module: &[String], named: &Named) -> Target {
        let mut here: Segments = module.iter().chain(&named.inner).cloned().collect();
        let mut rest = named.path.as_slice();
        let first = rest[0].as_str();
        match first {
            "crate" | "$crate" => here.clear(),
            "self" => {}
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
                return Target::Own(here.into_iter().chain(rest.iter().cloned()).collect());
            }
            _ => {
                let known = self.modules.get(module);
                if let Some(import) = known.and_then(|known| known.imports.get(first))
                    && import.path != named.path
                {
                    let tail = rest[1..].iter().cloned();
                    return match self.absolute(module, import) {
                        Target::Own(path) => Target::Own(path.into_iter().chain(tail).collect()),
                        Target::Other(path) => Target::Other(path.into_iter().chain(tail).collect()),
                    };
                }
                let own = known.is_some_and(|known| known.children.contains(first) || known.items.contains(first));
                if !own {
                    return Target::Other(rest.to_vec());
                }
                return Target::Own(module.iter().chain(rest).cloned().collect());
            }
        }
        Target::Own(here.into_iter().chain(rest[1..].iter().cloned()).collect())
    }

    /// Follows re-exports to the module that declares the name.
    fn follow(&self, target: Target) -> Target {
        let mut target = target;
        for _ in 0..MOST_REEXPORTS {
            let Target::Own(path) = &target else { return target };
            let depth = (0..=path.len()).rev().find(|depth| self.modules.contains_key(&path[..*depth])).unwrap_or(0);
            let (module, rest) = path.split_at(depth);
            let Some(name) = rest.first() else { return target };
            let tail = rest[1..].iter().cloned();
            let next = self.modules.get(module).and_then(|known| self.reexport(module, known, name));
            target = match next {
                Some(Target::Own(path)) => Target::Own(path.into_iter().chain(tail).collect()),
                Some(Target::Other(path)) => Target::Other(path.into_iter().chain(tail).collect()),
                None => return Target::Own(module.to_vec()),
            };
        }
        target
    }

    fn reexport(&self, module: &[String], known: &Module, name: &str) -> Option<Target> {
        if known.items.contains(name) {
            return None;
        }
        if let Some(import) = known.imports.get(name) {
            return Some(self.absolute(module, import));
        }
        known.globs.iter().find_map(|glob| match self.absolute(module, glob) {
            Target::Own(path) => {
                let there = self.modules.get(&path)?;
                let holds = there.items.contains(name) || there.imports.contains_key(name);
                holds.then(|| Target::Own(path.into_iter().chain([name.to_owned()]).collect()))
            }
            Target::Other(_) => None,
        })
    }
}

fn read_folder(src: &Path, below: &[String], modules: &mut BTreeMap<Segments, Module>) {
    let folder = src.join(below.join("/"));
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            read_folder(src, &[below, &[name]].concat(), modules);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(src).unwrap().to_str().unwrap();
            if inside != "main.rs" {
                let text = fs::read_to_string(&path).unwrap();
                modules.insert(module_path(inside), parse(inside, &text));
            }
        }
    }
}

/// `org/login/mod.rs` and `org/login.rs` are the module `org::login`.
fn module_path(file: &str) -> Segments {
    let stem = file.strip_suffix(".rs").unwrap();
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() }
}

fn parse(file: &str, text: &str) -> Module {
    let tree = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut reader = Reader::default();
    reader.visit_file(&tree);
    reader.module
}

#[derive(Default)]
struct Reader {
    module: Module,
    inner: Segments,
    tests: usize,
}

impl Reader {
    fn name(&mut self, path: Segments) -> Named {
        let named = Named { inner: self.inner.clone(), path, test: self.tests > 0 };
        self.module.named.push(named.clone());
        named
    }

    fn open(&mut self, tree: &UseTree, before: &[String]) {
        let joined = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.open(&path.tree, &joined(&path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.open(tree, before)),
            UseTree::Name(name) if name.ident == "self" => self.import(before.to_vec(), before.last().cloned()),
            UseTree::Name(name) => self.import(joined(&name.ident), Some(name.ident.to_string())),
            UseTree::Rename(rename) => self.import(joined(&rename.ident), Some(rename.rename.to_string())),
            UseTree::Glob(_) => {
                let named = self.name(before.to_vec());
                if self.inner.is_empty() {
                    self.module.globs.push(named);
                }
            }
        }
    }

    fn import(&mut self, path: Segments, name: Option<String>) {
        let named = self.name(path);
        if let Some(name) = name
            && self.inner.is_empty()
        {
            self.module.imports.insert(name, named);
        }
    }

    /// Paths in the tokens of a macro, which has no syntax tree.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Segments = Vec::new();
        let (mut colons, mut dollar) = (0, false);
        let mut found = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        found.push(std::mem::take(&mut path));
                    }
                    path.push(if dollar { format!("${ident}") } else { ident.to_string() });
                    (colons, dollar) = (0, false);
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Punct(punct) => {
                    found.push(std::mem::take(&mut path));
                    (colons, dollar) = (0, punct.as_char() == '$');
                }
                TokenTree::Group(group) => {
                    found.push(std::mem::take(&mut path));
                    (colons, dollar) = (0, false);
                    self.tokens(group.stream());
                }
                TokenTree::Literal(_) => {
                    found.push(std::mem::take(&mut path));
                    (colons, dollar) = (0, false);
                }
            }
        }
        found.push(path);
        for path in found.into_iter().filter(|path| path.len() > 1) {
            self.name(path);
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        if self.inner.is_empty() {
            self.module.items.extend(declared(item));
        }
        let test = is_test(attributes(item));
        self.tests += usize::from(test);
        visit::visit_item(self, item);
        self.tests -= usize::from(test);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let name = item.ident.to_string();
        if item.content.is_some() {
            self.inner.push(name);
            visit::visit_item_mod(self, item);
            self.inner.pop();
        } else {
            if self.tests > 0 {
                self.module.test_children.insert(name.clone());
            }
            self.module.children.insert(name);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.open(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.name(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast Macro) {
        visit::visit_macro(self, invoked);
        self.tokens(invoked.tokens.clone());
    }
}

/// The name that an item declares, except for a module in a separate file.
fn declared(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Mod(item) if item.content.is_some() => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[cfg(test)]` or `#[test]`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

const MOST_REEXPORTS: usize = 16;
