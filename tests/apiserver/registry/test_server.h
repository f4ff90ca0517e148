// An API server without a wire, for tests: requests go in as text, answers come out as values.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/pipeline/api_server.h"

namespace apiserver {

class TestServer {
 public:
  TestServer();

  struct Answer {
    int status = 0;
    Value body;
    std::vector<std::string> warnings;
    Revision shown_revision = 0;
  };

  // `target` is path and query as on the wire. The user is in system:masters.
  Answer Do(const std::string& method, const std::string& target, const std::string& body = {},
            const std::string& content_type = "application/json",
            const std::string& accept = "application/json");
  // The same as user `name`, who is authenticated unless it is system:anonymous.
  Answer DoAs(const std::string& name, const std::string& method, const std::string& target);

  sim::Kernel& kernel() { return kernel_; }
  ApiServer& server() { return server_; }

 private:
  Answer Run(std::unique_ptr<Request> request);

  sim::Kernel kernel_;
  ApiServer server_;
};

}  // namespace apiserver
