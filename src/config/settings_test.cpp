#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "config/settings.hpp"

namespace plenary::config {
namespace {

TEST(Table, NamesAreUniqueAndRowsComplete) {
  std::set<std::string_view> names;
  for (const SettingInfo& row : AllSettings()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " twice";
    EXPECT_FALSE(row.group.empty() || row.rule.empty() || row.meaning.empty()) << row.name;
  }
}

TEST(Table, ReferencePageHasOneLinePerSetting) {
  const std::string page = ReferencePage();
  for (const SettingInfo& row : AllSettings()) {
    const std::string head = "\n| `" + std::string(row.name) + "` |";
    const std::size_t first = page.find(head);
    ASSERT_NE(first, std::string::npos) << row.name;
    EXPECT_EQ(page.find(head, first + 1), std::string::npos) << row.name;
  }
}

}  // namespace
}  // namespace plenary::config
