#include "apiserver/cel/function_decl.h"

#include <array>
#include <cctype>

#include "apiserver/cel/function_tables.h"
#include "sim/check.h"

namespace apiserver::cel {
namespace {

// The minor version that Kubernetes 1.36 offers: it may be rolled back to 1.35.
constexpr int kOfferedMinor = 35;

// Types as text: a name, perhaps with types in parentheses.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : rest_(text) {}

  TypePtr Read() {
    const std::size_t end = std::min(rest_.find_first_of("(), "), rest_.size());
    const std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    std::vector<TypePtr> parameters;
    if (rest_.starts_with('(')) {
      rest_.remove_prefix(1);
      parameters = ReadList();
      SIM_CHECK(rest_.starts_with(')'));
      rest_.remove_prefix(1);
    }
    return Make(name, std::move(parameters));
  }

  std::vector<TypePtr> ReadList() {
    std::vector<TypePtr> types;
    if (rest_.empty()) return types;
    types.push_back(Read());
    while (rest_.starts_with(", ")) {
      rest_.remove_prefix(2);
      types.push_back(Read());
    }
    return types;
  }

 private:
  static TypePtr Make(const std::string& name, std::vector<TypePtr> parameters) {
    for (const TypePtr& simple : {DynType(), BoolType(), IntType(), UintType(), DoubleType(),
                                  StringType(), BytesType(), DurationType(), TimestampType()}) {
      if (FormatType(*simple) == name) return simple;
    }
    if (name == "list") return ListType(parameters.at(0));
    if (name == "map") return MapType(parameters.at(0), parameters.at(1));
    if (name == "type") return TypeType(parameters.at(0));
    if (name.size() == 1 && std::isupper(static_cast<unsigned char>(name[0]))) {
      return TypeParam(name);
    }
    // Upstream declares these as objects without fields.
    if (name.starts_with("kubernetes.")) return ObjectType(name);
    return OpaqueType(name, std::move(parameters));
  }

  std::string_view rest_;
};

}  // namespace

TypePtr ParseType(std::string_view text) { return TypeReader(text).Read(); }

std::span<const FunctionLibrary> FunctionLibraries() {
  static const std::vector<FunctionLibrary> libraries = [] {
    std::vector<FunctionLibrary> all;
    for (const auto& part : {OperatorsFunctions(), StandardFunctions(), ExtensionsFunctions(),
                             KubernetesFunctionTables(), AuthorizerFunctions()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return libraries;
}

FunctionRegistry::FunctionRegistry(std::span<const FunctionLibrary> libraries, int minor_max) {
  for (const FunctionLibrary& library : libraries) {
    if (library.since_minor > minor_max) continue;
    for (const FunctionRow& row : library.rows) Add(row, library.name);
  }
}

void FunctionRegistry::Add(const FunctionRow& row, std::string_view library) {
  Function& function = functions_[std::string(row.name)];
  function.name = row.name;
  for (const Overload& overload : function.overloads) SIM_CHECK(overload.id != row.overload_id);
  function.overloads.push_back({std::string(row.overload_id), row.is_member,
                                TypeReader(row.arguments).ReadList(), ParseType(row.result),
                                library});
}

const Function* FunctionRegistry::Find(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

const FunctionRegistry& KubernetesFunctions() {
  static const FunctionRegistry registry(FunctionLibraries(), kOfferedMinor);
  return registry;
}

}  // namespace apiserver::cel
