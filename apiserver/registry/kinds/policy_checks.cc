#include "apiserver/registry/kinds/policy_checks.h"

#include <algorithm>

#include "apiserver/registry/kinds/admission_rules.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/equality.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {
namespace {

std::string Joined(const NameMessages& messages) {
  return JoinTexts({messages.begin(), messages.end()}, ",");
}

void CheckGroupVersion(std::string_view text, const FieldPath& path, Violations& out) {
  if (text.empty()) {
    out.Required(path);
    return;
  }
  if (std::count(text.begin(), text.end(), '/') > 1) {
    out.Invalid(path, text, "unexpected GroupVersion string: " + std::string(text));
    return;
  }
  const std::size_t slash = text.find('/');
  const bool has_group = slash != std::string_view::npos;
  const std::string_view group = has_group ? text.substr(0, slash) : std::string_view();
  const std::string_view version = has_group ? text.substr(slash + 1) : text;
  if (!group.empty()) {
    const NameMessages messages = CheckDns1123Subdomain(group);
    if (!messages.empty()) out.Invalid(path, group, Joined(messages));
  }
  if (version.empty()) {
    out.Invalid(path, text, "version must be specified");
    return;
  }
  const NameMessages messages = CheckDns1035Label(version);
  if (!messages.empty()) out.Invalid(path, version, Joined(messages));
}

void CheckParamKind(const Object& kind, const FieldPath& path, Violations& out) {
  CheckGroupVersion(TextOf(kind, "apiVersion"), path.Child("apiVersion"), out);
  if (!CheckRequiredText(kind, "kind", path, out)) return;
  std::string lower(TextOf(kind, "kind"));
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const NameMessages messages = CheckDns1035Label(lower);
  if (messages.empty()) return;
  out.Invalid(path.Child("kind"), TextOf(kind, "kind"),
              "may have mixed case, but should otherwise match: " + Joined(messages));
}

bool IsCelIdentifier(std::string_view text) {
  constexpr std::string_view kReserved[] = {
      "true",     "false",   "null",      "in",       "as",  "break",  "const",
      "continue", "else",    "for",       "function", "if",  "import", "let",
      "loop",     "package", "namespace", "return",   "var", "void",   "while"};
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), is_word) &&
         std::find(std::begin(kReserved), std::end(kReserved), text) == std::end(kReserved);
}

void CheckConstraints(const Object& spec, const FieldPath& path, Violations& out) {
  const FieldPath match_path = path.Child("matchConstraints");
  if (!IsSet(spec, "matchConstraints")) {
    out.Required(match_path);
    return;
  }
  const Object& match = ObjectOf(spec, "matchConstraints");
  CheckMatchResources(match, match_path, out);
  if (ArrayOf(match, "resourceRules").empty()) out.Required(match_path.Child("resourceRules"));
}

}  // namespace

void DefaultAdmissionPolicy(Object& object) {
  Object& spec = EnsureObject(object, "spec");
  FillPointer(spec, "failurePolicy", "Fail");
  if (Object* match = IfObjectOf(spec, "matchConstraints")) DefaultMatchResources(*match);
}

void CheckPolicyMatch(const Object& spec, const FieldPath& path, Violations& out) {
  if (!IsSet(spec, "failurePolicy")) {
    out.Required(path.Child("failurePolicy"));
  } else {
    CheckOneOf(TextOf(spec, "failurePolicy"), {"Fail", "Ignore"}, path.Child("failurePolicy"), out);
  }
  if (IsSet(spec, "paramKind")) {
    CheckParamKind(ObjectOf(spec, "paramKind"), path.Child("paramKind"), out);
  }
  CheckConstraints(spec, path, out);
}

void CheckMutatingOperations(const Object& match, std::string_view name, const FieldPath& path,
                             Violations& out) {
  const std::string operations = std::string(name) + ".resourceRules.operations";
  const FieldPath operations_path = path.Child(operations);
  for (const Value& rule : ArrayOf(match, "resourceRules")) {
    for (const Value& operation : ArrayOf(rule, "operations")) {
      CheckOneOf(AsText(operation), {"*", "CONNECT", "CREATE", "UPDATE"}, operations_path, out);
    }
  }
}

void CheckPolicyConditions(const Object& spec, const Object* old_spec, const FieldPath& path,
                           Violations& out) {
  if (old_spec != nullptr && SameMember(spec, *old_spec, "paramKind") &&
      SameMember(spec, *old_spec, "matchConditions")) {
    return;
  }
  CheckMatchConditions(
      spec, IsSet(spec, "paramKind") ? ConditionParams::kHeld : ConditionParams::kNone, path, out);
}

void CheckPolicyVariables(const Object& spec, AdmissionCompiler& compiler, const FieldPath& path,
                          Violations& out) {
  const AdmissionScope scope{.has_params = IsSet(spec, "paramKind")};
  const FieldPath list_path = path.Child("variables");
  std::size_t index = 0;
  for (const Value& variable : ArrayOf(spec, "variables")) {
    const FieldPath item_path = list_path.Index(index++);
    const std::string_view name = TextOf(variable, "name");
    const std::string_view text = TextOf(variable, "expression");
    if (Trimmed(name).empty()) {
      out.Required(item_path.Child("name"), "name is not specified");
    } else if (!IsCelIdentifier(name)) {
      out.Invalid(item_path.Child("name"), name, "must be a valid CEL identifier");
    }
    const FieldPath expression_path = item_path.Child("expression");
    if (Trimmed(text).empty()) {
      out.Required(expression_path, "expression is not specified");
    } else {
      CheckCompiled(compiler.CompileVariable(name, text, scope), text, expression_path, out);
    }
  }
}

}  // namespace apiserver
