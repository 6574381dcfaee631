#include "cli/context.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <istream>

#include "base/encoding.hpp"
#include "cli/output.hpp"
#include "base/suggest.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

constexpr std::size_t kMostInput = 16u << 20;

std::string HintFor(std::string_view typed, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(typed, candidates);
  return nearest.empty() ? nearest : "Did you mean " + Printable(nearest) + "?";
}

/// Boost writes the double 1 as 1E0, which is right and ugly.
void WholeNumbers(json::value& value) {
  if (value.is_object()) {
    for (auto& member : value.get_object()) WholeNumbers(member.value());
  } else if (value.is_array()) {
    for (json::value& item : value.get_array()) WholeNumbers(item);
  } else if (value.is_double()) {
    const double number = value.get_double();
    if (std::abs(number) < 1e15 && number == std::floor(number)) value = static_cast<std::int64_t>(number);
  }
}

}  // namespace

Style Context::style() const {
  if (!hooks_.terminal.output) return {};
  const auto set = [&](std::string_view name) { return !hooks_.environment(name).value_or("").empty(); };
  return {hooks_.terminal.width, !set("NO_COLOR") && hooks_.environment("TERM") != "dumb"};
}

Result<config::LoadedSettings> Context::LoadSettings() const {
  auto loaded = config::Load([this](std::string_view name) {
    if (name == "PLENARY_DATA_DIR" && !data_dir.empty()) return std::optional<std::string>(data_dir);
    if (name == "PLENARY_CONFIG" && !config_file.empty()) return std::optional<std::string>(config_file);
    return hooks_.environment(name);
  });
  if (!loaded) return loaded;
  for (config::SettingInForce& row : loaded->in_force) {
    if (row.name == "PLENARY_DATA_DIR" && !data_dir.empty()) row.source = "--data";
    if (row.name == "PLENARY_CONFIG" && !config_file.empty()) row.source = "--config";
  }
  return loaded;
}

Result<json::object> Context::Call(std::string_view command, const json::object& arguments) {
  if (!owner_) {
    const auto loaded = LoadSettings();
    if (!loaded) return tl::unexpected(loaded.error());
    auto owner = hooks_.open_owner(*loaded);
    if (!owner) return tl::unexpected(owner.error());
    owner_ = std::move(*owner);
  }
  return owner_->Execute(command, arguments);
}

int Context::Fail(const Error& error, std::string_view hint) const {
  std::string_view rest = error.detail.empty() ? std::string_view("the command failed") : std::string_view(error.detail);
  while (!rest.empty()) {  // the settings' errors are one per line
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    err() << "Error: " << Printable(rest.substr(0, end)) << "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!hint.empty()) err() << hint << "\n";
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return kUsage;
    case ErrorCode::kUnreachable:
    case ErrorCode::kNoReply:
      return kNotReachable;
    default:
      return kFailed;
  }
}

int Context::FailForServer(const Error& error, std::string_view id) {
  if (error.code != ErrorCode::kNotFound) return Fail(error);
  std::vector<std::string> ids;
  if (const auto all = Call("servers.list")) {
    for (const json::value& server : Items(*all, "servers")) ids.push_back(RawText(AsObject(server), "id"));
  }
  const std::string hint = HintFor(id, ids);
  return Fail(error, hint.empty() ? "Try `plenary servers list`." : hint);
}

int Context::FailForMeeting(const Error& error, std::string_view id) {
  if (error.code != ErrorCode::kNotFound) return Fail(error);
  std::vector<std::string> ids;
  if (const auto all = Call("meetings.list")) {
    for (const json::value& meeting : Items(*all, "meetings")) ids.push_back(RawText(AsObject(meeting), "meeting_id"));
  }
  const std::string hint = HintFor(id, ids);
  return Fail(error, hint.empty() ? "Try `plenary meetings list`." : hint);
}

int Context::FailForTenant(const Error& error, std::string_view id_or_name) {
  if (error.code != ErrorCode::kNotFound) return Fail(error);
  std::vector<std::string> names;
  if (const auto all = Call("tenants.list")) {
    for (const json::value& tenant : Items(*all, "tenants")) names.push_back(RawText(AsObject(tenant), "name"));
  }
  const std::string hint = HintFor(id_or_name, names);
  return Fail(error, hint.empty() ? "Try `plenary tenants list`." : hint);
}

int Context::FailUnconfirmed() const {
  return Fail({ErrorCode::kCancelled, "nothing was changed"}, hooks_.terminal.input ? "" : "Without a terminal, say --yes.");
}

int Context::PrintJson(const json::object& result) const {
  json::value readable = result;
  WholeNumbers(readable);
  out() << json::serialize(readable) << "\n";
  return kDone;
}

bool Context::Confirm(std::string_view question, std::string_view expected) const {
  if (!hooks_.terminal.input) return false;
  err() << question << std::flush;
  const auto answer = ReadLine();
  return answer && EqualsIgnoreCase(TrimBlanks(*answer), expected);
}

std::optional<std::string> Context::ReadLine() const {
  std::string line;
  if (!std::getline(*hooks_.in, line)) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::optional<std::string>> SecretOf(const Context& context, const std::optional<std::string>& given,
                                            const std::optional<std::string>& file) {
  if (file) {
    auto content = ReadInput(context, *file);
    if (!content) return tl::unexpected(content.error());
    return std::optional<std::string>(TrimBlanks(*content));
  }
  if (given != "-") return given;
  const bool typed = context.hooks().terminal.input;
  if (typed) {
    context.err() << "Secret: " << std::flush;
    context.hooks().show_typing(false);
  }
  const std::string line = context.ReadLine().value_or("");
  if (typed) {
    context.hooks().show_typing(true);
    context.err() << "\n";
  }
  return std::optional<std::string>(TrimBlanks(line));
}

Result<std::string> ReadInput(const Context& context, const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    errno = 0;
    file.open(path, std::ios::binary);
    if (!file) return Fail(ErrorCode::kIo, std::string(std::strerror(errno == 0 ? EIO : errno)) + ": " + path);
  }
  std::istream& input = path == "-" ? *context.hooks().in : file;
  std::string content;
  char buffer[16 * 1024];
  while (input.read(buffer, sizeof buffer) || input.gcount() > 0) {
    content.append(buffer, static_cast<std::size_t>(input.gcount()));
    if (content.size() > kMostInput) return Fail(ErrorCode::kTooLarge, path + " is larger than 16 MB");
  }
  if (input.bad()) return Fail(ErrorCode::kIo, std::string(std::strerror(EIO)) + ": " + path);
  return content;
}

}  // namespace plenary::cli
