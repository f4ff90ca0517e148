// One object of the start, as data.
#pragma once

#include <string>
#include <vector>

namespace apiserver {

struct BootstrapObject {
  std::string collection;  // "/api/v1/namespaces"
  std::string name;
  std::string json;  // without kind and apiVersion
  std::string manager = "kube-apiserver";
  std::string status_json;  // what is written to /status afterwards, "" for nothing
};

std::vector<BootstrapObject> ApiServiceObjects();
std::vector<BootstrapObject> FlowControlObjects();

}  // namespace apiserver
