// Reading and writing one running pod of 2.3 KB, the measure of the design's table.
#include <benchmark/benchmark.h>

#include <boost/json/monotonic_resource.hpp>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "tests/bench/sample_pod.h"

namespace apiserver {
namespace {

void BM_ParsePod(benchmark::State& state) {
  const std::string text = SamplePodJson();
  std::vector<unsigned char> buffer(64 * 1024);
  for (auto _ : state) {
    boost::json::monotonic_resource arena(buffer.data(), buffer.size());
    benchmark::DoNotOptimize(ParseJson(text, &arena).value);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_ParsePod);

void BM_WritePod(benchmark::State& state) {
  const Value pod = ParseJson(SamplePodJson()).value;
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendJson(pod, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * out.size()));
}
BENCHMARK(BM_WritePod);

}  // namespace
}  // namespace apiserver
