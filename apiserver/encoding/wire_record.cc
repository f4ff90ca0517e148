#include "apiserver/encoding/wire_record.h"

namespace apiserver {
namespace {

// Numbers are little-endian, 8 bytes; texts follow their length.
void PackNumber(std::uint64_t number, std::string& out) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>((number >> shift) & 0xff);
}

void PackText(std::string_view text, std::string& out) {
  PackNumber(text.size(), out);
  out += text;
}

void PackTexts(const std::vector<std::string>& texts, std::string& out) {
  PackNumber(texts.size(), out);
  for (const std::string& text : texts) PackText(text, out);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_ && bytes_.empty(); }

  std::uint64_t Number() {
    if (bytes_.size() < 8) {
      ok_ = false;
      return 0;
    }
    std::uint64_t number = 0;
    for (int i = 7; i >= 0; --i) {
      number = (number << 8) | static_cast<unsigned char>(bytes_[static_cast<std::size_t>(i)]);
    }
    bytes_.remove_prefix(8);
    return number;
  }

  std::string Text() {
    const std::uint64_t size = Number();
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts;
    for (std::uint64_t count = Number(); count > 0 && ok_; --count) texts.push_back(Text());
    return texts;
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace

std::string PackWireRecord(const WireRecord& record) {
  const WireRequest& request = record.request;
  std::string out;
  out.reserve(256 + request.target.size() + request.body.size());
  PackNumber(record.id, out);
  PackText(record.user.name, out);
  PackText(record.user.uid, out);
  PackTexts(record.user.groups, out);
  PackNumber(record.user.extra.size(), out);
  for (const auto& [key, values] : record.user.extra) {
    PackText(key, out);
    PackTexts(values, out);
  }
  for (const std::string* text :
       {&request.method, &request.target, &request.accept, &request.content_type,
        &request.user_agent, &request.if_none_match, &request.body}) {
    PackText(*text, out);
  }
  return out;
}

sim::Result<WireRecord> UnpackWireRecord(std::string_view bytes) {
  Reader reader(bytes);
  WireRecord record;
  record.id = reader.Number();
  record.user.name = reader.Text();
  record.user.uid = reader.Text();
  record.user.groups = reader.Texts();
  for (std::uint64_t count = reader.Number(); count > 0 && count <= bytes.size(); --count) {
    std::string key = reader.Text();
    record.user.extra.emplace_back(std::move(key), reader.Texts());
  }
  WireRequest& request = record.request;
  for (std::string* text :
       {&request.method, &request.target, &request.accept, &request.content_type,
        &request.user_agent, &request.if_none_match, &request.body}) {
    *text = reader.Text();
  }
  if (!reader.ok()) return sim::Error{"a recorded request is cut off or damaged"};
  return record;
}

}  // namespace apiserver
