#!/bin/sh
# aarch64 on another machine: builds for it, and runs in qemu-user what runs the machine and native code: the
# suite, the handlers' code, the encoder's tests, the lockstep tests, generated modules, and the programs of
# benches/programs in lockstep. Needs qemu-user, the cross compiler's linker and libraries
# (`apt-get install qemu-user gcc-aarch64-linux-gnu`) and `rustup target add aarch64-unknown-linux-gnu`.
# Arguments go to `cargo test`, in place of all that. FUZZ_COUNT says how many modules are generated.
set -eu
cd "$(dirname "$0")/../.."
target=aarch64-unknown-linux-gnu
missing=
[ -d "$(rustc --print target-libdir --target $target)" ] || missing=" the target $target,"
for tool in qemu-aarch64 aarch64-linux-gnu-gcc; do
    command -v $tool >/dev/null || missing="$missing $tool,"
done
if [ -n "$missing" ]; then
    echo "==> SKIPPED: not installed:${missing%,}; aarch64 is not tested"
    exit 0
fi
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
# (A test that knows of cargo has it build `luka`, for this machine.)
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="env -u CARGO qemu-aarch64 -L /usr/aarch64-linux-gnu"
export FUZZ_COUNT="${FUZZ_COUNT:-100}"
cargo build --target $target -p luka-cli --bins
if [ $# -gt 0 ]; then
    exec cargo test --target $target "$@"
fi
cargo test --target $target -p luka-vm --lib jit
cargo test --target $target -p luka-tests --test suite --test dispatch --test jit --test fuzz_jit
cargo run --target $target -p luka-tests --bin lockstep -- always 0 3000 1 100 5 0 benches/programs/*.lua
