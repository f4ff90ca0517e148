#include "tests/support/fake_api.h"

#include "apiserver/api/json_parse.h"

namespace tests {
namespace {

using apiserver::GroupVersionResource;
using apiserver::ObjectKey;
using apiserver::ObjectPtr;
using apiserver::Value;

Value Json(std::string_view text) {
  apiserver::JsonParseResult parsed = apiserver::ParseJson(text);
  SIM_CHECK_MSG(parsed.ok(), parsed.error);
  return std::move(parsed.value);
}

ObjectKey KeyOf(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {"", std::string(text)};
  return {std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

template <class T>
T Taken(sim::Task<apiserver::ApiResult<T>> task) {
  SIM_CHECK(task.done());
  apiserver::ApiResult<T> result = task.Take();
  SIM_CHECK_MSG(result.ok(), result.error().message);
  return std::move(*result);
}

}  // namespace

FakeApi::FakeApi(FakeApiOptions options)
    : kernel_({.seed = options.seed, .incarnation = 0, .start = options.start}),
      store_(kernel_, {}),
      hub_(kernel_, store_, {.latency_max = options.watch_latency_max}),
      handler_(kernel_, store_),
      client_(ClientOf("system:admin")) {}

ObjectPtr FakeApi::Create(const GroupVersionResource& resource, std::string_view json) {
  return CreateValue(resource, Json(json));
}

ObjectPtr FakeApi::CreateValue(const GroupVersionResource& resource, Value object) {
  std::string namespace_(apiserver::TextAt(object, {"metadata", "namespace"}));
  return Taken(client_.Create(resource, std::move(namespace_), std::move(object)));
}

ObjectPtr FakeApi::Patch(const GroupVersionResource& resource, std::string_view key,
                         std::string_view json, std::string subresource) {
  return Taken(client_.Patch(resource, KeyOf(key), apiserver::PatchType::kMerge, Json(json),
                             std::move(subresource)));
}

void FakeApi::Delete(const GroupVersionResource& resource, std::string_view key,
                     apiserver::DeleteOptions options) {
  Taken(client_.Delete(resource, KeyOf(key), std::move(options)));
}

ObjectPtr FakeApi::Find(const GroupVersionResource& resource, std::string_view key) const {
  return store_.Find(resource.group_resource(), KeyOf(key));
}

Value FakeApi::At(const GroupVersionResource& resource, std::string_view key,
                  std::initializer_list<std::string_view> path) const {
  const ObjectPtr object = Find(resource, key);
  if (object == nullptr) return nullptr;
  const auto value = object->Peek();
  const Value* found = apiserver::FindPath(*value, path);
  // A plain copy would lie in the arena of `value`, which goes now.
  return found == nullptr ? Value() : Value(*found, apiserver::JsonStorage());
}

std::vector<ObjectPtr> FakeApi::List(const GroupVersionResource& resource) const {
  return client_.LiveList(resource);
}

std::vector<std::string> FakeApi::Keys(const GroupVersionResource& resource) const {
  std::vector<std::string> keys;
  for (const ObjectPtr& object : List(resource)) keys.push_back(object->key().Text());
  return keys;
}

void FakeApi::Settle(sim::Duration limit) {
  const sim::Time end = kernel_.now() + limit;
  while (true) {
    const std::optional<sim::Time> due = kernel_.NextWorkDue();
    if (!due || *due > end) return;
    kernel_.RunUntil(*due);
  }
}

}  // namespace tests
