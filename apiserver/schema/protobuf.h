// The protobuf form of API objects, byte for byte as Kubernetes' generated code writes it.
//
// Invariants:
// (1) A normalised value encodes to what Go would encode, and decodes back to itself.
// (2) Decoding gives a normalised value: members in Go order, zero values left out or written as Go
// would. Members a value lacks are taken as zero. Errors have the words of gogo/protobuf. Threads:
// any, no shared state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "apiserver/api/json.h"
#include "apiserver/schema/type.h"
#include "sim/result.h"

namespace apiserver {

// Messages nest no deeper: only CustomResourceDefinitions' schemas nest at all.
inline constexpr int kProtobufDepthMax = 200;

// What an object's message travels in: "k8s\0" and runtime.Unknown. Views into the decoded bytes.
struct ProtobufEnvelope {
  std::string_view api_version;
  std::string_view kind;
  std::string_view raw;  // the object's message
  std::string_view content_encoding;
  std::string_view content_type;
};

// Appends the message of `value`.
void EncodeProtobuf(const Type& type, const Value& value, std::string& out);
// Appends the envelope and the message; apiVersion and kind are those of `value`.
void EncodeProtobufObject(const Type& type, const Value& value, std::string& out);
// Appends one frame of a watch stream; `object` is an object as EncodeProtobufObject makes it.
void EncodeProtobufWatchFrame(std::string_view event_type, std::string_view object,
                              std::string& out);

// The message alone: the result has no kind and apiVersion.
sim::Result<Value> DecodeProtobuf(const Type& type, std::string_view message,
                                  JsonStorage storage = {});
sim::Result<ProtobufEnvelope> DecodeProtobufEnvelope(std::string_view body);
// The envelope's message, with its kind and apiVersion set.
sim::Result<Value> DecodeProtobufObject(const Type& type, const ProtobufEnvelope& envelope,
                                        JsonStorage storage = {});

}  // namespace apiserver
