// Aligned tables for the terminal. Knows columns and tones, not what they mean.
#pragma once

#include <string>
#include <vector>

namespace plenary::cli {

/// Colour that always stands beside a word that says the same.
enum class Tone { kPlain, kGood, kWarning, kBad, kOff };

struct Style {
  std::size_t width = 0;  // columns; 0 = unlimited
  bool color = false;
};

struct Column {
  std::string title;
  bool right = false;     // numbers
  bool shortens = false;  // may be cut when the table does not fit
  int drops = 0;          // not 0: left out when it does not fit all the same, the highest first
};

struct Cell {
  Cell(std::string cell_text, Tone cell_tone = Tone::kPlain) : text(std::move(cell_text)), tone(cell_tone) {}
  Cell(const char* cell_text) : text(cell_text) {}
  std::string text;
  Tone tone = Tone::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell per column.
  void Add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  /// Title line and rows, two blanks between columns, no blanks at the ends of lines.
  std::string Render(const Style& style) const;

 private:
  std::vector<std::size_t> NaturalWidths() const;
  /// 0 for a column that is left out.
  std::vector<std::size_t> Widths(std::size_t limit) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Characters of a UTF-8 text, as a terminal counts most of them.
std::size_t DisplayWidth(std::string_view text);
std::string Toned(std::string text, Tone tone, bool color);

}  // namespace plenary::cli
