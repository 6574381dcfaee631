// plenary tenants usage: what tenants used per month, for bills.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/commands.hpp"
#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

/// RFC 4180.
std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string Csv(const json::array& usage) {
  std::string csv = "month,tenant,tenant_id,meetings,peak_participants,participant_minutes\n";
  for (const json::value& item : usage) {
    const json::object& row = AsObject(item);
    csv += fmt::format("{},{},{},{},{},{:.1f}\n", CsvField(Text(row, "month")), CsvField(Text(row, "tenant")), CsvField(Text(row, "tenant_id")),
                       Integer(row, "meetings"), Integer(row, "peak_participants"), Number(row, "participant_minutes").value_or(0));
  }
  return csv;
}

}  // namespace

int TenantsUsage(Context& context, const UsageOptions& options) {
  json::object arguments;
  if (!options.tenant.empty()) arguments["tenant"] = options.tenant;
  if (options.month) arguments["month"] = *options.month;
  const auto result = context.Call("tenants.usage", arguments);
  if (!result) return context.FailForTenant(result.error(), options.tenant);
  if (context.json) return context.PrintJson(*result);
  const json::array& usage = Items(*result, "usage");
  if (options.csv || !context.hooks().terminal.output) {
    context.out() << Csv(usage);
    return kDone;
  }
  Table table({{"MONTH"}, {"TENANT"}, {"MEETINGS", true}, {"PEAK", true}, {"MINUTES", true}});
  for (const json::value& item : usage) {
    const json::object& row = AsObject(item);
    const std::string id = Text(row, "tenant_id");
    const std::string name = Text(row, "tenant");
    table.Add({Text(row, "month"), !name.empty() ? name : id.empty() ? "–" : id, fmt::format("{}", Integer(row, "meetings")),
               fmt::format("{}", Integer(row, "peak_participants")), fmt::format("{:.0f}", Number(row, "participant_minutes").value_or(0))});
  }
  if (table.empty()) {
    context.err() << "Nothing was used.\n";
  } else {
    context.out() << table.Render(context.style());
  }
  return kDone;
}

}  // namespace plenary::cli
