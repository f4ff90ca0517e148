#include "apiserver/registry/printers/cells.h"
#include "apiserver/registry/printers/printer.h"

namespace apiserver {
namespace {

std::vector<std::string> IngressPoints(const Value& object) {
  std::set<std::string> points;
  for (const Value& ingress : ItemsAt(object, {"status", "loadBalancer", "ingress"})) {
    const std::string_view ip = TextAt(ingress, {"ip"});
    const std::string_view point = ip.empty() ? TextAt(ingress, {"hostname"}) : ip;
    if (!point.empty()) points.emplace(point);
  }
  return {points.begin(), points.end()};
}

std::string ExternalText(const Value& service) {
  const std::string_view type = TextAt(service, {"spec", "type"});
  std::vector<std::string> external = TextsAt(service, {"spec", "externalIPs"});
  if (type == "ExternalName") return std::string(TextAt(service, {"spec", "externalName"}));
  if (type != "LoadBalancer") return Or(JoinTexts(external, ","), "<none>");
  std::vector<std::string> points = IngressPoints(service);
  points.insert(points.end(), external.begin(), external.end());
  return Or(JoinTexts(points, ","), "<pending>");
}

std::string ServicePorts(const Value& service) {
  std::vector<std::string> texts;
  for (const Value& port : ItemsAt(service, {"spec", "ports"})) {
    std::string text = std::to_string(IntAt(port, {"port"}));
    const std::int64_t node_port = IntAt(port, {"nodePort"});
    if (node_port > 0) text += ":" + std::to_string(node_port);
    texts.push_back(text + "/" + std::string(TextAt(port, {"protocol"})));
  }
  return Or(JoinTexts(texts, ","), "<none>");
}

Array ServiceCells(const Value& service, sim::Time now) {
  const std::vector<std::string> ips = TextsAt(service, {"spec", "clusterIPs"});
  return {NameOf(service),
          TextAt(service, {"spec", "type"}),
          ips.empty() ? std::string("<none>") : ips[0],
          ExternalText(service),
          ServicePorts(service),
          Age(service, now),
          LabelsText(FindPath(service, {"spec", "selector"}))};
}

std::string HostAndPort(std::string_view host, std::int64_t port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  const std::string shown = is_v6 ? "[" + std::string(host) + "]" : std::string(host);
  return shown + ":" + std::to_string(port);
}

std::string SubsetsText(const Value& endpoints) {
  if (ItemsAt(endpoints, {"subsets"}).empty()) return "<none>";
  std::vector<std::string> texts;
  for (const Value& subset : ItemsAt(endpoints, {"subsets"})) {
    const Array& addresses = ItemsAt(subset, {"addresses"});
    const Array& ports = ItemsAt(subset, {"ports"});
    if (ports.empty()) {
      for (const Value& address : addresses) texts.emplace_back(TextAt(address, {"ip"}));
    }
    for (const Value& port : ports) {
      for (const Value& address : addresses) {
        texts.push_back(HostAndPort(TextAt(address, {"ip"}), IntAt(port, {"port"})));
      }
    }
  }
  constexpr std::size_t kEndpointsMax = 3;
  return JoinAtMost(texts, kEndpointsMax, ",");
}

Array EndpointsCells(const Value& endpoints, sim::Time now) {
  return {NameOf(endpoints), SubsetsText(endpoints), Age(endpoints, now)};
}

Array EndpointSliceCells(const Value& slice, sim::Time now) {
  constexpr std::size_t kShownMax = 3;
  std::vector<std::string> ports;
  for (const Value& port : ItemsAt(slice, {"ports"})) {
    std::string text = PlainAt(port, {"port"});
    if (text.empty()) text = Or(TextAt(port, {"name"}), "*");
    ports.push_back(std::move(text));
  }
  std::vector<std::string> addresses;
  for (const Value& endpoint : ItemsAt(slice, {"endpoints"})) {
    for (std::string& address : TextsAt(endpoint, {"addresses"})) {
      addresses.push_back(std::move(address));
    }
  }
  return {NameOf(slice), TextAt(slice, {"addressType"}),
          Or(JoinAtMost(ports, kShownMax, ","), "<unset>"),
          Or(JoinAtMost(addresses, kShownMax, ","), "<unset>"), Age(slice, now)};
}

std::string IngressHosts(const Value& ingress) {
  constexpr std::size_t kHostsMax = 3;
  std::vector<std::string> hosts;
  for (const Value& rule : ItemsAt(ingress, {"spec", "rules"})) {
    const std::string_view host = TextAt(rule, {"host"});
    if (!host.empty()) hosts.emplace_back(host);
  }
  return Or(JoinAtMost(hosts, kHostsMax, ","), "*");
}

Array IngressCells(const Value& ingress, sim::Time now) {
  const bool has_tls = CountAt(ingress, {"spec", "tls"}) > 0;
  return {NameOf(ingress),
          Or(TextAt(ingress, {"spec", "ingressClassName"}), "<none>"),
          IngressHosts(ingress),
          JoinTexts(IngressPoints(ingress), ","),
          has_tls ? "80, 443" : "80",
          Age(ingress, now)};
}

}  // namespace

void AddServicePrinters(PrinterTable& printers) {
  printers.Add({"", "services"}, MakePrinter({NameColumn(), Text("Type", "How it is reached."),
                                              Text("Cluster-IP", "Its address inside the cluster."),
                                              Text("External-IP", "Its addresses outside."),
                                              Text("Port(s)", "Its ports."), AgeColumn(),
                                              Wide("Selector", "Which pods stand behind it.")},
                                             ServiceCells));
  printers.Add({"", "endpoints"},
               MakePrinter({NameColumn(), Text("Endpoints", "Addresses and ports."), AgeColumn()},
                           EndpointsCells));
  printers.Add({"discovery.k8s.io", "endpointslices"},
               MakePrinter({NameColumn(), Text("AddressType", "The family of addresses."),
                            Text("Ports", "The ports of all endpoints."),
                            Text("Endpoints", "Their addresses."), AgeColumn()},
                           EndpointSliceCells));
  printers.Add({"networking.k8s.io", "ingresses"},
               MakePrinter({NameColumn(), Text("Class", "Who implements it."),
                            Text("Hosts", "The hosts it answers for."),
                            Text("Address", "Where it is reached."), Text("Ports", "Its ports."),
                            AgeColumn()},
                           IngressCells));
}

}  // namespace apiserver
