// A real `records.db` in a folder of its own, for the tests of this folder.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <soci/soci.h>

#include "base/clock.hpp"
#include "records/database.hpp"

namespace plenary::records::test {

class FakeClock final : public Clock {
 public:
  WallTime Now() const override { return FromMs(now_ms); }
  SteadyTime Steady() const override { return SteadyTime(std::chrono::milliseconds(now_ms)); }
  std::int64_t now_ms = 1'700'000'000'000;
};

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    std::string name = (std::filesystem::temp_directory_path() / "plenary records=XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = (folder_ / "records.db").string();
  }
  ~DatabaseTest() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Database& Open() {
    database_.reset();
    Result<std::unique_ptr<Database>> opened = Database::Open(path_);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    database_ = std::move(opened).value();
    return *database_;
  }
  void Run(const std::string& statement) {
    const Status written = database_->WriteAndWait([&](soci::session& sql) { sql << statement; });
    EXPECT_TRUE(written) << written.error().detail;
  }
  long long Number(const std::string& query) {
    long long number = -1;
    const Status read = database_->Read([&](soci::session& sql) { sql << query, soci::into(number); });
    EXPECT_TRUE(read) << read.error().detail;
    return number;
  }

  /// Occupies the writer until the returned function is called, so that what is written meanwhile becomes one group.
  std::function<void()> Hold() {
    auto held = std::make_shared<std::promise<void>>();
    database_->Write([](soci::session&) {}, [future = held->get_future().share()](const Status&) { future.wait(); });
    return [held] { held->set_value(); };
  }

  std::filesystem::path folder_;
  std::string path_;
  std::unique_ptr<Database> database_;
};

/// What a call with a `done` at its end answers.
template <class Value, class Call>
Value Await(Call call) {
  std::promise<Value> promise;
  call([&promise](const Value& value) { promise.set_value(value); });
  return promise.get_future().get();
}

}  // namespace plenary::records::test
