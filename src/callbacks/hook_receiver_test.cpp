#include "callbacks/hook_receiver.hpp"

#include <stdlib.h>

#include <filesystem>
#include <future>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "runtime/runtime.hpp"
#include "state/test_support.hpp"

namespace plenary::callbacks {
namespace {

namespace json = boost::json;

constexpr const char* kPublicUrl = "https://lb.test";

class TextBody final : public http::BodySource {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  Task<Status> ReadAll(http::SpooledBody& into, std::uint64_t max_bytes) override {
    if (text_.size() > max_bytes) co_return Fail(ErrorCode::kTooLarge);
    co_return into.Append(text_);
  }

 private:
  std::string text_;
};

struct Posted {
  std::string method = "POST";
  std::string secret = "s";         // of the node
  std::string authorization;        // instead of a checksum
  DigestAlgorithm algorithm = DigestAlgorithm::kSha1;
};

std::string Event(std::string_view id, std::string_view external, std::string_view internal) {
  return json::serialize(json::value{
      {"data",
       {{"id", id}, {"attributes", {{"meeting", {{"external-meeting-id", external}, {"internal-meeting-id", internal}}}}}, {"event", {{"ts", 1}}}}}});
}

class HookReceiverTest : public ::testing::Test {
 protected:
  HookReceiverTest() : runtime_(1) {
    std::string folder = std::filesystem::temp_directory_path() / "plenary-hooks-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    database_ = records::Database::Open(folder_ + "/records.db").value();
    hooks_ = records::HookStore::Open(*database_).value();
    outbox_ = std::make_unique<records::Outbox>(*database_, pool_.clock);
    pool_.AddNode("n1");
    runtime_.Start();
  }
  ~HookReceiverTest() override {
    runtime_.Stop();
    receiver_.reset();
    outbox_.reset();
    hooks_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start(bool multitenancy = false) {
    receiver_ = std::make_unique<HookReceiver>(
        HookReceiverServices{*pool_.state, *hooks_, *outbox_, public_url_, pool_.clock, log_, multitenancy, folder_});
  }

  void Register(std::string id, std::string tenant = "", std::optional<std::string> meeting = std::nullopt,
                std::optional<std::vector<std::string>> events = std::nullopt, bool raw = false) {
    hooks_->Add({.id = id, .tenant_id = std::move(tenant), .callback_url = "https://front.test/" + id, .meeting_id = std::move(meeting),
                 .event_ids = std::move(events), .raw = raw}, [](const auto&) {});
    database_->Flush();
  }

  void AddTenant(const std::string& id) {
    pool_.state->AddTenant({.id = id, .name = id, .secrets = {"secret-of-" + id}}, [](const auto&) {});
    pool_.journal->Run();
  }

  /// A settled meeting of a tenant, as its node knows it.
  state::MeetingPtr Create(const std::string& meeting_id, const std::string& tenant_id, const std::string& internal_id) {
    auto slot = pool_.StartClaim({.meeting_id = meeting_id, .tenant_id = tenant_id, .moderator_pw = "mp"});
    pool_.journal->Run();
    const state::MeetingPtr claim = (*slot)->value().meeting;
    if (!internal_id.empty()) pool_.state->Settle(claim, {.internal_id = internal_id});
    pool_.journal->Run();
    return pool_.state->FindMeeting(tenant_id, meeting_id);
  }

  /// What a node would be answered to that body.
  int PostBody(const std::string& path, const std::string& body, const Posted& how = {}) {
    const HexDigest checksum = Digest(how.algorithm, {kPublicUrl, path, body, how.secret});
    const std::string query = how.authorization.empty() ? "checksum=" + std::string(checksum.view()) : std::string();
    const std::vector<http::HeaderField> headers{{"Authorization", how.authorization}};
    TextBody source(body);
    http::Request request{.method = how.method, .path = path, .query = query, .headers = headers, .has_body = true, .body = &source};
    if (how.authorization.empty()) request.headers = {};
    http::Reply reply;
    std::promise<void> done;
    runtime::Spawn(runtime_.Worker(0), Handle(request, path, reply, done));
    done.get_future().wait();
    return reply.status;
  }
  int Post(const std::string& event, const std::string& path = "/bigbluebutton/api/callbacks/hooks/n1", const Posted& how = {}) {
    std::string body = "domain=n1.test&event=";
    AppendFormEncoded(body, "[" + event + "]");
    return PostBody(path, body + "&timestamp=1", how);
  }
  int PostRaw(const std::string& event) { return Post(event, "/bigbluebutton/api/callbacks/hooks/n1/raw"); }

  /// All that waits to be delivered, in order.
  std::vector<records::Callback> Waiting() {
    database_->Flush();
    return outbox_->List({}).value();
  }
  /// Whom it goes to: "hook:meeting …".
  std::string Heard() {
    std::string heard;
    for (const records::Callback& callback : Waiting()) heard += callback.url.substr(19) + ":" + callback.meeting_id + " ";
    return heard;
  }
  /// The payload of the only one.
  json::value Payload() {
    const std::vector<records::Callback> waiting = Waiting();
    if (waiting.size() != 1) return {};
    const records::CallbackLane lane{waiting[0].tenant_id, waiting[0].host};
    return json::parse(outbox_->NextIn(lane, pool_.clock.now_ms, {}).value()->payload);
  }

  state::testing::Pool pool_{state::StateOptions{.multitenancy = true}};
  runtime::Runtime runtime_;
  http::PublicUrl public_url_{kPublicUrl};
  observe::Log log_{observe::Level::kOff, false};
  std::string folder_;
  std::unique_ptr<records::Database> database_;
  std::unique_ptr<records::HookStore> hooks_;
  std::unique_ptr<records::Outbox> outbox_;
  std::unique_ptr<HookReceiver> receiver_;

 private:
  Task<void> Handle(const http::Request& request, const std::string& path, http::Reply& reply, std::promise<void>& done) {
    co_await receiver_->Handle(request, path, reply);
    done.set_value();
  }
};

TEST_F(HookReceiverTest, GoesToThoseWhoAskedForIt) {
  Start();
  Create("m1", "", "int-1");
  Register("all");
  Register("m1-only", "", "m1");
  Register("m2-only", "", "m2");
  Register("joins", "", std::nullopt, std::vector<std::string>{"user-joined", "user-left"});
  Register("ends", "", std::nullopt, std::vector<std::string>{"meeting-ended"});
  Register("raw", "", std::nullopt, std::nullopt, true);
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1")), 200);
  EXPECT_EQ(Heard(), "all:m1 m1-only:m1 joins:m1 ");
  const records::Callback first = Waiting()[0];
  EXPECT_EQ(first.kind, records::CallbackKind::kHook);
  EXPECT_NE(first.order_key, Waiting()[1].order_key);
  EXPECT_EQ(Post(Event("user-left", "m1", "int-1")), 200);
  EXPECT_EQ(Waiting()[3].order_key, first.order_key) << "in order per registration and meeting";
}

TEST_F(HookReceiverTest, TheSameEventIsTakenOnce) {
  Start();
  Create("m1", "", "int-1");
  Register("a");
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1")), 200);
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1")), 200);
  EXPECT_EQ(Waiting().size(), 1u);
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1") + "," + Event("user-left", "m1", "int-1")), 200) << "several in one post";
  EXPECT_EQ(Waiting().size(), 2u);
}

TEST_F(HookReceiverTest, OnlyTheNodeItself) {
  Start();
  Create("m1", "", "int-1");
  Register("a");
  const std::string event = Event("user-joined", "m1", "int-1");
  const std::string path = "/bigbluebutton/api/callbacks/hooks/n1";
  EXPECT_EQ(Post(event, path, {.secret = "wrong"}), 403);
  EXPECT_EQ(Post(event, path, {.authorization = "Bearer wrong"}), 403);
  EXPECT_EQ(Post(event, path, {.authorization = "Bearer "}), 403);
  EXPECT_EQ(Post(event, "/bigbluebutton/api/callbacks/hooks/n2"), 404);
  EXPECT_EQ(Post(event, path, {.method = "GET"}), 405);
  EXPECT_EQ(PostBody(path, std::string(2 << 20, 'x')), 413);
  EXPECT_EQ(Waiting().size(), 0u);
  EXPECT_EQ(PostBody(path, "event=rubbish"), 200) << "it would not get better";
  EXPECT_EQ(Post(event, path, {.authorization = "Bearer s"}), 200);
  EXPECT_EQ(Post(Event("user-left", "m1", "int-1"), path, {.algorithm = DigestAlgorithm::kSha512}), 200);
  EXPECT_EQ(Waiting().size(), 2u);
}

TEST_F(HookReceiverTest, NobodyWantsItAnyMore) {
  Start();
  Create("m1", "", "int-1");
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1")), 410);
  Register("raw", "", std::nullopt, std::nullopt, true);
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1")), 410);
}

TEST_F(HookReceiverTest, UnknownMeetingsAreNobodys) {
  Start();
  pool_.AddNode("n2");
  Create("m1", "", "int-1");
  Register("a");
  EXPECT_EQ(Post(Event("user-joined", "other", "int-9")), 200);
  EXPECT_EQ(Post(Event("user-joined", "m1", "an earlier one")), 200);
  EXPECT_EQ(Post(Event("user-joined", "m1", "")), 200);
  const state::MeetingPtr meeting = pool_.state->FindMeeting("", "m1");
  const std::string elsewhere = meeting->node_id == "n1" ? "n2" : "n1";
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1"), "/bigbluebutton/api/callbacks/hooks/" + elsewhere), 200) << "a copy on another node";
  EXPECT_EQ(Heard(), "");
}

TEST_F(HookReceiverTest, AMeetingThatIsJustBeingCreated) {
  Start();
  Register("a");
  const state::MeetingPtr claim = Create("m1", "", "");
  EXPECT_EQ(Post(Event("meeting-created", "m1", "int-1")), 503) << "whose it is will be known in a moment";
  pool_.state->Settle(claim, {.internal_id = "int-1"});
  EXPECT_EQ(Post(Event("meeting-created", "m1", "int-1")), 200);
  EXPECT_EQ(Heard(), "a:m1 ");
}

TEST_F(HookReceiverTest, MeetingsThatAreOver) {
  const state::MeetingPtr before = Create("before", "", "int-0");
  Start();
  const state::MeetingPtr meeting = Create("m1", "", "int-1");
  Register("a");
  EXPECT_EQ(Post(Event("user-joined", "m1", "int-1")), 200);
  for (const auto& each : {before, meeting}) pool_.state->Forget(each, std::nullopt, {});
  pool_.journal->Run();
  EXPECT_EQ(Post(Event("meeting-ended", "m1", "int-1")), 200);
  EXPECT_EQ(Post(Event("meeting-ended", "before", "int-0")), 200);
  EXPECT_EQ(Heard(), "a:m1 a:m1 a:before ");
}

TEST_F(HookReceiverTest, TenantsHearOfTheirOwnOnly) {
  AddTenant("t1");
  AddTenant("t2");
  Start(true);
  Create("m", "t1", "int-1");
  const state::MeetingPtr second = Create("m", "t2", "int-2");
  ASSERT_NE(second->scoped_id, "");
  Register("one", "t1");
  Register("two", "t2", "m");
  Register("none", "");
  EXPECT_EQ(Post(Event("user-joined", "m", "int-1")), 200);
  EXPECT_EQ(Heard(), "one:m ");
  EXPECT_EQ(Payload(), json::parse(Event("user-joined", "m", "int-1")));
  EXPECT_EQ(outbox_->Delivered(Waiting()[0].id, 200).has_value(), true);
  EXPECT_EQ(Post(Event("user-joined", second->scoped_id, "int-2")), 200);
  EXPECT_EQ(Heard(), "two:m ");
  EXPECT_EQ(Payload(), json::parse(Event("user-joined", "m", "int-2"))) << "under the client's own meetingID";
  EXPECT_EQ(Waiting()[0].tenant_id, "t2");
}

TEST_F(HookReceiverTest, TheNameOfAnotherTenantsEarlierMeeting) {
  AddTenant("t1");
  AddTenant("t2");
  Start(true);
  Register("one", "t1");
  Register("two", "t2");
  const state::MeetingPtr first = Create("m", "t1", "int-1");
  pool_.state->Forget(first, std::nullopt, {});
  pool_.journal->Run();
  pool_.Pass(state::testing::kHour);
  pool_.Poll("n1", {});  // the node has no copy of it any more
  ASSERT_EQ(Create("m", "t2", "int-2")->scoped_id, "");
  EXPECT_EQ(Post(Event("meeting-ended", "m", "int-1")), 200);
  EXPECT_EQ(Heard(), "") << "nothing was heard of it before";
  EXPECT_EQ(Post(Event("user-joined", "m", "int-2")), 200);
  EXPECT_EQ(Heard(), "two:m ");
}

TEST_F(HookReceiverTest, WithoutATenantNobodyHears) {
  AddTenant("t1");
  Start(true);
  Register("none", "");
  Register("gone", "removed");
  Create("m", "", "int-1");
  EXPECT_EQ(Post(Event("user-joined", "m", "int-1")), 200);
  Create("m2", "removed", "int-2");
  EXPECT_EQ(Post(Event("user-joined", "m2", "int-2")), 200);
  EXPECT_EQ(Heard(), "");
}

std::string Published(std::string_view external, std::string_view internal, json::object metadata) {
  json::value event = json::parse(Event("rap-publish-ended", external, internal));
  event.at("data").at("attributes").as_object()["recording"] = {{"metadata", std::move(metadata)}};
  return json::serialize(event);
}

TEST_F(HookReceiverTest, RecordingsDaysLater) {
  AddTenant("t1");
  Start(true);
  Register("one", "t1");
  EXPECT_EQ(Post(Event("rap-archive-ended", "m~t1", "old")), 200);
  EXPECT_EQ(Heard(), "") << "it doesn't tell whose it is";
  EXPECT_EQ(Post(Published("m~t1", "old", {{"tenant-id", "t1"}, {"plenary-meeting-id", "m"}})), 200);
  EXPECT_EQ(Post(Event("rap-published", "m~t1", "old")), 200) << "it is known now";
  EXPECT_EQ(Heard(), "one:m one:m ");
  EXPECT_EQ(Post(Published("x", "older", {{"tenant-id", "t9"}})), 200);
  EXPECT_EQ(Waiting().size(), 2u);
}

TEST_F(HookReceiverTest, RecordingsWithoutTenants) {
  Start();
  Register("a");
  EXPECT_EQ(Post(Event("rap-archive-ended", "m", "old")), 200);
  EXPECT_EQ(Heard(), "a:m ");
}

TEST_F(HookReceiverTest, RawMessages) {
  Create("before", "", "int-0");
  Start();
  Register("mapped");
  Register("raw", "", std::nullopt, std::nullopt, true);
  Register("left", "", std::nullopt, std::vector<std::string>{"userleftmeetingevtmsg"}, true);
  Create("m1", "", "int-1");
  const auto within = [](std::string_view name, std::string_view internal) {
    return json::serialize(
        json::value{{"envelope", {{"name", name}, {"routing", {{"meetingId", internal}}}}}, {"core", {{"header", {{"name", name}}}}}});
  };
  EXPECT_EQ(PostRaw(within("UserJoinedMeetingEvtMsg", "int-0")), 200);
  EXPECT_EQ(PostRaw(within("UserLeftMeetingEvtMsg", "int-1")), 200) << "known by the internal ID";
  EXPECT_EQ(PostRaw(within("UserLeftMeetingEvtMsg", "int-9")), 200);
  EXPECT_EQ(Heard(), "raw:before raw:m1 left:m1 ");
}

TEST_F(HookReceiverTest, BreakoutsBelongToTheirParentsOwner) {
  Start();
  Register("a");
  Create("m1", "", "int-1");
  json::value created = json::parse(Event("meeting-created", "hash-1", "int-b"));
  created.at("data").at("attributes").at("meeting").as_object()["parent-id"] = "int-1";
  EXPECT_EQ(Post(json::serialize(created)), 200);
  EXPECT_EQ(Post(Event("user-joined", "hash-1", "int-b")), 200);
  EXPECT_EQ(Heard(), "a:hash-1 a:hash-1 ");
}

}  // namespace
}  // namespace plenary::callbacks
