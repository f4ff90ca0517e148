// The types that the checker reasons with.
//
// Invariants:
// (1) A type is immutable; parameters are shared. Object types are known by name only: their fields
// are asked from a TypeProvider, so that types may be recursive. (2) Optionals are the opaque type
// "optional_type" with one parameter, as in cel-go. Source: cel-go common/types/types.go. Threads:
// any.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace apiserver::cel {

enum class TypeKind : std::uint8_t {
  kDyn,
  kAny,  // prints as "any"; otherwise as dyn
  kError,
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kDuration,
  kTimestamp,
  kList,       // one parameter
  kMap,        // key, value
  kType,       // the type of a type: one parameter, or none
  kOpaque,     // a name of its own ("kubernetes.CIDR", "optional_type"), perhaps with parameters
  kObject,     // a name; fields from the TypeProvider
  kTypeParam,  // "A", or "_var0" while checking
};

class Type;
using TypePtr = std::shared_ptr<const Type>;

class Type {
 public:
  Type(TypeKind kind, std::string name, std::vector<TypePtr> parameters = {});

  TypeKind kind() const { return kind_; }
  // The name that type(x) shows at run time: "int", "list", "google.protobuf.Duration",
  // "kubernetes.CIDR".
  const std::string& name() const { return name_; }
  const std::vector<TypePtr>& parameters() const { return parameters_; }

  // How many types it is made of, itself included; kWeightMax and more is not told apart.
  std::size_t weight() const { return weight_; }
  static constexpr std::size_t kWeightMax = 1'000;

  bool is_dyn() const { return kind_ == TypeKind::kDyn || kind_ == TypeKind::kAny; }
  bool is_optional() const {
    return kind_ == TypeKind::kOpaque && name_ == "optional_type" && !parameters_.empty();
  }

 private:
  TypeKind kind_;
  std::string name_;
  std::vector<TypePtr> parameters_;
  std::size_t weight_ = 1;
};

// The simple types, each one shared object.
const TypePtr& DynType();
const TypePtr& AnyType();
const TypePtr& ErrorType();
const TypePtr& NullType();
const TypePtr& BoolType();
const TypePtr& IntType();
const TypePtr& UintType();
const TypePtr& DoubleType();
const TypePtr& StringType();
const TypePtr& BytesType();
const TypePtr& DurationType();
const TypePtr& TimestampType();
TypePtr ListType(TypePtr element);
TypePtr MapType(TypePtr key, TypePtr value);
TypePtr TypeType(TypePtr of);
TypePtr OptionalType(TypePtr of);
TypePtr OpaqueType(std::string name, std::vector<TypePtr> parameters = {});
TypePtr ObjectType(std::string name);
TypePtr TypeParam(std::string name);

// Equal kind, name and parameters.
bool SameType(const Type& a, const Type& b);
// As messages print it: "list(string)", "google.protobuf.Timestamp" is "timestamp".
std::string FormatType(const Type& type);

// What object types exist and what fields they have.
class TypeProvider {
 public:
  virtual ~TypeProvider() = default;
  virtual bool HasType(std::string_view name) const = 0;
  // nullptr: no such field.
  virtual TypePtr FieldType(std::string_view type_name, std::string_view field) const = 0;
};

// Fields by object type by escaped name, held in maps.
class DeclaredTypes : public TypeProvider {
 public:
  using Fields = std::map<std::string, TypePtr, std::less<>>;
  void Declare(std::string name, Fields fields) { types_[std::move(name)] = std::move(fields); }
  bool HasType(std::string_view name) const override { return types_.contains(name); }
  TypePtr FieldType(std::string_view type_name, std::string_view field) const override;

 private:
  std::map<std::string, Fields, std::less<>> types_;
};

}  // namespace apiserver::cel
