// A text column that may be NULL, between std::optional and SOCI, which knows only Boost's.
#pragma once

#include <optional>
#include <string>

#include <soci/soci.h>

namespace plenary::records {

class OptionalText {
 public:
  OptionalText() = default;
  explicit OptionalText(const std::optional<std::string>& value) : text_(value.value_or("")), indicator_(value ? soci::i_ok : soci::i_null) {}

  std::optional<std::string> value() const { return indicator_ == soci::i_ok ? std::optional(text_) : std::nullopt; }
  /// For a statement that this object outlives.
  auto Use() { return soci::use(text_, indicator_, kByPosition); }
  auto Into() { return soci::into(text_, indicator_); }

 private:
  static inline const std::string kByPosition;  // what use() returns refers to the name that it was given

  std::string text_;
  soci::indicator indicator_ = soci::i_null;
};

}  // namespace plenary::records
