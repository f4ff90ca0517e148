#include "controllers/framework/template_hash.h"

#include "apiserver/api/hash.h"

namespace controllers {

std::string ContentHash(const apiserver::Value& value,
                        std::optional<std::int64_t> collision_count) {
  std::string content = boost::json::serialize(value);
  if (collision_count) content += "/" + std::to_string(*collision_count);
  return apiserver::SafeEncodeString(std::to_string(apiserver::Fnv1a32(content)));
}

}  // namespace controllers
