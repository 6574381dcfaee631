#include "bbb/end_signal.hpp"

#include <gtest/gtest.h>

namespace plenary::bbb {
namespace {

constexpr std::string_view kKey = "key of the test";

std::string QueryOf(const EndSignal& signal) {
  const std::string target = EndSignalTarget(kKey, signal);
  return target.substr(target.find('?') + 1);
}

TEST(EndSignal, ComesBackAsItWas) {
  const EndSignal signal{"tenant-1", "room & 1=ü", 7};
  EXPECT_TRUE(EndSignalTarget(kKey, signal).starts_with(kEndSignalPath));
  const auto read = ReadEndSignal(kKey, QueryOf(signal));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tenant_id, signal.tenant_id);
  EXPECT_EQ(read->meeting_id, signal.meeting_id);
  EXPECT_EQ(read->claim_id, signal.claim_id);
}

TEST(EndSignal, IsRefusedWithoutItsMac) {
  const std::string query = QueryOf({"", "m", 1});
  EXPECT_FALSE(ReadEndSignal("another key", query));
  EXPECT_FALSE(ReadEndSignal(kKey, ""));
  EXPECT_FALSE(ReadEndSignal(kKey, query.substr(0, query.find("&mac="))));
  for (const std::string_view field : {"meeting=m", "claim=1"}) {
    std::string changed = query;
    changed.replace(changed.find(field) + field.size() - 1, 1, "2");
    EXPECT_FALSE(ReadEndSignal(kKey, changed)) << changed;
  }
}

TEST(EndSignal, BordersBetweenTenantAndMeetingCount) {
  const std::string one = QueryOf({"ab", "c", 1});
  const std::string mac = one.substr(one.find("&mac="));
  EXPECT_FALSE(ReadEndSignal(kKey, "tenant=a&meeting=bc&claim=1" + mac));
}

TEST(EndCallback, TellsTheFrontEndUnderItsOwnMeetingId) {
  const std::string target = EndCallbackTarget(kKey, {"t1", "room 2", "https://front.example/end?salt=a%20b"});
  const std::string query = target.substr(target.find('?') + 1);
  const auto read = ReadEndCallback(kKey, query + "&recordingmarks=true&meetingID=room+2~t1");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tenant_id, "t1");
  EXPECT_EQ(read->meeting_id, "room 2");
  EXPECT_EQ(read->url, "https://front.example/end?salt=a%20b&recordingmarks=true&meetingID=room+2");
  EXPECT_EQ(ReadEndCallback(kKey, query + "&recordingmarks=<script>")->url,
            "https://front.example/end?salt=a%20b&recordingmarks=false&meetingID=room+2");
  EXPECT_FALSE(ReadEndCallback("another key", query));
  std::string changed = query;
  changed.replace(changed.find("front"), 5, "other");
  EXPECT_FALSE(ReadEndCallback(kKey, changed)) << "nobody can make us call what he likes";
}

}  // namespace
}  // namespace plenary::bbb
