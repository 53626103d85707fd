/* A small HTTP/1.1 server to stand behind a proxy under measurement: one thread, epoll, no files.
 *   backend ADDRESS PORT
 * GET /N answers N bytes (at most 16 MiB). The connection stays open unless the request says
 * "Connection: close"; then the server closes it first, right after the answer. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_BODY (16u << 20)

struct conn {
    int fd, closing, armed;         /* armed: EPOLLOUT is asked for */
    size_t used, headlen, total, sent; /* total: length of the answer being sent, 0 if none */
    char in[4096], head[128];
};

static char *body;
static int ep;

static void fail(const char *what) { perror(what); exit(1); }

static void arm(struct conn *c, int out) {
    if (c->armed == out) return;
    struct epoll_event e = {.events = out ? EPOLLOUT : EPOLLIN, .data.ptr = c};
    if (epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e)) fail("epoll_ctl");
    c->armed = out;
}

/* 1: all sent, 0: the socket is full, -1: broken */
static int push(struct conn *c) {
    while (c->sent < c->total) {
        struct iovec v[2];
        int n = 0;
        size_t done = 0;
        if (c->sent < c->headlen) v[n++] = (struct iovec){c->head + c->sent, c->headlen - c->sent};
        else done = c->sent - c->headlen;
        v[n++] = (struct iovec){body + done, c->total - c->headlen - done};
        struct msghdr m = {.msg_iov = v, .msg_iovlen = n};
        ssize_t w = sendmsg(c->fd, &m, MSG_NOSIGNAL);
        if (w < 0) return errno == EAGAIN ? 0 : -1;
        c->sent += w;
    }
    c->total = 0;
    return 1;
}

/* Answers each whole request in the buffer; -1: close the connection. */
static int serve(struct conn *c) {
    for (;;) {
        if (c->total) {
            int r = push(c);
            if (r < 0) return -1;
            arm(c, r == 0);
            if (r == 0) return 0;
            if (c->closing) return -1;
        }
        char *end = memmem(c->in, c->used, "\r\n\r\n", 4);
        if (!end) return c->used < sizeof c->in ? 0 : -1;
        if (c->used < 5 || memcmp(c->in, "GET /", 5)) return -1;
        end[2] = 0;
        size_t size = strtoul(c->in + 5, NULL, 10);
        if (size > MAX_BODY) return -1;
        c->closing = strcasestr(c->in, "\r\nConnection: close\r\n") != NULL;
        c->headlen = sprintf(c->head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n", size,
                             c->closing ? "Connection: close\r\n" : "");
        c->total = c->headlen + size;
        c->sent = 0;
        c->used -= end + 4 - c->in;
        memmove(c->in, end + 4, c->used);
    }
}

static int ready(struct conn *c) {
    if (!c->armed) {
        ssize_t n = recv(c->fd, c->in + c->used, sizeof c->in - c->used, 0);
        if (n < 0 && errno == EAGAIN) return 0;
        if (n <= 0) return -1;
        c->used += n;
    }
    return serve(c);
}

int main(int argc, char **argv) {
    if (argc != 3) { fprintf(stderr, "usage: backend ADDRESS PORT\n"); return 2; }
    signal(SIGPIPE, SIG_IGN);
    if (!(body = malloc(MAX_BODY))) fail("malloc");
    memset(body, 'x', MAX_BODY);
    int one = 1, ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    if (inet_pton(AF_INET, argv[1], &a.sin_addr) != 1) { fprintf(stderr, "bad address %s\n", argv[1]); return 2; }
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(ls, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* accepted sockets inherit it */
    if (bind(ls, (struct sockaddr *)&a, sizeof a) || listen(ls, 4096)) fail("listen");
    ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN}, ev[256]; /* data.ptr NULL: the listener */
    if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, ls, &e)) fail("epoll");
    for (;;) {
        int n = epoll_wait(ep, ev, 256, -1);
        for (int i = 0; i < n; i++) {
            struct conn *c = ev[i].data.ptr;
            if (c) {
                if (ready(c) < 0) { close(c->fd); free(c); }
                continue;
            }
            int fd;
            while ((fd = accept4(ls, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                if (!(c = malloc(sizeof *c))) fail("malloc");
                memset(c, 0, offsetof(struct conn, in));
                c->fd = fd;
                e = (struct epoll_event){.events = EPOLLIN, .data.ptr = c};
                if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e)) fail("epoll_ctl");
            }
        }
    }
}
