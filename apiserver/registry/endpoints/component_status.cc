// componentstatuses: what runs beside the server, asked when somebody looks. All of it is part of
// this process, so it is well whenever it can answer.
//
// Source: kubernetes/pkg/registry/core/componentstatus, 1.36.
#include <algorithm>

#include "apiserver/registry/endpoints/endpoints.h"
#include "apiserver/registry/table.h"

namespace apiserver {
namespace {

constexpr std::string_view kComponents[] = {"controller-manager", "etcd-0", "scheduler"};

Object StatusOf(std::string_view name) {
  return {{"metadata", {{"name", name}}},
          {"conditions", Array{{{"type", "Healthy"}, {"status", "True"}, {"message", "ok"}}}}};
}

ObjectPtr ComponentOf(std::string_view name) {
  Object object{{"kind", "ComponentStatus"}, {"apiVersion", "v1"}};
  for (auto& member : StatusOf(name)) object[member.key()] = member.value();
  return StoredObject::Make(Value(std::move(object)), 0);
}

class ComponentStatusEndpoint final : public Endpoint {
 public:
  Response Handle(Call& call, Verb verb) override {
    return verb == Verb::kList ? List(call) : Get(call);
  }

 private:
  static Response Get(Call& call) {
    const std::string& name = call.request.info.name;
    if (std::find(std::begin(kComponents), std::end(kComponents), name) == std::end(kComponents)) {
      return ErrorResponse(NotFoundError({"", "componentstatus"}, name));
    }
    return ObjectResponse(call, 200, ComponentOf(name));
  }

  static Response List(Call& call) {
    if (call.request.accept.view == View::kTable) {
      ApiResult<TableForm> form = ReadTableForm(call.request);
      if (!form) return ErrorResponse(form.error());
      std::vector<ObjectPtr> objects;
      for (std::string_view name : kComponents) objects.push_back(ComponentOf(name));
      return ValueResponse(
          200, MakeTable(call.resource, call.FindPrinter(), *form, {}, objects, call.context.now));
    }
    Object list{{"kind", "ComponentStatusList"}, {"apiVersion", "v1"}, {"metadata", Object()}};
    Array& items = list["items"].emplace_array();
    for (std::string_view name : kComponents) items.push_back(StatusOf(name));
    return ValueResponse(200, Value(std::move(list)));
  }
};

}  // namespace

std::unique_ptr<Endpoint> MakeComponentStatusEndpoint() {
  return std::make_unique<ComponentStatusEndpoint>();
}

}  // namespace apiserver
