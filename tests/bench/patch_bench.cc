// Patches and the record of field owners on one running pod.
#include <benchmark/benchmark.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/registry/patch/apply.h"
#include "apiserver/registry/patch/merge_patch.h"
#include "apiserver/registry/patch/strategic_merge.h"
#include "apiserver/schema/builtin.h"
#include "tests/bench/sample_pod.h"

namespace apiserver {
namespace {

constexpr std::string_view kStatusPatch =
    R"({"status":{"conditions":[{"type":"Ready","status":"False","lastTransitionTime":"2026-01-01T00:01:00Z"}]}})";

FieldManagerContext Context() {
  FieldManagerContext context;
  context.manager = "kubelet";
  context.api_version = "v1";
  context.kind = "Pod";
  context.type = FindType("", "v1", "Pod");
  return context;
}

void BM_MergePatch(benchmark::State& state) {
  const Value pod = ParseJson(SamplePodJson()).value;
  for (auto _ : state) benchmark::DoNotOptimize(ApplyMergePatch(pod, kStatusPatch).ok());
}
BENCHMARK(BM_MergePatch);

void BM_StrategicMergePatch(benchmark::State& state) {
  const Value pod = ParseJson(SamplePodJson()).value;
  const Type& type = *FindType("", "v1", "Pod");
  for (auto _ : state) {
    benchmark::DoNotOptimize(ApplyStrategicMergePatch(pod, kStatusPatch, type).ok());
  }
}
BENCHMARK(BM_StrategicMergePatch);

void BM_ManagedFieldsOfCreate(benchmark::State& state) {
  const Value pod = ParseJson(SamplePodJson()).value;
  for (auto _ : state) {
    Value object = pod;
    UpdateManagedFields(nullptr, object, Context());
    benchmark::DoNotOptimize(object);
  }
}
BENCHMARK(BM_ManagedFieldsOfCreate);

void BM_ManagedFieldsOfStatusPatch(benchmark::State& state) {
  Value live = ParseJson(SamplePodJson()).value;
  UpdateManagedFields(nullptr, live, Context());
  const Value patched = ApplyMergePatch(live, kStatusPatch)->object;
  FieldManagerContext context = Context();
  context.subresource = "status";
  for (auto _ : state) {
    Value object = patched;
    UpdateManagedFields(&live, object, context);
    benchmark::DoNotOptimize(object);
  }
}
BENCHMARK(BM_ManagedFieldsOfStatusPatch);

void BM_ApplySameAgain(benchmark::State& state) {
  const Value config =
      ParseJson(
          R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"a":"b"}},"spec":{"containers":[{"name":"web","image":"i","ports":[{"containerPort":80}]}]}})")
          .value;
  const Value live = ApplyConfiguration(nullptr, config, {}, Context())->object;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ApplyConfiguration(&live, config, {}, Context()).ok());
  }
}
BENCHMARK(BM_ApplySameAgain);

}  // namespace
}  // namespace apiserver
