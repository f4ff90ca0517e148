#include "apiserver/discovery/served_group.h"

#include <openssl/sha.h>

#include <array>
#include <charconv>

#include "apiserver/api/base64.h"
#include "apiserver/api/json_write.h"
#include "apiserver/schema/builtin.h"

namespace apiserver {
namespace {

std::vector<std::string> Strings(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

ServedResource FromTable(const ResourceInfo& info) {
  ServedResource resource{.resource = std::string(info.resource),
                          .singular = std::string(info.singular),
                          .kind = std::string(info.kind),
                          .list_kind = std::string(info.list_kind),
                          .namespaced = info.namespaced,
                          .verbs = Strings(info.verbs),
                          .short_names = Strings(info.short_names),
                          .categories = Strings(info.categories),
                          .storage_version_hash = std::string(info.storage_version_hash),
                          .type = info.type};
  for (const SubresourceInfo& subresource : info.subresources) {
    resource.subresources.push_back(
        {.name = std::string(subresource.name),
         .kind = {std::string(subresource.group), std::string(subresource.version),
                  std::string(subresource.kind)},
         .verbs = Strings(subresource.verbs),
         .type = subresource.type});
  }
  return resource;
}

// "v11beta2" is {11, 1, 2}; stability 2 is final, 0 alpha, -1 no Kubernetes version at all.
struct ParsedVersion {
  int stability = -1;
  int major = 0;
  int minor = 0;
};

ParsedVersion ParseVersion(std::string_view text) {
  ParsedVersion parsed;
  const auto number = [&text](int& out) {
    if (text.empty() || text[0] < '1' || text[0] > '9') return false;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return error == std::errc();
  };
  if (!text.starts_with('v')) return {};
  text.remove_prefix(1);
  if (!number(parsed.major)) return {};
  if (text.empty()) return {.stability = 2, .major = parsed.major};
  const bool is_beta = text.starts_with("beta");
  if (!is_beta && !text.starts_with("alpha")) return {};
  text.remove_prefix(is_beta ? 4 : 5);
  if (!number(parsed.minor) || !text.empty()) return {};
  parsed.stability = is_beta ? 1 : 0;
  return parsed;
}

}  // namespace

std::vector<ServedGroup> BuiltinServedGroups() {
  std::vector<ServedGroup> groups;
  for (const GroupInfo& info : BuiltinGroups()) {
    ServedGroup group{.name = std::string(info.name)};
    for (const std::string_view name : info.versions) {
      ServedVersion version{.version = std::string(name)};
      for (const ResourceInfo& resource : BuiltinResources()) {
        if (resource.group == info.name && resource.version == name)
          version.resources.push_back(FromTable(resource));
      }
      group.versions.push_back(std::move(version));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<std::string> CustomResourceVerbs() {
  return {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"};
}

bool VersionComesFirst(std::string_view a, std::string_view b) {
  const ParsedVersion x = ParseVersion(a);
  const ParsedVersion y = ParseVersion(b);
  if (x.stability != y.stability) return x.stability > y.stability;
  if (x.stability < 0) return a < b;
  if (x.major != y.major) return x.major > y.major;
  return x.minor > y.minor;
}

std::string GroupVersionText(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + '/' + std::string(version);
}

std::string StorageVersionHash(std::string_view group, std::string_view version,
                               std::string_view kind) {
  const std::string text =
      std::string(group) + "/" + std::string(version) + "/" + std::string(kind);
  constexpr std::size_t kShownBytes = 8;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hash;
  AppendBase64({reinterpret_cast<const char*>(digest.data()), kShownBytes}, hash);
  return hash;
}

std::string DocumentHash(std::string_view document) {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> digest;
  SHA512(reinterpret_cast<const unsigned char*>(document.data()), document.size(), digest.data());
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

std::string ApiResourceFingerprint(const ServedVersion& version) {
  std::string text;
  for (const ServedResource& resource : version.resources) {
    text += resource.resource + ' ' + resource.kind + ' ' + resource.list_kind +
            (resource.namespaced ? " n " : " c ");
    for (const ServedSubresource& subresource : resource.subresources)
      text += subresource.name + ' ';
    for (const std::string& path : resource.selectable_fields) text += path + ' ';
    if (resource.schema != nullptr) AppendJson(*resource.schema, text);
    text += '\n';
  }
  return text;
}

}  // namespace apiserver
