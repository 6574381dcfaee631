// What the pool costs: joins, claims with their fsync, placement among many nodes, polls, sweeps, start-up and memory.
#include <malloc.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <benchmark/benchmark.h>

#include "state/sqlite/sqlite_store.hpp"
#include "state/test_support.hpp"

namespace plenary::state {
namespace {

namespace fs = std::filesystem;

std::string MeetingId(std::int64_t i) { return "course-room-0000-" + std::to_string(100'000 + i); }

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "plenary-bench-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file() const { return (path_ / "state.db").string(); }

 private:
  fs::path path_;
};

struct Bench {
  explicit Bench(int nodes, int meetings_per_node = 0, std::size_t xml_bytes = 1000) {
    store = std::move(*SqliteStore::Open(folder.file(), {}, clock, random, nullptr));
    for (int n = 0; n < nodes; ++n) {
      const std::string number = std::to_string(n);
      pool::Node node{.id = "node-" + number, .url = "https://bbb" + number + ".example.org/bigbluebutton/api", .secret = "s"};
      node.state = pool::AdminState::kEnabled;
      store->AddNode(std::move(node), [](const auto&) {});
      Poll(n, nodes, meetings_per_node, xml_bytes);
    }
    store->Flush();
  }
  void Poll(int n, int nodes, int meetings_per_node, std::size_t xml_bytes = 1000) {
    PollReport report{.node_id = "node-" + std::to_string(n), .started_at_ms = ToMs(clock.Now()), .now_ms = ToMs(clock.Now())};
    const std::string xml(xml_bytes, 'x');
    for (int m = 0; m < meetings_per_node; ++m) {
      bbb::NodeMeeting meeting;
      meeting.meeting_id = MeetingId(m * nodes + n);
      meeting.internal_id = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1715350000000";
      meeting.name = "Course room " + std::to_string(m);
      meeting.moderator_pw = "moderator";
      meeting.attendee_pw = "attendee";
      meeting.voice_bridge = std::to_string(100'000'000 + m * nodes + n);
      meeting.create_time_ms = ToMs(clock.Now());
      meeting.participants = 10;
      for (std::uint64_t person = 0; person < 10; ++person) meeting.attendee_ids.push_back(person);
      meeting.raw = xml;
      report.meetings.push_back(std::move(meeting));
    }
    store->ApplyPoll(std::move(report), [](const auto&) {});
  }
  Folder folder;
  SystemClock clock;
  SystemRandom random;
  std::unique_ptr<SqliteStore> store;
};

void BM_JoinSamePeople(benchmark::State& state) {
  Bench bench(10, 100);
  const std::string id = MeetingId(77);
  std::uint64_t person = 0;
  for (auto _ : state) benchmark::DoNotOptimize(bench.store->Join("", id, 1000 + (++person & 31), false));
}
BENCHMARK(BM_JoinSamePeople);

void BM_JoinAcrossTheWholePool(benchmark::State& state) {
  Bench bench(1000, 20);
  std::vector<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.push_back(MeetingId(i));
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench.store->Join("", ids[i], 3, false));
    i = (i + 7919) % ids.size();
  }
}
BENCHMARK(BM_JoinAcrossTheWholePool);

void BM_Nodes(benchmark::State& state) {
  Bench bench(10);
  for (auto _ : state) benchmark::DoNotOptimize(bench.store->Nodes());
}
BENCHMARK(BM_Nodes);

/// Claims that are under way at once: range(0); nodes: range(1).
void BM_Claims(benchmark::State& state) {
  Bench bench(static_cast<int>(state.range(1)));
  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t under_way = 0;
  std::int64_t next = 0;
  for (auto _ : state) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way < state.range(0); });
    ++under_way;
    lock.unlock();
    bench.store->Claim({.meeting_id = MeetingId(next++), .moderator_pw = "moderator"}, [&](const Result<ClaimResult>& result) {
      if (!result) std::abort();
      const std::lock_guard done_lock(mutex);
      --under_way;
      changed.notify_one();
    });
  }
  bench.store->Flush();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Claims)->Args({1, 20})->Args({100, 20})->Args({100, 1000})->UseRealTime();

void BM_PollOfTwentyMeetings(benchmark::State& state) {
  Bench bench(1000, 20);
  int n = 0;
  for (auto _ : state) {
    bench.Poll(n, 1000, 20);
    n = (n + 1) % 1000;
  }
}
BENCHMARK(BM_PollOfTwentyMeetings);

void BM_SweepOfTwentyThousand(benchmark::State& state) {
  Bench bench(1000, 20);
  for (auto _ : state) bench.store->Sweep(ToMs(bench.clock.Now()));
}
BENCHMARK(BM_SweepOfTwentyThousand)->Unit(benchmark::kMicrosecond);

void BM_OpenWithTwentyThousand(benchmark::State& state) {
  Bench bench(1000, 20);
  for (auto _ : state) {
    bench.store.reset();
    bench.store = std::move(*SqliteStore::Open(bench.folder.file(), {}, bench.clock, bench.random, nullptr));
  }
}
BENCHMARK(BM_OpenWithTwentyThousand)->Unit(benchmark::kMillisecond);

std::size_t ResidentKb() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

/// nodes: range(0), meetings on each: range(1); 1 kB of XML each. Counters: kB of the process that the pool added.
void BM_Memory(benchmark::State& state) {
  for (auto _ : state) {
    ::malloc_trim(0);
    const std::size_t before = ResidentKb();
    Bench bench(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
    for (int n = 0; n < state.range(0); ++n) bench.Poll(n, static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), 1001);
    bench.store->Flush();
    state.counters["kB_added"] = static_cast<double>(ResidentKb() - before);
    ::malloc_trim(0);
    state.counters["kB_kept"] = static_cast<double>(ResidentKb() - before);
  }
}
BENCHMARK(BM_Memory)->Args({1000, 20})->Args({1000, 50})->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plenary::state
