// For the tests of both HTTP APIs: commands that answer from a pool on paper (servers n1 and n2, tenants one and two), and a caller that sends a
// handler requests without a socket.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "admin/commands.hpp"
#include "admin/json.hpp"
#include "http/message.hpp"
#include "runtime/runtime.hpp"

namespace plenary::admin {

inline boost::json::object ServerOnPaper(std::string_view id) {
  return boost::json::object{
      {"id", id}, {"revision", 7}, {"url", "https://" + std::string(id) + ".example.org/bigbluebutton/api/"}, {"secret", "secret-of-server"},
      {"tag", ""}, {"state", "enabled"}, {"state_set", true}, {"online", true}, {"load", 15.0}, {"reserved_seats", 0}, {"load_multiplier", 2.5},
      {"bbb_version", "3.0.4"}, {"checksum_algorithm", ""}, {"meetings", 1}, {"users", 2}, {"largest_meeting", 2}, {"videos", 0}, {"claims", 1},
      {"last_poll_ms", 1}, {"last_error", ""}};
}

inline boost::json::object TenantOnPaper(std::string_view name) {
  const boost::json::object lrs{{"endpoint", "https://lrs"}, {"username", "u"}, {"password", "secret-of-lrs"}, {"kc_token_url", ""},
                                {"kc_client_id", ""}, {"kc_client_secret", ""}, {"kc_username", ""}, {"kc_password", ""}};
  return boost::json::object{
      {"id", "id-" + std::string(name)}, {"name", name}, {"secrets", {"secret-1", "secret-2"}},
      {"retired_secrets", boost::json::array{boost::json::object{{"secret", "secret-0"}, {"until_ms", 5}}}}, {"enabled", true},
      {"checksum_algorithms", boost::json::array()}, {"lrs", lrs},
      {"limits", boost::json::object{{"meetings", 3}, {"participants", 0}, {"creates_per_second", 0}, {"calls_per_second", 0}}},
      {"settings", boost::json::array{boost::json::object{{"id", "setting-" + std::string(name)}, {"param", "duration<="}, {"value", "120"},
                                                          {"override", true}}}},
      {"presentation_url", ""}, {"logo_url", ""}, {"style_url", ""}, {"revision", 7},
      {"use", boost::json::object{{"meetings", 1}, {"people", 2}, {"participants", 2}, {"refused", 0}}}};
}

inline boost::json::object MeetingOnPaper(std::string_view id, std::string_view tenant_id) {
  return boost::json::object{{"meeting_id", id}, {"tenant_id", tenant_id}, {"server_id", "n1"}, {"server_url", "https://n1"}, {"phase", "settled"},
                             {"name", "Room"}, {"internal_id", "i"}, {"create_time_ms", 1}, {"voice_bridge", "12345"}, {"adopted", false},
                             {"claimed_at_ms", 1}};
}

inline boost::json::object CallbackOnPaper(int id, std::string_view tenant_id) {
  return boost::json::object{{"id", id}, {"kind", "hook"}, {"state", "pending"}, {"tenant_id", tenant_id}, {"meeting_id", "m"},
                             {"url", "https://front"}, {"attempts", 0}, {"created_at_ms", 1}, {"next_attempt_ms", 1}, {"last_status", 0},
                             {"last_error", ""}};
}

inline boost::json::object HookOnPaper(std::string_view id, std::string_view tenant_id) {
  return boost::json::object{{"id", id}, {"tenant_id", tenant_id}, {"callback_url", "https://front"}, {"meeting_id", nullptr}, {"event_ids", nullptr},
                             {"raw", false}, {"created_at_ms", 1}};
}

inline boost::json::object TokenOnPaper(std::string_view id) {
  return boost::json::object{{"id", id}, {"name", ""}, {"scope", "admin"}, {"tenant_id", ""}, {"server_id", ""}, {"created_at_ms", 1},
                             {"expires_at_ms", 0}};
}

/// Answers as docs/control-protocol.md says, as far as the handlers rely on it, and remembers what it was asked.
class FakeCommands final : public Commands {
 public:
  using Answer = Result<boost::json::object>;
  struct Call {
    std::string command;
    boost::json::object arguments;
  };

  Task<Answer> Execute(std::string command, boost::json::object arguments) override {
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back({command, arguments});
    }
    const auto own = answers.find(command);
    co_return own != answers.end() ? own->second(arguments) : Default(command, arguments);
  }

  /// Instead of the default.
  std::map<std::string, std::function<Answer(const boost::json::object&)>> answers;

  std::vector<Call> Calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  /// "name {arguments}" of the last one; "" when there was none.
  std::string Last() const {
    const std::lock_guard lock(mutex_);
    return calls_.empty() ? "" : calls_.back().command + " " + boost::json::serialize(calls_.back().arguments);
  }

 private:
  static Answer Default(const std::string& command, const boost::json::object& arguments) {
    using boost::json::array;
    using boost::json::object;
    if (command == "servers.list") return object{{"servers", {ServerOnPaper("n1"), ServerOnPaper("n2")}}};
    if (command == "servers.meetings") {
      return object{{"servers", array{object{{"id", "n1"}, {"url", ""}, {"error", nullptr},
                                             {"meetings", array{object{{"meeting_id", "m"}, {"name", "Room"}, {"participants", 2}}}}}}}};
    }
    if (command == "servers.add") return object{{"server", ServerOnPaper("new")}};
    if (command.starts_with("servers.")) return OfServer(command, TextOf(arguments, "id"));
    if (command == "meetings.list") {
      array meetings;
      for (const char* tenant : {"", "id-one", "id-two"}) {
        if (!Find(arguments, "tenant") || TextOf(arguments, "tenant") == tenant) meetings.push_back(MeetingOnPaper("shared", tenant));
      }
      if (!Find(arguments, "tenant") || TextOf(arguments, "tenant") == "id-one") meetings.push_back(MeetingOnPaper("m", "id-one"));
      return object{{"meetings", std::move(meetings)}};
    }
    if (command == "meetings.info") {
      return object{{"meeting", MeetingOnPaper("m", TextOf(arguments, "tenant"))}, {"error", nullptr},
                    {"info", object{{"meetingName", "Room"}, {"moderatorPW", "secret-mp"}}}, {"metadata", object()},
                    {"decision", object{{"at_ms", 1}, {"candidates", 1}, {"best", array{object{{"id", "n1"}, {"load", 0.5}}}},
                                        {"excluded", object()}}}};
    }
    if (command == "meetings.end") return object{{"ended", array{object{{"meeting_id", "m"}, {"error", nullptr}}}}};
    if (command == "poll.run") return object{{"servers", array{object{{"id", "n1"}, {"online", true}, {"load", 1.0}, {"error", nullptr}}}}};
    if (command == "settings.list") {
      return object{{"settings", array{object{{"name", "PORT"}, {"value", "3000"}, {"source", "default"}, {"has_effect", true}},
                                       object{{"name", "LOADBALANCER_SECRET"}, {"value", "(set)"}, {"source", "environment"}, {"has_effect", true}}}},
                    {"warnings", array{"Beware."}}};
    }
    if (command == "status") {
      return object{{"version", "1.2.3"}, {"uptime_ms", 5}, {"servers", {ServerOnPaper("n1"), ServerOnPaper("n2")}}, {"meetings", 4},
                    {"multitenancy", true}, {"tenants", {TenantOnPaper("one")}}, {"callbacks", object{{"pending", 4}, {"dead", 0}}},
                    {"owed_ends", 0}};
    }
    if (command == "tenants.list") return object{{"tenants", {TenantOnPaper("one"), TenantOnPaper("two")}}, {"multitenancy", true}};
    if (command == "tenants.add") return object{{"tenant", TenantOnPaper("new")}};
    if (command == "tenants.settings_remove") return object{{"tenant", TenantOnPaper("one")}};
    if (command == "tenants.usage") return Usage(TextOf(arguments, "tenant"));
    if (command.starts_with("tenants.")) return OfTenant(command, TextOf(arguments, "tenant"));
    if (command == "tokens.list") return object{{"tokens", array{TokenOnPaper("k1")}}};
    if (command == "tokens.create") return object{{"token", TokenOnPaper("k2")}, {"secret", "the-token"}};
    if (command == "tokens.revoke") return object{{"token", TokenOnPaper(TextOf(arguments, "id"))}};
    if (command == "callbacks.list") {
      array callbacks;
      for (int id = 1; id <= 4; ++id) {
        const std::string tenant = id % 2 == 0 ? "id-two" : "id-one";
        const bool wanted = !Find(arguments, "tenant") || TextOf(arguments, "tenant") == tenant;
        const bool room = callbacks.size() < static_cast<std::size_t>(arguments.at("limit").to_number<int>());
        if (wanted && room && id > arguments.at("after").to_number<int>()) callbacks.push_back(CallbackOnPaper(id, tenant));
      }
      return object{{"callbacks", std::move(callbacks)}, {"pending", 4}, {"dead", 0}};
    }
    if (command.starts_with("callbacks.")) return object{{"changed", 1}};
    if (command == "hooks.list") {
      array hooks;
      for (const char* tenant : {"one", "two"}) {
        const std::string id = "id-" + std::string(tenant);
        if (!Find(arguments, "tenant") || TextOf(arguments, "tenant") == id) hooks.push_back(HookOnPaper("hook-" + std::string(tenant), id));
      }
      return object{{"hooks", std::move(hooks)}};
    }
    if (command == "hooks.remove") return object{{"hook", HookOnPaper(TextOf(arguments, "id"), "id-one")}};
    return Fail(ErrorCode::kInvalidArgument, "There is no command " + command + ".");
  }

  static Answer OfServer(const std::string& command, const std::string& id) {
    if (id != "n1" && id != "n2") return Fail(ErrorCode::kNotFound, "There is no server with the ID " + id + ".");
    if (command == "servers.remove") return boost::json::object{{"forgotten", {"m"}}};
    boost::json::object answer{{"server", ServerOnPaper(id)}};
    if (command == "servers.panic") answer["cleared"] = boost::json::array{boost::json::object{{"meeting_id", "m"}, {"error", nullptr}}};
    return answer;
  }

  static Answer OfTenant(const std::string& command, const std::string& id_or_name) {
    const std::string name = id_or_name.starts_with("id-") ? id_or_name.substr(3) : id_or_name;
    if (name != "one" && name != "two") return Fail(ErrorCode::kNotFound, "There is no tenant " + id_or_name + ".");
    if (command == "tenants.remove") return boost::json::object{{"meetings", 1}};
    boost::json::object answer{{"tenant", TenantOnPaper(name)}, {"multitenancy", true}};
    if (command == "tenants.roll_secret") answer["secret"] = "secret-new";
    if (command == "tenants.settings_add") {
      answer["setting"] = boost::json::object{{"id", "s"}, {"param", "p"}, {"value", "v"}, {"override", false}};
    }
    return answer;
  }

  static Answer Usage(const std::string& tenant_id) {
    boost::json::array rows;
    for (const char* name : {"one", "two"}) {
      const std::string id = "id-" + std::string(name);
      if (!tenant_id.empty() && tenant_id != id) continue;
      rows.push_back(boost::json::object{{"tenant_id", id}, {"tenant", name}, {"month", "2026-11"}, {"meetings", 2}, {"peak_participants", 3},
                                         {"participant_minutes", 4.5}});
    }
    return boost::json::object{{"usage", std::move(rows)}};
  }

  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

struct FakeRequest {
  std::string method = "GET";
  std::string path, query;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool chunked = false;
};

/// Runs a handler on a worker, as the server does.
class Caller {
 public:
  Caller() { runtime_.Start(); }
  ~Caller() { runtime_.Stop(); }
  runtime::Runtime& runtime() { return runtime_; }

  http::Reply Call(http::Handler& handler, FakeRequest request) {
    std::promise<http::Reply> promise;
    runtime::Spawn(runtime_.Worker(0), Run(handler, std::move(request), promise));
    return promise.get_future().get();
  }

 private:
  class Body final : public http::BodySource {
   public:
    explicit Body(const std::string& text) : text_(text) {}
    Task<Status> ReadAll(http::SpooledBody& into, std::uint64_t max_bytes) override {
      if (text_.size() > max_bytes) co_return Fail(ErrorCode::kTooLarge);
      co_return into.Append(text_);
    }

   private:
    const std::string& text_;
  };

  static Task<void> Run(http::Handler& handler, FakeRequest given, std::promise<http::Reply>& promise) {
    std::vector<http::HeaderField> headers;
    for (const auto& [name, value] : given.headers) headers.push_back({name, value});
    Body body(given.body);
    http::Request request;
    request.method = given.method;
    request.path = given.path;
    request.query = given.query;
    request.headers = headers;
    request.has_body = !given.body.empty() || given.chunked;
    request.content_length = given.chunked ? 0 : given.body.size();
    request.body = &body;
    http::Reply reply;
    if (!handler.HandleNow(request, reply)) co_await handler.Handle(request, reply);
    promise.set_value(std::move(reply));
  }

  runtime::Runtime runtime_{1};
};

}  // namespace plenary::admin
