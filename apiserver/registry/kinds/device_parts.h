// What claims, classes and slices of devices share.
// Source: kubernetes/pkg/apis/resource/validation, 1.36.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

// Checks each item of list member `name` at its index; a longer list is refused as a whole.
template <class CheckItem>
void CheckItems(const Object& holder, std::string_view name, std::size_t count_max,
                const FieldPath& path, Violations& out, CheckItem check) {
  const Array& items = ArrayOf(holder, name);
  const FieldPath list_path = path.Child(name);
  if (items.size() > count_max) {
    out.TooMany(list_path, items.size(), static_cast<int>(count_max));
    return;
  }
  for (std::size_t i = 0; i < items.size(); ++i) check(items[i], list_path.Index(i));
}

// Items whose `key` was there before, after all items were checked.
template <class KeyOf>
void CheckUnique(const Object& holder, std::string_view name, std::size_t count_max,
                 const FieldPath& path, Violations& out, KeyOf key) {
  const Array& items = ArrayOf(holder, name);
  if (items.size() > count_max) return;
  const FieldPath list_path = path.Child(name);
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::string text = key(items[i]);
    if (std::find(seen.begin(), seen.end(), text) != seen.end()) {
      out.Duplicate(list_path.Index(i), text);
    } else {
      seen.push_back(std::move(text));
    }
  }
}

void CheckPoolName(std::string_view name, const FieldPath& path, Violations& out);
// "name" or "domain/name" of attributes and capacities.
void CheckDeviceQualifiedName(std::string_view name, const FieldPath& path, Violations& out);
void CheckFullyQualifiedName(std::string_view name, const FieldPath& path, Violations& out);
void CheckBindingConditions(const Object& holder, const FieldPath& path, Violations& out);
void CheckDeviceTolerations(const Object& request, const FieldPath& path, Violations& out);
// `holder`.selectors.
void CheckDeviceSelectors(const Object& holder, const FieldPath& path, Violations& out);
// `holder`.opaque.
void CheckOpaqueConfiguration(const Object& holder, const FieldPath& path, Violations& out);
// Raw JSON that must be an object of at most `bytes_max`.
void CheckRawObject(const Object& holder, std::string_view name, std::size_t bytes_max,
                    const FieldPath& path, Violations& out);
void CheckShareId(const Object& holder, const FieldPath& path, Violations& out);

}  // namespace apiserver
