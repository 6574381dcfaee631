#include "admin/page.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "admin/json.hpp"
#include "base/encoding.hpp"
#include "base/hmac.hpp"

namespace plenary::admin {

namespace {

constexpr char kBetweenFields = '\x1f';

boost::json::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string KeyOf(const boost::json::object& row, const std::vector<std::string_view>& order) {
  std::string key;
  for (const std::string_view field : order) {
    if (!key.empty()) key += kBetweenFields;
    key += TextOf(row, field);
  }
  return key;
}

}  // namespace

const Schema& RowsOf(const Route& route) {
  const Schema& list = SchemaNamed(route.answer);
  const auto field = std::find_if(list.fields.begin(), list.fields.end(), [&](const Field& one) { return one.name == route.list; });
  return SchemaNamed(field->of);
}

void TakePage(boost::json::object& answer, const Route& route, const Page& page) {
  boost::json::array rows = std::move(answer.at(View(route.list)).as_array());
  std::vector<std::pair<std::string, std::size_t>> keys;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string key = KeyOf(rows[i].as_object(), route.order);
    if (page.after.empty() || key > page.after) keys.emplace_back(std::move(key), i);
  }
  const std::size_t count = std::min(page.limit, keys.size());
  std::partial_sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count), keys.end());
  boost::json::array taken;
  for (std::size_t i = 0; i < count; ++i) taken.push_back(std::move(rows[keys[i].second]));
  answer[View(route.list)] = std::move(taken);
  answer["next"] = count < keys.size() ? boost::json::value(keys[count - 1].first) : boost::json::value(nullptr);
}

std::string CursorOf(std::string_view key) { return Base64UrlOf(key); }

bool ReadCursor(std::string_view cursor, std::string& key) { return DecodeBase64Url(cursor, key) && !key.empty(); }

void AddNextLink(http::Reply& reply, std::string_view path, const RestCall& call, boost::json::object& answer) {
  boost::json::value& next = answer["next"];
  if (next.is_null()) return;
  const std::string cursor = CursorOf(TextOf(&next));
  next = cursor;
  std::string link = "<" + std::string(path) + "?";
  for (const auto& [name, value] : call.query) {
    if (name == "cursor") continue;
    AppendFormEncoded(link, name);
    link += '=';
    AppendFormEncoded(link, value);
    link += '&';
  }
  reply.AddHeader("Link", link + "cursor=" + cursor + ">; rel=\"next\"");
}

}  // namespace plenary::admin
