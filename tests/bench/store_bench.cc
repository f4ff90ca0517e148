// The store, its watchers and its file, with pods of the usual size.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <filesystem>

#include "apiserver/api/json_parse.h"
#include "apiserver/store/data_file.h"
#include "apiserver/store/store.h"
#include "apiserver/watch/store_watch_hub.h"
#include "sim/kernel.h"

namespace apiserver {
namespace {

const GroupResource kPodResource{"", "pods"};

// A running pod as a Deployment makes it: 2.1 KB and 1.6 KB of managedFields.
constexpr std::string_view kPod =
    R"({"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-5d78c9869d-abcde",
"generateName":"web-5d78c9869d-","namespace":"default","uid":"8d6b1c9e-3f0a-4c57-9c55-5a4f7f1f2b11","resourceVersion":"1",
"generation":1,"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"web","pod-template-hash":"5d78c9869d"},
"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d78c9869d",
"uid":"0f8fad5b-d9cb-469f-a165-70867728950e","controller":true,"blockOwnerDeletion":true}],
"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-01-01T00:00:00Z",
"fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app":{},
"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"0f8fad5b-d9cb-469f-a165-70867728950e\"}":{}}},
"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},
"f:resources":{".":{},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},
"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},
"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}},{"manager":"kubelet","operation":"Update",
"apiVersion":"v1","time":"2026-01-01T00:00:02Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:conditions":{
"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},
"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},
"f:containerStatuses":{},"f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"10.244.1.7\"}":{".":{},
"f:ip":{}}},"f:startTime":{}}},"subresource":"status"}]},
"spec":{"volumes":[{"name":"kube-api-access-x7k2p","projected":{"sources":[{"serviceAccountToken":{
"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt",
"path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1",
"fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],"containers":[{"name":"web","image":"nginx:1.27",
"resources":{"requests":{"cpu":"100m","memory":"128Mi"}},"volumeMounts":[{"name":"kube-api-access-x7k2p","readOnly":true,
"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"terminationMessagePath":"/dev/termination-log",
"terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],"restartPolicy":"Always",
"terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","serviceAccount":"default",
"nodeName":"node-1","securityContext":{},"schedulerName":"default-scheduler","tolerations":[{
"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{
"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,
"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"},"status":{"phase":"Running","conditions":[{
"type":"Initialized","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"Ready",
"status":"True","lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:02Z"},{"type":"PodScheduled","status":"True",
"lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:00Z"}],"hostIP":"192.168.1.1","podIP":"10.244.1.7",
"podIPs":[{"ip":"10.244.1.7"}],"startTime":"2026-01-01T00:00:00Z","containerStatuses":[{"name":"web","state":{"running":{
"startedAt":"2026-01-01T00:00:01Z"}},"lastState":{},"ready":true,"restartCount":0,"image":"nginx:1.27",
"imageID":"docker.io/library/nginx@sha256:0f1e2d3c","containerID":"containerd://4f5e6d7c","started":true}],
"qosClass":"Burstable"}})";

Value Pod() { return ParseJson(kPod).value; }

std::string Name(std::size_t number) {
  return "web-5d78c9869d-" + std::to_string(100'000 + number);
}

void SetName(Value& pod, std::size_t number) { pod.at("metadata").at("name") = Name(number); }

// A store with `count` pods and no history to speak of.
struct Filled {
  explicit Filled(std::size_t count) {
    Value pod = Pod();
    for (std::size_t number = 0; number < count; ++number) {
      SetName(pod, number);
      store.Create(kPodResource, pod);
    }
  }
  sim::Kernel kernel{sim::KernelOptions{}};
  Store store{kernel, {.history_count_max = 1000}};
};

void BM_Make(benchmark::State& state) {
  const Value pod = Pod();
  for (auto _ : state) benchmark::DoNotOptimize(StoredObject::Make(pod, 1));
}
BENCHMARK(BM_Make);

void BM_Create(benchmark::State& state) {
  Filled filled(static_cast<std::size_t>(state.range(0)));
  Value pod = Pod();
  std::size_t number = 1'000'000;
  for (auto _ : state) {
    SetName(pod, number++);
    benchmark::DoNotOptimize(filled.store.Create(kPodResource, pod));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Create)->Arg(1000)->Arg(150'000);

void BM_Update(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Filled filled(count);
  Value pod = Pod();
  std::size_t number = 0;
  for (auto _ : state) {
    SetName(pod, (number += 7919) % count);
    benchmark::DoNotOptimize(filled.store.Update(kPodResource, pod));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Update)->Arg(1000)->Arg(150'000);

void BM_Find(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Filled filled(count);
  std::vector<ObjectKey> keys;
  for (std::size_t number = 0; number < 1000; ++number)
    keys.push_back({"default", Name(number * 7919 % count)});
  std::size_t at = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(filled.store.Find(kPodResource, keys[++at % keys.size()]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Find)->Arg(1000)->Arg(150'000);

void BM_List4000(benchmark::State& state) {
  Filled filled(4000);
  for (auto _ : state) {
    std::vector<ObjectPtr> objects;
    filled.store.Visit(kPodResource, {}, [&](const ObjectPtr& object) {
      objects.push_back(object);
      return true;
    });
    std::string bytes;
    std::size_t size = 0;
    for (const ObjectPtr& object : objects) size += object->json_size() + 1;
    bytes.reserve(size);
    for (const ObjectPtr& object : objects) object->AppendJson(bytes += ',');
    benchmark::DoNotOptimize(bytes);
  }
}
BENCHMARK(BM_List4000)->Unit(benchmark::kMillisecond);

void BM_ListThePast500(benchmark::State& state) {
  Filled filled(10'000);
  Value pod = Pod();
  for (std::size_t number = 0; number < 900; ++number) {
    SetName(pod, number * 11);
    filled.store.Update(kPodResource, pod);
  }
  const Revision revision = filled.store.revision() - 800;
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled.store.ListAt(
        kPodResource, {.start_after = ObjectKey{"default", Name(5000)}, .limit = 500}, revision));
  }
}
BENCHMARK(BM_ListThePast500)->Unit(benchmark::kMicrosecond);

void BM_Parse(benchmark::State& state) {
  const ObjectPtr pod = StoredObject::Make(Pod(), 1);
  for (auto _ : state) benchmark::DoNotOptimize(pod->Peek());
}
BENCHMARK(BM_Parse);

class JsonEncoder final : public WatchEncoder {
 public:
  std::string_view key() const override { return "v1/json"; }
  bool is_first_special() const override { return false; }
  void AppendEvent(const WatchEvent& event, std::string& out) const override {
    out += R"({"type":"MODIFIED","object":)";
    if (event.object) event.object->AppendJson(out);
    out += "}\n";
  }
  void AppendError(const ApiError&, std::string&) const override {}
};

// Updates of one pod each, seen by so many watchers outside.
void BM_FanOut(benchmark::State& state) {
  Filled filled(100);
  StoreWatchHub hub(filled.kernel, filled.store);
  std::vector<std::shared_ptr<WatchStream>> streams;
  for (std::int64_t count = 0; count < state.range(0); ++count) {
    RemoteWatchOptions options;
    options.watcher = "bench";
    options.resource = kPodResource;
    options.start_after = filled.store.revision();
    options.timeout = std::chrono::hours(1000);
    options.encoder = std::make_shared<JsonEncoder>();
    streams.push_back(hub.Watch(std::move(options)));
  }
  Value pod = Pod();
  SetName(pod, 7);
  for (auto _ : state) {
    filled.store.Update(kPodResource, pod);
    filled.kernel.RunUntil(filled.kernel.now());
    bool finished = false;
    for (const auto& stream : streams) benchmark::DoNotOptimize(stream->Take(finished));
    filled.kernel.AdvanceTo(filled.kernel.now() + sim::Duration(1));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_FanOut)->Arg(1)->Arg(50)->Arg(500);

// Bytes of heap per pod at rest.
void BM_MemoryPerPod(benchmark::State& state) {
  for (auto _ : state) {
    const auto before = mallinfo2().uordblks;
    Filled filled(50'000);
    state.counters["bytes_per_pod"] = static_cast<double>(mallinfo2().uordblks - before) / 50'000;
  }
}
BENCHMARK(BM_MemoryPerPod)->Iterations(1)->Unit(benchmark::kMillisecond);

// One transaction of so many new pods, synced.
void BM_Save(benchmark::State& state) {
  const std::string path = std::filesystem::temp_directory_path() / "orrery-store-bench.db";
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path + end);
  {
    auto file = DataFile::Open({.path = path, .vfs = {}});
    static_cast<void>((*file)->Load());
    sim::Kernel kernel{sim::KernelOptions{}};
    Store store(kernel, {});
    std::vector<ChangePtr> changes;
    store.AddObserver([&](const ChangePtr& change) { changes.push_back(change); });
    Value pod = Pod();
    std::size_t number = 0;
    for (auto _ : state) {
      state.PauseTiming();
      changes.clear();
      for (std::int64_t count = 0; count < state.range(0); ++count) {
        SetName(pod, number++);
        store.Create(kPodResource, pod);
      }
      state.ResumeTiming();
      if (!(*file)->Save(changes, store.compacted_revision()).ok())
        state.SkipWithError("not saved");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
  }
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path + end);
}
BENCHMARK(BM_Save)->Arg(1)->Arg(8)->Arg(100)->UseRealTime();

void BM_Load(benchmark::State& state) {
  const std::string path = std::filesystem::temp_directory_path() / "orrery-store-bench.db";
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path + end);
  {
    auto file = DataFile::Open({.path = path, .vfs = {}});
    static_cast<void>((*file)->Load());
    sim::Kernel kernel{sim::KernelOptions{}};
    Store store(kernel, {});
    std::vector<ChangePtr> changes;
    store.AddObserver([&](const ChangePtr& change) { changes.push_back(change); });
    Value pod = Pod();
    for (std::size_t number = 0; number < 10'000; ++number) {
      SetName(pod, number);
      store.Create(kPodResource, pod);
    }
    if (!(*file)->Save(changes, 0).ok()) state.SkipWithError("not saved");
  }
  for (auto _ : state) {
    auto file = DataFile::Open({.path = path, .vfs = {}});
    benchmark::DoNotOptimize((*file)->Load());
  }
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path + end);
}
BENCHMARK(BM_Load)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace apiserver
