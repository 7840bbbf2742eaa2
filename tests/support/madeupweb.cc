// The made-up web's main(): reads the options, writes the URL lists, listens, serves until SIGTERM.
#include <signal.h>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "madeupweb_log.h"
#include "madeupweb_options.h"
#include "madeupweb_server.h"
#include "madeupweb_site.h"

namespace {

volatile sig_atomic_t stopped = 0;

int fail(const std::string& message) {
  std::fprintf(stderr, "madeupweb: %s\n", message.c_str());
  return 1;
}

// SIGTERM and SIGINT come only while the server waits, so none is missed.
void catch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stopped = 1; };
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT}) {
    sigaction(number, &action, nullptr);
    sigaddset(&signals, number);
  }
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

bool write_lists(const madeupweb::Options& options, const madeupweb::Site& site) {
  std::ofstream seeds, urls;
  if (!options.seeds_file.empty()) seeds.open(options.seeds_file);
  if (!options.urls_file.empty()) urls.open(options.urls_file);
  for (int host = 0; host < options.hosts; ++host) {
    if (seeds.is_open()) seeds << site.root_url(host) << '\n';
    if (urls.is_open()) site.visit_urls(host, [&](const std::string& url) { urls << url << '\n'; });
  }
  seeds.flush();
  urls.flush();
  return seeds.good() && urls.good();
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--help") != 0) continue;
    std::fputs(madeupweb::help_text().c_str(), stdout);
    return 0;
  }
  madeupweb::Options options;
  std::string error;
  if (!madeupweb::parse_options(argc, argv, options, error)) {
    std::fprintf(stderr, "madeupweb: %s\n", error.c_str());
    return 2;
  }
  catch_signals();
  madeupweb::Log log;
  if (!options.log.empty() && !log.open(options.log)) return fail(options.log + ": cannot be written");
  madeupweb::Server server(options, log);
  if (!server.listen(error)) return fail(error);
  madeupweb::Site site(options, server.port());
  if (!write_lists(options, site)) return fail("the URL lists cannot be written");

  std::printf("ready 127.0.0.1 %d\n", server.port());
  std::fflush(stdout);
  server.run([&site](const madeupweb::Request& request) { return site.answer(request); }, stopped);
  return 0;
}
