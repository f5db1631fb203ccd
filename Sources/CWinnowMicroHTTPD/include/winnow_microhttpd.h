// libmicrohttpd for Swift: its variadic functions, its options and its macros behind plain functions.
#ifndef WINNOW_MICROHTTPD_H
#define WINNOW_MICROHTTPD_H

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

// What a content reader returns when there is no more.
static const ssize_t winnow_mhd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t winnow_mhd_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;

typedef void (*winnow_mhd_log)(void *context, const char *line);

// Everything that a daemon is started with. `context` is handed to every callback.
struct winnow_mhd_settings {
  int listening_socket;
  int is_ipv6;
  unsigned int threads;
  unsigned int connection_limit;
  unsigned int per_address_limit;  // 0: none
  unsigned int inactivity_seconds;
  size_t memory_per_connection;
  const char *tls_key;  // PEM text; NULL: no TLS
  const char *tls_certificate;
  const char *tls_priorities;
  void *context;
  void *(*request_line)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
  winnow_mhd_log log;
};

// Leaves percent escapes alone: the path is decoded in Swift, where a decoded zero byte cannot end it.
static inline size_t winnow_mhd_keep_escaped(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strlen(text);
}

// The log callback has no context of its own to spare: libmicrohttpd hands over what stands beside it.
static inline void winnow_mhd_print(void *settings, const char *format, va_list arguments) {
  const struct winnow_mhd_settings *s = (const struct winnow_mhd_settings *)settings;
  char line[512];
  vsnprintf(line, sizeof line, format, arguments);
  s->log(s->context, line);
}

// Starts a daemon. `settings` must live until it has stopped. NULL where libmicrohttpd refused.
static inline struct MHD_Daemon *winnow_mhd_start(struct winnow_mhd_settings *settings) {
  struct MHD_OptionItem o[20];
  int n = 0;
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
#define OPTION(name, number, pointer) \
  o[n++] = (struct MHD_OptionItem) { MHD_OPTION_##name, (intptr_t)(number), (void *)(pointer) }
  OPTION(EXTERNAL_LOGGER, winnow_mhd_print, settings);  // first: it hears what the others complain of
  OPTION(LISTEN_SOCKET, settings->listening_socket, NULL);
  OPTION(CONNECTION_LIMIT, settings->connection_limit, NULL);
  OPTION(CONNECTION_TIMEOUT, settings->inactivity_seconds, NULL);
  OPTION(CONNECTION_MEMORY_LIMIT, settings->memory_per_connection, NULL);
  OPTION(CONNECTION_MEMORY_INCREMENT, 16 * 1024, NULL);
  OPTION(STRICT_FOR_CLIENT, 1, NULL);
  OPTION(UNESCAPE_CALLBACK, winnow_mhd_keep_escaped, NULL);
  OPTION(URI_LOG_CALLBACK, settings->request_line, settings->context);
  OPTION(NOTIFY_COMPLETED, settings->completed, settings->context);
  if (settings->threads > 1) OPTION(THREAD_POOL_SIZE, settings->threads, NULL);
  if (settings->per_address_limit) OPTION(PER_IP_CONNECTION_LIMIT, settings->per_address_limit, NULL);
  if (settings->is_ipv6) flags |= MHD_USE_IPv6;
  if (settings->tls_key) {
    flags |= MHD_USE_TLS;
    OPTION(HTTPS_MEM_KEY, 0, settings->tls_key);
    OPTION(HTTPS_MEM_CERT, 0, settings->tls_certificate);
    OPTION(HTTPS_PRIORITIES, 0, settings->tls_priorities);
  }
  OPTION(END, 0, NULL);
#undef OPTION
  return MHD_start_daemon(flags, 0, NULL, NULL, settings->access, settings->context, MHD_OPTION_ARRAY, o,
                          MHD_OPTION_END);
}

// Connections that are open, of all threads together.
static inline unsigned int winnow_mhd_connections(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
  return info ? info->num_connections : 0;
}

// The socket of a connection; -1 where there is none.
static inline int winnow_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

// Writes the client's address without its port; an IPv4 address that arrived over IPv6 in its short form.
static inline void winnow_mhd_remote_address(struct MHD_Connection *connection, char *text, socklen_t size) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *address = info ? info->client_addr : NULL;
  const char *written = NULL;
  if (address && address->sa_family == AF_INET) {
    written = inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, size);
  } else if (address && address->sa_family == AF_INET6) {
    const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
    written = IN6_IS_ADDR_V4MAPPED(six) ? inet_ntop(AF_INET, &six->s6_addr[12], text, size)
                                        : inet_ntop(AF_INET6, six, text, size);
  }
  if (!written && size) text[0] = 0;
}

// Ends what a socket sends; what was sent still arrives.
static inline void winnow_socket_end_sending(int socket) { shutdown(socket, SHUT_WR); }

// Ends a socket in both directions; its descriptor stays open, and whoever waits for it learns of the end.
static inline void winnow_socket_end(int socket) { shutdown(socket, SHUT_RDWR); }

// Makes a response of bytes, which are copied.
static inline struct MHD_Response *winnow_mhd_response(const void *bytes, size_t count) {
  return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

// Makes a response of unknown length.
static inline struct MHD_Response *winnow_mhd_stream(size_t block, MHD_ContentReaderCallback reader, void *context,
                                                     MHD_ContentReaderFreeCallback release) {
  return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, block, reader, context, release);
}

#endif
