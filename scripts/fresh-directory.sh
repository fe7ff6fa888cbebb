#!/bin/sh
# Makes an empty directory in an organization of its own, for `conformance --fresh`: prints {"baseUrl","token"}.
set -eu
cd "$(dirname "$0")/.."
slug="replay-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')"
exec node src/main.ts directory create --organization "$slug" --name replay --create-organization --json
