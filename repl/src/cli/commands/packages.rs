//! What projects use.

use super::*;

/// Options of the verbs that may fetch packages.
fn offline_arg() -> Arg {
    flag("offline", "Fetch nothing: only the cache and `vendor` are used")
}

pub fn add(name: &'static str) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .value_parser(OsStringValueParser::new())
            .action(ArgAction::Set)
            .help(help)
    };
    command(name, "Add a package to the project, and install it")
        .arg(
            files("PACKAGE")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .value_hint(ValueHint::AnyPath)
                .help(
                    "A folder, URL[@TAG] of a repository or, with --mirror, NAME[@VERSION] of a rock",
                ),
        )
        .arg(option(
            "name",
            "NAME",
            "How the package is called, by default as the last of its path",
        ))
        .arg(option("branch", "NAME", "The branch to take"))
        .arg(option("rev", "COMMIT", "The commit to take"))
        .arg(option(
            "mirror",
            "URL",
            "The mirror of LuaRocks with the rock, by default $LUKA_MIRROR",
        ))
        .arg(flag("dev", "It is for the tests of the project only"))
        .arg(offline_arg())
        .after_help(
            "The package stands in luka.toml then, and what was taken in luka.lock:\n  \
             [dependencies]\n  \
             words = { git = \"https://example.org/words.git\", tag = \"v1.4.0\" }\n\n\
             Its modules are in lua_modules/share/lua/5.4, where `require` finds them.\n\n\
             Example:\n  luka add https://example.org/words.git@v1.4.0",
        )
}

pub fn remove(name: &'static str) -> Command {
    command(name, "Remove a package from the project")
        .arg(
            files("NAME")
                .required(true)
                .num_args(1)
                .action(ArgAction::Set)
                .help("Its name in luka.toml"),
        )
        .arg(offline_arg())
}

pub fn install(name: &'static str) -> Command {
    command(name, "Install the packages of the project as luka.lock has them")
        .arg(flag("locked", "Fail where luka.lock is not what luka.toml asks for"))
        .arg(flag("update", "Look up tags and branches anew"))
        .arg(offline_arg())
        .after_help(
            "A package whose files are not those that luka.lock names is refused.\n\n\
             Example:\n  luka install --locked",
        )
}

pub fn vendor(name: &'static str) -> Command {
    command(name, "Copy the packages of the project into it")
        .arg(flag("force", "Replace copies that were changed, too"))
        .arg(offline_arg())
        .after_help(
            "From then on `luka install` takes them from `vendor`, without network and without git.\n\
             A copy that is not as it was made is left alone.",
        )
}

pub fn tree(name: &'static str) -> Command {
    command(name, "Show which packages use which")
}
