// Parameters of one call as a node reads them, and the checksum as a node verifies it (spec bbb-api 1). Written apart from
// the balancer's own reader on purpose: a mistake made twice would hide itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "version.hpp"

namespace plenary::sim {

struct Param {
  std::string name;
  std::string value;
};

class Params {
 public:
  /// Form-decodes "a=b&c=d" and appends; what can't be decoded is kept as it is.
  void Parse(std::string_view form);
  void Add(std::string name, std::string value) { all_.push_back({std::move(name), std::move(value)}); }
  /// First value of that name, or "".
  std::string_view Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  std::size_t Count(std::string_view name) const;
  const std::vector<Param>& all() const { return all_; }

 private:
  std::vector<Param> all_;
};

/// Verifies the checksum of a call. `query`: raw; `form`: the parameters of a form body.
bool ChecksumIsGood(const Features& features, std::string_view call, std::string_view query, const Params& from_query, const Params& form,
                    std::string_view secret);

/// The length as Java counts it (UTF-16 units).
std::size_t JavaLength(std::string_view utf8);

}  // namespace plenary::sim
