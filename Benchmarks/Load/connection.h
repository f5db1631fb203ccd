// One keep-alive HTTP connection that has at most one request under way.
#ifndef WINNOW_BENCH_CONNECTION_H
#define WINNOW_BENCH_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

enum { RESPONSE_LIMIT = 1 << 18 };

typedef struct {
  int socket;
  uint64_t sent_at;   // nanoseconds, when the request under way was sent
  int status;         // of the answer that is complete
  char *body;         // of that answer, ending with a NUL; valid until the next request
  size_t body_length;
  size_t received;
  size_t head_length; // 0 until the head is complete
  char buffer[RESPONSE_LIMIT + 1];
} Connection;

// Nanoseconds of a clock that never goes back.
uint64_t now_ns(void);

// Connects to the loopback address; ends the process with a message where that fails.
void connection_open(Connection *connection, int port);

// Sends a whole request, which must fit into the socket's buffer.
void connection_send(Connection *connection, const char *request, size_t length);

// Reads what has arrived. Returns 1 once the answer is complete, 0 where more must come; ends the process where the
// server hung up or its answer is not understood.
int connection_receive(Connection *connection);

#endif
