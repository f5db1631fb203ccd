#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "load: %s (%s)\n", what, errno ? strerror(errno) : "no system error");
  exit(1);
}

uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

void connection_open(Connection *connection, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection->socket < 0) fail("no socket");
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) fail("cannot connect");
  int one = 1;
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(connection->socket, F_SETFL, O_NONBLOCK);
}

void connection_send(Connection *connection, const char *request, size_t length) {
  connection->received = connection->head_length = connection->body_length = 0;
  connection->sent_at = now_ns();
  if (write(connection->socket, request, length) != (ssize_t)length) fail("a request cannot be sent");
}

// The head's status and the length of its body.
static void read_head(Connection *connection) {
  connection->status = atoi(connection->buffer + 9);
  connection->body_length = 0;
  char *line = connection->buffer;
  while ((line = strstr(line, "\r\n")) != NULL && line[2] != '\r') {
    line += 2;
    if (strncasecmp(line, "Content-Length:", 15) == 0) connection->body_length = strtoul(line + 15, NULL, 10);
  }
}

int connection_receive(Connection *connection) {
  for (;;) {
    ssize_t count = read(
        connection->socket, connection->buffer + connection->received, RESPONSE_LIMIT - connection->received);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) fail("the server hung up");
    connection->received += (size_t)count;
    connection->buffer[connection->received] = 0;
    if (connection->head_length == 0) {
      char *end = strstr(connection->buffer, "\r\n\r\n");
      if (end == NULL) continue;
      connection->head_length = (size_t)(end - connection->buffer) + 4;
      read_head(connection);
      if (connection->head_length + connection->body_length > RESPONSE_LIMIT) fail("an answer is too long");
    }
    if (connection->received >= connection->head_length + connection->body_length) {
      connection->body = connection->buffer + connection->head_length;
      connection->body[connection->body_length] = 0;
      return 1;
    }
  }
}
