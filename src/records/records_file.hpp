// How every connection to `records.db` is opened. Throws soci::soci_error.
#pragma once

#include <string>

#include <soci/soci.h>

namespace plenary::records {

enum class Durability {
  kMayLoseTheLast,  // a power failure may take the last transactions with it, never their consistency
  kFull,            // a commit is on disk
};

/// Opens the file, or creates it (0600), in WAL mode; statements wait for another connection's transaction for up to `busy_timeout_s`.
void OpenRecordsFile(soci::session& sql, const std::string& path, Durability durability, int busy_timeout_s);

}  // namespace plenary::records
