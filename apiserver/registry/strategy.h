// What one kind adds to the generic registry: its defaults, preparation, validation and rules of
// deletion.
//
// Invariants:
// (1) A strategy holds no state of objects; collaborators (allocators) arrive through its
// constructor. (2) Objects are handed in in their storage version, as complete values with
// apiVersion, kind and metadata; only
//     Default and the two conversions see the version that the client uses.
// (3) The generic registry alone does: metadata (name, uid, times, resourceVersion, owner
// references, finalizers,
//     managedFields), its validation, optimistic locks, generation of names, finalizers and
//     preconditions of deletion.
// Order of a create: Default (version sent) -> ToStorageVersion -> mutating admission -> Begin ->
// PrepareForCreate -> metadata validation -> Validate -> WarningsOnCreate -> Canonicalize ->
// validating admission -> commit. Order of an update: Default -> ToStorageVersion -> mutating
// admission -> Begin -> PrepareForUpdate -> metadata validation -> ValidateUpdate ->
// WarningsOnUpdate -> Canonicalize -> validating admission -> commit. Source of the order:
// k8s.io/apiserver/pkg/registry/rest and pkg/registry/generic/registry/store.go. Threads: the
// kernel's only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"
#include "apiserver/api/object.h"
#include "apiserver/api/request.h"
#include "sim/time.h"

namespace sim {
class Random;
}

namespace apiserver {

class Store;

// What surrounds one request.
struct StrategyContext {
  sim::Time now;
  sim::Random& random;  // the registry's stream
  const Store& store;
  const UserInfo& user;
  const RequestInfo& info;  // the served group and version, namespace, subresource
  bool is_dry_run = false;
  // Warnings that arise while an object is prepared; they are shown even when it is refused. May be
  // null.
  std::vector<std::string>* warnings = nullptr;
};

enum class NameRule : std::uint8_t {
  kDnsSubdomain,  // RFC 1123, <= 253
  kLongName,      // the same in the words of upstream's generated validation
  kDnsLabel,      // RFC 1123, <= 63
  kDns1035Label,  // starts with a letter, <= 63 (services)
  kPathSegment,   // no "/", "%", not "." and ".." (RBAC)
  kOwn,           // what NameProblems says
};

// How a kind's validation of an update repeats that of metadata, which the registry makes for every
// kind: clients see the same cause twice. Source: each kind's Validate...Update.
enum class UpdateMetadata : std::uint8_t {
  kUpdate,           // the change of metadata
  kCreate,           // metadata as of a new object, with the kind's rule for names
  kCreateTwice,      // persistent volumes
  kCreateAndUpdate,  // the former two
  kUpdateAndCreate,
  kNone,
};

enum class GarbageCollectionPolicy : std::uint8_t { kDelete, kOrphan };

// The parsed DeleteOptions that kinds may look at.
struct DeletionRequest {
  std::optional<std::int64_t> grace_period_seconds;
};

// Paths that apply takes from nobody through an endpoint, in fieldpath form: {"status"} or
// {"metadata","deletionTimestamp"}.
using ResetPath = std::vector<std::string_view>;

class Strategy {
 public:
  virtual ~Strategy() = default;

  // --- versions
  // -----------------------------------------------------------------------------------------------
  // Fills defaults into `object`, which is in version `version` of the API that the client used.
  virtual void Default(std::string_view /*version*/, Value& /*object*/) const {}
  // Rewrites `object` between a served version and the storage version. apiVersion and kind are set
  // by the registry.
  virtual void ToStorageVersion(std::string_view /*group*/, std::string_view /*version*/,
                                Value& /*object*/) const {}
  virtual void FromStorageVersion(std::string_view /*group*/, std::string_view /*version*/,
                                  Value& /*object*/) const {}

  // --- names
  // --------------------------------------------------------------------------------------------------
  virtual NameRule name_rule() const { return NameRule::kDnsSubdomain; }
  // Messages about metadata.name beyond name_rule(), e.g. "must be no more than 52 characters".
  // `is_prefix` when it is a generateName.
  virtual std::vector<std::string> NameProblems(std::string_view /*name*/,
                                                bool /*is_prefix*/) const {
    return {};
  }

  // --- create
  // -------------------------------------------------------------------------------------------------
  // Whether Validate says nothing of metadata when it is asked for through `group`: the registry
  // looks at it only after Validate found nothing, with no rule for names but that of paths.
  virtual bool checks_metadata_last(std::string_view /*group*/) const { return false; }
  // Drops what clients may not set (status), sets the first generation.
  virtual void PrepareForCreate(const StrategyContext&, Value& /*object*/) const {}
  virtual FieldErrors Validate(const StrategyContext&, const Value& /*object*/) const { return {}; }
  virtual std::vector<std::string> WarningsOnCreate(const StrategyContext&,
                                                    const Value& /*object*/) const {
    return {};
  }
  virtual void Canonicalize(Value& /*object*/) const {}

  // --- update
  // -------------------------------------------------------------------------------------------------
  // Restores what this endpoint may not change (status), raises generation where the kind's rule
  // says so. metadata.generation of `object` equals that of `old` on entry.
  virtual void PrepareForUpdate(const StrategyContext&, Value& /*object*/,
                                const Value& /*old*/) const {}
  // What of ValidateUpdate comes between both validations of metadata (UpdateMetadata's
  // kUpdateAndCreate only).
  virtual FieldErrors ValidateChange(const Value& /*object*/, const Value& /*old*/) const {
    return {};
  }
  virtual FieldErrors ValidateUpdate(const StrategyContext&, const Value& /*object*/,
                                     const Value& /*old*/) const {
    return {};
  }
  virtual std::vector<std::string> WarningsOnUpdate(const StrategyContext&, const Value& /*object*/,
                                                    const Value& /*old*/) const {
    return {};
  }
  virtual UpdateMetadata update_metadata(std::string_view /*group*/) const {
    return UpdateMetadata::kUpdate;
  }
  virtual bool allow_create_on_update() const { return false; }
  virtual bool allow_unconditional_update() const { return true; }

  // The first step after mutating admission: takes addresses and ports, may refuse. `old` is null
  // for a create. What it takes is read from the store, so nothing needs undoing.
  virtual std::optional<ApiError> Begin(const StrategyContext&, Value& /*object*/,
                                        const Value* /*old*/) const {
    return std::nullopt;
  }

  // --- subresources
  // ------------------------------------------------------------------------------------------- The
  // rules of `/name` (status, approval, resize, ephemeralcontainers, finalize) for get, update,
  // patch and apply on the whole object, or null: then `status` takes everything but status and
  // metadata from the old object.
  virtual const Strategy* Subresource(std::string_view /*name*/) const { return nullptr; }
  // Fields that an apply or update through this endpoint does not own (managedFields leave them
  // out). `version` is the served version, because names differ.
  virtual std::vector<ResetPath> ResetFields(std::string_view /*version*/) const { return {}; }

  // --- deletion
  // -----------------------------------------------------------------------------------------------
  // The answer of DELETE is the deleted object instead of a Status.
  virtual bool answers_deleted_object() const { return false; }
  // True: deletion is graceful and request.grace_period_seconds was set. Called at most once per
  // object.
  virtual bool CheckGracefulDelete(const StrategyContext&, const Value& /*object*/,
                                   DeletionRequest&) const {
    return false;
  }
  // True for kinds with CheckGracefulDelete: pending grace periods are looked at.
  virtual bool has_graceful_deletion() const { return false; }
  virtual GarbageCollectionPolicy default_garbage_collection(std::string_view /*version*/) const {
    return GarbageCollectionPolicy::kDelete;
  }
  // A reason why this object may not be deleted at all (403 and the like).
  virtual std::optional<ApiError> RefuseDelete(const StrategyContext&,
                                               const Value& /*object*/) const {
    return std::nullopt;
  }
  virtual std::vector<std::string> WarningsOnDelete(const StrategyContext&,
                                                    const Value& /*object*/) const {
    return {};
  }

  // The warning for a deletion that does not say what becomes of dependents, or "".
  virtual std::string_view unstated_propagation_warning() const { return {}; }

  // --- field selectors
  // ---------------------------------------------------------------------------------------- The
  // labels beyond metadata.name and metadata.namespace.
  virtual std::span<const std::string_view> field_labels() const { return {}; }
  // The value of one of field_labels() as the selector compares it. An alias is given by
  // CanonicalFieldLabel.
  virtual std::string FieldValue(const Value& /*object*/, std::string_view /*label*/) const {
    return {};
  }
  // "spec.host" -> "spec.nodeName"; events.k8s.io names -> core names. `group` and `version` are
  // the served ones.
  virtual std::string CanonicalFieldLabel(std::string_view /*group*/, std::string_view /*version*/,
                                          std::string_view label) const {
    return std::string(label);
  }
  // The text of the 400 for an unknown label, or "" for the generic
  // `"X" is not a known field selector: only "metadata.name", "metadata.namespace"`.
  virtual std::string UnknownFieldLabelText(std::string_view /*group*/,
                                            std::string_view /*version*/,
                                            std::string_view /*label*/) const {
    return {};
  }
};

// The strategies of the built-in kinds, by what is stored (events are {"", "events"} whichever
// group served them). A resource without an entry gets the plain Strategy.
class StrategyTable {
 public:
  void Add(GroupResource resource, std::unique_ptr<const Strategy> strategy) {
    strategies_[std::move(resource)] = std::move(strategy);
  }
  // The strategy of `resource`, or null.
  const Strategy* Find(const GroupResource& resource) const {
    const auto found = strategies_.find(resource);
    return found == strategies_.end() ? nullptr : found->second.get();
  }

 private:
  std::map<GroupResource, std::unique_ptr<const Strategy>> strategies_;
};

}  // namespace apiserver
