// How a tenant is changed and named: shared by the files of tenants, and by the nouns whose rows belong to tenants.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "cli/context.hpp"

namespace plenary::cli {

/// Carries out tenants.update with `changes`, says what came of it, and returns kDone or kNothingToChange.
int UpdateTenant(Context& context, const std::string& tenant, boost::json::object changes);

/// A line on standard error when tenants are prepared, but not told apart yet.
void WarnWithoutMultitenancy(const Context& context, const boost::json::object& result);

/// What people call the tenants that rows name by ID.
class TenantNames {
 public:
  /// Asks the owner only when `rows` hold a tenant_id.
  TenantNames(Context& context, const boost::json::array& rows);
  bool any() const { return any_; }
  /// "–" for none, the ID for one that was removed.
  std::string Of(const boost::json::object& row) const;

 private:
  bool any_ = false;
  std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace plenary::cli
