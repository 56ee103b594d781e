#!/bin/sh
# Luka without an operating system (hosts/uefi): its tests on this system; the application built, and started
# under QEMU with OVMF on an old processor with 64 MB: inputs, files, errors, the line editor, Ctrl-C, power
# cuts. Says what is skipped. Needs the target x86_64-unknown-uefi (hosts/uefi/build.sh says how), and
# qemu-system-x86, ovmf and mtools.
set -eu
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
run_tests() {
    CARGO_TARGET_DIR=$target/uefi cargo test --locked --manifest-path hosts/uefi/Cargo.toml "$@"
}
run_tests --lib --bins
if [ -z "${BUILD_STD:-}" ] && ! [ -d "$(rustc --print target-libdir --target x86_64-unknown-uefi)" ]; then
    echo "uefi: SKIPPED: rustc has no x86_64-unknown-uefi"
    exit 0
fi
hosts/uefi/build.sh
for program in qemu-system-x86_64 mformat; do
    if ! command -v $program >/dev/null; then
        echo "uefi: SKIPPED: $program is not installed: the application was built and not started"
        exit 0
    fi
done
if ! [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ]; then
    echo "uefi: SKIPPED: the firmware OVMF is not installed: the application was built and not started"
    exit 0
fi
LUKA_EFI=$target/uefi/luka.efi run_tests --test boot -- --test-threads 1
echo "uefi: ok"
