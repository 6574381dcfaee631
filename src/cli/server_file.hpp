// The YAML file of servers: what `servers sync` reads and `servers export` writes (spec scalelite 10.2, 10.3). Pure text in, values out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "base/result.hpp"

namespace plenary::cli {

struct WantedServer {
  std::string id, url, secret, tag;
  bool enabled = true;
  double load_multiplier = 1.0;
};

/// `servers:` as a map by ID, defaults filled in. kInvalidArgument with Scalelite's message for the first thing that is wrong.
Result<std::vector<WantedServer>> ParseServerMap(const std::string& text);

/// `servers:` as a list of url and secret, as servers:addAll takes it; nothing else is looked at.
Result<std::vector<WantedServer>> ParseServerList(const std::string& text);

/// SERVERs of the control protocol as the document that ParseServerMap reads. `verbose` adds state, load, bbb_version and online.
std::string WriteServerMap(const boost::json::array& servers, bool verbose);

/// A YAML scalar that reads back as exactly this text in any YAML parser; plain where Ruby writes it plain.
std::string YamlScalar(std::string_view text);

}  // namespace plenary::cli
