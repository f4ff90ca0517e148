#include "apiserver/registry/kinds/webhook_client.h"

#include "apiserver/api/names.h"
#include "apiserver/cel/library/url_text.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {

void CheckWebhookUrl(std::string_view text, const FieldPath& path, Violations& out) {
  const std::string form = "; desired format: https://host[/path]";
  const auto url = cel::ParseUrl(text);
  if (!url.ok()) {
    out.Required(path, "url must be a valid URL: " + url.error().message + form);
    return;
  }
  if (url->scheme != "https") {
    out.Invalid(path, url->scheme, "'https' is the only allowed URL scheme" + form);
  }
  if (url->host.empty()) out.Invalid(path, url->host, "host must be specified" + form);
  if (url->user) out.Invalid(path, *url->user, "user information is not permitted in the URL");
  if (!url->fragment.empty()) {
    out.Invalid(path, url->fragment, "fragments are not permitted in the URL");
  }
  if (!url->raw_query.empty()) {
    out.Invalid(path, url->raw_query, "query parameters are not permitted in the URL");
  }
}

void CheckWebhookService(const Object& service, const FieldPath& path, Violations& out) {
  CheckRequiredText(service, "name", path, out);
  CheckRequiredText(service, "namespace", path, out);
  const std::int64_t port = IntOf(service, "port");
  if (!CheckPortNumber(port).empty()) {
    out.Invalid(path.Child("port"), port,
                "port is not valid: must be between 1 and 65535, inclusive");
  }
  if (!IsSet(service, "path")) return;
  const std::string_view text = TextOf(service, "path");
  const FieldPath text_path = path.Child("path");
  if (text.empty() || text == "/") return;
  if (text == "//") {
    out.Invalid(text_path, text, "segment[0] may not be empty");
    return;
  }
  if (!text.starts_with('/')) out.Invalid(text_path, text, "must start with a '/'");
  std::string_view rest = text.substr(1);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  for (int index = 0;; ++index) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    const std::string label = "segment[" + std::to_string(index) + "]";
    if (segment.empty()) {
      out.Invalid(text_path, text, label + " may not be empty");
    } else {
      for (const std::string& problem : CheckDns1123Subdomain(segment)) {
        out.Invalid(text_path, text, label + ": " + problem);
      }
    }
    if (segment.size() == rest.size()) return;
    rest.remove_prefix(segment.size() + 1);
  }
}

}  // namespace apiserver
