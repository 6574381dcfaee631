// Database's calls for work that has a value.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.hpp"
#include "records/database.hpp"

namespace plenary::records {

/// What `query` (soci::session& → T) reads. Blocks.
template <class Query>
auto ReadValue(Database& database, Query query) -> Result<std::invoke_result_t<Query&, soci::session&>> {
  std::optional<std::invoke_result_t<Query&, soci::session&>> value;
  Status read = database.Read([&](soci::session& sql) { value = query(sql); });
  if (!read) return tl::unexpected<Error>(std::move(read.error()));
  return *std::move(value);
}

/// Passes on what `work` (soci::session& → Result<T>) returned when that is durable, or why it could not be written.
template <class Work, class Done>
void WriteValue(Database& database, Work work, Done done) {
  using Value = std::invoke_result_t<Work&, soci::session&>;
  auto value = std::make_shared<std::optional<Value>>();  // work may run twice
  database.Write([value, work = std::move(work)](soci::session& sql) mutable { *value = work(sql); },
                 [value, done = std::move(done)](const Status& written) mutable {
                   if (!written) *value = Value(tl::unexpected<Error>(written.error()));
                   done(**value);
                 });
}

}  // namespace plenary::records
