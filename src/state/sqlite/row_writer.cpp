#include "state/sqlite/row_writer.hpp"

#include <string>
#include <vector>

namespace plenary::state::sqlite {
namespace {

/// Runs the statement and makes it ready for the next time, whatever happens.
void Run(SQLite::Statement& statement) {
  try {
    statement.exec();
  } catch (...) {
    statement.tryReset();
    throw;
  }
  statement.reset();
}

template <class Id>
void RunFor(SQLite::Statement& statement, const Id& id) {
  statement.bind(1, id);
  Run(statement);
}

/// Parts that hold no ':' (secrets, names of algorithms).
std::string Join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += ':';
    text += part;
  }
  return text;
}

}  // namespace

RowWriter::RowWriter(SQLite::Database& database)
    : put_node_(database, "INSERT OR REPLACE INTO nodes (id, url, secret, tag, load_multiplier, state, checksum_algorithm, bbb_version, "
                          "online, polled, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      put_meeting_(database, "INSERT OR REPLACE INTO meetings (meeting_id, tenant_id, node_id, claim_id, phase, moderator_pw, attendee_pw, "
                             "voice_bridge, name, internal_id, create_time_ms, claimed_at_ms, touched_at_ms, adopted, scoped_id) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      put_end_(database, "INSERT OR REPLACE INTO pending_ends (id, node_id, meeting_id, moderator_pw, internal_id, reason, created_at_ms, "
                         "tenant_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      put_meeting_end_(database, "INSERT OR REPLACE INTO meeting_ends (id, tenant_id, meeting_id, internal_id) VALUES (?, ?, ?, ?)"),
      put_tenant_(database, "INSERT OR REPLACE INTO tenants (id, name, secrets, enabled, checksum_algorithms, lrs_endpoint, lrs_username, "
                            "lrs_password, kc_token_url, kc_client_id, kc_client_secret, kc_username, kc_password, max_meetings, "
                            "max_participants, max_creates_per_second, max_calls_per_second, presentation_url, logo_url, style_url, revision, "
                            "created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      put_setting_(database, "INSERT INTO tenant_settings (tenant_id, position, id, param, value, overrides) VALUES (?, ?, ?, ?, ?, ?)"),
      put_retired_(database, "INSERT INTO retired_secrets (tenant_id, position, secret, until_ms) VALUES (?, ?, ?, ?)"),
      put_token_(database, "INSERT OR REPLACE INTO api_tokens (id, name, scope, tenant_id, node_id, digest, created_at_ms, expires_at_ms) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      drop_node_(database, "DELETE FROM nodes WHERE id = ?"),
      drop_meetings_of_node_(database, "DELETE FROM meetings WHERE node_id = ?"),
      drop_ends_of_node_(database, "DELETE FROM pending_ends WHERE node_id = ?"),
      drop_tokens_of_node_(database, "DELETE FROM api_tokens WHERE node_id = ?"),
      drop_tenant_(database, "DELETE FROM tenants WHERE id = ?"),
      drop_settings_(database, "DELETE FROM tenant_settings WHERE tenant_id = ?"),
      drop_retired_(database, "DELETE FROM retired_secrets WHERE tenant_id = ?"),
      drop_tokens_of_tenant_(database, "DELETE FROM api_tokens WHERE tenant_id = ?"),
      drop_meeting_(database, "DELETE FROM meetings WHERE meeting_id = ? AND tenant_id = ?"),
      drop_end_(database, "DELETE FROM pending_ends WHERE id = ?"),
      drop_meeting_end_(database, "DELETE FROM meeting_ends WHERE id = ?"),
      drop_token_(database, "DELETE FROM api_tokens WHERE id = ?") {}

void RowWriter::Write(const Row& row) {
  if (const auto* put_node = std::get_if<PutNode>(&row)) return Put(put_node->node->node);
  if (const auto* put_meeting = std::get_if<PutMeeting>(&row)) return Put(*put_meeting->meeting);
  if (const auto* put_end = std::get_if<PutEnd>(&row)) return Put(put_end->end);
  if (const auto* put_meeting_end = std::get_if<PutMeetingEnd>(&row)) return Put(put_meeting_end->end);
  if (const auto* put_tenant = std::get_if<PutTenant>(&row)) return Put(put_tenant->tenant->tenant);
  if (const auto* put_token = std::get_if<PutToken>(&row)) return Put(put_token->token);
  if (const auto* drop_node = std::get_if<state::DropNode>(&row)) return DropNode(drop_node->id);
  if (const auto* drop_tenant = std::get_if<state::DropTenant>(&row)) return DropTenant(drop_tenant->id);
  if (const auto* drop_meeting = std::get_if<DropMeeting>(&row)) return Drop(*drop_meeting->meeting);
  if (const auto* drop_token = std::get_if<DropToken>(&row)) return RunFor(drop_token_, drop_token->id);
  if (const auto* drop_end = std::get_if<DropEnd>(&row)) return RunFor(drop_end_, drop_end->id);
  RunFor(drop_meeting_end_, std::get<DropMeetingEnd>(row).id);
}

void RowWriter::Put(const pool::Node& node) {
  put_node_.bind(1, node.id);
  put_node_.bind(2, node.url);
  put_node_.bind(3, node.secret);
  put_node_.bind(4, node.tag);
  put_node_.bind(5, node.load_multiplier);
  put_node_.bind(6, static_cast<int>(node.state));
  if (node.checksum_algorithm) {
    put_node_.bind(7, static_cast<int>(*node.checksum_algorithm));
  } else {
    put_node_.bind(7);
  }
  put_node_.bind(8, node.bbb_version);
  put_node_.bind(9, node.online ? 1 : 0);
  put_node_.bind(10, node.polled ? 1 : 0);
  put_node_.bind(11, static_cast<std::int64_t>(node.revision));
  Run(put_node_);
}

void RowWriter::Put(const pool::Meeting& meeting) {
  put_meeting_.bindNoCopy(1, meeting.meeting_id);
  put_meeting_.bindNoCopy(2, meeting.tenant_id);
  put_meeting_.bindNoCopy(3, meeting.node_id);
  put_meeting_.bind(4, static_cast<std::int64_t>(meeting.claim_id));
  put_meeting_.bind(5, meeting.phase == pool::MeetingPhase::kClaimed ? 0 : 1);
  put_meeting_.bindNoCopy(6, meeting.moderator_pw);
  put_meeting_.bindNoCopy(7, meeting.attendee_pw);
  put_meeting_.bindNoCopy(8, meeting.voice_bridge);
  put_meeting_.bindNoCopy(9, meeting.name);
  put_meeting_.bindNoCopy(10, meeting.internal_id);
  put_meeting_.bind(11, meeting.create_time_ms);
  put_meeting_.bind(12, meeting.claimed_at_ms);
  put_meeting_.bind(13, meeting.touched_at_ms);
  put_meeting_.bind(14, meeting.adopted ? 1 : 0);
  put_meeting_.bindNoCopy(15, meeting.scoped_id);
  Run(put_meeting_);
}

void RowWriter::Put(const pool::PendingEnd& end) {
  put_end_.bind(1, end.id);
  put_end_.bind(2, end.node_id);
  put_end_.bind(3, end.meeting_id);
  put_end_.bind(4, end.moderator_pw);
  put_end_.bind(5, end.internal_id);
  put_end_.bind(6, static_cast<int>(end.reason));
  put_end_.bind(7, end.created_at_ms);
  put_end_.bind(8, end.tenant_id);
  Run(put_end_);
}

void RowWriter::Put(const pool::MeetingEnd& end) {
  put_meeting_end_.bind(1, end.id);
  put_meeting_end_.bindNoCopy(2, end.tenant_id);
  put_meeting_end_.bindNoCopy(3, end.meeting_id);
  put_meeting_end_.bindNoCopy(4, end.internal_id);
  Run(put_meeting_end_);
}

void RowWriter::Put(const pool::Tenant& tenant) {
  int at = 0;
  for (const std::string* text : {&tenant.id, &tenant.name}) put_tenant_.bind(++at, *text);
  put_tenant_.bind(++at, Join(tenant.secrets));
  put_tenant_.bind(++at, tenant.enabled ? 1 : 0);
  std::vector<std::string> algorithms;
  for (const DigestAlgorithm algorithm : tenant.checksum_algorithms) algorithms.emplace_back(DigestName(algorithm));
  put_tenant_.bind(++at, Join(algorithms));
  const pool::TenantLrs& lrs = tenant.lrs;
  for (const std::string* text : {&lrs.endpoint, &lrs.username, &lrs.password, &lrs.kc_token_url, &lrs.kc_client_id, &lrs.kc_client_secret,
                                  &lrs.kc_username, &lrs.kc_password}) {
    put_tenant_.bind(++at, *text);
  }
  const pool::TenantLimits& limits = tenant.limits;
  for (const std::int64_t limit : {limits.meetings, limits.participants, limits.creates_per_second, limits.calls_per_second}) {
    put_tenant_.bind(++at, limit);
  }
  for (const std::string* url : {&tenant.presentation_url, &tenant.logo_url, &tenant.style_url}) put_tenant_.bind(++at, *url);
  put_tenant_.bind(++at, static_cast<std::int64_t>(tenant.revision));
  put_tenant_.bind(++at, tenant.created_at_ms);
  Run(put_tenant_);
  PutLists(tenant);
}

void RowWriter::PutLists(const pool::Tenant& tenant) {
  RunFor(drop_settings_, tenant.id);
  RunFor(drop_retired_, tenant.id);
  int position = 0;
  for (const pool::TenantSetting& setting : tenant.settings) {
    put_setting_.bind(1, tenant.id);
    put_setting_.bind(2, ++position);
    put_setting_.bind(3, setting.id);
    put_setting_.bind(4, setting.param);
    put_setting_.bind(5, setting.value);
    put_setting_.bind(6, setting.overrides ? 1 : 0);
    Run(put_setting_);
  }
  position = 0;
  for (const pool::RetiredSecret& retired : tenant.retired_secrets) {
    put_retired_.bind(1, tenant.id);
    put_retired_.bind(2, ++position);
    put_retired_.bind(3, retired.secret);
    put_retired_.bind(4, retired.until_ms);
    Run(put_retired_);
  }
}

void RowWriter::Put(const pool::ApiToken& token) {
  put_token_.bind(1, token.id);
  put_token_.bind(2, token.name);
  put_token_.bind(3, std::string(pool::TokenScopeName(token.scope)));
  put_token_.bind(4, token.tenant_id);
  put_token_.bind(5, token.node_id);
  put_token_.bind(6, token.digest);
  put_token_.bind(7, token.created_at_ms);
  put_token_.bind(8, token.expires_at_ms);
  Run(put_token_);
}

void RowWriter::DropNode(const std::string& id) {
  for (SQLite::Statement* statement : {&drop_node_, &drop_meetings_of_node_, &drop_ends_of_node_, &drop_tokens_of_node_}) RunFor(*statement, id);
}

void RowWriter::DropTenant(const std::string& id) {
  for (SQLite::Statement* statement : {&drop_tenant_, &drop_settings_, &drop_retired_, &drop_tokens_of_tenant_}) RunFor(*statement, id);
}

void RowWriter::Drop(const pool::Meeting& meeting) {
  drop_meeting_.bind(1, meeting.meeting_id);
  drop_meeting_.bind(2, meeting.tenant_id);
  Run(drop_meeting_);
}

}  // namespace plenary::state::sqlite
