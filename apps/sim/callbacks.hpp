// Tells front-ends that a meeting ended, as a node does it (spec bbb-api 6.1, 6.2). Contacts loopback only. One thread.
#pragma once

#include <string>

namespace boost::asio {
class io_context;
}

namespace plenary::sim {

class Callbacks {
 public:
  Callbacks(boost::asio::io_context& context, double time_scale) : context_(context), time_scale_(time_scale) {}

  /// A probe that resolves redirects, then the call itself; repeated after 30 s, 1, 2 and 5 minutes until the answer is 2xx.
  void Deliver(std::string url);

 private:
  boost::asio::io_context& context_;
  double time_scale_;
};

/// `url` with recordingmarks and meetingID appended.
std::string EndCallbackUrl(std::string url, const std::string& meeting_id, bool recording_marks);

}  // namespace plenary::sim
