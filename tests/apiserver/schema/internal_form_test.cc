#include "apiserver/schema/internal_form.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"

namespace apiserver {
namespace {

std::string Form(std::string_view type, std::string_view json) {
  return ToJson(InternalForm(type, ParseJson(json).value));
}

TEST(InternalForms, NameEveryMemberAsGoDoes) {
  EXPECT_EQ(Form("core.Taint", R"({"key":"k","effect":"NoSchedule"})"),
            R"({"Key":"k","Value":"","Effect":"NoSchedule","TimeAdded":null})");
  EXPECT_EQ(Form("rbac.RoleRef", R"({"apiGroup":"g","kind":"Role","name":"z"})"),
            R"({"APIGroup":"g","Kind":"Role","Name":"z"})");
}

TEST(InternalForms, KeepTaggedTypesAsTheyAre) {
  EXPECT_EQ(Form("policy.PodDisruptionBudgetSpec",
                 R"({"minAvailable":1,"selector":{"matchLabels":{"a":"b"}}})"),
            R"({"MinAvailable":1,"Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":null,)"
            R"("UnhealthyPodEvictionPolicy":null})");
}

TEST(InternalForms, FlattenWhatGoEmbeds) {
  EXPECT_EQ(Form("core.PodTemplateSpec", R"({"metadata":{"labels":{"a":"b"}}})").substr(0, 47),
            R"({"labels":{"a":"b"},"Spec":{"Volumes":null,"Ini)");
}

TEST(InternalForms, MoveHostFieldsOfPodsIntoTheSecurityContext) {
  const Value form = InternalForm("core.PodSpec", ParseJson(R"({"hostNetwork":true})").value);
  EXPECT_EQ(ToJson(*FindPath(form, {"SecurityContext", "HostNetwork"})), "true");
}

TEST(InternalForms, HaveSortedRows) {
  std::string_view before;
  for (const InternalType& type : InternalTypes()) {
    EXPECT_LT(before, type.name);
    before = type.name;
  }
}

}  // namespace
}  // namespace apiserver
