// Where volumes come from and where webhooks are reached: the reference's words.
#include <gtest/gtest.h>

#include "apiserver/registry/kinds/webhook_client.h"
#include "tests/apiserver/registry/kinds/kind_case.h"

namespace apiserver {
namespace {

struct Source {
  const char* source;
  const char* problems;
};

TEST(VolumeSources, OfPersistentVolumes) {
  const Source cases[] = {
      {"'rbd':{}", "spec.rbd.monitors: Required value\nspec.rbd.image: Required value\n"},
      {"'iscsi':{'targetPortal':'p','iqn':'x','lun':256,'secretRef':{},'initiatorName':'iqn.q'}",
       "spec.iscsi.iqn: Invalid value: \"x\": must be valid format\n"
       "spec.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive\n"
       "spec.iscsi.secretRef.name: Required value\n"
       "spec.iscsi.initiatorname: Invalid value: \"iqn.q\": must be valid format\n"},
      {"'iscsi':{'targetPortal':'p','iqn':'iqn.2001-04.com.example:disk'}", ""},
      {"'quobyte':{'registry':'a:1,b','volume':'v'}",
       "spec.quobyte.registry: Invalid value: \"a:1,b\": must be a host:port pair or multiple "
       "pairs separated by commas\n"},
      {"'quobyte':{'registry':'[::1]:1','volume':'v'}", ""},
      {"'flexVolume':{'driver':'d','options':{'a.k8s.io/x':'y'}}",
       "spec.flexVolume.options[a.k8s.io/x]: Invalid value: \"a.k8s.io/x\": kubernetes.io and "
       "k8s.io namespaces are reserved\n"},
      {"'azureDisk':{'diskName':'d','diskURI':'u','kind':'Managed'}",
       "spec.azureDisk.diskURI: Unsupported value: \"u\": supported values: "
       "\"/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/"
       "{disk-id}\"\n"},
      {"'cinder':{'volumeID':'i','secretRef':{'name':'s'}}",
       "spec.cinder.secretRef.namespace: Required value\n"},
      {"'azureFile':{'secretName':'s','shareName':'h','secretNamespace':''}",
       "spec.azureFile.secretNamespace: Required value\n"},
  };
  for (const Source& test : cases) {
    const std::string volume =
        "{'metadata':{'name':'v'},'spec':{'capacity':{'storage':'1Gi'},"
        "'accessModes':['ReadWriteOnce']," +
        std::string(test.source) + "}}";
    EXPECT_EQ(Problems(kPersistentVolumeRules, volume), test.problems) << test.source;
  }
}

TEST(VolumeSources, NoCapacityIsNull) {
  EXPECT_EQ(Problems(kPersistentVolumeRules,
                     "{'metadata':{'name':'v'},'spec':{'accessModes':['ReadWriteOnce'],"
                     "'hostPath':{'path':'/a'}}}"),
            "spec.capacity: Required value\n"
            "spec.capacity: Unsupported value: null: supported values: \"storage\"\n");
}

TEST(Nodes, AllocateWhatTheyHave) {
  const char* const want = R"({"status":{"capacity":{"cpu":"4"},"allocatable":{"cpu":"4"}}})";
  EXPECT_EQ(Defaulted(kNodeRules, "{'status':{'capacity':{'cpu':'4'}}}"), want);
  EXPECT_EQ(Defaulted(kNodeRules, "{'status':{'capacity':{'cpu':'4'},'allocatable':{}}}"), want);
}

TEST(WebhookUrls, AreReadAsGoReadsThem) {
  constexpr std::string_view kForm = "; desired format: https://host[/path]";
  const std::pair<const char*, std::string> cases[] = {
      {"https://h/p", ""},
      {"HTTPS://h?", ""},
      {"https://h#", ""},
      {"%d", "Required value: url must be a valid URL: parse \"%d\": invalid URL escape \"%d\"" +
                 std::string(kForm)},
      {"https://h:p",
       "Required value: url must be a valid URL: parse \"https://h:p\": invalid "
       "port \":p\" after host" +
           std::string(kForm)},
      {"https:", "Invalid value: \"\": host must be specified" + std::string(kForm)},
      {"https://u:p@h", "Invalid value: \"u:p\": user information is not permitted in the URL"},
      {"https://h#f%41", "Invalid value: \"fA\": fragments are not permitted in the URL"},
      {"https://h?q", "Invalid value: \"q\": query parameters are not permitted in the URL"},
  };
  for (const auto& [url, want] : cases) {
    Violations out;
    CheckWebhookUrl(url, FieldPath("url"), out);
    const FieldErrors errors = out.Take();
    ASSERT_EQ(errors.size(), want.empty() ? 0U : 1U) << url;
    EXPECT_EQ(want.empty() ? std::string() : errors[0].text, want);
  }
}

}  // namespace
}  // namespace apiserver
