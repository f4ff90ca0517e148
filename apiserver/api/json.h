// The JSON types of API objects: Boost.JSON values, which may live in a request's arena.
//
// A Value that is built from parsed pieces must share their storage (`value.storage()`), or it is
// copied. Objects keep insertion order; built-in types are kept in Go struct order
// (schema/normalize.h).
#pragma once

#include <boost/json.hpp>
#include <string_view>

namespace apiserver {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using JsonStorage = boost::json::storage_ptr;

// The member `name` of `value`, or nullptr when `value` is no object or lacks it.
const Value* Find(const Value& value, std::string_view name);
Value* Find(Value& value, std::string_view name);

// Follows member names: FindPath(pod, {"spec", "nodeName"}).
const Value* FindPath(const Value& value, std::initializer_list<std::string_view> path);
Value* FindPath(Value& value, std::initializer_list<std::string_view> path);

// The text at `path`, or "" when absent or not a string.
std::string_view TextAt(const Value& value, std::initializer_list<std::string_view> path);
// The integer at `path`, or `fallback` when absent or not an integer.
std::int64_t IntAt(const Value& value, std::initializer_list<std::string_view> path,
                   std::int64_t fallback = 0);
// The boolean at `path`, or `fallback`.
bool BoolAt(const Value& value, std::initializer_list<std::string_view> path,
            bool fallback = false);

// The member `name` of `value`, made an empty object when absent or null. Requires:
// value.is_object().
Object& EnsureObject(Value& value, std::string_view name);
Object& EnsureObject(Object& object, std::string_view name);

// Orders the members by name, as Go writes maps.
void SortMembers(Object& object);

}  // namespace apiserver
