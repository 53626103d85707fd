/*
 * A third host that asks every PERIOD who has an address, and what the two routers advertise
 * meanwhile.
 *
 *   sampler THIRD BRIDGE ADDRESS PERIOD-MICROSECONDS [ping]
 *
 * THIRD and BRIDGE are network namespaces; in BRIDGE the links p1 and p2 lead to the routers, whose
 * hardware addresses end in 1 and 2. It ends when its standard input does. Lines, each with the
 * time of CLOCK_MONOTONIC in nanoseconds:
 *
 *   owners TIME BITS GAP   who answers from then on, when it is somebody else than before: 1, 2,
 *                          both (3), another (4); GAP nanoseconds before it was asked last
 *   advert TIME LINK PRIORITY
 *   pong TIME              the first answer to a ping (IPv4) after 5 ms without one
 *   end TIME SAMPLES LATEST
 *
 * IPv4: an ARP request from 0.0.0.0, as for the detection of duplicates, so that no host learns of
 * the sampler. IPv6: a neighbour solicitation from the third host's own link-local address.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const uint8_t THIRD_MAC[6] = {2, 0, 0, 0, 0, 3};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void enter(const char *namespace) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET)) fail(path);
  close(fd);
}

/* A packet socket of all that comes in on a link, of which the filter lets little through. */
static int packets(const char *link, struct sock_filter *filter, int length) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
  struct sock_fprog program = {.len = length, .filter = filter};
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET,
      .sll_protocol = htons(ETH_P_ALL),
      .sll_ifindex = if_nametoindex(link),
  };
  int one = 1;
  if (fd < 0 || !address.sll_ifindex ||
      setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) ||
      setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) ||
      bind(fd, (struct sockaddr *)&address, sizeof address))
    fail(link);
  return fd;
}

/* Of IPv4 the protocols 112 and 51 (AH), of IPv6 the next header 112. */
static int adverts(const char *link) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD + BPF_H + BPF_ABS, 12),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, ETH_P_IP, 0, 3),
      BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 23),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 112, 4, 0),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 51, 3, 4),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, ETH_P_IPV6, 0, 3),
      BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 20),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 112, 0, 1),
      BPF_STMT(BPF_RET + BPF_K, 256),
      BPF_STMT(BPF_RET + BPF_K, 0),
  };
  return packets(link, filter, sizeof filter / sizeof *filter);
}

/* ARP, and of IPv6 neighbour advertisements. */
static int answers(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD + BPF_H + BPF_ABS, 12),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, ETH_P_ARP, 5, 0),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, ETH_P_IPV6, 0, 5),
      BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 20),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, IPPROTO_ICMPV6, 0, 3),
      BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 54),
      BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 136, 0, 1),
      BPF_STMT(BPF_RET + BPF_K, 256),
      BPF_STMT(BPF_RET + BPF_K, 0),
  };
  return packets("eth0", filter, sizeof filter / sizeof *filter);
}

static int arp_request(uint8_t *frame, const uint8_t *target) {
  static const uint8_t head[] = {0, 1, 8, 0, 6, 4, 0, 1};
  memset(frame, 0xff, 6);
  memcpy(frame + 6, THIRD_MAC, 6);
  frame[12] = 0x08, frame[13] = 0x06;
  memcpy(frame + 14, head, sizeof head);
  memcpy(frame + 22, THIRD_MAC, 6);
  memset(frame + 28, 0, 10);
  memcpy(frame + 38, target, 4);
  return 42;
}

static int solicitation(uint8_t *frame, const uint8_t *target) {
  memset(frame, 0, 86);
  memcpy(frame, (uint8_t[]){0x33, 0x33, 0xff, target[13], target[14], target[15]}, 6);
  memcpy(frame + 6, THIRD_MAC, 6);
  frame[12] = 0x86, frame[13] = 0xdd;
  uint8_t *ip = frame + 14;
  ip[0] = 0x60, ip[5] = 32, ip[6] = IPPROTO_ICMPV6, ip[7] = 255;
  ip[8] = 0xfe, ip[9] = 0x80, ip[23] = 3;
  memcpy(ip + 24, (uint8_t[]){0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}, 13);
  memcpy(ip + 37, target + 13, 3);
  uint8_t *icmp = ip + 40;
  icmp[0] = 135;
  memcpy(icmp + 8, target, 16);
  icmp[24] = 1, icmp[25] = 1;
  memcpy(icmp + 26, THIRD_MAC, 6);
  uint32_t sum = 32 + IPPROTO_ICMPV6;
  for (int i = 8; i < 72; i += 2) sum += ip[i] << 8 | ip[i + 1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  icmp[2] = ~sum >> 8, icmp[3] = ~sum;
  return 86;
}

static int owner(const uint8_t *mac) {
  static const uint8_t head[5] = {2, 0, 0, 0, 0};
  return memcmp(mac, head, 5) || mac[5] < 1 || mac[5] > 2 ? 4 : mac[5];
}

/* Who has answered for this target since it was last called. */
static int read_answers(int fd, const uint8_t *target, int ipv6) {
  uint8_t frame[256];
  int owners = 0;
  for (;;) {
    ssize_t length = recv(fd, frame, sizeof frame, 0);
    if (length < 0) return owners;
    if (!ipv6 && length >= 42 && frame[21] == 2 && !memcmp(frame + 28, target, 4))
      owners |= owner(frame + 22);
    if (ipv6 && length >= 86 && frame[54] == 136 && !memcmp(frame + 62, target, 16))
      owners |= owner(frame + 80);
  }
}

static void read_adverts(int fd, int link) {
  uint8_t frame[256];
  for (;;) {
    ssize_t length = recv(fd, frame, sizeof frame, 0);
    if (length < 0) return;
    uint8_t *vrrp = frame + 54;
    if (frame[12] == 0x08) {
      vrrp = frame + 14 + (frame[14] & 15) * 4;
      if (frame[23] == 51) vrrp += (vrrp[1] + 2) * 4;
    }
    if (vrrp + 3 <= frame + length)
      printf("advert %lld %d %d\n", (long long)now(), link, vrrp[2]);
  }
}

static void ping(int fd, const uint8_t *target) {
  static uint8_t echo[] = {8, 0, 0xf7, 0xff, 0, 0, 0, 0};
  struct sockaddr_in address = {.sin_family = AF_INET};
  memcpy(&address.sin_addr, target, 4);
  sendto(fd, echo, sizeof echo, 0, (struct sockaddr *)&address, sizeof address);
}

/* When an answer came last. */
static int64_t read_pongs(int fd, int64_t last) {
  uint8_t packet[256];
  for (;;) {
    ssize_t length = recv(fd, packet, sizeof packet, 0);
    if (length < 0) return last;
    if (length < 28 || packet[20] != 0) continue;
    int64_t time = now();
    if (time - last > 5000000) printf("pong %lld\n", (long long)time);
    last = time;
  }
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: sampler THIRD BRIDGE ADDRESS PERIOD-MICROSECONDS [ping]\n");
    return 2;
  }
  uint8_t target[16], frame[128];
  int ipv6 = strchr(arguments[3], ':') != NULL;
  if (inet_pton(ipv6 ? AF_INET6 : AF_INET, arguments[3], target) != 1) fail(arguments[3]);
  int64_t period = atoll(arguments[4]) * 1000;
  int length = ipv6 ? solicitation(frame, target) : arp_request(frame, target);

  enter(arguments[2]);
  int one = adverts("p1"), two = adverts("p2");
  enter(arguments[1]);
  int third = answers();
  int pinger = count > 5 ? socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP) : -1;
  if (count > 5 && pinger < 0) fail("ping");
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  if (timer < 0) fail("timerfd");

  /* Before all others, so that it is on time. */
  mlockall(MCL_CURRENT | MCL_FUTURE);
  sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
  setvbuf(stdout, NULL, _IOLBF, 0);

  int64_t due = now() + period, asked = 0, asked_before = 0, latest = 0, pong = 0;
  long samples = 0;
  int before = -1;
  struct pollfd polled[] = {
      {.fd = timer, .events = POLLIN},
      {.fd = one, .events = POLLIN},
      {.fd = two, .events = POLLIN},
      {.fd = STDIN_FILENO, .events = POLLIN},
      /* Negative: not looked at. */
      {.fd = pinger, .events = POLLIN},
  };
  for (;;) {
    struct itimerspec at = {
        .it_value = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
    if (poll(polled, 5, -1) < 0 && errno != EINTR) fail("poll");
    if (polled[1].revents) read_adverts(one, 1);
    if (polled[2].revents) read_adverts(two, 2);
    if (polled[3].revents) break;
    if (polled[4].revents) pong = read_pongs(pinger, pong);
    int64_t time = now();
    if (time < due) continue;
    if (time - due > latest) latest = time - due;
    if (asked) {
      int owners = read_answers(third, target, ipv6);
      if (owners != before)
        printf("owners %lld %d %lld\n", (long long)asked, owners,
               (long long)(asked - (asked_before ? asked_before : asked)));
      before = owners;
    }
    asked_before = asked;
    asked = now();
    send(third, frame, length, 0);
    if (pinger >= 0) ping(pinger, target);
    samples++;
    due += period;
    if (due < time) due = time + period;
  }
  printf("end %lld %ld %lld\n", (long long)now(), samples, (long long)latest);
  return 0;
}
