#include "apiserver/discovery/openapi_parameters.h"

#include <algorithm>
#include <tuple>

#include "apiserver/schema/builtin.h"
#include "sim/check.h"

namespace apiserver {
namespace {

// The suffixes are hashes that the reference made of its parameters' full text, so they can only be
// listed.
struct QueryParameter {
  std::string_view name;
  std::string_view type;
  std::string_view shared_suffix = {};
};

constexpr QueryParameter kListParameters[] = {{"allowWatchBookmarks", "boolean", "HC2hJt-J"},
                                              {"continue", "string", "QfD61s0i"},
                                              {"fieldSelector", "string", "xIcQKXFG"},
                                              {"labelSelector", "string", "5Zw57w4C"},
                                              {"limit", "integer", "1NfNmdNH"},
                                              {"resourceVersion", "string", "5WAnf1kx"},
                                              {"resourceVersionMatch", "string", "t8XhRHeC"},
                                              {"sendInitialEvents", "boolean", "rLXlEK_k"},
                                              {"shardSelector", "string", "Kgyki_3_"},
                                              {"timeoutSeconds", "integer", "yvYezaOC"},
                                              {"watch", "boolean", "XNNPZGbK"}};
constexpr QueryParameter kWriteParameters[] = {
    {"dryRun", "string"}, {"fieldManager", "string", "Qy4HdaTW"}, {"fieldValidation", "string"}};
constexpr QueryParameter kPatchParameters[] = {{"dryRun", "string"},
                                               {"fieldManager", "string", "7c6nTn1T"},
                                               {"fieldValidation", "string"},
                                               {"force", "boolean", "tOGGb0Yi"}};
constexpr QueryParameter kDeleteParameters[] = {
    {"dryRun", "string"},
    {"gracePeriodSeconds", "integer", "-K5HaBOS"},
    {"ignoreStoreReadErrorWithClusterBreakingPotential", "boolean", "QbNkfIqj"},
    {"orphanDependents", "boolean", "uRB25kX5"},
    {"propagationPolicy", "string", "6jk3prlO"}};
// Of deletecollection, beside those of delete.
constexpr std::string_view kCollectionLacks[] = {"allowWatchBookmarks", "watch"};

struct OptionsSuffix {
  std::string_view options;
  std::string_view field;
  std::string_view suffix;
};
constexpr OptionsSuffix kOptionsSuffixes[] = {
    {"NodeProxyOptions", "path", "rFDtV0x9"},
    {"PodAttachOptions", "container", "_Q-EJ3nR"},
    {"PodAttachOptions", "stderr", "26jJhFUR"},
    {"PodAttachOptions", "stdin", "sEFnN3IS"},
    {"PodAttachOptions", "stdout", "005YMKE6"},
    {"PodAttachOptions", "tty", "g7MlET_l"},
    {"PodExecOptions", "command", "Py3eQybp"},
    {"PodExecOptions", "container", "i5dOmRiM"},
    {"PodExecOptions", "stderr", "W_1TNlWc"},
    {"PodExecOptions", "stdin", "PSzNhyUC"},
    {"PodExecOptions", "stdout", "-EZLRwV1"},
    {"PodExecOptions", "tty", "s0flW37O"},
    {"PodLogOptions", "container", "1GeXxFDC"},
    {"PodLogOptions", "follow", "9OIXh_2R"},
    {"PodLogOptions", "insecureSkipTLSVerifyBackend", "gM00jVbe"},
    {"PodLogOptions", "limitBytes", "zwd1RXuc"},
    {"PodLogOptions", "previous", "1jxDPu3y"},
    {"PodLogOptions", "sinceSeconds", "vE2NLdnP"},
    {"PodLogOptions", "stream", "l-48cgXv"},
    {"PodLogOptions", "tailLines", "9xQLWHMV"},
    {"PodLogOptions", "timestamps", "c17fW1w_"},
    {"PodPortForwardOptions", "ports", "91KROJmm"},
    {"PodProxyOptions", "path", "oPbzgLUj"},
    {"ServiceProxyOptions", "path", "QCf0eosM"}};

OpenApiParameter Parameter(std::string_view name, std::string_view type, std::string_view suffix,
                           bool in_path = false) {
  OpenApiParameter parameter{.name = std::string(name), .in_path = in_path, .type = type};
  if (!suffix.empty()) parameter.shared_as = std::string(name) + '-' + std::string(suffix);
  return parameter;
}

std::vector<OpenApiParameter> Parameters(std::span<const QueryParameter> rows) {
  std::vector<OpenApiParameter> parameters;
  for (const QueryParameter& row : rows)
    parameters.push_back(Parameter(row.name, row.type, row.shared_suffix));
  return parameters;
}

// The query's type for a field of an options kind; "" when it can't be given there.
std::string_view QueryType(const Type& type) {
  switch (type.kind) {
    case TypeKind::kString:
      return "string";
    case TypeKind::kBool:
      return "boolean";
    case TypeKind::kInt32:
    case TypeKind::kInt64:
      return "integer";
    case TypeKind::kFloat64:
      return "number";
    case TypeKind::kList:
      return QueryType(*type.element);
    case TypeKind::kStruct:
    case TypeKind::kMap:
    case TypeKind::kBytes:
    case TypeKind::kQuantity:
    case TypeKind::kTime:
    case TypeKind::kMicroTime:
    case TypeKind::kDuration:
    case TypeKind::kIntOrString:
    case TypeKind::kAny:
      return "";
  }
  SIM_CHECK(false);
}

bool ComesFirst(const OpenApiParameter& a, const OpenApiParameter& b) {
  return std::tuple(a.name, !a.in_path) < std::tuple(b.name, !b.in_path);
}

void Append(std::vector<OpenApiParameter>& to, std::vector<OpenApiParameter> more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

OpenApiParameter NameParameter() { return Parameter("name", "string", "", true); }
OpenApiParameter NamespaceParameter() { return Parameter("namespace", "string", "vgWSWtn3", true); }
OpenApiParameter PrettyParameter() { return Parameter("pretty", "string", "tJGM1-ng"); }
OpenApiParameter ProxyPathParameter() { return Parameter("path", "string", "z6Ciiujn", true); }
std::vector<OpenApiParameter> ListParameters() { return Parameters(kListParameters); }
std::vector<OpenApiParameter> WriteParameters() { return Parameters(kWriteParameters); }
std::vector<OpenApiParameter> PatchParameters() { return Parameters(kPatchParameters); }
std::vector<OpenApiParameter> DeleteParameters() { return Parameters(kDeleteParameters); }

std::vector<OpenApiParameter> GetParameters() {
  std::vector<OpenApiParameter> parameters = ListParameters();
  std::erase_if(parameters, [](const OpenApiParameter& parameter) {
    return parameter.name != "resourceVersion";
  });
  return parameters;
}

std::vector<OpenApiParameter> DeleteCollectionParameters() {
  std::vector<OpenApiParameter> parameters = DeleteParameters();
  for (OpenApiParameter& parameter : ListParameters()) {
    if (std::find(std::begin(kCollectionLacks), std::end(kCollectionLacks), parameter.name) !=
        std::end(kCollectionLacks))
      continue;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::vector<OpenApiParameter> OptionsParameters(const Type& options) {
  std::vector<OpenApiParameter> parameters;
  for (const Field& field : options.fields) {
    const std::string_view type = QueryType(*field.type);
    if (type.empty() || field.json_name == "kind" || field.json_name == "apiVersion") continue;
    std::string_view suffix;
    for (const OptionsSuffix& row : kOptionsSuffixes) {
      if (row.options == options.go_name && row.field == field.json_name) suffix = row.suffix;
    }
    parameters.push_back(Parameter(field.json_name, type, suffix));
  }
  return parameters;
}

void HoistParameters(OpenApiPath& path) {
  if (path.operations.empty()) return;
  const auto is_shared = [&path](const OpenApiParameter& parameter) {
    return std::all_of(path.operations.begin(), path.operations.end(),
                       [&parameter](const OpenApiOperation& operation) {
                         return std::find(operation.parameters.begin(), operation.parameters.end(),
                                          parameter) != operation.parameters.end();
                       });
  };
  std::copy_if(path.operations[0].parameters.begin(), path.operations[0].parameters.end(),
               std::back_inserter(path.parameters), is_shared);
  std::sort(path.parameters.begin(), path.parameters.end(), ComesFirst);
  for (OpenApiOperation& operation : path.operations) {
    std::erase_if(operation.parameters, [&path](const OpenApiParameter& parameter) {
      return std::find(path.parameters.begin(), path.parameters.end(), parameter) !=
             path.parameters.end();
    });
    std::sort(operation.parameters.begin(), operation.parameters.end(), ComesFirst);
  }
}

std::vector<OpenApiParameter> SharedParameters() {
  std::vector<OpenApiParameter> all{NamespaceParameter(), PrettyParameter(), ProxyPathParameter()};
  Append(all, ListParameters());
  Append(all, WriteParameters());
  Append(all, PatchParameters());
  Append(all, DeleteParameters());
  for (const std::string_view options :
       {"NodeProxyOptions", "PodAttachOptions", "PodExecOptions", "PodLogOptions",
        "PodPortForwardOptions", "PodProxyOptions", "ServiceProxyOptions"}) {
    Append(all, OptionsParameters(*FindType("", "v1", options)));
  }
  std::erase_if(all, [](const OpenApiParameter& parameter) { return parameter.shared_as.empty(); });
  return all;
}

}  // namespace apiserver
