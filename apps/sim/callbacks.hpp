// What a node tells front-ends by itself (spec bbb-api 6): the end of a meeting, and signed posts that others have made up (reports.hpp,
// webhooks.hpp), each with its own patience. Contacts loopback only. One thread.
#pragma once

#include <functional>
#include <string>

#include "wire.hpp"

namespace plenary::sim {

enum class PostKind { kHook, kAnalytics, kRecordingReady };

class Callbacks {
 public:
  Callbacks(boost::asio::io_context& context, double time_scale) : context_(context), time_scale_(time_scale) {}

  /// A probe that resolves redirects, then the call itself; repeated after 30 s, 1, 2 and 5 minutes until the answer is 2xx.
  void Deliver(std::string url);
  /// Repeated as its kind is until the answer is 2xx (or 401, for a hook); `gave_up` (may be empty) when it never was.
  void Post(PostKind kind, Outgoing post, std::function<void()> gave_up);

 private:
  boost::asio::io_context& context_;
  double time_scale_;
};

/// `url` with recordingmarks and meetingID appended.
std::string EndCallbackUrl(std::string url, const std::string& meeting_id, bool recording_marks);

}  // namespace plenary::sim
