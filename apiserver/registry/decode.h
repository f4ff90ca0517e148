// From the body of a write to an object of the expected kind, with upstream's refusals.
//
// Source: k8s.io/apiserver/pkg/endpoints/handlers (transformDecodeError) and
// k8s.io/apimachinery/pkg/runtime/serializer/json.
#pragma once

#include "apiserver/registry/call.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {

// The Go type into which upstream first reads a body, as its errors print it.
inline constexpr std::string_view kTypeMetaStruct =
    "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
    "\"json:\\\"kind,omitempty\\\"\" }";

// What a body must be.
struct ExpectedKind {
  GroupVersionKind kind;
  const Type* type = nullptr;  // null: nothing is known of its fields (they are all kept)
};

// The decoded object, defaulted kind and apiVersion included, in the request's storage. Unknown and
// repeated fields are refused (Strict), added to the call's warnings (Warn) or dropped.
ApiResult<Value> DecodeBody(Call& call, const ExpectedKind& expected, FieldValidation validation);

// Brings `object` into the form of its type. `unknown` gets the unknown fields.
std::string NormalizeObject(const Type* type, Value& object, std::vector<std::string>* unknown,
                            EmptyLists empty_lists = EmptyLists::kAsGiven);

// The same for what a client sent or patching made. Empty lists and maps stay until the object is
// committed, because defaults and rules tell them from none; the call remembers that there are any.
std::string NormalizeDecoded(Call& call, const Type* type, Value& object,
                             std::vector<std::string>* unknown);

// The same for what an apply made: custom objects are not decoded again, so that their nulls stay.
std::string NormalizeApplied(Call& call, const Type* type, Value& object);

// The 400 for a body without a readable kind: `reason` is the parser's.
ApiError UnrecognizedBodyError(std::string_view kind, std::string_view reason,
                               std::string_view body);

// The package in which upstream keeps a group's internal types: "core", "rbac".
std::string InternalPackage(const std::string& group);

// `strict decoding error: unknown field "a", ...`.
std::string StrictErrorText(const std::vector<std::string>& errors);

}  // namespace apiserver
