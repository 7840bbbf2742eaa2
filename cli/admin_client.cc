#include "cli/admin_client.h"

#include <curl/curl.h>

#include <cstdlib>
#include <memory>

#include "cli/run_file.h"

namespace cli {
namespace {

constexpr long kTimeoutSeconds = 5;
constexpr std::size_t kLargestAnswer = 64 << 20;

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kLargestAnswer) return 0;
  body.append(data, size * count);
  return size * count;
}

AdminAnswer request(const std::string& url, const std::vector<std::string>& fields, const std::string* body) {
  AdminAnswer answer;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) {
    answer.error = "no memory";
    return answer;
  }
  curl_slist* list = nullptr;
  for (const std::string& field : fields) list = curl_slist_append(list, field.c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(list, curl_slist_free_all);
  char why[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kTimeoutSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, why);
  if (body != nullptr) {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->c_str());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
  }
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  if (code == CURLE_OK) curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (code != CURLE_OK) answer.error = *why ? why : curl_easy_strerror(code);
  return answer;
}

}  // namespace

void AdminOptions::add_to(CLI::App& command) {
  command.add_option("--admin", admin, "where the daemon's status page is")->type_name("ADDR:PORT");
  command.add_option("--out", out, "the folder of the crawl")->type_name("DIR");
  ConfigOptions::add_to(command);
}

AdminClient::AdminClient(const AdminOptions& options, const crawler::Config& config, const std::string& config_file)
    : token_(config.admin.token) {
  const auto folder = [](const std::string& dir) {
    return AdminPlace{read_run_file(dir).value_or(RunFile{}).admin, dir + "/run.json"};
  };
  if (!options.admin.empty()) {
    places_ = {{options.admin, "--admin"}};
  } else if (!options.out.empty()) {
    places_ = {folder(options.out)};
  } else {
    const char* named = std::getenv("DECORUM_ADMIN");
    const std::string& listen = config.admin.listen;
    places_ = {{named ? named : "", "$DECORUM_ADMIN"},
               folder("./crawl"),
               {listen == "off" ? "" : listen, "admin.listen" + (config_file.empty() ? "" : " of " + config_file)}};
  }
}

AdminAnswer AdminClient::get(const std::string& path, const std::string& accept) {
  return ask(path, accept, nullptr);
}
AdminAnswer AdminClient::post(const std::string& path, const std::string& json) {
  return ask(path, "application/json", &json);
}

AdminAnswer AdminClient::ask(const std::string& path, const std::string& accept, const std::string* body) {
  std::vector<std::string> fields = {"Accept: " + accept, "X-Decorum: 1"};
  if (body != nullptr && !body->empty()) fields.push_back("Content-Type: application/json");
  if (!token_.empty()) fields.push_back("Authorization: Bearer " + token_);
  AdminAnswer answer;
  tried_.clear();
  for (const auto& [address, source] : places_) {
    if (address.empty()) {
      tried_.push_back(source + " (names no address)");
      continue;
    }
    const std::string base = address.starts_with("http://") ? address : "http://" + address;
    answer = request(base + path, fields, body);
    if (answer.status != 0) return answer;
    tried_.push_back(address + " (" + source + ": " + answer.error + ")");
  }
  return answer;
}

std::string AdminClient::where_it_looked() const {
  std::string text = "no running daemon found; looked at ";
  for (std::size_t i = 0; i < tried_.size(); ++i) text += (i > 0 ? ", " : "") + tried_[i];
  return text;
}

}  // namespace cli
