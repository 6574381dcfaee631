// The command line of plenary-sim.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "version.hpp"

namespace plenary::sim {

enum class Layout { kByPort, kByAddress, kByPath };

struct Options {
  int nodes = 1;
  Layout layout = Layout::kByPort;
  std::string host = "127.0.0.1";
  std::uint16_t port = 8101;
  std::optional<std::uint16_t> control_port;
  std::string secret = "secret";
  Version version;
  double time_scale = 1.0;
  std::optional<double> end_delay_s;
  bool reveal_version = false;
  std::optional<std::uint64_t> seed;
};

/// Prints help or complaints by itself and ends the process then.
Options ParseOptions(int argc, char** argv);

}  // namespace plenary::sim
