// The shim is all inline: this file makes the target one that the package manager compiles.
#include "winnow_archive.h"
