// libmicrohttpd for Swift: its variadic functions, its options and its macros behind plain functions.
#ifndef WINNOW_MICROHTTPD_H
#define WINNOW_MICROHTTPD_H

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
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
  unsigned int inactivity_seconds;
  size_t memory_per_connection;
  const char *tls_key;  // PEM text; NULL: no TLS
  const char *tls_certificate;
  const char *tls_priorities;
  void *context;
  void *(*request_line)(void *context, const char *target, struct MHD_Connection *connection);
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
  MHD_AcceptPolicyCallback admit;
  MHD_NotifyConnectionCallback connection;
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

// Why a certificate chain and its key, as PEM text, cannot be used together; NULL where they can.
//
// libmicrohttpd would only not start: Debian builds it without messages.
static inline const char *winnow_tls_fault(const char *certificate, const char *key) {
  gnutls_certificate_credentials_t credentials;
  if (gnutls_certificate_allocate_credentials(&credentials) != 0) return "there is no memory";
  gnutls_datum_t chain = {(unsigned char *)certificate, (unsigned int)strlen(certificate)};
  gnutls_datum_t secret = {(unsigned char *)key, (unsigned int)strlen(key)};
  int status = gnutls_certificate_set_x509_key_mem(credentials, &chain, &secret, GNUTLS_X509_FMT_PEM);
  gnutls_certificate_free_credentials(credentials);
  return status < 0 ? gnutls_strerror(status) : NULL;
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
  OPTION(NOTIFY_CONNECTION, settings->connection, settings->context);
  if (settings->threads > 1) OPTION(THREAD_POOL_SIZE, settings->threads, NULL);
  if (settings->is_ipv6) flags |= MHD_USE_IPv6;
  if (settings->tls_key) {
    flags |= MHD_USE_TLS;
    OPTION(HTTPS_MEM_KEY, 0, settings->tls_key);
    OPTION(HTTPS_MEM_CERT, 0, settings->tls_certificate);
    OPTION(HTTPS_PRIORITIES, 0, settings->tls_priorities);
  }
  OPTION(END, 0, NULL);
#undef OPTION
  return MHD_start_daemon(flags, 0, settings->admit, settings->context, settings->access, settings->context, MHD_OPTION_ARRAY, o,
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

// The other end of a connection; NULL where it is not known.
static inline const struct sockaddr *winnow_mhd_peer(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

// Writes the 16 bytes of an IPv6 address, or of the one that maps an IPv4 address; 0 where it is neither.
static inline int winnow_address_bytes(const struct sockaddr *address, unsigned char *bytes) {
  static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (address && address->sa_family == AF_INET) {
    memcpy(bytes, mapped, sizeof mapped);
    memcpy(bytes + 12, &((const struct sockaddr_in *)address)->sin_addr, 4);
    return 1;
  }
  if (!address || address->sa_family != AF_INET6) return 0;
  memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
  return 1;
}

// What stands beside a connection since it was opened; NULL where nothing does.
static inline void *winnow_mhd_connection_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
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
