#include "admin/rest_calls.hpp"

#include <algorithm>
#include <utility>

#include "admin/json.hpp"
#include "base/encoding.hpp"

namespace plenary::admin {

namespace {

boost::json::string_view Key(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

const std::string* RestCall::Query(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? nullptr : &found->second;
}

tl::unexpected<Problem> Refuse(int status, std::string detail) { return tl::unexpected<Problem>(Problem{status, std::move(detail)}); }

boost::json::object Pair(std::string_view key, std::string text) {
  boost::json::object arguments;
  arguments[Key(key)] = std::move(text);
  return arguments;
}

RestAnswer Member(RestAnswer answer, std::string_view key) {
  if (!answer) return answer;
  return std::move(answer->at(Key(key)).as_object());
}

void KeepRows(boost::json::object& answer, std::string_view key, std::string_view field, std::string_view value) {
  boost::json::array kept;
  for (boost::json::value& row : answer.at(Key(key)).as_array()) {
    if (TextOf(row.as_object(), field) == value) kept.push_back(std::move(row));
  }
  answer[Key(key)] = std::move(kept);
}

Task<tl::expected<std::string, Problem>> TenantFor(RestCall& call, const std::string* given) {
  const bool own_only = call.token.scope == pool::TokenScope::kTenant;
  if (given == nullptr) co_return own_only ? call.token.tenant_id : std::string();
  // A tenant's token never asks for others, so that it can't tell whether they exist.
  boost::json::object arguments = Pair("tenant", own_only ? call.token.tenant_id : *given);
  RestAnswer shown = co_await call.execute("tenants.show", std::move(arguments));
  const RestAnswer tenant = Member(std::move(shown), "tenant");
  if (!tenant) co_return tl::unexpected(tenant.error());
  std::string id = TextOf(*tenant, "id");
  if (own_only && *given != id && !EqualsIgnoreCase(*given, TextOf(*tenant, "name"))) co_return Refuse(404, "There is no tenant " + *given + ".");
  co_return id;
}

bool ListsRevision(std::string_view field, const boost::json::object& row, bool weak) {
  const std::string revision = TextOf(row, "revision");
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(','), field.size());
    std::string_view tag = TrimBlanks(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    if (tag == "*") return true;
    if (weak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() == revision.size() + 2 && tag.front() == '"' && tag.back() == '"' && tag.substr(1, revision.size()) == revision) return true;
  }
  return false;
}

tl::expected<void, Problem> CheckIfMatch(const RestCall& call, const boost::json::object& row) {
  if (!call.if_match || ListsRevision(*call.if_match, row, false)) return {};
  return Refuse(412, "It was changed meanwhile; its revision is " + TextOf(row, "revision") + ".");
}

}  // namespace plenary::admin
