// Compiles what policies and match conditions say in CEL, each within what it may speak about.
//
// Invariant: a compiler belongs to one object, because expressions may read the variables declared
// before them.
// Source: k8s.io/apiserver/pkg/admission/plugin/cel (compile.go, composition.go),
// k8s.io/apiserver/pkg/cel/mutation. Threads: one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "apiserver/cel/program.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Which variables an expression of admission sees beside object, oldObject, request and
// namespaceObject.
struct AdmissionScope {
  bool has_params = false;
  bool has_authorizer = true;
  bool has_patch_types = false;  // Object{...} and JSONPatch{...} may be made
};

// What an expression must give.
enum class ExpressionResult : std::uint8_t {
  kAny,         // a variable
  kBool,        // a condition
  kString,      // a message
  kText,        // the value of an annotation: text or null
  kObject,      // what is applied
  kJsonPatches  // list(JSONPatch)
};

struct CompiledExpression {
  std::shared_ptr<const cel::Program> program;  // nullptr: refused
  std::string problem;                          // upstream's words when refused
};

// As cel-go's Type.String() has it: other than in the checker's messages, null is "null_type".
std::string TypeText(const cel::Type& type);

// Compiles in `environment`; `problem` is set in upstream's words when that fails.
CompiledExpression CompileAdmission(const cel::Environment& environment, std::string_view text);

// Says what is wrong with the expression `text` at `path`, if it was refused.
void CheckCompiled(const CompiledExpression& compiled, std::string_view text, const FieldPath& path,
                   Violations& out);

class AdmissionCompiler {
 public:
  // `has_variables`: expressions may say `variables.NAME`.
  explicit AdmissionCompiler(bool has_variables);
  ~AdmissionCompiler();
  AdmissionCompiler(const AdmissionCompiler&) = delete;
  AdmissionCompiler& operator=(const AdmissionCompiler&) = delete;

  CompiledExpression Compile(std::string_view text, const AdmissionScope& scope,
                             ExpressionResult result) const;
  // The same; what is compiled later sees it as `variables.NAME`, of any type if it is refused.
  CompiledExpression CompileVariable(std::string_view name, std::string_view text,
                                     const AdmissionScope& scope);

 private:
  class Types;
  std::unique_ptr<Types> types_;
  bool has_variables_;
};

}  // namespace apiserver
