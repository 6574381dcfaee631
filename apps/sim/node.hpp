// One simulated BBB server: its meetings and their life cycle (spec bbb-api 4), its sessions, its request log and what is
// wrong with it. Knows no HTTP. One thread; lives as long as the process (timers point at it).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"
#include "callbacks.hpp"
#include "faults.hpp"
#include "meeting.hpp"
#include "timers.hpp"
#include "version.hpp"
#include "webhooks.hpp"

namespace plenary::sim {

/// What all nodes share.
struct World {
  const Clock& clock;
  Random& random;
  Timers& timers;
  Callbacks& callbacks;
  double time_scale = 1.0;
  std::optional<double> end_delay_s;  // else 1 to 3 s, scaled
  std::size_t log_entries_per_node = 1000;
};

struct LogEntry {
  std::int64_t time_ms = 0;
  std::string method;
  std::string call;
  std::string query;
  std::string content_type;
  std::uint64_t body_bytes = 0;
  std::string body_sha256;  // "" without a body
  bool checksum_ok = false;
};

/// What the control protocol changes about a node.
struct Quirks {
  std::optional<bool> thousands;
  bool invalid_customdata = false;
  bool reveal_version = false;
  std::int64_t clock_skew_ms = 0;
};

struct SessionPlace {
  std::string meeting;  // internal ID
  std::string user;     // internal ID
};

class Node {
 public:
  Node(World& world, int number, std::string secret, Version version);

  int number() const { return number_; }
  const std::string& base_url() const { return base_url_; }  // "http://host:port" or "http://host:port/n1"
  void set_base_url(std::string url) { base_url_ = std::move(url); }
  const std::string& secret() const { return secret_; }
  void set_secret(std::string secret) { secret_ = std::move(secret); }
  const Version& version() const { return version_; }
  const Features& features() const { return features_; }
  void set_version(Version version);
  const Quirks& quirks() const { return quirks_; }
  void set_quirks(const Quirks& quirks);
  World& world() { return world_; }

  Webhooks& hooks() { return hooks_; }
  const Webhooks& hooks() const { return hooks_; }
  /// Tells the hooks whom it concerns.
  void Tell(const HookEvent& event);
  /// The recording of a meeting, running or over, is ready: one post per format. kNotFound when the meeting gave no address, or is long forgotten.
  Status AnnounceRecording(std::string_view meeting_id, std::string_view record_id, int formats);

  const Fault& fault() const { return fault_; }
  std::uint64_t fault_epoch() const { return fault_epoch_; }
  void set_fault(Fault fault);

  void Log(LogEntry entry);
  std::deque<LogEntry> TakeLog() { return std::move(log_); }

  std::int64_t NowMs() const;
  using Meetings = std::map<std::string, std::unique_ptr<Meeting>, std::less<>>;  // by internal ID
  const Meetings& meetings() const { return meetings_; }

  /// The node's lenient lookup (spec bbb-api 3.5): a prefix of an internal ID, else the external ID.
  Meeting* Find(std::string_view id);
  Meeting* FindByInternalId(std::string_view internal_id);
  /// The live meeting that a create of `id` would repeat.
  Meeting* FindByExternalId(std::string_view id);
  bool VoiceBridgeIsTaken(std::string_view bridge) const;
  std::string FreeVoiceBridge();

  /// Takes over a filled-in meeting (`id`, or for a breakout `internal_id`, `parent_id` and `sequence`), gives it its times
  /// and IDs, and starts its clocks.
  Meeting& Start(std::unique_ptr<Meeting> meeting);
  /// Asks for the end; it comes a moment later.
  void EndSoon(Meeting& meeting);
  /// Ends it now, with its breakouts and callbacks.
  void End(std::string internal_id);
  /// Forgets without telling anybody.
  void Forget(std::string_view internal_id);
  /// bbb-web restarts: all meetings are gone, nobody is told.
  void Restart();

  /// Enters a session; IDs and tokens are made here. A user who is `connected` counts at once.
  User& Join(Meeting& meeting, User user);
  /// The browser of a session came.
  void Connect(Meeting& meeting, const std::string& user_id);
  void Leave(Meeting& meeting, const std::string& user_id);
  const SessionPlace* FindSession(std::string_view token) const;
  const auto& sessions() const { return sessions_; }

  /// The answer to getMeetings, written once per change.
  std::shared_ptr<const std::string> MeetingsXml();
  MeetingStyle StyleOfMeetings() const;
  /// After any change to a meeting.
  void Touch() { meetings_xml_.reset(); }

 private:
  void After(double seconds, std::function<void()> action);
  void Arrived(Meeting& meeting, User& user);
  void ExpireWhenEmpty(Meeting& meeting);
  void ExpireWithoutModerator(Meeting& meeting);
  void EraseSessions(const Meeting& meeting);
  void TellEnd(const Meeting& meeting);

  /// What the recording scripts still know of a meeting that is over.
  struct PastMeeting {
    std::string id;
    std::string internal_id;
    std::string recording_ready_url;
  };

  World& world_;
  int number_;
  std::string base_url_;
  std::string secret_;
  Version version_;
  Features features_;
  Quirks quirks_;
  Fault fault_;
  std::uint64_t fault_epoch_ = 0;
  Meetings meetings_;
  std::unordered_map<std::string, SessionPlace, StringHash, std::equal_to<>> sessions_;  // by session token
  std::shared_ptr<const std::string> meetings_xml_;
  std::deque<LogEntry> log_;
  Webhooks hooks_;
  std::deque<PastMeeting> past_;
};

}  // namespace plenary::sim
