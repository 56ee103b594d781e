//! The program `luka`.

fn main() {
    std::process::exit(luka::cli::main());
}
