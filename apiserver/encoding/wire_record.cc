#include "apiserver/encoding/wire_record.h"

#include "sim/byte_codec.h"

namespace apiserver {
namespace {

void PackTexts(const std::vector<std::string>& texts, sim::ByteWriter& writer) {
  writer.U64(texts.size());
  for (const std::string& text : texts) writer.Text(text);
}

std::vector<std::string> UnpackTexts(sim::ByteReader& reader) {
  std::vector<std::string> texts;
  for (std::uint64_t count = reader.U64(); count > 0 && reader.ok(); --count) {
    texts.emplace_back(reader.Text());
  }
  return texts;
}

// All texts of a request, in the order in which they lie in a record.
template <class Wire>
auto Texts(Wire& request) {
  return std::array{&request.method,       &request.target,     &request.accept,
                    &request.content_type, &request.user_agent, &request.if_none_match,
                    &request.body};
}

}  // namespace

std::string PackWireRecord(std::uint64_t id, const UserInfo& user, const WireRequest& request) {
  sim::ByteWriter writer;
  writer.U64(id).Text(user.name).Text(user.uid);
  PackTexts(user.groups, writer);
  writer.U64(user.extra.size());
  for (const auto& [key, values] : user.extra) {
    writer.Text(key);
    PackTexts(values, writer);
  }
  for (const std::string* text : Texts(request)) writer.Text(*text);
  if (request.impersonation.empty() && user.token_payload.empty()) return writer.Take();
  writer.Text(user.token_payload).U64(request.impersonation.size());
  for (const auto& [name, value] : request.impersonation) writer.Text(name).Text(value);
  return writer.Take();
}

sim::Result<WireRecord> UnpackWireRecord(std::string_view bytes) {
  sim::ByteReader reader(bytes);
  WireRecord record;
  record.id = reader.U64();
  record.user.name = reader.Text();
  record.user.uid = reader.Text();
  record.user.groups = UnpackTexts(reader);
  for (std::uint64_t count = reader.U64(); count > 0 && reader.ok(); --count) {
    std::string key(reader.Text());
    record.user.extra.emplace_back(std::move(key), UnpackTexts(reader));
  }
  for (std::string* text : Texts(record.request)) *text = reader.Text();
  // Most requests end here: what follows is written only when there is something to say.
  if (!reader.is_done() && reader.ok()) {
    record.user.token_payload = reader.Text();
    for (std::uint64_t count = reader.U64(); count > 0 && reader.ok(); --count) {
      std::string name(reader.Text());
      record.request.impersonation.emplace_back(std::move(name), reader.Text());
    }
  }
  if (!reader.is_done()) return sim::Error{"a recorded request is cut off or damaged"};
  return record;
}

}  // namespace apiserver
