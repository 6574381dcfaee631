#include "version.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace plenary::sim {

std::string Version::Text() const { return fmt::format("{}.{}.{}", major, minor, patch); }

Result<Version> ParseVersion(std::string_view text) {
  std::array<int, 3> numbers{0, 0, 0};
  std::size_t count = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (count < numbers.size()) {
    const auto [rest, error] = std::from_chars(at, end, numbers[count]);
    if (error != std::errc() || numbers[count] < 0) break;
    ++count;
    at = rest;
    if (at == end || *at != '.') break;
    ++at;
  }
  if (count < 2 || at != end) return Fail(ErrorCode::kInvalidArgument, "a version looks like 2.7 or 3.0.19");
  return Version{numbers[0], numbers[1], numbers[2]};
}

Features FeaturesOf(const Version& v) {
  const auto since = [&v](int major, int minor, int patch = 0) { return v >= Version{major, minor, patch}; };
  const bool checks_type = since(3, 0) || (since(2, 7, 8) && !since(2, 8)) || (since(2, 6, 18) && !since(2, 7));
  return Features{
      .sha384_and_sha512 = since(2, 5),
      .refuses_two_checksums = since(3, 0, 37),
      .rebuilds_form_for_checksum = !since(2, 6, 10),
      .checks_content_type = checks_type,
      .compares_whole_content_type = v == Version{2, 6, 18} || v == Version{2, 7, 8},
      .graphql_in_index = since(3, 0),
      .insert_document = since(2, 5),
      .send_chat_message = since(3, 0),
      .get_join_url = since(2, 6),
      .enter = !since(3, 0),
      .malformed_xml_is_failed = since(3, 0, 19),
      .meeting_id_is_validation_error = !since(2, 5),
      .password_on_end = !since(2, 4, 6),
      .join_without_role_is_invalid_password = !since(2, 4, 6),
      .omits_empty_passwords = since(2, 4, 6),
      .expiry_parameters = since(2, 5),
      .thousands_separators = !since(3, 0),
      .empty_customdata = since(3, 0),
      .lower_case_parent_key = !since(3, 0),
      .empty_on_foreign_accept = !since(3, 0, 18),
      .guest_wait_page = !since(3, 0),
      .error_redirect_url = since(2, 7),
      .error_redirect_for_validation = since(3, 0),
      .xml_join_errors = since(2, 7),
      .logout_url_on_join = since(3, 0),
      .trusts_no_url_of_unsigned_joins = since(3, 0, 19),
      .old_bridge_envelope = !since(2, 5),
      .old_webhooks = !since(3, 0),
      .hook_events = since(2, 5),
  };
}

}  // namespace plenary::sim
