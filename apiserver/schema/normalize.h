// Brings a parsed JSON object to the form in which Kubernetes' Go types would print it.
//
// Invariants:
// (1) What the type does not name is removed and, if asked, reported; members lie in Go struct
// order, maps are sorted. (2) Zero values are left out or written exactly as encoding/json does
// with the type's tags. (3) Normalising twice changes nothing. Errors have the words of Kubernetes'
// JSON decoder, without the prefix that names the object. Threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apiserver/api/json.h"
#include "apiserver/schema/type.h"

namespace apiserver {

// Kubernetes reports no more unknown fields than these.
inline constexpr std::size_t kUnknownFieldsMax = 100;

enum class UnknownFields : std::uint8_t { kIgnore, kReport };

// What becomes of empty lists and maps where Go's omitempty leaves them out.
enum class EmptyLists : std::uint8_t {
  kKept,     // as decoding makes them: rules tell an empty one from none
  kAsGiven,  // as JSON is written: left out
  // As protobuf keeps them, which tells no empty list from none: a field that is always written is
  // null then, too, and a map's bytes are never null.
  kAsStored,
};

struct NormalizeResult {
  std::string error;  // the first value of a wrong type; the object is then half done
  std::vector<std::string> unknown_fields;  // "spec.containers[0].imag", in the object's order
  bool has_empties = false;                 // something is there that kAsGiven would leave out

  bool ok() const { return error.empty(); }
};

NormalizeResult Normalize(const Type& type, Value& value,
                          UnknownFields unknown = UnknownFields::kReport,
                          EmptyLists empty_lists = EmptyLists::kAsGiven);

// What Go prints for a field of this type that nobody set: "" or null or {} with the members it
// always writes.
Value ZeroValue(const Type& type, JsonStorage storage = {});

// Whether encoding/json leaves out `value` in an omitempty field. Requires: a normalised value.
bool IsOmitted(const Field& field, const Value& value);

}  // namespace apiserver
