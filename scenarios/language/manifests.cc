#include "scenarios/language/manifests.h"

#include "scenarios/language/nearest_name.h"
#include "scenarios/language/resource_names.h"
#include "scenarios/language/values.h"

namespace scenarios {
namespace {

using apiserver::TextAt;

constexpr std::size_t kManifestsMax = 10'000;

const Shape& ManifestShape() {
  static const Shape shape{.kind = Shape::Kind::kChoice, .choices = {&kTextShape, &kAnythingShape}};
  return shape;
}

const Shape& ManifestListShape() {
  static const Shape shape{.kind = Shape::Kind::kList, .items = &kAnythingShape};
  return shape;
}

class ManifestReader {
 public:
  ManifestReader(ReadContext& context, std::string namespace_of_step)
      : context_(context), namespace_(std::move(namespace_of_step)) {}

  // `problems` are those of the file in which the node lies.
  void Add(const SourceNode& node, const std::string& field, Problems& problems) {
    if (manifests_.size() >= kManifestsMax) return;
    if (node.kind != SourceNode::Kind::kMap) {
      problems.Add(node.line, field, "want a manifest: a map with apiVersion and kind");
      return;
    }
    if (node.TextAt("kind") == "List" && node.Find("items") != nullptr) {
      for (const SourceNode& item : node.Find("items")->items) Add(item, field, problems);
      return;
    }
    Manifest manifest;
    manifest.object = ToValue(node);
    if (!ReadKind(node, field, problems, manifest)) return;
    manifest.name = TextAt(manifest.object, {"metadata", "name"});
    manifest.namespace_ = TextAt(manifest.object, {"metadata", "namespace"});
    if (manifest.namespace_.empty()) manifest.namespace_ = namespace_;
    if (manifest.name.empty() && TextAt(manifest.object, {"metadata", "generateName"}).empty()) {
      problems.Add(node.line, field + ".metadata.name", "is missing");
      return;
    }
    NoteCustomResource(manifest);
    manifests_.push_back(std::move(manifest));
  }

  // All documents of `text`, whose first line is line `first_line` of `problems`' file.
  void AddText(const std::string& text, const std::string& field, int first_line,
               Problems& problems) {
    auto documents = ParseSource(text);
    if (!documents.ok()) {
      const SourceError& error = documents.error();
      problems.Add(first_line + error.line - 1, field, error.message);
      return;
    }
    for (SourceNode& document : *documents) {
      document.line += first_line - 1;
      Add(document, field, problems);
    }
  }

  void AddFile(const SourceNode& name, const std::string& field) {
    auto text = context_.read_file(name.text);
    if (!text.ok()) {
      context_.problems.Add(name.line, field, text.error().message);
      return;
    }
    context_.files.emplace_back(name.text, *text);
    Problems problems(name.text);
    AddText(*text, "", 1, problems);
    for (const Problem& problem : problems.all()) {
      context_.problems.Add(name.line, field, problem.Text());
    }
  }

  std::vector<Manifest> Take() { return std::move(manifests_); }

 private:
  static bool ReadKind(const SourceNode& node, const std::string& field, Problems& problems,
                       Manifest& manifest) {
    const std::string api_version = node.TextAt("apiVersion");
    const std::string kind = node.TextAt("kind");
    const std::string prefix = field.empty() ? "" : field + ".";
    if (api_version.empty() || kind.empty()) {
      problems.Add(node.line, prefix + (api_version.empty() ? "apiVersion" : "kind"), "is missing");
      return false;
    }
    const auto [group, version] = apiserver::SplitApiVersion(api_version);
    manifest.kind = {std::string(group), std::string(version), kind};
    const auto kinds = BuiltinKinds(group, version);
    // Other group-versions may be custom ones: the cluster will say.
    if (kinds.empty() || FindBuiltinKind(manifest.kind)) return true;
    problems.Add(node.Find("kind")->line, prefix + "kind",
                 "unknown kind \"" + kind + "\" in " + api_version + DidYouMean(kind, kinds));
    return false;
  }

  void NoteCustomResource(const Manifest& manifest) {
    if (manifest.kind.kind != "CustomResourceDefinition") return;
    context_.custom_resources.push_back(manifest.name);
  }

  ReadContext& context_;
  const std::string namespace_;
  std::vector<Manifest> manifests_;
};

}  // namespace

std::vector<ShapeField> ManifestFields() {
  return {{"file", &kTextShape, "A file of manifests, relative to the scenario."},
          {"files", &kTextListShape, "Several such files."},
          {"manifest", &ManifestShape(), "A manifest, or a text of manifests parted by `---`."},
          {"manifests", &ManifestListShape(), "A list of manifests."},
          {"namespace", &kTextShape, "For manifests that name none; `default` when not given."}};
}

std::vector<Manifest> ReadManifests(const SourceNode& node, const std::string& field,
                                    ReadContext& context) {
  ManifestReader reader(context, node.TextAt("namespace"));
  bool has_source = false;
  if (const SourceNode* file = node.Find("file")) {
    has_source = true;
    reader.AddFile(*file, field + ".file");
  }
  if (const SourceNode* files = node.Find("files")) {
    has_source = true;
    for (const SourceNode& file : files->items) reader.AddFile(file, field + ".files");
  }
  if (const SourceNode* manifest = node.Find("manifest")) {
    has_source = true;
    if (manifest->kind == SourceNode::Kind::kScalar) {
      // A block text begins on the line after its `|`.
      reader.AddText(manifest->text, field + ".manifest", manifest->line + 1, context.problems);
    } else {
      reader.Add(*manifest, field + ".manifest", context.problems);
    }
  }
  if (const SourceNode* manifests = node.Find("manifests")) {
    has_source = true;
    for (std::size_t index = 0; index < manifests->items.size(); ++index) {
      reader.Add(manifests->items[index], field + ".manifests[" + std::to_string(index) + "]",
                 context.problems);
    }
  }
  if (!has_source) {
    context.problems.Add(node.line, field, "want one of file, files, manifest and manifests");
  }
  return reader.Take();
}

apiserver::ObjectKey KeyOf(const Manifest& manifest, const ServedResource& resource) {
  if (!resource.is_namespaced) return {"", manifest.name};
  return {manifest.namespace_.empty() ? "default" : manifest.namespace_, manifest.name};
}

std::string TitleOf(std::string_view verb, const std::vector<Manifest>& manifests) {
  constexpr std::size_t kShownMax = 3;
  std::string title(verb);
  for (std::size_t index = 0; index < manifests.size() && index < kShownMax; ++index) {
    const Manifest& manifest = manifests[index];
    title += (index == 0 ? " " : ", ") + manifest.kind.kind + " " + manifest.name;
  }
  if (manifests.size() > kShownMax) {
    title += " and " + std::to_string(manifests.size() - kShownMax) + " more";
  }
  return title;
}

}  // namespace scenarios
