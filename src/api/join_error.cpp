#include <kainjow/mustache.hpp>

#include "api/calls.hpp"
#include "base/encoding.hpp"
#include "bbb/reply_writer.hpp"

namespace plenary::api {

namespace {

struct Page {
  std::string_view title, text, hint;
};

struct PageRow {
  std::string_view key;
  Page english, german;
};

constexpr PageRow kPages[] = {
    {"notFound",
     {"This meeting isn't running", "There is no running meeting behind this link.", "It may not have started yet, or it has ended. Go back to where you found the link and try again from there."},
     {"Diese Konferenz läuft gerade nicht", "Hinter diesem Link läuft keine Konferenz.", "Vielleicht hat sie noch nicht begonnen oder ist schon zu Ende. Gehen Sie dorthin zurück, wo Sie den Link gefunden haben, und versuchen Sie es von dort noch einmal."}},
    {"serverUnavailable",
     {"The meeting can't be reached right now", "The server that this meeting runs on doesn't answer. It's not your fault.", "Try again in a minute from the page where you found the link."},
     {"Die Konferenz ist gerade nicht erreichbar", "Der Server, auf dem diese Konferenz läuft, antwortet nicht. Das liegt nicht an Ihnen.", "Versuchen Sie es in einer Minute noch einmal von der Seite, auf der Sie den Link gefunden haben."}},
    {"maxParticipantsReached",
     {"The limit of participants is reached", "As many people as allowed are in meetings right now.", "Try again in a few minutes, when somebody has left."},
     {"Die Höchstzahl der Teilnehmenden ist erreicht", "Es sind gerade so viele Menschen in Konferenzen, wie erlaubt sind.", "Versuchen Sie es in ein paar Minuten noch einmal, wenn jemand gegangen ist."}},
    {"tooManyRequests",
     {"Too many people at once", "Very many are coming in at this moment.", "Reload this page in a few seconds."},
     {"Zu viele auf einmal", "Gerade kommen sehr viele gleichzeitig.", "Laden Sie diese Seite in ein paar Sekunden neu."}},
    {"missingParamMeetingID",
     {"This link is incomplete", "The link doesn't say which meeting it leads to.", "Copy the whole link, or go back to where you found it."},
     {"Dieser Link ist unvollständig", "Der Link sagt nicht, zu welcher Konferenz er führt.", "Kopieren Sie den ganzen Link oder gehen Sie dorthin zurück, wo Sie ihn gefunden haben."}},
    {"checksumError",
     {"This link isn't valid", "The link was changed, cut off, or made with another key.", "Go back to where you found it and open it from there. If it happens again, tell the people who run that page."},
     {"Dieser Link ist nicht gültig", "Der Link wurde verändert, abgeschnitten oder mit einem anderen Schlüssel erzeugt.", "Gehen Sie dorthin zurück, wo Sie ihn gefunden haben, und öffnen Sie ihn von dort. Passiert es wieder, sagen Sie denen Bescheid, die jene Seite betreiben."}},
};

constexpr const char* kTemplate = R"(<!DOCTYPE html>
<html lang="{{lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.0625rem/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 .75rem; }
small { opacity: .7; }
</style>
</head>
<body>
<main>
<h1>{{title}}</h1>
<p>{{text}}</p>
<p>{{hint}}</p>
<p><small>{{reference}}: {{id}}</small></p>
</main>
</body>
</html>
)";

/// The first language that is named wins; that is what a browser sends for nearly everybody.
bool PrefersGerman(std::string_view accept_language) {
  const std::string_view first = TrimBlanks(accept_language.substr(0, accept_language.find_first_of(",;")));
  return EqualsIgnoreCase(first.substr(0, 2), "de") && (first.size() == 2 || first[2] == '-');
}

void ReplyPage(const http::Request& request, const bbb::MessageKey& error, http::Reply& reply) {
  const PageRow* row = &kPages[0];
  for (const PageRow& candidate : kPages) {
    if (candidate.key == error.key) row = &candidate;
  }
  const bool german = PrefersGerman(request.Header("Accept-Language"));
  const Page& page = german ? row->german : row->english;
  kainjow::mustache::mustache form(kTemplate);
  kainjow::mustache::data data;
  data.set("lang", german ? "de" : "en");
  data.set("title", std::string(page.title));
  data.set("text", std::string(page.text));
  data.set("hint", std::string(page.hint));
  data.set("reference", german ? "Für Rückfragen" : "Reference");
  data.set("id", std::string(request.id));
  reply.status = 200;  // as BBB does: an API failure is HTTP 200
  reply.SetContentType(kHtmlContentType);
  reply.AddHeader("Cache-Control", "no-cache");
  reply.AddHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  reply.body = form.render(data);
}

bool IsWebAddress(std::string_view url) {
  if (url.find_first_of("\r\n\t \"<>\\") != std::string_view::npos) return false;
  const std::string head = ToLowerAscii(url.substr(0, 8));
  return (head.starts_with("https://") && url.size() > 8) || (head.starts_with("http://") && url.size() > 7);
}

/// BBB's own form (spec bbb-api 2.4.4): errors=[{"message":"…","key":"…"}], percent-encoded.
std::string WithErrors(std::string_view base, const bbb::MessageKey& error) {
  std::string location(base.substr(0, base.find('#')));
  location += location.find('?') == std::string::npos ? '?' : '&';
  location += "errors=";
  std::string json = "[{\"message\":";
  observe::AppendQuoted(json, error.message);
  json += ",\"key\":";
  observe::AppendQuoted(json, error.key);
  json += "}]";
  AppendFormEncoded(location, json);
  return location;
}

}  // namespace

void JoinFailed(const http::Request& request, const bbb::Params* params, bool signed_request, const bbb::MessageKey& error, http::Reply& reply) {
  reply.outcome = "join-failed";
  const bool wants_xml = params != nullptr && EqualsIgnoreCase(params->Get("redirect"), "false");
  if (signed_request && params != nullptr && !wants_xml) {
    for (const std::string_view name : {std::string_view("errorRedirectUrl"), std::string_view("logoutURL")}) {
      const std::string_view url = params->Get(name);
      if (!IsWebAddress(url)) continue;
      reply.status = 302;
      reply.SetContentType(kHtmlContentType);
      reply.AddHeader("Location", WithErrors(url, error));
      reply.AddHeader("Cache-Control", "no-cache");
      return;
    }
  }
  if (!wants_xml && request.Header("Accept").find("text/html") != std::string_view::npos) return ReplyPage(request, error, reply);
  ReplyFailed(reply, error);
  reply.outcome = "join-failed";
}

}  // namespace plenary::api
