#!/bin/sh
# The language server on sources of others: lsp.sh FOLDER. 10,000 random requests, half of them in the middle of an edit, get
# no error answer; whatever variable of 300 files is renamed, their bytecode stays as it is.
set -eu
LUKA_CORPUS=$(cd "$1" && pwd)
export LUKA_CORPUS
cd "$(dirname "$0")/../.."
exec cargo test --locked --package luka-tests --test lsp -- --ignored --nocapture corpus
