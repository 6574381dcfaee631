#include "cli/fake_owner.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <fstream>

#include "cli/fake_tenants.hpp"
#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

class Command {
 public:
  Command(FakePool& pool, const json::object& arguments) : pool_(pool), arguments_(arguments) {}

  Result<json::object> Run(std::string_view name) {
    for (const char* noun : {"tenants.", "tokens.", "callbacks.", "hooks."}) {
      if (name.starts_with(noun)) return RunTenantCommand(pool_, name, arguments_);
    }
    if (name == "servers.list") return List();
    if (name == "status") return Status();
    if (name == "servers.add") return Add();
    if (name == "servers.meetings") return ServerMeetings();
    if (name == "meetings.list" || name == "meetings.ask") return Meetings();
    if (name == "meetings.info") return Info();
    if (name == "meetings.end") return End();
    if (name == "meetings.forget") return Forget();
    if (name == "poll.run") return Poll();

    const auto found = pool_.servers.find(RawText(arguments_, "id"));
    if (found == pool_.servers.end())
      return Fail(ErrorCode::kNotFound, fmt::format("There is no server with the ID {}.", RawText(arguments_, "id")));
    json::object& server = found->second;
    server["claims"] = ClaimsOf(found->first);
    if (name == "servers.show") return json::object{{"server", server}};
    if (name == "servers.update") return Update(server);
    if (name == "servers.remove") return Remove(found->first);
    if (name == "servers.set_state") return SetState(server);
    if (name == "servers.panic") return Panic(found->first, server);
    return Fail(ErrorCode::kInvalidArgument, fmt::format("unknown command {}", name));
  }

 private:
  std::int64_t ClaimsOf(const std::string& server_id) const {
    return std::count_if(pool_.meetings.begin(), pool_.meetings.end(), [&](const FakeMeeting& m) { return m.server_id == server_id; });
  }

  json::value ErrorOf(const std::string& server_id) const {
    const auto found = pool_.node_errors.find(server_id);
    return found == pool_.node_errors.end() ? json::value(nullptr) : json::value(found->second);
  }

  std::string UrlOf(const std::string& server_id) const { return RawText(pool_.servers.at(server_id), "url"); }

  Result<std::vector<std::string>> Ids(const std::function<bool(const std::string&)>& known, const char* what) const {
    std::vector<std::string> ids;
    for (const json::value& id : Items(arguments_, "ids")) {
      ids.emplace_back(id.as_string());
      if (!known(ids.back())) return Fail(ErrorCode::kNotFound, fmt::format("There is no {} with the ID {}.", what, ids.back()));
    }
    return ids;
  }

  Result<std::vector<FakeMeeting>> ChosenMeetings() const {
    const auto find = [&](const std::string& id) {
      return std::find_if(pool_.meetings.begin(), pool_.meetings.end(), [&](const auto& m) { return m.id == id; });
    };
    if (!arguments_.contains("ids")) return pool_.meetings;
    const auto ids = Ids([&](const std::string& id) { return find(id) != pool_.meetings.end(); }, "meeting");
    if (!ids) return tl::unexpected(ids.error());
    std::vector<FakeMeeting> chosen;
    for (const std::string& id : *ids) chosen.push_back(*find(id));
    return chosen;
  }

  json::object Shown(const FakeMeeting& meeting) const {
    return {{"meeting_id", meeting.id},
            {"node_meeting_id", meeting.id},
            {"tenant_id", meeting.tenant_id},
            {"server_id", meeting.server_id},
            {"server_url", UrlOf(meeting.server_id)},
            {"phase", "settled"},
            {"name", meeting.name},
            {"reported_id", meeting.id},
            {"error", ErrorOf(meeting.server_id)},
            {"voice_bridge", "123456789"},
            {"create_time_ms", 1'799'999'940'000},
            {"claimed_at_ms", 1'799'999'940'000}};
  }

  Result<json::object> List() {
    json::array servers;
    for (auto& [id, server] : pool_.servers) {
      server["claims"] = ClaimsOf(id);
      servers.push_back(server);
    }
    return json::object{
        {"version", "9.9"}, {"uptime_ms", 65'000}, {"servers", servers}, {"meetings", pool_.meetings.size()}, {"owed_ends", 0}};
  }

  /// As the real one: without secrets.
  Result<json::object> Status() {
    Result<json::object> status = List();
    for (json::value& server : status->at("servers").as_array()) server.as_object()["secret"] = nullptr;
    json::array tenants;
    for (const json::object& tenant : pool_.tenants) {
      json::object row;
      for (const char* key : {"id", "name", "enabled", "use"}) row[key] = tenant.at(key);
      tenants.push_back(std::move(row));
    }
    (*status)["tenants"] = std::move(tenants);
    (*status)["multitenancy"] = pool_.multitenancy;
    const auto dead = std::count_if(pool_.callbacks.begin(), pool_.callbacks.end(),
                                    [](const json::object& callback) { return RawText(callback, "state") == "dead"; });
    (*status)["callbacks"] = json::object{{"pending", static_cast<std::int64_t>(pool_.callbacks.size()) - dead}, {"dead", dead}};
    return status;
  }

  Result<json::object> Add() {
    std::string id = RawText(arguments_, "id");
    if (id.empty()) id = fmt::format("new{}", pool_.next_id++);
    if (pool_.servers.contains(id)) return Fail(ErrorCode::kAlreadyExists, fmt::format("There is a server with the ID {} already.", id));
    json::object& server = pool_.Add(id, RawText(arguments_, "url"), RawText(arguments_, "secret"));
    server["state_set"] = Flag(arguments_, "enable");
    server["state"] = Flag(arguments_, "enable") ? "enabled" : "disabled";
    server["online"] = false;
    return Update(server);
  }

  Result<json::object> Update(json::object& server) {
    for (const char* key : {"url", "secret", "tag", "load_multiplier", "checksum_algorithm"}) {
      if (const json::value* value = arguments_.if_contains(key)) server[key] = *value;
    }
    return json::object{{"server", server}};
  }

  Result<json::object> SetState(json::object& server) {
    server["state"] = arguments_.at("state");
    server["state_set"] = true;
    return json::object{{"server", server}};
  }

  json::array TakeMeetings(const std::string& server_id) {
    json::array taken;
    for (const FakeMeeting& meeting : pool_.meetings) {
      if (meeting.server_id == server_id) taken.push_back(json::object{{"meeting_id", meeting.id}, {"error", ErrorOf(server_id)}});
    }
    std::erase_if(pool_.meetings, [&](const FakeMeeting& m) { return m.server_id == server_id; });
    return taken;
  }

  Result<json::object> Remove(std::string id) {
    if (ClaimsOf(id) > 0 && !Flag(arguments_, "force")) return Fail(ErrorCode::kConflict, fmt::format("{} has meetings.", id));
    json::array forgotten;
    for (const json::value& meeting : TakeMeetings(id)) forgotten.push_back(AsObject(meeting).at("meeting_id"));
    pool_.servers.erase(id);
    return json::object{{"forgotten", forgotten}};
  }

  Result<json::object> Panic(const std::string& id, json::object& server) {
    json::array cleared = TakeMeetings(id);
    if (!Flag(arguments_, "keep_state")) server["state"] = "disabled";
    return json::object{{"cleared", cleared}, {"server", server}};
  }

  Result<json::object> ServerMeetings() {
    const auto ids = Ids([&](const std::string& id) { return pool_.servers.contains(id); }, "server");
    if (!ids) return tl::unexpected(ids.error());
    json::array servers;
    for (const auto& [id, server] : pool_.servers) {
      if (arguments_.contains("ids") && std::find(ids->begin(), ids->end(), id) == ids->end()) continue;
      json::array meetings;
      if (!pool_.node_errors.contains(id)) {
        for (const FakeMeeting& m : pool_.meetings) {
          if (m.server_id == id) meetings.push_back(json::object{{"meeting_id", m.id}, {"name", m.name}, {"participants", 3}});
        }
      }
      servers.push_back(json::object{{"id", id}, {"url", UrlOf(id)}, {"error", ErrorOf(id)}, {"meetings", meetings}});
    }
    return json::object{{"servers", servers}};
  }

  Result<json::object> Meetings() {
    const auto chosen = ChosenMeetings();
    if (!chosen) return tl::unexpected(chosen.error());
    json::array meetings;
    for (const FakeMeeting& meeting : *chosen) meetings.push_back(Shown(meeting));
    return json::object{{"meetings", meetings}};
  }

  Result<json::object> Info() {
    for (const FakeMeeting& meeting : pool_.meetings) {
      if (meeting.id != RawText(arguments_, "id")) continue;
      json::object info, metadata;
      for (const auto& [key, value] : meeting.info) info[key] = value;
      for (const auto& [key, value] : meeting.metadata) metadata[key] = value;
      return json::object{{"meeting", Shown(meeting)}, {"error", ErrorOf(meeting.server_id)}, {"info", info}, {"metadata", metadata}};
    }
    return Fail(ErrorCode::kNotFound, fmt::format("There is no meeting with the ID {}.", RawText(arguments_, "id")));
  }

  /// As the real one: a meeting whose node does not answer stays, and its end is owed.
  Result<json::object> End() {
    const auto chosen = ChosenMeetings();
    if (!chosen) return tl::unexpected(chosen.error());
    json::array ended;
    for (const FakeMeeting& meeting : *chosen) {
      ended.push_back(json::object{{"meeting_id", meeting.id}, {"error", ErrorOf(meeting.server_id)}});
      if (!pool_.node_errors.contains(meeting.server_id)) std::erase_if(pool_.meetings, [&](const auto& m) { return m.id == meeting.id; });
    }
    return json::object{{"ended", ended}};
  }

  Result<json::object> Forget() {
    const auto chosen = ChosenMeetings();
    if (!chosen) return tl::unexpected(chosen.error());
    for (const FakeMeeting& meeting : *chosen) std::erase_if(pool_.meetings, [&](const auto& m) { return m.id == meeting.id; });
    return json::object{};
  }

  Result<json::object> Poll() {
    json::array servers;
    for (const auto& [id, server] : pool_.servers) {
      servers.push_back(json::object{{"id", id}, {"online", server.at("online")}, {"load", server.at("load")}, {"error", ErrorOf(id)}});
    }
    return json::object{{"servers", servers}};
  }

  FakePool& pool_;
  const json::object& arguments_;
};

}  // namespace

json::object& FakePool::Add(const std::string& id, const std::string& url, const std::string& secret) {
  return servers[id] = {{"id", id},
                        {"url", url},
                        {"secret", secret},
                        {"tag", ""},
                        {"state", "enabled"},
                        {"state_set", true},
                        {"online", true},
                        {"load", nullptr},
                        {"reserved_seats", 0},
                        {"load_multiplier", 1.0},
                        {"bbb_version", ""},
                        {"checksum_algorithm", ""},
                        {"meetings", nullptr},
                        {"users", nullptr},
                        {"largest_meeting", nullptr},
                        {"videos", nullptr},
                        {"claims", 0},
                        {"last_poll_ms", 0},
                        {"last_error", ""}};
}

Result<json::object> FakeOwner::Execute(std::string_view command, const json::object& arguments) {
  pool_.commands.push_back(fmt::format("{} {}", command, json::serialize(arguments)));
  if (const auto error = pool_.command_errors.find(std::string(command)); error != pool_.command_errors.end())
    return tl::unexpected(error->second);
  return Command(pool_, arguments).Run(command);
}

Shell::Shell() = default;

int Shell::Run(std::vector<std::string> arguments, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out_stream, err_stream;
  Hooks hooks;
  hooks.version = "9.9";
  hooks.environment = [this](std::string_view name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
  hooks.open_owner = [this](const config::LoadedSettings& loaded) -> Result<std::unique_ptr<Owner>> {
    opened.push_back(loaded.settings.data_dir);
    return std::make_unique<FakeOwner>(pool);
  };
  hooks.serve = [this](const config::LoadedSettings& loaded, const ServeFlags& flags) {
    served_dir = loaded.settings.data_dir;
    served_links = flags.print_links;
    return 7;
  };
  hooks.refused_receivers = refused_receivers;
  hooks.in = &in;
  hooks.out = &out_stream;
  hooks.err = &err_stream;
  hooks.terminal = terminal;
  hooks.clock = &clock_;
  hooks.random = &random_;
  hooks.show_typing = [this](bool visible) { typing += visible ? "shown " : "hidden "; };
  hooks.sleep = [this](std::chrono::milliseconds duration) {
    sleeps.push_back(duration);
    return sleeps.size() < sleeps_until_stop;
  };
  arguments.insert(arguments.begin(), "plenary");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  const int status = Main(static_cast<int>(argv.size()), argv.data(), hooks);
  out = out_stream.str();
  err = err_stream.str();
  return status;
}

std::string TemporaryFile(const std::string& name, const std::string& content) {
  std::string path = testing::TempDir() + "plenary_cli_test_" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace plenary::cli
