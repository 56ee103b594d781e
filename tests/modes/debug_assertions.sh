#!/bin/sh
# The whole workspace's tests optimised as for release, with debug assertions and overflow checks:
# what the optimiser makes of the code, and what the code says about itself.
# Builds into a target folder of its own. Arguments go to `cargo test`.
set -eu
cd "$(dirname "$0")/../.."
export CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true
export CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true
export CARGO_PROFILE_RELEASE_LTO=off
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/assertions"
exec cargo test --release --workspace "$@"
