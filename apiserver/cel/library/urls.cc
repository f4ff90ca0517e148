// url() (k8s.io/apiserver pkg/cel/library/urls.go).
#include "apiserver/cel/library/implementation.h"
#include "apiserver/cel/library/url_text.h"
#include "apiserver/cel/map_value.h"

namespace apiserver::cel {
namespace {

class UrlValue final : public Opaque {
 public:
  static constexpr std::string_view kTypeName = "kubernetes.URL";
  UrlValue(Url from, std::string_view written) : url(std::move(from)), text(written) {}
  std::string_view type_name() const override { return kTypeName; }
  bool Equals(const Opaque& other) const override {
    return text == static_cast<const UrlValue&>(other).text;
  }
  const Url url;
  const std::string text;
};

const Url& UrlOf(const Value& value) { return OpaqueAs<UrlValue>(value).url; }

Value FromString(Arena& arena, const Value* a) {
  constexpr std::string_view kContext = "URL parse error during conversion from string: ";
  const std::string wrong = CheckRequestUri(a[0].as_text());
  if (!wrong.empty()) return NewError(arena, std::string(kContext) + wrong);
  auto url = ParseUrl(a[0].as_text());
  if (!url.ok()) return NewError(arena, std::string(kContext) + url.error().message);
  return Value::Of(
      static_cast<const Opaque*>(arena.New<UrlValue>(std::move(*url), a[0].as_text())));
}
Value IsUrl(Arena&, const Value* a) { return Value::Bool(CheckRequestUri(a[0].as_text()).empty()); }
Value Scheme(Arena&, const Value* a) { return Value::String(UrlOf(a[0]).scheme); }
Value Host(Arena&, const Value* a) { return Value::String(UrlOf(a[0]).host); }
Value Hostname(Arena& arena, const Value* a) { return NewString(arena, UrlOf(a[0]).Hostname()); }
Value Port(Arena& arena, const Value* a) { return NewString(arena, UrlOf(a[0]).Port()); }
Value EscapedPath(Arena& arena, const Value* a) {
  return NewString(arena, UrlOf(a[0]).EscapedPath());
}
Value Query(Arena& arena, const Value* a) {
  auto* map = arena.New<MapValue>();
  for (const auto& [name, values] : UrlOf(a[0]).Query()) {
    std::vector<Value> list;
    for (const std::string& value : values) list.push_back(NewString(arena, value));
    map->Set(NewString(arena, name), NewList(arena, list));
  }
  return Value::Of(static_cast<const Map*>(map));
}

constexpr Implementation kRows[] = {
    {"string_to_url", FromString}, {"url_get_scheme", Scheme},
    {"url_get_host", Host},        {"url_get_hostname", Hostname},
    {"url_get_port", Port},        {"url_get_escaped_path", EscapedPath},
    {"url_get_query", Query},      {"is_url_string", IsUrl},
};

}  // namespace

std::span<const Implementation> UrlImplementations() { return kRows; }

}  // namespace apiserver::cel
