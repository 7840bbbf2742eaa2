#include "crawler/fetcher_handle_failure.h"

#include <cerrno>
#include <cstring>

namespace crawler {
namespace {

struct CodeRow {
  CURLcode code;
  Outcome outcome;
};
constexpr CodeRow kCodes[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, Outcome::dns},
    {CURLE_COULDNT_RESOLVE_HOST, Outcome::dns},
    {CURLE_COULDNT_CONNECT, Outcome::connect},
    {CURLE_INTERFACE_FAILED, Outcome::connect},
    {CURLE_NO_CONNECTION_AVAILABLE, Outcome::connect},
    {CURLE_OPERATION_TIMEDOUT, Outcome::timeout},
    {CURLE_PARTIAL_FILE, Outcome::reset},
    {CURLE_GOT_NOTHING, Outcome::reset},
    {CURLE_SEND_ERROR, Outcome::reset},
    {CURLE_RECV_ERROR, Outcome::reset},
    {CURLE_SSL_CONNECT_ERROR, Outcome::tls},
    {CURLE_PEER_FAILED_VERIFICATION, Outcome::tls},
    {CURLE_SSL_ENGINE_NOTFOUND, Outcome::tls},
    {CURLE_SSL_ENGINE_SETFAILED, Outcome::tls},
    {CURLE_SSL_ENGINE_INITFAILED, Outcome::tls},
    {CURLE_SSL_CERTPROBLEM, Outcome::tls},
    {CURLE_SSL_CIPHER, Outcome::tls},
    {CURLE_USE_SSL_FAILED, Outcome::tls},
    {CURLE_SSL_CACERT_BADFILE, Outcome::tls},
    {CURLE_SSL_SHUTDOWN_FAILED, Outcome::tls},
    {CURLE_SSL_CRL_BADFILE, Outcome::tls},
    {CURLE_SSL_ISSUER_ERROR, Outcome::tls},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, Outcome::tls},
    {CURLE_SSL_INVALIDCERTSTATUS, Outcome::tls},
    {CURLE_SSL_CLIENTCERT, Outcome::tls},
    {CURLE_ABORTED_BY_CALLBACK, Outcome::put_back},  // by none but our own last check
};

}  // namespace

Outcome outcome_of_curl_code(int code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row.outcome;
  }
  return Outcome::protocol;
}

Transfer::Failure failure_of_curl(CURL* easy, CURLcode code, const char* text) {
  if (*text == '\0') text = curl_easy_strerror(code);
  Outcome outcome = outcome_of_curl_code(code);
  // A handshake that the network broke, as against one that the two sides could not agree on.
  if (code == CURLE_SSL_CONNECT_ERROR &&
      (std::strstr(text, "SSL_ERROR_SYSCALL") != nullptr || std::strstr(text, std::strerror(ECONNRESET)) != nullptr)) {
    outcome = Outcome::connect;
  }
  long os_error = 0;
  if (outcome == Outcome::connect) curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error);
  return {outcome, text, static_cast<int>(os_error)};
}

}  // namespace crawler
