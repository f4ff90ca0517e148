// Manifests of a step: from files, or written in the scenario; several documents and kind List as
// kubectl takes them.
#pragma once

#include <string>
#include <vector>

#include "scenarios/language/cluster_view.h"
#include "scenarios/language/read_context.h"
#include "scenarios/language/shape.h"

namespace scenarios {

struct Manifest {
  apiserver::Value object;
  apiserver::GroupVersionKind kind;
  std::string name;        // "" where generateName stands for it
  std::string namespace_;  // as written, or the step's
};

// The fields by which a step takes manifests: file, files, manifest, manifests, namespace.
std::vector<ShapeField> ManifestFields();

// Requires: `node` has those fields and no ill-shaped ones. Unknown built-in kinds, missing names
// and files that can't be read are problems, with their places.
std::vector<Manifest> ReadManifests(const SourceNode& node, const std::string& field,
                                    ReadContext& context);

// "default/web", or "web" where the kind has no namespaces.
apiserver::ObjectKey KeyOf(const Manifest& manifest, const ServedResource& resource);

// `apply default/web, default/web-2 and 3 more`.
std::string TitleOf(std::string_view verb, const std::vector<Manifest>& manifests);

}  // namespace scenarios
