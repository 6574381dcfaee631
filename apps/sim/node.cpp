#include "node.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/digest.hpp"
#include "events.hpp"
#include "reports.hpp"
#include "xml.hpp"

namespace plenary::sim {
namespace {

constexpr double kStartSeconds = 0.02;       // until akka-apps confirms a meeting
constexpr double kDepartedSeconds = 60;      // how long who left stays listed
constexpr double kUnconnectedSeconds = 120;  // a join whose browser never comes
constexpr double kMinute = 60;
constexpr std::size_t kPastMeetings = 1000;

std::string Sha1(std::string_view text) { return std::string(Digest(DigestAlgorithm::kSha1, {text}).view()); }

}  // namespace

Node::Node(World& world, int number, std::string secret, Version version)
    : world_(world), number_(number), secret_(std::move(secret)), version_(version), features_(FeaturesOf(version)), hooks_(world.callbacks) {}

void Node::set_version(Version version) {
  version_ = version;
  features_ = FeaturesOf(version);
  Touch();
}

void Node::set_quirks(const Quirks& quirks) {
  quirks_ = quirks;
  Touch();
}

void Node::set_fault(Fault fault) {
  fault_ = std::move(fault);
  ++fault_epoch_;
}

void Node::Log(LogEntry entry) {
  if (log_.size() >= world_.log_entries_per_node) log_.pop_front();
  log_.push_back(std::move(entry));
}

std::int64_t Node::NowMs() const { return ToMs(world_.clock.Now()) + quirks_.clock_skew_ms; }

void Node::After(double seconds, std::function<void()> action) {
  world_.timers.After(std::chrono::milliseconds(std::llround(seconds * 1000)), std::move(action));
}

Meeting* Node::FindByInternalId(std::string_view internal_id) {
  const auto found = meetings_.find(internal_id);
  return found == meetings_.end() ? nullptr : found->second.get();
}

Meeting* Node::FindByExternalId(std::string_view id) {
  const std::string prefix = Sha1(id) + "-";
  const auto found = meetings_.lower_bound(prefix);
  return found == meetings_.end() || !found->first.starts_with(prefix) ? nullptr : found->second.get();
}

Meeting* Node::Find(std::string_view id) {
  const auto found = meetings_.lower_bound(id);
  if (found != meetings_.end() && found->first.starts_with(id)) return found->second.get();
  if (Meeting* const meeting = FindByExternalId(id)) return meeting;
  // A breakout's external ID is no hash of its internal one.
  const auto breakout =
      std::find_if(meetings_.begin(), meetings_.end(), [id](const auto& m) { return m.second->is_breakout && m.second->id == id; });
  return breakout == meetings_.end() ? nullptr : breakout->second.get();
}

bool Node::VoiceBridgeIsTaken(std::string_view bridge) const {
  return std::any_of(meetings_.begin(), meetings_.end(), [bridge](const auto& m) { return m.second->voice_bridge == bridge; });
}

std::string Node::FreeVoiceBridge() {
  std::string bridge;
  for (int attempt = 0; attempt < 10; ++attempt) {
    bridge = std::to_string(10'000 + world_.random.Below(90'000));
    if (!VoiceBridgeIsTaken(bridge)) break;
  }
  return bridge;
}

Meeting& Node::Start(std::unique_ptr<Meeting> meeting) {
  Meeting& m = *meeting;
  m.create_time = NowMs();
  if (m.is_breakout) {
    m.id = fmt::format("{}-{}", Sha1(fmt::format("{}-{}-{}", m.parent_id, m.create_time, m.sequence)), m.create_time);
    if (Meeting* const parent = FindByInternalId(m.parent_id)) parent->breakouts.push_back(m.id);
  } else {
    m.internal_id = fmt::format("{}-{}", Sha1(m.id), m.create_time);
  }
  m.create_date = JavaDate(m.create_time);
  if (m.voice_bridge.empty()) m.voice_bridge = FreeVoiceBridge();
  const std::string id = m.internal_id;
  meetings_[id] = std::move(meeting);
  Touch();
  if (hooks_.anybody_listens()) Tell(MeetingCreated(m, NowMs()));
  const double scale = world_.time_scale;
  After(kStartSeconds * scale, [this, id] {
    if (Meeting* const started = FindByInternalId(id)) {
      started->start_time = std::max(NowMs(), started->create_time + 1);
      Touch();
    }
  });
  if (m.expire_not_joined_min > 0) {
    After(static_cast<double>(m.expire_not_joined_min) * kMinute * scale, [this, id] {
      const Meeting* const still = FindByInternalId(id);
      if (still != nullptr && !still->has_user_joined) End(id);
    });
  }
  if (m.duration_min > 0) After(static_cast<double>(m.duration_min) * kMinute * scale, [this, id] { End(id); });
  return m;
}

void Node::EndSoon(Meeting& meeting) {
  if (meeting.ending) return;
  meeting.ending = true;
  const double random_s = 1.0 + static_cast<double>(world_.random.Below(2001)) / 1000.0;
  After(world_.end_delay_s.value_or(random_s * world_.time_scale), [this, id = meeting.internal_id] { End(id); });
}

void Node::End(std::string internal_id) {
  const Meeting* const meeting = FindByInternalId(internal_id);
  if (meeting == nullptr) return;
  const std::vector<std::string> breakouts = meeting->breakouts;
  for (const std::string& breakout : breakouts) {
    if (const Meeting* const room = Find(breakout)) End(room->internal_id);
  }
  if (meeting->is_breakout) {
    if (Meeting* const parent = FindByInternalId(meeting->parent_id)) std::erase(parent->breakouts, meeting->id);
  } else {
    const std::string_view url = meeting->Metadata("endcallbackurl");
    if (!url.empty()) world_.callbacks.Deliver(EndCallbackUrl(std::string(url), meeting->id, meeting->recording_marks));
    if (!meeting->meeting_ended_url.empty()) world_.callbacks.Deliver(meeting->meeting_ended_url);
    const std::string_view analytics = meeting->Metadata("analytics-callback-url");
    if (!analytics.empty() && meeting->keep_events) {
      world_.callbacks.Post(PostKind::kAnalytics, AnalyticsPost(*meeting, std::string(analytics), secret_, NowMs()), {});
    }
    past_.push_back({meeting->id, meeting->internal_id, std::string(RecordingReadyUrl(*meeting))});
    if (past_.size() > kPastMeetings) past_.pop_front();
  }
  if (hooks_.anybody_listens()) TellEnd(*meeting);
  Forget(internal_id);
}

void Node::TellEnd(const Meeting& meeting) {
  if (!features_.old_webhooks) {
    for (const User& user : meeting.users) {
      if (user.connected && !user.waiting && !user.left) Tell(UserLeft(meeting, user, NowMs()));
    }
  }
  Tell(MeetingEnded(meeting, NowMs()));
}

void Node::Tell(const HookEvent& event) {
  const std::string_view authority = std::string_view(base_url_).substr(base_url_.find("://") + 3);
  const std::string_view host = authority.substr(0, authority.find_first_of(":/"));
  hooks_.Send(event, {.domain = std::string(host), .secret = secret_, .now_ms = NowMs()});
}

Status Node::AnnounceRecording(std::string_view meeting_id, std::string_view record_id, int formats) {
  std::string url;
  std::string record(record_id);
  if (const Meeting* const running = FindByExternalId(meeting_id)) {
    url = RecordingReadyUrl(*running);
    if (record.empty()) record = running->internal_id;
  } else {
    const auto past = std::find_if(past_.rbegin(), past_.rend(), [meeting_id](const PastMeeting& p) { return p.id == meeting_id; });
    if (past != past_.rend()) {
      url = past->recording_ready_url;
      if (record.empty()) record = past->internal_id;
    }
  }
  if (url.empty()) return Fail(ErrorCode::kNotFound, fmt::format("node {} knows no recording-ready URL of {}", number_, meeting_id));
  for (int format = 0; format < formats; ++format) {
    world_.callbacks.Post(PostKind::kRecordingReady, RecordingReadyPost(url, meeting_id, record, secret_), {});
  }
  return {};
}

void Node::Forget(std::string_view internal_id) {
  const auto found = meetings_.find(internal_id);
  if (found == meetings_.end()) return;
  EraseSessions(*found->second);
  meetings_.erase(found);
  Touch();
}

void Node::Restart() {
  meetings_.clear();
  sessions_.clear();
  Touch();
}

void Node::EraseSessions(const Meeting& meeting) {
  for (const User& user : meeting.users) sessions_.erase(user.session_token);
}

User& Node::Join(Meeting& meeting, User user) {
  Random& random = world_.random;
  user.internal_id = "w_" + random.Text(12, kLowerAlphanumerics);
  user.auth_token = random.Text(12, kLowerAlphanumerics);
  user.session_token = random.Text(16, kLowerAlphanumerics);
  if (user.external_id.empty()) user.external_id = user.internal_id;
  sessions_[user.session_token] = {meeting.internal_id, user.internal_id};
  meeting.users.push_back(std::move(user));
  User& joined = meeting.users.back();
  if (joined.connected && !joined.waiting) {
    Arrived(meeting, joined);
  } else {
    After(kUnconnectedSeconds * world_.time_scale,
          [this, id = meeting.internal_id, user_id = joined.internal_id, token = joined.session_token] {
            Meeting* const still = FindByInternalId(id);
            const User* const waiting = still == nullptr ? nullptr : still->FindUser(user_id);
            if (waiting == nullptr || waiting->connected) return;
            sessions_.erase(token);
            std::erase_if(still->users, [&user_id](const User& u) { return u.internal_id == user_id; });
          });
  }
  return joined;
}

void Node::Arrived(Meeting& meeting, User& user) {
  meeting.has_user_joined = true;
  meeting.end_time = 0;
  ++meeting.emptied;
  if (user.moderator) {
    ++meeting.moderators_gone;
    const bool has_presenter =
        std::any_of(meeting.users.begin(), meeting.users.end(), [](const User& u) { return u.presenter && !u.left; });
    user.presenter = !has_presenter;
  }
  Touch();
  if (hooks_.anybody_listens()) Tell(UserJoined(meeting, user, NowMs()));
}

void Node::Connect(Meeting& meeting, const std::string& user_id) {
  User* const user = meeting.FindUser(user_id);
  if (user == nullptr || user->connected || user->waiting) return;
  user->connected = true;
  Arrived(meeting, *user);
}

void Node::Leave(Meeting& meeting, const std::string& user_id) {
  User* const user = meeting.FindUser(user_id);
  if (user == nullptr || user->left) return;
  user->left = true;
  user->presenter = user->listening = user->voice = false;
  user->cameras = 0;
  sessions_.erase(user->session_token);
  if (hooks_.anybody_listens()) Tell(UserLeft(meeting, *user, NowMs()));
  const bool was_moderator = user->moderator;
  After(kDepartedSeconds * world_.time_scale, [this, id = meeting.internal_id, user_id] {
    Meeting* const still = FindByInternalId(id);
    if (still == nullptr) return;
    std::erase_if(still->users, [&user_id](const User& u) { return u.internal_id == user_id; });
    Touch();
  });
  const Counts counts = CountUsers(meeting);
  if (counts.participants == 0) ExpireWhenEmpty(meeting);
  if (was_moderator && counts.moderators == 0) ExpireWithoutModerator(meeting);
  Touch();
}

void Node::ExpireWhenEmpty(Meeting& meeting) {
  meeting.end_time = NowMs();
  if (meeting.expire_last_left_min == 0) return;
  const std::uint64_t departure = ++meeting.emptied;
  After(static_cast<double>(meeting.expire_last_left_min) * kMinute * world_.time_scale, [this, id = meeting.internal_id, departure] {
    const Meeting* const still = FindByInternalId(id);
    if (still != nullptr && still->emptied == departure) End(id);
  });
}

void Node::ExpireWithoutModerator(Meeting& meeting) {
  if (!meeting.end_when_no_moderator) return;
  const std::uint64_t departure = ++meeting.moderators_gone;
  After(static_cast<double>(meeting.expire_no_moderator_min) * kMinute * world_.time_scale, [this, id = meeting.internal_id, departure] {
    const Meeting* const still = FindByInternalId(id);
    if (still != nullptr && still->moderators_gone == departure) End(id);
  });
}

const SessionPlace* Node::FindSession(std::string_view token) const {
  const auto found = sessions_.find(token);
  return found == sessions_.end() ? nullptr : &found->second;
}

MeetingStyle Node::StyleOfMeetings() const {
  return {.thousands = quirks_.thousands.value_or(features_.thousands_separators),
          .empty_customdata = features_.empty_customdata,
          .invalid_customdata = quirks_.invalid_customdata,
          .omit_empty_passwords = features_.omits_empty_passwords};
}

std::shared_ptr<const std::string> Node::MeetingsXml() {
  if (meetings_xml_) return meetings_xml_;
  std::string out = "<response>\n<returncode>SUCCESS</returncode>\n";
  if (meetings_.empty()) {
    out += "<meetings/>\n<messageKey>noMeetings</messageKey>\n<message>no meetings were found on this server</message>\n";
  } else {
    const MeetingStyle style = StyleOfMeetings();
    out += "<meetings>\n";
    for (const auto& [id, meeting] : meetings_) {
      out += "<meeting>\n";
      AppendMeeting(out, *meeting, style);
      out += "</meeting>\n";
    }
    out += "</meetings>\n";
  }
  out += "</response>";
  meetings_xml_ = std::make_shared<const std::string>(std::move(out));
  return meetings_xml_;
}

}  // namespace plenary::sim
