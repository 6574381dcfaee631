#include "bbb/elements.hpp"

#include <gtest/gtest.h>

namespace plenary::bbb {
namespace {

TEST(ReadElements, SimpleOnesAndMetadata) {
  const auto elements = ReadElements(
      "<response><returncode>SUCCESS</returncode><meetingName>A &amp; "
      "B</meetingName><attendees><attendee><userID>x</userID></attendee></attendees>"
      "<metadata><bbb-context>C</bbb-context></metadata></response>");
  ASSERT_EQ(elements.size(), 3u);
  EXPECT_EQ(elements[1].name, "meetingName");
  EXPECT_EQ(elements[1].text, "A & B");
  EXPECT_FALSE(elements[1].in_metadata);
  EXPECT_EQ(elements[2].name, "bbb-context");
  EXPECT_TRUE(elements[2].in_metadata);
}

TEST(ReadElements, NothingInWhatIsNoReply) {
  EXPECT_TRUE(ReadElements("").empty());
  EXPECT_TRUE(ReadElements("<html><body>502</body></html>").empty());
}

TEST(ReadElements, AsFarAsABrokenDocumentGoes) {
  const auto elements = ReadElements("<response><a>1</a><b/><metadata></metadata><c>cut");
  ASSERT_EQ(elements.size(), 3u);  // an empty <metadata> is a simple element, too
  EXPECT_EQ(elements[0].text, "1");
  EXPECT_EQ(elements[1].name, "b");
}

}  // namespace
}  // namespace plenary::bbb
