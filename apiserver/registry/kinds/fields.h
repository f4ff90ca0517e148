// Reading and filling the members of API objects as Go's zero values let upstream's rules be
// written: an absent member, null and the zero value are one.
#pragma once

#include <cstdint>
#include <string_view>

#include "apiserver/api/json.h"

namespace apiserver {

// Present and not null: what `!= nil` asks of a Go pointer, slice or map.
bool IsSet(const Object& object, std::string_view name);
bool IsSet(const Value& value, std::string_view name);

// The text of member `name`, or "".
std::string_view TextOf(const Object& object, std::string_view name);
std::string_view TextOf(const Value& value, std::string_view name);
// The integer of member `name`, or `fallback`.
std::int64_t IntOf(const Object& object, std::string_view name, std::int64_t fallback = 0);
// The boolean of member `name`, or false.
bool FlagOf(const Object& object, std::string_view name);
// The object or array of member `name`, or a shared empty one.
const Object& ObjectOf(const Object& object, std::string_view name);
const Object& ObjectOf(const Value& value, std::string_view name);
const Array& ArrayOf(const Object& object, std::string_view name);
const Array& ArrayOf(const Value& value, std::string_view name);
// `value` itself as an object or text, or an empty one.
const Object& AsObject(const Value& value);
std::string_view AsText(const Value& value);

// The writable object or array of member `name`, or nullptr when absent or of another type.
Object* IfObjectOf(Object& object, std::string_view name);
Array* IfArrayOf(Object& object, std::string_view name);

// Sets member `name` when it is absent, null or "" (a Go string without pointer).
void FillText(Object& object, std::string_view name, std::string_view text);
// Sets member `name` when it is absent or null (a Go pointer).
void FillPointer(Object& object, std::string_view name, const Value& value);
// Sets member `name` when it is absent, null or 0 (a Go integer without pointer).
void FillInt(Object& object, std::string_view name, std::int64_t number);

// What is stored tells no empty list from none: one that Go writes always is null then.
void StoreEmptyAsNull(Object& object, std::string_view name);

// Makes member `name` of `to` that of `from`; removes it where `from` has none.
void TakeMember(Object& to, const Object& from, std::string_view name);

// Makes metadata what a status endpoint leaves of it: that of `old` but for managedFields.
void TakeStatusMetadata(Object& object, const Object& old);

// Calls `visit` with each object in array member `name`.
template <class Visit>
void ForEachObject(Object& object, std::string_view name, Visit visit) {
  Array* items = IfArrayOf(object, name);
  if (items == nullptr) return;
  for (Value& item : *items) {
    if (Object* member = item.if_object()) visit(*member);
  }
}

}  // namespace apiserver
