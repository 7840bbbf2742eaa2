#include "storage/folder_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/storage/support.h"

namespace storage {
namespace {

using storage_test::Folder;
using storage_test::read_file;
using storage_test::write_file;

TEST(FolderLock, MakesTheFolderAndKeepsOthersOut) {
  const Folder folder;
  std::error_code error;
  auto lock = FolderLock::acquire(folder / "a" / "b", error);
  ASSERT_TRUE(lock) << error.message();
  EXPECT_EQ(FolderLock::holder(folder / "a" / "b"), ::getpid());
  EXPECT_FALSE(FolderLock::acquire(folder / "a" / "b", error));
  EXPECT_EQ(error, std::errc::resource_unavailable_try_again);
  lock.reset();
  EXPECT_TRUE(FolderLock::acquire(folder / "a" / "b", error));
}

TEST(FolderLock, ACopyOfTheDescriptorKeepsItLocked) {
  const Folder folder;
  std::error_code error;
  auto lock = FolderLock::acquire(folder.path(), error);
  ASSERT_TRUE(lock);
  int gate[2];
  ASSERT_EQ(::pipe(gate), 0);
  const pid_t child = ::fork();
  if (child == 0) {  // holds its copy until the pipe closes
    ::close(gate[1]);
    char byte;
    ::_exit(static_cast<int>(::read(gate[0], &byte, 1)));
  }
  ::close(gate[0]);
  lock.reset();
  EXPECT_FALSE(FolderLock::acquire(folder.path(), error));
  ::close(gate[1]);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(FolderLock::acquire(folder.path(), error));
}

TEST(FolderLock, IsNotInheritedUnasked) {
  const Folder folder;
  std::error_code error;
  const auto lock = FolderLock::acquire(folder.path(), error);
  ASSERT_TRUE(lock);
  EXPECT_TRUE(::fcntl(lock->fd(), F_GETFD) & FD_CLOEXEC);
}

TEST(FolderLock, APathThroughAFileIsAnError) {
  const Folder folder;
  write_file(folder / "file", "");
  std::error_code error;
  EXPECT_FALSE(FolderLock::acquire(folder / "file" / "data", error));
  EXPECT_EQ(error, std::errc::not_a_directory);
  EXPECT_EQ(FolderLock::holder(folder / "nothing"), 0);
}

TEST(Instance, IsMadeOnceAndStays) {
  const Folder folder;
  std::error_code error;
  const std::string id = read_or_create_instance(folder.path(), system_random, error);
  EXPECT_FALSE(error);
  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(read_or_create_instance(folder.path(), system_random, error), id);
  EXPECT_EQ(read_file(folder / "instance"), id + "\n");
  const Folder other;
  EXPECT_NE(read_or_create_instance(other.path(), system_random, error), id);
}

TEST(Instance, WhatIsNoIdIsReplaced) {
  const RandomBytes zeros = [](std::span<std::byte> out) { std::fill(out.begin(), out.end(), std::byte{0}); };
  for (const char* text : {"", "x\n", "0123456789abcdef0123456789abcdeX\n", "0123456789abcdef0123456789abcdef0\n"}) {
    const Folder folder;
    write_file(folder / "instance", text);
    std::error_code error;
    EXPECT_EQ(read_or_create_instance(folder.path(), zeros, error), std::string(32, '0')) << text;
  }
}

TEST(Instance, AFolderThatCannotBeWrittenIsAnError) {
  std::error_code error;
  EXPECT_EQ(read_or_create_instance("/nonexistent", system_random, error), "");
  EXPECT_EQ(error, std::errc::no_such_file_or_directory);
}

}  // namespace
}  // namespace storage
