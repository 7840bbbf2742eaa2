#include "crawler/embedded_redis_child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace crawler {
namespace {

constexpr int kKeptFd = 3;    // where keep_fd goes in the child
constexpr int kReportFd = 4;  // where the child reports why it could not exec

// What the child does between fork and exec: async-signal-safe calls only, no allocation.
[[noreturn]] void become(char* const* argv, int log_fd, int null_fd, int keep_fd, int report_fd, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(1);  // it died before the line above

  struct sigaction normal {};
  normal.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &normal, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);

  // Out of the way first: any of them may sit on 0..4.
  const int log = fcntl(log_fd, F_DUPFD_CLOEXEC, 16), null = fcntl(null_fd, F_DUPFD_CLOEXEC, 16);
  const int keep = keep_fd < 0 ? -1 : fcntl(keep_fd, F_DUPFD_CLOEXEC, 16),
            report = fcntl(report_fd, F_DUPFD_CLOEXEC, 16);
  dup2(null, 0);
  dup2(log, 1);
  dup2(log, 2);
  keep < 0 ? close(kKeptFd) : dup2(keep, kKeptFd);
  dup2(report, kReportFd);
  fcntl(kReportFd, F_SETFD, FD_CLOEXEC);
  close_range(kReportFd + 1, ~0U, 0);

  char* const environment[] = {nullptr};
  execve(argv[0], argv, environment);
  const int why = errno;
  [[maybe_unused]] const ssize_t written = write(kReportFd, &why, sizeof why);
  _exit(127);
}

}  // namespace

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  const char* path = std::getenv("PATH");
  std::string folders = (path ? std::string(path) : "") + ":/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin:/bin";
  for (std::size_t start = 0, end; start <= folders.size(); start = end + 1) {
    end = std::min(folders.find(':', start), folders.size());
    if (end == start) continue;
    const std::string candidate = folders.substr(start, end - start) + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

pid_t spawn_child(const std::vector<std::string>& argv, const std::filesystem::path& log, int keep_fd,
                  std::string& error) {
  const int log_fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) {
    error = log.string() + " cannot be written: " + std::strerror(errno);
    return -1;
  }
  const int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  int report[2] = {-1, -1};
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  pid_t pid = -1;
  const pid_t self = getpid();
  if (null_fd >= 0 && pipe2(report, O_CLOEXEC) == 0) {
    pid = fork();
    if (pid == 0) become(arguments.data(), log_fd, null_fd, keep_fd, report[1], self);
  }
  if (pid < 0) error = std::string("no child process can be started: ") + std::strerror(errno);
  for (const int fd : {log_fd, null_fd, report[1]})
    if (fd >= 0) close(fd);
  int why = 0;
  if (pid > 0 && read(report[0], &why, sizeof why) == sizeof why) {
    error = argv[0] + " cannot be started: " + std::strerror(why);
    waitpid(pid, nullptr, 0);
    pid = -1;
  }
  if (report[0] >= 0) close(report[0]);
  return pid;
}

}  // namespace crawler
