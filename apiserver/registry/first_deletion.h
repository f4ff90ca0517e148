// Kinds whose first DELETE only marks them, because a controller has to empty them: Namespaces and
// CustomResourceDefinitions.
//
// Source: pkg/registry/core/namespace/storage and
// apiextensions-apiserver/pkg/registry/customresourcedefinition.
#pragma once

#include "apiserver/registry/options.h"
#include "apiserver/registry/strategy.h"

namespace apiserver {

class FirstDeletion {
 public:
  virtual ~FirstDeletion() = default;
  virtual std::optional<ApiError> CheckPreconditions(const StoredObject& live,
                                                     const DeleteRequestOptions& options) const = 0;
  virtual void Mark(const StrategyContext& context, Value& object,
                    const DeleteRequestOptions& options) const = 0;
  // A further DELETE changes nothing.
  virtual bool IsHeld(const Value& object) const = 0;
};

// The rules of `resource`, or null.
const FirstDeletion* FindFirstDeletion(const GroupResource& resource);

}  // namespace apiserver
