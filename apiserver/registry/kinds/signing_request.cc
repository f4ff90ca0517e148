#include "apiserver/registry/kinds/signing_request.h"

#include <optional>

#include "apiserver/api/base64.h"

namespace apiserver {
namespace {

constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE REQUEST-----";
constexpr std::string_view kEnd = "-----END CERTIFICATE REQUEST-----";
constexpr std::string_view kOrganization = "\x55\x04\x0a";  // OID 2.5.4.10

constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kObjectId = 0x06;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kSet = 0x31;

// Takes one element of DER after another out of a text.
class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : bytes_(bytes) {}
  bool is_done() const { return bytes_.empty(); }

  // The content of the next element, if it has this tag (0: any); else nothing.
  std::optional<std::string_view> Take(unsigned char tag) {
    if (bytes_.size() < 2) return std::nullopt;
    if (tag != 0 && static_cast<unsigned char>(bytes_[0]) != tag) return std::nullopt;
    std::size_t size = static_cast<unsigned char>(bytes_[1]);
    std::size_t head = 2;
    if (size > 0x80) {
      const std::size_t count = size - 0x80;
      if (count > 4 || bytes_.size() < 2 + count) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < count; ++i) {
        size = size * 256 + static_cast<unsigned char>(bytes_[2 + i]);
      }
      head += count;
    } else if (size == 0x80) {
      return std::nullopt;
    }
    if (bytes_.size() - head < size) return std::nullopt;
    const std::string_view content = bytes_.substr(head, size);
    bytes_.remove_prefix(head + size);
    return content;
  }

 private:
  std::string_view bytes_;
};

std::optional<std::string> DerOf(std::string_view pem) {
  const std::size_t begin = pem.find(kBegin);
  const std::size_t end = pem.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return std::nullopt;
  }
  const std::size_t from = begin + kBegin.size();
  auto der = DecodeBase64(pem.substr(from, end - from));
  if (!der.ok()) return std::nullopt;
  return std::move(der).value();
}

// The subject: a sequence of sets of (type, text).
std::optional<std::string_view> SubjectOf(std::string_view der) {
  const auto request = DerReader(der).Take(kSequence);
  if (!request) return std::nullopt;
  const auto info = DerReader(*request).Take(kSequence);
  if (!info) return std::nullopt;
  DerReader reader(*info);
  if (!reader.Take(kInteger)) return std::nullopt;
  return reader.Take(kSequence);
}

}  // namespace

std::vector<std::string> RequestedOrganizations(std::string_view pem) {
  std::vector<std::string> organizations;
  const std::optional<std::string> der = DerOf(pem);
  const auto subject = der ? SubjectOf(*der) : std::nullopt;
  if (!subject) return organizations;
  DerReader names(*subject);
  while (const auto set = names.Take(kSet)) {
    DerReader attributes(*set);
    while (const auto attribute = attributes.Take(kSequence)) {
      DerReader parts(*attribute);
      const auto type = parts.Take(kObjectId);
      const auto text = parts.Take(0);
      if (type && text && *type == kOrganization) organizations.emplace_back(*text);
    }
  }
  return organizations;
}

}  // namespace apiserver
