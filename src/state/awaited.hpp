// The store's writes for coroutines: the same calls, waited for on the caller's own thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/callback.hpp"
#include "state/state_store.hpp"

namespace plenary::state {

inline Task<Result<ClaimResult>> AwaitClaim(StateStore& store, ClaimRequest request) {
  auto start = [&store, &request](StateStore::Done<ClaimResult> done) { store.Claim(std::move(request), std::move(done)); };
  Result<ClaimResult> result = co_await runtime::AwaitCallback<Result<ClaimResult>>(std::move(start));
  co_return result;
}

inline Task<Result<ClaimResult>> AwaitReassign(StateStore& store, MeetingPtr claim, std::vector<std::string> tried, std::string server_tag,
                                               std::optional<pool::EndReason> owe_end) {
  auto start = [&](StateStore::Done<ClaimResult> done) {
    store.Reassign(std::move(claim), std::move(tried), std::move(server_tag), owe_end, std::move(done));
  };
  Result<ClaimResult> result = co_await runtime::AwaitCallback<Result<ClaimResult>>(std::move(start));
  co_return result;
}

inline Task<Status> AwaitRelease(StateStore& store, MeetingPtr claim, std::optional<pool::EndReason> owe_end) {
  auto start = [&](StateStore::Done<void> done) { store.Release(claim, owe_end, std::move(done)); };
  Status status = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return status;
}

inline Task<Status> AwaitForget(StateStore& store, MeetingPtr meeting, std::optional<pool::EndReason> owe_end, Fate fate = Fate::kOver) {
  auto start = [&](StateStore::Done<void> done) { store.Forget(meeting, owe_end, std::move(done), fate); };
  Status status = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return status;
}

inline Task<Result<PollOutcome>> AwaitApplyPoll(StateStore& store, PollReport report) {
  auto start = [&](StateStore::Done<PollOutcome> done) { store.ApplyPoll(std::move(report), std::move(done)); };
  Result<PollOutcome> result = co_await runtime::AwaitCallback<Result<PollOutcome>>(std::move(start));
  co_return result;
}

inline Task<Result<PollOutcome>> AwaitApplyPollFailure(StateStore& store, std::string node_id, std::string error, std::int64_t now_ms) {
  auto start = [&](StateStore::Done<PollOutcome> done) {
    store.ApplyPollFailure(std::move(node_id), std::move(error), now_ms, std::move(done));
  };
  Result<PollOutcome> result = co_await runtime::AwaitCallback<Result<PollOutcome>>(std::move(start));
  co_return result;
}

inline Task<Result<NodePtr>> AwaitAddNode(StateStore& store, pool::Node node) {
  auto start = [&](StateStore::Done<NodePtr> done) { store.AddNode(std::move(node), std::move(done)); };
  Result<NodePtr> result = co_await runtime::AwaitCallback<Result<NodePtr>>(std::move(start));
  co_return result;
}

inline Task<Result<NodePtr>> AwaitUpdateNode(StateStore& store, std::string id, pool::NodePatch patch) {
  auto start = [&](StateStore::Done<NodePtr> done) { store.UpdateNode(std::move(id), std::move(patch), std::move(done)); };
  Result<NodePtr> result = co_await runtime::AwaitCallback<Result<NodePtr>>(std::move(start));
  co_return result;
}

inline Task<Result<std::vector<MeetingPtr>>> AwaitRemoveNode(StateStore& store, std::string id, std::optional<std::uint64_t> if_revision) {
  auto start = [&](StateStore::Done<std::vector<MeetingPtr>> done) { store.RemoveNode(std::move(id), std::move(done), if_revision); };
  Result<std::vector<MeetingPtr>> result = co_await runtime::AwaitCallback<Result<std::vector<MeetingPtr>>>(std::move(start));
  co_return result;
}

inline Task<Result<TenantPtr>> AwaitAddTenant(StateStore& store, pool::Tenant tenant, TenantName name) {
  auto start = [&](StateStore::Done<TenantPtr> done) { store.AddTenant(std::move(tenant), std::move(done), name); };
  Result<TenantPtr> result = co_await runtime::AwaitCallback<Result<TenantPtr>>(std::move(start));
  co_return result;
}

inline Task<Result<TenantPtr>> AwaitUpdateTenant(StateStore& store, std::string id, StateStore::TenantChange change,
                                                 std::optional<std::uint64_t> if_revision) {
  auto start = [&](StateStore::Done<TenantPtr> done) { store.UpdateTenant(std::move(id), std::move(change), if_revision, std::move(done)); };
  Result<TenantPtr> result = co_await runtime::AwaitCallback<Result<TenantPtr>>(std::move(start));
  co_return result;
}

inline Task<Status> AwaitRemoveTenant(StateStore& store, std::string id, std::optional<std::uint64_t> if_revision) {
  auto start = [&](StateStore::Done<void> done) { store.RemoveTenant(std::move(id), std::move(done), if_revision); };
  Status status = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return status;
}

inline Task<Status> AwaitAddToken(StateStore& store, pool::ApiToken token) {
  auto start = [&](StateStore::Done<void> done) { store.AddToken(std::move(token), std::move(done)); };
  Status status = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return status;
}

inline Task<Status> AwaitRemoveToken(StateStore& store, std::string id) {
  auto start = [&](StateStore::Done<void> done) { store.RemoveToken(std::move(id), std::move(done)); };
  Status status = co_await runtime::AwaitCallback<Status>(std::move(start));
  co_return status;
}

}  // namespace plenary::state
