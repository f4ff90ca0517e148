// What each request pays for its body: parse, normalise, write, and the protobuf forms, for a
// running pod of 2.3 KB.
#include <benchmark/benchmark.h>

#include <string>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/normalize.h"
#include "apiserver/schema/protobuf.h"

namespace apiserver {
namespace {

constexpr std::string_view kRunningPod =
    R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-7d4b9c6f5d-x2kqp",
"generateName":"web-7d4b9c6f5d-","namespace":"default","uid":"6f1f1c0e-8a52-4a55-a0ea-6b8f3ef1f2a1","resourceVersion":"18234",
"generation":1,"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"web","pod-template-hash":"7d4b9c6f5d"},
"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-7d4b9c6f5d","uid":"b7c3c6d2-52f7-4fd6-8b0b-0b7f1b1f7a55",
"controller":true,"blockOwnerDeletion":true}]},"spec":{"volumes":[{"name":"kube-api-access-7wq5r","projected":{"sources":[
{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt",
"path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],
"defaultMode":420}}],"containers":[{"name":"app","image":"registry.example.com/app:1","ports":[{"containerPort":80,"protocol":"TCP"}],
"resources":{"limits":{"cpu":"500m","memory":"128Mi"},"requests":{"cpu":"250m","memory":"64Mi"}},"volumeMounts":[{
"name":"kube-api-access-7wq5r","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],
"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],
"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default",
"serviceAccount":"default","nodeName":"node-1","securityContext":{},"schedulerName":"default-scheduler","tolerations":[{
"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{
"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,
"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{"phase":"Running","conditions":[{"type":"Initialized",
"status":"True","lastTransitionTime":"2026-01-01T00:00:01Z"},{"type":"Ready","status":"True",
"lastTransitionTime":"2026-01-01T00:00:02Z"},{"type":"ContainersReady","status":"True","lastTransitionTime":"2026-01-01T00:00:02Z"},
{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}],"hostIP":"172.16.0.1","hostIPs":[{
"ip":"172.16.0.1"}],"podIP":"10.0.0.7","podIPs":[{"ip":"10.0.0.7"}],"startTime":"2026-01-01T00:00:00Z","containerStatuses":[{
"name":"app","state":{"running":{"startedAt":"2026-01-01T00:00:02Z"}},"lastState":{},"ready":true,"restartCount":0,
"image":"registry.example.com/app:1","imageID":"registry.example.com/app@sha256:0f","containerID":"model://1","started":true}],
"qosClass":"Burstable"}})";

const Type& Pod() { return *FindType("", "v1", "Pod"); }

JsonStorage Arena() {
  return boost::json::make_shared_resource<boost::json::monotonic_resource>(16 * 1024);
}

// Compact, in Go's order: as a Go client or our own store would hold it.
std::string NormalText() {
  Value value = ParseJson(kRunningPod).value;
  benchmark::DoNotOptimize(Normalize(Pod(), value));
  return ToJson(value);
}

void BM_Parse(benchmark::State& state) {
  const std::string text = NormalText();
  for (auto _ : state) benchmark::DoNotOptimize(ParseJson(text, Arena()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_Parse);

void BM_ParseNormalize(benchmark::State& state) {
  const std::string text = NormalText();
  for (auto _ : state) {
    JsonParseResult parsed = ParseJson(text, Arena());
    benchmark::DoNotOptimize(Normalize(Pod(), parsed.value));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(BM_ParseNormalize);

// Clients that sort their members make every struct be rebuilt.
void BM_ParseNormalizeSorted(benchmark::State& state) {
  const std::string text =
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"b":"1","a":"2"},"name":"p"},"spec":{"containers":[{"image":"i","name":"c"}]}})";
  for (auto _ : state) {
    JsonParseResult parsed = ParseJson(text, Arena());
    benchmark::DoNotOptimize(Normalize(Pod(), parsed.value));
  }
}
BENCHMARK(BM_ParseNormalizeSorted);

void BM_Write(benchmark::State& state) {
  const Value value = ParseJson(NormalText(), Arena()).value;
  for (auto _ : state) {
    std::string out;
    AppendJson(value, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_Write);

void BM_EncodeProtobuf(benchmark::State& state) {
  const Value value = ParseJson(NormalText(), Arena()).value;
  for (auto _ : state) {
    std::string out;
    EncodeProtobufObject(Pod(), value, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_EncodeProtobuf);

void BM_DecodeProtobuf(benchmark::State& state) {
  std::string bytes;
  EncodeProtobufObject(Pod(), ParseJson(NormalText()).value, bytes);
  const ProtobufEnvelope envelope = *DecodeProtobufEnvelope(bytes);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeProtobufObject(Pod(), envelope, Arena()));
}
BENCHMARK(BM_DecodeProtobuf);

void BM_FindType(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(FindType("networking.k8s.io", "v1", "Ingress"));
}
BENCHMARK(BM_FindType);

}  // namespace
}  // namespace apiserver
