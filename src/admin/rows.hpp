// SERVER and MEETING of docs/control-protocol.md.
#pragma once

#include <boost/json/object.hpp>

#include "state/state_store.hpp"

namespace plenary::admin {

boost::json::object ServerRow(const state::StateStore& store, const state::NodeView& node);
boost::json::object MeetingRow(const state::StateStore& store, const pool::Meeting& meeting);

}  // namespace plenary::admin
