// Load: the clients of the bench, up to 19,500 in one process that is never the bottleneck. It builds nothing from
// what the servers send: one recv, and four comparisons for a whole small frame. It reads commands from stdin, one a line,
// and prints their results on stdout, one JSON object a line:
//
//   open N INFLIGHT RATE    opens clients until N are welcomed, INFLIGHT at a time, at most RATE a second (0: any)
//   close N                 closes until N are left, with Close frames
//   churn RATE              closes and opens RATE clients a second from now on; 0 ends it
//   ask CLIENTS MS TEXT     each of CLIENTS sends TEXT, and again when its answer arrives, for MS; 0: once each
//   ticks                   the ticks received since the last call
//   cpu                     the CPU time of this process
//
// Usage: load PORT PATH PHASE_MS ws|socket.io|echo (a server that sends no welcome, and every message back)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CLIENTS 19800
#define SOURCES 20          // 127.0.0.2 and on; a server accepts 1,000 per address
#define MAX_SECONDS 128     // whose ticks are kept until the next `ticks`
#define MAX_SAMPLES 4000000 // answers in one `ask`
#define SEEN 80             // bytes of a frame that are inspected

enum state { FREE, CONNECTING, UPGRADING, WAITING, LIVE, CLOSING };

struct client {
  int fd;
  unsigned char state, asking, kept;
  signed char second; // the last second received, 0 to 59; -1 before the first
  uint64_t skip;      // bytes of the current frame still to come, not inspected
  char kind;          // of the current frame
  int64_t asked_at;
  char head[10 + 128]; // the beginning of a frame whose rest has not arrived yet
};

struct second {
  int64_t second;
  int count;
  int32_t late_us[MAX_CLIENTS];
};

static struct client clients[MAX_CLIENTS];
static int free_list[MAX_CLIENTS], free_count;
static int live_list[MAX_CLIENTS], live_at[MAX_CLIENTS], live_count;
static struct second seconds[MAX_SECONDS];
static int64_t skips, repeats, bytes, reads, lost;
static int ep, target, inflight_limit, pending, failed, opening, closing, close_to = -1;
static double open_rate, open_credit, churn_rate, churn_credit;
static int64_t opening_since, credited_at;
static int socket_io, echo, port, phase_ms;
static char request[512], failure[200];
static int request_length;
static char ask_frame[512];
static int ask_length, ask_open, ask_once;
static int64_t ask_since, ask_until, answers, errors;
static uint32_t *samples;
static char buffer[1 << 18];

// Welcomes over time, in steps of 5 ms, to compare with the rows that another process saw.
static struct { int64_t ms; int opened; } timeline[8192];
static int timeline_count, opened_count;

static int64_t now_ns(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
static int64_t mono(void) { return now_ns(CLOCK_MONOTONIC); }

static int by_value32(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}
static int by_valueu(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static void make_live(int i) {
  clients[i].state = LIVE;
  live_at[i] = live_count;
  live_list[live_count++] = i;
}
static void not_live(int i) {
  int last = live_list[--live_count];
  live_list[live_at[i]] = last;
  live_at[last] = live_at[i];
}

static void opened(void) {
  if (!opening || live_count < target) return;
  opening = 0;
  printf("{\"event\":\"opened\",\"live\":%d,\"failed\":%d,\"ms\":%.3f,\"failure\":\"%s\",\"timeline\":[", live_count, failed,
         (mono() - opening_since) / 1e6, failure);
  for (int i = 0; i < timeline_count; i++)
    printf("%s[%ld,%d]", i ? "," : "", (long)timeline[i].ms, timeline[i].opened);
  printf("]}\n");
}

static void asked(void) {
  if (ask_open > 0) return;
  double ms = (mono() - ask_since) / 1e6;
  int n = answers < MAX_SAMPLES ? (int)answers : MAX_SAMPLES;
  qsort(samples, n, sizeof *samples, by_valueu);
  printf("{\"event\":\"asked\",\"answers\":%ld,\"errors\":%ld,\"ms\":%.3f,\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u}\n",
         (long)answers, (long)errors, ms, n ? samples[n / 2] : 0, n ? samples[(int)(n * 0.99)] : 0, n ? samples[n - 1] : 0);
  ask_length = 0;
}

static void drop(int i, const char *why) {
  struct client *c = &clients[i];
  if (c->state == LIVE) {
    not_live(i);
    lost++;
    if (target > live_count && !opening) target = live_count;
  } else if (c->state == CLOSING) {
    closing--;
  } else {
    pending--;
    failed++;
    if (target > 0) target--;
    if (!failure[0])
      for (size_t j = 0; j < sizeof failure - 1 && why[j] >= ' '; j++) failure[j] = why[j] == '"' || why[j] == '\\' ? '\'' : why[j];
  }
  if (c->asking && ask_length) {
    c->asking = 0;
    ask_open--;
    asked();
  }
  close(c->fd);
  c->state = FREE;
  free_list[free_count++] = i;
  opened();
}

/** A masked frame; the mask is always the same. */
static int frame(char *out, int opcode, const char *text, int length) {
  static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  int at = 0;
  out[at++] = (char)(0x80 | opcode);
  if (length < 126) out[at++] = (char)(0x80 | length);
  else {
    out[at++] = (char)(0x80 | 126);
    out[at++] = (char)(length >> 8);
    out[at++] = (char)length;
  }
  memcpy(out + at, mask, 4);
  at += 4;
  for (int i = 0; i < length; i++) out[at + i] = (char)(text[i] ^ mask[i & 3]);
  return at + length;
}
static void send_frame(int fd, int opcode, const char *text, int length) {
  char out[256];
  if (send(fd, out, frame(out, opcode, text, length), MSG_NOSIGNAL) < 0 && errno == EAGAIN) lost++;
}

static void ask(struct client *c) {
  c->asking = 1;
  c->asked_at = mono();
  if (send(c->fd, ask_frame, ask_length, MSG_NOSIGNAL) < 0) lost++;
}

static void answered(struct client *c) {
  int64_t now = mono();
  if (!c->asking) return;
  if (answers < MAX_SAMPLES) samples[answers] = (uint32_t)((now - c->asked_at) / 1000);
  answers++;
  if (ask_once || now >= ask_until) {
    c->asking = 0;
    ask_open--;
    asked();
  } else ask(c);
}

static void ticked(struct client *c, const char *digits) {
  int second = (digits[0] - '0') * 10 + digits[1] - '0';
  if (second < 0 || second > 59) return;
  int64_t now = now_ns(CLOCK_REALTIME), base = now / 1000000000;
  int back = (int)((base % 60 - second + 60) % 60);
  if (back > 30) back -= 60;
  base -= back;
  if (c->second >= 0) {
    int ahead = (second - c->second + 60) % 60;
    if (ahead == 0) repeats++;
    else skips += ahead - 1;
  }
  c->second = (signed char)second;
  struct second *s = &seconds[base % MAX_SECONDS];
  if (s->second != base) {
    s->second = base;
    s->count = 0;
  }
  if (s->count < MAX_CLIENTS) s->late_us[s->count++] = (int32_t)((now - base * 1000000000 - phase_ms * 1000000LL) / 1000);
}

static void welcomed(int i) {
  pending--;
  make_live(i);
  opened_count++;
  int64_t ms = now_ns(CLOCK_REALTIME) / 1000000;
  if (timeline_count && ms - timeline[timeline_count - 1].ms < 5) timeline[timeline_count - 1].opened = opened_count;
  else if (timeline_count < 8192) {
    timeline[timeline_count].ms = ms;
    timeline[timeline_count++].opened = opened_count;
  }
  opened();
}

/** Records a whole frame; `p` has its first bytes. */
static void framed(int i, int opcode, uint64_t length, const char *p, char kind) {
  struct client *c = &clients[i];
  if (opcode == 9) send_frame(c->fd, 10, p, (int)length);
  else if (opcode == 8) {
    if (c->state != CLOSING) send_frame(c->fd, 8, p, length < 2 ? 0 : 2);
  } else if (opcode > 2) return;
  else if (socket_io && p && length == 1 && p[0] == '2') send_frame(c->fd, 1, "3", 1);
  else if (kind == '0') send_frame(c->fd, 1, "40", 2);
  else if (kind == 't' && p && length <= SEEN) ticked(c, p + length - (socket_io ? 5 : 4));
  else if (kind == 'f') answered(c);
  else if (kind == 'w' && c->state == WAITING) welcomed(i);
  else if (kind == 'e') {
    errors++;
    answered(c);
  }
}

/** The first letter of the message's type: `42["time",…`, `{"type":"time",…` or `{"type": "time",…`. */
static char kind_of(const char *p, uint64_t length) {
  if (length < 12) return 0;
  if (socket_io) return p[0] == '0' ? '0' : p[0] == '4' && p[1] == '2' ? p[4] : 0;
  return p[8] == '"' ? p[9] : p[10];
}

/** Walks over the frames in `p`. An incomplete beginning is kept until more arrives. */
static void walk(int i, const char *p, size_t n) {
  struct client *c = &clients[i];
  char joined[sizeof c->head + 2048];
  while (n > 0) {
    if (c->skip > 0) {
      size_t step = n < c->skip ? n : (size_t)c->skip;
      p += step, n -= step, c->skip -= step;
      if (c->skip == 0) framed(i, 1, SEEN + 1, NULL, c->kind);
      if (c->state == FREE) return;
      continue;
    }
    const char *at = p;
    size_t have = n;
    if (c->kept) {
      have = n < 2048 ? n : 2048;
      memcpy(joined, c->head, c->kept);
      memcpy(joined + c->kept, p, have);
      have += c->kept;
      at = joined;
    }
    size_t head = 2, need = 2;
    uint64_t length = 0;
    int opcode = at[0] & 15;
    if (have >= 2) {
      length = at[1] & 127;
      head = length == 126 ? 4 : length == 127 ? 10 : 2;
      need = head;
      if (have >= head) {
        if (length == 126) length = (unsigned char)at[2] << 8 | (unsigned char)at[3];
        else if (length == 127) {
          length = 0;
          for (int k = 2; k < 10; k++) length = length << 8 | (unsigned char)at[k];
        }
        size_t looked = opcode >= 8 || length < SEEN ? length : SEEN;
        need = head + looked;
      }
    }
    if (have < need) {
      memcpy(c->head, at, have);
      c->kept = (unsigned char)have;
      return;
    }
    size_t used = need - c->kept; // of p
    c->kept = 0;
    c->kind = opcode < 8 ? kind_of(at + head, length) : 0;
    size_t looked = need - head;
    if (looked == length) framed(i, opcode, length, at + head, c->kind);
    else c->skip = length - looked;
    p += used, n -= used;
    if (c->state == FREE) return;
  }
}

static void readable(int i) {
  struct client *c = &clients[i];
  ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    drop(i, n == 0 ? "the server ended the connection" : strerror(errno));
    return;
  }
  reads++;
  bytes += n;
  char *p = buffer;
  if (c->state == UPGRADING) {
    char *end = memmem(buffer, n, "\r\n\r\n", 4);
    if (!end || n < 12 || memcmp(buffer + 9, "101", 3) != 0) {
      buffer[n < 150 ? n : 150] = 0;
      drop(i, buffer);
      return;
    }
    c->state = WAITING;
    end += 4;
    n -= end - buffer;
    p = end;
    if (echo) welcomed(i);
  }
  walk(i, p, n);
}

static void upgrade(int i) {
  struct client *c = &clients[i];
  c->state = UPGRADING;
  if (send(c->fd, request, request_length, MSG_NOSIGNAL) != request_length) drop(i, "the upgrade could not be sent");
}

static void start_client(void) {
  int i = free_list[--free_count];
  struct client *c = &clients[i];
  memset(c, 0, sizeof *c);
  c->second = -1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int one = 1;
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + i % SOURCES)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001)};
  pending++;
  c->state = CONNECTING;
  if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&from, sizeof from) < 0) {
    drop(i, strerror(errno));
    return;
  }
  int done = connect(c->fd, (struct sockaddr *)&to, sizeof to);
  if (done < 0 && errno != EINPROGRESS) {
    drop(i, strerror(errno));
    return;
  }
  struct epoll_event e = {.events = done == 0 ? EPOLLIN : EPOLLOUT, .data.u32 = i};
  epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
  if (done == 0) upgrade(i);
}

static void close_one(void) {
  int i = live_list[live_count - 1];
  struct client *c = &clients[i];
  not_live(i);
  c->state = CLOSING;
  closing++;
  send_frame(c->fd, 8, "\x03\xe8", 2);
}

/** Opens and closes the clients that are due. */
static void pump(void) {
  int64_t now = mono();
  double passed = (now - credited_at) / 1e9;
  credited_at = now;
  open_credit = open_rate > 0 ? open_credit + passed * open_rate : 1e9;
  if (open_rate > 0 && open_credit > inflight_limit) open_credit = inflight_limit;
  churn_credit += passed * churn_rate;
  for (; churn_credit >= 1; churn_credit--)
    if (live_count > target / 2) close_one();
  while (close_to >= 0 && live_count > close_to && closing < 256) close_one();
  if (close_to >= 0 && live_count <= close_to && closing == 0) {
    close_to = -1;
    printf("{\"event\":\"closed\",\"live\":%d}\n", live_count);
  }
  while (close_to < 0 && live_count + pending < target && pending < inflight_limit && free_count > 0 && open_credit >= 1) {
    open_credit -= 1;
    start_client();
  }
}

static void tell_ticks(void) {
  printf("{\"event\":\"ticks\",\"skips\":%ld,\"repeats\":%ld,\"lost\":%ld,\"bytes\":%ld,\"reads\":%ld,\"seconds\":[", (long)skips,
         (long)repeats, (long)lost, (long)bytes, (long)reads);
  int first = 1;
  int64_t newest = 0;
  for (int i = 0; i < MAX_SECONDS; i++)
    if (seconds[i].count && seconds[i].second > newest) newest = seconds[i].second;
  for (int64_t t = newest - MAX_SECONDS + 1; t <= newest; t++) {
    struct second *s = &seconds[(t + MAX_SECONDS) % MAX_SECONDS];
    if (newest == 0 || s->count == 0 || s->second != t) continue;
    qsort(s->late_us, s->count, sizeof *s->late_us, by_value32);
    printf("%s{\"second\":%ld,\"count\":%d,\"first_us\":%d,\"median_us\":%d,\"last_us\":%d}", first ? "" : ",", (long)t,
           s->count, s->late_us[0], s->late_us[s->count / 2], s->late_us[s->count - 1]);
    first = 0;
  }
  printf("]}\n");
  memset(seconds, 0, sizeof seconds);
  skips = repeats = lost = bytes = reads = 0;
}

static void command(char *line) {
  int n, count, ms, offset = 0;
  double rate;
  if (sscanf(line, "open %d %d %lf", &n, &count, &rate) == 3) {
    target = n < MAX_CLIENTS ? n : MAX_CLIENTS;
    inflight_limit = count;
    open_rate = rate;
    open_credit = 1;
    failed = 0;
    failure[0] = 0;
    opening = 1;
    timeline_count = opened_count = 0;
    opening_since = credited_at = mono();
    opened();
  } else if (sscanf(line, "close %d", &n) == 1) {
    close_to = target = n;
  } else if (sscanf(line, "churn %lf", &rate) == 1) {
    churn_rate = rate;
    churn_credit = 0;
  } else if (sscanf(line, "ask %d %d %n", &count, &ms, &offset) == 2 && offset > 0) {
    ask_length = frame(ask_frame, 1, line + offset, (int)strlen(line + offset));
    ask_once = ms == 0;
    ask_since = mono();
    ask_until = ask_since + ms * 1000000LL;
    answers = errors = 0;
    ask_open = count < live_count ? count : live_count;
    for (int k = 0, m = ask_open; k < m; k++) ask(&clients[live_list[k]]);
  } else if (strncmp(line, "ticks", 5) == 0) tell_ticks();
  else if (strncmp(line, "cpu", 3) == 0) {
    printf("{\"event\":\"cpu\",\"ns\":%ld}\n", (long)now_ns(CLOCK_PROCESS_CPUTIME_ID));
  } else {
    fprintf(stderr, "load: unknown command: %s\n", line);
    exit(2);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: load PORT PATH PHASE_MS ws|socket.io|echo\n");
    return 2;
  }
  port = atoi(argv[1]);
  phase_ms = atoi(argv[3]);
  socket_io = strcmp(argv[4], "socket.io") == 0;
  echo = strcmp(argv[4], "echo") == 0;
  request_length = snprintf(request, sizeof request,
                            "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                            "User-Agent: wsdemo-bench\r\n\r\n",
                            argv[2], port);
  setvbuf(stdout, NULL, _IOLBF, 1 << 16);
  samples = malloc(MAX_SAMPLES * sizeof *samples);
  for (int i = MAX_CLIENTS - 1; i >= 0; i--) free_list[free_count++] = i;
  ep = epoll_create1(0);
  fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
  struct epoll_event in = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(ep, EPOLL_CTL_ADD, 0, &in);
  credited_at = mono();
  static char line[4096];
  size_t line_length = 0;
  for (;;) {
    struct epoll_event events[512];
    int waiting = churn_rate > 0 || (open_rate > 0 && live_count + pending < target);
    int n = epoll_wait(ep, events, 512, waiting ? 5 : -1);
    for (int k = 0; k < n; k++) {
      uint32_t i = events[k].data.u32;
      if (i == UINT32_MAX) {
        ssize_t got = read(0, line + line_length, sizeof line - line_length - 1);
        if (got == 0) return 0; // the bench is gone
        if (got < 0) continue;
        line_length += got;
        for (char *end; (end = memchr(line, '\n', line_length));) {
          *end = 0;
          command(line);
          line_length -= end + 1 - line;
          memmove(line, end + 1, line_length);
        }
      } else if (clients[i].state == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(clients[i].fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) {
          drop(i, strerror(error));
          continue;
        }
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
        epoll_ctl(ep, EPOLL_CTL_MOD, clients[i].fd, &e);
        upgrade(i);
      } else if (clients[i].state != FREE) readable(i);
    }
    pump();
  }
}
