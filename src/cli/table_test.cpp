#include "cli/table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <sstream>

namespace plenary::cli {
namespace {

TEST(Table, AlignsAndTrims) {
  Table table({{"ID"}, {"LOAD", true}, {"TAG"}});
  table.Add({"bbb1", "9", "gpu"});
  table.Add({"b", "12.5", ""});
  EXPECT_EQ(table.Render({}),
            "ID    LOAD  TAG\n"
            "bbb1     9  gpu\n"
            "b     12.5\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"NAME"}, {"N", true}});
  table.Add({"Müller–é", "1"});
  table.Add({"Mueller_", "2"});
  EXPECT_EQ(table.Render({}), "NAME      N\nMüller–é  1\nMueller_  2\n");
}

TEST(Table, ShortensOnlyWhatMayBeCut) {
  Table table({{"ID"}, {"URL", false, true}});
  table.Add({"a-very-long-identifier", "https://bbb.example.org/bigbluebutton/api"});
  EXPECT_EQ(table.Render({40, false}),
            "ID                      URL\n"
            "a-very-long-identifier  https://bbb.exa…\n");
  EXPECT_EQ(table.Render({10, false}),
            "ID                      URL\n"
            "a-very-long-identifier  https:/…\n");
}

TEST(Table, LeavesOutWhatMattersLeast) {
  Table table({{"ID"}, {"LOAD", true}, {"TAG", false, false, 1}, {"URL", false, true, 2}});
  table.Add({"0123456789", "7", "gpu", "https://bbb.example.org/bigbluebutton/api"});
  EXPECT_EQ(table.Render({23, false}), "ID          LOAD  TAG\n0123456789     7  gpu\n");
  EXPECT_EQ(table.Render({18, false}), "ID          LOAD\n0123456789     7\n");
}

TEST(Table, ColourOnlyWhenAsked) {
  Table table({{"S"}});
  table.Add({{"online", Tone::kGood}});
  table.Add({{"offline", Tone::kBad}});
  EXPECT_EQ(table.Render({0, false}), "S\nonline\noffline\n");
  EXPECT_EQ(table.Render({0, true}), "\x1b[2mS\x1b[0m\n\x1b[32monline\x1b[0m\n\x1b[31moffline\x1b[0m\n");
}

RC_GTEST_PROP(TableProperty, NoLineIsWiderThanTheTerminal, ()) {
  const auto texts = *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
  const std::size_t width = *rc::gen::inRange<std::size_t>(18, 120);
  Table table({{"A", false, true}, {"B", true, true}});
  for (const std::string& text : texts) table.Add({text, text + text});
  std::istringstream lines(table.Render({width, false}));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) RC_ASSERT(DisplayWidth(line) <= width);
  RC_ASSERT(count == texts.size() + 1);
}

}  // namespace
}  // namespace plenary::cli
