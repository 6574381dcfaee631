#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <vector>

#include <soci/sqlite3/soci-sqlite3.h>

#include "records/database_for_test.hpp"

namespace plenary::records {
namespace {

namespace fs = std::filesystem;

class Records : public test::DatabaseTest {
 protected:
  Database& OpenWithScratch() {
    Open();
    Run("CREATE TABLE IF NOT EXISTS scratch (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)");
    return *database_;
  }
  static std::function<void(soci::session&)> Put(long long id, std::string text = "") {
    return [id, text = std::move(text)](soci::session& sql) {
      sql << "INSERT INTO scratch (id, text) VALUES (:id, :text)", soci::use(id), soci::use(text);
    };
  }
};

TEST_F(Records, WhatIsWrittenIsReadAndStays) {
  OpenWithScratch();
  EXPECT_TRUE(database_->WriteAndWait(Put(1)));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 1);
  Open();
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 1);
}

TEST_F(Records, ReadersCannotWrite) {
  OpenWithScratch();
  const Status refused = database_->Read(Put(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 0);
}

TEST_F(Records, OneThatFailsIsUndoneAlone) {
  OpenWithScratch();
  std::vector<Status> outcomes;
  const auto note = [&](const Status& status) { outcomes.push_back(status); };
  const auto release = Hold();
  database_->Write(Put(1), note);
  database_->Write(
      [](soci::session& sql) {
        Put(2)(sql);
        sql << "INSERT INTO nowhere VALUES (1)";
      },
      note);
  database_->Write(
      [](soci::session& sql) {
        Put(3)(sql);
        throw std::runtime_error("not SQL at all");
      },
      note);
  database_->Write(Put(1), note);
  database_->Write(Put(4), note);
  release();
  database_->Flush();
  ASSERT_EQ(outcomes.size(), 5u);
  EXPECT_TRUE(outcomes[0]);
  for (const std::size_t failed : {1, 2, 3}) {
    ASSERT_FALSE(outcomes[failed]);
    EXPECT_EQ(outcomes[failed].error().code, ErrorCode::kIo);
    EXPECT_NE(outcomes[failed].error().detail.find(path_), std::string::npos);
  }
  EXPECT_TRUE(outcomes[4]);
  EXPECT_EQ(Number("SELECT SUM(id) FROM scratch"), 5);
}

TEST_F(Records, ErrorsTellNoValues) {
  OpenWithScratch();
  EXPECT_TRUE(database_->WriteAndWait(Put(7, "first")));
  const Status failed = database_->WriteAndWait(Put(7, "https://example.org/?token=s3cr3t"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().detail.find("s3cr3t"), std::string::npos) << failed.error().detail;
}

TEST_F(Records, DoneMayWriteAgain) {
  OpenWithScratch();
  std::promise<bool> second;
  database_->Write(Put(1), [&](const Status&) {
    database_->Write(Put(2), [&](const Status& status) { second.set_value(status.has_value()); });
  });
  EXPECT_TRUE(second.get_future().get());
}

TEST_F(Records, ClosingCarriesOutWhatIsQueued) {
  OpenWithScratch();
  const auto release = Hold();
  for (int i = 0; i < 2500; ++i) database_->Write(Put(i), nullptr);
  release();
  Open();
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 2500);
}

TEST_F(Records, ManyThreadsWriteAndRead) {
  OpenWithScratch();
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const long long id = thread * 1000 + i;
        long long found = 0;
        failures += database_->WriteAndWait(Put(id)) ? 0 : 1;
        const Status read = database_->Read(
            [&](soci::session& sql) { sql << "SELECT COUNT(*) FROM scratch WHERE id = :id", soci::use(id), soci::into(found); });
        failures += read && found == 1 ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(Records, AnotherConnectionsTransactionIsWaitedFor) {
  OpenWithScratch();
  soci::session other(soci::sqlite3, "dbname=\"" + path_ + "\"");
  other << "BEGIN IMMEDIATE";
  auto written = std::async(std::launch::async, [&] { return database_->WriteAndWait(Put(1)); });
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 0);  // readers don't wait
  EXPECT_EQ(written.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  other << "COMMIT";
  EXPECT_TRUE(written.get());
}

TEST_F(Records, AFullFileRefusesAndRecovers) {
  OpenWithScratch();
  Run("PRAGMA max_page_count = " + std::to_string(Number("PRAGMA page_count") + 2));
  const Status full = database_->WriteAndWait(Put(1, std::string(200'000, 'x')));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kIo);
  EXPECT_TRUE(database_->WriteAndWait(Put(2)));
  Run("PRAGMA max_page_count = 1000000");
  EXPECT_TRUE(database_->WriteAndWait(Put(1, std::string(200'000, 'x'))));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 2);
}

// The commit itself fails, as it does on a full disk: the small ones of the group still find room.
TEST_F(Records, WhatDoesNotFitFailsAlone) {
  OpenWithScratch();
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = fs::file_size(path_ + "-wal") + 100'000;
  std::vector<bool> outcomes;
  const auto note = [&](const Status& status) { outcomes.push_back(status.has_value()); };
  const auto release = Hold();
  database_->Write(Put(1), note);
  database_->Write(Put(2, std::string(500'000, 'x')), note);
  database_->Write(Put(3), note);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  release();
  database_->Flush();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(outcomes, (std::vector<bool>{true, false, true}));
  EXPECT_TRUE(database_->WriteAndWait(Put(2, std::string(500'000, 'x'))));
  Open();
  EXPECT_EQ(Number("SELECT SUM(id) FROM scratch"), 6);
}

// The child is killed without warning; what it heard to be done must be there.
TEST_F(Records, WhatIsDoneSurvivesAKill) {
  int acknowledged[2];
  ASSERT_EQ(::pipe(acknowledged), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    OpenWithScratch();
    for (long long id = 1;; ++id) {
      database_->Write(Put(id), [&](const Status& status) {
        if (status && ::write(acknowledged[1], "+", 1) != 1) ::_exit(1);
      });
      if (id % 10 == 0) database_->Flush();
    }
  }
  ::close(acknowledged[1]);
  long long done = 0;
  char byte = 0;
  while (done < 200 && ::read(acknowledged[0], &byte, 1) == 1) ++done;
  ::kill(child, SIGKILL);
  while (::read(acknowledged[0], &byte, 1) == 1) ++done;
  ::waitpid(child, nullptr, 0);
  ::close(acknowledged[0]);
  ASSERT_GE(done, 200);
  Open();
  EXPECT_GE(Number("SELECT COUNT(*) FROM scratch"), done);
}

TEST_F(Records, ADamagedFileIsNamedAndLeftAlone) {
  std::ofstream(path_) << std::string(5000, 'x');
  const auto opened = Database::Open(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(opened.error().detail.find(path_), std::string::npos);
  EXPECT_NE(opened.error().detail.find("backup"), std::string::npos);
  std::ifstream file(path_, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), std::string(5000, 'x'));
}

TEST_F(Records, DamageThatIsFoundLaterIsNamed) {
  OpenWithScratch();
  for (int i = 0; i < 100; ++i) database_->Write(Put(i, std::string(3000, 'x')), nullptr);
  database_.reset();
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    const auto size = static_cast<std::streamoff>(fs::file_size(path_));
    for (std::streamoff at = size / 2; at + 4096 <= size; at += 4096) file.seekp(at) << std::string(4096, '\x5a');
  }
  Open();
  const Status read = database_->Read([](soci::session& sql) {
    long long bytes = 0;
    sql << "SELECT SUM(LENGTH(text)) FROM scratch", soci::into(bytes);
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(read.error().detail.find(path_), std::string::npos);
}

TEST_F(Records, AMissingFolderIsNamed) {
  fs::remove_all(folder_);
  const auto opened = Database::Open(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  EXPECT_NE(opened.error().detail.find(path_), std::string::npos);
}

TEST_F(Records, TheFilesArePrivate) {
  const mode_t before = ::umask(0);
  OpenWithScratch();
  EXPECT_TRUE(database_->WriteAndWait(Put(1)));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM scratch"), 1);
  for (const auto& file : fs::directory_iterator(folder_)) {
    struct stat info {};
    ASSERT_EQ(::stat(file.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u) << file.path();
  }
  ::umask(before);
}

}  // namespace
}  // namespace plenary::records
