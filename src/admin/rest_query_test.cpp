#include "admin/rest_query.hpp"

#include <gtest/gtest.h>

#include "admin/page.hpp"

namespace plenary::admin {
namespace {

const Route& Named(std::string_view name) {
  for (const Route& route : Routes()) {
    if (route.name == name) return route;
  }
  throw std::logic_error("no route");
}

TEST(RestQuery, PathsAreMatchedSegmentBySegment) {
  EXPECT_TRUE(MatchPath("/servers", "/servers"));
  EXPECT_EQ(MatchPath("/servers/{id}/state", "/servers/n%2F1+2/state")->at("id"), "n/1+2");
  const auto two = MatchPath("/tenants/{id}/settings/{setting}", "/tenants/a/settings/b");
  EXPECT_EQ(two->at("id") + two->at("setting"), "ab");
  for (const char* path : {"", "/", "/servers/", "/servers//", "/servers/a/b", "/Servers/a", "servers/a", "/servers/%zz", "/servers/%ff",
                           "/servers/%4"}) {
    EXPECT_FALSE(MatchPath("/servers/{id}", path)) << path;
  }
}

tl::expected<RestCall, Problem> Read(std::string_view route, std::string_view query, std::string_view accept = "*/*") {
  const http::HeaderField headers[] = {{"Accept", accept}};
  http::Request request;
  request.query = query;
  request.headers = headers;
  RestCall call;
  call.route = &Named(route);
  if (const auto read = ReadQuery(request, call); !read) return tl::unexpected(read.error());
  return call;
}

TEST(RestQuery, UnknownAndWrongParametersAreNamed) {
  const Problem problem = Read("listServers", "limit=0&nonsense=1&show_secrets=yes&cursor=%21").error();
  EXPECT_EQ(problem.status, 400);
  std::string named;
  for (const FieldError& error : problem.errors) named += error.field + " " + error.text + "; ";
  EXPECT_EQ(named, "limit must be a number from 1 to 1000; nonsense is unknown; show_secrets must be true or false; cursor is no cursor; ");
  for (const char* query : {"limit=1001", "limit=1x", "limit=", "limit", "%"}) EXPECT_EQ(Read("listServers", query).error().status, 400) << query;
  EXPECT_EQ(Read("listCallbacks", "state=gone").error().errors.at(0).text, "must be one of pending, dead, delivered");
  EXPECT_EQ(Read("getVersion", "limit=5").error().errors.at(0).field, "limit");
}

TEST(RestQuery, Pages) {
  EXPECT_EQ(Read("listServers", "")->page.limit, 100u);
  const auto call = Read("listServers", "limit=1000&cursor=" + CursorOf("n1"));
  EXPECT_EQ(call->page.limit, 1000u);
  EXPECT_EQ(call->page.after, "n1");
}

TEST(RestQuery, CsvWhenAskedFor) {
  EXPECT_FALSE(Read("listUsage", "")->csv);
  EXPECT_TRUE(Read("listUsage", "format=csv")->csv);
  EXPECT_TRUE(Read("listUsage", "", "text/csv, */*;q=0.1")->csv);
  EXPECT_FALSE(Read("listUsage", "format=json", "text/csv")->csv);
  EXPECT_FALSE(Read("listServers", "", "text/csv")->csv);
  EXPECT_GT(Read("listUsage", "format=csv")->page.limit, 1'000'000u) << "a bill is whole";
  EXPECT_EQ(Read("listUsage", "format=csv&limit=2")->page.limit, 2u);
}

}  // namespace
}  // namespace plenary::admin
