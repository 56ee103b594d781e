//! Comments that document something: plain ones, and those with the tags of LuaCATS (`---@param n number text`)
//! and LDoc (`-- @param n text`, `-- @tparam number n text`).

use serde::Serialize;

/// A parameter or a field.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Param {
    pub name: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// What a comment says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Comment {
    /// In Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Param>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub see: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub raises: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overloads: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The type of a field.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// The class it declares, and its parent.
    #[serde(skip)]
    pub class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// It is about the module, which may be named.
    #[serde(skip)]
    pub module: Option<String>,
    /// The function it is about, when that is not the one below it.
    #[serde(skip)]
    pub function: Option<String>,
    /// A heading for what follows.
    #[serde(skip)]
    pub section: Option<String>,
    /// It is not for others.
    #[serde(skip)]
    pub is_private: bool,
}

/// What a line that continues is added to.
#[derive(Clone, Copy)]
enum Last {
    Text,
    Param,
    Return,
    Field,
    Usage,
    Raise,
    /// A tag whose text is not kept.
    Nothing,
}

/// Types that LuaCATS knows by name: they tell `@param n number text` from `@param n the text`.
const TYPES: [&str; 11] = [
    "any", "boolean", "function", "integer", "nil", "number", "string", "table", "thread",
    "userdata", "unknown",
];

impl Comment {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Comment::default()
    }

    /// Reads lines, from which the dashes have been taken.
    pub fn parse(lines: &[String]) -> Comment {
        let mut comment = Comment::default();
        let mut text: Vec<&str> = Vec::new();
        let mut last = Last::Text;
        for line in lines {
            match line.trim_start().strip_prefix('@') {
                Some(tag) if line.starts_with('@') || line.starts_with(" @") => {
                    last = comment.tag(tag, line.starts_with('@'));
                }
                _ => match (last, line.trim().is_empty()) {
                    (Last::Text, _) => text.push(line),
                    (Last::Usage, _) => add(comment.usage.last_mut(), line, "\n"),
                    (_, true) => last = Last::Text,
                    (Last::Param, _) => add(text_of(&mut comment.params), line.trim(), " "),
                    (Last::Return, _) => add(text_of(&mut comment.returns), line.trim(), " "),
                    (Last::Field, _) => add(text_of(&mut comment.fields), line.trim(), " "),
                    (Last::Raise, _) => add(comment.raises.last_mut(), line.trim(), " "),
                    (Last::Nothing, _) => {}
                },
            }
        }
        comment.text = text.join("\n").trim().to_string();
        for usage in &mut comment.usage {
            *usage = usage.trim_matches('\n').trim_end().to_string();
        }
        comment
    }

    /// Reads a tag. `is_close`: it stands directly behind the dashes, as those of LuaCATS do.
    fn tag(&mut self, tag: &str, is_close: bool) -> Last {
        let end = tag.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tag.len());
        let (name, mut rest) = tag.split_at(end);
        // `@param[opt]`, `@tparam[opt=1]`
        let mut optional = false;
        if let Some((modifier, behind)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            optional = modifier.split(',').any(|word| word.trim().starts_with("opt"));
            rest = behind;
        }
        let rest = rest.trim();
        match name {
            "param" => self.params.push(param(rest, is_close, optional)),
            "tparam" => self.params.push(typed(rest, optional)),
            // LDoc's short forms.
            "string" | "number" | "int" | "bool" | "func" | "tab" | "thread" | "array" => {
                let (param, text) = word(rest);
                let (name, ty, text) =
                    (param.to_string(), Some(name.to_string()), text.to_string());
                self.params.push(Param { name, ty, text, optional });
            }
            "return" if is_close => self.returns.push(cats_return(rest)),
            "return" => self.returns.push(Param { text: rest.to_string(), ..Param::default() }),
            "treturn" => {
                let (ty, text) = split_type(rest);
                self.returns.push(Param { ty: Some(ty), text, ..Param::default() });
            }
            "field" => {
                let rest = ["public ", "private ", "protected ", "package "]
                    .iter()
                    .find_map(|scope| rest.strip_prefix(scope))
                    .unwrap_or(rest);
                self.fields.push(param(rest, is_close, optional));
            }
            "tfield" => self.fields.push(typed(rest, optional)),
            "usage" | "example" => self.usage.push(rest.to_string()),
            "see" => self.see.push(rest.to_string()),
            "raise" | "error" => self.raises.push(rest.to_string()),
            "overload" => self.overloads.push(rest.to_string()),
            "deprecated" => self.deprecated = Some(rest.to_string()),
            "type" if is_close => self.ty = Some(rest.to_string()),
            "class" | "type" | "classmod" => {
                let rest = rest.strip_prefix("(exact)").unwrap_or(rest).trim();
                let (class, parent) = rest.split_once(':').unwrap_or((rest, ""));
                let word = |text: &str| {
                    text.split([' ', ',', '<']).find(|w| !w.is_empty()).map(str::to_string)
                };
                // (LDoc's `@class function` says what kind of thing it is.)
                if word(class).as_deref() != Some("function") {
                    (self.class, self.parent) = (word(class), word(parent));
                }
                if name == "classmod" {
                    self.module = word(class);
                }
            }
            "module" => self.module = Some(rest.to_string()),
            "function" | "name" => self.function = Some(rest.to_string()),
            "section" => self.section = Some(rest.to_string()),
            "private" | "local" | "protected" | "package" => self.is_private = true,
            _ => return Last::Nothing,
        }
        match name {
            "param" | "tparam" | "string" | "number" | "int" | "bool" | "func" | "tab"
            | "thread" | "array" => Last::Param,
            "return" | "treturn" => Last::Return,
            "field" | "tfield" => Last::Field,
            "usage" | "example" => Last::Usage,
            "raise" | "error" => Last::Raise,
            "section" | "module" | "classmod" | "class" | "type" => Last::Text,
            _ => Last::Nothing,
        }
    }
}

fn text_of(list: &mut [Param]) -> Option<&mut String> {
    list.last_mut().map(|param| &mut param.text)
}

fn add(to: Option<&mut String>, line: &str, between: &str) {
    if let Some(text) = to {
        if !text.is_empty() {
            text.push_str(between);
        }
        text.push_str(line);
    }
}

/// `name text` of LDoc, or `name type text` of LuaCATS.
fn param(text: &str, is_close: bool, optional: bool) -> Param {
    let (name, rest) = word(text);
    let (first, _) = word(rest);
    let first = first.trim_end_matches(['?', ']', '[']);
    let has_type = is_close && !rest.is_empty()
        || first.split('|').all(|part| TYPES.contains(&part))
        || first.starts_with("fun(");
    let (ty, text) = match has_type {
        true => {
            let (ty, text) = split_type(rest);
            (Some(ty), text)
        }
        false => (None, rest.to_string()),
    };
    let plain = name.trim_end_matches('?');
    Param { name: plain.to_string(), ty, text, optional: optional || plain.len() < name.len() }
}

/// `type name text`
fn typed(text: &str, optional: bool) -> Param {
    let (ty, rest) = split_type(text);
    let (name, text) = word(&rest);
    Param { name: name.to_string(), ty: Some(ty), text: text.to_string(), optional }
}

/// `type name # text`, `type text`
fn cats_return(text: &str) -> Param {
    let (ty, rest) = split_type(text);
    match rest.split_once('#') {
        Some((name, text)) => Param {
            name: name.trim().to_string(),
            ty: Some(ty),
            text: text.trim().to_string(),
            optional: false,
        },
        None => {
            let (name, text) = word(&rest);
            Param { name: name.to_string(), ty: Some(ty), text: text.to_string(), optional: false }
        }
    }
}

fn word(text: &str) -> (&str, &str) {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (first, rest.trim())
}

/// A type from the beginning of a text, and the rest. A type goes on over blanks inside of brackets, around
/// `|` and behind the `:` of `fun()`.
fn split_type(text: &str) -> (String, String) {
    let mut depth = 0i32;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' | b'>' => depth -= 1,
            b' ' | b'\t' if depth <= 0 => {
                let before = text[..at].trim_end();
                let behind = text[at..].trim_start();
                let goes_on = before.ends_with('|')
                    || behind.starts_with('|')
                    || (before.ends_with(':') && before.contains("fun("));
                if !goes_on {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    (text[..at].trim().to_string(), text[at..].trim().to_string())
}

/// The lines of the comment that ends above a line (counted from 0), without dashes, and the line it begins in.
pub fn above(lines: &[&str], line: usize) -> Option<(usize, Vec<String>)> {
    let last = line.checked_sub(1)?;
    let text = lines.get(last)?.trim();
    if !text.starts_with("--") && (text.ends_with("]]") || text.ends_with("]=]")) {
        let first = (0..=last).rev().find(|&n| long_bracket(lines[n]).is_some())?;
        return Some((first, block(&lines[first..=last])));
    }
    if let Some(content) = long_bracket(text) {
        return Some((last, vec![without_end(content).trim().to_string()]));
    }
    let is_comment = |n: &usize| lines[*n].trim_start().starts_with("--");
    let first = (0..=last).rev().take_while(is_comment).last()?;
    Some((first, plain(&lines[first..=last])))
}

/// The lines of the comment that begins in a line, and the line behind it.
pub fn below(lines: &[&str], line: usize) -> Option<(usize, Vec<String>)> {
    let text = lines.get(line)?.trim_start();
    if long_bracket(text).is_some() {
        let ends = |n: &usize| lines[*n].contains("]]") || lines[*n].contains("]=]");
        let last = (line..lines.len()).find(ends)?;
        return Some((last + 1, block(&lines[line..=last])));
    }
    let is_comment = |n: &usize| lines[*n].trim_start().starts_with("--");
    let count = (line..lines.len()).take_while(is_comment).count();
    (count > 0).then(|| (line + count, plain(&lines[line..line + count])))
}

/// What follows `--[[` in a line that begins so.
fn long_bracket(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("--[")?;
    rest.trim_start_matches('=').strip_prefix('[')
}

fn without_end(line: &str) -> &str {
    let line = line.trim_end();
    let line = line.strip_suffix("]]").or_else(|| line.strip_suffix("]=]")).unwrap_or(line);
    line.trim_end_matches('-')
}

fn block(lines: &[&str]) -> Vec<String> {
    let first = long_bracket(lines[0]).unwrap_or_default().trim_start_matches('-');
    let mut text: Vec<&str> = std::iter::once(first).chain(lines[1..].iter().copied()).collect();
    if let Some(last) = text.last_mut() {
        *last = without_end(last);
    }
    let rest = text[1..].iter().filter(|line| !line.trim().is_empty());
    let indent = rest.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let (first, rest) = (text[0].trim(), &text[1..]);
    let rest = rest.iter().map(|line| line.get(indent..).unwrap_or_default().trim_end());
    let lines = std::iter::once(first).chain(rest);
    // (The tags of long comments are LDoc's, which stand behind a blank.)
    lines.map(|line| if line.starts_with('@') { format!(" {line}") } else { line.into() }).collect()
}

/// Lines without their dashes; lines of dashes alone, and those for tools, are left out.
fn plain(lines: &[&str]) -> Vec<String> {
    let text = lines.iter().filter_map(|line| {
        let line = line.trim();
        let text = line.trim_start_matches('-');
        if text.is_empty() && line.len() > 3 {
            return None;
        }
        let text = text.strip_prefix(' ').unwrap_or(text);
        let is_for_tools = ["luka:", "@diagnostic", "luacheck:", "stylua:", "vim:"]
            .iter()
            .any(|tool| text.starts_with(tool));
        (!is_for_tools).then(|| match text.starts_with('@') && !line.contains("-@") {
            // (LDoc's tags stand behind a blank.)
            true => format!(" {text}"),
            false => text.to_string(),
        })
    });
    text.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Comment {
        let lines: Vec<&str> = text.lines().collect();
        Comment::parse(&above(&lines, lines.len()).unwrap().1)
    }

    fn param(name: &str, ty: &str, text: &str, optional: bool) -> Param {
        let ty = (!ty.is_empty()).then(|| ty.to_string());
        Param { name: name.into(), ty, text: text.into(), optional }
    }

    #[test]
    fn tags_of_lua_cats() {
        let comment = parse(
            "--- Adds.\n--- More of it.\n---@param a number the first\n\
             ---@param b? string | nil\n---@param f fun(x: number): string  called\n\
             ---@param t table<string, number[]>\n---@return number sum # the sum\n\
             ---@return string? message\n---@see other.f\n---@deprecated use more\n",
        );
        assert_eq!(comment.text, "Adds.\nMore of it.");
        assert_eq!(
            comment.params,
            [
                param("a", "number", "the first", false),
                param("b", "string | nil", "", true),
                param("f", "fun(x: number): string", "called", false),
                param("t", "table<string, number[]>", "", false),
            ]
        );
        assert_eq!(
            comment.returns,
            [param("sum", "number", "the sum", false), param("message", "string?", "", false)]
        );
        assert_eq!(comment.see, ["other.f"]);
        assert_eq!(comment.deprecated.as_deref(), Some("use more"));
    }

    #[test]
    fn tags_of_ldoc() {
        let comment = parse(
            "---------------\n-- Adds.\n-- @param a the first, which\n-- is long\n\
             -- @tparam[opt=1] int b the second\n-- @param s string with a type\n-- @return the sum\n\
             -- @treturn {int,...} a list\n-- @usage\n-- local x = add(1)\n--   print(x)\n-- @local\n",
        );
        assert_eq!(comment.text, "Adds.");
        assert_eq!(
            comment.params,
            [
                param("a", "", "the first, which is long", false),
                param("b", "int", "the second", true),
                param("s", "string", "with a type", false),
            ]
        );
        assert_eq!(
            comment.returns,
            [param("", "", "the sum", false), param("", "{int,...}", "a list", false)]
        );
        assert_eq!(comment.usage, ["local x = add(1)\n  print(x)"]);
        assert!(comment.is_private);
    }

    #[test]
    fn blocks() {
        let comment = parse("--[[--\n  Adds.\n    indented\n\n  @param a the first\n]]\n");
        assert_eq!(comment.text, "Adds.\n  indented");
        assert_eq!(comment.params, [param("a", "", "the first", false)]);
        assert_eq!(parse("--[[ one line ]]").text, "one line");
        assert_eq!(parse("-- plain\n-- luka: allow(all)\n").text, "plain");
        assert_eq!(above(&["local x", ""], 1), None);
    }

    #[test]
    fn classes() {
        let comment = parse(
            "---@class Cart: Base\n---@field items table what is in it\n---@field private n number\n",
        );
        assert_eq!(
            (comment.class.as_deref(), comment.parent.as_deref()),
            (Some("Cart"), Some("Base"))
        );
        assert_eq!(comment.fields.len(), 2);
        assert_eq!(comment.fields[1].name, "n");
    }
}
