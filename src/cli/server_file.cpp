#include "cli/server_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "base/url.hpp"
#include "cli/output.hpp"
#include "cli/server_view.hpp"
#include "pool/node.hpp"

namespace plenary::cli {
namespace {

tl::unexpected<Error> Invalid(std::string detail) { return Fail(ErrorCode::kInvalidArgument, std::move(detail)); }

std::string TextOf(const YAML::Node& node) { return node.IsDefined() && node.IsScalar() ? node.Scalar() : std::string(); }

/// The `servers` node of a document, or the message why there is none.
Result<YAML::Node> ServersNode(const std::string& text) {
  try {
    const YAML::Node document = YAML::Load(text);
    if (document.IsMap()) return document["servers"];
  } catch (const YAML::Exception&) {
    // Its text may quote the secret on the line.
  }
  return Invalid("Invalid YAML document");
}

constexpr std::array kKnown = {"secret", "url", "enabled", "load_multiplier", "tag", "load", "state", "bbb_version", "online"};

Result<WantedServer> ParseEntry(const std::string& id, const YAML::Node& entry) {
  if (!pool::IsValidNodeId(id)) return Invalid(fmt::format("Server id={} contains invalid characters", id));
  WantedServer server;
  server.id = id;
  server.secret = entry.IsMap() ? TextOf(entry["secret"]) : "";
  if (TrimBlanks(server.secret).empty()) return Invalid(fmt::format("Server id={} has no secret", id));

  std::vector<std::string> unknown;
  for (const auto& parameter : entry) {
    const std::string name = TextOf(parameter.first);
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) unknown.push_back(name);
  }
  if (!unknown.empty()) return Invalid(fmt::format("Server id={} has bad parameters: {}", id, unknown));

  if (const YAML::Node multiplier = entry["load_multiplier"]; multiplier && !multiplier.IsNull()) {
    server.load_multiplier = ParseDouble(TextOf(multiplier)).value_or(0);
    if (server.load_multiplier <= 0) return Invalid(fmt::format("Server id={} has invalid load_multiplier={}", id, TextOf(multiplier)));
  }
  server.url = fmt::format("https://{}/bigbluebutton/api", id);
  if (const YAML::Node url = entry["url"]; url && !url.IsNull()) server.url = TextOf(url);
  if (!ParseEndpoint(server.url)) return Invalid(fmt::format("Server id={} has invalid url={}", id, server.url));
  if (const YAML::Node enabled = entry["enabled"]; enabled && !enabled.IsNull()) {
    if (!YAML::convert<bool>::decode(enabled, server.enabled))
      return Invalid(fmt::format("Server id={} has invalid enabled={}", id, TextOf(enabled)));
  }
  if (const YAML::Node tag = entry["tag"]; tag) server.tag = TrimBlanks(TextOf(tag));
  return server;
}

bool IsWordCharacter(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Texts that a YAML parser may take for a number, a date, a truth value or nothing.
bool LooksTyped(std::string_view text) {
  static const std::set<std::string, std::less<>> words = {"y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"};
  if (words.contains(ToLowerAscii(text))) return true;
  if (text.front() < '0' || text.front() > '9') return false;
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return (c >= '0' && c <= '9') || c == '_' || c == ',' || c == ':' || c == 'e' || c == 'E'; }))
    return true;
  if (ParseDouble(text)) return true;
  if (text.starts_with("0x") || text.starts_with("0b") || text.starts_with("0o")) return true;
  const auto is_date = [](char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == ':' || c == ' ' || c == 'T' || c == 'Z' || c == '.' || c == '+';
  };
  return std::count(text.begin(), text.end(), '-') == 2 && std::all_of(text.begin(), text.end(), is_date);
}

std::string DoubleQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string SingleQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

}  // namespace

Result<std::vector<WantedServer>> ParseServerMap(const std::string& text) {
  const auto node = ServersNode(text);
  if (!node) return tl::unexpected(node.error());
  if (!node->IsDefined() || !node->IsMap()) return Invalid("Servers parameter not a hash");
  std::vector<WantedServer> servers;
  std::set<std::string> seen;
  for (const auto& entry : *node) {
    const std::string id = TextOf(entry.first);
    if (!seen.insert(id).second) return Invalid(fmt::format("Server id={} is listed twice", id));
    auto server = ParseEntry(id, entry.second);
    if (!server) return tl::unexpected(server.error());
    servers.push_back(std::move(*server));
  }
  return servers;
}

Result<std::vector<WantedServer>> ParseServerList(const std::string& text) {
  const auto node = ServersNode(text);
  if (!node) return tl::unexpected(node.error());
  if (!node->IsDefined() || !node->IsSequence()) return Invalid("Servers parameter not a list");
  std::vector<WantedServer> servers;
  for (const auto& entry : *node) {
    if (!entry.IsMap()) return Invalid("A server is not a hash");
    WantedServer server;
    server.url = TextOf(entry["url"]);
    server.secret = TextOf(entry["secret"]);
    servers.push_back(std::move(server));
  }
  return servers;
}

std::string YamlScalar(std::string_view text) {
  if (text.empty()) return "''";
  const bool controls = std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (controls || !IsWordCharacter(text.front())) return DoubleQuoted(text);
  const bool ambiguous =
      text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos || text.ends_with(' ') || text.ends_with(':');
  return ambiguous || LooksTyped(text) ? SingleQuoted(text) : std::string(text);
}

std::string WriteServerMap(const boost::json::array& servers, bool verbose) {
  if (servers.empty()) return "---\nservers: {}\n";
  std::string yaml = "---\nservers:\n";
  for (const boost::json::value& item : servers) {
    const boost::json::object& server = AsObject(item);
    const std::string state = RawText(server, "state");
    yaml += fmt::format("  {}:\n    url: {}\n    secret: {}\n    load_multiplier: {}\n    tag: {}\n    enabled: {}\n",
                        YamlScalar(RawText(server, "id")), YamlScalar(RawText(server, "url")), YamlScalar(RawText(server, "secret")),
                        RubyFloat(Number(server, "load_multiplier").value_or(1.0)), YamlScalar(RawText(server, "tag")), state == "enabled");
    if (verbose) {
      yaml += fmt::format("    state: {}\n    load: {}\n    bbb_version: {}\n    online: {}\n", YamlScalar(state),
                          RubyFloat(LoadOf(server).value_or(-1.0)), YamlScalar(RawText(server, "bbb_version")), Flag(server, "online"));
    }
  }
  return yaml;
}

}  // namespace plenary::cli
