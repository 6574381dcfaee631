// For the tests of this folder: tenants.*, tokens.*, callbacks.* and hooks.* of docs/control-protocol.md on a FakePool.
#pragma once

#include <string_view>

#include "cli/fake_owner.hpp"

namespace plenary::cli {

Result<boost::json::object> RunTenantCommand(FakePool& pool, std::string_view name, const boost::json::object& arguments);

}  // namespace plenary::cli
