/*
 * Sends frames.
 *
 *   sender HOST RATE COUNT
 *
 * On eth0 of the network namespace HOST, RATE in a second, COUNT in all: those that are on standard
 * input, a line of hexadecimal digits each, one after the other and again from the first. In the
 * end it prints how many it sent, and in how many nanoseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

struct frame {
  size_t length;
  uint8_t bytes[1514];
};

static struct frame *frames;

static long read_frames(void) {
  char line[4096];
  long count = 0;
  while (fgets(line, sizeof line, stdin)) {
    frames = realloc(frames, (count + 1) * sizeof *frames);
    if (!frames) fail("memory");
    struct frame *frame = &frames[count++];
    frame->length = 0;
    for (char *digit = line; frame->length < sizeof frame->bytes; digit += 2) {
      unsigned byte;
      if (sscanf(digit, "%2x", &byte) != 1) break;
      frame->bytes[frame->length++] = byte;
    }
  }
  return count;
}

int main(int count, char **arguments) {
  char path[256];
  if (count != 4) {
    fprintf(stderr, "usage: sender HOST RATE COUNT\n");
    return 2;
  }
  snprintf(path, sizeof path, "/run/netns/%s", arguments[1]);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET)) fail(path);
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex("eth0")};
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) fail("eth0");
  long different = read_frames();
  int64_t rate = atoll(arguments[2]), wanted = atoll(arguments[3]), sent = 0;
  int64_t start = now();
  while (different > 0 && sent < wanted) {
    /* As many as are due, and then a moment of rest. */
    int64_t due = (now() - start) * rate / 1000000000 + 1;
    for (; sent < due && sent < wanted; sent++) {
      struct frame *frame = &frames[sent % different];
      if (send(fd, frame->bytes, frame->length, 0) < 0 && errno != ENOBUFS) fail("send");
    }
    nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
  }
  printf("%lld %lld\n", (long long)sent, (long long)(now() - start));
  return 0;
}
