#include "records/history.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <vector>

#include <gtest/gtest.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace plenary::records {
namespace {

namespace fs = std::filesystem;

class HistoryTest : public ::testing::Test {
 protected:
  HistoryTest() {
    std::string name = (fs::temp_directory_path() / "plenary records=XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = (folder_ / "records.db").string();
  }
  ~HistoryTest() override { fs::remove_all(folder_); }

  std::unique_ptr<History> Open(std::size_t max_rows = History::kMaxRows) {
    return std::make_unique<History>(
        path_,
        [this](std::string text) {
          const std::lock_guard lock(mutex_);
          warnings_.push_back(std::move(text));
        },
        max_rows);
  }
  std::size_t Warnings() {
    const std::lock_guard lock(mutex_);
    return warnings_.size();
  }
  long long Count(const std::string& table) const {
    soci::session sql(soci::sqlite3, "dbname=\"" + path_ + "\"");
    long long count = 0;
    sql << "SELECT count(*) FROM " + table, soci::into(count);
    return count;
  }
  static pool::Decision Decision(const std::string& meeting_id, const std::string& node_id) {
    return {.at_ms = 1234567890123, .meeting_id = meeting_id, .tenant_id = "t", .node_id = node_id, .model = pool::LoadModel::kRoundRobin,
            .best = {{"n1", 0.5}, {"n-2.x", 31}}, .candidates = 9, .excluded = {1, 2, 3, 4, 5, 6}};
  }

  fs::path folder_;
  std::string path_;
  std::mutex mutex_;
  std::vector<std::string> warnings_;
};

TEST_F(HistoryTest, TheLastDecisionIsRemembered) {
  {
    auto history = Open();
    history->Record(Decision("m'\"; --", "n1"));
    history->Record(Decision("m'\"; --", "n-2.x"));
    history->Record(Decision("other", "n1"));
    history->Record(pool::RoomHistory{.meeting_id = "m", .name = "Name", .created_at_ms = 1, .ended_at_ms = 2, .peak_participants = 3});
    EXPECT_EQ(history->LastDecision("t", "other")->node_id, "n1");
  }
  auto history = Open();
  const auto decision = history->LastDecision("t", "m'\"; --");
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->node_id, "n-2.x");
  EXPECT_EQ(decision->at_ms, 1234567890123);
  EXPECT_EQ(decision->tenant_id, "t");
  EXPECT_EQ(decision->model, pool::LoadModel::kRoundRobin);
  EXPECT_EQ(decision->candidates, 9u);
  EXPECT_EQ(decision->excluded[5], 6u);
  ASSERT_EQ(decision->best.size(), 2u);
  EXPECT_EQ(decision->best[1], (std::pair<std::string, double>("n-2.x", 31)));
  EXPECT_FALSE(history->LastDecision("t", "unknown"));
  EXPECT_EQ(Count("plenary_rooms"), 1);
  EXPECT_EQ(Warnings(), 0u);
}

TEST_F(HistoryTest, TwoTenantsWithOneMeetingIdAreToldApart) {
  auto history = Open();
  history->Record(Decision("m", "n1"));
  pool::Decision other = Decision("m", "n2");
  other.tenant_id = "other";
  history->Record(other);
  EXPECT_EQ(history->LastDecision("t", "m")->node_id, "n1");
  EXPECT_EQ(history->LastDecision("t", "m")->tenant_id, "t");
  EXPECT_EQ(history->LastDecision("other", "m")->node_id, "n2");
  EXPECT_FALSE(history->LastDecision("", "m")) << "without a tenant";
}

TEST_F(HistoryTest, OldRecordsAreDropped) {
  auto history = Open(50);
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 20; ++j) history->Record(Decision("m" + std::to_string(i * 20 + j), "n1"));
    history->Flush();
  }
  EXPECT_LE(Count("plenary_decisions"), 100);
  EXPECT_TRUE(history->LastDecision("t", "m399"));
  EXPECT_FALSE(history->LastDecision("t", "m0"));
}

TEST_F(HistoryTest, ADamagedFileStopsNothingAndIsLeftAlone) {
  std::ofstream(path_) << std::string(5000, 'x');
  {
    auto history = Open();
    history->Record(Decision("m", "n1"));
    EXPECT_FALSE(history->LastDecision("t", "m"));
    history->Record(Decision("m", "n1"));
    history->Flush();
  }
  EXPECT_EQ(Warnings(), 1u);
  std::ifstream file(path_, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), std::string(5000, 'x'));
}

TEST_F(HistoryTest, AMissingFolderStopsNothing) {
  fs::remove_all(folder_);
  auto history = Open();
  history->Record(Decision("m", "n1"));
  history->Flush();
  EXPECT_EQ(Warnings(), 1u);
}

TEST_F(HistoryTest, TheFileIsPrivate) {
  const mode_t before = ::umask(0);
  auto history = Open();
  history->Record(Decision("m", "n1"));
  history->Flush();
  for (const auto& file : fs::directory_iterator(folder_)) {
    struct stat info {};
    ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u) << file.path();
  }
  ::umask(before);
}

TEST_F(HistoryTest, AFloodIsBounded) {
  auto history = Open();
  history->Record(pool::RoomHistory{.meeting_id = "first"});
  history->Flush();
  soci::session blocker(soci::sqlite3, "dbname=\"" + path_ + "\"");
  blocker << "BEGIN IMMEDIATE";
  for (std::size_t i = 0; i < 3 * History::kMaxQueued; ++i) history->Record(pool::RoomHistory{.meeting_id = "m"});
  blocker << "COMMIT";
  history->Flush();
  EXPECT_GE(Warnings(), 1u);
  EXPECT_LE(Count("plenary_rooms"), static_cast<long long>(2 * History::kMaxQueued + 1));  // a batch that was under way, and a full queue
}

}  // namespace
}  // namespace plenary::records
