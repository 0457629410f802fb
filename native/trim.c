// Gives memory that is free, but was kept for later, back to the system. glibc keeps most of what a storm of large buffers has
// left, in pieces between others; other C libraries have no such call and are less fond of memory.
#include <node_api.h>
#include <stddef.h>

__attribute__((weak)) int malloc_trim(size_t pad);

// trim(): void
static napi_value trim(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  if (malloc_trim) malloc_trim(0);
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "trim", NAPI_AUTO_LENGTH, trim, NULL, &function);
  napi_set_named_property(env, exports, "trim", function);
  return exports;
}
