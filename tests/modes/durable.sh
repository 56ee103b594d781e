#!/bin/sh
# The example of durable execution (examples/durable), which is a workspace of its own: compiled, and
# tested with workers as real processes that are killed at random moments, on SQLite and, where it is
# installed, on a PostgreSQL of the script's own in a folder of its own. Needs a C compiler (SQLite is
# compiled in). DURABLE_SEED repeats the choices of a run.
set -eu
cd "$(dirname "$0")/../.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/durable"
run_tests() {
    cargo test --manifest-path examples/durable/Cargo.toml --locked -- --nocapture "$@"
}

echo "==> SQLite"
unset DATABASE_URL
run_tests

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
if ! [ -x "${bin:-}/initdb" ]; then
    bin=$(dirname "$(command -v initdb || echo /none/initdb)")
fi
if ! [ -x "$bin/initdb" ]; then
    echo "==> SKIPPED: PostgreSQL is not installed (apt-get install postgresql)"
    exit 0
fi

# PostgreSQL refuses to run as root.
place=$(mktemp -d)
as() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u nobody -- "$@"
    else
        "$@"
    fi
}
stop() {
    as "$bin/pg_ctl" -D "$place/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$place"
}
trap stop EXIT
trap 'exit 1' INT TERM
if [ "$(id -u)" = 0 ]; then
    chown nobody "$place"
fi
as "$bin/initdb" -D "$place/data" -U durable --auth=trust --encoding=UTF8 --locale=C >"$place/log" 2>&1 ||
    { cat "$place/log"; exit 1; }
# Reached through a socket in the folder only.
as "$bin/pg_ctl" -D "$place/data" -l "$place/data/server.log" -w \
    -o "-c listen_addresses='' -c unix_socket_directories='$place'" start >/dev/null ||
    { cat "$place/data/server.log"; exit 1; }
for test in killed_workers_lose_and_double_nothing a_job_waits_for_an_answer_without_a_process; do
    echo "==> PostgreSQL: $test"
    "$bin/createdb" -h "$place" -U durable "$test"
    DATABASE_URL="host=$place user=durable dbname=$test"
    export DATABASE_URL
    run_tests --exact "$test"
done
