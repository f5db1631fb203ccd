// The same request again and again on many connections: what a server costs that has nothing to do.
//
//   requests PORT CONNECTIONS COUNT SECONDS METHOD PATH BODY-FILE [TOKEN]
//
// BODY-FILE is sent as the body of a POST; "-" sends none. Prints one line of JSON.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "connection.h"
#include "samples.h"

int main(int argc, char **argv) {
  if (argc < 8) {
    fprintf(stderr, "usage: requests PORT CONNECTIONS COUNT SECONDS METHOD PATH BODY-FILE [TOKEN]\n");
    return 2;
  }
  int port = atoi(argv[1]), count = atoi(argv[2]);
  long wanted = atol(argv[3]), sent = 0, answered = 0, failed = 0;
  static char body[8192], request[16384], authorization[256];
  size_t body_length = 0;
  if (strcmp(argv[7], "-") != 0) {
    FILE *file = fopen(argv[7], "r");
    if (file == NULL) return 2;
    body_length = fread(body, 1, sizeof body - 1, file);
  }
  if (argc > 8) snprintf(authorization, sizeof authorization, "Authorization: Bearer %s\r\n", argv[8]);
  int head = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s", argv[5], argv[6], port,
                      authorization);
  if (body_length > 0)
    head += snprintf(request + head, sizeof request - (size_t)head,
                     "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_length);
  size_t length = (size_t)snprintf(request + head, sizeof request - (size_t)head, "\r\n%s", body) + (size_t)head;

  int queue = epoll_create1(EPOLL_CLOEXEC);
  Connection *connections = calloc((size_t)count, sizeof(Connection));
  uint64_t started = now_ns(), deadline = started + (uint64_t)(atof(argv[4]) * 1e9);
  for (int i = 0; i < count; i++) {
    connection_open(&connections[i], port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
    epoll_ctl(queue, EPOLL_CTL_ADD, connections[i].socket, &event);
    connection_send(&connections[i], request, length);
    sent++;
  }
  Samples times = {0};
  while (answered < sent && now_ns() < deadline) {
    struct epoll_event events[64];
    int ready = epoll_wait(queue, events, 64, 1000);
    for (int i = 0; i < ready; i++) {
      Connection *connection = events[i].data.ptr;
      if (!connection_receive(connection)) continue;
      samples_add(&times, now_ns() - connection->sent_at);
      answered++;
      if (connection->status >= 300) failed++;
      if (sent < wanted) {
        connection_send(connection, request, length);
        sent++;
      }
    }
  }
  printf("{\"requests\": %ld, \"failed\": %ld, \"seconds\": %.4f, \"ms\": ", answered, failed,
         (double)(now_ns() - started) / 1e9);
  samples_print(&times);
  printf("}\n");
  return 0;
}
