#include "apiserver/registry/custom/scale_checks.h"

#include <limits>

#include "apiserver/api/go_text.h"
#include "apiserver/registry/patch/go_print.h"

namespace apiserver {
namespace {

constexpr std::int64_t kReplicasMax = std::numeric_limits<std::int32_t>::max();

// The value at a dotted path, null when absent; `error` in the words of Go's unstructured helpers.
const Value* Follow(const Value& object, std::string_view path, std::string& error) {
  if (path.starts_with('.')) path.remove_prefix(1);
  const std::string whole = "." + std::string(path);
  const Value* at = &object;
  while (true) {
    if (at->is_null()) return nullptr;
    if (!at->is_object()) {
      error = whole + " accessor error: " + GoPrint(*at) + " is of the type " + GoTypeName(*at) +
              ", expected map[string]interface{}";
      return nullptr;
    }
    const auto dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    at = at->get_object().if_contains(name);
    if (at == nullptr) return nullptr;
    if (dot == std::string_view::npos) return at;
    path.remove_prefix(dot + 1);
  }
}

std::string WrongType(std::string_view path, const Value& value, std::string_view want) {
  const std::string dot = path.starts_with('.') ? "" : ".";
  return dot + std::string(path) + " accessor error: " + GoPrint(value) + " is of the type " +
         GoTypeName(value) + ", expected " + std::string(want);
}

void CheckReplicas(const std::string& path, const Value& object, FieldErrors& errors) {
  std::string error;
  std::int64_t replicas = 0;
  const Value* found = Follow(object, path, error);
  if (found != nullptr && found->is_int64()) {
    replicas = found->get_int64();
  } else if (found != nullptr) {
    error = WrongType(path, *found, "int64");
  }
  if (!error.empty()) {
    errors.push_back(FieldInvalid(path, Value(0), error));
  } else if (replicas < 0) {
    errors.push_back(FieldInvalid(path, Value(replicas), "should be a non-negative integer"));
  } else if (replicas > kReplicasMax) {
    errors.push_back(FieldInvalid(
        path, Value(replicas), "should be less than or equal to " + std::to_string(kReplicasMax)));
  }
}

}  // namespace

FieldErrors ValidateScaleSpec(const ScalePaths& scale, const Value& object) {
  FieldErrors errors;
  CheckReplicas(scale.spec, object, errors);
  return errors;
}

FieldErrors ValidateScaleStatus(const ScalePaths& scale, const Value& object) {
  FieldErrors errors;
  CheckReplicas(scale.status, object, errors);
  if (scale.selector.empty()) return errors;
  std::string error;
  const Value* found = Follow(object, scale.selector, error);
  if (found != nullptr && !found->is_string()) error = WrongType(scale.selector, *found, "string");
  if (!error.empty()) errors.push_back(FieldInvalid(scale.selector, std::string_view(), error));
  return errors;
}

}  // namespace apiserver
