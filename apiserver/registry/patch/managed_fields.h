// metadata.managedFields: who set which field, kept at every write.
//
// Invariants:
// (1) An entry belongs to (manager, operation, subresource), for updates also to its apiVersion.
// (2) A time moves only when the write gave or took a field of that manager.
// (3) At most kUpdateManagersMax update entries are kept apart; the oldest melt into
// "ancient-changes". Source of the rules: k8s.io/apimachinery/pkg/util/managedfields. Threads: any,
// no shared state.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "apiserver/api/json.h"
#include "apiserver/registry/patch/field_set.h"
#include "apiserver/registry/patch/typed_value.h"
#include "apiserver/schema/type.h"
#include "sim/result.h"
#include "sim/time.h"

namespace apiserver {

inline constexpr std::size_t kUpdateManagersMax = 10;

struct ManagedEntry {
  std::string manager;
  bool is_apply = false;
  std::string api_version;
  std::string subresource;
  std::string time;  // RFC 3339, "" when none
  FieldSet fields;

  // What tells entries apart, as upstream's JSON text of it.
  std::string Id() const;
};
using ManagedFields = std::map<std::string, ManagedEntry>;  // by Id()

// From metadata.managedFields; nullptr and null are none. Errors are upstream's.
sim::Result<ManagedFields> ParseManagedFields(const Value* entries);
// In upstream's order: applies before updates, then by time and name. Null when there are none.
Value WriteManagedFields(const ManagedFields& managed, JsonStorage storage = {});

// Who writes, and how the object is seen. All objects are given in `api_version`.
struct FieldManagerContext {
  std::string manager;      // "" becomes "unknown"
  std::string api_version;  // of the request: "apps/v1"
  std::string kind;         // of the object: apply refuses another
  std::string subresource;
  sim::Time now;
  bool clears_managed_fields = false;  // ClearsManagedFields() of the body as it was sent
  const Type* type = nullptr;          // nullptr: no schema, all types are deduced
  // Entries of other versions: the type there, or nullptr when that version is no longer served
  // (the entry then goes). Empty functions: the object looks the same in every version.
  std::function<const Type*(std::string_view api_version)> type_in;
  std::function<Value(const Value& object, std::string_view api_version)> convert;
  // Takes why an object can't be seen in another version, where that may happen: an update then
  // drops the record, an apply fails. Null: every version shows every object.
  std::shared_ptr<std::string> failure;
  // Fields that writes through this endpoint do not own, per version. Empty: none.
  std::function<FieldSet(std::string_view api_version)> reset_fields;
};

// Whether the client asks for an empty record: `managedFields: []` or one empty entry. To be asked
// before the object is normalised, which drops empty lists.
bool ClearsManagedFields(const Value& object);

// Sets metadata.managedFields of `object`, which a create, update or patch is about to store.
// `live` is what is stored now, or nullptr for a create. Both with the managedFields that they came
// with: those of `object` are the client's wish (`[]` clears, null keeps), which endpoints of
// subresources ignore. Where `failure` may be told, an object that is not of its type has no
// record.
void UpdateManagedFields(const Value* live, Value& object, const FieldManagerContext& context);

// Gives `object` the times of `live` when nothing but times of managedFields differs between them.
// True if so: the write changes nothing.
bool KeepTimesWhenUnchanged(const Value& live, Value& object);

// --- for apply.h
ManagedFields UpdatedBy(ManagedFields managed, const Value& before, const Value& after,
                        const FieldManagerContext& context);
// What a create starts from: the object that nobody has set anything in.
Value EmptyObject(const FieldManagerContext& context, JsonStorage storage = {});
// Drops metadata that no manager owns (names, uid, resourceVersion, ...).
void RemoveServerMetadata(FieldSet& fields);

}  // namespace apiserver
