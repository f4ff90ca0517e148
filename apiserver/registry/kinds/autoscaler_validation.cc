#include "apiserver/registry/kinds/autoscaler_validation.h"

#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {

void ValidateAutoscaler(const Object&, Violations&) {}
void ValidateAutoscalerUpdate(const Object& object, const Object&, Violations& out) {
  ValidateAutoscaler(object, out);
}

}  // namespace apiserver
