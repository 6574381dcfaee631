#include "admin/token_commands.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>

#include "admin/arguments.hpp"
#include "admin/rows.hpp"
#include "admin/server_commands.hpp"
#include "admin/tenant_commands.hpp"
#include "base/digest.hpp"
#include "state/awaited.hpp"

namespace plenary::admin {

namespace {

constexpr std::size_t kTokenLength = 40;  // 238 bits
constexpr std::size_t kMostNameBytes = 200;
constexpr std::int64_t kMostSeconds = 100ll * 366 * 86'400;

tl::unexpected<Error> Invalid(std::string text) { return Fail(ErrorCode::kInvalidArgument, std::move(text)); }

/// What the token may touch: its tenant or server, and nothing else.
Status ReadOwner(const CommandContext& context, const boost::json::object& arguments, pool::ApiToken& token) {
  const auto tenant = TextArgument(arguments, "tenant");
  if (!tenant) return tl::unexpected(tenant.error());
  const auto server = TextArgument(arguments, "server");
  if (!server) return tl::unexpected(server.error());
  if (tenant->has_value() && token.scope != pool::TokenScope::kTenant) return Invalid("A tenant goes with the scope tenant only.");
  if (server->has_value() && token.scope != pool::TokenScope::kNode) return Invalid("A server goes with the scope node only.");
  if (token.scope == pool::TokenScope::kTenant) {
    const auto found = TenantArgument(context, arguments);
    if (!found) return tl::unexpected(found.error());
    token.tenant_id = (*found)->tenant.id;
  }
  if (token.scope == pool::TokenScope::kNode) {
    const auto id = RequiredText(arguments, "server");
    if (!id) return tl::unexpected(id.error());
    if (!context.store.Nodes()->Find(*id)) return NoServer(*id);
    token.node_id = *id;
  }
  return {};
}

}  // namespace

Task<Answer> TokensList(const CommandContext& context, const boost::json::object&) {
  boost::json::array rows;
  const auto table = context.store.Tokens();
  for (const pool::ApiToken& token : table->all()) rows.push_back(TokenRow(token));
  boost::json::object result;
  result["tokens"] = std::move(rows);
  co_return result;
}

Task<Answer> TokensCreate(const CommandContext& context, const boost::json::object& arguments) {
  const auto scope_name = RequiredText(arguments, "scope");
  if (!scope_name) co_return tl::unexpected(scope_name.error());
  const auto scope = pool::ParseTokenScope(*scope_name);
  if (!scope) co_return Invalid("The scope must be admin, read-only, tenant or node, not " + *scope_name + ".");
  const auto name = TextArgument(arguments, "name");
  if (!name) co_return tl::unexpected(name.error());
  if (name->value_or("").size() > kMostNameBytes) co_return Invalid("A token's name may have at most 200 bytes.");
  const auto expires = IntegerArgument(arguments, "expires_s", 1, kMostSeconds);
  if (!expires) co_return tl::unexpected(expires.error());

  pool::ApiToken token;
  token.id = context.random.Uuid();
  token.name = name->value_or("");
  token.scope = *scope;
  if (const Status owner = ReadOwner(context, arguments, token); !owner) co_return tl::unexpected(owner.error());
  token.created_at_ms = ToMs(context.clock.Now());
  if (*expires) token.expires_at_ms = token.created_at_ms + **expires * 1000;
  const std::string secret = "plt_" + context.random.Text(kTokenLength, kAlphanumerics);
  token.digest = Digest(DigestAlgorithm::kSha256, {secret}).view();

  boost::json::object result;
  result["token"] = TokenRow(token);
  result["secret"] = secret;
  const std::string id = token.id;
  const Status added = co_await state::AwaitAddToken(context.store, std::move(token));
  if (!added) co_return tl::unexpected(added.error());
  context.log.Info("token created", {{"token", id}, {"scope", *scope_name}});
  co_return result;
}

Task<Answer> TokensRevoke(const CommandContext& context, const boost::json::object& arguments) {
  const auto id = RequiredText(arguments, "id");
  if (!id) co_return tl::unexpected(id.error());
  const auto table = context.store.Tokens();
  const auto token = std::find_if(table->all().begin(), table->all().end(), [&](const pool::ApiToken& t) { return t.id == *id; });
  const auto no_token = [&] { return Fail(ErrorCode::kNotFound, "There is no token with the ID " + *id + "."); };
  if (token == table->all().end()) co_return no_token();
  const Status removed = co_await state::AwaitRemoveToken(context.store, *id);
  if (!removed) co_return removed.error().code == ErrorCode::kNotFound ? no_token() : tl::unexpected(removed.error());
  context.log.Info("token revoked", {{"token", *id}});
  boost::json::object result;
  result["token"] = TokenRow(*token);
  co_return result;
}

}  // namespace plenary::admin
