#include "apiserver/api/time_format.h"
#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

std::string SubjectsText(const Value& binding, std::string_view kind) {
  std::vector<std::string> names;
  for (const Value& subject : ItemsAt(binding, {"subjects"})) {
    if (TextAt(subject, {"kind"}) != kind) continue;
    std::string name(TextAt(subject, {"name"}));
    if (kind == "ServiceAccount") name = std::string(TextAt(subject, {"namespace"})) + "/" + name;
    names.push_back(std::move(name));
  }
  return JoinTexts(names, ", ");
}

Array BindingCells(const Value& binding, sim::Time now) {
  return {NameOf(binding),
          std::string(TextAt(binding, {"roleRef", "kind"})) + "/" +
              std::string(TextAt(binding, {"roleRef", "name"})),
          Age(binding, now),
          SubjectsText(binding, "User"),
          SubjectsText(binding, "Group"),
          SubjectsText(binding, "ServiceAccount")};
}

std::string SigningStatus(const Value& request) {
  bool is_approved = false;
  bool is_denied = false;
  bool has_failed = false;
  for (const Value& condition : ItemsAt(request, {"status", "conditions"})) {
    const std::string_view type = TextAt(condition, {"type"});
    is_approved = is_approved || type == "Approved";
    is_denied = is_denied || type == "Denied";
    has_failed = has_failed || type == "Failed";
  }
  std::string status = is_denied ? "Denied" : is_approved ? "Approved" : "Pending";
  if (has_failed) status += ",Failed";
  if (!TextAt(request, {"status", "certificate"}).empty()) status += ",Issued";
  return status;
}

Array SigningRequestCells(const Value& request, sim::Time now) {
  std::string duration = "<none>";
  if (FindPath(request, {"spec", "expirationSeconds"}) != nullptr) {
    duration = HumanDuration(std::chrono::seconds(IntAt(request, {"spec", "expirationSeconds"})));
  }
  return {NameOf(request),
          Age(request, now),
          Or(TextAt(request, {"spec", "signerName"}), "<none>"),
          TextAt(request, {"spec", "username"}),
          duration,
          SigningStatus(request)};
}

}  // namespace

void AddAccessPrinters(PrinterTable& printers) {
  for (const char* resource : {"rolebindings", "clusterrolebindings"}) {
    printers.Add({"rbac.authorization.k8s.io", resource},
                 MakePrinter({NameColumn(), Text("Role", "What is allowed."), AgeColumn(),
                              Wide("Users", "To which users."), Wide("Groups", "To which groups."),
                              Wide("ServiceAccounts", "To which service accounts.")},
                             BindingCells));
  }
  printers.Add(
      {"certificates.k8s.io", "certificatesigningrequests"},
      MakePrinter({NameColumn(), AgeColumn(), Text("SignerName", "Who shall sign."),
                   Text("Requestor", "Who asks."), Text("RequestedDuration", "For how long."),
                   Text("Condition", "Where it stands.")},
                  SigningRequestCells));
}

}  // namespace apiserver
