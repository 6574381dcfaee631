#include "cli/fake_tenants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/output.hpp"

namespace plenary::cli {
namespace json = boost::json;

namespace {

class Command {
 public:
  Command(FakePool& pool, const json::object& arguments) : pool_(pool), arguments_(arguments) {}

  Result<json::object> Run(std::string_view name) {
    if (name == "tenants.list") return json::object{{"tenants", Array(pool_.tenants)}, {"multitenancy", pool_.multitenancy}};
    if (name == "tenants.add") return AddTenant();
    if (name == "tenants.settings_remove") return RemoveSetting();
    if (name == "tenants.usage") return json::object{{"usage", Array(pool_.usage)}};
    if (name == "tokens.list") return json::object{{"tokens", Array(pool_.tokens)}};
    if (name == "tokens.create") return CreateToken();
    if (name == "tokens.revoke") return Take(pool_.tokens, "token");
    if (name == "callbacks.list") return json::object{{"callbacks", Array(pool_.callbacks)}, {"pending", 2}, {"dead", 1}};
    if (name == "callbacks.retry" || name == "callbacks.drop") return json::object{{"changed", pool_.changed_callbacks}};
    if (name == "hooks.list") return json::object{{"hooks", Array(pool_.hooks)}};
    if (name == "hooks.remove") return Take(pool_.hooks, "hook");

    json::object* tenant = Find();
    if (tenant == nullptr) {
      return Fail(ErrorCode::kNotFound, fmt::format("There is no tenant with the ID or name {}.", RawText(arguments_, "tenant")));
    }
    if (name == "tenants.show") return Shown(*tenant);
    if (name == "tenants.update") return UpdateTenant(*tenant);
    if (name == "tenants.remove") return RemoveTenant(*tenant);
    if (name == "tenants.roll_secret") return Roll(*tenant);
    if (name == "tenants.settings_add") return AddSetting(*tenant);
    return Fail(ErrorCode::kInvalidArgument, fmt::format("unknown command {}", name));
  }

 private:
  static json::array Array(const std::vector<json::object>& rows) {
    json::array array;
    for (const json::object& row : rows) array.push_back(row);
    return array;
  }

  json::object* Find() {
    const std::string wanted = RawText(arguments_, "tenant");
    const auto found = std::find_if(pool_.tenants.begin(), pool_.tenants.end(),
                                    [&](const json::object& tenant) { return RawText(tenant, "id") == wanted || RawText(tenant, "name") == wanted; });
    return found == pool_.tenants.end() ? nullptr : &*found;
  }

  json::object Shown(const json::object& tenant) const { return {{"tenant", tenant}, {"multitenancy", pool_.multitenancy}}; }

  Result<json::object> AddTenant() {
    const std::string name = RawText(arguments_, "name");
    const bool taken = std::any_of(pool_.tenants.begin(), pool_.tenants.end(), [&](const json::object& row) { return RawText(row, "name") == name; });
    if (taken && !Flag(arguments_, "shared_name")) {
      return Fail(ErrorCode::kAlreadyExists, fmt::format("There is a tenant with the name {} already.", name));
    }
    json::object& tenant = pool_.AddTenant(fmt::format("id{}", pool_.next_id++), name);
    tenant["secrets"] = Items(arguments_, "secrets").empty() ? json::array{"made-hush"} : Items(arguments_, "secrets");
    return Shown(tenant);
  }

  Result<json::object> UpdateTenant(json::object& tenant) {
    tenant["revision"] = Integer(tenant, "revision") + 1;
    for (const auto& argument : arguments_) {
      if (argument.key() == "tenant") continue;
      if (argument.value().is_object()) {
        for (const auto& field : argument.value().get_object()) tenant[argument.key()].get_object()[field.key()] = field.value();
      } else {
        tenant[argument.key()] = argument.value();
      }
    }
    return Shown(tenant);
  }

  Result<json::object> RemoveTenant(const json::object& tenant) {
    const std::int64_t meetings = Integer(Member(tenant, "use"), "meetings");
    if (meetings > 0 && !Flag(arguments_, "force")) return Fail(ErrorCode::kConflict, "The tenant has meetings.");
    const std::string id = RawText(tenant, "id");
    std::erase_if(pool_.tenants, [&](const json::object& row) { return RawText(row, "id") == id; });
    return json::object{{"meetings", meetings}};
  }

  Result<json::object> Roll(json::object& tenant) {
    const std::string secret = arguments_.contains("secret") ? RawText(arguments_, "secret") : "rolled-hush";
    const std::int64_t keep_s = arguments_.contains("keep_s") ? Integer(arguments_, "keep_s") : 7 * 86'400;
    json::array retired;
    for (const json::value& old : Items(tenant, "secrets")) {
      if (keep_s > 0) retired.push_back(json::object{{"secret", old}, {"until_ms", 1'800'000'000'000 + keep_s * 1000}});
    }
    tenant["retired_secrets"] = retired;
    tenant["secrets"] = json::array{secret};
    json::object result = Shown(tenant);
    result["secret"] = secret;
    return result;
  }

  Result<json::object> AddSetting(json::object& tenant) {
    json::object setting = {{"id", fmt::format("s{}", pool_.next_id++)},
                            {"param", RawText(arguments_, "param")},
                            {"value", RawText(arguments_, "value")},
                            {"override", Flag(arguments_, "override")}};
    tenant["settings"].get_array().push_back(setting);
    json::object result = Shown(tenant);
    result["setting"] = setting;
    return result;
  }

  Result<json::object> RemoveSetting() {
    const std::string id = RawText(arguments_, "id");
    for (json::object& tenant : pool_.tenants) {
      json::array& settings = tenant["settings"].get_array();
      for (auto setting = settings.begin(); setting != settings.end(); ++setting) {
        if (RawText(AsObject(*setting), "id") != id) continue;
        settings.erase(setting);
        return Shown(tenant);
      }
    }
    return Fail(ErrorCode::kNotFound, fmt::format("There is no tenant setting with the ID {}.", id));
  }

  Result<json::object> CreateToken() {
    json::object token = {{"id", "tok1"},
                          {"name", RawText(arguments_, "name")},
                          {"scope", RawText(arguments_, "scope")},
                          {"tenant_id", ""},
                          {"server_id", RawText(arguments_, "server")},
                          {"created_at_ms", 1'800'000'000'000},
                          {"expires_at_ms", 0}};
    pool_.tokens.push_back(token);
    return json::object{{"token", token}, {"secret", "plt_hush"}};
  }

  Result<json::object> Take(std::vector<json::object>& rows, const char* what) {
    const std::string id = RawText(arguments_, "id");
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const json::object& row) { return RawText(row, "id") == id; });
    if (found == rows.end()) return Fail(ErrorCode::kNotFound, fmt::format("There is no {} with the ID {}.", what, id));
    json::object result = {{what, *found}};
    rows.erase(found);
    return result;
  }

  FakePool& pool_;
  const json::object& arguments_;
};

}  // namespace

json::object& FakePool::AddTenant(const std::string& id, const std::string& name) {
  json::object lrs, limits;
  for (const char* field : {"endpoint", "username", "password", "kc_token_url", "kc_client_id", "kc_client_secret", "kc_username", "kc_password"}) {
    lrs[field] = "";
  }
  for (const char* field : {"meetings", "participants", "creates_per_second", "calls_per_second"}) limits[field] = 0;
  tenants.push_back({{"id", id},
                     {"name", name},
                     {"secrets", json::array{"hush-" + name}},
                     {"retired_secrets", json::array()},
                     {"enabled", true},
                     {"checksum_algorithms", json::array()},
                     {"lrs", lrs},
                     {"limits", limits},
                     {"settings", json::array()},
                     {"presentation_url", ""},
                     {"logo_url", ""},
                     {"style_url", ""},
                     {"revision", 1},
                     {"use", {{"meetings", 0}, {"people", 0}, {"participants", 0}, {"refused", 0}}}});
  return tenants.back();
}

Result<json::object> RunTenantCommand(FakePool& pool, std::string_view name, const json::object& arguments) {
  return Command(pool, arguments).Run(name);
}

}  // namespace plenary::cli
