// The port to live state: nodes, meetings, voice bridges, ends that are still owed. Reads never wait for a store; writes report
// through `done`, once, on any thread, when they are durable. Implementations: sqlite/ (embedded). Any thread may call anything.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/url.hpp"
#include "bbb/node_reply.hpp"
#include "pool/health.hpp"
#include "pool/load.hpp"
#include "pool/meeting.hpp"
#include "pool/node.hpp"
#include "state/tenant_table.hpp"

namespace plenary::state {

enum class OfflineMeetings : std::uint8_t { kKeep, kForget };

struct StateOptions {
  pool::LoadSettings load;
  pool::HealthSettings health;
  OfflineMeetings offline_meetings = OfflineMeetings::kKeep;
  int voice_bridge_length = 9;
  bool use_external_voice_bridge = false;
  std::int64_t meeting_ttl_ms = 86'400'000;
  DigestAlgorithm node_checksum = DigestAlgorithm::kSha256;  // without a node's own override
  bool multitenancy = false;                                 // MULTITENANCY_ENABLED
  bool tenant_scope = true;                                  // TENANT_SCOPE: the same meetingID in two tenants is two meetings
  std::vector<DigestAlgorithm> client_checksums;             // accepted from tenants without a list of their own
};

/// A node in the published snapshot, with what calls need precomputed.
struct NodeView {
  pool::Node node;
  Endpoint endpoint;             // host "": the node's URL is none
  std::string call_prefix;       // endpoint.CallPrefix()
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
};
using NodePtr = std::shared_ptr<const NodeView>;
using MeetingPtr = std::shared_ptr<const pool::Meeting>;

/// Immutable; swapped whole on every change of a node.
class NodeTable {
 public:
  explicit NodeTable(std::vector<NodePtr> nodes);   // sorted by ID here
  const std::vector<NodePtr>& all() const { return nodes_; }
  NodePtr Find(std::string_view id) const;          // null when unknown; O(log n)

 private:
  std::vector<NodePtr> nodes_;
};

struct ClaimRequest {
  std::string meeting_id;
  std::string tenant_id;      // "" = none
  std::string moderator_pw;   // "" = generate one
  std::string attendee_pw, name;
  std::string voice_bridge;   // the client's wish; used with use_external_voice_bridge
  std::string server_tag;     // meta_server-tag as the client wrote it (pool::ParseTagWish)
};

enum class ClaimKind {
  kClaimed,   // a new claim, durable: the caller must ask `node` and then Settle, Reassign or Release
  kExisting,  // settled earlier (or by another caller meanwhile)
  kInDoubt,   // claimed before a restart and its node can't be asked: the caller may Reassign it
};

struct ClaimResult {
  ClaimKind kind = ClaimKind::kExisting;
  MeetingPtr meeting;
  NodePtr node;               // never null: a meeting is forgotten with its node
};

struct Settlement {
  std::string internal_id;
  std::int64_t create_time_ms = 0;
  std::string attendee_pw, moderator_pw, voice_bridge;  // as the node reported them; "" = unknown, keep ours
};

enum class JoinOutcome { kOk, kNotFound, kUnavailable /* node offline or disabled */, kFull /* the tenant's limit of participants */ };
struct JoinTarget {
  JoinOutcome outcome = JoinOutcome::kNotFound;
  MeetingPtr meeting;
  NodePtr node;
};

struct PollReport {
  std::string node_id;
  std::int64_t started_at_ms = 0, now_ms = 0;  // wall clock; meetings settled after started_at are not missed
  std::vector<bbb::NodeMeeting> meetings;      // `raw` is copied
  bool incomplete = false;                     // some could not be read: nothing is forgotten on the ground of this poll
};

/// What a poll changed, for logs and for what must be done at nodes.
struct PollOutcome {
  pool::HealthChange health = pool::HealthChange::kNone;
  bool auto_disabled = false;                  // cordoned and empty
  std::vector<MeetingPtr> ended;               // forgotten because the node no longer has them
  std::vector<MeetingPtr> forgotten_offline;   // OFFLINE_MEETINGS=forget: end them at the node if it answers
  std::vector<MeetingPtr> adopted;
  std::vector<MeetingPtr> duplicates;          // listed here, claimed elsewhere (the claim that stays)
  std::vector<pool::PendingEnd> due;           // owed ends whose meeting this node lists and that are ours: send `end`
};

/// A meeting with the last <meeting> element its node listed; `xml` is null when it never did.
struct KnownMeeting {
  MeetingPtr meeting;
  std::shared_ptr<const std::string> xml;
};

struct NodeLoad {
  std::optional<double> load;        // what status shows; nothing = "unavailable"
  std::int64_t reserved_seats = 0;   // of it: not yet seen by a poll (model seats)
  std::size_t meetings = 0;          // claims on the node
};

/// What becomes of a meeting that is forgotten. Front-ends hear of those that are over.
enum class Fate : std::uint8_t { kOver, kGoesOn };

/// Whether a new tenant may have the name of another one (spec scalelite 4.5).
enum class TenantName : std::uint8_t { kUnique, kShared };

class StateStore {
 public:
  template <class T>
  using Done = std::function<void(Result<T>)>;

  virtual ~StateStore() = default;

  // --- reads: memory only -------------------------------------------------------------------------------------------------
  virtual std::shared_ptr<const NodeTable> Nodes() const = 0;
  virtual MeetingPtr FindMeeting(std::string_view tenant_id, std::string_view meeting_id) const = 0;
  /// Finds the meeting and its node and counts one seat for `person` (a hash of userID or link; `anonymous`: it came without userID).
  /// Allocates only when a meeting sees a new person. The join's hot path.
  /// With a limit of participants, a new person gets a seat or kFull: seats of a tenant never exceed it, and one that nobody took is free after 60 s.
  virtual JoinTarget Join(std::string_view tenant_id, std::string_view meeting_id, std::uint64_t person, bool anonymous) = 0;
  /// All meetings, or those of one node; in no order.
  virtual std::vector<MeetingPtr> Meetings(std::optional<std::string_view> node_id = std::nullopt) const = 0;
  virtual std::vector<KnownMeeting> KnownMeetings(std::string_view node_id) const = 0;
  virtual NodeLoad LoadOf(std::string_view node_id) const = 0;
  virtual std::size_t MeetingCount() const = 0;
  /// The meeting that its node knows under this ID, of whatever tenant; null when unknown.
  virtual MeetingPtr FindOnNodes(std::string_view node_meeting_id) const = 0;
  /// The meeting with this dial-in number, of whatever tenant; null when unknown.
  virtual MeetingPtr FindVoiceBridge(std::string_view voice_bridge) const = 0;
  virtual std::shared_ptr<const TenantTable> Tenants() const = 0;
  virtual std::shared_ptr<const TokenTable> Tokens() const = 0;
  /// Of meetings without a tenant.
  virtual std::shared_ptr<const TenantMeters> NoTenantMeters() const = 0;

  // --- nodes --------------------------------------------------------------------------------------------------------------
  /// kAlreadyExists when the ID is taken, kInvalidArgument for an ID or a load multiplier that can't be. The URL is the caller's to check.
  virtual void AddNode(pool::Node node, Done<NodePtr> done) = 0;
  /// kNotFound. A changed multiplier counts from the next poll in the model scalelite, at once otherwise.
  virtual void UpdateNode(std::string id, pool::NodePatch patch, Done<NodePtr> done) = 0;
  /// kNotFound, kConflict when `if_revision` is another. Its meetings and owed ends are forgotten with it.
  virtual void RemoveNode(std::string id, Done<std::vector<MeetingPtr>> done, std::optional<std::uint64_t> if_revision = std::nullopt) = 0;
  virtual void SetVersion(std::string id, std::string bbb_version) = 0;

  // --- tenants and tokens ------------------------------------------------------------------------------------------------
  /// Gives it a revision and a time. kInvalidArgument (pool::CheckTenant), kAlreadyExists (ID, or name in any case unless it may be shared).
  virtual void AddTenant(pool::Tenant tenant, Done<TenantPtr> done, TenantName name = TenantName::kUnique) = 0;
  /// `change` edits a copy under the decision lock (so that two changes at once never lose one) and may fail; ID and revision are not its
  /// to change. It must be quick and may be called more than once. kNotFound, kConflict when `if_revision` is another; errors of `change` and of
  /// AddTenant.
  using TenantChange = std::function<Status(pool::Tenant&)>;
  virtual void UpdateTenant(std::string id, TenantChange change, std::optional<std::uint64_t> if_revision, Done<TenantPtr> done) = 0;
  /// kNotFound, kConflict when `if_revision` is another. Its meetings go on at their nodes, and nobody can reach them; its tokens go with it.
  virtual void RemoveTenant(std::string id, Done<void> done, std::optional<std::uint64_t> if_revision = std::nullopt) = 0;
  virtual void AddToken(pool::ApiToken token, Done<void> done) = 0;
  virtual void RemoveToken(std::string id, Done<void> done) = 0;  // kNotFound

  // --- claims -------------------------------------------------------------------------------------------------------------
  /// The one atomic decision. While another caller's claim of the ID is not settled, waits for it. kNoServers, kTagUnavailable (detail: the tags),
  /// kLimit (detail: "meetings" or "creates"; exact: checked in the decision), kConflict (another tenant has the ID and TENANT_SCOPE is off, or every
  /// form of it), kNoVoiceBridge, kIo (nothing was claimed). The node's ID is the plain one unless another tenant's meeting has it, is owed an end
  /// under it, or was forgotten under it less than a minute ago (its node may be ending it yet).
  virtual void Claim(ClaimRequest request, Done<ClaimResult> done) = 0;
  /// Moves an unsettled or unreachable claim to another node not in `tried`, keeping voice bridge and password. When `owe_end`, the old
  /// node's copy is ended later. If the claim changed meanwhile, behaves as Claim. kNoServers, kTagUnavailable: the claim is released (and the end
  /// owed all the same).
  virtual void Reassign(MeetingPtr claim, std::vector<std::string> tried, std::string server_tag, std::optional<pool::EndReason> owe_end,
                        Done<ClaimResult> done) = 0;
  /// Durable soon after; need not be waited for.
  virtual void Settle(const MeetingPtr& claim, Settlement settlement) = 0;
  /// Gives the ID free; callers that wait for it go on. `done` may be empty.
  virtual void Release(const MeetingPtr& claim, std::optional<pool::EndReason> owe_end, Done<void> done) = 0;
  /// Forgets a meeting (ended, cleared); no effect if it was claimed anew meanwhile. `owe_end`: see Release; but for kRequested the meeting goes on
  /// elsewhere. `done` may be empty.
  virtual void Forget(const MeetingPtr& meeting, std::optional<pool::EndReason> owe_end, Done<void> done, Fate fate = Fate::kOver) = 0;

  // --- ends to announce ---------------------------------------------------------------------------------------------------
  /// `announce` is called for each meeting that is over, without any lock, and again about once a minute (Sweep) until EndAnnounced, for a day at
  /// most; after a restart anew. It must not block. Before any meeting ends; until then ends are kept for it.
  virtual void OnMeetingEnd(std::function<void(const pool::MeetingEnd&)> announce) = 0;
  /// It is certain that whoever wanted to know will be told. Written with the next Sweep.
  virtual void EndAnnounced(std::int64_t meeting_end_id) = 0;

  // --- poller -------------------------------------------------------------------------------------------------------------
  virtual void ApplyPoll(PollReport report, Done<PollOutcome> done) = 0;
  virtual void ApplyPollFailure(std::string node_id, std::string error, std::int64_t now_ms, Done<PollOutcome> done) = 0;
  /// The owed end was carried out, or the node says the meeting does not exist.
  virtual void EndDone(std::int64_t pending_end_id) = 0;
  virtual std::vector<pool::PendingEnd> PendingEnds() const = 0;
  /// Drops seats that nobody took for 60 s, meetings past their TTL, owed ends older than a day, and retired secrets whose time is up; announces ends
  /// again. Call about once a second.
  virtual void Sweep(std::int64_t now_ms) = 0;

  /// Waits until everything that was written so far is durable.
  virtual void Flush() = 0;
};

}  // namespace plenary::state
