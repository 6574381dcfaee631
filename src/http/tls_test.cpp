// The TLS listener and the TLS of both clients against each other, with certificates made here.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "http/node_client.hpp"
#include "http/outside_client.hpp"
#include "http/server_fixture_for_test.hpp"

namespace plenary::http {
namespace {

using namespace test;

/// A self-signed certificate for `name` ("DNS:localhost", "IP:127.0.0.1") and its key.
struct CertificateFiles {
  explicit CertificateFiles(const std::string& label, const std::string& name) {
    const std::string base =
        (std::filesystem::temp_directory_path() / ("plenary-tls-" + std::to_string(::getpid()) + "-" + label)).string();
    certificate = base + ".crt";
    key = base + ".key";
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3'600);
    X509_set_pubkey(x509, pair);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(x509, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x509, pair, EVP_sha256());
    std::FILE* file = std::fopen(certificate.c_str(), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }
  ~CertificateFiles() {
    std::filesystem::remove(certificate);
    std::filesystem::remove(key);
  }
  std::string Url() const { return "ssl://127.0.0.1:0?cert=" + certificate + "&key=" + key; }

  std::string certificate;
  std::string key;
};

Task<void> CallAndReport(NodeClient& client, NodeCall call, std::promise<Result<NodeReply>>& answer) {
  Result<NodeReply> reply = co_await client.Call(std::move(call));
  answer.set_value(std::move(reply));
}

class TlsCaller {
 public:
  /// Trusts that file only.
  explicit TlsCaller(const std::string& trusted) {
    ::setenv("SSL_CERT_FILE", trusted.c_str(), 1);
    client_ = MakeNodeClient(runtime_);
    runtime_.Start();
  }
  ~TlsCaller() {
    runtime_.Stop();
    ::unsetenv("SSL_CERT_FILE");
  }

  Result<NodeReply> Call(std::uint16_t port, const std::string& target, const SpooledBody* body = nullptr,
                         const std::string& host = "localhost", bool tls = true) {
    NodeCall call;
    call.endpoint.tls = tls;
    call.endpoint.host = host;
    call.endpoint.port = port;
    call.endpoint.host_header = host;
    call.target = target;
    call.body = body;
    call.connect_timeout = std::chrono::milliseconds(500);
    call.response_timeout = std::chrono::seconds(3);
    std::promise<Result<NodeReply>> answer;
    runtime::Spawn(runtime_.Worker(0), CallAndReport(*client_, std::move(call), answer));
    return answer.get_future().get();
  }

 private:
  runtime::Runtime runtime_{1};
  std::unique_ptr<NodeClient> client_;
};

TEST(Tls, CallsBodiesAndLargeReplies) {
  const CertificateFiles files("good", "DNS:localhost");
  RunningServer server({}, files.Url());
  const std::uint16_t port = server.server->ports().front();
  TlsCaller caller(files.certificate);
  const auto peer = caller.Call(port, "/peer");
  ASSERT_TRUE(peer) << peer.error().detail;
  EXPECT_EQ(peer->body, "127.0.0.1 secure");
  EXPECT_EQ(caller.Call(port, "/big")->body.size(), 32u << 20);
  const std::string text(700'000, 'x');
  SpooledBody body;
  ASSERT_TRUE(body.Append(text));
  const auto sum = caller.Call(port, "/body", &body);
  ASSERT_TRUE(sum) << sum.error().detail;
  EXPECT_EQ(sum->body, "700000:" + std::to_string(Fnv1a(text)));
  EXPECT_EQ(server.server->Counters().connections_accepted, 1u);
}

TEST(Tls, StrangersAreNotTrusted) {
  const CertificateFiles files("server", "DNS:localhost");
  const CertificateFiles other("other", "DNS:localhost");
  RunningServer server({}, files.Url());
  TlsCaller caller(other.certificate);
  const auto reply = caller.Call(server.server->ports().front(), "/now");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnreachable);
  EXPECT_NE(reply.error().detail.find("certificate"), std::string::npos) << reply.error().detail;
  EXPECT_EQ(server.server->Counters().requests, 0u);
}

TEST(Tls, TheNameMustFit) {
  const CertificateFiles files("name", "DNS:elsewhere.example");
  RunningServer server({}, files.Url());
  TlsCaller caller(files.certificate);
  const auto reply = caller.Call(server.server->ports().front(), "/now");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnreachable);
  EXPECT_EQ(server.server->Counters().requests, 0u);
}

TEST(Tls, AddressesAreNamesToo) {
  const CertificateFiles files("ip", "IP:127.0.0.1");
  RunningServer server({}, files.Url());
  TlsCaller caller(files.certificate);
  const auto reply = caller.Call(server.server->ports().front(), "/now", nullptr, "127.0.0.1");
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->body, "ok");
}

TEST(Tls, PlainClientsAndPlainServers) {
  const CertificateFiles files("plain", "DNS:localhost");
  RunningServer secure({}, files.Url());
  TlsCaller caller(files.certificate);
  EXPECT_FALSE(caller.Call(secure.server->ports().front(), "/now", nullptr, "localhost", false));
  RunningServer plain;
  const auto reply = caller.Call(plain.server->ports().front(), "/now");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnreachable);
}

TEST(Tls, ServersThatNeverShakeHandsAreUnreachableInTime) {
  const CertificateFiles files("mute", "DNS:localhost");
  const RawListener mute;  // the kernel accepts, nobody answers
  TlsCaller caller(files.certificate);
  const auto start = std::chrono::steady_clock::now();
  const auto reply = caller.Call(mute.port(), "/now", nullptr, "127.0.0.1");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnreachable);
  EXPECT_NE(reply.error().detail.find("timed out"), std::string::npos) << reply.error().detail;
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
  EXPECT_LE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(700));
}

TEST(Tls, SilentClientsAreNotWaitedFor) {
  const CertificateFiles files("silent", "DNS:localhost");
  ServerOptions options;
  options.head_timeout = std::chrono::milliseconds(200);
  RunningServer server(options, files.Url());
  RawSocket client = server.Connect();
  EXPECT_TRUE(client.ClosedWithin(1'000));
}

TEST(Tls, BadFilesAreNamed) {
  const CertificateFiles good("files", "DNS:localhost");
  const CertificateFiles other("files2", "DNS:localhost");
  runtime::Runtime runtime(1);
  PathHandler handler;
  Server server(runtime, handler, {});
  ListenAddress address;
  address.kind = ListenAddress::Kind::kTls;
  address.host = "127.0.0.1";
  address.port = 0;
  address.certificate_file = "/nonexistent/a.crt";
  address.key_file = good.key;
  Status status = server.Listen(address);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().detail.find("/nonexistent/a.crt"), std::string::npos) << status.error().detail;
  address.certificate_file = good.certificate;
  address.key_file = "/nonexistent/a.key";
  status = server.Listen(address);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().detail.find("/nonexistent/a.key"), std::string::npos) << status.error().detail;
  address.key_file = other.key;
  EXPECT_FALSE(server.Listen(address));
  runtime.Stop();
}

Result<OutsideReply> AskFromOutside(const std::string& trusted, std::uint16_t port, const std::string& host) {
  ::setenv("SSL_CERT_FILE", trusted.c_str(), 1);
  OutsideClient client(*IpNetworks::Parse("loopback"));
  ::unsetenv("SSL_CERT_FILE");
  OutsideCall call;
  call.url = "https://" + host + ":" + std::to_string(port) + "/peer";
  std::promise<Result<OutsideReply>> promise;
  client.Call(std::move(call), [&promise](Result<OutsideReply> reply) { promise.set_value(std::move(reply)); });
  return promise.get_future().get();
}

TEST(Tls, TheOutsideClientVerifiesAsWell) {
  const CertificateFiles files("outside", "DNS:localhost");
  const CertificateFiles other("outsider", "DNS:localhost");
  RunningServer server({}, files.Url());
  const std::uint16_t port = server.server->ports().front();
  const auto good = AskFromOutside(files.certificate, port, "localhost");
  ASSERT_TRUE(good) << good.error().detail;
  EXPECT_EQ(good->body, "127.0.0.1 secure");
  for (const auto& refused : {AskFromOutside(other.certificate, port, "localhost"), AskFromOutside(files.certificate, port, "127.0.0.1")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnreachable);
  }
  EXPECT_EQ(server.server->Counters().requests, 1u);
}

}  // namespace
}  // namespace plenary::http
