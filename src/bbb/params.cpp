#include "bbb/params.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace plenary::bbb {
namespace {

constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kKeptBlockBytes = 64 * 1024;  // what one large form needed is not held for ever

tl::unexpected<Error> Invalid(const char* why) { return Fail(ErrorCode::kInvalidArgument, why); }

bool IsList(std::string_view name) { return name.ends_with("[]"); }

/// Decodes into `out`, which has room for text.size() characters; the length, or npos for a malformed escape.
std::size_t DecodeInto(char* out, std::string_view text) {
  const char* const begin = out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      const int byte = i + 2 < text.size() ? HexByte(text[i + 1], text[i + 2]) : -1;
      if (byte < 0) return std::string_view::npos;
      *out++ = static_cast<char>(byte);
      i += 2;
    } else {
      *out++ = c == '+' ? ' ' : c;
    }
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace

std::string_view WithoutListMark(std::string_view name) {
  while (IsList(name)) name.remove_suffix(2);
  return name;
}

char* Params::Arena::Allocate(std::size_t size) {
  while (current_ < blocks_.size() && blocks_[current_].size - blocks_[current_].used < size) ++current_;
  if (current_ == blocks_.size()) {
    const std::size_t block_size = std::max(size, kBlockBytes);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_size), block_size, 0});
  }
  Block& block = blocks_[current_];
  char* const room = block.text.get() + block.used;
  block.used += size;
  return room;
}

void Params::Arena::Clear() {
  std::size_t kept = 0;
  std::erase_if(blocks_, [&kept](const Block& block) { return (kept += block.size) > kKeptBlockBytes; });
  for (Block& block : blocks_) block.used = 0;
  current_ = 0;
}

void Params::Clear() {
  params_.clear();
  pairs_ = 0;
  any_list_ = false;
  arena_.Clear();
}

Status Params::AddForm(std::string_view body) { return AddPairs(body); }

Status Params::AddQuery(std::string_view raw_query) { return AddPairs(raw_query); }

Status Params::AddField(std::string_view name, std::string_view value) {
  if (const Status counted = Count(); !counted) return counted;
  if (!IsValidUtf8(name) || !IsValidUtf8(value)) return Invalid("a field is not valid UTF-8");
  if (Conflicts(name)) return Invalid("a parameter is a list and not a list");
  if (!name.empty()) Merge({Keep(name), Keep(value), true});
  return {};
}

Status Params::AddPairs(std::string_view raw) {
  char* room = arena_.Allocate(raw.size());
  const char* const room_end = room + raw.size();
  while (!raw.empty()) {
    const std::size_t pair_end = std::min(raw.find('&'), raw.size());
    const std::string_view pair = raw.substr(0, pair_end);
    raw.remove_prefix(std::min(pair_end + 1, raw.size()));
    if (pair.empty()) continue;
    if (const Status counted = Count(); !counted) return counted;

    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::size_t name_length = DecodeInto(room, pair.substr(0, equals));
    if (name_length == std::string_view::npos) return Invalid("a parameter name has a malformed percent escape");
    Param param;
    param.name = {room, name_length};
    param.has_value = equals < pair.size();
    char* after = room + name_length;
    if (param.has_value) {
      const std::size_t value_length = DecodeInto(after, pair.substr(equals + 1));
      if (value_length == std::string_view::npos) return Invalid("a parameter value has a malformed percent escape");
      param.value = {after, value_length};
      after += value_length;
    }
    if (!IsValidUtf8(param.name) || !IsValidUtf8(param.value)) return Invalid("a parameter is not valid UTF-8");
    if (param.name.empty()) continue;
    if (Conflicts(param.name)) return Invalid("a parameter is a list and not a list");
    room = after;
    Merge(param);
  }
  arena_.GiveBack(static_cast<std::size_t>(room_end - room));
  return {};
}

Status Params::Count() { return ++pairs_ > kMaxParams ? Status(Invalid("too many parameters")) : Status(); }

void Params::Merge(const Param& param) {
  const bool list = IsList(param.name);
  any_list_ = any_list_ || list;
  Param* const known = list ? nullptr : FindMutable(param.name);
  if (known == nullptr) {
    params_.push_back(param);
  } else {
    known->value = param.value;
    known->has_value = param.has_value;
  }
}

const Param* Params::Find(std::string_view name) const {
  const auto found = std::find_if(params_.begin(), params_.end(), [name](const Param& param) { return param.name == name; });
  return found == params_.end() ? nullptr : &*found;
}

Param* Params::FindMutable(std::string_view name) {
  const Param* const found = Find(name);
  return found == nullptr ? nullptr : &params_[static_cast<std::size_t>(found - params_.data())];
}

std::string_view Params::Get(std::string_view name) const {
  const Param* const param = Find(name);
  return param == nullptr ? std::string_view() : param->value;
}

bool Params::Present(std::string_view name) const { return !TrimBlanks(Get(name)).empty(); }

void Params::Set(std::string_view name, std::string_view value) {
  if (any_list_) std::erase_if(params_, [name](const Param& param) { return IsList(param.name) && WithoutListMark(param.name) == name; });
  const std::string_view kept = Keep(value);
  if (Param* const known = FindMutable(name)) {
    known->value = kept;
    known->has_value = true;
  } else {
    params_.push_back({Keep(name), kept, true});
  }
}

void Params::Remove(std::string_view name) {
  std::erase_if(params_, [name](const Param& param) { return WithoutListMark(param.name) == name; });
}

bool Params::Conflicts(std::string_view name) const {
  if (!any_list_ && !IsList(name)) return false;
  const std::string_view base = WithoutListMark(name);
  return std::any_of(params_.begin(), params_.end(), [&](const Param& param) { return param.name != name && WithoutListMark(param.name) == base; });
}

std::string_view Params::Keep(std::string_view text) {
  char* const room = arena_.Allocate(text.size());
  std::copy(text.begin(), text.end(), room);
  return {room, text.size()};
}

void AppendQuery(std::string& out, const Params& params) {
  bool first = true;
  for (const Param& param : params.all()) {
    const std::string_view name = WithoutListMark(param.name);
    if (name != param.name && params.Has(name)) continue;  // one name, one meaning: what was decided about `name` holds
    if (name == "checksum" || name == "format" || name == "controller" || name == "action") continue;
    if (!first) out += '&';
    first = false;
    AppendFormEncoded(out, name);
    if (!param.has_value) continue;
    out += '=';
    AppendFormEncoded(out, param.value);
  }
}

}  // namespace plenary::bbb
