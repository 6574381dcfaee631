// From the settings to each module's own options.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "api/services.hpp"
#include "config/settings.hpp"
#include "dialin/dial_in.hpp"
#include "nodes/node_calls.hpp"
#include "observe/log.hpp"
#include "poller/poller.hpp"
#include "state/state_store.hpp"

namespace plenary::app {

observe::Level LogLevelOf(const config::Settings& settings);
std::size_t WorkerCountOf(const config::Settings& settings);
state::StateOptions StateOptionsOf(const config::Settings& settings);
nodes::CallTimeouts TimeoutsOf(const config::Settings& settings);
poller::PollerOptions PollerOptionsOf(const config::Settings& settings);
dialin::DialInOptions DialInOptionsOf(const config::Settings& settings, const std::vector<std::string>& secrets);
/// Of the Host header; none = all.
std::vector<std::string> ServedHosts(const config::Settings& settings);
/// `secrets`: at least one.
api::ApiOptions ApiOptionsOf(const config::Settings& settings, std::vector<std::string> secrets, std::string spool_dir);

}  // namespace plenary::app
