#!/bin/sh
# Builds Luka as a UEFI application: target/uefi/luka.efi, or BOOTX64.EFI of a volume to start from. Needs the
# target x86_64-unknown-uefi: `rustup target add x86_64-unknown-uefi`. Without rustup, BUILD_STD=1 builds its
# library from source, with Debian's rust-web-src and lld (LINKER=lld-link).
set -eu
cd "$(dirname "$0")/../.."
target=x86_64-unknown-uefi
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/uefi
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;; esac
export CARGO_TARGET_DIR
# The firmware's tables are an unstable part of the standard library.
export RUSTC_BOOTSTRAP=1
# The compiler in the language and what `luka test` runs: half a megabyte that nobody needs here.
export LUKA_STDLIB_WITHOUT=luka.compiler,luka.test
if [ -n "${LINKER:-}" ]; then
    export CARGO_TARGET_X86_64_UNKNOWN_UEFI_LINKER="$LINKER"
fi
set -- --locked --release --manifest-path hosts/uefi/Cargo.toml --target $target
if [ -n "${BUILD_STD:-}" ]; then
    cargo build "$@" -Zbuild-std=std,panic_abort
else
    cargo build "$@"
fi
cp "$CARGO_TARGET_DIR/$target/release/luka-uefi.efi" "$CARGO_TARGET_DIR/luka.efi"
ls -l "$CARGO_TARGET_DIR/luka.efi"
