// The pieces of which cells are made: ages, selectors, containers, lists that are cut short.
//
// Threads: any, no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apiserver/api/conditions.h"
#include "apiserver/api/join.h"
#include "apiserver/api/json.h"
#include "sim/time.h"

namespace apiserver {

// "5m3s" since an RFC 3339 time; "<unknown>" for no time, "<invalid>" for one in the future.
std::string AgeSince(std::string_view timestamp, sim::Time now);
// Since metadata.creationTimestamp.
std::string Age(const Value& object, sim::Time now);
std::string NameOf(const Value& object);

// `text`, or `otherwise` when it is empty.
std::string Or(std::string_view text, std::string_view otherwise);
// "a,b,c + 2 more..." when there are more than `most`.
std::string JoinAtMost(const std::vector<std::string>& texts, std::size_t most,
                       std::string_view separator);

// The items at `path`, or an empty array.
const Array& ItemsAt(const Value& object, std::initializer_list<std::string_view> path);
// The number of items or members at `path`.
std::int64_t CountAt(const Value& object, std::initializer_list<std::string_view> path);
// The texts of the array at `path`.
std::vector<std::string> TextsAt(const Value& object, std::initializer_list<std::string_view> path);
// Text or number at `path` as text; "" when absent.
std::string PlainAt(const Value& object, std::initializer_list<std::string_view> path);

// "a=b,c=d" of a map, "<none>" when empty.
std::string LabelsText(const Value* labels);
// A LabelSelector object as kubectl prints it, "<none>" when it selects nothing or everything.
std::string SelectorText(const Value* selector);

// Names and images of spec.containers in the pod spec `spec`, joined by commas.
std::string ContainerNames(const Value* spec);
std::string ContainerImages(const Value* spec);

}  // namespace apiserver
