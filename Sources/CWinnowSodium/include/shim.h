#ifndef CWINNOW_SODIUM_SHIM_H
#define CWINNOW_SODIUM_SHIM_H

#include <sodium.h>

#endif
