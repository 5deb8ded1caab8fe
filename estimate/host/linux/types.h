/* SPDX-License-Identifier: GPL-2.0 */
/* What the codec of the series takes from the kernel's headers; see scripts/estimate. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
