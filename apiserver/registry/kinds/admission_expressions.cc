#include "apiserver/registry/kinds/admission_expressions.h"

#include <map>
#include <utility>
#include <vector>

namespace apiserver {
namespace {

using cel::BoolType;
using cel::DynType;
using cel::IntType;
using cel::ListType;
using cel::MapType;
using cel::ObjectType;
using cel::StringType;
using cel::TimestampType;
using cel::TypePtr;

constexpr std::string_view kVariables = "kubernetes.variables";
constexpr std::string_view kJsonPatch = "JSONPatch";
constexpr std::string_view kObject = "Object";

void DeclareRequest(cel::DeclaredTypes& types) {
  const TypePtr text = StringType();
  types.Declare("kubernetes.GroupVersionKind",
                {{"group", text}, {"version", text}, {"kind", text}});
  types.Declare("kubernetes.GroupVersionResource",
                {{"group", text}, {"version", text}, {"resource", text}});
  types.Declare("kubernetes.UserInfo", {{"username", text},
                                        {"uid", text},
                                        {"groups", ListType(text)},
                                        {"extra", MapType(text, ListType(text))}});
  const TypePtr kind = ObjectType("kubernetes.GroupVersionKind");
  const TypePtr resource = ObjectType("kubernetes.GroupVersionResource");
  types.Declare("kubernetes.AdmissionRequest", {{"kind", kind},
                                                {"resource", resource},
                                                {"subResource", text},
                                                {"requestKind", kind},
                                                {"requestResource", resource},
                                                {"requestSubResource", text},
                                                {"name", text},
                                                {"namespace", text},
                                                {"operation", text},
                                                {"userInfo", ObjectType("kubernetes.UserInfo")},
                                                {"dryRun", BoolType()},
                                                {"options", DynType()}});
}

void DeclareNamespace(cel::DeclaredTypes& types) {
  const TypePtr text = StringType();
  types.Declare("kubernetes.NamespaceSpec", {{"finalizers", ListType(text)}});
  types.Declare("kubernetes.NamespaceCondition", {{"status", text},
                                                  {"type", text},
                                                  {"lastTransitionTime", TimestampType()},
                                                  {"message", text},
                                                  {"reason", text}});
  types.Declare(
      "kubernetes.NamespaceStatus",
      {{"conditions", ListType(ObjectType("kubernetes.NamespaceCondition"))}, {"phase", text}});
  types.Declare("kubernetes.NamespaceMetadata", {{"name", text},
                                                 {"generateName", text},
                                                 {"namespace", text},
                                                 {"labels", MapType(text, text)},
                                                 {"annotations", MapType(text, text)},
                                                 {"UID", text},
                                                 {"creationTimestamp", TimestampType()},
                                                 {"deletionGracePeriodSeconds", IntType()},
                                                 {"deletionTimestamp", TimestampType()},
                                                 {"generation", IntType()},
                                                 {"resourceVersion", text},
                                                 {"finalizers", ListType(text)}});
  types.Declare("kubernetes.Namespace", {{"metadata", ObjectType("kubernetes.NamespaceMetadata")},
                                         {"spec", ObjectType("kubernetes.NamespaceSpec")},
                                         {"status", ObjectType("kubernetes.NamespaceStatus")}});
}

const cel::DeclaredTypes& AdmissionTypes() {
  static const cel::DeclaredTypes kTypes = [] {
    cel::DeclaredTypes types;
    DeclareRequest(types);
    DeclareNamespace(types);
    types.Declare(std::string(kJsonPatch), {{"op", StringType()},
                                            {"path", StringType()},
                                            {"from", StringType()},
                                            {"value", DynType()}});
    return types;
  }();
  return kTypes;
}

bool IsPatchObject(std::string_view type_name) {
  return type_name == kObject ||
         (type_name.starts_with(kObject) && type_name[kObject.size()] == '.');
}

std::vector<TypePtr> TypesOf(ExpressionResult result) {
  switch (result) {
    case ExpressionResult::kAny:
      return {};
    case ExpressionResult::kBool:
      return {BoolType()};
    case ExpressionResult::kString:
      return {StringType()};
    case ExpressionResult::kText:
      return {StringType(), cel::NullType()};
    case ExpressionResult::kObject:
      return {ObjectType(std::string(kObject))};
    case ExpressionResult::kJsonPatches:
      return {ListType(ObjectType(std::string(kJsonPatch)))};
  }
  return {};
}

// Why `type` is none of `wanted`, "" when it is one. Nothing wanted: all are well.
std::string ResultProblem(const cel::Type& type, const std::vector<TypePtr>& wanted) {
  if (wanted.empty()) return "";
  std::string names;
  for (const TypePtr& one : wanted) {
    if (cel::SameType(type, *one)) return "";
    names += (names.empty() ? "" : " ") + TypeText(*one);
  }
  if (wanted.size() > 1) names = "one of [" + names + "]";
  return "must evaluate to " + names + " but got " + TypeText(type);
}

}  // namespace

std::string TypeText(const cel::Type& type) {
  std::string text = type.name();
  const char* separator = "(";
  for (const TypePtr& parameter : type.parameters()) {
    text += separator + TypeText(*parameter);
    separator = ", ";
  }
  return type.parameters().empty() ? text : text + ")";
}

CompiledExpression CompileAdmission(const cel::Environment& environment, std::string_view text) {
  cel::CompileOutcome outcome = cel::CompileProgram(environment, text);
  if (outcome.program != nullptr) return {std::move(outcome.program), ""};
  return {nullptr,
          (outcome.is_checked ? "program instantiation failed: " : "compilation failed: ") +
              outcome.error};
}

void CheckCompiled(const CompiledExpression& compiled, std::string_view text, const FieldPath& path,
                   Violations& out) {
  if (compiled.program == nullptr) out.Invalid(path, text, compiled.problem);
}

class AdmissionCompiler::Types final : public cel::TypeProvider {
 public:
  bool HasType(std::string_view name) const override {
    if (name == kVariables) return true;
    if (name == kJsonPatch || IsPatchObject(name)) return has_patch_types;
    return AdmissionTypes().HasType(name);
  }
  TypePtr FieldType(std::string_view type_name, std::string_view field) const override {
    if (IsPatchObject(type_name)) return DynType();
    if (type_name != kVariables) return AdmissionTypes().FieldType(type_name, field);
    const auto found = variables.find(field);
    return found == variables.end() ? nullptr : found->second;
  }

  std::map<std::string, TypePtr, std::less<>> variables;
  bool has_patch_types = false;
};

AdmissionCompiler::AdmissionCompiler(bool has_variables)
    : types_(std::make_unique<Types>()), has_variables_(has_variables) {}
AdmissionCompiler::~AdmissionCompiler() = default;

CompiledExpression AdmissionCompiler::Compile(std::string_view text, const AdmissionScope& scope,
                                              ExpressionResult result) const {
  types_->has_patch_types = scope.has_patch_types;
  cel::Environment environment;
  environment.types = types_.get();
  environment.variables = {{"object", DynType()},
                           {"oldObject", DynType()},
                           {"namespaceObject", ObjectType("kubernetes.Namespace")},
                           {"request", ObjectType("kubernetes.AdmissionRequest")}};
  if (has_variables_) environment.variables["variables"] = ObjectType(std::string(kVariables));
  if (scope.has_params) environment.variables["params"] = DynType();
  if (scope.has_authorizer) {
    environment.variables["authorizer"] = cel::ParseType("kubernetes.authorization.Authorizer");
    environment.variables["authorizer.requestResource"] =
        cel::ParseType("kubernetes.authorization.ResourceCheck");
  }
  CompiledExpression compiled = CompileAdmission(environment, text);
  if (compiled.program == nullptr) return compiled;
  std::string problem = ResultProblem(*compiled.program->result_type(), TypesOf(result));
  if (!problem.empty()) return {nullptr, std::move(problem)};
  return compiled;
}

CompiledExpression AdmissionCompiler::CompileVariable(std::string_view name, std::string_view text,
                                                      const AdmissionScope& scope) {
  CompiledExpression compiled = Compile(text, scope, ExpressionResult::kAny);
  types_->variables[std::string(name)] =
      compiled.program == nullptr ? DynType() : compiled.program->result_type();
  return compiled;
}

}  // namespace apiserver
