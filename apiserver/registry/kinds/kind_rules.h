// The rules of one kind as a table row: what its file states, and what the generic parts do from
// it.
//
// Invariants: rows are constants; a null function means "nothing beyond the generic part".
// The generic part of an update restores `status`, raises metadata.generation as `generation` says,
// and for the status endpoint restores everything but status and metadata.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/registry/kinds/violations.h"
#include "apiserver/registry/strategy.h"

namespace apiserver {

// What raises metadata.generation.
enum class GenerationRule : std::uint8_t {
  kNone,                // the kind does not count
  kSpec,                // a change of spec
  kSpecAndAnnotations,  // Deployments
  kRoot,                // a change of anything but metadata (kinds without spec)
  kRootAndLabels,       // EndpointSlices
};

struct KindRules {
  std::string_view group;
  std::string_view resource;
  std::string_view subresource = {};  // rules of an endpoint under the resource

  NameRule name_rule = NameRule::kDnsSubdomain;
  NameMessages (*name_problems)(std::string_view name, bool is_prefix) = nullptr;

  void (*defaults)(Object& object) = nullptr;
  // For kinds whose served versions differ: `version` is the one sent.
  void (*versioned_defaults)(std::string_view version, Object& object) = nullptr;
  void (*to_storage)(std::string_view group, std::string_view version, Object& object) = nullptr;
  void (*from_storage)(std::string_view group, std::string_view version, Object& object) = nullptr;

  bool has_status = false;
  GenerationRule generation = GenerationRule::kNone;
  void (*prepare_create)(const StrategyContext&, Object& object) = nullptr;
  void (*prepare_update)(const StrategyContext&, Object& object, const Object& old) = nullptr;
  void (*canonicalize)(Object& object) = nullptr;

  void (*validate)(const Object& object, Violations& out) = nullptr;
  // What depends on the request too; comes after `validate` or `validate_update`. `old` is null for
  // a creation.
  void (*validate_request)(const StrategyContext&, const Object& object, const Object* old,
                           Violations& out) = nullptr;
  // The same, before them: what the user or the namespace may not.
  void (*authorize)(const StrategyContext&, const Object& object, const Object* old,
                    Violations& out) = nullptr;
  // Its part between both validations of metadata (UpdateMetadata::kUpdateAndCreate only).
  void (*validate_change)(const Object& object, const Object& old, Violations& out) = nullptr;
  void (*validate_update)(const Object& object, const Object& old, Violations& out) = nullptr;
  void (*warn)(const Object& object, const Object* old, std::vector<std::string>& out) = nullptr;

  // Groups through which Validate says nothing of metadata (Strategy::checks_metadata_last).
  std::span<const std::string_view> metadata_last_in = {};
  UpdateMetadata update_metadata = UpdateMetadata::kUpdate;
  // Where the served group decides.
  UpdateMetadata (*update_metadata_of)(std::string_view group) = nullptr;

  bool allow_create_on_update = false;
  bool allow_unconditional_update = true;
  bool answers_deleted_object = false;
  // Grace in seconds for a deletion (from the options or the object), or nullopt when not graceful.
  std::optional<std::int64_t> (*grace_seconds)(const Object& object,
                                               std::optional<std::int64_t> asked) = nullptr;
  GarbageCollectionPolicy garbage_collection = GarbageCollectionPolicy::kDelete;
  std::optional<ApiError> (*refuse_delete)(const Object& object) = nullptr;
  std::vector<std::string> (*warn_delete)(const Object& object) = nullptr;
  std::string_view unstated_propagation_warning = {};

  std::span<const std::string_view> field_labels = {};
  std::string (*field_value)(const Object& object, std::string_view label) = nullptr;
  std::string (*canonical_label)(std::string_view group, std::string_view label) = nullptr;
  std::string (*unknown_label_text)(std::string_view group, std::string_view label) = nullptr;

  // Paths that apply does not own through this endpoint ("status", "metadata.labels"). Empty:
  // "status" when has_status, and "spec" for the status endpoint.
  std::span<const std::string_view> reset = {};
  std::span<const KindRules* const> subresources = {};
};

// What a kind does first; Services are given their addresses here.
class BeginStep {
 public:
  virtual ~BeginStep() = default;
  // `old` is null for a creation.
  virtual std::optional<ApiError> Begin(const StrategyContext& context, Object& object,
                                        const Object* old) const = 0;
};

// The strategy that applies `rules`, which must outlive it. `step` may be null.
std::unique_ptr<const Strategy> MakeRuledStrategy(const KindRules& rules,
                                                  std::shared_ptr<const BeginStep> step = nullptr);

// Every built-in kind's rules.
std::span<const KindRules* const> AllKindRules();
// The table of strategies for the registry. `service_step` gives Services their addresses; null
// leaves them without.
StrategyTable BuiltinStrategies(std::shared_ptr<const BeginStep> service_step = nullptr);

}  // namespace apiserver
