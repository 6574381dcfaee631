#include "bbb/params.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"

namespace plenary::bbb {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(const Params& params) {
  Pairs pairs;
  for (const Param& param : params.all()) pairs.emplace_back(param.name, param.value);
  return pairs;
}

std::string QueryOf(const Params& params) {
  std::string out;
  AppendQuery(out, params);
  return out;
}

Params FromQuery(std::string_view query) {
  Params params;
  EXPECT_TRUE(params.AddQuery(query)) << query;
  return params;
}

TEST(Params, DecodesInTheClientsOrder) {
  const Params params = FromQuery("name=Two+words&meetingID=m%201&x=%C3%A4&eq=a=b");
  EXPECT_EQ(PairsOf(params), (Pairs{{"name", "Two words"}, {"meetingID", "m 1"}, {"x", "\xc3\xa4"}, {"eq", "a=b"}}));
  EXPECT_EQ(params.Get("meetingID"), "m 1");
  EXPECT_EQ(params.Get("MeetingID"), "");
  EXPECT_TRUE(params.Has("eq"));
  EXPECT_FALSE(params.Has("nothing"));
}

TEST(Params, SplitsAtAmpersandsOnly) {
  EXPECT_EQ(PairsOf(FromQuery("&a=1&&b=2;c=3&")), (Pairs{{"a", "1"}, {"b", "2;c=3"}}));
  EXPECT_TRUE(FromQuery("").all().empty());
  EXPECT_TRUE(FromQuery("&&&").all().empty());
  EXPECT_TRUE(FromQuery("=x&=").all().empty());
}

TEST(Params, KnowsABareNameFromAnEmptyValue) {
  const Params params = FromQuery("flag&empty=&more=1");
  ASSERT_EQ(params.all().size(), 3u);
  EXPECT_FALSE(params.all()[0].has_value);
  EXPECT_TRUE(params.all()[1].has_value);
  EXPECT_EQ(QueryOf(params), "flag&empty=&more=1");
}

TEST(Params, LastOfARepeatedNameWinsAtTheFirstPosition) {
  EXPECT_EQ(PairsOf(FromQuery("password=ap&a=1&password=mp")), (Pairs{{"password", "mp"}, {"a", "1"}}));
  const Params bare = FromQuery("a=1&a");
  EXPECT_FALSE(bare.Find("a")->has_value);
  EXPECT_EQ(bare.Get("a"), "");
}

TEST(Params, QueryOverridesTheBodyInPlace) {
  Params params;
  ASSERT_TRUE(params.AddForm("meetingID=body&name=n"));
  const std::string_view from_body = params.Get("meetingID");
  ASSERT_TRUE(params.AddQuery("x=1&meetingID=query"));
  EXPECT_EQ(PairsOf(params), (Pairs{{"meetingID", "query"}, {"name", "n"}, {"x", "1"}}));
  EXPECT_EQ(from_body, "body");  // views stay valid
}

TEST(Params, ListsKeepEveryElement) {
  for (const std::string_view both : {"a=1&a[]=2", "a[]=1&a=2", "a[][]=1&a=2", "a[][]=1&a[]=2", "x=1&meetingID=m&meetingID%5B%5D=n"}) {
    Params mixed;
    EXPECT_FALSE(mixed.AddQuery(both)) << both;
  }
  const Params params = FromQuery("list[]=1&list%5B%5D=2&map[k]=v");
  EXPECT_EQ(PairsOf(params), (Pairs{{"list[]", "1"}, {"list[]", "2"}, {"map[k]", "v"}}));
  EXPECT_EQ(QueryOf(params), "list=1&list=2&map%5Bk%5D=v");
}

TEST(Params, RefusesBadEscapesAndBadUtf8) {
  for (const char* query :
       {"meetingID=%zz", "a=%", "a=%4", "%=1", "a%4=b", "meetingID=%ff%fe", "a=\xff", "%c3=1", "a=%C3&b=%A4", "%C3=%A4", "a=%ed%a0%80"}) {
    Params params;
    const Status status = params.AddQuery(query);
    ASSERT_FALSE(status) << query;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(FromQuery("meetingID=m1%00x").Get("meetingID"), std::string_view("m1\0x", 4));
}

TEST(Params, LimitsTheNumberOfPairs) {
  std::string query;
  for (std::size_t i = 0; i < Params::kMaxParams; ++i) query += "a" + std::to_string(i) + "=1&";
  Params params;
  EXPECT_TRUE(params.AddQuery(query));
  EXPECT_FALSE(params.AddQuery("one=more"));
  std::string repeated;
  for (std::size_t i = 0; i <= Params::kMaxParams; ++i) repeated += "a=1&";
  Params other;
  EXPECT_FALSE(other.AddForm(repeated));
  Params fields;
  for (std::size_t i = 0; i < Params::kMaxParams; ++i) EXPECT_TRUE(fields.AddField("a", "1"));
  EXPECT_FALSE(fields.AddField("a", "1"));
}

TEST(Params, PresentMeansMoreThanBlanks) {
  const Params params = FromQuery("a=+%09%0A&b=&c&d=+x");
  EXPECT_FALSE(params.Present("a"));
  EXPECT_FALSE(params.Present("b"));
  EXPECT_FALSE(params.Present("c"));
  EXPECT_FALSE(params.Present("none"));
  EXPECT_TRUE(params.Present("d"));
}

TEST(Params, SetReplacesInPlaceOrAppends) {
  Params params = FromQuery("a=1&b=2&c=3");
  {
    std::string text = "new value";
    params.Set("b", text);
    params.Set("d", text);
    params.Remove("c");
    params.Remove("nothing");
    text.assign(text.size(), '!');
  }
  EXPECT_EQ(QueryOf(params), "a=1&b=new+value&d=new+value");
  params.Set("a", params.Get("b"));
  EXPECT_EQ(params.Get("a"), "new value");
}

TEST(Params, ClearStartsAnew) {
  Params params = FromQuery("a=1");
  params.Clear();
  EXPECT_TRUE(params.all().empty());
  ASSERT_TRUE(params.AddForm(std::string(200'000, 'x') + "=1"));
  params.Clear();
  ASSERT_TRUE(params.AddQuery("b=2"));
  EXPECT_EQ(PairsOf(params), (Pairs{{"b", "2"}}));
}

TEST(Params, MovingKeepsTheViews) {
  Params params = FromQuery("a=a+long+enough+value+to+live+anywhere");
  const Params moved = std::move(params);
  EXPECT_EQ(moved.Get("a"), "a long enough value to live anywhere");
}

TEST(AppendQuery, LeavesOutWhatIsNotTheClients) {
  EXPECT_EQ(QueryOf(FromQuery("checksum=abc&a=1&format=json&controller=x&action=y&checksumx=1")), "a=1&checksumx=1");
  EXPECT_EQ(QueryOf(FromQuery("a=1&checksum[]=z")), "a=1");
  std::string out = "prefix?";
  AppendQuery(out, FromQuery("n=~(a)&u=%C3%BC"));
  EXPECT_EQ(out, "prefix?n=%7E%28a%29&u=%C3%BC");
}

TEST(Params, AddFieldTakesTextAsItIs) {
  Params params;
  ASSERT_TRUE(params.AddField("a%41+", "b%42+"));
  EXPECT_EQ(params.Get("a%41+"), "b%42+");
  EXPECT_FALSE(params.AddField("x", "\xff"));
  EXPECT_FALSE(params.AddField("\xff", "x"));
}

/// Text over a small alphabet, so that names repeat and every kind of byte occurs.
rc::Gen<std::string> SmallText() {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab&=+%[] ;/\x01~")));
}

RC_GTEST_PROP(Params, AgreesWithANaiveModel, ()) {
  const auto pairs = *rc::gen::container<Pairs>(rc::gen::pair(SmallText(), SmallText()));
  std::string query;
  Pairs model;
  for (const auto& [name, value] : pairs) {
    if (!query.empty()) query += '&';
    AppendFormEncoded(query, name);
    query += '=';
    AppendFormEncoded(query, value);
    if (name.empty()) continue;
    const auto known = std::find_if(model.begin(), model.end(), [&name = name](const auto& pair) { return pair.first == name; });
    if (known != model.end() && !name.ends_with("[]")) {
      known->second = value;
    } else {
      model.emplace_back(name, value);
    }
  }
  Params params;
  RC_ASSERT(params.AddQuery(query).has_value());
  RC_ASSERT(PairsOf(params) == model);
}

RC_GTEST_PROP(Params, AnyBytesAreTakenOrRefused, (const std::string& bytes)) {
  Params params;
  if (!params.AddQuery(bytes)) return;
  Params again;
  RC_ASSERT(again.AddQuery(QueryOf(params)).has_value());
}

}  // namespace
}  // namespace plenary::bbb
