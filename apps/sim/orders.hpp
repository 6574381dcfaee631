// What POST /control can order: one function per key of the JSON object (docs/simulator.md). One thread.
#pragma once

#include <boost/json/object.hpp>

#include "simulation.hpp"

namespace plenary::sim {

/// Carries out all keys but "node" at the nodes that "node" names (a number, a list of numbers, or "all").
/// kInvalidArgument with a text for whoever wrote the order; keys before the bad one are carried out.
Status CarryOut(Simulation& simulation, const boost::json::object& order);

}  // namespace plenary::sim
