#include "apiserver/registry/deletion.h"

#include "apiserver/api/time_format.h"
#include "apiserver/registry/custom/conversion.h"
#include "apiserver/registry/decode.h"
#include "apiserver/registry/first_deletion.h"
#include "apiserver/registry/write.h"

namespace apiserver {
namespace {

constexpr std::string_view kOrphan = "orphan";
constexpr std::string_view kForeground = "foregroundDeletion";

struct Grace {
  bool is_graceful = false;
  bool is_pending = false;  // a deletion is under way and this request changes nothing of it
  std::int64_t seconds = 0;
};

sim::Duration Seconds(std::int64_t count) { return std::chrono::seconds(count); }

bool IsDeleting(const Value& object) {
  return !TextAt(object, {"metadata", "deletionTimestamp"}).empty();
}

void RaiseGeneration(Value& object) {
  const std::int64_t generation = IntAt(object, {"metadata", "generation"});
  if (generation > 0) MetadataOf(object)["generation"] = generation + 1;
}

std::optional<ApiError> CheckPreconditions(const Call& call, const StoredObject& live,
                                           const DeleteRequestOptions& options) {
  const GroupVersionKind& kind = call.resource.storage_kind;
  const GroupResource shown{kind.group, kind.kind};
  if (options.uid && *options.uid != live.meta().uid) {
    return ConflictError(shown, live.meta().name,
                         "the UID in the precondition (" + *options.uid +
                             ") does not match the UID in record (" + live.meta().uid +
                             "). The object might have been deleted and then recreated");
  }
  const std::string revision = std::to_string(live.meta().revision);
  if (options.resource_version && *options.resource_version != revision) {
    return ConflictError(shown, live.meta().name,
                         "the ResourceVersion in the precondition (" + *options.resource_version +
                             ") does not match the ResourceVersion in record (" + revision +
                             "). The object might have been modified");
  }
  return std::nullopt;
}

// A deletion that is under way can only be hastened.
Grace ShortenGrace(const Call& call, Value& object, const DeletionRequest& asked) {
  const std::int64_t present = IntAt(object, {"metadata", "deletionGracePeriodSeconds"});
  if (present == 0) return {};
  if (!asked.grace_period_seconds || *asked.grace_period_seconds >= present)
    return {false, true, present};
  std::int64_t period = *asked.grace_period_seconds;
  const auto planned = TimeFromText(TextAt(object, {"metadata", "deletionTimestamp"}));
  sim::Time due = planned.value_or(call.context.now) - Seconds(present) + Seconds(period);
  if (due < call.context.now) {
    due = call.context.now;
    if (period != 0) period = 1;
  }
  MetadataOf(object)["deletionTimestamp"] = FormatTime(due);
  MetadataOf(object)["deletionGracePeriodSeconds"] = period;
  return {true, false, *asked.grace_period_seconds};
}

Grace PlanGrace(const Call& call, Value& object, DeletionRequest asked) {
  const Strategy& strategy = *call.resource.strategy;
  if (asked.grace_period_seconds && *asked.grace_period_seconds < 0) asked.grace_period_seconds = 1;
  if (!strategy.has_graceful_deletion()) return {};
  if (IsDeleting(object)) return ShortenGrace(call, object, asked);
  if (!strategy.CheckGracefulDelete(call.context, object, asked)) return {};
  const std::int64_t seconds = asked.grace_period_seconds.value_or(0);
  MetadataOf(object)["deletionTimestamp"] = FormatTime(call.context.now + Seconds(seconds));
  MetadataOf(object)["deletionGracePeriodSeconds"] = seconds;
  RaiseGeneration(object);
  return {true, false, seconds};
}

bool HoldsText(const Array& texts, std::string_view text) {
  for (const Value& value : texts) {
    if (value.is_string() && std::string_view(value.get_string()) == text) return true;
  }
  return false;
}

struct Dependents {
  bool orphan = false;
  bool foreground = false;
};

// Options first, then finalizers that are there, then the kind's default.
Dependents PlanDependents(const Call& call, const Array& finalizers,
                          const DeleteRequestOptions& options) {
  if (options.orphan_dependents) return {*options.orphan_dependents, false};
  if (options.propagation != PropagationPolicy::kNone) {
    return {options.propagation == PropagationPolicy::kOrphan,
            options.propagation == PropagationPolicy::kForeground};
  }
  if (HoldsText(finalizers, kOrphan)) return {true, false};
  if (HoldsText(finalizers, kForeground)) return {false, true};
  const auto policy =
      call.resource.strategy->default_garbage_collection(call.resource.resource.version);
  return {policy == GarbageCollectionPolicy::kOrphan, false};
}

// True when the set of finalizers changed. Events have no dependents, whatever is asked for.
bool UpdateFinalizers(const Call& call, Value& object, const DeleteRequestOptions& options) {
  if (call.resource.storage == GroupResource{"", "events"}) return false;
  Value* present = FindPath(object, {"metadata", "finalizers"});
  static const Array kNone;
  const Array& before = present != nullptr && present->is_array() ? present->get_array() : kNone;
  const Dependents plan = PlanDependents(call, before, options);
  if (HoldsText(before, kOrphan) == plan.orphan &&
      HoldsText(before, kForeground) == plan.foreground)
    return false;
  Array after(object.storage());
  for (const Value& finalizer : before) {
    const std::string_view name =
        finalizer.is_string() ? std::string_view(finalizer.get_string()) : "";
    if (name != kOrphan && name != kForeground) after.push_back(finalizer);
  }
  if (plan.orphan) after.emplace_back(kOrphan);
  if (plan.foreground) after.emplace_back(kForeground);
  if (after.empty()) {
    MetadataOf(object).erase("finalizers");
  } else {
    MetadataOf(object)["finalizers"] = std::move(after);
  }
  return true;
}

bool HasFinalizers(const Value& object) {
  const Value* finalizers = FindPath(object, {"metadata", "finalizers"});
  return finalizers != nullptr && finalizers->is_array() && !finalizers->get_array().empty();
}

void MarkAsDeleting(const Call& call, Value& object) {
  if (!IsDeleting(object)) RaiseGeneration(object);
  const auto planned = TimeFromText(TextAt(object, {"metadata", "deletionTimestamp"}));
  if (!planned || *planned > call.context.now) {
    MetadataOf(object)["deletionTimestamp"] = FormatTime(call.context.now);
  }
  MetadataOf(object)["deletionGracePeriodSeconds"] = 0;
}

std::optional<ApiError> Admit(Call& call, const Value& live) {
  if (auto refused = call.resource.strategy->RefuseDelete(call.context, live)) return refused;
  // An eviction was admitted as such; the deletion that follows is not asked for by anybody.
  if (call.request.info.subresource == "eviction") return std::nullopt;
  const AdmissionRequest request =
      Admission(call, Operation::kDelete, TextAt(live, {"metadata", "name"}), &live);
  if (auto refused = call.parts.admission.Admit(request, nullptr)) return refused;
  return call.parts.admission.Validate(request, nullptr);
}

// Stores `object` instead of `live`, unless nothing changed or the request is a dry run.
ApiResult<ObjectPtr> Keep(Call& call, Value& object, const Value& before, const ObjectPtr& live) {
  NormalizeObject(call.resource.storage_type, object, nullptr);
  if (object == before) return live;
  ApiResult<std::optional<StoredForm>> form = MakeStoredForm(call.parts, call.resource, object);
  if (!form) return std::move(form.error());
  if (auto awaits = AwaitsConversion(call.parts)) return std::move(*awaits);
  const Value& shown = *form ? (*form)->shown : object;
  if (call.context.is_dry_run) return StoredObject::Make(shown, live->meta().revision);
  ObjectPtr kept = call.parts.store.Update(call.resource.storage, *form ? (*form)->stored : object,
                                           IsWork(call.resource.storage));
  return *form ? StoredObject::Make(shown, kept->meta().revision) : kept;
}

DeletionOutcome Gone(Call& call, ObjectPtr last) {
  if (!call.context.is_dry_run) {
    call.parts.store.Delete(call.resource.storage, last->key(), nullptr,
                            IsWork(call.resource.storage));
  }
  return {std::move(last), true, call.resource.strategy->answers_deleted_object()};
}

}  // namespace

ApiResult<DeletionOutcome> DeleteObject(Call& call, const std::string& name,
                                        DeleteRequestOptions options) {
  ApiResult<ObjectPtr> found = call.FindShown(name);
  if (!found) return std::move(found.error());
  const ObjectPtr live = std::move(*found);
  if (!live) return NotFoundError(call.group_resource(), name);
  const Value before = live->Parse(call.storage());
  if (const FirstDeletion* first = FindFirstDeletion(call.resource.storage)) {
    if (auto refused = first->CheckPreconditions(*live, options)) return std::move(*refused);
    Value object(before, call.storage());
    if (!IsDeleting(before)) {
      if (auto refused = Admit(call, before)) return std::move(*refused);
      first->Mark(call.context, object, options);
      ApiResult<ObjectPtr> kept = Keep(call, object, before, live);
      if (!kept) return std::move(kept.error());
      return DeletionOutcome{std::move(*kept), false, true};
    }
    if (first->IsHeld(before)) return DeletionOutcome{live, false, true};
  }
  if (auto refused = CheckPreconditions(call, *live, options)) return std::move(*refused);
  Value object(before, call.storage());
  const Grace grace = PlanGrace(call, object, {options.grace_period_seconds});
  if (grace.is_pending)
    return DeletionOutcome{live, false, call.resource.strategy->answers_deleted_object()};
  if (auto refused = Admit(call, before)) return std::move(*refused);
  for (std::string& warning : call.resource.strategy->WarningsOnDelete(call.context, before)) {
    call.warnings.push_back(std::move(warning));
  }
  UpdateFinalizers(call, object, options);
  const bool is_held = HasFinalizers(object);
  if (auto awaits = AwaitsConversion(call.parts)) return std::move(*awaits);
  if (!grace.is_graceful && !is_held) return Gone(call, live);
  if (!grace.is_graceful) MarkAsDeleting(call, object);
  ApiResult<ObjectPtr> kept = Keep(call, object, before, live);
  if (!kept) return std::move(kept.error());
  if (is_held || grace.seconds > 0) return DeletionOutcome{std::move(*kept), false, true};
  return Gone(call, std::move(*kept));
}

}  // namespace apiserver
