#include "apiserver/registry/patch/apply.h"

#include <gtest/gtest.h>

#include "apiserver/api/json_parse.h"
#include "apiserver/api/json_write.h"
#include "apiserver/registry/patch/merge_patch.h"
#include "apiserver/schema/builtin.h"
#include "apiserver/schema/normalize.h"

namespace apiserver {
namespace {

using std::chrono_literals::operator""s;

// One object that managers apply to and update, a second apart.
class World {
 public:
  explicit World(const std::string& api_version = "v1", const std::string& kind = "ConfigMap")
      : api_version_(api_version), kind_(kind) {
    const auto [group, version] = SplitApiVersion(api_version_);
    type_ = FindType(group, version, kind);
  }

  // "" or the error.
  std::string Apply(const std::string& manager, const std::string& body, bool is_forced = false) {
    Value config = ParseJson(body).value;
    config.get_object()["apiVersion"] = api_version_;
    config.get_object()["kind"] = kind_;
    const auto applied = ApplyConfiguration(live_ ? &*live_ : nullptr, config,
                                            {.is_forced = is_forced}, Context(manager));
    if (!applied.ok()) {
      last_error_ = applied.error();
      return applied.error().message;
    }
    Store(applied->object);
    return "";
  }

  void Update(const std::string& manager, const std::string& patch) {
    Value object = live_ ? *live_ : Start();
    MergeInto(object.get_object(), ParseJson(patch).value.get_object());
    FieldManagerContext context = Context(manager);
    context.clears_managed_fields = ClearsManagedFields(object);
    EXPECT_EQ(Normalize(*type_, object).error, "");
    UpdateManagedFields(live_ ? &*live_ : nullptr, object, context);
    if (live_) KeepTimesWhenUnchanged(*live_, object);
    Store(std::move(object));
  }

  std::string Show(const std::string& member) const {
    const Value* value = Find(*live_, member);
    return value == nullptr ? "" : ToJson(*value);
  }

  // "MANAGER OPERATION [SECONDS] FIELDS" per entry.
  std::vector<std::string> Managers() const {
    std::vector<std::string> lines;
    const Value* entries = FindPath(*live_, {"metadata", "managedFields"});
    if (entries == nullptr) return lines;
    for (const Value& entry : entries->get_array()) {
      const std::string time(TextAt(entry, {"time"}));
      lines.push_back(std::string(TextAt(entry, {"manager"})) + " " +
                      std::string(TextAt(entry, {"operation"})) + " " +
                      (time.empty() ? "-" : time.substr(17, 2)) + " " +
                      ToJson(*Find(entry, "fieldsV1")));
    }
    return lines;
  }

  const ApiError& last_error() const { return last_error_; }
  std::string subresource;

 private:
  FieldManagerContext Context(const std::string& manager) {
    now_ += 1s;
    FieldManagerContext context;
    context.manager = manager;
    context.api_version = api_version_;
    context.kind = kind_;
    context.subresource = subresource;
    context.now = now_;
    context.type = type_;
    return context;
  }
  Value Start() const {
    Value object = ZeroValue(*type_);
    object.get_object()["apiVersion"] = api_version_;
    object.get_object()["kind"] = kind_;
    return object;
  }
  void Store(Value object) {
    EXPECT_EQ(Normalize(*type_, object).error, "");
    live_ = std::move(object);
  }

  std::string api_version_;
  std::string kind_;
  const Type* type_ = nullptr;
  sim::Time now_{};
  std::optional<Value> live_;
  ApiError last_error_;
};

using Lines = std::vector<std::string>;

TEST(Apply, OwnsWhatItSays) {
  World world;
  EXPECT_EQ(world.Apply("alpha", R"({"data":{"x":"1","y":"2"}})"), "");
  EXPECT_EQ(world.Managers(), Lines{R"(alpha Apply 01 {"f:data":{"f:x":{},"f:y":{}}})"});
  EXPECT_EQ(world.Apply("alpha", R"({"data":{"x":"1"}})"), "");
  EXPECT_EQ(world.Show("data"), R"({"x":"1"})");
  EXPECT_EQ(world.Managers(), Lines{R"(alpha Apply 02 {"f:data":{"f:x":{}}})"});
  EXPECT_EQ(world.Apply("alpha", "{}"), "");
  EXPECT_EQ(world.Show("data"), "");
  EXPECT_TRUE(world.Managers().empty());
}

TEST(Apply, TheSameAgainMovesNoTime) {
  World world;
  world.Apply("alpha", R"({"data":{"x":"1"}})");
  world.Apply("alpha", R"({"data":{"x":"1"}})");
  EXPECT_EQ(world.Managers(), Lines{R"(alpha Apply 01 {"f:data":{"f:x":{}}})"});
}

TEST(Apply, ASharedFieldStaysAndNewOwnersHaveNoTime) {
  World world;
  world.Apply("alpha", R"({"data":{"x":"1","y":"2"}})");
  world.Apply("beta", R"({"data":{"y":"2"}})");
  EXPECT_EQ(world.Managers(), (Lines{R"(beta Apply - {"f:data":{"f:y":{}}})",
                                     R"(alpha Apply 01 {"f:data":{"f:x":{},"f:y":{}}})"}));
  world.Apply("alpha", R"({"data":{"x":"1"}})");
  EXPECT_EQ(world.Show("data"), R"({"x":"1","y":"2"})");
  world.Apply("beta", R"({"data":{"z":"3"}})");
  EXPECT_EQ(world.Show("data"), R"({"x":"1","z":"3"})");
}

TEST(Apply, ConflictsNameManagerAndField) {
  World world;
  world.Apply("alpha", R"({"data":{"x":"1","y":"1"}})");
  EXPECT_EQ(world.Apply("beta", R"({"data":{"x":"2"}})"),
            "Apply failed with 1 conflict: conflict with \"alpha\": .data.x");
  EXPECT_EQ(world.last_error().code, 409);
  EXPECT_EQ(world.last_error().details->causes[0].field, ".data.x");
  world.Apply("gamma", R"({"metadata":{"labels":{"l":"1"}}})");
  EXPECT_EQ(world.Apply("beta", R"({"data":{"x":"2","y":"2"},"metadata":{"labels":{"l":"2"}}})"),
            "Apply failed with 3 conflicts: conflicts with \"alpha\":\n- .data.x\n- .data.y\n"
            "conflicts with \"gamma\":\n- .metadata.labels.l");
  EXPECT_EQ(world.Apply("beta", R"({"data":{"x":"2"}})", /*is_forced=*/true), "");
  EXPECT_EQ(world.Show("data"), R"({"x":"2","y":"1"})");
}

TEST(Apply, UpdatesAreTracked) {
  World world;
  world.Update("maker", R"({"data":{"x":"1"}})");
  EXPECT_EQ(world.Managers(), Lines{R"(maker Update 01 {"f:data":{".":{},"f:x":{}}})"});
  EXPECT_EQ(world.Apply("beta", R"({"data":{"x":"2"}})"),
            "Apply failed with 1 conflict: conflict with \"maker\" using v1: .data.x");
  EXPECT_EQ(world.Apply("beta", R"({"data":{"x":"2"}})", true), "");
  EXPECT_EQ(world.Managers(),
            (Lines{R"(beta Apply 03 {"f:data":{"f:x":{}}})", R"(maker Update 01 {"f:data":{}})"}));
  world.Update("two", R"({"data":{"x":null,"z":"1"}})");
  EXPECT_EQ(world.Managers(),
            (Lines{R"(maker Update 01 {"f:data":{}})", R"(two Update 04 {"f:data":{"f:z":{}}})"}));
  world.Update("three", R"({"data":{"z":"1"}})");
  EXPECT_EQ(world.Managers().size(), 2u);
}

TEST(Apply, AnObjectWithAnItemWithoutKeyHasNoRecord) {
  World world("v1", "ServiceAccount");
  world.Update("maker", R"({"secrets":[{"name":"a"}]})");
  ASSERT_EQ(world.Managers().size(), 1u);
  world.Update("other", R"({"secrets":[{"name":"a"},{"namespace":"n"}]})");
  EXPECT_TRUE(world.Managers().empty());
}

TEST(Apply, ManagedFieldsCanBeEditedAndCleared) {
  World world;
  world.Apply("alpha", R"({"data":{"x":"1"}})");
  world.Update("u", R"({"metadata":{"managedFields":[{"manager":"beta","operation":"Apply",
      "apiVersion":"v1","time":"1970-01-01T00:00:09Z","fieldsType":"FieldsV1",
      "fieldsV1":{"f:data":{"f:x":{}}}}]}})");
  EXPECT_EQ(world.Managers(), Lines{R"(beta Apply 09 {"f:data":{"f:x":{}}})"});
  world.Update("u", R"({"metadata":{"managedFields":[{"manager":"b","operation":"Guess"}]}})");
  EXPECT_EQ(world.Managers(), Lines{R"(beta Apply 09 {"f:data":{"f:x":{}}})"});
  world.Update("u", R"({"metadata":{"managedFields":null}})");
  EXPECT_EQ(world.Managers().size(), 1u);
  world.Update("u", R"({"metadata":{"managedFields":[]}})");
  EXPECT_TRUE(world.Managers().empty());
  world.Update("u", R"({"data":{"y":"1"}})");
  EXPECT_TRUE(world.Managers().empty());
  EXPECT_EQ(world.Apply("alpha", R"({"data":{"x":"2"}})"),
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.x");
}

TEST(Apply, UpdateManagersAreCapped) {
  World world;
  for (int i = 0; i < 12; ++i) {
    const std::string name = std::to_string(10 + i);
    world.Update("m" + name, R"({"data":{"k)" + name + R"(":"1"}})");
  }
  const Lines managers = world.Managers();
  ASSERT_EQ(managers.size(), 10u);
  EXPECT_EQ(managers[0],
            R"(ancient-changes Update 03 {"f:data":{".":{},"f:k10":{},"f:k11":{},"f:k12":{}}})");
}

TEST(Apply, ListsAreMergedByTheirKeys) {
  World world("v1", "Pod");
  EXPECT_EQ(world.Apply("alpha", R"({"spec":{"containers":[{"name":"a","image":"1","ports":[
      {"containerPort":53,"protocol":"UDP"},{"containerPort":53}]}]}})"),
            "");
  EXPECT_EQ(
      world.Managers(),
      Lines{
          R"(alpha Apply 01 {"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{},"f:name":{},)"
          R"("f:ports":{"k:{\"containerPort\":53,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}},)"
          R"("k:{\"containerPort\":53,\"protocol\":\"UDP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}}}}}})"});
  EXPECT_EQ(world.Apply("beta", R"({"spec":{"containers":[{"name":"b","image":"2"}]}})"), "");
  EXPECT_EQ(world.Apply("gamma", R"({"spec":{"containers":[{"name":"a","image":"3"}]}})"),
            "Apply failed with 1 conflict: conflict with \"alpha\": "
            ".spec.containers[name=\"a\"].image");
  EXPECT_EQ(world.Apply("beta", "{}"), "");
  EXPECT_EQ(world.Managers().size(), 1u);
}

TEST(Apply, SetsAndAtomicLists) {
  World world;
  world.Apply("alpha", R"({"metadata":{"finalizers":["x/one"]}})");
  world.Apply("beta", R"({"metadata":{"finalizers":["x/two"]}})");
  EXPECT_EQ(world.Show("metadata").substr(0, 46),
            R"({"finalizers":["x/one","x/two"],"managedFields)");
  world.Apply("alpha", "{}");
  EXPECT_EQ(world.Managers(),
            Lines{R"(beta Apply 02 {"f:metadata":{"f:finalizers":{"v:\"x/two\"":{}}}})"});
  World pod("v1", "Pod");
  pod.Apply("alpha", R"({"spec":{"tolerations":[{"key":"a"}]}})");
  EXPECT_EQ(pod.Apply("beta", R"({"spec":{"tolerations":[{"key":"b"}]}})"),
            "Apply failed with 1 conflict: conflict with \"alpha\": .spec.tolerations");
}

TEST(Apply, ConfigurationsMustFitTheSchema) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"({"data":{"x":1}})", ".data.x: expected string, got &value.valueUnstructured{Value:1}"},
      {R"({"data":["x"]})", ".data: expected map, got &{[x]}"},
      {R"({"bogus":1})", ".bogus: field not declared in schema"},
      {R"({"metadata":{"finalizers":["a","a"]}})",
       ".metadata.finalizers: duplicate entries for key [=\"a\"]"},
  };
  for (const auto& [body, want] : rows) {
    World world;
    EXPECT_EQ(world.Apply("a", body),
              "failed to create typed patch object (/; /v1, Kind=ConfigMap): " + want);
    EXPECT_EQ(world.last_error().code, 500);
  }
  World world;
  EXPECT_EQ(world.Apply("a", R"({"metadata":{"managedFields":[]}})"),
            "metadata.managedFields must be nil");
}

TEST(Apply, StatusHasEntriesOfItsOwn) {
  World world("apps/v1", "Deployment");
  world.Apply("alpha", R"({"spec":{"replicas":1}})");
  world.subresource = "status";
  world.Apply("ctl", R"({"status":{"conditions":[{"type":"Available","status":"True"}]}})");
  EXPECT_EQ(
      world.Apply("other", R"({"status":{"conditions":[{"type":"Available","status":"False"}]}})"),
      "Apply failed with 1 conflict: conflict with \"ctl\" with subresource \"status\": "
      ".status.conditions[type=\"Available\"].status");
}

}  // namespace
}  // namespace apiserver
