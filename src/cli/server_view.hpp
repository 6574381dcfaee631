// How a server is shown: shared by servers, status and poll.
#pragma once

#include <optional>
#include <string_view>

#include <boost/json/object.hpp>

#include "cli/table.hpp"

namespace plenary::cli {

Cell StateCell(const boost::json::object& server);   // enabled, cordoned, disabled
Cell StatusCell(const boost::json::object& server);  // online, offline, new (never polled)
bool NeverPolled(const boost::json::object& server);
/// A node takes no load into account while it is disabled or offline (spec scalelite 4.3.4).
std::optional<double> LoadOf(const boost::json::object& server);
/// "–" before the first poll.
std::string PolledNumber(const boost::json::object& server, std::string_view key);

}  // namespace plenary::cli
