// One libcurl easy handle: configured once, then carrying one request after another. Private to the fetcher.
// Lives on its worker's loop thread; owned by the fetcher, which adds it to its multi handle.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/fetcher.h"
#include "crawler/transfer.h"

namespace crawler {

// Only out of memory, or a libcurl of another build, makes these fail.
void must(CURLcode code);

using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

class FetcherHandle;

// What all handles of one fetcher share: the configured original they are duplicates of, and whom they ask and tell.
struct FetcherHandles {
  using OnWait = std::function<void(FetcherHandle*)>;
  using OnOpen = std::function<void(int fd)>;

  FetcherHandles(FetcherOptions options, Fetcher::MaySend may_send, OnWait on_wait, OnOpen on_open);
  ~FetcherHandles();
  FetcherHandles(const FetcherHandles&) = delete;
  FetcherHandles& operator=(const FetcherHandles&) = delete;

  FetcherOptions options;
  Fetcher::MaySend may_send;
  OnOpen on_open;  // a new socket
  OnWait on_wait;  // a body waits for bytes of the semaphore; told once until it is no longer `waiting`
  CURL* original = nullptr;
  std::vector<std::string> forget;  // entries of handles that are gone, to be taken out of curl's own cache of names
  CurlList headers_keep{nullptr, curl_slist_free_all}, headers_close{nullptr, curl_slist_free_all};
};

// Stays where it is while it lives: libcurl points to it.
class FetcherHandle {
 public:
  explicit FetcherHandle(FetcherHandles& shared);
  ~FetcherHandle();
  FetcherHandle(const FetcherHandle&) = delete;
  FetcherHandle& operator=(const FetcherHandle&) = delete;

  void prepare(FetchRequest request);
  std::optional<Transfer::Failure> failure_of(CURLcode code) const;  // empty for CURLE_OK

  CURL* easy() const { return easy_; }
  static FetcherHandle* of(CURL* easy);

  Transfer transfer;
  std::size_t place = 0;  // among the fetcher's active ones
  bool waiting = false;   // paused, and in the fetcher's queue for memory

 private:
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address);
  static int before_request(void* self, char* ip, char*, int port, int);
  static int take_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* self);
  static int look_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static std::size_t take_head(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* self);

  void set_request();
  void connect_to(const FetchRequest& request);

  friend struct FetcherHandles;
  FetcherHandles& shared_;
  CURL* easy_ = nullptr;
  CurlList connect_to_{nullptr, curl_slist_free_all}, addresses_{nullptr, curl_slist_free_all},
      fields_{nullptr, curl_slist_free_all};
  std::string named_;  // our entry in curl's cache of names
  bool end_ = false;   // at the next look_on()
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace crawler
