#include "apiserver/registry/patch/apply.h"

#include <map>
#include <optional>

#include "apiserver/api/go_text.h"
#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/api/resource.h"
#include "apiserver/api/time_format.h"
#include "apiserver/registry/patch/last_applied.h"
#include "apiserver/registry/patch/ownership.h"
#include "apiserver/registry/patch/strategic_merge.h"

namespace apiserver {
namespace {

// "NAMESPACE/NAME; GROUP/VERSION, Kind=KIND", as errors name an object.
std::string ObjectText(const Value& object) {
  const auto [group, version] = SplitApiVersion(TextAt(object, {"apiVersion"}));
  return std::string(TextAt(object, {"metadata", "namespace"})) + "/" +
         std::string(TextAt(object, {"metadata", "name"})) + "; " + std::string(group) + "/" +
         std::string(version) + ", Kind=" + std::string(TextAt(object, {"kind"}));
}

std::string ManagerText(const ManagedEntry& entry) {
  std::string text = GoQuote(entry.manager);
  if (!entry.subresource.empty()) text += " with subresource " + GoQuote(entry.subresource);
  if (!entry.is_apply) text += " using " + entry.api_version;
  return text;
}

ApiError ConflictsError(const std::vector<FieldConflict>& conflicts, const ManagedFields& managed) {
  ApiError error;
  error.code = 409;
  error.reason = "Conflict";
  error.details.emplace();
  std::string lines;
  const std::string* last_manager = nullptr;
  for (const FieldConflict& conflict : conflicts) {
    const std::string manager = ManagerText(managed.at(conflict.manager_id));
    const std::string path = FieldPathText(conflict.path);
    error.details->causes.push_back({"FieldManagerConflict", "conflict with " + manager, path});
    if (conflicts.size() == 1) {
      error.message = "Apply failed with 1 conflict: conflict with " + manager + ": " + path;
      return error;
    }
    // Conflicts come manager by manager.
    if (last_manager == nullptr || *last_manager != conflict.manager_id) {
      lines += (lines.empty() ? "" : "\n") + ("conflicts with " + manager + ":");
    }
    last_manager = &conflict.manager_id;
    lines += "\n- " + path;
  }
  error.message = "Apply failed with " + std::to_string(conflicts.size()) + " conflicts: " + lines;
  return error;
}

// Removes what the manager applied last time, not this time, and nobody else owns.
class Pruner {
 public:
  Pruner(const ManagedFields& managed, const FieldManagerContext& context, JsonStorage storage)
      : managed_(managed), context_(context), storage_(std::move(storage)) {}

  Value Prune(const Value& merged, const ManagedEntry& last) {
    if (last.fields.empty()) return merged;
    const std::optional<VersionedObject> whole = InVersion(merged, last.api_version, context_);
    if (!whole) return merged;
    const FieldSet last_set = WithNamedParents(whole->schema, last.fields);
    Value pruned = RemoveFields(whole->schema, whole->object, last_set, storage_);
    pruned = AddBackOwned(merged, pruned, last.api_version);
    pruned = AddBackDangling(*whole, pruned, last_set);
    if (last.api_version == context_.api_version || !context_.convert) return pruned;
    return context_.convert(pruned, context_.api_version);
  }

 private:
  // Fields that were removed but that anybody, this configuration included, claims.
  Value AddBackOwned(const Value& merged, Value pruned, const std::string& version) {
    std::map<std::string, FieldSet> owned;
    for (const auto& [id, entry] : managed_) {
      FieldSet& fields = owned[entry.api_version];
      fields = fields.Union(entry.fields);
    }
    Value pruned_in_version = std::move(pruned);
    std::string at_version = version;
    const auto add_back = [&](const std::string& target, const FieldSet& fields) {
      const auto whole = InVersion(merged, target, context_);
      if (!whole) return;
      const Value part = target == at_version || !context_.convert
                             ? pruned_in_version
                             : context_.convert(pruned_in_version, target);
      const FieldSet whole_set =
          WithNamedParents(whole->schema, FieldSetOf(whole->schema, whole->object));
      const FieldSet part_set = WithNamedParents(whole->schema, FieldSetOf(whole->schema, part));
      const FieldSet kept = part_set.Union(WithNamedParents(whole->schema, fields));
      pruned_in_version =
          RemoveFields(whole->schema, whole->object, whole_set.Difference(kept), storage_);
      at_version = target;
    };
    // The version of the last apply first: what is pruned may be needed to convert.
    if (const auto at = owned.find(version); at != owned.end()) add_back(version, at->second);
    for (const auto& [target, fields] : owned) {
      if (target != version) add_back(target, fields);
    }
    if (at_version != version && context_.convert) {
      return context_.convert(pruned_in_version, version);
    }
    return pruned_in_version;
  }

  // Fields that this manager did not apply last time are not its to remove.
  Value AddBackDangling(const VersionedObject& whole, const Value& pruned,
                        const FieldSet& last_set) {
    const FieldSet whole_set =
        WithNamedParents(whole.schema, FieldSetOf(whole.schema, whole.object));
    const FieldSet pruned_set = WithNamedParents(whole.schema, FieldSetOf(whole.schema, pruned));
    return RemoveFields(whole.schema, whole.object,
                        whole_set.Difference(pruned_set).Intersection(last_set), storage_);
  }

  const ManagedFields& managed_;
  const FieldManagerContext& context_;
  JsonStorage storage_;
};

std::optional<ApiError> CheckConfiguration(const Value& config,
                                           const FieldManagerContext& context) {
  const std::string_view api_version = TextAt(config, {"apiVersion"});
  if (api_version != context.api_version || TextAt(config, {"kind"}) != context.kind) {
    const auto [group, version] = SplitApiVersion(api_version);
    return BadRequestError("invalid object type: " + std::string(group) + "/" +
                           std::string(version) +
                           ", Kind=" + std::string(TextAt(config, {"kind"})));
  }
  const Value* entries = FindPath(config, {"metadata", "managedFields"});
  if (entries != nullptr && !entries->is_null()) {
    return BadRequestError("metadata.managedFields must be nil");
  }
  return std::nullopt;
}

struct Outcome {
  ManagedFields managed;
  std::optional<Value> object;  // absent: as it was
  std::vector<FieldConflict> conflicts;
  std::string error;
};

Outcome Apply(const Value& live, const Value& config, ManagedFields managed,
              const ManagedEntry& self, bool is_forced, const FieldManagerContext& context,
              const JsonStorage& storage) {
  Outcome outcome;
  const TypedNode schema = SchemaOf(context);
  managed = Reconciled(std::move(managed), context);
  sim::Result<Value> merged = MergeTyped(schema, live, config, storage);
  if (!merged.ok()) {
    outcome.error = "failed to merge config: " + merged.error().message;
    return outcome;
  }
  const std::string id = self.Id();
  std::optional<ManagedEntry> last;
  if (const auto at = managed.find(id); at != managed.end()) last = at->second;
  ManagedEntry entry = self;
  if (last) entry.time = last->time;
  entry.fields =
      FieldSetOf(schema, config).RecursiveDifference(ResetFieldsOf(context, context.api_version));
  managed.insert_or_assign(id, entry);
  Value object = last ? Pruner(managed, context, storage).Prune(*merged, *last) : *merged;
  const ManagedFields before = managed;
  OwnershipChange change = TakeOwnership(std::move(managed), live, object, id, is_forced, context);
  if (!is_forced && !change.conflicts.empty()) {
    outcome.conflicts = std::move(change.conflicts);
    outcome.managed = before;
    return outcome;
  }
  outcome.managed = std::move(change.managed);
  if (const auto at = outcome.managed.find(id); at != outcome.managed.end()) {
    RemoveServerMetadata(at->second.fields);
    if (at->second.fields.empty()) outcome.managed.erase(at);
  }
  if (!ValuesEqual(live, object)) outcome.object = std::move(object);
  return outcome;
}

void SetManagedFields(Value& object, const ManagedFields& managed) {
  if (!object.is_object()) return;
  Object& metadata = EnsureObject(object, "metadata");
  metadata.erase("managedFields");
  if (!managed.empty()) {
    metadata.emplace("managedFields", WriteManagedFields(managed, metadata.storage()));
  }
}

}  // namespace

ApiResult<Applied> ApplyConfiguration(const Value* live, const Value& config, ApplyOptions options,
                                      const FieldManagerContext& context, JsonStorage storage) {
  if (auto error = CheckConfiguration(config, context)) return *std::move(error);
  const Value empty = EmptyObject(context, storage);
  const Value& current = live == nullptr ? empty : *live;
  sim::Result<ManagedFields> managed =
      ParseManagedFields(FindPath(current, {"metadata", "managedFields"}));
  if (!managed.ok()) {
    return PlainServerError("failed to decode managed fields: " + managed.error().message);
  }
  const std::string invalid = ValidateTyped(SchemaOf(context), config, Duplicates::kRefused);
  if (!invalid.empty()) {
    return PlainServerError("failed to create typed patch object (" + ObjectText(config) +
                            "): " + invalid);
  }
  if (context.failure != nullptr) {
    const std::string problem = ValidateTyped(SchemaOf(context), current, Duplicates::kAllowed);
    if (!problem.empty()) {
      return PlainServerError("failed to create typed live object (" + ObjectText(current) +
                              "): " + problem);
    }
  }
  if (managed->empty() && live != nullptr) {
    FieldManagerContext before_apply = context;
    before_apply.manager = "before-first-apply";
    *managed = UpdatedBy({}, empty, current, before_apply);
  }
  ManagedEntry self;
  self.manager = context.manager.empty() ? "unknown" : context.manager;
  self.is_apply = true;
  self.api_version = context.api_version;
  self.subresource = context.subresource;
  Outcome outcome = Apply(current, config, *managed, self, options.is_forced, context, storage);
  const bool is_kubectl = context.manager == "kubectl";
  if (!outcome.conflicts.empty() && is_kubectl) {
    outcome.conflicts = WithoutLastApplied(std::move(outcome.conflicts), current, context);
    if (outcome.conflicts.empty()) {
      outcome = Apply(current, config, *managed, self, /*is_forced=*/true, context, storage);
    }
  }
  if (!outcome.error.empty()) return PlainServerError(outcome.error);
  if (context.failure != nullptr && !context.failure->empty()) {
    return PlainServerError(*context.failure);
  }
  if (!outcome.conflicts.empty()) return ConflictsError(outcome.conflicts, outcome.managed);
  Applied applied;
  applied.is_unchanged = !outcome.object;
  applied.object = outcome.object ? std::move(*outcome.object) : Value(current, storage);
  if (!applied.is_unchanged) {
    const auto at = outcome.managed.find(self.Id());
    if (at != outcome.managed.end()) at->second.time = FormatTime(context.now);
  }
  SetManagedFields(applied.object, outcome.managed);
  if (is_kubectl) RefreshLastApplied(applied.object, config);
  return applied;
}

}  // namespace apiserver
