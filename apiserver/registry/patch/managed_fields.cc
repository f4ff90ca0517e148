#include "apiserver/registry/patch/managed_fields.h"

#include <algorithm>
#include <optional>

#include "apiserver/api/time_format.h"
#include "apiserver/registry/patch/ownership.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

constexpr std::string_view kAncientManager = "ancient-changes";

const Value* EntriesOf(const Value& object) {
  return FindPath(object, {"metadata", "managedFields"});
}

void SetEntries(Value& object, const ManagedFields& managed) {
  Object* whole = object.if_object();
  if (whole == nullptr) return;
  Object& metadata = EnsureObject(*whole, "metadata");
  if (managed.empty()) {
    const auto at = metadata.find("managedFields");
    if (at != metadata.end()) metadata.stable_erase(at);
    return;
  }
  metadata.insert_or_assign("managedFields", WriteManagedFields(managed, metadata.storage()));
}

ManagedFields ParsedOrNone(const Value* entries) {
  sim::Result<ManagedFields> managed = ParseManagedFields(entries);
  return managed.ok() ? std::move(*managed) : ManagedFields();
}

// Whose record the write starts from: the client's own, if it sent a good one.
ManagedFields StartingFields(const Value* live, const Value& object,
                             const FieldManagerContext& context) {
  const Value* live_entries = live == nullptr ? nullptr : EntriesOf(*live);
  if (!context.subresource.empty()) return ParsedOrNone(live_entries);
  if (context.clears_managed_fields || ClearsManagedFields(object)) return {};
  sim::Result<ManagedFields> managed = ParseManagedFields(EntriesOf(object));
  if (managed.ok() && !managed->empty()) return std::move(*managed);
  return ParsedOrNone(live_entries);
}

std::int64_t SecondsOf(const ManagedEntry& entry) {
  const sim::Result<WallTime> time = ParseTime(entry.time);
  return time.ok() ? time->seconds : 0;
}

// Melts the oldest update entries of each version into one.
void CapUpdateManagers(ManagedFields& managed) {
  std::vector<std::string> updaters;
  for (const auto& [id, entry] : managed) {
    if (!entry.is_apply) updaters.push_back(id);
  }
  if (updaters.size() <= kUpdateManagersMax) return;
  std::stable_sort(updaters.begin(), updaters.end(), [&](const auto& a, const auto& b) {
    return SecondsOf(managed.at(a)) < SecondsOf(managed.at(b));
  });
  std::size_t count = updaters.size();
  std::map<std::string, std::string> first_of_version;
  for (const std::string& id : updaters) {
    if (count <= kUpdateManagersMax) break;
    const ManagedEntry entry = managed.at(id);
    ManagedEntry bucket;
    bucket.manager = kAncientManager;
    bucket.api_version = entry.api_version;
    const std::string bucket_id = bucket.Id();
    const auto [first, is_first] = first_of_version.emplace(entry.api_version, id);
    if (is_first) continue;
    if (!managed.contains(bucket_id)) {
      bucket.fields = managed.at(first->second).fields;
      managed.erase(first->second);
      managed.emplace(bucket_id, bucket);
    }
    ManagedEntry& melted = managed.at(bucket_id);
    melted.fields = melted.fields.Union(entry.fields);
    melted.time = entry.time;
    if (id != bucket_id) managed.erase(id);
    --count;
  }
}

}  // namespace

bool ClearsManagedFields(const Value& object) {
  const Value* entries = EntriesOf(object);
  const Array* list = entries == nullptr ? nullptr : entries->if_array();
  if (list == nullptr) return false;
  if (list->empty()) return true;
  const Object* first = list->front().if_object();
  return list->size() == 1 && first != nullptr && first->empty();
}

void RemoveServerMetadata(FieldSet& fields) {
  static const FieldSet kServerMetadata = [] {
    FieldSet set;
    set.Insert({"apiVersion"});
    set.Insert({"kind"});
    set.Insert({"metadata"});
    for (std::string_view name :
         {"name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
          "managedFields", "resourceVersion"}) {
      set.Insert({"metadata", name});
    }
    return set;
  }();
  fields.Remove(kServerMetadata);
}

Value EmptyObject(const FieldManagerContext& context, JsonStorage storage) {
  if (context.type != nullptr) return ZeroValue(*context.type, storage);
  return Value(Object(storage));
}

ManagedFields UpdatedBy(ManagedFields managed, const Value& before, const Value& after,
                        const FieldManagerContext& context) {
  static const std::string kSelf = "current-operation";
  managed = Reconciled(std::move(managed), context);
  OwnershipChange change =
      TakeOwnership(std::move(managed), before, after, kSelf, /*is_forced=*/true, context);
  // Upstream drops a record that it can't bring up to date.
  if (change.comparison.has_unkeyed_items) return {};
  FieldSet own = std::move(change.comparison.modified);
  own.Add(std::move(change.comparison.added));
  RemoveServerMetadata(own);
  if (!own.empty()) {
    ManagedEntry entry;
    entry.manager = context.manager.empty() ? "unknown" : context.manager;
    entry.api_version = context.api_version;
    entry.subresource = context.subresource;
    const std::string id = entry.Id();
    ManagedEntry& kept = change.managed.try_emplace(id, entry).first->second;
    kept.fields.Add(std::move(own));
    kept.time = FormatTime(context.now);
  }
  CapUpdateManagers(change.managed);
  return std::move(change.managed);
}

void UpdateManagedFields(const Value* live, Value& object, const FieldManagerContext& context) {
  ManagedFields managed = StartingFields(live, object, context);
  // An object whose record was cleared stays without one until somebody applies.
  if (managed.empty() && live != nullptr) return SetEntries(object, {});
  SetEntries(object, {});
  const Value empty = live == nullptr ? EmptyObject(context) : Value();
  SetEntries(object,
             UpdatedBy(std::move(managed), live == nullptr ? empty : *live, object, context));
  if (context.failure == nullptr) return;
  const auto is_typed = [&](const Value& value) {
    return ValidateTyped(SchemaOf(context), value, Duplicates::kAllowed).empty();
  };
  const bool are_typed = is_typed(object) && (live == nullptr || is_typed(*live));
  if (!are_typed || !context.failure->empty()) SetEntries(object, {});
}

namespace {

// All but managedFields, which both have.
bool IsSameBesideEntries(const Value& a, const Value& b) {
  const auto is_same = [](const Object& left, const Object& right, std::string_view skipped) {
    if (left.size() != right.size()) return false;
    return std::all_of(left.begin(), left.end(), [&](const auto& member) {
      if (std::string_view(member.key()) == skipped) return true;
      const Value* other = right.if_contains(member.key());
      return other != nullptr && ValuesEqual(member.value(), *other);
    });
  };
  const Value* a_metadata = FindPath(a, {"metadata"});
  const Value* b_metadata = FindPath(b, {"metadata"});
  return is_same(a.get_object(), b.get_object(), "metadata") &&
         is_same(a_metadata->get_object(), b_metadata->get_object(), "managedFields");
}

}  // namespace

bool KeepTimesWhenUnchanged(const Value& live, Value& object) {
  const Value* live_entries = EntriesOf(live);
  Value* entries = FindPath(object, {"metadata", "managedFields"});
  if (live_entries == nullptr || entries == nullptr || !live_entries->is_array() ||
      !entries->is_array() || live_entries->get_array().size() != entries->get_array().size()) {
    return false;
  }
  if (!IsSameBesideEntries(live, object)) return false;
  const auto without_time = [](const Value& entry) {
    Value copy(entry);
    if (Object* members = copy.if_object()) members->erase("time");
    return copy;
  };
  // Entries whose times moved may lie in another order.
  std::vector<Value> left;
  for (const Value& entry : live_entries->get_array()) left.push_back(without_time(entry));
  for (const Value& entry : entries->get_array()) {
    const auto at = std::find_if(left.begin(), left.end(), [&](const Value& one) {
      return ValuesEqual(one, without_time(entry));
    });
    if (at == left.end()) return false;
    left.erase(at);
  }
  *entries = *live_entries;
  return true;
}

}  // namespace apiserver
