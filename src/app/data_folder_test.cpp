#include "app/data_folder.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace plenary::app {
namespace {

class DataFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "plenary-folder-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  std::string root_;
};

TEST_F(DataFolderTest, HasOneOwner) {
  const std::string path = root_ + "/data";
  EXPECT_FALSE(IsOwned(path));
  {
    auto first = DataFolder::Own(path);
    ASSERT_TRUE(first);
    EXPECT_TRUE(IsOwned(path));
    const auto second = DataFolder::Own(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kConflict);
  }
  EXPECT_FALSE(IsOwned(path));
}

TEST_F(DataFolderTest, IsPrivate) {
  const std::string path = root_ + "/data";
  { ASSERT_TRUE(DataFolder::Own(path)); }
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  std::ofstream(path + "/state.db") << "x";
  ::chmod((path + "/state.db").c_str(), 0644);
  const auto refused = DataFolder::Own(path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
  EXPECT_NE(refused.error().detail.find("chmod 600"), std::string::npos);
  ::chmod((path + "/state.db").c_str(), 0600);
  ::chmod(path.c_str(), 0755);
  EXPECT_EQ(DataFolder::Own(path).error().code, ErrorCode::kPermission);
}

TEST_F(DataFolderTest, SecretIsMadeOnceAndKept) {
  SystemRandom random;
  std::string first;
  {
    auto folder = DataFolder::Own(root_ + "/data");
    ASSERT_TRUE(folder);
    first = (*folder)->SharedSecret(random).value();
    EXPECT_EQ(first.size(), 40u);
  }
  auto folder = DataFolder::Own(root_ + "/data");
  ASSERT_TRUE(folder);
  EXPECT_EQ((*folder)->SharedSecret(random).value(), first);
}

}  // namespace
}  // namespace plenary::app
