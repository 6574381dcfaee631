// What a BBB version does differently (spec bbb-api 9.1). Values only.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plenary::sim {

struct Version {
  int major = 3;
  int minor = 0;
  int patch = 19;
  auto operator<=>(const Version&) const = default;
  std::string Text() const;
};

/// "2.4" to "3.0.37"; a missing point release counts as 0.
Result<Version> ParseVersion(std::string_view text);

struct Features {
  bool sha384_and_sha512;
  bool refuses_two_checksums;
  bool rebuilds_form_for_checksum;  // else a form body is signed over the empty string
  bool checks_content_type;
  bool compares_whole_content_type;  // the first releases of the check: "text/xml; charset=utf-8" is refused
  bool graphql_in_index;
  bool insert_document;
  bool send_chat_message;
  bool get_join_url;
  bool enter;
  bool malformed_xml_is_failed;  // else HTTP 500
  bool meeting_id_is_validation_error;
  bool password_on_end;
  bool join_without_role_is_invalid_password;
  bool omits_empty_passwords;
  bool expiry_parameters;
  bool thousands_separators;  // in getMeetings
  bool empty_customdata;
  bool lower_case_parent_key;  // parentMeetingIdMissing
  bool empty_on_foreign_accept;
  bool guest_wait_page;
  bool error_redirect_url;
  bool error_redirect_for_validation;
  bool xml_join_errors;  // redirect=false is honoured by errors that are no validation errors
  bool logout_url_on_join;
  bool trusts_no_url_of_unsigned_joins;
  bool old_bridge_envelope;  // <error key="…" message="…"/>
  bool old_webhooks;         // SHA-1 only, hooks are numbered
  bool hook_events;          // hooks/create takes eventID
};

Features FeaturesOf(const Version& version);

}  // namespace plenary::sim
