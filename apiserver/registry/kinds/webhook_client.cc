#include "apiserver/registry/kinds/webhook_client.h"

#include "apiserver/api/names.h"
#include "apiserver/registry/kinds/checks.h"
#include "apiserver/registry/kinds/fields.h"

namespace apiserver {

void CheckWebhookUrl(std::string_view url, const FieldPath& path, Violations& out) {
  constexpr std::string_view kForm = "; desired format: https://host[/path]";
  if (url.starts_with(':')) {
    out.Required(path, "url must be a valid URL: parse \"" + std::string(url) +
                           "\": missing protocol scheme" + std::string(kForm));
    return;
  }
  const std::size_t scheme_end = url.find("://");
  const std::string_view scheme =
      scheme_end == std::string_view::npos ? std::string_view() : url.substr(0, scheme_end);
  if (scheme != "https") {
    out.Invalid(path, scheme, "'https' is the only allowed URL scheme" + std::string(kForm));
  }
  std::string_view rest =
      scheme_end == std::string_view::npos ? std::string_view() : url.substr(scheme_end + 3);
  const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.empty()) out.Invalid(path, host, "host must be specified" + std::string(kForm));
  if (host.find('@') != std::string_view::npos) {
    out.Invalid(path, host.substr(0, host.find('@')),
                "user information is not permitted in the URL");
  }
  const std::size_t fragment = rest.find('#');
  if (fragment != std::string_view::npos) {
    out.Invalid(path, rest.substr(fragment + 1), "fragments are not permitted in the URL");
    rest = rest.substr(0, fragment);
  }
  if (const std::size_t query = rest.find('?'); query != std::string_view::npos) {
    out.Invalid(path, rest.substr(query + 1), "query parameters are not permitted in the URL");
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
