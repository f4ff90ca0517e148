// Why an APIService cannot be served.
#include "apiserver/upkeep/api_service_status.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"

namespace apiserver {
namespace {

Value Parse(const std::string& text) { return ParseJson(text).value; }

std::string Reason(const Value* service, const std::vector<Value>& slices) {
  const Value reference = Parse(R"({"name":"s","namespace":"n","port":443})");
  const auto why = FindUnavailability(reference, service, slices);
  return why ? why->reason + ": " + why->message : "";
}

TEST(FindUnavailability, GoesFromTheServiceToItsEndpoints) {
  EXPECT_EQ(Reason(nullptr, {}), "ServiceNotFound: service/s in \"n\" is not present");
  const Value other = Parse(R"({"spec":{"type":"ClusterIP","ports":[{"port":80}]}})");
  EXPECT_EQ(Reason(&other, {}),
            "ServicePortError: service/s in \"n\" is not listening on port 443");
  const Value service = Parse(R"({"spec":{"type":"ClusterIP","ports":[{"port":443,"name":"h"}]}})");
  EXPECT_EQ(Reason(&service, {}),
            "EndpointsNotFound: cannot find endpointslices for service/s in \"n\"");
  const Value unready = Parse(R"({"endpoints":[{"conditions":{"ready":false}}],)"
                              R"("ports":[{"name":"h","port":8443}]})");
  EXPECT_EQ(Reason(&service, {unready}),
            "MissingEndpoints: endpointslices for service/s in \"n\" have no addresses with port "
            "name \"h\"");
  const Value ready = Parse(R"({"endpoints":[{"conditions":{}}],"ports":[{"name":"h","port":1}]})");
  EXPECT_EQ(Reason(&service, {unready, ready}), "");
  const Value external = Parse(R"({"spec":{"type":"ExternalName"}})");
  EXPECT_EQ(Reason(&external, {}), "");
}

}  // namespace
}  // namespace apiserver
