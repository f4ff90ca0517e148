// The entries of metadata.managedFields as JSON, read and written.
#include <algorithm>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/patch/managed_fields.h"

namespace apiserver {
namespace {

std::int64_t SecondsOf(const ManagedEntry& entry) {
  if (entry.time.empty()) return 0;
  const sim::Result<WallTime> time = ParseTime(entry.time);
  return time.ok() ? time->seconds : 0;
}

bool ComesBefore(const ManagedEntry* a, const ManagedEntry* b) {
  if (a->is_apply != b->is_apply) return a->is_apply;
  const std::int64_t a_seconds = SecondsOf(*a);
  const std::int64_t b_seconds = SecondsOf(*b);
  if (a_seconds != b_seconds) return a_seconds < b_seconds;
  if (a->manager != b->manager) return a->manager < b->manager;
  if (a->api_version != b->api_version) return a->api_version < b->api_version;
  return a->subresource < b->subresource;
}

Value WriteEntry(const ManagedEntry& entry, const JsonStorage& storage) {
  Object out(storage);
  out.reserve(7);
  if (!entry.manager.empty()) out.emplace("manager", entry.manager);
  out.emplace("operation", entry.is_apply ? "Apply" : "Update");
  out.emplace("apiVersion", entry.api_version);
  if (!entry.time.empty()) out.emplace("time", entry.time);
  out.emplace("fieldsType", "FieldsV1");
  out.emplace("fieldsV1", entry.fields.ToValue(storage));
  if (!entry.subresource.empty()) out.emplace("subresource", entry.subresource);
  return Value(std::move(out));
}

sim::Result<ManagedEntry> ReadEntry(const Value& value, std::size_t index) {
  ManagedEntry entry;
  entry.manager = TextAt(value, {"manager"});
  entry.api_version = TextAt(value, {"apiVersion"});
  entry.subresource = TextAt(value, {"subresource"});
  entry.time = TextAt(value, {"time"});
  const std::string_view operation = TextAt(value, {"operation"});
  entry.is_apply = operation == "Apply";
  if (!entry.is_apply && operation != "Update") {
    return sim::Error{"operation must be `Apply` or `Update`"};
  }
  if (entry.api_version.empty()) return sim::Error{"apiVersion must not be empty"};
  const std::string_view type = TextAt(value, {"fieldsType"});
  if (type.empty()) {
    return sim::Error{"missing fieldsType in managed fields entry " + std::to_string(index)};
  }
  if (type != "FieldsV1") {
    return sim::Error{"invalid fieldsType " + GoQuote(type) + " in managed fields entry " +
                      std::to_string(index)};
  }
  const Value* fields = Find(value, "fieldsV1");
  if (fields == nullptr || fields->is_null()) return entry;
  sim::Result<FieldSet> set = FieldSet::Parse(*fields);
  if (!set.ok()) return sim::Error{"error decoding set: " + set.error().message};
  entry.fields = std::move(*set);
  return entry;
}

}  // namespace

std::string ManagedEntry::Id() const {
  std::string id = "{";
  if (!manager.empty()) {
    id += "\"manager\":";
    AppendJsonString(manager, id);
    id += ',';
  }
  id += is_apply ? "\"operation\":\"Apply\"" : "\"operation\":\"Update\"";
  if (!is_apply) {
    id += ",\"apiVersion\":";
    AppendJsonString(api_version, id);
  }
  if (!subresource.empty()) {
    id += ",\"subresource\":";
    AppendJsonString(subresource, id);
  }
  return id + "}";
}

sim::Result<ManagedFields> ParseManagedFields(const Value* entries) {
  ManagedFields managed;
  if (entries == nullptr || !entries->is_array()) return managed;
  const Array& list = entries->get_array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    sim::Result<ManagedEntry> entry = ReadEntry(list[i], i);
    if (!entry.ok()) return entry.error();
    std::string id = entry->Id();
    managed.insert_or_assign(std::move(id), std::move(*entry));
  }
  return managed;
}

Value WriteManagedFields(const ManagedFields& managed, JsonStorage storage) {
  if (managed.empty()) return Value(nullptr, storage);
  std::vector<const ManagedEntry*> entries;
  for (const auto& [id, entry] : managed) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(), ComesBefore);
  Array out(storage);
  out.reserve(entries.size());
  for (const ManagedEntry* entry : entries) out.push_back(WriteEntry(*entry, storage));
  return Value(std::move(out));
}

}  // namespace apiserver
