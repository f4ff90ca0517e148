// Leases. Source: kubernetes/pkg/apis/coordination, 1.36.
#include "apiserver/registry/kinds/all_kinds.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

// Fields of the coordinated leader election, which is off.
void DropGated(Object& object) {
  if (Object* spec = IfObjectOf(object, "spec")) {
    spec->erase("strategy");
    spec->erase("preferredHolder");
  }
}

void PrepareCreate(const StrategyContext&, Object& object) { DropGated(object); }
void PrepareUpdate(const StrategyContext&, Object& object, const Object&) { DropGated(object); }

void Validate(const Object& object, Violations& out) {
  const FieldPath path("spec");
  const Object& spec = ObjectOf(object, "spec");
  if (IsSet(spec, "leaseDurationSeconds") && IntOf(spec, "leaseDurationSeconds") <= 0) {
    out.Invalid(path.Child("leaseDurationSeconds"), spec.at("leaseDurationSeconds"),
                "must be greater than 0");
  }
  CheckNonNegative(spec, "leaseTransitions", path, out);
}

void ValidateUpdate(const Object& object, const Object&, Violations& out) { Validate(object, out); }

}  // namespace

const KindRules kLeaseRules{.group = "coordination.k8s.io",
                            .resource = "leases",
                            .prepare_create = PrepareCreate,
                            .prepare_update = PrepareUpdate,
                            .validate = Validate,
                            .validate_update = ValidateUpdate,
                            .allow_create_on_update = true,
                            .allow_unconditional_update = false};

}  // namespace apiserver
