// One request on its way through the registry, and what all verbs share.
//
// Invariants:
// (1) Objects travel as values in their storage version, custom ones in the version of the request;
// decoding and answers know the served version, custom/conversion.h the stored one. (2) A write
// reads, changes and commits without anybody in between: there is one writer. Threads: the kernel's
// only.
#pragma once

#include <string>
#include <vector>

#include "apiserver/api/errors.h"
#include "apiserver/api/request.h"
#include "apiserver/registry/admission.h"
#include "apiserver/registry/api_resource.h"
#include "apiserver/registry/options.h"
#include "apiserver/registry/table_printer.h"
#include "apiserver/store/store.h"
#include "sim/kernel.h"

namespace apiserver {

struct AdmissionMemo;
class ConversionMemo;
class Conversions;
class Authorizer;
class PodLogSource;
class StoreWatchHub;

// The collaborators of all verbs; each outlives the registry.
struct RegistryParts {
  sim::Kernel& kernel;
  Store& store;
  ResourceTable& resources;
  AdmissionChain& admission;
  const PrinterTable& printers;
  StoreWatchHub& watch_hub;
  Authorizer* authorizer = nullptr;  // null: nobody is asked
  // Of the request under way when webhooks may have a say in it (ports/admission_memo.h), else
  // null.
  AdmissionMemo* memo = nullptr;
  Conversions* conversions = nullptr;         // null: no conversion webhook can be called
  ConversionMemo* conversion_memo = nullptr;  // of the request under way, if it may need one
};

struct Call {
  RegistryParts& parts;
  Request& request;
  const ApiResource& resource;
  StrategyContext context;
  std::vector<std::string> warnings;
  // The decoded object has empty lists or maps that JSON would leave out (decode.h).
  bool has_empties = false;

  Call(RegistryParts& all, Request& asked, const ApiResource& addressed);
  Call(const Call&) = delete;  // the context points to the warnings
  Call& operator=(const Call&) = delete;

  // Where new values of this request belong.
  JsonStorage storage() const;
  // What lies in the store, whatever its version; null when there is nothing.
  ObjectPtr FindStored(const std::string& name) const;
  // The same as this request works with it (custom/conversion.h).
  ApiResult<ObjectPtr> FindShown(const std::string& name) const;
  // The printer of the resource's Tables, or null.
  const TablePrinter* FindPrinter() const;
  // The namespace that objects of this request lie in: "" for cluster-scoped resources.
  const std::string& object_namespace() const;
  // The error resource: as served, not as stored.
  GroupResource group_resource() const { return resource.group_resource(); }
};

// A failure without reason or details, as Go's plain errors become.
ApiError PlainError(std::string message);

// Sets metadata's member, or removes it when `text` is empty.
void SetMetaText(Value& object, std::string_view name, std::string_view text);
Object& MetadataOf(Value& object);

// `stored` as the addressed version shows it.
ObjectPtr ToServed(const ApiResource& resource, const ObjectPtr& stored);
Value ToServedValue(const ApiResource& resource, const StoredObject& stored, JsonStorage storage);
// Rewrites a decoded, defaulted object of the served version into the storage version.
void ToStorage(const ApiResource& resource, Value& object);
// Rewrites an object of the storage version into the served one.
void FromStorage(const ApiResource& resource, Value& object);

// The answer that shows `object`, as a Table if one was asked for.
Response ObjectResponse(Call& call, int status, const ObjectPtr& object);
// A Status answer of success (deletes): details name what was deleted.
Value SuccessStatus(const GroupResource& resource, std::string_view name, std::string_view uid);

}  // namespace apiserver
