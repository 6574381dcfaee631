// A `state.db` of each earlier format is brought to the present one in place, with everything that it holds.
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include <gtest/gtest.h>

#include "state/sqlite/sqlite_store.hpp"
#include "state/test_support.hpp"

namespace plenary::state::testing {
namespace {

namespace fs = std::filesystem;

/// As the first release wrote it.
constexpr const char* kFormat1 = R"sql(
PRAGMA journal_mode=WAL;
CREATE TABLE nodes (
  id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL, tag TEXT NOT NULL, load_multiplier REAL NOT NULL, state INTEGER NOT NULL,
  checksum_algorithm INTEGER, bbb_version TEXT NOT NULL, online INTEGER NOT NULL, polled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meetings (
  meeting_id TEXT NOT NULL, tenant_id TEXT NOT NULL, node_id TEXT NOT NULL, claim_id INTEGER NOT NULL, phase INTEGER NOT NULL,
  moderator_pw TEXT NOT NULL, attendee_pw TEXT NOT NULL, voice_bridge TEXT NOT NULL, name TEXT NOT NULL, internal_id TEXT NOT NULL,
  create_time_ms INTEGER NOT NULL, claimed_at_ms INTEGER NOT NULL, touched_at_ms INTEGER NOT NULL, adopted INTEGER NOT NULL,
  PRIMARY KEY (meeting_id, tenant_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE pending_ends (
  id INTEGER PRIMARY KEY, node_id TEXT NOT NULL, meeting_id TEXT NOT NULL, moderator_pw TEXT NOT NULL, internal_id TEXT NOT NULL,
  reason INTEGER NOT NULL, created_at_ms INTEGER NOT NULL
) STRICT;
PRAGMA application_id=0x506c6e79;
PRAGMA user_version=1;
INSERT INTO nodes VALUES ('n1', 'http://n1.test/bigbluebutton/api', 's', 'gpu', 1.5, 1, NULL, '3.0.1', 1, 1);
INSERT INTO meetings VALUES ('m', '', 'n1', 9, 1, 'mp', 'ap', '518795727', 'Name', 'int', 5, 1699999990000, 1699999990000, 0);
INSERT INTO pending_ends VALUES (3, 'n1', 'old', 'mp', 'int-old', 0, 1699999990000);
)sql";

class MigrationTest : public ::testing::Test {
 protected:
  MigrationTest() {
    std::string name = (fs::temp_directory_path() / "plenary-migration-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = (folder_ / "state.db").string();
    Sql(kFormat1);
  }
  ~MigrationTest() override { fs::remove_all(folder_); }

  void Sql(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  Result<std::unique_ptr<SqliteStore>> Open() { return SqliteStore::Open(path_, {}, clock_, random_, nullptr); }

  static void ExpectWhatItHeld(SqliteStore& store) {
    const NodePtr node = store.Nodes()->Find("n1");
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->node.tag, "gpu");
    EXPECT_EQ(node->node.revision, 1u);
    const MeetingPtr meeting = store.FindMeeting("", "m");
    ASSERT_NE(meeting, nullptr);
    EXPECT_EQ(meeting->claim_id, 9u);
    EXPECT_EQ(meeting->scoped_id, "");
    EXPECT_EQ(store.FindVoiceBridge("518795727"), meeting);
    ASSERT_EQ(store.PendingEnds().size(), 1u);
    EXPECT_EQ(store.PendingEnds()[0].internal_id, "int-old");
    EXPECT_EQ(store.PendingEnds()[0].tenant_id, "");
  }

  fs::path folder_;
  std::string path_;
  TestClock clock_;
  TestRandom random_;
};

TEST_F(MigrationTest, TheFirstFormatIsTakenOverWithWhatItHolds) {
  {
    auto store = Open();
    ASSERT_TRUE(store) << store.error().detail;
    ExpectWhatItHeld(**store);
    std::promise<bool> added;
    (*store)->AddTenant(MakeTenant("t1"), [&added](const auto& result) { added.set_value(result.has_value()); });
    EXPECT_TRUE(added.get_future().get());
  }
  auto again = Open();
  ASSERT_TRUE(again) << again.error().detail;
  ExpectWhatItHeld(**again);
  EXPECT_NE((*again)->Tenants()->FindById("t1"), nullptr);
}

TEST_F(MigrationTest, AMigrationThatFailsLeavesTheOldFormat) {
  Sql("CREATE TABLE tenants (mine TEXT)");  // in the way
  EXPECT_FALSE(Open());
  Sql("DROP TABLE tenants; SELECT tag FROM nodes");
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  EXPECT_NE(sqlite3_exec(database, "SELECT revision FROM nodes", nullptr, nullptr, nullptr), SQLITE_OK);  // nothing half-done
  sqlite3_close(database);
  auto store = Open();
  ASSERT_TRUE(store) << store.error().detail;
  ExpectWhatItHeld(**store);
}

}  // namespace
}  // namespace plenary::state::testing
