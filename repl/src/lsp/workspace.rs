//! The files of a workspace and what is known of them. Open files have their text; of the others only
//! the facts are kept.

use gen_lsp_types::{Location, Uri};
use luka_compiler::Span;
use luka_compiler::annotation::{Basic, Declared, DeclaredKind, Literal, Record, Type};
use luka_compiler::check::{Definition, Environment};
use luka_compiler::index::{Function, Index, Occurrence, Place, PlaceId, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::Path;

use super::text::{Encoding, Text};
use crate::cmd::{files, tool};
use luka_compiler::Std;

/// A file, by its number.
pub type FileId = usize;

/// How many steps are taken from a name to what it stands for.
const STEPS: usize = 16;

/// Folders of a project in which modules lie.
const INSIDE: [&str; 5] = ["", "src/", "lua/", "lib/", "lua_modules/share/lua/5.4/"];

/// A file.
pub struct File {
    pub path: String,
    pub index: Index,
    /// The text, while it is open.
    pub open: Option<Open>,
    /// It is there, or open.
    pub exists: bool,
}

/// What an open file has.
pub struct Open {
    pub text: Text,
    pub version: i32,
}

/// What a name stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entity {
    Place(FileId, PlaceId),
    /// A global or a field of the standard library, by its full name.
    Library(String),
    /// A file, which a module's name stands for.
    Module(FileId),
    /// A value of a type that an annotation in a file names.
    Of(FileId, Type),
    /// A field that an annotation in a file declares.
    Member(FileId, Record),
}

/// The files, and what they know of each other.
pub struct Workspace {
    pub files: Vec<File>,
    pub environment: Environment,
    pub encoding: Encoding,
    pub std: Std,
    roots: Vec<String>,
    by_path: HashMap<String, FileId>,
    /// Where globals are defined.
    globals: HashMap<Box<str>, FileId>,
    /// Where types are declared.
    declared: HashMap<Box<str>, FileId>,
    /// Files that have not been read yet.
    waiting: VecDeque<String>,
}

/// Names and what they stand for; of the same name, the first.
#[derive(Default)]
struct Members {
    list: Vec<(String, Entity)>,
    names: HashSet<String>,
    /// The classes that were looked at.
    classes: HashSet<(FileId, usize)>,
}

impl Members {
    fn add(&mut self, name: String, entity: Entity) {
        if self.names.insert(name.clone()) {
            self.list.push((name, entity));
        }
    }
}

/// The path of a file's address.
pub fn path_of(uri: &Uri) -> Option<String> {
    let path = uri.0.strip_prefix("file://")?;
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|b| (b as char).to_digit(16));
                bytes.push((digit()? * 16 + digit()?) as u8);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// The address of a file.
pub fn uri_of(path: &str) -> Uri {
    let mut text = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(byte as char);
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    Uri(text)
}

impl Workspace {
    pub fn new(
        roots: Vec<String>,
        environment: Environment,
        encoding: Encoding,
        std: Std,
    ) -> Workspace {
        let mut workspace = Workspace {
            files: Vec::new(),
            environment,
            encoding,
            std,
            roots,
            by_path: HashMap::new(),
            globals: HashMap::new(),
            declared: HashMap::new(),
            waiting: VecDeque::new(),
        };
        for root in workspace.roots.clone() {
            let found = files::sources(&[root.into_bytes()]);
            let found = found.into_iter().filter_map(|path| String::from_utf8(path).ok());
            workspace.waiting.extend(found.filter(|path| Path::new(path).is_file()));
        }
        workspace
    }

    /// Reads one more file. Whether there was one.
    pub fn read_next(&mut self) -> bool {
        let Some(path) = self.waiting.pop_front() else { return false };
        if !self.by_path.contains_key(&path) {
            self.read(&path);
        }
        true
    }

    /// Reads all files that are left.
    pub fn read_all(&mut self) {
        while self.read_next() {}
    }

    /// Reads a file again, which has changed or is gone. Open files are what the editor says.
    pub fn read(&mut self, path: &str) {
        if self.file(path).is_some_and(|file| self.files[file].open.is_some()) {
            return;
        }
        let text = std::fs::read(path);
        let exists = text.is_ok();
        let source = tool::source(path.as_bytes(), text.unwrap_or_default());
        let mut index = Index::new(&source, &tool::options(self.std));
        index.shrink();
        self.put(path, index, None, exists);
    }

    /// A file is open with this text.
    pub fn open(&mut self, path: &str, text: Text, version: i32) -> FileId {
        let source = tool::source(path.as_bytes(), text.as_str().as_bytes().to_vec());
        let index = Index::new(&source, &tool::options(self.std));
        self.put(path, index, Some(Open { text, version }), true)
    }

    /// A file is not open any more: it is what is on disk.
    pub fn close(&mut self, path: &str) {
        if let Some(file) = self.file(path) {
            self.files[file].open = None;
            self.read(path);
        }
    }

    fn put(&mut self, path: &str, index: Index, open: Option<Open>, exists: bool) -> FileId {
        let next = self.files.len();
        let id = *self.by_path.entry(path.to_string()).or_insert(next);
        self.globals.retain(|_, file| *file != id);
        self.declared.retain(|_, file| *file != id);
        for declared in &index.declared {
            self.declared.entry(declared.name.clone()).or_insert(id);
        }
        for (number, place) in index.places.iter().enumerate() {
            let Place::Global(name) = place else { continue };
            if index.definition(number as PlaceId).is_some() {
                self.globals.entry(index.text(*name).into()).or_insert(id);
            }
        }
        let file = File { path: path.to_string(), index, open, exists };
        match self.files.get_mut(id) {
            Some(old) => *old = file,
            None => self.files.push(file),
        }
        id
    }

    pub fn file(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The text of a file: that of the editor, or what is on disk.
    pub fn text(&self, file: FileId) -> Cow<'_, Text> {
        match &self.files[file].open {
            Some(open) => Cow::Borrowed(&open.text),
            None => {
                let bytes = std::fs::read(&self.files[file].path).unwrap_or_default();
                let text = String::from_utf8_lossy(&bytes).into_owned();
                Cow::Owned(Text::new(text, self.encoding))
            }
        }
    }

    pub fn location(&self, file: FileId, span: Span) -> Location {
        Location { uri: uri_of(&self.files[file].path), range: self.text(file).range(span) }
    }

    // ---------------------------------------------------------------- modules

    /// The file of a module, for a file that requires it.
    pub fn module(&self, name: &str, from: FileId) -> Option<FileId> {
        let stem = name.replace('.', "/");
        let path = Path::new(&self.files[from].path);
        let above = path.parent().into_iter().flat_map(Path::ancestors);
        let above = above.map(|folder| folder.to_string_lossy().into_owned());
        let is_inside =
            |folder: &String| self.roots.iter().any(|root| folder.starts_with(root.as_str()));
        let folders = self.roots.iter().cloned().chain(above.take_while(is_inside));
        for folder in folders {
            let folder = folder.trim_end_matches('/');
            for inside in INSIDE {
                for end in [".lua", "/init.lua", ".luka", "/init.luka"] {
                    let path = format!("{folder}/{inside}{stem}{end}");
                    if let Some(&file) = self.by_path.get(&path)
                        && self.files[file].exists
                    {
                        return Some(file);
                    }
                }
            }
        }
        None
    }

    /// The modules that can be required, by name.
    pub fn modules(&self) -> Vec<String> {
        let mut names = Vec::new();
        for file in self.files.iter().filter(|file| file.exists) {
            for root in &self.roots {
                let root = root.trim_end_matches('/');
                let Some(rest) =
                    file.path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'))
                else {
                    continue;
                };
                let inside = INSIDE.iter().rev().find(|inside| rest.starts_with(**inside));
                let rest = &rest[inside.map_or(0, |inside| inside.len())..];
                let stem = rest.rsplit_once('.').map_or(rest, |(stem, _)| stem);
                names.push(stem.strip_suffix("/init").unwrap_or(stem).replace('/', "."));
            }
        }
        names.extend(luka_stdlib::embedded::names().map(str::to_string));
        names.sort();
        names.dedup();
        names
    }

    // ---------------------------------------------------------------- what names stand for

    /// Whether a place is written to somewhere besides its declaration.
    fn is_assigned(&self, file: FileId, place: PlaceId) -> bool {
        let index = &self.files[file].index;
        matches!(index.places[place as usize], Place::Variable(_))
            && index.occurrences_of(place).any(|o| o.access == luka_compiler::index::Access::Write)
    }

    /// What a place stands for: itself, or the field of the table it is a field of, wherever that is. `None`
    /// if that is not known.
    pub fn entity(&self, file: FileId, place: PlaceId) -> Option<Entity> {
        self.entity_within(file, place, STEPS)
    }

    fn entity_within(&self, file: FileId, place: PlaceId, steps: usize) -> Option<Entity> {
        let steps = steps.checked_sub(1)?;
        let index = &self.files[file].index;
        match index.places[place as usize] {
            Place::Variable(_) | Place::Export => Some(Entity::Place(file, place)),
            Place::Element(list) => {
                let found = self.target_within(file, list, steps);
                let found = found.and_then(|list| self.element_within(&list, steps));
                found.or(Some(Entity::Place(file, place)))
            }
            Place::Unknown(_) => None,
            Place::Global(name) => {
                let text = index.text(name);
                if let Some(&other) = self.globals.get(text) {
                    let there = &self.files[other].index;
                    let place =
                        there.name(text).and_then(|name| there.place(Place::Global(name)))?;
                    return Some(Entity::Place(other, place));
                }
                self.environment.get(text.as_bytes())?;
                Some(Entity::Library(text.to_string()))
            }
            Place::Field(parent, name) => {
                let own = || index.definition(place).map(|_| Entity::Place(file, place));
                let Some(target) = self.target_within(file, parent, steps) else { return own() };
                self.member(&target, index.text(name)).or_else(own)
            }
        }
    }

    /// What the value of a place is: followed through variables, modules and classes.
    pub fn target(&self, file: FileId, place: PlaceId) -> Option<Entity> {
        self.target_within(file, place, STEPS)
    }

    fn target_within(&self, file: FileId, place: PlaceId, steps: usize) -> Option<Entity> {
        let steps = steps.checked_sub(1)?;
        let entity = self.entity_within(file, place, steps)?;
        let (file, place) = match entity {
            Entity::Place(file, place) => (file, place),
            other => return Some(self.value_within(other, steps)),
        };
        let annotated = self.files[file].index.types.get(&place);
        if let Some(known) = annotated.and_then(|ty| self.of_type(file, ty, steps)) {
            return Some(known);
        }
        match self.files[file].index.values.get(&place) {
            // What it is given later is not known.
            Some(Value::Alias(_) | Value::Module(_)) if self.is_assigned(file, place) => {
                Some(Entity::Place(file, place))
            }
            Some(Value::Alias(other) | Value::Instance(other)) => {
                self.target_within(file, *other, steps)
            }
            Some(Value::Module(name)) => {
                let module = self.module(name, file)?;
                let export = self.files[module].index.export?;
                self.target_within(module, export, steps)
            }
            Some(Value::Result(callee)) => {
                let result = self.target_within(file, *callee, steps);
                let result = result.and_then(|callee| self.result(&callee, steps));
                Some(result.unwrap_or(Entity::Place(file, place)))
            }
            _ => Some(Entity::Place(file, place)),
        }
    }

    /// The value of a field that an annotation declares; of other things, themselves.
    fn value_within(&self, of: Entity, steps: usize) -> Entity {
        match &of {
            Entity::Member(file, record) => self.of_type(*file, &record.ty, steps).unwrap_or(of),
            _ => of,
        }
    }

    /// What the value of a thing is: followed through variables, modules, classes and annotations.
    pub fn value(&self, of: Entity) -> Option<Entity> {
        match of {
            Entity::Place(file, place) => self.target(file, place),
            other => Some(self.value_within(other, STEPS)),
        }
    }

    /// The type that is declared by a name, for a file.
    pub fn declared(&self, name: &str, from: FileId) -> Option<(FileId, usize)> {
        let position = |file: FileId| {
            let position = self.files[file].index.declared.iter().position(|d| *d.name == *name);
            position.map(|number| (file, number))
        };
        position(from).or_else(|| position(*self.declared.get(name)?))
    }

    /// A declared type.
    pub fn declaration(&self, (file, number): (FileId, usize)) -> &Declared {
        &self.files[file].index.declared[number]
    }

    /// The names of all declared types.
    pub fn type_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.declared.keys().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }

    /// A value of a type, if it has fields.
    fn of_type(&self, file: FileId, ty: &Type, steps: usize) -> Option<Entity> {
        let steps = steps.checked_sub(1)?;
        match ty.besides_nil()? {
            Type::Basic(Basic::String) | Type::Literal(Literal::String(_)) => {
                Some(Entity::Library("string".into()))
            }
            Type::Named(name, _) => {
                let found = self.declared(name, file)?;
                let declared = self.declaration(found);
                match declared.kind {
                    DeclaredKind::Alias => self.of_type(found.0, &declared.ty, steps),
                    _ => Some(Entity::Of(found.0, Type::Named(name.clone(), Vec::new()))),
                }
            }
            table @ (Type::Table(_) | Type::Array(_) | Type::Map(_)) => {
                Some(Entity::Of(file, table.clone()))
            }
            _ => None,
        }
    }

    /// An element of a list, or a value of a map.
    fn element_within(&self, list: &Entity, steps: usize) -> Option<Entity> {
        match list {
            Entity::Of(file, Type::Array(element)) => self.of_type(*file, element, steps),
            Entity::Of(file, Type::Map(of)) => self.of_type(*file, &of.1, steps),
            Entity::Place(file, place) => {
                let element = self.files[*file].index.place(Place::Element(*place))?;
                Some(Entity::Place(*file, element))
            }
            _ => None,
        }
    }

    /// What an element of a list or a value of a map is.
    pub fn element_of(&self, list: &Entity) -> Option<Entity> {
        self.value(self.element_within(list, STEPS)?)
    }

    /// The function that a thing is, and the file it is in.
    pub fn function(&self, of: &Entity) -> Option<(FileId, &Function)> {
        let Entity::Place(file, place) = of else { return None };
        let Some(Entity::Place(file, place)) = self.target(*file, *place) else { return None };
        let index = &self.files[file].index;
        match index.values.get(&place)? {
            Value::Function(number) => Some((file, &index.functions[*number as usize])),
            _ => None,
        }
    }

    /// The first result of a call.
    fn result(&self, callee: &Entity, steps: usize) -> Option<Entity> {
        if let Entity::Member(file, record) = callee
            && let Some(Type::Function(signature)) = record.ty.besides_nil()
        {
            return self.of_type(*file, &signature.results.first()?.ty, steps);
        }
        let Entity::Place(file, place) = callee else { return None };
        let index = &self.files[*file].index;
        let Some(Value::Function(number)) = index.values.get(place) else { return None };
        let signature = index.functions[*number as usize].signature.as_ref()?;
        self.of_type(*file, &signature.results.first()?.ty, steps)
    }

    /// The first result of a call of a thing, if annotations say what it is.
    pub fn result_of(&self, callee: &Entity) -> Option<Entity> {
        self.result(callee, STEPS)
    }

    /// The class that an annotation says a table has the fields of.
    pub fn class_of(&self, file: FileId, place: PlaceId) -> Option<(FileId, usize)> {
        self.files[file].index.owners.get(&place).map(|class| (file, *class))
    }

    /// The fields of a class: those that are declared, those of its table, and those of its parents.
    fn class_members(&self, class: (FileId, usize), steps: usize, found: &mut Members) {
        let Some(steps) = steps.checked_sub(1) else { return };
        if !found.classes.insert(class) {
            return;
        }
        let (file, number) = class;
        let declared = self.declaration(class);
        for record in &declared.fields {
            found.add(record.name.to_string(), Entity::Member(file, record.clone()));
        }
        if let Some(place) = self.files[file].index.owner(number) {
            self.place_members(file, place, found);
        }
        for parent in &declared.parents {
            match self.of_type(file, parent, steps) {
                Some(Entity::Of(file, Type::Named(name, _))) => {
                    if let Some(parent) = self.declared(&name, file) {
                        self.class_members(parent, steps, found);
                    }
                }
                Some(Entity::Of(file, Type::Table(records))) => {
                    for record in records {
                        found.add(record.name.to_string(), Entity::Member(file, record));
                    }
                }
                _ => {}
            }
        }
    }

    fn place_members(&self, file: FileId, place: PlaceId, found: &mut Members) {
        let index = &self.files[file].index;
        for (field, name) in index.fields(place) {
            if index.definition(field).is_some() {
                found.add(index.text(name).to_string(), Entity::Place(file, field));
            }
        }
    }

    /// The field of a value that is known.
    pub fn member(&self, of: &Entity, name: &str) -> Option<Entity> {
        match of {
            Entity::Place(file, place) => {
                let index = &self.files[*file].index;
                let field =
                    index.name(name).and_then(|name| index.place(Place::Field(*place, name)));
                if let Some(field) = field.filter(|field| index.definition(*field).is_some()) {
                    return Some(Entity::Place(*file, field));
                }
                self.class_of(*file, *place)?;
                self.members(of).into_iter().find(|(own, _)| own == name).map(|(_, member)| member)
            }
            Entity::Of(..) => {
                self.members(of).into_iter().find(|(own, _)| own == name).map(|(_, member)| member)
            }
            Entity::Member(..) => None,
            Entity::Library(library) => {
                let whole = format!("{library}.{name}");
                self.environment.get(whole.as_bytes())?;
                Some(Entity::Library(whole))
            }
            Entity::Module(_) => None,
        }
    }

    /// The names of the fields of a value, with what they stand for.
    pub fn members(&self, of: &Entity) -> Vec<(String, Entity)> {
        match of {
            Entity::Place(file, place) => {
                let mut found = Members::default();
                self.place_members(*file, *place, &mut found);
                if let Some(class) = self.class_of(*file, *place) {
                    self.class_members(class, STEPS, &mut found);
                }
                found.list
            }
            Entity::Of(file, ty) => {
                let mut found = Members::default();
                match ty {
                    Type::Named(name, _) => {
                        if let Some(class) = self.declared(name, *file) {
                            self.class_members(class, STEPS, &mut found);
                        }
                    }
                    Type::Table(records) => {
                        for record in records {
                            let member = Entity::Member(*file, record.clone());
                            found.add(record.name.to_string(), member);
                        }
                    }
                    _ => {}
                }
                found.list
            }
            Entity::Member(..) => Vec::new(),
            Entity::Library(library) => {
                let fields = self.environment.fields(library.as_bytes()).into_iter();
                fields
                    .map(|name| {
                        let name = String::from_utf8_lossy(name).into_owned();
                        let whole = format!("{library}.{name}");
                        (name, Entity::Library(whole))
                    })
                    .collect()
            }
            Entity::Module(_) => Vec::new(),
        }
    }

    /// The module whose name is written at a position.
    pub fn module_at(&self, file: FileId, position: u32) -> Option<FileId> {
        let requires = &self.files[file].index.requires;
        let at =
            requires.iter().find(|(_, span)| span.start <= position && position <= span.end)?;
        self.module(&at.0, file)
    }

    /// What the name at a position stands for, and where it is written.
    pub fn at(&self, file: FileId, position: u32) -> Option<(Occurrence, Option<Entity>)> {
        let occurrence = *self.files[file].index.at(position)?;
        Some((occurrence, self.entity(file, occurrence.place)))
    }

    /// The globals that programs find: those of the files, and the library's.
    pub fn global_names(&self) -> Vec<(String, Entity)> {
        let mut found: Vec<(String, Entity)> = Vec::new();
        for (name, &file) in &self.globals {
            let index = &self.files[file].index;
            let place = index.name(name).and_then(|name| index.place(Place::Global(name)));
            found.extend(place.map(|place| (name.to_string(), Entity::Place(file, place))));
        }
        for name in self.environment.globals() {
            let name = String::from_utf8_lossy(name).into_owned();
            if !self.globals.contains_key(name.as_str()) {
                found.push((name.clone(), Entity::Library(name)));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    /// The library's definition of an entity.
    pub fn library(&self, name: &str) -> Option<&Definition> {
        self.environment.get(name.as_bytes())
    }

    /// Every place where an entity is named. Also how many fields of the same name stand for nothing that is
    /// known.
    pub fn references(&self, entity: &Entity) -> (Vec<(FileId, Occurrence)>, usize) {
        let name = match entity {
            Entity::Place(file, place) => {
                let index = &self.files[*file].index;
                match index.places[*place as usize] {
                    // Nobody else sees a variable.
                    Place::Variable(_) => {
                        let all = index.occurrences_of(*place).map(|&o| (*file, o));
                        return (all.collect(), 0);
                    }
                    _ => index.name_of(*place).map(|name| index.text(name)),
                }
            }
            Entity::Library(name) => name.rsplit('.').next(),
            Entity::Member(_, record) => Some(&*record.name),
            Entity::Module(_) | Entity::Of(..) => None,
        };
        let Some(name) = name else { return (Vec::new(), 0) };
        let (mut found, mut unknown) = (Vec::new(), 0);
        for (id, file) in self.files.iter().enumerate() {
            let index = &file.index;
            let Some(name) = index.name(name) else { continue };
            let mut known: HashMap<PlaceId, bool> = HashMap::new();
            for occurrence in &index.occurrences {
                if index.name_of(occurrence.place) != Some(name)
                    || matches!(index.places[occurrence.place as usize], Place::Variable(_))
                {
                    continue;
                }
                let stands = known.entry(occurrence.place).or_insert_with(|| {
                    let other = self.entity(id, occurrence.place);
                    unknown += usize::from(other.is_none());
                    other.as_ref() == Some(entity)
                });
                if *stands {
                    found.push((id, *occurrence));
                }
            }
        }
        (found, unknown)
    }
}
