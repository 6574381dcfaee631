#include "bbb/multipart.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plenary::bbb {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=XX";

std::string Part(std::string_view disposition, std::string_view content) {
  return "--XX\r\nContent-Disposition: " + std::string(disposition) + "\r\n\r\n" + std::string(content) + "\r\n";
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<Pairs> Read(std::string_view body, std::string_view type = kType) {
  Params params;
  const Status status = AddMultipart(params, type, body);
  if (!status) {
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
    return std::nullopt;
  }
  Pairs pairs;
  for (const Param& param : params.all()) pairs.emplace_back(param.name, param.value);
  return pairs;
}

TEST(Multipart, ReadsFields) {
  const std::string body = Part("form-data; name=\"meetingID\"", "m 1+%41") + Part("form-data; name=password", "") +
                           Part("form-data; name=\"q\\\"uo\\\\te\"; x=y", "line\r\nbreak\r\n--XY\r\n--XXtail") + "--XX--\r\n";
  EXPECT_EQ(Read(body), (Pairs{{"meetingID", "m 1+%41"}, {"password", ""}, {"q\"uo\\te", "line\r\nbreak\r\n--XY\r\n--XXtail"}}));
}

TEST(Multipart, SkipsFilesPreambleAndEpilogue) {
  const std::string body = "preamble\r\n" + Part("form-data; name=\"f\"; filename=\"a.pdf\"", "binary\xff") +
                           Part("form-data; name=\"g\"; filename*=UTF-8''a", "x") + Part("form-data; NAME=\"a\"", "1") +
                           "--XX--\r\nepilogue --XX";
  EXPECT_EQ(Read(body), (Pairs{{"a", "1"}}));
}

TEST(Multipart, ReadsBoundaryAndHeadersLeniently) {
  EXPECT_EQ(Read("--a b\r\ncontent-TYPE: text/plain\r\ncontent-disposition:form-data;name=x\r\n\r\n1\r\n--a b--",
                 "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""),
            (Pairs{{"x", "1"}}));
  EXPECT_EQ(Read("--XX \t\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--"), (Pairs{{"a", "1"}}));
  EXPECT_EQ(Read("--XX--\r\n"), Pairs{});
}

TEST(Multipart, LastFieldOfANameCounts) {
  EXPECT_EQ(Read(Part("form-data; name=\"a\"", "1") + Part("form-data; name=\"a\"", "2") + "--XX--"), (Pairs{{"a", "2"}}));
}

TEST(Multipart, RefusesMalformedBodies) {
  const std::string good = Part("form-data; name=\"a\"", "1") + "--XX--";
  EXPECT_TRUE(Read(good));
  EXPECT_FALSE(Read(good, "multipart/form-data"));
  EXPECT_FALSE(Read(good, "multipart/form-data; boundary="));
  EXPECT_FALSE(Read(good, "multipart/form-data; boundary=\"XX"));
  EXPECT_FALSE(Read(good, "multipart/form-data; boundary=YY"));
  EXPECT_FALSE(Read(good, "multipart/form-data; boundary=" + std::string(71, 'X')));
  EXPECT_FALSE(Read(""));
  EXPECT_FALSE(Read("--XX"));
  EXPECT_FALSE(Read("--XX\r\n"));
  EXPECT_FALSE(Read("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n"));
  EXPECT_FALSE(Read("--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"));
  EXPECT_FALSE(Read("--XX\r\n\r\n1\r\n--XX--"));
  EXPECT_FALSE(Read(Part("form-data", "1") + "--XX--"));
  EXPECT_FALSE(Read(Part("form-data; name=\"a", "1") + "--XX--"));
  EXPECT_FALSE(Read(Part("form-data; name=\"a\"", "\xff") + "--XX--"));
  EXPECT_FALSE(Read("--XX\r\nX: " + std::string(9000, 'x') + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--"));
  std::string many;
  for (std::size_t i = 0; i <= Params::kMaxParams; ++i) many += Part("form-data; name=\"f\"; filename=\"x\"", "");
  EXPECT_FALSE(Read(many + "--XX--"));
}

TEST(Multipart, APartThatIsCutOffIsNeverTaken) {
  const std::string good = Part("form-data; name=\"a\"", "1") + Part("form-data; name=\"b\"", "2") + "--XX--";
  for (std::size_t length = 0; length < good.size(); ++length) EXPECT_FALSE(Read(good.substr(0, length))) << length;
}

RC_GTEST_PROP(Multipart, RoundTripsFields, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::elementOf(std::string("abX-\r\n \"\\;=")));
  const auto values = *rc::gen::container<std::vector<std::string>>(text);
  std::string body;
  Pairs expected;
  for (std::size_t i = 0; i < values.size(); ++i) {
    RC_PRE(("\r\n" + values[i]).find("\r\n--XX") == std::string::npos);
    const std::string name = "n" + std::to_string(i);
    body += Part("form-data; name=\"" + name + "\"", values[i]);
    expected.emplace_back(name, values[i]);
  }
  RC_ASSERT(Read(body + "--XX--") == expected);
}

}  // namespace
}  // namespace plenary::bbb
