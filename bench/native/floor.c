// Floor: the least work that any server must do. It accepts, upgrades, welcomes, and each second calls send() with one ready
// frame for each socket. No server on this kernel that uses one socket per client and send() can be cheaper.
//
// Environment: PHASE_MS, the milliseconds after each second at which it ticks. Prints its port on stdout.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_FD 20000

enum { GONE, ACCEPTED, OPEN };
static unsigned char state[MAX_FD];
static int highest;
static int welcomed;

static uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

/** SHA-1 (RFC 3174) of a text of at most 119 bytes. */
static void sha1(const char *text, size_t length, unsigned char out[20]) {
  unsigned char m[128] = {0};
  size_t blocks = length < 56 ? 1 : 2;
  memcpy(m, text, length);
  m[length] = 0x80;
  for (int i = 0; i < 8; i++) m[blocks * 64 - 1 - i] = (unsigned char)((uint64_t)length * 8 >> (8 * i));
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for (size_t b = 0; b < blocks; b++) {
    uint32_t w[80], a = h[0], bb = h[1], c = h[2], d = h[3], e = h[4];
    for (int t = 0; t < 16; t++) {
      const unsigned char *p = m + b * 64 + t * 4;
      w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    }
    for (int t = 16; t < 80; t++) w[t] = rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    for (int t = 0; t < 80; t++) {
      uint32_t f = t < 20 ? (bb & c) | (~bb & d) : t < 40 || t >= 60 ? bb ^ c ^ d : (bb & c) | (bb & d) | (c & d);
      uint32_t k = t < 20 ? 0x5a827999 : t < 40 ? 0x6ed9eba1 : t < 60 ? 0x8f1bbcdc : 0xca62c1d6;
      uint32_t next = rotl(a, 5) + f + e + k + w[t];
      e = d, d = c, c = rotl(bb, 30), bb = a, a = next;
    }
    h[0] += a, h[1] += bb, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) out[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64_20(const unsigned char in[20], char out[29]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned char padded[21] = {0};
  memcpy(padded, in, 20);
  for (int i = 0; i < 7; i++) {
    uint32_t v = (uint32_t)padded[i * 3] << 16 | (uint32_t)padded[i * 3 + 1] << 8 | padded[i * 3 + 2];
    for (int k = 0; k < 4; k++) out[i * 4 + k] = digits[v >> (18 - 6 * k) & 63];
  }
  out[27] = '=';
  out[28] = 0;
}

static void end(int fd) {
  state[fd] = GONE;
  close(fd);
}

static void upgrade(int fd, const char *request) {
  const char *key = strcasestr(request, "sec-websocket-key: ");
  if (!key) {
    end(fd);
    return;
  }
  char joined[61], accept_key[29], out[512], welcome[128];
  unsigned char digest[20];
  snprintf(joined, sizeof joined, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + 19);
  sha1(joined, 60, digest);
  base64_20(digest, accept_key);
  welcomed++;
  int n = snprintf(welcome, sizeof welcome, "{\"type\":\"welcome\",\"message\":\"Você é o usuário user_%d\",\"client_id\":\"user_%d\"}",
                   welcomed, welcomed);
  int length = snprintf(out, sizeof out,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n\r\n%c%c%s",
                        accept_key, 0x81, n, welcome);
  state[fd] = OPEN;
  send(fd, out, length, MSG_NOSIGNAL);
}

static void tick(void) {
  char out[64];
  struct timespec exact; // time() itself may still be in the second before
  clock_gettime(CLOCK_REALTIME, &exact);
  time_t now = exact.tv_sec;
  struct tm tm;
  localtime_r(&now, &tm);
  int n = snprintf(out + 2, sizeof out - 2, "{\"type\":\"time\",\"time\":\"%02d:%02d:%02d\"}", tm.tm_hour, tm.tm_min, tm.tm_sec);
  out[0] = (char)0x81;
  out[1] = (char)n;
  for (int fd = 0; fd <= highest; fd++)
    if (state[fd] == OPEN) send(fd, out, n + 2, MSG_NOSIGNAL);
}

int main(void) {
  int one = 1, phase_ms = atoi(getenv("PHASE_MS") ? getenv("PHASE_MS") : "0");
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), ep = epoll_create1(0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
  socklen_t size = sizeof at;
  if (bind(listener, (struct sockaddr *)&at, size) < 0 || listen(listener, 1024) < 0) {
    perror("floor");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&at, &size);
  int timer = timerfd_create(CLOCK_REALTIME, 0);
  struct itimerspec every = {.it_interval.tv_sec = 1};
  every.it_value.tv_sec = time(NULL) + 1;
  every.it_value.tv_nsec = phase_ms * 1000000L;
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &every, NULL);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
  e.data.fd = timer;
  epoll_ctl(ep, EPOLL_CTL_ADD, timer, &e);
  printf("listening %d\n", ntohs(at.sin_port));
  fflush(stdout);
  static char buffer[1 << 16];
  for (;;) {
    struct epoll_event events[512];
    int n = epoll_wait(ep, events, 512, -1);
    for (int k = 0; k < n; k++) {
      int fd = events[k].data.fd;
      if (fd == listener) {
        for (int c; (c = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
          if (c >= MAX_FD) {
            close(c);
            continue;
          }
          setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          state[c] = ACCEPTED;
          if (c > highest) highest = c;
          e.data.fd = c;
          epoll_ctl(ep, EPOLL_CTL_ADD, c, &e);
        }
      } else if (fd == timer) {
        uint64_t passed;
        if (read(timer, &passed, sizeof passed) > 0) tick();
      } else {
        ssize_t got = recv(fd, buffer, sizeof buffer - 1, 0);
        if (got <= 0) {
          end(fd);
          continue;
        }
        buffer[got] = 0;
        if (state[fd] == ACCEPTED) upgrade(fd, buffer);
        else if ((buffer[0] & 15) == 8) {
          send(fd, "\x88\x02\x03\xe8", 4, MSG_NOSIGNAL);
          end(fd);
        }
      }
    }
  }
}
