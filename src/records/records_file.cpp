#include "records/records_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <soci/sqlite3/soci-sqlite3.h>

namespace plenary::records {
namespace {

/// SQLite would create it with the umask's permissions.
void CreateIfMissing(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) throw soci::soci_error(std::strerror(errno));
  ::close(file);
}

}  // namespace

void OpenRecordsFile(soci::session& sql, const std::string& path, Durability durability, int busy_timeout_s) {
  CreateIfMissing(path);
  sql.open(soci::sqlite3, "dbname=\"" + path + "\" timeout=" + std::to_string(busy_timeout_s));
  sql << "PRAGMA journal_mode=WAL";
  sql << (durability == Durability::kFull ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
}

}  // namespace plenary::records
