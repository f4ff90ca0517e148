// Files of a volume that would lie at one place. Source: kubernetes/pkg/api/pod/warnings.go, 1.36.
#include "apiserver/api/go_text.h"
#include "apiserver/registry/kinds/fields.h"
#include "apiserver/registry/kinds/pod_warnings.h"

namespace apiserver {
namespace {

struct Place {
  std::string path;
  std::string source;  // "" where the volume has one source only

  bool operator==(const Place&) const = default;
  std::string Text() const { return GoQuote(path) + (source.empty() ? "" : " (" + source + ")"); }
};

std::string Trimmed(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::vector<Place> PlacesOf(const Object& holder, const std::string& source) {
  std::vector<Place> places;
  for (const Value& item : ArrayOf(holder, "items")) {
    places.push_back({Trimmed(TextOf(item, "path")), source});
  }
  return places;
}

bool Collide(const Place& one, const Place& other) {
  if (one.path.empty() || other.path.empty()) return false;
  return (one.path + "/").starts_with(other.path + "/") ||
         (other.path + "/").starts_with(one.path + "/");
}

std::string Named(std::string_view kind, const Object& source, std::string_view name) {
  return std::string(kind) + " " + GoQuote(TextOf(source, name));
}

std::vector<Place> ProjectedPlaces(const Object& source) {
  for (const auto& [member, kind] :
       {std::pair{"configMap", "ConfigMap"}, std::pair{"secret", "Secret"}}) {
    if (IsSet(source, member)) {
      const Object& holder = ObjectOf(source, member);
      return PlacesOf(holder, Named(kind, holder, "name"));
    }
  }
  if (IsSet(source, "downwardAPI")) return PlacesOf(ObjectOf(source, "downwardAPI"), "DownwardAPI");
  if (IsSet(source, "serviceAccountToken")) {
    return {
        {Trimmed(TextOf(ObjectOf(source, "serviceAccountToken"), "path")), "ServiceAccountToken"}};
  }
  if (IsSet(source, "clusterTrustBundle")) {
    const Object& bundle = ObjectOf(source, "clusterTrustBundle");
    const std::string_view name = IsSet(bundle, "name") ? "name" : "signerName";
    return {{Trimmed(TextOf(bundle, "path")), Named("ClusterTrustBundle", bundle, name)}};
  }
  std::vector<Place> places;
  const Object& certificate = ObjectOf(source, "podCertificate");
  for (const auto& [member, what] :
       {std::pair{"certificateChainPath", "PodCertificate chain"},
        std::pair{"keyPath", "PodCertificate key"},
        std::pair{"credentialBundlePath", "PodCertificate credential bundle"}}) {
    const std::string_view path = TextOf(certificate, member);
    if (!path.empty()) places.push_back({Trimmed(path), what});
  }
  return places;
}

void Warn(std::string_view volume, const std::string& what, const std::vector<Place>& places,
          std::vector<std::string>& out) {
  for (std::size_t at = 0; at < places.size(); ++at) {
    for (std::size_t before = 0; before < at; ++before) {
      if (!Collide(places[at], places[before])) continue;
      out.push_back("volume " + GoQuote(volume) + " (" + what + "): overlapping paths: " +
                    places[at].Text() + " with " + places[before].Text());
    }
  }
}

}  // namespace

void WarnOfVolumePaths(const Object& spec, std::vector<std::string>& out) {
  for (const Value& volume : ArrayOf(spec, "volumes")) {
    const std::string_view name = TextOf(volume, "name");
    const Object& map = ObjectOf(volume, "configMap");
    const Object& secret = ObjectOf(volume, "secret");
    Warn(name, Named("ConfigMap", map, "name"), PlacesOf(map, ""), out);
    Warn(name, Named("Secret", secret, "secretName"), PlacesOf(secret, ""), out);
    Warn(name, "DownwardAPI", PlacesOf(ObjectOf(volume, "downwardAPI"), ""), out);
    std::vector<Place> places;
    for (const Value& source : ArrayOf(ObjectOf(volume, "projected"), "sources")) {
      if (AsObject(source).empty()) {
        out.push_back("volume " + GoQuote(name) + " (Projected) has no sources provided");
      }
      for (Place& place : ProjectedPlaces(AsObject(source))) places.push_back(std::move(place));
    }
    Warn(name, "Projected", places, out);
  }
}

}  // namespace apiserver
