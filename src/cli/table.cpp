#include "cli/table.hpp"

#include <algorithm>

namespace plenary::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 8;  // a shortened column keeps at least this much

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string Shortened(const std::string& text, std::size_t width) {
  if (DisplayWidth(text) <= width) return text;
  std::string cut;
  std::size_t taken = 0;
  for (const char c : text) {
    if (!IsContinuation(c) && ++taken == width) break;
    cut += c;
  }
  return cut + "…";
}

void AppendCell(std::string& line, const Column& column, const Cell& cell, std::size_t width, bool color) {
  const std::string text = Shortened(cell.text, width);
  const std::string padding(width - DisplayWidth(text), ' ');
  if (column.right) line += padding;
  line += Toned(text, cell.tone, color);
  if (!column.right) line += padding;
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

std::string Toned(std::string text, Tone tone, bool color) {
  if (!color || tone == Tone::kPlain || text.empty()) return text;
  const char* start = tone == Tone::kGood ? "\x1b[32m" : tone == Tone::kWarning ? "\x1b[33m" : tone == Tone::kBad ? "\x1b[31m" : "\x1b[2m";
  return start + text + "\x1b[0m";
}

std::vector<std::size_t> Table::NaturalWidths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i].text));
    widths.push_back(width);
  }
  return widths;
}

std::vector<std::size_t> Table::Widths(std::size_t limit) const {
  std::vector<std::size_t> widths = NaturalWidths();
  if (limit == 0) return widths;
  std::vector<std::size_t> least = widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].shortens) least[i] = std::min(widths[i], std::max(kLeastWidth, DisplayWidth(columns_[i].title)));
  }
  const auto total = [](const std::vector<std::size_t>& all) {
    std::size_t sum = 0;
    for (const std::size_t width : all) sum += width == 0 ? 0 : width + kGap;
    return sum - kGap;
  };
  while (total(least) > limit) {
    std::size_t next = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (least[i] != 0 && columns_[i].drops > 0 && (next == columns_.size() || columns_[i].drops > columns_[next].drops)) next = i;
    }
    if (next == columns_.size()) break;
    widths[next] = least[next] = 0;
  }
  while (total(widths) > limit) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] > least[i] && (widest == columns_.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string Table::Render(const Style& style) const {
  const std::vector<std::size_t> widths = Widths(style.width);
  std::string text;
  const auto append_row = [&](const auto& cell_at) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == 0) continue;
      if (!line.empty()) line.append(kGap, ' ');
      AppendCell(line, columns_[i], cell_at(i), widths[i], style.color);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  append_row([&](std::size_t i) { return Cell(columns_[i].title, Tone::kOff); });
  for (const auto& row : rows_) {
    append_row([&](std::size_t i) { return row[i]; });
  }
  return text;
}

}  // namespace plenary::cli
