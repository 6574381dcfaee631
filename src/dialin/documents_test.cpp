#include "dialin/documents.hpp"

#include <gtest/gtest.h>

namespace plenary::dialin {
namespace {

std::string Prompted(std::string_view number, const PinPrompt& prompt = {}) {
  std::string out;
  AppendPrompt(out, number, prompt);
  return out;
}

std::string Bridged(const Bridge& bridge) {
  std::string out;
  AppendBridge(out, "5551234", bridge);
  return out;
}

std::string ActionWith(std::string_view application, std::string_view data) {
  return "          <action application=\"" + std::string(application) + "\" data=\"" + std::string(data) + "\"/>\n";
}

TEST(Documents, Reject) {
  std::string out;
  AppendReject(out);
  EXPECT_EQ(out,
            "<document type=\"freeswitch/xml\">\n"
            "  <section name=\"result\">\n"
            "    <result status=\"not found\"/>\n"
            "  </section>\n"
            "</document>\n");
}

TEST(Documents, Prompt) {
  EXPECT_EQ(Prompted("5551234", {.min_digits = 5, .max_digits = 9, .max_duration_minutes = 90}),
            "<document type=\"freeswitch/xml\">\n"
            "  <section name=\"dialplan\" description=\"Match DID and Pin for Conference\">\n"
            "    <context name=\"public\">\n"
            "      <extension name=\"match_did_and_prompt_for_pin\">\n"
            "        <condition field=\"destination_number\" expression=\"^5551234$\">\n"
            "          <action application=\"answer\"/>\n"
            "          <action application=\"sched_hangup\" data=\"+5400 normal_clearing\"/>\n"
            "          <action application=\"sleep\" data=\"500\"/>\n"
            "          <action application=\"playback\" data=\"ivr/ivr-welcome.wav\"/>\n"
            "          <action application=\"sleep\" data=\"200\"/>\n"
            "          <action application=\"play_and_get_digits\" data=\"5 9 3 7000 # conference/conf-enter_conf_pin.wav "
            "conference/conf-bad-pin.wav pin \\d+\"/>\n"
            "          <action application=\"transfer\" data=\"${pin} XML public\"/>\n"
            "        </condition>\n"
            "      </extension>\n"
            "    </context>\n"
            "  </section>\n"
            "</document>\n");
}

TEST(Documents, PromptWithoutLimitHangsUpNever) {
  EXPECT_EQ(Prompted("1").find("sched_hangup"), std::string::npos);
  EXPECT_NE(Prompted("1", {.min_digits = 4, .max_digits = 12}).find("data=\"4 12 3 7000 # "), std::string::npos);
}

TEST(Documents, RepromptMatchesDigits) {
  std::string out;
  AppendReprompt(out, "5551234", {});
  EXPECT_EQ(out,
            "<document type=\"freeswitch/xml\">\n"
            "  <section name=\"dialplan\" description=\"Reprompt Pin for Conference\">\n"
            "    <context name=\"public\">\n"
            "      <extension name=\"reprompt_for_pin\">\n"
            "        <condition field=\"destination_number\" expression=\"^5551234$\">\n"
            "          <action application=\"playback\" data=\"conference/conf-bad-pin.wav\"/>\n"
            "          <action application=\"sleep\" data=\"500\"/>\n"
            "          <action application=\"play_and_get_digits\" data=\"5 9 3 7000 # conference/conf-enter_conf_pin.wav "
            "conference/conf-bad-pin.wav pin \\d+\"/>\n"
            "          <action application=\"transfer\" data=\"${pin} XML public\"/>\n"
            "        </condition>\n"
            "      </extension>\n"
            "    </context>\n"
            "  </section>\n"
            "</document>\n");
}

TEST(Documents, Bridge) {
  EXPECT_EQ(Bridged({.meeting_id = "room-f", .shown_caller = "1555123XXXX", .pin = "304058134", .node_host = "node.example.com"}),
            "<document type=\"freeswitch/xml\">\n"
            "  <section name=\"dialplan\" description=\"Bridge Call to BBB Server\">\n"
            "    <context name=\"public\">\n"
            "      <extension name=\"bridge_to_bbb_server\">\n"
            "        <condition field=\"destination_number\" expression=\"^5551234$\">\n"
            "          <action application=\"set\" data=\"meeting_id=room-f\"/>\n"
            "          <action application=\"set\" data=\"effective_caller_id_name=1555123XXXX\"/>\n"
            "          <action application=\"bridge\" data=\"sofia/external/304058134@node.example.com\"/>\n"
            "        </condition>\n"
            "      </extension>\n"
            "    </context>\n"
            "  </section>\n"
            "</document>\n");
}

TEST(Documents, NumbersMatchThemselvesOnly) {
  const auto pattern = [](std::string_view number) {
    const std::string document = Prompted(number);
    constexpr std::string_view kMark = "expression=\"";
    const std::size_t at = document.find(kMark) + kMark.size();
    return document.substr(at, document.find("\">\n", at) - at);
  };
  EXPECT_EQ(pattern("+49 (30) 123*"), R"(^\\+49\\ \\(30\\)\\ 123\\*$)");
  EXPECT_EQ(pattern("+1555.1234"), R"(^\\+1555\\.1234$)");
  EXPECT_EQ(pattern("[]{}|-?^$#\t\n"), R"(^\\[\\]\\{\\}\\|\\-\\?\\^\\$\\#\\t\\n$)");
}

TEST(Documents, NothingOfACallerIsExpandedOrLeavesItsAttribute) {
  const std::string name = Bridged({.meeting_id = "a${b}\\c$d", .shown_caller = "Alice ${x} \\y", .pin = "1${p}", .node_host = "n"});
  EXPECT_NE(name.find(ActionWith("set", "meeting_id=a\\${b}\\\\c$d")), std::string::npos) << name;
  EXPECT_NE(name.find(ActionWith("set", "effective_caller_id_name=Alice \\${x} \\\\y")), std::string::npos) << name;
  EXPECT_NE(name.find(ActionWith("bridge", "sofia/external/1\\${p}@n")), std::string::npos) << name;

  const std::string quoted = Bridged({.meeting_id = "\"><a&b>\n\t\r", .shown_caller = "Zoë \xff\x01", .pin = "1", .node_host = "n"});
  EXPECT_NE(quoted.find(ActionWith("set", "meeting_id=&quot;&gt;&lt;a&amp;b&gt;&#10;&#9;&#xD;")), std::string::npos) << quoted;
  EXPECT_NE(quoted.find(ActionWith("set", "effective_caller_id_name=Zoë \uFFFD\uFFFD")), std::string::npos) << quoted;
}

TEST(Documents, AnIpv6NodeIsInBrackets) {
  const std::string document = Bridged({.meeting_id = "m", .shown_caller = "c", .pin = "1", .node_host = "2001:db8::1"});
  EXPECT_NE(document.find("sofia/external/1@[2001:db8::1]\""), std::string::npos) << document;
}

TEST(ShownCaller, NumbersLoseTheirLastFourDigits) {
  EXPECT_EQ(ShownCaller({.name = "493012345678"}), "49301234XXXX");
  EXPECT_EQ(ShownCaller({.name = "4930"}), "XXXX");
  EXPECT_EQ(ShownCaller({.name = "123"}), "XXX");
  EXPECT_EQ(ShownCaller({.name = "493012345678", .hide_name = true}), "49301234XXXX");
  EXPECT_EQ(ShownCaller({.name = "493012345678", .hide_number = true}), "Unavailable");
}

TEST(ShownCaller, NamesAreShownUnlessHidden) {
  EXPECT_EQ(ShownCaller({.name = "Alice"}), "Alice");
  EXPECT_EQ(ShownCaller({.name = "+493012345678"}), "+493012345678");  // no number to Scalelite either
  EXPECT_EQ(ShownCaller({.name = "Alice", .hide_number = true}), "Alice");
  EXPECT_EQ(ShownCaller({.name = "Alice", .hide_name = true}), "Unavailable");
  EXPECT_EQ(ShownCaller({.name = ""}), "Unavailable");
  EXPECT_EQ(ShownCaller({.name = " \t"}), "Unavailable");
}

}  // namespace
}  // namespace plenary::dialin
