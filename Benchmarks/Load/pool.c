// Writes a pool that a model can learn from, the same each time: texts, and vectors in clusters of each class.
//
//   pool ROWS COLUMNS FOLDER [SEED]
//
// FOLDER/pool.jsonl has a row an item: {"key": "item-NUMBER-CLASS", "text": …, "kind": name of the class}; the class stands after the last "-" of
// the key, where the annotators' program finds it. FOLDER/pool.npy has the vectors, float32 of (ROWS, COLUMNS), row by
// row in the same order. Of CLASSES classes the first are the larger; each has CLUSTERS clusters; one item in twenty lies
// anywhere. Prints one line of JSON.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 4, CLUSTERS = 8, TAIL = 20000, MAX_COLUMNS = 4096 };

static uint64_t state;

// splitmix64: every seed is a good one.
static uint64_t next(void) {
  uint64_t z = (state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

static uint32_t below(uint32_t bound) { return (uint32_t)(((next() >> 32) * bound) >> 32); }

// Nearly normal, of mean 0 and deviation 1: the sum of four uniform numbers of 16 bits.
static float normal(void) {
  uint64_t bits = next();
  int sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) + (int)(bits >> 32 & 0xFFFF) + (int)(bits >> 48);
  return ((float)sum - 131070.0f) / 37837.2f;
}

static const char *kinds[CLASSES] = {"billing", "outage", "feature", "praise"};
static const char *topics[CLASSES][12] = {
    {"invoice", "refund", "charge", "payment", "card", "receipt", "price", "bank", "overdue", "discount", "tax", "plan"},
    {"down", "error", "crash", "timeout", "offline", "slow", "broken", "outage", "login", "server", "freeze", "lost"},
    {"add", "support", "export", "option", "dark", "filter", "sort", "shortcut", "custom", "wish", "column", "import"},
    {"thanks", "great", "love", "helpful", "fast", "friendly", "happy", "recommend", "best", "nice", "team", "pleased"}};
static const char *common[] = {"the",   "a",     "our",  "my",    "this",  "that",  "account", "page",  "today", "week",
                               "please", "when", "with", "for",   "and",   "but",   "still",   "again", "never", "from",
                               "about", "could", "have", "been",  "was",   "is",    "order",   "project"};
static const char *syllables[] = {"ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za", "pre", "con", "der", "lin"};
static char tail[TAIL][16];

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static void make_tail(void) {
  for (int word = 0; word < TAIL; word++)
    for (uint32_t i = 0, count = 2 + below(3); i < count; i++) strcat(tail[word], syllables[below(COUNT(syllables))]);
}

static void write_text(FILE *file, long number, int kind, int topic) {
  fprintf(file, "{\"key\": \"item-%ld-%d\", \"text\": \"", number, kind);
  uint32_t words = 10 + below(12);
  for (uint32_t i = 0; i < words; i++) {
    uint32_t draw = below(10);
    const char *word = draw < 6   ? common[below(COUNT(common))]
                       : draw < 8 ? topics[topic][below(12)]
                                  : tail[below(1 + below(TAIL))];  // early words are the frequent ones
    if (i) fputc(' ', file);
    fputs(word, file);
  }
  fprintf(file, "\", \"kind\": \"%s\"}\n", kinds[kind]);
}

static FILE *create(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  setvbuf(file, NULL, _IOFBF, 1 << 20);
  return file;
}

static void write_header(FILE *file, long rows, int columns) {
  char header[128];
  int length = snprintf(header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': (%ld, %d), }", rows,
                        columns);
  while ((10 + length + 1) % 64) header[length++] = ' ';
  header[length++] = '\n';
  fwrite("\x93NUMPY\x01\x00", 1, 8, file);
  fputc(length & 0xFF, file);
  fputc(length >> 8, file);
  fwrite(header, 1, (size_t)length, file);
}

int main(int argc, char **argv) {
  long rows = argc > 2 ? atol(argv[1]) : 0;
  int columns = argc > 2 ? atoi(argv[2]) : 0;
  if (argc < 4 || rows < 1 || columns < 1 || columns > MAX_COLUMNS) {
    fprintf(stderr, "usage: pool ROWS COLUMNS FOLDER [SEED]\n");
    return 2;
  }
  state = argc > 4 ? strtoull(argv[4], NULL, 10) : 7;
  make_tail();
  static float centres[CLASSES][CLUSTERS][MAX_COLUMNS];
  for (int kind = 0; kind < CLASSES; kind++)
    for (int cluster = 0; cluster < CLUSTERS; cluster++)
      for (int column = 0; column < columns; column++) centres[kind][cluster][column] = 0.25f * normal();
  FILE *texts = create(argv[3], "pool.jsonl"), *vectors = create(argv[3], "pool.npy");
  write_header(vectors, rows, columns);
  static float vector[MAX_COLUMNS];
  for (long row = 0; row < rows; row++) {
    uint32_t draw = below(10);
    int kind = draw < 4 ? 0 : draw < 7 ? 1 : draw < 9 ? 2 : 3;
    int astray = below(20) == 0;
    write_text(texts, row, kind, astray ? (int)below(CLASSES) : kind);
    const float *centre = centres[kind][below(CLUSTERS)];
    for (int column = 0; column < columns; column++) vector[column] = (astray ? 0 : centre[column]) + normal();
    fwrite(vector, sizeof(float), (size_t)columns, vectors);
  }
  long text_bytes = ftell(texts), vector_bytes = ftell(vectors);
  if (fclose(texts) != 0 || fclose(vectors) != 0) {
    perror(argv[3]);
    return 1;
  }
  printf("{\"rows\": %ld, \"columns\": %d, \"text_bytes\": %ld, \"vector_bytes\": %ld}\n", rows, columns, text_bytes,
         vector_bytes);
  return 0;
}
