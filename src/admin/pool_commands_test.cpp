// The commands of docs/control-protocol.md on real stores: what they change, what they answer, what they refuse.
#include "admin/pool_commands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <map>
#include <mutex>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "state/sqlite/sqlite_store.hpp"

namespace plenary::admin {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr std::int64_t kNow = 1'800'000'000'000;

class StillClock final : public Clock {
 public:
  WallTime Now() const override { return FromMs(kNow); }
  SteadyTime Steady() const override { return SteadyTime(std::chrono::milliseconds(kNow)); }
};

/// A node that says yes to everything.
class AgreeingNode final : public http::NodeClient {
 public:
  Task<Result<http::NodeReply>> Call(http::NodeCall call) override {
    {
      const std::lock_guard lock(mutex);
      targets.push_back(call.target);
    }
    http::NodeReply reply;
    reply.status = 200;
    reply.body = "<response><returncode>SUCCESS</returncode>" + about + "</response>";
    co_return reply;
  }
  std::mutex mutex;
  std::vector<std::string> targets;
  std::string about = "<meetingID>m</meetingID>";
};

class NoPolls final : public PollControl {
 public:
  using Polled = std::vector<std::pair<std::string, std::string>>;
  Task<Polled> Run(std::string) override { co_return Polled(); }
  Task<void> Changed(std::string) override { co_return; }
};

/// Every tenant's meetings were placed on n1, at times of their own.
class DecisionsOnPaper final : public DecisionLog {
 public:
  std::optional<pool::Decision> Last(const std::string& tenant_id, const std::string& meeting_id) override {
    const auto found = at_ms.find({tenant_id, meeting_id});
    if (found == at_ms.end()) return std::nullopt;
    pool::Decision decision;
    decision.at_ms = found->second;
    decision.node_id = "n1";
    return decision;
  }
  std::map<std::pair<std::string, std::string>, std::int64_t> at_ms;
};

class PoolCommandsTest : public testing::Test {
 protected:
  PoolCommandsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "plenary-admin-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    state::StateOptions options;
    options.multitenancy = true;
    store_ = state::SqliteStore::Open(folder_ / "state.db", options, clock_, random_, nullptr).value();
    database_ = records::Database::Open(folder_ / "records.db").value();
    outbox_ = std::make_unique<records::Outbox>(*database_, clock_);
    callback_urls_ = std::make_unique<records::CallbackUrlStore>(*database_);
    hooks_ = records::HookStore::Open(*database_).value();
    usage_ = std::make_unique<records::UsageStore>(*database_);
    CommandOptions command_options{false, true, "9.9", {{"PORT", "1", "plenary.yml:2", true}, {"RAILS_ENV", "x", "environment", false}}, {"Beware."}};
    commands_ = MakePoolCommands(
        {command_options, *store_, calls_, polls_, decisions_, *outbox_, *callback_urls_, *hooks_, *usage_, runtime_, clock_, random_, log_});
    runtime_.Start();
  }
  ~PoolCommandsTest() override {
    runtime_.Stop();
    store_->Flush();
    store_.reset();
    hooks_.reset();
    outbox_.reset();
    callback_urls_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Answer Run(std::string command, json::object arguments = {}) {
    struct Carrier {
      static Task<void> Carry(Commands& commands, std::string name, json::object given, std::promise<Answer>& result) {
        Answer answer = co_await commands.Execute(std::move(name), std::move(given));
        result.set_value(std::move(answer));
      }
    };
    std::promise<Answer> promise;
    runtime::Spawn(runtime_.Control(), Carrier::Carry(*commands_, std::move(command), std::move(arguments), promise));
    return promise.get_future().get();
  }
  json::object Ok(std::string command, json::object arguments = {}) {
    Answer answer = Run(command, std::move(arguments));
    EXPECT_TRUE(answer.has_value()) << command << ": " << (answer ? "" : answer.error().detail);
    return answer ? *answer : json::object();
  }
  json::object Tenant(std::string command, json::object arguments) {
    const json::object result = Ok(std::move(command), std::move(arguments));
    return result.contains("tenant") ? result.at("tenant").as_object() : json::object();
  }
  std::string ErrorOf(std::string command, json::object arguments = {}) {
    const Answer answer = Run(std::move(command), std::move(arguments));
    return answer ? "no error" : answer.error().detail;
  }
  ErrorCode CodeOf(std::string command, json::object arguments = {}) {
    const Answer answer = Run(std::move(command), std::move(arguments));
    EXPECT_FALSE(answer.has_value());
    return answer ? ErrorCode::kCorrupt : answer.error().code;
  }
  std::string AddTenant(const std::string& name) { return Text(Tenant("tenants.add", {{"name", name}, {"secrets", {"s-" + name}}}), "id"); }

  static std::string Text(const json::object& object, std::string_view key) { return std::string(object.at(key).as_string()); }
  static std::string Json(const json::value& value) { return json::serialize(value); }

  /// A node that is online, and a settled meeting of the tenant on it.
  state::MeetingPtr Meeting(const std::string& tenant_id, const std::string& meeting_id) {
    if (!store_->Nodes()->Find("n1")) {
      Ok("servers.add", {{"id", "n1"}, {"url", "http://n1.example.org/bigbluebutton/api"}, {"secret", "node-secret"}, {"enable", true}});
      std::promise<void> polled;
      state::PollReport report;
      report.node_id = "n1";
      report.started_at_ms = report.now_ms = kNow;
      store_->ApplyPoll(report, [&](Result<state::PollOutcome>) { polled.set_value(); });
      polled.get_future().wait();
    }
    std::promise<state::MeetingPtr> claimed;
    state::ClaimRequest request;
    request.tenant_id = tenant_id;
    request.meeting_id = meeting_id;
    store_->Claim(request, [&](Result<state::ClaimResult> result) {
      EXPECT_TRUE(result) << result.error().detail;
      if (result) store_->Settle(result->meeting, {"internal-" + meeting_id, kNow, "ap", "mp", ""});
      claimed.set_value(result ? result->meeting : nullptr);
    });
    return claimed.get_future().get();
  }

  std::int64_t Enqueue(const std::string& tenant_id, const std::string& key) {
    records::Callback callback;
    callback.tenant_id = tenant_id;
    callback.meeting_id = "m1";
    callback.url = "https://f.example.org/";
    callback.order_key = key;
    std::promise<bool> queued;
    outbox_->Enqueue(callback, std::chrono::milliseconds(0), [&](const Result<bool>& result) { queued.set_value(result && *result); });
    EXPECT_TRUE(queued.get_future().get());
    return outbox_->List({}).value().back().id;
  }

  std::string AddHook(const std::string& tenant_id, const std::string& url) {
    records::Hook hook;
    hook.id = random_.Uuid();
    hook.tenant_id = tenant_id;
    hook.callback_url = url;
    std::promise<void> added;
    hooks_->Add(hook, [&](const Result<records::HookStore::Added>& result) {
      EXPECT_TRUE(result);
      added.set_value();
    });
    added.get_future().wait();
    return hook.id;
  }

  StillClock clock_;
  SystemRandom random_;
  observe::Log log_{observe::Level::kOff, false};
  std::filesystem::path folder_;
  std::unique_ptr<state::SqliteStore> store_;
  std::unique_ptr<records::Database> database_;
  std::unique_ptr<records::Outbox> outbox_;
  std::unique_ptr<records::CallbackUrlStore> callback_urls_;
  std::unique_ptr<records::HookStore> hooks_;
  std::unique_ptr<records::UsageStore> usage_;
  runtime::Runtime runtime_{1, 1};
  AgreeingNode node_;
  nodes::NodeCalls calls_{node_, nodes::CallTimeouts()};
  NoPolls polls_;
  DecisionsOnPaper decisions_;
  std::unique_ptr<Commands> commands_;
};

TEST_F(PoolCommandsTest, UnknownCommand) {
  EXPECT_EQ(ErrorOf("tenants.nonsense"), "There is no command tenants.nonsense.");
  EXPECT_EQ(CodeOf(""), ErrorCode::kInvalidArgument);
}

TEST_F(PoolCommandsTest, AddTenant) {
  const json::object made = Tenant("tenants.add", {{"name", "moodle"}});
  EXPECT_THAT(Text(made, "id"), MatchesRegex("[0-9a-f]{8}-[0-9a-f-]{27}"));
  EXPECT_THAT(Json(made.at("secrets")), MatchesRegex("\\[\"[A-Za-z0-9]{40}\"\\]"));
  EXPECT_EQ(made.at("enabled"), true);
  EXPECT_EQ(Json(made.at("limits")), R"({"meetings":0,"participants":0,"creates_per_second":0,"calls_per_second":0})");
  EXPECT_EQ(Json(made.at("use")), R"({"meetings":0,"people":0,"participants":0,"refused":0})");

  const json::object given = Tenant("tenants.add", {{"name", "second"},
                                                    {"secrets", {"a", "b"}},
                                                    {"enabled", false},
                                                    {"checksum_algorithms", {"sha256", "SHA-512"}},
                                                    {"lrs", {{"endpoint", "https://lrs/x"}, {"password", "p"}}},
                                                    {"limits", {{"meetings", 5}}},
                                                    {"logo_url", "https://l/logo.png"}});
  EXPECT_EQ(Json(given.at("secrets")), R"(["a","b"])");
  EXPECT_EQ(given.at("enabled"), false);
  EXPECT_EQ(Json(given.at("checksum_algorithms")), R"(["SHA256","SHA512"])");
  EXPECT_EQ(Text(given.at("lrs").as_object(), "password"), "p");
  EXPECT_EQ(Text(given, "logo_url"), "https://l/logo.png");

  EXPECT_EQ(CodeOf("tenants.add", {{"name", "MOODLE"}}), ErrorCode::kAlreadyExists) << "in any case";
  EXPECT_EQ(CodeOf("tenants.add"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("tenants.add", {{"name", "a b"}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("tenants.add", {{"name", "x"}, {"secrets", {"a:b"}}}), ErrorCode::kInvalidArgument);
  const json::object list = Ok("tenants.list");
  EXPECT_EQ(list.at("tenants").as_array().size(), 2u);
  EXPECT_EQ(list.at("multitenancy"), true);
}

TEST_F(PoolCommandsTest, AsScaleliteATenantMayTakeAnothersName) {
  const std::string first = AddTenant("moodle");
  const json::object second = Tenant("tenants.add", {{"name", "moodle"}, {"shared_name", true}});
  EXPECT_EQ(Ok("tenants.list").at("tenants").as_array().size(), 2u);
  EXPECT_EQ(Text(Tenant("tenants.show", {{"tenant", "moodle"}}), "id"), Text(second, "id")) << "the newest";
  EXPECT_EQ(Text(Tenant("tenants.show", {{"tenant", first}}), "id"), first);
}

TEST_F(PoolCommandsTest, UpdateTenant) {
  const std::string id = AddTenant("moodle");
  const std::int64_t revision = Tenant("tenants.show", {{"tenant", id}}).at("revision").to_number<std::int64_t>();
  json::object changed = Tenant("tenants.update", {{"tenant", "moodle"},
                                                   {"if_revision", revision},
                                                   {"lrs", {{"endpoint", "https://lrs/x"}, {"username", "u"}}},
                                                   {"limits", {{"participants", 100}, {"calls_per_second", 7}}}});
  EXPECT_GT(changed.at("revision").to_number<std::int64_t>(), revision);
  EXPECT_EQ(CodeOf("tenants.update", {{"tenant", id}, {"if_revision", revision}, {"name", "other"}}), ErrorCode::kConflict);
  changed = Tenant("tenants.update", {{"tenant", id}, {"lrs", {{"username", ""}}}, {"limits", {{"participants", 0}}}, {"name", "learn"}});
  EXPECT_EQ(Text(changed, "name"), "learn");
  EXPECT_EQ(Text(changed.at("lrs").as_object(), "endpoint"), "https://lrs/x") << "what is not named stays";
  EXPECT_EQ(Text(changed.at("lrs").as_object(), "username"), "");
  EXPECT_EQ(Json(changed.at("limits")), R"({"meetings":0,"participants":0,"creates_per_second":0,"calls_per_second":7})");
  EXPECT_EQ(Json(changed.at("secrets")), R"(["s-moodle"])");
  EXPECT_EQ(CodeOf("tenants.show", {{"tenant", "moodle"}}), ErrorCode::kNotFound);
  EXPECT_EQ(ErrorOf("tenants.update", {{"tenant", "nobody"}}), "There is no tenant with the ID or name nobody.");

  for (const json::object& wrong : std::vector<json::object>{{{"lrs", {{"pasword", "x"}}}},
                                                             {{"lrs", "x"}},
                                                             {{"limits", {{"meeting", 1}}}},
                                                             {{"limits", {{"meetings", -1}}}},
                                                             {{"limits", {{"meetings", 1.5}}}},
                                                             {{"secrets", json::array()}},
                                                             {{"secrets", "x"}},
                                                             {{"enabled", "yes"}},
                                                             {{"checksum_algorithms", {"MD5"}}},
                                                             {{"logo_url", "ftp://x"}},
                                                             {{"name", ""}},
                                                             {{"if_revision", "1"}}}) {
    json::object arguments = wrong;
    arguments["tenant"] = id;
    EXPECT_EQ(CodeOf("tenants.update", arguments), ErrorCode::kInvalidArgument) << Json(wrong);
  }
  EXPECT_EQ(Text(Tenant("tenants.show", {{"tenant", id}}), "name"), "learn") << "nothing of a refused change stays";
}

TEST_F(PoolCommandsTest, RollSecret) {
  const std::string id = AddTenant("moodle");
  json::object result = Ok("tenants.roll_secret", {{"tenant", "moodle"}});
  const std::string made = Text(result, "secret");
  EXPECT_THAT(made, MatchesRegex("[A-Za-z0-9]{40}"));
  EXPECT_EQ(Json(result.at("tenant").at("secrets")), "[\"" + made + "\"]");
  EXPECT_EQ(Json(result.at("tenant").at("retired_secrets")),
            R"([{"secret":"s-moodle","until_ms":)" + std::to_string(kNow + 7 * 86'400'000ll) + "}]");
  result = Ok("tenants.roll_secret", {{"tenant", id}, {"secret", "s-moodle"}, {"keep_s", 60}});
  EXPECT_EQ(Json(result.at("tenant").at("retired_secrets")), "[{\"secret\":\"" + made + "\",\"until_ms\":" + std::to_string(kNow + 60'000) + "}]")
      << "one that comes back is no old one";
  result = Ok("tenants.roll_secret", {{"tenant", id}, {"secret", "third"}, {"keep_s", 0}});
  EXPECT_EQ(result.at("tenant").at("retired_secrets").as_array().size(), 1u) << "the last one is not kept";
  EXPECT_EQ(CodeOf("tenants.roll_secret", {{"tenant", id}, {"secret", "third"}}), ErrorCode::kAlreadyExists);
  EXPECT_EQ(CodeOf("tenants.roll_secret", {{"tenant", id}, {"secret", ""}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("tenants.roll_secret", {{"tenant", id}, {"keep_s", -1}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("tenants.roll_secret", {{"tenant", "x"}}), ErrorCode::kNotFound);
}

TEST_F(PoolCommandsTest, TenantSettings) {
  const std::string id = AddTenant("moodle");
  AddTenant("other");
  json::object added = Ok("tenants.settings_add", {{"tenant", id}, {"param", "duration<="}, {"value", "120"}});
  const std::string setting_id = Text(added.at("setting").as_object(), "id");
  EXPECT_EQ(Json(added.at("tenant").at("settings")), R"([{"id":")" + setting_id + R"(","param":"duration<=","value":"120","override":false}])");
  Ok("tenants.settings_add", {{"tenant", "moodle"}, {"param", "welcome-="}, {"id", "mine"}, {"override", true}});
  EXPECT_EQ(CodeOf("tenants.settings_add", {{"tenant", "other"}, {"param", "a"}, {"value", "b"}, {"id", "mine"}}), ErrorCode::kAlreadyExists)
      << "IDs are unique among all tenants: they alone name a setting";
  EXPECT_EQ(CodeOf("tenants.settings_add", {{"tenant", id}, {"param", "duration<="}, {"value", "long"}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("tenants.settings_add", {{"tenant", id}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(CodeOf("tenants.settings_add", {{"tenant", "x"}, {"param", "a"}, {"value", "b"}}), ErrorCode::kNotFound);
  const json::object left = Tenant("tenants.settings_remove", {{"id", setting_id}});
  EXPECT_EQ(Json(left.at("settings")), R"([{"id":"mine","param":"welcome-=","value":"","override":true}])");
  EXPECT_EQ(ErrorOf("tenants.settings_remove", {{"id", setting_id}}), "There is no tenant setting with the ID " + setting_id + ".");
}

TEST_F(PoolCommandsTest, RemoveTenant) {
  const std::string id = AddTenant("moodle");
  const std::string other = AddTenant("other");
  Meeting(id, "m1");
  AddHook(id, "https://a/");
  const std::string kept = AddHook(other, "https://b/");
  Ok("tokens.create", {{"scope", "tenant"}, {"tenant", "moodle"}});
  EXPECT_EQ(CodeOf("tenants.remove", {{"tenant", "moodle"}}), ErrorCode::kConflict);
  EXPECT_EQ(Json(Ok("tenants.remove", {{"tenant", "moodle"}, {"force", true}})), R"({"meetings":1})");
  EXPECT_EQ(CodeOf("tenants.remove", {{"tenant", id}}), ErrorCode::kNotFound);
  EXPECT_THAT(Ok("tokens.list").at("tokens").as_array(), IsEmpty());
  const json::array hooks = Ok("hooks.list").at("hooks").as_array();
  ASSERT_EQ(hooks.size(), 1u) << "its webhooks go with it";
  EXPECT_EQ(Text(hooks[0].as_object(), "id"), kept);
  EXPECT_EQ(Json(Ok("tenants.remove", {{"tenant", other}})), R"({"meetings":0})");
}

TEST_F(PoolCommandsTest, Usage) {
  const std::string id = AddTenant("moodle");
  std::promise<void> added;
  usage_->Add({{id, "2026-11", 3, 20, 90.5}, {"gone", "2026-11", 1, 2, 3}, {id, "2026-12", 1, 1, 1}}, [&](const Status&) { added.set_value(); });
  added.get_future().wait();
  EXPECT_EQ(Ok("tenants.usage").at("usage").as_array().size(), 3u);
  const json::array november = Ok("tenants.usage", {{"month", "2026-11"}, {"tenant", "moodle"}}).at("usage").as_array();
  ASSERT_EQ(november.size(), 1u);
  EXPECT_EQ(Json(november), R"([{"tenant_id":")" + id +
                                R"(","tenant":"moodle","month":"2026-11","meetings":3,"peak_participants":20,"participant_minutes":9.05E1}])");
  EXPECT_EQ(Ok("tenants.usage", {{"tenant", "gone"}}).at("usage").as_array().size(), 1u) << "the last bill of a tenant that was removed";
  EXPECT_EQ(CodeOf("tenants.usage", {{"tenant", "nobody"}}), ErrorCode::kNotFound);
  for (const char* month : {"2026", "2026-13", "2026-00", "2026-1", "2026/11", "x026-11"}) {
    EXPECT_EQ(CodeOf("tenants.usage", {{"month", month}}), ErrorCode::kInvalidArgument) << month;
  }
}

TEST_F(PoolCommandsTest, Tokens) {
  const std::string tenant_id = AddTenant("moodle");
  const json::object created = Ok("tokens.create", {{"scope", "tenant"}, {"tenant", "moodle"}, {"name", "bills"}, {"expires_s", 60}});
  const std::string secret = Text(created, "secret");
  EXPECT_THAT(secret, MatchesRegex("plt_[A-Za-z0-9]{40}"));
  const json::object& token = created.at("token").as_object();
  EXPECT_EQ(Text(token, "tenant_id"), tenant_id);
  EXPECT_EQ(token.at("expires_at_ms").to_number<std::int64_t>(), kNow + 60'000);
  const pool::ApiToken* kept = store_->Tokens()->FindByDigest(Digest(DigestAlgorithm::kSha256, {secret}).view());
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->id, Text(token, "id"));
  EXPECT_THAT(Json(Ok("tokens.list")), Not(HasSubstr(secret)));
  EXPECT_THAT(Json(Ok("tokens.list")), Not(HasSubstr(kept->digest)));

  for (const json::object& wrong : std::vector<json::object>{{},
                                                             {{"scope", "root"}},
                                                             {{"scope", "tenant"}},
                                                             {{"scope", "node"}},
                                                             {{"scope", "admin"}, {"tenant", "moodle"}},
                                                             {{"scope", "tenant"}, {"tenant", "moodle"}, {"server", "n1"}},
                                                             {{"scope", "admin"}, {"expires_s", 0}},
                                                             {{"scope", "admin"}, {"name", std::string(201, 'x')}}}) {
    EXPECT_EQ(CodeOf("tokens.create", wrong), ErrorCode::kInvalidArgument) << Json(wrong);
  }
  EXPECT_EQ(CodeOf("tokens.create", {{"scope", "node"}, {"server", "n9"}}), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf("tokens.create", {{"scope", "tenant"}, {"tenant", "nobody"}}), ErrorCode::kNotFound);
  EXPECT_EQ(Text(Ok("tokens.revoke", {{"id", Text(token, "id")}}).at("token").as_object(), "name"), "bills");
  EXPECT_EQ(CodeOf("tokens.revoke", {{"id", Text(token, "id")}}), ErrorCode::kNotFound);
  EXPECT_EQ(store_->Tokens()->FindByDigest(Digest(DigestAlgorithm::kSha256, {secret}).view()), nullptr);
}

TEST_F(PoolCommandsTest, Callbacks) {
  const std::string id = AddTenant("moodle");
  const std::int64_t first = Enqueue(id, "a");
  const std::int64_t second = Enqueue("", "b");
  ASSERT_TRUE(outbox_->Dead(second, 500, "no"));
  json::object listed = Ok("callbacks.list");
  EXPECT_EQ(listed.at("callbacks").as_array().size(), 2u);
  EXPECT_EQ(listed.at("pending").to_number<int>(), 1);
  EXPECT_EQ(listed.at("dead").to_number<int>(), 1);
  const auto ids = [&](json::object arguments) {
    std::vector<std::int64_t> found;
    const json::object result = Ok("callbacks.list", std::move(arguments));
    for (const json::value& row : result.at("callbacks").as_array()) found.push_back(row.at("id").to_number<std::int64_t>());
    return found;
  };
  EXPECT_THAT(ids({{"tenant", "moodle"}}), ElementsAre(first));
  EXPECT_THAT(ids({{"tenant", ""}}), ElementsAre(second)) << "those without a tenant";
  EXPECT_THAT(ids({{"state", "dead"}}), ElementsAre(second));
  EXPECT_THAT(ids({{"after", first}}), ElementsAre(second));
  EXPECT_THAT(ids({{"limit", 1}}), ElementsAre(first));
  for (const json::object& wrong : std::vector<json::object>{{{"state", "x"}}, {{"limit", 0}}, {{"limit", 1001}}, {{"after", "x"}}}) {
    EXPECT_EQ(CodeOf("callbacks.list", wrong), ErrorCode::kInvalidArgument) << Json(wrong);
  }
  EXPECT_EQ(Ok("status").at("callbacks").at("dead").to_number<int>(), 1);

  EXPECT_EQ(Json(Ok("callbacks.retry", {{"ids", {second}}, {"tenant", "moodle"}})), R"({"changed":0})") << "another tenant's";
  EXPECT_EQ(Json(Ok("callbacks.retry", {{"ids", {second}}})), R"({"changed":1})");
  EXPECT_EQ(Json(Ok("callbacks.drop", {{"all", true}, {"tenant", "moodle"}})), R"({"changed":1})");
  EXPECT_EQ(Json(Ok("callbacks.drop", {{"all", true}})), R"({"changed":1})");
  for (const char* command : {"callbacks.retry", "callbacks.drop"}) {
    EXPECT_EQ(CodeOf(command), ErrorCode::kInvalidArgument);
    EXPECT_EQ(CodeOf(command, {{"ids", {1}}, {"all", true}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(CodeOf(command, {{"ids", {"1"}}}), ErrorCode::kInvalidArgument);
  }
}

TEST_F(PoolCommandsTest, Hooks) {
  const std::string id = AddTenant("moodle");
  const std::string first = AddHook(id, "https://a/");
  AddHook("", "https://b/");
  EXPECT_EQ(Ok("hooks.list").at("hooks").as_array().size(), 2u);
  const json::array own = Ok("hooks.list", {{"tenant", "moodle"}}).at("hooks").as_array();
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(own[0].at("meeting_id"), nullptr);
  EXPECT_EQ(own[0].at("event_ids"), nullptr);
  EXPECT_EQ(Text(Ok("hooks.remove", {{"id", first}}).at("hook").as_object(), "callback_url"), "https://a/");
  EXPECT_EQ(CodeOf("hooks.remove", {{"id", first}}), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf("hooks.remove"), ErrorCode::kInvalidArgument);
}

TEST_F(PoolCommandsTest, ServersWithARevision) {
  const json::object server = Ok("servers.add", {{"id", "n1"}, {"url", "http://n1/api"}, {"secret", "s"}}).at("server").as_object();
  const std::int64_t revision = server.at("revision").to_number<std::int64_t>();
  const json::object changed = Ok("servers.update", {{"id", "n1"}, {"if_revision", revision}, {"tag", "gpu"}}).at("server").as_object();
  EXPECT_GT(changed.at("revision").to_number<std::int64_t>(), revision);
  EXPECT_EQ(CodeOf("servers.update", {{"id", "n1"}, {"if_revision", revision}, {"tag", "other"}}), ErrorCode::kConflict);
  EXPECT_EQ(Text(Ok("servers.show", {{"id", "n1"}}).at("server").as_object(), "tag"), "gpu");
}

TEST_F(PoolCommandsTest, NothingIsDoneToAServerOfAnotherRevision) {
  const json::object added = Ok("servers.add", {{"id", "n1"}, {"url", "http://n1/api"}, {"secret", "s"}});
  std::int64_t revision = added.at("server").at("revision").to_number<std::int64_t>();
  for (const char* command : {"servers.set_state", "servers.panic", "servers.remove"}) {
    json::object arguments{{"id", "n1"}, {"if_revision", revision + 1}};
    if (std::string_view(command) == "servers.set_state") arguments["state"] = "cordoned";
    const json::object before = Ok("servers.show", {{"id", "n1"}});
    EXPECT_EQ(CodeOf(command, arguments), ErrorCode::kConflict) << command;
    arguments["if_revision"] = "x";
    EXPECT_EQ(CodeOf(command, arguments), ErrorCode::kInvalidArgument) << command;
    EXPECT_EQ(Ok("servers.show", {{"id", "n1"}}), before) << command;
    arguments["if_revision"] = revision;
    const json::object done = Ok(command, arguments);
    if (done.contains("server")) revision = done.at("server").at("revision").to_number<std::int64_t>();
  }
  EXPECT_EQ(CodeOf("servers.show", {{"id", "n1"}}), ErrorCode::kNotFound);
}

TEST_F(PoolCommandsTest, NothingIsDoneToATenantOfAnotherRevision) {
  AddTenant("moodle");
  std::int64_t revision = Tenant("tenants.show", {{"tenant", "moodle"}}).at("revision").to_number<std::int64_t>();
  const std::pair<const char*, json::object> changes[] = {{"tenants.roll_secret", {{"tenant", "moodle"}}},
                                                          {"tenants.settings_add", {{"tenant", "moodle"}, {"param", "a"}, {"id", "mine"}}},
                                                          {"tenants.settings_remove", {{"id", "mine"}}},
                                                          {"tenants.remove", {{"tenant", "moodle"}}}};
  for (const auto& [command, given] : changes) {
    json::object arguments = given;
    const json::object before = Ok("tenants.show", {{"tenant", "moodle"}});
    arguments["if_revision"] = revision + 1;
    EXPECT_EQ(CodeOf(command, arguments), ErrorCode::kConflict) << command;
    arguments["if_revision"] = -1;
    EXPECT_EQ(CodeOf(command, arguments), ErrorCode::kInvalidArgument) << command;
    EXPECT_EQ(Ok("tenants.show", {{"tenant", "moodle"}}), before) << command;
    arguments["if_revision"] = revision;
    const json::object done = Ok(command, arguments);
    if (done.contains("tenant")) revision = done.at("tenant").at("revision").to_number<std::int64_t>();
  }
  EXPECT_EQ(CodeOf("tenants.show", {{"tenant", "moodle"}}), ErrorCode::kNotFound);
}

TEST_F(PoolCommandsTest, StatusHoldsNoSecrets) {
  const std::string id = AddTenant("moodle");
  Meeting(id, "m1");
  const json::object status = Ok("status");
  EXPECT_THAT(Json(status), Not(HasSubstr("node-secret")));
  EXPECT_THAT(Json(status), Not(HasSubstr("s-moodle")));
  EXPECT_EQ(Text(status, "version"), "9.9");
  EXPECT_EQ(status.at("servers").as_array().size(), 1u);
  EXPECT_EQ(status.at("tenants").at(0).at("use").at("meetings").to_number<int>(), 1);
  EXPECT_EQ(status.at("multitenancy"), true);
}

TEST_F(PoolCommandsTest, SettingsAreThoseOfTheStart) {
  EXPECT_EQ(Json(Ok("settings.list")), R"({"settings":[{"name":"PORT","value":"1","source":"plenary.yml:2","has_effect":true},)"
                                       R"({"name":"RAILS_ENV","value":"x","source":"environment","has_effect":false}],"warnings":["Beware."]})");
}

TEST_F(PoolCommandsTest, MeetingsOfTwoTenantsWithOneId) {
  const std::string one = AddTenant("one");
  const std::string two = AddTenant("two");
  Meeting(one, "room");
  const state::MeetingPtr second = Meeting(two, "room");
  ASSERT_NE(second->node_meeting_id(), "room");
  EXPECT_EQ(Ok("meetings.list").at("meetings").as_array().size(), 2u);
  const json::array of_two = Ok("meetings.list", {{"tenant", "two"}}).at("meetings").as_array();
  ASSERT_EQ(of_two.size(), 1u);
  EXPECT_EQ(Text(of_two[0].as_object(), "node_meeting_id"), second->node_meeting_id());
  const auto tenant_of = [&](json::object arguments) {
    return Text(Ok("meetings.info", std::move(arguments)).at("meeting").as_object(), "tenant_id");
  };
  EXPECT_EQ(tenant_of({{"id", "room"}}), one) << "the plain ID is the first one's at the node";
  EXPECT_EQ(tenant_of({{"id", "room"}, {"tenant", "two"}}), two);
  EXPECT_EQ(tenant_of({{"id", second->node_meeting_id()}}), two);
  EXPECT_EQ(CodeOf("meetings.info", {{"id", "room"}, {"tenant", ""}}), ErrorCode::kNotFound) << "none without a tenant";
  decisions_.at_ms = {{{one, "room"}, 1}, {{two, "room"}, 2}};
  node_.about = "<meetingID>" + second->node_meeting_id() + "</meetingID><metadata><plenary-meeting-id>room</plenary-meeting-id><k>v</k></metadata>";
  const json::object info = Ok("meetings.info", {{"id", "room"}, {"tenant", "two"}});
  EXPECT_EQ(Text(info.at("info").as_object(), "meetingID"), "room") << "as its front-end knows it";
  EXPECT_EQ(Json(info.at("metadata")), R"({"k":"v"})");
  EXPECT_EQ(info.at("decision").at("at_ms").to_number<int>(), 2) << "why this one is where it is, not the other's";
  node_.targets.clear();
  Ok("meetings.end", {{"ids", {"room"}}, {"tenant", "two"}});
  ASSERT_EQ(node_.targets.size(), 1u);
  EXPECT_THAT(node_.targets[0], HasSubstr("meetingID=room%7E")) << "as its node knows it";
  EXPECT_EQ(Ok("meetings.list").at("meetings").as_array().size(), 1u);
}

}  // namespace
}  // namespace plenary::admin
