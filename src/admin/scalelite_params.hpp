// The parameters of a call of Scalelite's admin API: query and JSON body merged as Rails does it (spec scalelite 1.4, 2.1). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "bbb/params.hpp"

namespace plenary::admin {

class ScaleliteParams {
 public:
  /// `body`: of type JSON, or nothing. `wrapper`: "server" or "tenant"; when the client has no such key, it becomes a copy of the body's
  /// keys. The query's values win; "server[url]=x" in it is a key of an object. kInvalidArgument: malformed JSON.
  static Result<ScaleliteParams> Read(const bbb::Params& query, std::optional<std::string_view> body, std::string_view wrapper);

  /// "" when absent; numbers as text.
  std::string Text(std::string_view name) const;
  /// Absent, null, false, and the texts "", "false" and "0" are false. Scalelite takes the text "false" for true (spec scalelite 11.2 no. 17).
  bool Flag(std::string_view name) const;
  /// The wrapped object; null when it is missing, empty or no object.
  const boost::json::object* Wrapped() const;
  /// The `checksum` of the body, "" when there is none.
  const std::string& body_checksum() const { return body_checksum_; }

 private:
  boost::json::object all_;
  std::string wrapper_, body_checksum_;
};

/// Ruby's to_d of a text or number: the leading decimal number, 0 when there is none.
double DecimalOf(const boost::json::value& value);

}  // namespace plenary::admin
