#include "apiserver/cel/library/address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "apiserver/api/go_text.h"

namespace apiserver::cel {
namespace {

struct Complaint {
  std::string_view message;
  std::string_view at;
};

sim::Error AddressError(std::string_view text, const Complaint& complaint) {
  std::string message = "ParseAddr(" + GoQuote(text) + "): " + std::string(complaint.message);
  if (!complaint.at.empty()) message += " (at " + GoQuote(complaint.at) + ")";
  return {message};
}

std::optional<Complaint> ParseFields(std::string_view text, std::uint8_t* fields) {
  int value = 0;
  int position = 0;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      if (digits == 1 && value == 0) {
        return Complaint{"IPv4 field has octet with leading zero", {}};
      }
      value = value * 10 + (text[i] - '0');
      ++digits;
      if (value > 255) return Complaint{"IPv4 field has value >255", {}};
    } else if (text[i] == '.') {
      if (i == 0 || i == text.size() - 1 || text[i - 1] == '.') {
        return Complaint{"IPv4 field must have at least one digit", text.substr(i)};
      }
      if (position == 3) return Complaint{"IPv4 address too long", {}};
      fields[position++] = static_cast<std::uint8_t>(value);
      value = 0;
      digits = 0;
    } else {
      return Complaint{"unexpected character", text.substr(i)};
    }
  }
  if (position < 3) return Complaint{"IPv4 address too short", {}};
  fields[3] = static_cast<std::uint8_t>(value);
  return std::nullopt;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Group by group, as Go does: what it complains about first, we do too.
class Version6Reader {
 public:
  explicit Version6Reader(std::string_view text) : rest_(text) {}

  std::optional<Complaint> Run(std::array<std::uint8_t, 16>& out) {
    if (rest_.starts_with("::")) {
      ellipsis_ = 0;
      rest_.remove_prefix(2);
      if (rest_.empty()) return std::nullopt;
    }
    while (filled_ < 16) {
      bool is_done = false;
      if (auto complaint = Group(out, is_done)) return complaint;
      if (is_done) break;
    }
    if (!rest_.empty()) return Complaint{"trailing garbage after address", rest_};
    if (filled_ == 16) {
      if (ellipsis_ < 0) return std::nullopt;
      return Complaint{"the :: must expand to at least one field of zeros", {}};
    }
    if (ellipsis_ < 0) return Complaint{"address string too short", {}};
    std::rotate(out.begin() + ellipsis_, out.begin() + filled_, out.end());
    return std::nullopt;
  }

 private:
  std::optional<Complaint> Group(std::array<std::uint8_t, 16>& out, bool& is_done) {
    std::size_t size = 0;
    unsigned value = 0;
    for (; size < rest_.size() && HexDigit(rest_[size]) >= 0; ++size) {
      if (size > 3) return Complaint{"each group must have 4 or less digits", rest_};
      value = value << 4 | static_cast<unsigned>(HexDigit(rest_[size]));
    }
    if (size == 0) {
      return Complaint{"each colon-separated field must have at least one digit", rest_};
    }
    if (size < rest_.size() && rest_[size] == '.') return Embedded(out, is_done);
    out[static_cast<std::size_t>(filled_)] = static_cast<std::uint8_t>(value >> 8);
    out[static_cast<std::size_t>(filled_) + 1] = static_cast<std::uint8_t>(value);
    filled_ += 2;
    rest_.remove_prefix(size);
    is_done = rest_.empty();
    if (is_done) return std::nullopt;
    if (rest_[0] != ':') return Complaint{"unexpected character, want colon", rest_};
    if (rest_.size() == 1) return Complaint{"colon must be followed by more characters", rest_};
    rest_.remove_prefix(1);
    if (rest_[0] != ':') return std::nullopt;
    if (ellipsis_ >= 0) return Complaint{"multiple :: in address", rest_};
    ellipsis_ = filled_;
    rest_.remove_prefix(1);
    is_done = rest_.empty();
    return std::nullopt;
  }
  std::optional<Complaint> Embedded(std::array<std::uint8_t, 16>& out, bool& is_done) {
    if (ellipsis_ < 0 && filled_ != 12) {
      return Complaint{"embedded IPv4 address must replace the final 2 fields of the address",
                       rest_};
    }
    if (filled_ + 4 > 16) {
      return Complaint{"too many hex fields to fit an embedded IPv4 at the end of the address",
                       rest_};
    }
    if (auto complaint = ParseFields(rest_, out.data() + filled_)) return complaint;
    rest_ = {};
    filled_ += 4;
    is_done = true;
    return std::nullopt;
  }

  std::string_view rest_;
  int filled_ = 0;
  int ellipsis_ = -1;
};

std::string Hex(unsigned value) {
  char text[8];
  const auto end = std::to_chars(text, text + sizeof text, value, 16);
  return {text, end.ptr};
}

}  // namespace

sim::Result<Address> ParseAddress(std::string_view text) {
  const std::size_t first = text.find_first_of(".:%");
  if (first == std::string_view::npos) return AddressError(text, {"unable to parse IP", {}});
  if (text[first] == '%') return AddressError(text, {"missing IPv6 address", {}});
  Address address;
  if (text[first] == '.') {
    address.is_v4 = true;
    if (const auto wrong = ParseFields(text, address.bytes.data())) {
      return AddressError(text, *wrong);
    }
    return address;
  }
  const std::size_t percent = text.find('%');
  if (percent != std::string_view::npos) {
    address.zone = text.substr(percent + 1);
    if (address.zone.empty()) {
      return AddressError(text, {"zone must be a non-empty string", {}});
    }
  }
  if (const auto wrong = Version6Reader(text.substr(0, percent)).Run(address.bytes)) {
    return AddressError(text, *wrong);
  }
  return address;
}

sim::Result<Prefix> ParsePrefix(std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return sim::Error{"netip.ParsePrefix(" + GoQuote(text) + "): " + why};
  };
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return refuse("no '/'");
  auto address = ParseAddress(text.substr(0, slash));
  if (!address.ok()) return refuse(address.error().message);
  if (!address->zone.empty()) return refuse("IPv6 zones cannot be present in a prefix");
  const std::string_view bits_text = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] =
      std::from_chars(bits_text.data(), bits_text.data() + bits_text.size(), bits);
  const bool has_sign_or_zero = bits_text.size() > 1 && (bits_text[0] < '1' || bits_text[0] > '9');
  if (error != std::errc() || end != bits_text.data() + bits_text.size() || has_sign_or_zero) {
    return refuse("bad bits after slash: " + GoQuote(bits_text));
  }
  if (bits < 0 || bits > address->bit_length()) return refuse("prefix length out of range");
  return Prefix{*address, bits};
}

bool Address::Is4In6() const {
  if (is_v4) return false;
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto b) { return b == 0; }) &&
         bytes[10] == 0xFF && bytes[11] == 0xFF;
}
bool Address::IsUnspecified() const {
  return zone.empty() && std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; });
}
bool Address::IsLoopback() const {
  if (is_v4) return bytes[0] == 127;
  return std::all_of(bytes.begin(), bytes.begin() + 15, [](auto b) { return b == 0; }) &&
         bytes[15] == 1;
}
bool Address::IsMulticast() const { return is_v4 ? bytes[0] >> 4 == 0xE : bytes[0] == 0xFF; }
bool Address::IsLinkLocalMulticast() const {
  if (is_v4) return bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0;
  return bytes[0] == 0xFF && (bytes[1] & 0x0F) == 2;
}
bool Address::IsLinkLocalUnicast() const {
  if (is_v4) return bytes[0] == 169 && bytes[1] == 254;
  return bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
}
bool Address::IsGlobalUnicast() const {
  const bool is_broadcast =
      is_v4 && std::all_of(bytes.begin(), bytes.begin() + 4, [](auto b) { return b == 0xFF; });
  return !is_broadcast && !IsUnspecified() && !IsLoopback() && !IsMulticast() &&
         !IsLinkLocalUnicast();
}

Address Address::Masked(int bits) const {
  Address out = *this;
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - i * 8, 0, 8);
    out.bytes[static_cast<std::size_t>(i)] &= static_cast<std::uint8_t>(0xFF00 >> kept);
  }
  return out;
}

std::string Address::Text() const {
  std::string out;
  if (is_v4) {
    for (std::size_t i = 0; i < 4; ++i) out += (i > 0 ? "." : "") + std::to_string(bytes[i]);
    return out;
  }
  const auto group = [&](int i) {
    const auto at = static_cast<std::size_t>(i) * 2;
    return static_cast<unsigned>(bytes[at] << 8 | bytes[at + 1]);
  };
  int zero_start = -1;
  int zero_end = -1;
  for (int i = 0; i < 8; ++i) {
    int j = i;
    while (j < 8 && group(j) == 0) ++j;
    if (j - i >= 2 && j - i > zero_end - zero_start) {
      zero_start = i;
      zero_end = j;
    }
  }
  for (int i = 0; i < 8; ++i) {
    if (i == zero_start) {
      out += "::";
      i = zero_end;
      if (i >= 8) break;
    } else if (i > 0) {
      out += ':';
    }
    out += Hex(group(i));
  }
  return zone.empty() ? out : out + "%" + zone;
}

bool Prefix::Contains(const Address& other) const {
  return other.zone.empty() && address.is_v4 == other.is_v4 &&
         address.Masked(bits) == other.Masked(bits);
}

}  // namespace apiserver::cel
