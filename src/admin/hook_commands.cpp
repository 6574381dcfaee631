#include "admin/hook_commands.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/rows.hpp"
#include "admin/tenant_commands.hpp"
#include "runtime/callback.hpp"

namespace plenary::admin {

Task<Status> AwaitRemoveHook(const CommandContext& context, std::string tenant_id, std::string id) {
  auto start = [&](std::function<void(const Status&)> done) { context.hooks.Remove(std::move(tenant_id), std::move(id), std::move(done)); };
  Status status = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return status;
}

Task<Answer> HooksList(const CommandContext& context, const boost::json::object& arguments) {
  const auto tenant_id = TenantFilter(context, arguments);
  if (!tenant_id) co_return tl::unexpected(tenant_id.error());
  const auto hooks = context.hooks.All();
  boost::json::array rows;
  for (const records::Hook& hook : *hooks) {
    if (!*tenant_id || hook.tenant_id == **tenant_id) rows.push_back(HookRow(hook));
  }
  boost::json::object result;
  result["hooks"] = std::move(rows);
  co_return result;
}

Task<Answer> HooksRemove(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto hooks = context.hooks.All();
  const auto hook = std::find_if(hooks->begin(), hooks->end(), [&](const records::Hook& h) { return h.id == *id; });
  const auto no_hook = [&] { return Fail(ErrorCode::kNotFound, "There is no webhook with the ID " + *id + "."); };
  if (hook == hooks->end()) co_return no_hook();
  const Status removed = co_await AwaitRemoveHook(context, hook->tenant_id, *id);
  if (!removed) co_return removed.error().code == ErrorCode::kNotFound ? no_hook() : tl::unexpected(removed.error());
  context.log.Info("webhook removed", {{"hook", *id}});
  boost::json::object result;
  result["hook"] = HookRow(*hook);
  co_return result;
}

}  // namespace plenary::admin
