// Locks a file for one process, under whatever name it was opened: the lock belongs to the file itself. The system releases it
// when the process ends, for whatever reason.
//
// It is a lock of the open file description (fcntl(2), F_OFD_SETLK). flock() would shut out SQLite itself where it shares its
// locks with fcntl() (BSD, macOS, NFS), and a plain fcntl() lock is lost as soon as anything in the process closes the file.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <node_api.h>
#include <stdint.h>
#include <unistd.h>

// Far behind the bytes that SQLite locks (1 GiB and 512 more), and within 31 bits. A lock may lie beyond the end of a file.
#define FIRST_BYTE 0x60000000

#ifdef F_OFD_SETLK
// The length of a lock is the id of its process: this is how another process learns who has the file.
static int32_t lock_for(int descriptor, int32_t process) {
  if (sizeof(off_t) < 8) return -ENOTSUP;
  for (;;) {
    struct flock wanted = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = FIRST_BYTE, .l_len = process};
    if (fcntl(descriptor, F_OFD_SETLK, &wanted) == 0) return 0;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EACCES) return -errno;
    if (fcntl(descriptor, F_OFD_GETLK, &wanted) != 0) return -errno;
    if (wanted.l_type != F_UNLCK) return (int32_t)wanted.l_len;  // otherwise it was released meanwhile
  }
}
#else
static int32_t lock_for(int descriptor, int32_t process) {
  (void)descriptor, (void)process;
  return -ENOTSUP;
}
#endif

// lock(descriptor: number, process: number): number
// Returns 0 if the file is locked now, the id of the process that holds the lock, or a negative errno if locking is not possible.
static napi_value lock(napi_env env, napi_callback_info info) {
  napi_value args[2], result = NULL;
  size_t count = 2;
  int32_t descriptor = -1, process = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_value_int32(env, args[0], &descriptor);
  napi_get_value_int32(env, args[1], &process);
  napi_create_int32(env, process < 1 ? -EINVAL : lock_for(descriptor, process), &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "lock", NAPI_AUTO_LENGTH, lock, NULL, &function);
  napi_set_named_property(env, exports, "lock", function);
  return exports;
}
