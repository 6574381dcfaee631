#include "bbb/xml_scanner.hpp"

#include <gtest/gtest.h>
#include <pugixml.hpp>
#include <rapidcheck/gtest.h>

#include "bbb/xml_chars.hpp"

namespace plenary::bbb {
namespace {

using Token = XmlScanner::Token;

/// The document as a line of tokens: "<a> 'text' </a> ." or "… !" when it is broken.
std::string Tokens(std::string_view document) {
  XmlScanner scanner(document);
  std::string line;
  for (;;) {
    switch (scanner.Next()) {
      case Token::kStart: line += "<" + std::string(scanner.name()) + "> "; break;
      case Token::kEnd: line += "</" + std::string(scanner.name()) + "> "; break;
      case Token::kText:
        line += "'";
        scanner.AppendText(line);
        line += "' ";
        break;
      case Token::kFinished: return line + ".";
      case Token::kBroken: return line + "!";
    }
  }
}

bool WellFormed(std::string_view document) { return Tokens(document).ends_with('.'); }

TEST(XmlScanner, ReadsElementsTextAndCData) {
  EXPECT_EQ(Tokens("<a><b>x</b ><c/><d  /></a>\n"), "<a> <b> 'x' </b> <c> </c> <d> </d> </a> .");
  EXPECT_EQ(Tokens("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- c --><a>1<!-- < & -->2<?p i?>3</a><!-- e -->"),
            "<a> '1' '2' '3' </a> .");
  EXPECT_EQ(Tokens("<a><![CDATA[<&]]]]><![CDATA[]]></a>"), "<a> '<&]]' </a> .");
  EXPECT_EQ(Tokens("<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;\r\n\r]]&gt;</a>"), "<a> '&<>\"'A\xf0\x9f\x98\x80\n\n]]>' </a> .");
  EXPECT_EQ(Tokens("<a><![CDATA[&amp;\r\n]]></a>"), "<a> '&amp;\n' </a> .");
  EXPECT_EQ(Tokens("<\xc3\xa4-1.x:y_z>\xe2\x82\xac</\xc3\xa4-1.x:y_z>"), "<\xc3\xa4-1.x:y_z> '\xe2\x82\xac' </\xc3\xa4-1.x:y_z> .");
}

TEST(XmlScanner, ReadsAttributes) {
  XmlScanner scanner("<a key=\"x &amp; &quot;\" b = 'it&apos;s \"' c=''><d/></a>");
  ASSERT_EQ(scanner.Next(), Token::kStart);
  EXPECT_EQ(scanner.Attribute("key"), "x & \"");
  EXPECT_EQ(scanner.Attribute("b"), "it's \"");
  EXPECT_EQ(scanner.Attribute("c"), "");
  EXPECT_EQ(scanner.Attribute("none"), "");
  ASSERT_EQ(scanner.Next(), Token::kStart);
  EXPECT_EQ(scanner.Attribute("key"), "");
}

TEST(XmlScanner, RefusesWhatIsNotWellFormed) {
  for (const char* document : {"",
                               " ",
                               "x",
                               "<",
                               "<a",
                               "<a>",
                               "<a></b>",
                               "<a></ab>",
                               "<a></a",
                               "</a>",
                               "<a/><b/>",
                               "<a/>x",
                               "x<a/>",
                               "<a><b></a></b>",
                               "<1/>",
                               "<a b/>",
                               "<a b=1/>",
                               "<a b=\"1\"c=\"2\"/>",
                               "<a b=\"1\" b=\"2\"/>",
                               "<a b=\"<\"/>",
                               "<a b=\"&\"/>",
                               "<a b=\"&nbsp;\"/>",
                               "<a b=\"\x01\"/>",
                               "<a b=\"1/>",
                               "<a / >",
                               "< a/>",
                               "<a>&</a>",
                               "<a>&nbsp;</a>",
                               "<a>&amp</a>",
                               "<a>&;</a>",
                               "<a>&#;</a>",
                               "<a>&#x;</a>",
                               "<a>&#0;</a>",
                               "<a>&#x1;</a>",
                               "<a>&#xD800;</a>",
                               "<a>&#xFFFE;</a>",
                               "<a>&#x110000;</a>",
                               "<a>&#-1;</a>",
                               "<a>&# 1;</a>",
                               "<a>&#99999999999999999999;</a>",
                               "<a>\x01</a>",
                               "<a>\xff</a>",
                               "<a>\xc3</a>",
                               "<a>\xed\xa0\x80</a>",
                               "<a>\xef\xbf\xbe</a>",
                               "<a>]]></a>",
                               "<a><![CDATA[</a>",
                               "<a><![CDATA[\x02]]></a>",
                               "<![CDATA[x]]><a/>",
                               "<a><!-- -- --></a>",
                               "<a><!-- --->",
                               "<a><!--</a>",
                               "<a><!-- \x01 --></a>",
                               "<!DOCTYPE html><a/>",
                               "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                               "<a><!x></a>",
                               "<a><?xml version=\"1.0\"?></a>",
                               " <?xml version=\"1.0\"?><a/>",
                               "<?XML version=\"1.0\"?><a/>",
                               "<?xml version=\"1.0\"><a/>",
                               "<a><? x?></a>",
                               "<a><?x</a>",
                               "<a><?x\x01?></a>",
                               "<a>\xc3\x97<\xc3\x97/></a>",
                               "<a x\x01=\"1\"/>"}) {
    EXPECT_FALSE(WellFormed(document)) << document;
  }
  EXPECT_FALSE(WellFormed(std::string_view("<a>\0</a>", 8)));
}

TEST(XmlScanner, LimitsDepthAndAttributes) {
  const auto nested = [](std::size_t depth) {
    std::string document;
    for (std::size_t i = 0; i < depth; ++i) document += "<a>";
    for (std::size_t i = 0; i < depth; ++i) document += "</a>";
    return document;
  };
  EXPECT_TRUE(WellFormed(nested(XmlScanner::kMaxDepth)));
  EXPECT_FALSE(WellFormed(nested(XmlScanner::kMaxDepth + 1)));
  EXPECT_FALSE(WellFormed(nested(100'000)));
  std::string attributes = "<a";
  for (std::size_t i = 0; i < XmlScanner::kMaxAttributes; ++i) attributes += " b" + std::to_string(i) + "=''";
  EXPECT_TRUE(WellFormed(attributes + "/>"));
  EXPECT_FALSE(WellFormed(attributes + " one=''/>"));
}

TEST(XmlScanner, SaysHowFarItIsAcceptable) {
  const auto acceptable = [](std::string_view document) {
    XmlScanner scanner(document);
    Token token = scanner.Next();
    while (token != Token::kBroken && token != Token::kFinished) token = scanner.Next();
    return std::string(document.substr(0, scanner.position()));
  };
  EXPECT_EQ(acceptable("<a>text &am"), "<a>text ");
  EXPECT_EQ(acceptable("<a>text\xc3"), "<a>text");
  EXPECT_EQ(acceptable("<a><b"), "<a>");
  EXPECT_EQ(acceptable("<a><b></c>"), "<a><b>");
  EXPECT_EQ(acceptable("<a/>rest"), "<a/>");
}

TEST(XmlScanner, ResumesWhereItIsTold) {
  const std::string_view document = "<r><l><x>&bad;</x><y>1</y></l></r>";
  XmlScanner scanner(document);
  Token token = scanner.Next();
  while (token != Token::kBroken) token = scanner.Next();
  EXPECT_EQ(scanner.Next(), Token::kBroken);
  EXPECT_EQ(scanner.depth(), 3u);
  scanner.Resume(document.find("<y>"), 2);
  ASSERT_EQ(scanner.Next(), Token::kStart);
  EXPECT_EQ(scanner.name(), "y");
  EXPECT_EQ(scanner.depth(), 3u);
  while (token != Token::kFinished) {
    token = scanner.Next();
    ASSERT_NE(token, Token::kBroken);
  }
}

TEST(XmlNames, FollowTheStandard) {
  for (const char32_t c : {U'a', U'Z', U'_', U':', U'\u00C0', U'\u0370', U'\u200C', U'\u3001', U'\U00010000'})
    EXPECT_TRUE(IsXmlNameStart(c));
  for (const char32_t c : {U'0', U'-', U'.', U'\u00B7', U'\u0300', U'\u203F'}) {
    EXPECT_FALSE(IsXmlNameStart(c));
    EXPECT_TRUE(IsXmlNameCharacter(c));
  }
  for (const char32_t c : {U' ', U'!', U'@', U'\u00D7', U'\u00F7', U'\u037E', U'\u2000', U'\u3000', U'\U000F0000'})
    EXPECT_FALSE(IsXmlNameCharacter(c));
}

/// Text of every element, in the order of their ends.
std::vector<std::string> ElementTexts(std::string_view document) {
  XmlScanner scanner(document);
  std::vector<std::string> open;
  std::vector<std::string> texts;
  for (Token token = scanner.Next(); token != Token::kFinished && token != Token::kBroken; token = scanner.Next()) {
    if (token == Token::kStart) open.emplace_back();
    if (token == Token::kText) scanner.AppendText(open.back());
    if (token == Token::kEnd) {
      texts.push_back(std::string(scanner.name()) + "=" + open.back());
      open.pop_back();
    }
  }
  return texts;
}

void PugiTexts(const pugi::xml_node& node, std::vector<std::string>& texts) {
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) PugiTexts(child, texts);
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  texts.push_back(std::string(node.name()) + "=" + text);
}

// Random soups of XML pieces: whatever we admit, pugixml admits and reads alike.
RC_GTEST_PROP(XmlScanner, AgreesWithPugixml, ()) {
  const std::vector<std::string> pieces{
      "<a>",    "</a>", "<b>", "</b>", "<c/>",       "<d e=\"f&lt;\">", "</d>", "text",    " ",        "\r\n", "&amp;",
      "&#228;", "&",    "]]",  ">",    "<!-- x -->", "<![CDATA[",       "]]>",  "<?p x?>", "\xc3\xa4", "\x01"};
  const auto soup = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces));
  std::string document = "<a>";
  for (const std::string& piece : soup) document += piece;
  if (*rc::gen::arbitrary<bool>()) document += "</a>";
  if (!WellFormed(document)) return;
  pugi::xml_document model;
  RC_ASSERT(model.load_buffer(document.data(), document.size(),
                              pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_ws_pcdata, pugi::encoding_utf8));
  std::vector<std::string> expected;
  PugiTexts(model.document_element(), expected);
  RC_ASSERT(ElementTexts(document) == expected);
}

}  // namespace
}  // namespace plenary::bbb
