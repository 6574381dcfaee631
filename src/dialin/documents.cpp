#include "dialin/documents.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::dialin {

namespace {

constexpr std::size_t kMaskedDigits = 4;

struct Action {
  std::string_view application;
  std::string data = {};
};

/// Blanks that a reader would fold, and the quote, as references.
void AppendAttribute(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("\"\t\n"), text.size());
    bbb::AppendXmlTextUtf8(out, text.substr(0, plain));
    if (plain == text.size()) return;
    out += text[plain] == '"' ? "&quot;" : text[plain] == '\t' ? "&#9;" : "&#10;";
    text.remove_prefix(plain + 1);
  }
}

/// Takes the meaning from what FreeSWITCH would expand as a variable: a backslash before each backslash and each "${".
std::string WithoutExpansion(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' || text.substr(i).starts_with("${")) escaped += '\\';
    escaped += text[i];
  }
  return escaped;
}

/// A pattern that matches `text` alone (Ruby's Regexp.escape, which the recorded answers show).
std::string RegexEscaped(std::string_view text) {
  constexpr std::string_view kSpecial = "[]{}()|-*.\\?+^$# ";
  constexpr std::string_view kControls = "\t\n\v\f\r";
  constexpr std::string_view kControlNames = "tnvfr";
  std::string escaped;
  for (const char c : text) {
    const std::size_t control = kControls.find(c);
    if (control != std::string_view::npos) {
      escaped += '\\';
      escaped += kControlNames[control];
      continue;
    }
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void AppendDialplan(std::string& out, std::string_view description, std::string_view extension, std::string_view number,
                    const std::vector<Action>& actions) {
  out += "<document type=\"freeswitch/xml\">\n  <section name=\"dialplan\" description=\"";
  out += description;
  out += "\">\n    <context name=\"public\">\n      <extension name=\"";
  out += extension;
  out += "\">\n        <condition field=\"destination_number\" expression=\"";
  AppendAttribute(out, "^" + WithoutExpansion(RegexEscaped(number)) + "$");
  out += "\">\n";
  for (const Action& action : actions) {
    out += "          <action application=\"";
    out += action.application;
    if (!action.data.empty()) {
      out += "\" data=\"";
      AppendAttribute(out, action.data);
    }
    out += "\"/>\n";
  }
  out += "        </condition>\n      </extension>\n    </context>\n  </section>\n</document>\n";
}

Action Playback(std::string file) { return {"playback", std::move(file)}; }
Action Sleep(int ms) { return {"sleep", std::to_string(ms)}; }

/// Three tries of seven seconds, ended by '#'. Scalelite loses the backslash of the pattern when it asks again (spec 11.2 no. 11).
Action AskForPin(const PinPrompt& prompt) {
  return {"play_and_get_digits", fmt::format("{} {} 3 7000 # conference/conf-enter_conf_pin.wav conference/conf-bad-pin.wav pin \\d+",
                                             prompt.min_digits, prompt.max_digits)};
}
/// FreeSWITCH asks us again with what was dialled.
Action ComeBack() { return {"transfer", "${pin} XML public"}; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string ShownCaller(const CallerId& caller) {
  std::string shown;
  if (!caller.name.empty() && std::all_of(caller.name.begin(), caller.name.end(), IsDigit)) {
    if (!caller.hide_number) {
      shown = caller.name;
      const std::size_t masked = std::min(kMaskedDigits, shown.size());
      shown.replace(shown.size() - masked, masked, masked, 'X');
    }
  } else if (!caller.hide_name) {
    shown = caller.name;
  }
  if (TrimBlanks(shown).empty()) return "Unavailable";
  return shown;
}

void AppendReject(std::string& out) {
  out += "<document type=\"freeswitch/xml\">\n  <section name=\"result\">\n    <result status=\"not found\"/>\n  </section>\n</document>\n";
}

void AppendPrompt(std::string& out, std::string_view number, const PinPrompt& prompt) {
  std::vector<Action> actions{{"answer"}};
  if (prompt.max_duration_minutes > 0) actions.push_back({"sched_hangup", fmt::format("+{} normal_clearing", prompt.max_duration_minutes * 60)});
  actions.insert(actions.end(), {Sleep(500), Playback("ivr/ivr-welcome.wav"), Sleep(200), AskForPin(prompt), ComeBack()});
  AppendDialplan(out, "Match DID and Pin for Conference", "match_did_and_prompt_for_pin", number, actions);
}

void AppendReprompt(std::string& out, std::string_view number, const PinPrompt& prompt) {
  AppendDialplan(out, "Reprompt Pin for Conference", "reprompt_for_pin", number,
                 {Playback("conference/conf-bad-pin.wav"), Sleep(500), AskForPin(prompt), ComeBack()});
}

void AppendBridge(std::string& out, std::string_view number, const Bridge& bridge) {
  const bool ipv6 = bridge.node_host.find(':') != std::string_view::npos;
  const std::string host = ipv6 ? fmt::format("[{}]", bridge.node_host) : std::string(bridge.node_host);
  AppendDialplan(out, "Bridge Call to BBB Server", "bridge_to_bbb_server", number,
                 {{"set", "meeting_id=" + WithoutExpansion(bridge.meeting_id)},
                  {"set", "effective_caller_id_name=" + WithoutExpansion(bridge.shown_caller)},
                  {"bridge", fmt::format("sofia/external/{}@{}", WithoutExpansion(bridge.pin), host)}});
}

}  // namespace plenary::dialin
