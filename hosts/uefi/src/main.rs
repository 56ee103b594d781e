//! The application: starts a session on the firmware, and turns the machine off when it is over.

#![cfg_attr(target_os = "uefi", feature(uefi_std))]

#[cfg(target_os = "uefi")]
mod firmware;

#[cfg(target_os = "uefi")]
fn main() {
    firmware::main();
}

#[cfg(not(target_os = "uefi"))]
fn main() {
    eprintln!("luka-uefi is a UEFI application: hosts/uefi/build.sh builds it");
    std::process::exit(1);
}
