#include "apiserver/encoding/media_type.h"

#include <algorithm>

namespace apiserver {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Cuts `text` at the first `separator`; the rest stays in `text`.
std::string_view CutPiece(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const std::string_view piece = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return piece;
}

// "0.85" -> 850; what is no number counts as 1.
int QualityPermille(std::string_view text) {
  if (text.empty() || text.front() != '0') return 1000;
  int permille = 0;
  int scale = 100;
  for (std::size_t i = 2; i < text.size() && scale > 0; ++i, scale /= 10) {
    if (text[i] < '0' || text[i] > '9') return 1000;
    permille += (text[i] - '0') * scale;
  }
  return permille;
}

bool ParseClause(std::string_view clause, MediaType& media_type) {
  std::string_view rest = clause;
  const std::string_view name = Trim(CutPiece(rest, ';'));
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || name.find('/', slash + 1) != std::string_view::npos) {
    return false;
  }
  media_type.type = name.substr(0, slash);
  media_type.subtype = name.substr(slash + 1);
  if (media_type.type.empty() || media_type.subtype.empty()) return false;
  while (!rest.empty()) {
    std::string_view value = Trim(CutPiece(rest, ';'));
    const std::string parameter = Lower(Trim(CutPiece(value, '=')));
    value = Trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (parameter == "q") {
      media_type.quality_permille = QualityPermille(value);
    } else if (!parameter.empty()) {
      media_type.parameters.emplace_back(parameter, std::string(value));
    }
  }
  return true;
}

}  // namespace

std::string_view MediaType::Parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::vector<MediaType> ParseAccept(std::string_view header) {
  std::vector<MediaType> clauses;
  if (Trim(header).empty()) return {MediaType{.type = "*", .subtype = "*", .parameters = {}}};
  while (!header.empty() && clauses.size() < kAcceptClausesMax) {
    MediaType media_type;
    if (ParseClause(CutPiece(header, ','), media_type)) clauses.push_back(std::move(media_type));
  }
  std::stable_sort(clauses.begin(), clauses.end(), [](const MediaType& a, const MediaType& b) {
    return a.quality_permille > b.quality_permille;
  });
  return clauses;
}

std::string ParseContentType(std::string_view header) {
  MediaType media_type;
  return ParseClause(header, media_type) ? Lower(media_type.Name()) : std::string();
}

}  // namespace apiserver
