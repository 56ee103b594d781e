//! `require` of a module that is nowhere: what might have been meant, and a short form of the list of
//! places that the message has.

use luka_compiler::ast::Expr;
use luka_compiler::check::similar;
use luka_compiler::diag::Diagnostic;
use luka_vm::Value;
use std::borrow::Cow;

use super::error_site::ErrorSite;
use super::explain::report;
use super::native_call::call_at;
use super::show::text;

/// Gives names of modules that can be loaded and that a name may have been meant to be, by that name and
/// the search path `package.path`.
pub type Modules<'a> = &'a dyn Fn(&[u8], &[u8]) -> Vec<String>;

/// The most folders of a line.
const FOLDERS: usize = 12;

/// What to do about a module that is not found.
pub fn explain(site: &ErrorSite) -> Option<Diagnostic> {
    let (args, _) = call_at(site)?;
    let &id = args.first()?;
    let value = site.value(id);
    let name = match site.chunk().expr(id) {
        Expr::Str(name) => site.name_bytes(name),
        _ => value.as_ref()?.as_str()?.bytes(),
    };
    let found = report(site.chunk().expr_span(id), "there is no such module");
    let stem = name.strip_suffix(b".lua").or_else(|| name.strip_suffix(b".luka"));
    let bare = stem.unwrap_or(name);
    let bare = bare.strip_prefix(b"./").unwrap_or(bare);
    if bare.len() < name.len() {
        let module = text(bare).replace('/', ".");
        return Some(found.with_help(format!(
            "the name of a module has no `./` and no `.lua`: `require \"{module}\"`"
        )));
    }
    let Some(modules) = site.modules else {
        return Some(found.with_help("`package.path` lists the places that are searched"));
    };
    let known = modules(name, &search_path(site));
    Some(found.with_help(match near(name, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a package of others may have it: `luka add PATH|URL` installs one".to_string(),
    }))
}

/// The module that was perhaps meant: one with this name in a folder or a package, else one whose name
/// differs in a few letters.
fn near<'a>(name: &[u8], known: &'a [String]) -> Option<&'a str> {
    let inside = |known: &&String| {
        let rest = known.as_bytes().strip_suffix(name);
        rest.is_some_and(|folder| folder.ends_with(b"."))
    };
    let alike = || similar(name, known.iter().map(|known| known.as_bytes()));
    match known.iter().find(inside) {
        Some(known) => Some(known),
        None => alike().and_then(|near| std::str::from_utf8(near).ok()),
    }
}

/// `package.path`, as it is.
fn search_path(site: &ErrorSite) -> Vec<u8> {
    let field = |table: Value, name: &str| {
        table.as_table().map_or(Value::NIL, |table| table.get_str_bytes(name.as_bytes()))
    };
    let package = site.globals().map_or(Value::NIL, |globals| field(globals.into(), "package"));
    field(package, "path").as_str().map_or_else(Vec::new, |path| path.bytes().to_vec())
}

/// A message with its lists of files made short, if `require` has made it: files that differ in their
/// folders only are on one line. Lines about libraries in C are left out, which are never loaded, and the
/// one about `package.preload`. Any other message stays as it is.
pub fn brief(message: &[u8]) -> Cow<'_, [u8]> {
    shortened(message).map_or(Cow::Borrowed(message), Cow::Owned)
}

fn shortened(message: &[u8]) -> Option<Vec<u8>> {
    const BEFORE: &[u8] = b"module '";
    const AFTER: &[u8] = b"' not found:";
    let at = find(message, BEFORE)? + BEFORE.len();
    let end = at + find(&message[at..], AFTER)?;
    let name = &message[at..end];
    let (head, list) = message.split_at(end + AFTER.len());
    let file: Vec<u8> = name.iter().map(|&c| if c == b'.' { b'/' } else { c }).collect();

    let mut out = head.to_vec();
    // Each way to end the file's name, with the folders it was looked for in.
    let mut endings: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    let mut others: Vec<&[u8]> = Vec::new();
    let mut rest = list;
    while let Some(line) = rest.strip_prefix(b"\n\t") {
        let line = &line[..line.iter().position(|&c| c == b'\n').unwrap_or(line.len())];
        rest = &rest[2 + line.len()..];
        let path = line.strip_prefix(b"no file '").and_then(|path| path.strip_suffix(b"'"));
        match path {
            None if line.starts_with(b"no field package.preload['") => {}
            None => others.push(line),
            Some(library) if library.ends_with(b".so") => {}
            Some(path) => match split(path, &file) {
                Some((folder, ending)) => match endings.iter_mut().find(|(e, _)| *e == ending) {
                    Some((_, folders)) if folders.contains(&folder) => {}
                    Some((_, folders)) => folders.push(folder),
                    None => endings.push((ending, vec![folder])),
                },
                None => others.push(line),
            },
        }
    }
    while !endings.is_empty() {
        let folders = endings[0].1.clone();
        let alike: Vec<Vec<u8>> = (endings.iter().filter(|(_, f)| *f == folders))
            .map(|(ending, _)| [&file, *ending].concat())
            .collect();
        endings.retain(|(_, f)| *f != folders);
        out.extend_from_slice(b"\n\tno file ");
        out.extend_from_slice(&alike.join(&b" or "[..]));
        out.extend_from_slice(b" in ");
        out.extend_from_slice(&folders[..folders.len().min(FOLDERS)].join(&b", "[..]));
        if let Some(more) = folders.len().checked_sub(FOLDERS).filter(|&more| more > 0) {
            out.extend_from_slice(format!(" and {more} other places").as_bytes());
        }
    }
    for line in others {
        out.extend_from_slice(b"\n\t");
        out.extend_from_slice(line);
    }
    out.extend_from_slice(rest);
    Some(out)
}

/// The folder of a path, and what follows the file's name.
fn split<'a>(path: &'a [u8], file: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = (0..=path.len().checked_sub(file.len())?)
        .rev()
        .find(|&at| path[at..].starts_with(file) && at > 0 && path[at - 1] == b'/')?;
    let folder = if at == 1 { &b"/"[..] } else { &path[..at - 1] };
    Some((folder, &path[at + file.len()..]))
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(message: &str) -> String {
        String::from_utf8(brief(message.as_bytes()).into_owned()).expect("text")
    }

    #[test]
    fn files_in_many_folders_are_one_line() {
        let message = "e.lua:1: module 'a.b' not found:\n\tno field package.preload['a.b']\n\
            \tno file '/x/5.4/a/b.lua'\n\tno file '/x/5.4/a/b/init.lua'\n\tno file './a/b.lua'\n\
            \tno file './a/b/init.lua'\n\tno file './a/b.luka'\n\tno file './a/b.so'\n\
            \tno file './a.so'";
        assert_eq!(
            shown(message),
            "e.lua:1: module 'a.b' not found:\n\tno file a/b.lua or a/b/init.lua in /x/5.4, .\n\
             \tno file a/b.luka in ."
        );
    }

    #[test]
    fn what_other_searchers_say_stays() {
        let message = "module 'm' not found:\n\tno field package.preload['m']\n\tno file '/m.lua'\n\
            \tno file 'whole'\n\tno rock m\nmore";
        assert_eq!(
            shown(message),
            "module 'm' not found:\n\tno file m.lua in /\n\tno file 'whole'\n\tno rock m\nmore"
        );
    }

    #[test]
    fn other_messages_stay() {
        for message in [
            "",
            "module 'x'",
            "x not found:\n\tno file 'x'",
            "module 'm' not found:",
            "' not found:module '",
        ] {
            assert_eq!(shown(message), message);
        }
    }

    #[test]
    fn a_name_in_a_folder_is_nearer_than_one_spelt_alike() {
        let known = ["jsox", "luka.json", "kjson"].map(String::from);
        assert_eq!(near(b"json", &known), Some("luka.json"));
        assert_eq!(near(b"jsom", &known), Some("jsox"));
        assert_eq!(near(b"completely", &known), None);
    }
}
