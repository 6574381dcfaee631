// What a poll of one node costs: a getMeetings reply of about 17 kB (4 meetings, 40 people).
#include <string>

#include <benchmark/benchmark.h>

#include "bbb/node_reply.hpp"

namespace plenary::bbb {
namespace {

std::string Reply() {
  std::string body = "<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n";
  for (int meeting = 0; meeting < 4; ++meeting) {
    const std::string id = "room-" + std::to_string(meeting);
    body +=
        "<meeting>\n<meetingName>Weekly &amp; more</meetingName>\n<meetingID>" + id +
        "</meetingID>\n<internalMeetingID>ae23b94ccaf714337e4ce5ba99ef3dc257e300df-1715347930123</internalMeetingID>\n"
        "<createTime>1715347930123</createTime>\n<createDate>Fri May 10 13:32:10 UTC 2024</createDate>\n<voiceBridge>73817</voiceBridge>\n"
        "<dialNumber>613-555-1234</dialNumber>\n<attendeePW>ap</attendeePW>\n<moderatorPW>mp</moderatorPW>\n<running>true</running>\n"
        "<duration>0</duration>\n<hasUserJoined>true</hasUserJoined>\n<recording>false</recording>\n"
        "<hasBeenForciblyEnded>false</hasBeenForciblyEnded>\n<startTime>1715347930145</startTime>\n<endTime>0</endTime>\n"
        "<participantCount>30</participantCount>\n<listenerCount>1</listenerCount>\n<voiceParticipantCount>1</voiceParticipantCount>\n"
        "<videoCount>1</videoCount>\n<maxUsers>0</maxUsers>\n<moderatorCount>1</moderatorCount>\n<attendees>\n";
    for (int person = 0; person < 10; ++person) {
      body +=
          "<attendee>\n<userID>gl-" + std::to_string(person) +
          "</userID>\n<fullName>Alice &amp; Co</fullName>\n<role>MODERATOR</role>\n<isPresenter>true</isPresenter>\n"
          "<isListeningOnly>false</isListeningOnly>\n<hasJoinedVoice>true</hasJoinedVoice>\n<hasVideo>true</hasVideo>\n"
          "<clientType>HTML5</clientType>\n<customdata>\n<bbb_skip_check_audio>true</bbb_skip_check_audio>\n</customdata>\n</attendee>\n";
    }
    body += "</attendees>\n<metadata>\n<bbb-origin>greenlight</bbb-origin>\n</metadata>\n<isBreakout>false</isBreakout>\n</meeting>\n";
  }
  return body + "</meetings>\n</response>\n";
}

void ParseGetMeetings(benchmark::State& state) {
  const std::string body = Reply();
  for (auto _ : state) {
    const MeetingList list = ParseMeetings(body);
    benchmark::DoNotOptimize(list.meetings.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
  state.counters["bytes"] = static_cast<double>(body.size());
}
BENCHMARK(ParseGetMeetings);

}  // namespace
}  // namespace plenary::bbb
