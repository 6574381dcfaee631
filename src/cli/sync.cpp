#include "cli/sync.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <map>

#include "base/encoding.hpp"
#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

class Sync {
 public:
  Sync(Context& context, SyncMode mode, bool dry_run, const std::function<void(const std::string&)>& log)
      : context_(context),
        mode_(mode),
        dry_run_(dry_run),
        log_(log) {}

  Status Create(const WantedServer& wanted) {
    json::object arguments = {
        {"id", wanted.id}, {"url", wanted.url}, {"secret", wanted.secret}, {"load_multiplier", wanted.load_multiplier}};
    if (!wanted.tag.empty()) arguments["tag"] = wanted.tag;
    if (wanted.enabled) arguments["enable"] = true;
    const Status added = Change("servers.add", arguments);
    if (!added) return added;
    Log(wanted.id, "Server created");
    if (wanted.enabled) Log(wanted.id, "Server enabled");
    return {};
  }

  Status Update(const WantedServer& wanted, const json::object& server) {
    json::object arguments;
    std::vector<std::string> lines;
    if (RawText(server, "url") != wanted.url) {
      arguments["url"] = wanted.url;
      lines.push_back("url=" + wanted.url);
    }
    if (RawText(server, "secret") != wanted.secret) {
      arguments["secret"] = wanted.secret;
      lines.push_back("secret=*****");
    }
    if (Number(server, "load_multiplier") != wanted.load_multiplier) {
      arguments["load_multiplier"] = wanted.load_multiplier;
      lines.push_back("load_multiplier=" + RubyFloat(wanted.load_multiplier));
    }
    if (RawText(server, "tag") != wanted.tag) {
      arguments["tag"] = wanted.tag;
      lines.push_back("tag=" + wanted.tag);
    }
    if (!arguments.empty()) {
      arguments["id"] = wanted.id;
      const Status updated = Change("servers.update", arguments);
      if (!updated) return updated;
      for (const std::string& line : lines) Log(wanted.id, "Server updated: " + line);
    }
    const bool enabled = RawText(server, "state") == "enabled";
    if (wanted.enabled == enabled) return {};
    return SetState(wanted.id, wanted.enabled ? "enabled" : "cordoned", wanted.enabled ? "Server enabled" : "Server disabled (cordoned)");
  }

  Status Drop(const json::object& server) {
    const std::string id = RawText(server, "id");
    if (mode_ == SyncMode::kKeep) {
      Log(id, "Server not removed");
      return {};
    }
    if (Integer(server, "claims") > 0) {
      if (RawText(server, "state") == "enabled") {
        const Status cordoned = SetState(id, "cordoned", "Server not empty. Cordoned for removal");
        if (!cordoned) return cordoned;
      }
      if (mode_ == SyncMode::kCordon) return {};
      Log(id, "Server not empty. Ending meetings now...");
      const Status ended = EndMeetings(id);
      if (!ended) return ended;
    }
    const Status removed = Change("servers.remove", {{"id", id}});
    if (!removed && removed.error().code == ErrorCode::kConflict)
      return Fail(ErrorCode::kConflict, fmt::format("[{}] Server still not empty!", id));
    if (!removed) return removed;
    Log(id, "Server removed");
    return {};
  }

  const SyncResult& result() const { return result_; }

 private:
  void Log(const std::string& id, const std::string& line) { log_(fmt::format("[{}] {}", id, line)); }

  Status Change(std::string_view command, const json::object& arguments) {
    ++result_.changes;
    if (dry_run_) return {};
    const auto done = context_.Call(command, arguments);
    return done ? Status() : Status(tl::unexpected(done.error()));
  }

  Status SetState(const std::string& id, std::string_view state, const std::string& line) {
    const Status done = Change("servers.set_state", {{"id", id}, {"state", state}});
    if (done) Log(id, line);
    return done;
  }

  Status EndMeetings(const std::string& id) {
    ++result_.changes;
    if (dry_run_) return {};
    const auto panicked = context_.Call("servers.panic", {{"id", id}, {"keep_state", true}});
    if (!panicked) return tl::unexpected(panicked.error());
    for (const json::value& item : Items(*panicked, "cleared")) {
      const json::object& meeting = AsObject(item);
      const std::string meeting_id = Text(meeting, "meeting_id");
      Log(id, "Try to end meeting id=" + meeting_id);
      if (const std::string error = Text(meeting, "error"); !error.empty()) {
        ++result_.problems;
        Log(id, fmt::format("Failed to end meeting id={}: {}", meeting_id, error));
      }
    }
    return {};
  }

  Context& context_;
  const SyncMode mode_;
  const bool dry_run_;
  const std::function<void(const std::string&)>& log_;
  SyncResult result_;
};

}  // namespace

std::optional<SyncMode> ParseSyncMode(std::string_view text) {
  if (text == "keep") return SyncMode::kKeep;
  if (text == "cordon") return SyncMode::kCordon;
  if (text == "force") return SyncMode::kForce;
  return std::nullopt;
}

Result<SyncResult> SyncServers(Context& context, const std::vector<WantedServer>& wanted, SyncMode mode, bool dry_run,
                               const std::function<void(const std::string&)>& log) {
  const auto listed = context.Call("servers.list");
  if (!listed) return tl::unexpected(listed.error());
  std::map<std::string, const json::object*> unlisted;
  for (const json::value& server : Items(*listed, "servers")) unlisted[RawText(AsObject(server), "id")] = &AsObject(server);

  Sync sync(context, mode, dry_run, log);
  for (const WantedServer& server : wanted) {
    const auto existing = unlisted.find(server.id);
    const Status done = existing == unlisted.end() ? sync.Create(server) : sync.Update(server, *existing->second);
    if (!done) return tl::unexpected(done.error());
    if (existing != unlisted.end()) unlisted.erase(existing);
  }
  for (const auto& [id, server] : unlisted) {
    const Status done = sync.Drop(*server);
    if (!done) return tl::unexpected(done.error());
  }
  return sync.result();
}

}  // namespace plenary::cli
