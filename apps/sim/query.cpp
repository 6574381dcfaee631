#include "query.hpp"

#include <algorithm>
#include <optional>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace plenary::sim {

void Params::Parse(std::string_view form) {
  while (!form.empty()) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view pair = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
    Param param;
    if (!AppendFormDecoded(param.name, name)) param.name = name;
    if (!AppendFormDecoded(param.value, value)) param.value = value;
    all_.push_back(std::move(param));
  }
}

std::string_view Params::Get(std::string_view name) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [name](const Param& p) { return p.name == name; });
  return found == all_.end() ? std::string_view() : std::string_view(found->value);
}

bool Params::Has(std::string_view name) const { return Count(name) > 0; }

std::size_t Params::Count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [name](const Param& p) { return p.name == name; }));
}

namespace {

void EraseAll(std::string& text, std::string_view what) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) text.erase(at, what.size());
}

// Spec bbb-api 1.1: literal removal, in this order, of every occurrence; control characters and outer blanks go first.
std::string WithoutChecksum(std::string_view query, std::string_view checksum) {
  std::string text;
  text.reserve(query.size());
  for (const char c : query) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) text.push_back(c);
  }
  text = std::string(TrimBlanks(text));
  const std::string pair = "checksum=" + std::string(checksum);
  EraseAll(text, "&" + pair);
  EraseAll(text, pair + "&");
  EraseAll(text, pair);
  return text;
}

// Spec bbb-api 1.4: what 2.4 to early 2.6 rebuild from a form body.
std::string SortedRebuild(const Params& form) {
  std::vector<const Param*> sorted;
  for (const Param& param : form.all()) {
    if (param.name != "checksum") sorted.push_back(&param);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Param* a, const Param* b) { return a->name < b->name; });
  std::string text;
  for (const Param* param : sorted) {
    if (!text.empty()) text += '&';
    text += param->name + '=';
    AppendFormEncoded(text, param->value);
  }
  return text;
}

}  // namespace

bool ChecksumIsGood(const Features& features, std::string_view call, std::string_view query, const Params& from_query, const Params& form,
                    std::string_view secret) {
  if (features.refuses_two_checksums && from_query.Count("checksum") + form.Count("checksum") > 1) return false;
  const bool in_query = from_query.Has("checksum");
  const std::string_view given = in_query ? from_query.Get("checksum") : form.Get("checksum");
  const std::optional<DigestAlgorithm> algorithm = DigestOfHexLength(given.size());
  if (!algorithm) return false;
  const bool is_long = *algorithm == DigestAlgorithm::kSha384 || *algorithm == DigestAlgorithm::kSha512;
  if (is_long && !features.sha384_and_sha512) return false;
  std::string text;
  if (in_query) {
    text = WithoutChecksum(query, given);
  } else if (features.rebuilds_form_for_checksum) {
    text = SortedRebuild(form);
  }
  const HexDigest expected = Digest(*algorithm, {call, text, secret});
  return EqualHexConstantTime(expected.view(), given);
}

std::size_t JavaLength(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

}  // namespace plenary::sim
