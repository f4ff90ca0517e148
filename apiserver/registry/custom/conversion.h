// Custom objects between the version in which they lie and the one that a request speaks.
//
// Requests work with custom objects in their own version; the storage version is known here only.
// Where a webhook converts, any of these may fail with kAwaitsWebhook: the request is run again
// once the answer is there (ports/conversion_memo.h).
// Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go. Threads: the kernel's.
#pragma once

#include <optional>
#include <string>

#include "apiserver/registry/call.h"

namespace apiserver {

// `object` in `api_version` ("example.com/v2") as the definition's converter leaves it.
ApiResult<Value> ConvertAlone(ConversionMemo* memo, const CustomResource& custom, Value object,
                              const std::string& api_version);

// `object` in `version` of its definition, pruned by that version's schema.
ApiResult<Value> ConvertCustom(ConversionMemo* memo, const CustomResource& custom, Value object,
                               const std::string& version);

// What is stored, as `resource` works with it: custom objects pruned and defaulted by the version
// in which they lie, then converted and pruned again. Without a memo what a webhook would have to
// convert is shown as it lies: cleaning up can't wait.
ApiResult<ObjectPtr> ShownForm(ConversionMemo* memo, const ApiResource& resource,
                               const ObjectPtr& stored);

// A custom object on its way to the store.
struct StoredForm {
  Value stored;
  Value shown;  // what will be read of it in the version of the request
};
// Nothing: `object` is stored as it is.
ApiResult<std::optional<StoredForm>> MakeStoredForm(const RegistryParts& parts,
                                                    const ApiResource& resource,
                                                    const Value& object);

// Why nothing may be committed yet: an answer is lacking.
std::optional<ApiError> AwaitsConversion(const RegistryParts& parts);

}  // namespace apiserver
