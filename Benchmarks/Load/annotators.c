// Annotators at work: each has a token and one connection, asks for the next items (holding up to PREFETCH of them), and
// answers the first one, again and again.
//
//   annotators PORT PROJECT TOKENS-FILE COUNT LABELS SECONDS THINK-MS JOURNAL LABEL...
//
// TOKENS-FILE has one token a line, of which the first COUNT are used. The right label of an item is the number after the
// last "-" of its key. Stops after LABELS labels or SECONDS seconds, once the requests under way are answered. THINK-MS is
// the mean time that an annotator looks at an item; 0 means that they answer at once. JOURNAL is a file that gets a line
// for each item that was served ("s ANNOTATOR ITEM LEASE") and for each label that was acknowledged ("a ANNOTATOR ITEM
// ANNOTATION"); "-" is none. Prints one line of JSON.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "connection.h"
#include "samples.h"

enum { PREFETCH = 3, MAX_ANNOTATORS = 256, ID_LENGTH = 32 };
// How long the last answers are waited for.
static const uint64_t ENDING_NS = 30000000000ull;

typedef struct {
  char lease[ID_LENGTH], item[ID_LENGTH];
  int label;
} Held;

typedef struct {
  Connection connection;
  char token[128];
  Held held[PREFETCH];
  int held_count;
  int number;
  int is_annotating;    // else the request under way is `next`
  uint64_t answers_at;  // while thinking: when the answer is sent; 0 otherwise
} Annotator;

static const char *project;
static int port, label_count;
static char **labels;
static Samples next_times, annotation_times;
static long labelled, failed, answered;
static FILE *journal;
static int is_ending;
static uint64_t think_ns, random_state = 0x9E3779B97F4A7C15ull;

// A share in 0..<1 (xorshift64*), the same sequence in each run.
static double uniform(void) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (double)((random_state * 0x2545F4914F6CDD1Dull) >> 11) / 9007199254740992.0;
}

static void post(Annotator *annotator, const char *path, const char *body, int length) {
  char request[4096];
  int size = snprintf(request, sizeof request,
                      "POST /api/v1/projects/%s/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                      project, path, port, annotator->token, length, body);
  connection_send(&annotator->connection, request, (size_t)size);
}

static void ask_next(Annotator *annotator) {
  char body[512];
  int size = snprintf(body, sizeof body, "{\"prefetch\":%d,\"held\":[", PREFETCH);
  for (int i = 0; i < annotator->held_count; i++)
    size += snprintf(body + size, sizeof body - (size_t)size, "%s\"%s\"", i ? "," : "", annotator->held[i].lease);
  size += snprintf(body + size, sizeof body - (size_t)size, "]}");
  annotator->is_annotating = 0;
  post(annotator, "next", body, size);
}

static void answer(Annotator *annotator) {
  char body[512];
  Held *held = &annotator->held[0];
  int size = snprintf(body, sizeof body,
                      "{\"item\":\"%s\",\"outcome\":\"label\",\"labels\":[\"%s\"],\"lease\":\"%s\",\"duration_ms\":1200}",
                      held->item, labels[held->label], held->lease);
  annotator->is_annotating = 1;
  annotator->answers_at = 0;
  post(annotator, "annotations", body, size);
}

// The text after `name` up to the next quotation mark; returns where it ends, or NULL.
static const char *take(const char *text, const char *name, char *into, size_t capacity) {
  const char *start = text ? strstr(text, name) : NULL;
  if (start == NULL) return NULL;
  start += strlen(name);
  const char *end = strchr(start, '"');
  if (end == NULL || (size_t)(end - start) >= capacity) return NULL;
  memcpy(into, start, (size_t)(end - start));
  into[end - start] = 0;
  return end;
}

static void keep_items(Annotator *annotator) {
  const char *text = annotator->connection.body;
  while (annotator->held_count < PREFETCH) {
    Held held;
    char key[128];
    text = take(text, "\"lease\":\"", held.lease, sizeof held.lease);
    text = take(text, "\"item\":{\"id\":\"", held.item, sizeof held.item);
    text = take(text, "\"key\":\"", key, sizeof key);
    if (text == NULL) return;
    char *dash = strrchr(key, '-');
    held.label = dash ? atoi(dash + 1) % label_count : 0;
    annotator->held[annotator->held_count++] = held;
    if (journal) fprintf(journal, "s %d %s %s\n", annotator->number, held.item, held.lease);
  }
}

// Goes on after an answer of the server. Returns 0 where there is nothing left to label.
static int advance(Annotator *annotator) {
  Connection *connection = &annotator->connection;
  uint64_t elapsed = now_ns() - connection->sent_at;
  int expected = annotator->is_annotating ? 201 : 200;
  answered++;
  if (connection->status != expected) {
    if (failed++ < 3) fprintf(stderr, "load: %d: %s\n", connection->status, connection->body);
  }
  if (annotator->is_annotating) {
    samples_add(&annotation_times, elapsed);
    if (connection->status == expected) {
      char annotation[ID_LENGTH];
      labelled++;
      if (journal && take(connection->body, "\"id\":\"", annotation, sizeof annotation))
        fprintf(journal, "a %d %s %s\n", annotator->number, annotator->held[0].item, annotation);
    }
    memmove(&annotator->held[0], &annotator->held[1], sizeof(Held) * (size_t)(--annotator->held_count));
    if (is_ending) return 0;
    ask_next(annotator);
    return 1;
  }
  samples_add(&next_times, elapsed);
  keep_items(annotator);
  if (annotator->held_count == 0 || is_ending) return 0;
  if (think_ns == 0)
    answer(annotator);
  else
    annotator->answers_at = now_ns() + (uint64_t)((0.5 + uniform()) * (double)think_ns);
  return 1;
}

static void work(Annotator *annotators, int count, long wanted, uint64_t deadline) {
  int queue = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < count; i++) {
    connection_open(&annotators[i].connection, port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &annotators[i]};
    epoll_ctl(queue, EPOLL_CTL_ADD, annotators[i].connection.socket, &event);
    // Thinking annotators do not start in step.
    if (think_ns) annotators[i].answers_at = now_ns() + (uint64_t)(uniform() * (double)think_ns);
    else ask_next(&annotators[i]);
  }
  int at_work = count;
  while (at_work > 0) {
    uint64_t now = now_ns(), soonest = is_ending ? deadline + ENDING_NS : deadline;
    if (!is_ending && (now >= deadline || labelled >= wanted)) {
      // What has been sent is waited for: an acknowledgement that nobody read would be nobody's to check.
      is_ending = 1;
      deadline = now;
      for (int i = 0; i < count; i++) at_work -= annotators[i].answers_at != 0;
      continue;
    }
    if (is_ending && now >= soonest) break;
    for (int i = 0; think_ns && !is_ending && i < count; i++) {
      Annotator *annotator = &annotators[i];
      if (annotator->answers_at == 0) continue;
      if (annotator->answers_at > now) {
        if (annotator->answers_at < soonest) soonest = annotator->answers_at;
      } else if (annotator->held_count > 0) {
        answer(annotator);
      } else {
        annotator->answers_at = 0;
        ask_next(annotator);
      }
    }
    struct epoll_event events[64];
    int ready = epoll_wait(queue, events, 64, (int)((soonest - now) / 1000000) + 1);
    for (int i = 0; i < ready; i++) {
      Annotator *annotator = events[i].data.ptr;
      if (connection_receive(&annotator->connection) && !advance(annotator)) at_work--;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 10) {
    fprintf(stderr, "usage: annotators PORT PROJECT TOKENS-FILE COUNT LABELS SECONDS THINK-MS JOURNAL LABEL...\n");
    return 2;
  }
  port = atoi(argv[1]);
  project = argv[2];
  int count = atoi(argv[4]);
  long wanted = atol(argv[5]);
  think_ns = (uint64_t)(atof(argv[7]) * 1e6);
  if (strcmp(argv[8], "-") != 0 && (journal = fopen(argv[8], "a")) == NULL) return 2;
  labels = argv + 9;
  label_count = argc - 9;
  FILE *tokens = fopen(argv[3], "r");
  if (tokens == NULL || count < 1 || count > MAX_ANNOTATORS) return 2;
  Annotator *annotators = calloc((size_t)count, sizeof(Annotator));
  for (int i = 0; i < count; i++) {
    annotators[i].number = i;
    if (fscanf(tokens, "%127s", annotators[i].token) != 1) return 2;
  }
  uint64_t started = now_ns();
  work(annotators, count, wanted, started + (uint64_t)(atof(argv[6]) * 1e9));
  double seconds = (double)(now_ns() - started) / 1e9;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  if (journal && fclose(journal) != 0) return 1;
  printf("{\"labels\": %ld, \"requests\": %ld, \"failed\": %ld, \"seconds\": %.4f, \"client_cpu_s\": %.4f, \"next_ms\": ",
         labelled, answered, failed, seconds, cpu);
  samples_print(&next_times);
  printf(", \"annotation_ms\": ");
  samples_print(&annotation_times);
  printf("}\n");
  return 0;
}
