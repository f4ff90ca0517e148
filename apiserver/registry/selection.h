// Which objects a list, watch or deletecollection is about: namespace, name, label selector, field
// selector.
//
// Errors: 400 with upstream's words.
// Threads: the kernel's only (fields are read from shared parsed values).
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/field_selector.h"
#include "apiserver/api/label_selector.h"
#include "apiserver/api/object.h"
#include "apiserver/registry/api_resource.h"

namespace apiserver {

class Selection {
 public:
  // `name` is the one in the request's path or pinned by the selector, or "".
  static ApiResult<Selection> Make(const ApiResource& resource, const std::string& namespace_,
                                   const std::string& name, LabelSelector labels,
                                   const std::string& fields);

  bool Matches(const StoredObject& object) const;
  // No label or field selector: counts of remaining items may be shown.
  bool is_empty() const { return labels_.is_empty() && fields_.is_empty(); }
  const std::string& namespace_name() const { return namespace_; }
  // The only name that can match, or "".
  const std::string& name() const { return name_; }

 private:
  bool FieldsMatch(const StoredObject& object) const;

  const Strategy* strategy_ = nullptr;
  std::string namespace_;
  std::string name_;
  LabelSelector labels_;
  FieldSelector fields_;
};

}  // namespace apiserver
