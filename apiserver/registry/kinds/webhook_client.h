// The rules of how a webhook is reached. Source: k8s.io/apiserver/pkg/util/webhook/validation.go.
#pragma once

#include <string_view>

#include "apiserver/api/json.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

void CheckWebhookUrl(std::string_view url, const FieldPath& path, Violations& out);
void CheckWebhookService(const Object& service, const FieldPath& path, Violations& out);

}  // namespace apiserver
