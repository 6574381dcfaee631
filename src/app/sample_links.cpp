#include "app/sample_links.hpp"

#include <unistd.h>

#include <ostream>
#include <sstream>

#include "bbb/checksum.hpp"

namespace plenary::app {

namespace {

std::string Link(const std::string& base, std::string_view call, std::string_view query, const std::string& secret) {
  std::string link = base;
  link += call;
  std::size_t query_begin = link.size();
  if (!query.empty()) {
    link += '?';
    query_begin = link.size();
    link += query;
  }
  bbb::AppendChecksum(link, call, query_begin, secret, DigestAlgorithm::kSha256);
  return link;
}

}  // namespace

void PrintSampleLinks(const Application& application, std::ostream& terminal) {
  std::ostringstream out;  // in one piece, so that no log line gets in between
  const std::string base = application.addresses().front() + "/bigbluebutton/api/";
  out << "\nPlenary is ready.\n\n  API URL        " << base << "\n";
  const std::string& secret = application.secrets().front();
  const std::string where = application.secret_was_made() ? "in the file " + application.secret_file() : "as set by LOADBALANCER_SECRET";
  out << "  Shared secret  " << (::isatty(STDOUT_FILENO) == 1 ? secret : where) << "\n\nTry it: open these in a browser, one after the other.\n\n"
      << "  create       " << Link(base, "create", "meetingID=hello&name=Hello", secret) << "\n"
      << "  join         " << Link(base, "join", "fullName=Ada&meetingID=hello&role=MODERATOR", secret) << "\n"
      << "  getMeetings  " << Link(base, "getMeetings", "", secret) << "\n\n";
  out << "Add a server of your own (its URL and secret are what `bbb-conf --secret` prints there):\n\n"
      << "  build/plenary servers add https://bbb1.example.org/bigbluebutton/api - --enable --data '" << application.data_dir() << "'\n\n"
      << "Ctrl-C stops it.\n";
  terminal << out.str() << std::flush;
}

}  // namespace plenary::app
