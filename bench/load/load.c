/*
 * The readers: many connections over one epoll, counting at the level of bytes.
 * Says one JSON object a line, and is told what to do the same way: see load.ts,
 * which does the same in Node where there is no C compiler.
 *
 * Every event carries a mark, `#<number>@<microseconds>;`, and a reader knows
 * which number comes next: one lost, repeated or out of order is an error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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
#ifdef GZIP
#include <zlib.h>
#endif

enum { CLOSED, CONNECTING, HEAD, SIZE, SIZE_END, BODY, BODY_END, TRAILER };
enum { SEEKING, NUMBER, TIME };

typedef struct {
  int fd, state, mark, stuck;
  int match; /* of the end of the head, and of "chunked" */
  int matched, chunked, lineEnds;
  uint64_t left, number, time;
  uint64_t next, got;
#ifdef GZIP
  z_stream stream;
#endif
} Reader;

static char buffer[1 << 18];
static char request[8192];
static Reader *readers;
static int epoll, port, inflight = 64, latency = 0, blocks = 0, gzip = 0, feeds = 1, users = 1, stuck = 0, count = 1, size = 4096;
static const char *path = "/events", *last = "";
static int opened, answered, open_now, failed, waiting, said_ready;
static uint64_t expected, errors, bytes, received, ended_blocks, reached, first, finish, started, asked, busy_at, lost;
static uint32_t *delays;
static size_t delay_count;
static const size_t delay_most = 1 << 23;
static char trouble[160];

static uint64_t micros(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t busy(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double quantile(double q) { return delay_count == 0 ? 0 : delays[(size_t)(q * (delay_count - 1))] / 1000.0; }

static void say_done(const char *what) {
  qsort(delays, delay_count, sizeof *delays, by_value);
  printf("{\"%s\":true,\"deliveries\":%llu,\"errors\":%llu,\"closed\":%llu,\"first\":%llu,\"last\":%llu,\"bytes\":%llu,"
         "\"blocks\":%llu,\"busy\":%llu,\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f,\"trouble\":\"%s\"}\n",
         what, (unsigned long long)received, (unsigned long long)errors, (unsigned long long)lost,
         (unsigned long long)first, (unsigned long long)finish, (unsigned long long)bytes,
         (unsigned long long)ended_blocks, (unsigned long long)(busy() - busy_at), quantile(0.5), quantile(0.9),
         quantile(0.99), quantile(1), trouble);
  fflush(stdout);
}

static void reset(void) {
  received = bytes = ended_blocks = first = finish = 0;
  delay_count = 0;
  busy_at = busy();
}

static void be_ready(void) {
  if (said_ready || answered + failed < count) return;
  said_ready = 1;
  uint64_t now = micros();
  printf("{\"ready\":true,\"readers\":%d,\"failed\":%d,\"micros\":%llu,\"busy\":%llu,\"trouble\":\"%s\"}\n", answered, failed,
         (unsigned long long)(now - started), (unsigned long long)(busy() - busy_at), trouble);
  fflush(stdout);
}

static void give_up(Reader *r, const char *why) {
  if (trouble[0] == 0) snprintf(trouble, sizeof trouble, "reader %d: %s", (int)(r - readers), why);
  if (r->state == CONNECTING || r->state == HEAD) failed++, waiting--;
  else if (lost++ == 0) say_done("lost");
  r->state = CLOSED;
  close(r->fd);
  open_now--;
  be_ready();
}

static void dial(void) {
  while (opened < count && waiting < inflight) {
    Reader *r = &readers[opened];
    int user = opened % users;
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    r->stuck = opened < stuck;
    r->next = users == 1 || user != 0 ? (uint64_t)(users == 1 ? 1 : user) : (uint64_t)users;
    r->state = CONNECTING;
    opened++, waiting++, open_now++;
    int small = 4096, yes = 1;
    if (r->stuck) setsockopt(r->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001)};
    /* One address has some 28,000 ports to dial from. */
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001 + opened / 20000)};
    if (opened >= 20000) bind(r->fd, (struct sockaddr *)&from, sizeof from);
    if (r->fd < 0 || (connect(r->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS)) {
      give_up(r, strerror(errno));
      continue;
    }
    struct epoll_event e = {.events = EPOLLOUT | EPOLLIN, .data.u32 = opened - 1};
    epoll_ctl(epoll, EPOLL_CTL_ADD, r->fd, &e);
  }
}

static void ask(Reader *r) {
  int i = r - readers;
  int n = snprintf(request, sizeof request,
                   "GET %s?feed=%d&user=%d HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n%s%s%s%s\r\n", path,
                   i % feeds, i % users, gzip ? "Accept-Encoding: gzip\r\n" : "", last[0] ? "Last-Event-ID: " : "", last, last[0] ? "\r\n" : "");
  if (write(r->fd, request, n) != n) return give_up(r, "could not ask");
  r->state = HEAD;
  struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
  epoll_ctl(epoll, EPOLL_CTL_MOD, r->fd, &e);
}

static void begin(Reader *r) {
  r->state = r->chunked ? SIZE : BODY;
  r->left = r->chunked ? 0 : UINT64_MAX;
#ifdef GZIP
  if (gzip) inflateInit2(&r->stream, 15 + 16);
#endif
  answered++, waiting--;
  if (r->stuck) epoll_ctl(epoll, EPOLL_CTL_DEL, r->fd, NULL);
  be_ready();
}

static void arrive(Reader *r, uint64_t now) {
  if (r->number != r->next) {
    if (errors++ == 0)
      snprintf(trouble, sizeof trouble, "reader %d: got %llu where %llu was due", (int)(r - readers),
               (unsigned long long)r->number, (unsigned long long)r->next);
  }
  r->next = r->number + users;
  r->got++;
  received++;
  if (first == 0) first = now;
  if (latency && delay_count < delay_most) delays[delay_count++] = (uint32_t)(now - r->time);
  if (r->got != expected) return;
  if (++reached < (uint64_t)(count - stuck)) return;
  finish = now;
  asked = 0;
  say_done("done");
}

static void look(Reader *r, const char *at, const char *end, uint64_t now) {
  if (blocks) {
    for (const char *c = at; c < end; c++) {
      if (*c == '\n') {
        if (++r->lineEnds == 2) ended_blocks++, r->lineEnds = 0;
      } else if (*c != '\r') r->lineEnds = 0;
    }
  }
  while (at < end) {
    if (r->mark == SEEKING) {
      at = memchr(at, '#', end - at);
      if (at == NULL) return;
      at++;
      r->mark = NUMBER, r->number = r->time = 0;
    } else if (r->mark == NUMBER) {
      while (at < end && *at >= '0' && *at <= '9') r->number = r->number * 10 + (*at++ - '0');
      if (at < end) r->mark = *at++ == '@' ? TIME : SEEKING;
    } else {
      while (at < end && *at >= '0' && *at <= '9') r->time = r->time * 10 + (*at++ - '0');
      if (at == end) return;
      at++;
      r->mark = SEEKING;
      arrive(r, now);
    }
  }
}

/* Every part of a body is decoded with nothing held back: an event that waits for the next one would not be counted. */
static void decode(Reader *r, const char *at, const char *end, uint64_t now) {
  bytes += end - at;
  if (!gzip) return look(r, at, end, now);
#ifdef GZIP
  static char decoded[1 << 18];
  r->stream.next_in = (Bytef *)at;
  r->stream.avail_in = end - at;
  do {
    r->stream.next_out = (Bytef *)decoded;
    r->stream.avail_out = sizeof decoded;
    int result = inflate(&r->stream, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_BUF_ERROR) return give_up(r, "could not decode");
    look(r, decoded, (char *)r->stream.next_out, now);
  } while (r->stream.avail_out == 0);
#endif
}

static int hex(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

static void take(Reader *r, const char *at, const char *end, uint64_t now) {
  static const char head_end[] = "\r\n\r\n", chunked[] = "chunked", status[] = "HTTP/1.1 200";
  while (at < end && r->state != CLOSED) {
    if (r->state == HEAD) {
      char c = *at++;
      if (r->got < sizeof status - 1) {
        if (c != status[r->got]) return give_up(r, "answered otherwise than with 200");
        if (++r->got == sizeof status - 1) r->got = sizeof status;
      }
      r->match = c == head_end[r->match] ? r->match + 1 : c == '\r';
      r->matched = (c | 32) == chunked[r->matched] ? r->matched + 1 : (c | 32) == 'c';
      if (r->matched == 7) r->chunked = 1, r->matched = 0;
      if (r->match == 4) {
        r->got = 0;
        begin(r);
        if (r->stuck) return;
      }
    } else if (r->state == SIZE) {
      int digit = hex(*at);
      if (digit >= 0) r->left = r->left * 16 + digit, at++;
      else r->state = SIZE_END;
    } else if (r->state == SIZE_END) {
      if (*at++ != '\n') continue;
      r->state = r->left == 0 ? TRAILER : BODY;
    } else if (r->state == BODY) {
      uint64_t n = end - at;
      if (n > r->left) n = r->left;
      decode(r, at, at + n, now);
      at += n;
      r->left -= n;
      if (r->left == 0) r->state = BODY_END;
    } else if (r->state == BODY_END) {
      if (*at++ == '\n') r->state = SIZE, r->left = 0;
    } else return give_up(r, "the response ended");
  }
}

static void heard(Reader *r, uint32_t events) {
  if (r->state == CONNECTING) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return give_up(r, strerror(error));
    if (events & EPOLLOUT) ask(r);
    return;
  }
  ssize_t n = recv(r->fd, buffer, r->stuck ? 512 : sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return give_up(r, n == 0 ? "the connection ended" : strerror(errno));
  take(r, buffer, buffer + n, micros());
}

/* `expect <events a reader>`, or `count`: what came since it was last asked. The end of the input is the end of it all. */
static int on_command(void) {
  static char line[256];
  static size_t length;
  ssize_t n = read(0, line + length, sizeof line - 1 - length);
  if (n <= 0) return 0;
  length += n;
  line[length] = 0;
  char *end;
  while ((end = strchr(line, '\n')) != NULL) {
    *end = 0;
    if (strncmp(line, "expect ", 7) == 0) {
      reset();
      expected = strtoull(line + 7, NULL, 10);
      reached = 0;
      asked = 1;
      for (int i = 0; i < count; i++)
        if (!readers[i].stuck && readers[i].got >= expected) reached++;
      printf("{\"expecting\":true}\n");
      fflush(stdout);
      if (reached >= (uint64_t)(count - stuck)) finish = micros(), say_done("done");
    } else if (strcmp(line, "count") == 0) say_done("counted"), reset();
    length -= end + 1 - line;
    memmove(line, end + 1, length + 1);
  }
  return 1;
}

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--port")) port = atoi(value);
    else if (!strcmp(name, "--path")) path = value;
    else if (!strcmp(name, "--last")) last = value;
    else if (!strcmp(name, "--readers")) count = atoi(value);
    else if (!strcmp(name, "--feeds")) feeds = atoi(value);
    else if (!strcmp(name, "--users")) users = atoi(value);
    else if (!strcmp(name, "--stuck")) stuck = atoi(value);
    else if (!strcmp(name, "--inflight")) inflight = atoi(value);
    else if (!strcmp(name, "--latency")) latency = atoi(value);
    else if (!strcmp(name, "--blocks")) blocks = atoi(value);
    else if (!strcmp(name, "--gzip")) gzip = atoi(value);
    else if (!strcmp(name, "--expect")) expected = strtoull(value, NULL, 10);
  }
  readers = calloc(count, sizeof *readers);
  delays = malloc((latency ? delay_most : 1) * sizeof *delays);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event input = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input);
  started = micros();
  busy_at = busy();
  dial();
  struct epoll_event *events = malloc(size * sizeof *events);
  for (;;) {
    int n = epoll_wait(epoll, events, size, -1);
    for (int i = 0; i < n; i++) {
      uint32_t which = events[i].data.u32;
      if (which == UINT32_MAX) {
        if (!on_command()) return 0;
      } else if (readers[which].state != CLOSED) heard(&readers[which], events[i].events);
    }
    dial();
  }
}
