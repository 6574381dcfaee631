// rake tenants…, tenantSettings… (spec scalelite 10.8).
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/output.hpp"
#include "cli/rake.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

/// What a task does once tenancy is known to be set, to whatever value.
using Task = int (*)(Context& context, const RakeArguments& arguments);

template <Task kTask>
int WithTenancy(Context& context, const RakeArguments& arguments) {
  const auto loaded = context.LoadSettings();
  if (!loaded) return RakeAbort(context, Printable(loaded.error().detail));
  if (!loaded->settings.multitenancy_given) {
    context.err() << "Multitenancy is disabled, task can not be completed\n";
    return kFailed;
  }
  return kTask(context, arguments);
}

int Refuse(const Context& context, std::string_view text) {
  context.err() << text << "\n";
  return kFailed;
}

int Abort(const Context& context, const Error& error) { return RakeAbort(context, Printable(error.detail)); }

/// The tenant with exactly this ID: unlike the commands of our own, the tasks know no names.
Result<json::object> FindTenant(Context& context, const std::string& id) {
  const auto none = [&] { return Fail(ErrorCode::kNotFound, fmt::format("Couldn't find Tenant with id={}", id)); };
  if (id.empty()) return none();
  const auto shown = context.Call("tenants.show", {{"tenant", id}});
  if (!shown && shown.error().code != ErrorCode::kNotFound) return tl::unexpected(shown.error());
  if (!shown || RawText(Member(*shown, "tenant"), "id") != id) return none();
  return Member(*shown, "tenant");
}

/// The argument at `first` and all behind it, each perhaps several secrets.
json::array SecretsFrom(const RakeArguments& arguments, std::size_t first) {
  json::array secrets;
  for (std::size_t i = first; i < arguments.Size(); ++i) {
    for (const std::string& secret : arguments.Ids(i)) secrets.emplace_back(secret);
  }
  return secrets;
}

int Tenants(Context& context, const RakeArguments&) {
  const auto result = context.Call("tenants.list");
  if (!result) return Abort(context, result.error());
  constexpr std::pair<std::string_view, std::string_view> kLrs[] = {
      {"lrs_endpoint", "endpoint"},     {"lrs_username", "username"},         {"lrs_password", "password"},
      {"kc_token_url", "kc_token_url"}, {"kc_client_id", "kc_client_id"},     {"kc_client_secret", "kc_client_secret"},
      {"kc_username", "kc_username"},   {"kc_password", "kc_password"}};
  for (const json::value& item : Items(*result, "tenants")) {
    const json::object& tenant = AsObject(item);
    std::string secrets;
    for (const json::value& secret : Items(tenant, "secrets")) {
      if (!secrets.empty()) secrets += ":";
      if (secret.is_string()) secrets += Printable(std::string_view(secret.get_string()));
    }
    context.out() << fmt::format("id: {}\n\tname: {}\n\tsecrets: {}\n", Text(tenant, "id"), Text(tenant, "name"), secrets);
    for (const auto& [name, field] : kLrs) {
      if (const std::string value = Text(Member(tenant, "lrs"), field); !value.empty()) context.out() << fmt::format("\t{}: {}\n", name, value);
    }
  }
  context.out() << fmt::format("Total number of tenants: {}\n", Items(*result, "tenants").size());
  return kDone;
}

int Add(Context& context, const RakeArguments& arguments) {
  const json::array secrets = SecretsFrom(arguments, 1);
  if (!arguments.Given(0) || secrets.empty()) return Refuse(context, "Error: both name and secrets are required to create a Tenant");
  const auto result = context.Call("tenants.add", {{"name", arguments.At(0)}, {"secrets", secrets}, {"shared_name", true}});
  if (!result) return Abort(context, result.error());
  context.out() << fmt::format("OK\nNew Tenant id: {}\n", Text(Member(*result, "tenant"), "id"));
  return kDone;
}

int Change(Context& context, const std::string& id, json::object changes) {
  const auto tenant = FindTenant(context, id);
  if (!tenant) return Abort(context, tenant.error());
  changes["tenant"] = id;
  const auto result = context.Call("tenants.update", changes);
  if (!result) return Abort(context, result.error());
  context.out() << fmt::format("OK\nUpdated Tenant id: {}\n", Printable(id));
  return kDone;
}

int Update(Context& context, const RakeArguments& arguments) {
  json::object changes;
  if (arguments.Given(1)) changes["name"] = arguments.At(1);
  if (json::array secrets = SecretsFrom(arguments, 2); !secrets.empty()) changes["secrets"] = std::move(secrets);
  if (!arguments.Given(0) || changes.empty()) {
    return Refuse(context, "Error: id and either name or secrets are required to update a Tenant");
  }
  return Change(context, arguments.At(0), std::move(changes));
}

/// Fields of the LRS by position; all of them and the ID are needed.
int ChangeLrs(Context& context, const RakeArguments& arguments, std::initializer_list<std::string_view> fields, std::string_view error) {
  json::object lrs;
  std::size_t at = 0;
  bool complete = arguments.Given(at);
  for (const std::string_view field : fields) {
    complete = complete && arguments.Given(++at);
    lrs[field] = arguments.At(at);
  }
  if (!complete) return Refuse(context, error);
  return Change(context, arguments.At(0), {{"lrs", lrs}});
}

int UpdateLrsBasic(Context& context, const RakeArguments& arguments) {
  return ChangeLrs(context, arguments, {"endpoint", "username", "password"},
                   "Error: id, LRS_ENDPOINT, LRS_USERNAME, LRS_PASSWORD are required to update a Tenant");
}

int UpdateLrsKeycloak(Context& context, const RakeArguments& arguments) {
  return ChangeLrs(context, arguments, {"endpoint", "kc_token_url", "kc_client_id", "kc_client_secret", "kc_username", "kc_password"},
                   "Error: LRS_ENDPOINT, KC_TOKEN_URL, KC_CLIENT_ID, KC_CLIENT_SECRET, KC_USERNAME, KC_PASSWORD are required to update a Tenant");
}

int Remove(Context& context, const RakeArguments& arguments) {
  const auto tenant = FindTenant(context, arguments.At(0));
  if (!tenant) return Abort(context, tenant.error());
  const auto result = context.Call("tenants.remove", {{"tenant", arguments.At(0)}, {"force", true}});
  if (!result) return Abort(context, result.error());
  context.out() << "Tenant was successfully deleted.\n";
  return kDone;
}

int Settings(Context& context, const RakeArguments&) {
  const auto result = context.Call("tenants.list");
  if (!result) return Abort(context, result.error());
  for (const json::value& item : Items(*result, "tenants")) {
    const json::object& tenant = AsObject(item);
    context.out() << fmt::format("Tenant: {}\n", Text(tenant, "name")) << std::flush;
    const json::array& settings = Items(tenant, "settings");
    if (settings.empty()) context.err() << "  No custom settings are configured\n";
    for (const json::value& entry : settings) {
      const json::object& setting = AsObject(entry);
      context.out() << fmt::format("  id: {}\n\tparam: {}\n\tvalue: {}\n\toverride: {}\n", Text(setting, "id"), Text(setting, "param"),
                                   Text(setting, "value"), Flag(setting, "override"));
    }
  }
  return kDone;
}

int AddSetting(Context& context, const RakeArguments& arguments) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (!arguments.Given(i)) return Refuse(context, "Error: tenant_id, param, value and override are required to create a TenantSetting");
  }
  const auto tenant = FindTenant(context, arguments.At(0));
  if (!tenant) return Abort(context, tenant.error());
  const auto result = context.Call("tenants.settings_add", {{"tenant", arguments.At(0)},
                                                            {"param", arguments.At(1)},
                                                            {"value", arguments.At(2)},
                                                            {"override", arguments.At(3) == "true"}});
  if (!result) return Abort(context, result.error());
  context.out() << fmt::format("OK\nNew TenantSetting id: {}\n", Text(Member(*result, "setting"), "id"));
  return kDone;
}

int RemoveSetting(Context& context, const RakeArguments& arguments) {
  const std::string& id = arguments.At(0);
  const auto result = id.empty() ? Fail(ErrorCode::kNotFound) : context.Call("tenants.settings_remove", {{"id", id}});
  if (!result && result.error().code == ErrorCode::kNotFound) {
    return RakeAbort(context, fmt::format("Couldn't find TenantSetting with id={}", Printable(id)));
  }
  if (!result) return Abort(context, result.error());
  context.out() << "TenantSetting was successfully deleted.\n";
  return kDone;
}

constexpr RakeTask kTasks[] = {
    {"tenants", "", "List all tenants", WithTenancy<Tenants>},
    {"tenants:showall", "", "List all tenants", WithTenancy<Tenants>},
    {"tenants:add", "[name,secrets]", "Add a new tenant; further arguments are further secrets", WithTenancy<Add>},
    {"tenants:update", "[id,name,secrets]", "Update a tenant", WithTenancy<Update>},
    {"tenants:update_lrs_basic", "[id,lrs_endpoint,lrs_username,lrs_password]", "Set a tenant's LRS with a user name", WithTenancy<UpdateLrsBasic>},
    {"tenants:update_lrs_kc", "[id,lrs_endpoint,kc_token_url,kc_client_id,kc_client_secret,kc_username,kc_password]",
     "Set a tenant's LRS with Keycloak", WithTenancy<UpdateLrsKeycloak>},
    {"tenants:remove", "[id]", "Remove a tenant", WithTenancy<Remove>},
    {"tenantSettings", "", "List the settings of all tenants", WithTenancy<Settings>},
    {"tenantSettings:add", "[tenant_id,param,value,override]", "Add a setting to a tenant", WithTenancy<AddSetting>},
    {"tenantSettings:remove", "[id]", "Remove a setting of a tenant", WithTenancy<RemoveSetting>},
};

}  // namespace

std::span<const RakeTask> RakeTenantTasks() { return kTasks; }

}  // namespace plenary::cli
