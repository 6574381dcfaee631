// The parameters of a call, decoded once: names and values as views into one reused buffer, in the client's order.
// Pure; no allocation after the first few calls of a thread when the object is reused.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plenary::bbb {

struct Param {
  std::string_view name;
  std::string_view value;
  bool has_value = true;  // false: a bare name without '='
};

/// Rules (spec scalelite 1.4): pairs separated by '&' only; empty pairs skipped; '+' is a blank; a malformed percent escape,
/// invalid UTF-8, a name that is a list and not a list at once ("a=1&a[]=2", as Rack) or more than kMaxParams pairs is kInvalidArgument.
/// Of a name given twice in one source the last value counts, at the first one's position (Rack). "name[]" lists (all their elements) and "name[key]" maps are kept under their literal name; a pair without
/// a name is skipped.
class Params {
 public:
  static constexpr std::size_t kMaxParams = 1000;

  Params() = default;
  Params(const Params&) = delete;
  Params& operator=(const Params&) = delete;
  Params(Params&&) = default;
  Params& operator=(Params&&) = default;

  void Clear();
  /// Adds the pairs of a form body (or of a multipart body, by AddField). Call before AddQuery.
  Status AddForm(std::string_view body);
  /// One field of a multipart body.
  Status AddField(std::string_view name, std::string_view value);
  /// Adds the query's pairs; these override body parameters of the same name, keeping the body's position.
  Status AddQuery(std::string_view raw_query);

  const std::vector<Param>& all() const { return params_; }
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  const Param* Find(std::string_view name) const;
  /// Value or "" when absent.
  std::string_view Get(std::string_view name) const;
  /// Not absent, empty or only white space.
  bool Present(std::string_view name) const;

  /// Sets or appends, in the place of a list of that name, too. The text is copied.
  void Set(std::string_view name, std::string_view value);
  /// Also a list of that name.
  void Remove(std::string_view name);
  /// As Set, with a parameter of another object, whose text is not copied; elements of lists ("name[]") are all kept.
  void Merge(const Param& param);

 private:
  /// Text with a stable address until Clear(), in blocks that are used again afterwards.
  class Arena {
   public:
    /// Room for `size` characters.
    char* Allocate(std::size_t size);
    /// Gives back the last `size` characters of the last allocation.
    void GiveBack(std::size_t size) { blocks_[current_].used -= size; }
    void Clear();

   private:
    struct Block {
      std::unique_ptr<char[]> text;
      std::size_t size = 0;
      std::size_t used = 0;
    };
    std::vector<Block> blocks_;
    std::size_t current_ = 0;
  };

  Status AddPairs(std::string_view raw);
  Status Count();
  Param* FindMutable(std::string_view name);
  std::string_view Keep(std::string_view text);
  bool Conflicts(std::string_view name) const;

  std::vector<Param> params_;
  std::size_t pairs_ = 0;  // seen since Clear(), repeated names included
  bool any_list_ = false;
  Arena arena_;
};

/// "name[]" and "name[][]" → "name".
std::string_view WithoutListMark(std::string_view name);

/// application/x-www-form-urlencoded text of `params` (Scalelite's encoding), leaving out `checksum`, `format`, `controller`,
/// `action`. "name[]" is written as "name", as Scalelite does with lists. Appends to `out`.
void AppendQuery(std::string& out, const Params& params);

}  // namespace plenary::bbb
