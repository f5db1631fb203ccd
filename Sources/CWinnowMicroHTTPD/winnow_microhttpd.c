#include "winnow_microhttpd.h"
