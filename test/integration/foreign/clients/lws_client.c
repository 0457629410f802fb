/* libwebsockets: lws_client BASE, such as ws://127.0.0.1:8000/. Prints what it sees, as clients.ts describes. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static struct lws_context *context;
static char host[64];
static int port;

/* The one connection at a time. */
static struct lws *wsi;
static int is_open, is_over, close_code;
/* The message that arrives, ended by a zero; complete if is_whole. */
static char *received;
static size_t received_length;
static int is_whole;
/* The message that waits to be sent, or the Close. */
static unsigned char *waiting;
static size_t waiting_length;
static enum lws_write_protocol waiting_kind;
static int wants_close;

static int on_event(struct lws *from, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
  (void)user;
  switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      is_open = 1;
      break;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      received = realloc(received, received_length + length + 1);
      memcpy(received + received_length, in, length);
      received_length += length;
      received[received_length] = 0;
      is_whole = lws_is_final_fragment(from) && !lws_remaining_packet_payload(from);
      /* The next message waits until this one is taken. */
      if (is_whole) lws_rx_flow_control(from, 0);
      break;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      if (wants_close) {
        lws_close_reason(from, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
        return -1;
      }
      if (waiting) {
        lws_write(from, waiting + LWS_PRE, waiting_length, waiting_kind);
        free(waiting);
        waiting = NULL;
      }
      break;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      if (length >= 2) close_code = ((unsigned char *)in)[0] << 8 | ((unsigned char *)in)[1];
      break;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    case LWS_CALLBACK_CLIENT_CLOSED:
      is_over = 1;
      break;
    default:
      break;
  }
  return 0;
}

static const struct lws_protocols protocols[] = {{"any", on_event, 0, 64 * 1024, 0, NULL, 0}, {NULL, NULL, 0, 0, 0, NULL, 0}};

/* Returns whether the connection opens. */
static int connect_to(const char *path) {
  struct lws_client_connect_info info;
  memset(&info, 0, sizeof info);
  info.context = context;
  info.address = info.host = host;
  info.port = port;
  info.path = path;
  info.local_protocol_name = "any";
  info.pwsi = &wsi;
  is_open = is_over = close_code = is_whole = wants_close = 0;
  received_length = 0;
  if (!lws_client_connect_via_info(&info)) return 0;
  while (!is_open && !is_over) lws_service(context, 0);
  return is_open;
}

/* The next message; NULL if the connection ends. The caller frees it. */
static char *next_message(void) {
  while (!is_whole && !is_over) lws_service(context, 0);
  if (!is_whole) return NULL;
  char *message = received;
  received = NULL;
  received_length = 0;
  is_whole = 0;
  if (!is_over) lws_rx_flow_control(wsi, 1);
  return message;
}

static void send_bytes(const void *bytes, size_t length, enum lws_write_protocol kind) {
  waiting = malloc(LWS_PRE + length);
  memcpy(waiting + LWS_PRE, bytes, length);
  waiting_length = length;
  waiting_kind = kind;
  lws_callback_on_writable(wsi);
  while (waiting && !is_over) lws_service(context, 0);
}

static void send_text(const char *text) {
  send_bytes(text, strlen(text), LWS_WRITE_TEXT);
}

/* Reads up to the end, and prints the code that the program is given. */
static void say_end(const char *did) {
  while (!is_over) free(next_message());
  if (close_code) printf("{\"did\":\"%s\",\"code\":%d}\n", did, close_code);
  else printf("{\"did\":\"%s\",\"code\":null}\n", did);
}

/* The next message that is not the time. */
static char *after_times(void) {
  char *message;
  while ((message = next_message()) && strstr(message, "\"type\":\"time\"")) free(message);
  if (!message) exit(1);
  return message;
}

/* What follows a mark, up to the end mark; ends the program if the message has none. */
static char *part(const char *message, const char *mark, char end) {
  const char *start = strstr(message, mark);
  if (!start) {
    fprintf(stderr, "%s is not in %s\n", mark, message);
    exit(1);
  }
  start += strlen(mark);
  return strndup(start, strchr(start, end) - start);
}

/* The result as its JSON. */
static char *answer_to(int input) {
  char request[80], mark[80];
  sprintf(request, "{\"type\":\"fibonacci\",\"input\":%d}", input);
  send_text(request);
  sprintf(mark, "{\"type\":\"fibonacci\",\"input\":%d,\"result\":", input);
  return part(after_times(), mark, '}');
}

static void contract(void) {
  connect_to("/ws");
  char *welcome = next_message();
  char *first = part(next_message(), "\"time\":", '}');
  char *second = part(next_message(), "\"time\":", '}');
  send_text("nonsense");
  char *error = part(after_times(), "\"type\":\"error\",\"code\":", ',');
  printf("{\"did\":\"contract\",\"welcome\":%s,\"times\":[%s,%s],\"error\":%s,\"results\":[", welcome, first, second, error);
  printf("%s,", answer_to(10));
  printf("%s,", answer_to(78));
  printf("%s]}\n", answer_to(100));
  printf("{\"did\":\"large\",\"result\":%s}\n", answer_to(100000));
  wants_close = 1;
  lws_callback_on_writable(wsi);
  say_end("close");
}

static int comes_back(const char *bytes, enum lws_write_protocol kind) {
  send_bytes(bytes, MIB, kind);
  while (!is_whole && !is_over) lws_service(context, 0);
  int is_same = received_length == MIB && memcmp(received, bytes, MIB) == 0;
  free(next_message());
  return is_same;
}

static void echo(void) {
  char *bytes = malloc(MIB + 1);
  connect_to("/echo");
  for (int i = 0; i < MIB; i += 2) memcpy(bytes + i, "\xc3\xa9", 2); /* é */
  int text = comes_back(bytes, LWS_WRITE_TEXT);
  for (int i = 0; i < MIB; i++) bytes[i] = (char)i;
  int binary = comes_back(bytes, LWS_WRITE_BINARY);
  printf("{\"did\":\"echo\",\"text\":%s,\"binary\":%s}\n", text ? "true" : "false", binary ? "true" : "false");
  send_bytes(bytes, MIB + 1, LWS_WRITE_BINARY);
  say_end("too long");
  connect_to("/echo");
  send_text("caf\xe9");
  say_end("bad text");
}

static void come_online(void) {
  while (!connect_to("/ws")) usleep(100000);
  printf("{\"did\":\"online\",\"id\":%s}\n", part(next_message(), "\"client_id\":", '}'));
}

int main(int count, char **arguments) {
  struct lws_context_creation_info info;
  if (count < 2 || sscanf(arguments[1], "ws://%63[^:]:%d", host, &port) != 2) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  lws_set_log_level(0, NULL);
  memset(&info, 0, sizeof info);
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = protocols;
  if (!(context = lws_create_context(&info))) return 1;
  char version[32] = "";
  sscanf(lws_get_library_version(), "%31[0-9.]", version);
  printf("{\"did\":\"start\",\"client\":\"libwebsockets %s\"}\n", version);
  contract();
  echo();
  for (int i = 0; i < 2; i++) {
    come_online();
    say_end("lost");
  }
  come_online();
  wants_close = 1;
  lws_callback_on_writable(wsi);
  while (!is_over) lws_service(context, 0);
  return 0;
}
