#include "admin/callback_commands.hpp"

#include <limits>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/rows.hpp"
#include "admin/tenant_commands.hpp"
#include "runtime/blocking.hpp"

namespace plenary::admin {

namespace {

constexpr std::int64_t kMostRows = 1000;

Result<std::optional<records::CallbackState>> StateArgument(const boost::json::object& arguments) {
  const auto text = TextArgument(arguments, "state");
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::nullopt;
  for (const auto state : {records::CallbackState::kPending, records::CallbackState::kDead, records::CallbackState::kDelivered}) {
    if (**text == records::CallbackStateName(state)) return state;
  }
  return Fail(ErrorCode::kInvalidArgument, "The state must be pending, dead or delivered, not " + **text + ".");
}

Result<records::CallbackFilter> FilterOf(const CommandContext& context, const boost::json::object& arguments) {
  const auto state = StateArgument(arguments);
  if (!state) return tl::unexpected(state.error());
  const auto tenant_id = TenantFilter(context, arguments);
  if (!tenant_id) return tl::unexpected(tenant_id.error());
  const auto after = IntegerArgument(arguments, "after", 0, std::numeric_limits<std::int64_t>::max());
  if (!after) return tl::unexpected(after.error());
  const auto limit = IntegerArgument(arguments, "limit", 1, kMostRows);
  if (!limit) return tl::unexpected(limit.error());
  records::CallbackFilter filter;
  filter.state = *state;
  filter.tenant_id = *tenant_id;
  filter.after_id = after->value_or(0);
  if (*limit) filter.limit = static_cast<std::size_t>(**limit);
  return filter;
}

struct Listed {
  std::vector<records::Callback> callbacks;
  records::CallbackCounts counts;
};

Result<Listed> Read(records::Outbox& outbox, const records::CallbackFilter& filter) {
  auto callbacks = outbox.List(filter);
  if (!callbacks) return tl::unexpected(callbacks.error());
  const auto counts = outbox.Counts();
  if (!counts) return tl::unexpected(counts.error());
  return Listed{std::move(*callbacks), *counts};
}

/// Retry or Drop.
using Change = Result<std::int64_t> (records::Outbox::*)(const std::vector<std::int64_t>&, const std::optional<std::string>&, bool);

Task<Answer> ChangeSome(const CommandContext& context, const boost::json::object& arguments, Change change) {
  const auto ids = IntegerListArgument(arguments, "ids");
  if (!ids) co_return tl::unexpected(ids.error());
  const auto all = FlagArgument(arguments, "all");
  if (!all) co_return tl::unexpected(all.error());
  if (ids->empty() != *all) co_return Fail(ErrorCode::kInvalidArgument, "Name callbacks by ids, or say all, and not both.");
  const auto tenant_id = TenantFilter(context, arguments);
  if (!tenant_id) co_return tl::unexpected(tenant_id.error());
  auto work = [&] { return (context.outbox.*change)(*ids, *tenant_id, *all); };
  const Result<std::int64_t> changed = co_await runtime::Blocking<Result<std::int64_t>>(context.runtime, std::move(work));
  if (!changed) co_return tl::unexpected(changed.error());
  boost::json::object result;
  result["changed"] = *changed;
  co_return result;
}

}  // namespace

Task<Answer> CallbacksList(const CommandContext& context, const boost::json::object& arguments) {
  const auto filter = FilterOf(context, arguments);
  if (!filter) co_return tl::unexpected(filter.error());
  auto work = [&] { return Read(context.outbox, *filter); };
  const Result<Listed> listed = co_await runtime::Blocking<Result<Listed>>(context.runtime, std::move(work));
  if (!listed) co_return tl::unexpected(listed.error());
  boost::json::array rows;
  for (const records::Callback& callback : listed->callbacks) rows.push_back(CallbackRow(callback));
  boost::json::object result;
  result["callbacks"] = std::move(rows);
  result["pending"] = listed->counts.pending;
  result["dead"] = listed->counts.dead;
  co_return result;
}

Task<Answer> CallbacksReceivers(const CommandContext& context, const boost::json::object&) {
  auto work = [&] { return context.callback_urls.Receivers(); };
  const auto receivers = co_await runtime::Blocking<Result<std::vector<std::string>>>(context.runtime, std::move(work));
  if (!receivers) co_return tl::unexpected(receivers.error());
  boost::json::object result;
  result["receivers"] = boost::json::array(receivers->begin(), receivers->end());
  co_return result;
}

Task<Answer> CallbacksRetry(const CommandContext& context, const boost::json::object& arguments) {
  Answer answer = co_await ChangeSome(context, arguments, &records::Outbox::Retry);
  co_return answer;
}

Task<Answer> CallbacksDrop(const CommandContext& context, const boost::json::object& arguments) {
  Answer answer = co_await ChangeSome(context, arguments, &records::Outbox::Drop);
  co_return answer;
}

}  // namespace plenary::admin
