// The shim is all `static inline`; SwiftPM wants a source file in every C target.
#include "winnow_onednn.h"
