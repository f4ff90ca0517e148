// Which container of a pod a client means.
#pragma once

#include <string>

#include "apiserver/api/errors.h"
#include "apiserver/api/json.h"

namespace apiserver {

// The asked-for container, or the only one. Errors: 400 that names the choices.
ApiResult<std::string> ChooseContainer(const Value& pod, const std::string& asked);

}  // namespace apiserver
