// The least that libmicrohttpd costs: epoll, a thread pool, a body that is counted and dropped, an answer that never
// changes.
//
//   bare THREADS RESPONSE-BYTES [NEXT-FILE]
//
// With NEXT-FILE it answers `…/next` with that file and `…/annotations` with 201, so that the annotators' program can
// label against it. Prints its port, and ends when its standard input does.

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  unsigned status;
  char *text;
  size_t length;
} Answer;

static Answer plain = {200, NULL, 0}, receipt = {201, NULL, 0}, served = {200, NULL, 0};

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **request) {
  (void)context, (void)method, (void)version, (void)upload;
  static char seen;
  if (*request == NULL) {
    *request = &seen;
    return MHD_YES;
  }
  if (*upload_size > 0) {
    *upload_size = 0;
    return MHD_YES;
  }
  size_t length = strlen(url);
  Answer *answer = &plain;
  if (served.text != NULL && length > 5) {
    if (strcmp(url + length - 5, "/next") == 0) answer = &served;
    if (length > 12 && strcmp(url + length - 12, "/annotations") == 0) answer = &receipt;
  }
  struct MHD_Response *response =
      MHD_create_response_from_buffer(answer->length, answer->text, MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, "Content-Type", "application/json");
  enum MHD_Result result = MHD_queue_response(connection, answer->status, response);
  MHD_destroy_response(response);
  return result;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 4) return 2;
  plain.length = receipt.length = (size_t)atol(argv[2]);
  plain.text = malloc(plain.length + 1);
  memset(plain.text, 'x', plain.length);
  receipt.text = plain.text;
  if (argc == 4) {
    static char file_text[65536];
    FILE *file = fopen(argv[3], "r");
    if (file == NULL) return 2;
    served.length = fread(file_text, 1, sizeof file_text, file);
    served.text = file_text;
    fclose(file);
  }
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct MHD_Daemon *daemon =
      MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, &address,
                       MHD_OPTION_THREAD_POOL_SIZE, (unsigned)atoi(argv[1]), MHD_OPTION_END);
  if (daemon == NULL) return 1;
  printf("%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  while (getchar() != EOF) continue;
  MHD_stop_daemon(daemon);
  return 0;
}
