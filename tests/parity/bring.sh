#!/usr/bin/env bash
# bring.sh DIR: copies what was recorded from the reference into tests/parity; the tests read only the copy.
set -euo pipefail
source=$1
target=$(dirname "$0")
[ -d "$source/parity/cases" ] && [ -d "$source/reference/codec" ] || {
  echo "bring-parity: $source has no parity/cases and reference/codec" >&2
  exit 2
}
for part in cases documents kubectl; do
  rm -rf "${target:?}/$part"
  cp -r "$source/parity/$part" "$target/$part"
done
rm -rf "$target/codec"
cp -r "$source/reference/codec" "$target/codec"
cp "$source/parity/parity.py" "$source/parity/loops_nodes.json" "$target/"
mkdir -p "$target/../bench/load"
cp "$source/load/main.go" "$source/load/go.mod" "$target/../bench/load/"
chmod -R u+w "$target" "$target/../bench/load"
echo "brought $(find "$target/cases" -name '*.json' | wc -l) cases"
