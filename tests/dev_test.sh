# The parts of `./dev test`, sourced by ./dev. Each part is a function part_NAME; time is printed per part, because
# CI has 60 minutes on 2 processors (the budget is in ARCHITECTURE.md).

readonly ALL_PARTS="tidy unit scenarios parity clients fuzz asan tsan"

run_tests() {
  local parts=${*:-$ALL_PARTS} part began
  set_up
  for part in $parts; do
    declare -F "part_$part" >/dev/null || { echo "no such part: $part (have: $ALL_PARTS)" >&2; exit 2; }
  done
  for part in $parts; do
    say "test: $part"
    began=$SECONDS
    "part_$part"
    say "test: $part passed in $((SECONDS - began)) s"
  done
}

part_tidy() { python3 tests/tidy/tidy.py; }

part_unit() {
  configure_and_build release
  ctest --test-dir build --output-on-failure -j2
}

# Every scenario twice: same verdict, same digest.
part_scenarios() {
  configure_and_build release orrery
  python3 tests/scenarios/run_library.py --orrery build/orrery
}

part_parity() {
  configure_and_build release orrery
  python3 tests/parity/documents.py --orrery build/orrery
  python3 tests/parity/run.py --orrery build/orrery
}

part_clients() {
  configure_and_build release orrery cel_conformance
  python3 tests/clients/run.py --orrery build/orrery
}

# The fuzz targets over their corpora, once each: crashes found earlier stay found.
part_fuzz() {
  configure_and_build fuzz fuzz_targets
  local target
  for target in build-fuzz/tests/fuzz/*_fuzz; do
    "$target" -runs=0 -rss_limit_mb=4096 "tests/fuzz/corpus/$(basename "$target")" 2>&1 | tail -1
  done
}

part_asan() {
  configure_and_build asan
  ctest --test-dir build-asan --output-on-failure -j2
}

# What threads touch.
part_tsan() {
  local tests="sim_test apiserver_http_test apiserver_store_test"
  configure_and_build tsan $tests
  ctest --test-dir build-tsan --output-on-failure -R "^($(echo $tests | tr ' ' '|'))$"
}

run_benchmarks() {
  configure_and_build release
  local program
  for program in build/tests/bench/*_bench; do
    "$program" --benchmark_filter="${1:-.}"
  done
  python3 tests/bench/virtual.py --build build
  python3 tests/bench/wire.py --orrery build/orrery
  python3 tests/bench/fault_plan.py --orrery build/orrery
  python3 tests/bench/reconcile.py --orrery build/orrery
}

run_fuzz() {
  configure_and_build fuzz fuzz_targets
  if [ $# -eq 0 ]; then
    (cd build-fuzz/tests/fuzz && ls -- *_fuzz | sed "s/_fuzz$//")
    return
  fi
  local target=$1
  mkdir -p "build-fuzz/corpus/$target"
  "build-fuzz/tests/fuzz/${target}_fuzz" -max_total_time="${2:-600}" -rss_limit_mb=4096 -timeout=20 \
    "build-fuzz/corpus/$target" "tests/fuzz/corpus/${target}_fuzz"
}
