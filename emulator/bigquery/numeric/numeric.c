#include "numeric.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// A NUMERIC is a whole number of billionths, of at most 38 digits. DuckDB keeps it in 128 bits, the lower half first.
// Magnitudes are computed apart from signs.

typedef unsigned __int128 magnitude;

#define BILLION UINT64_C(1000000000)

// POWER38 is what a magnitude is below.
#define POWER38 ((magnitude)UINT64_C(10000000000000000000) * UINT64_C(10000000000000000000))

// outcome says what became of a calculation.
typedef enum { FINE, OVERFLOW, BY_ZERO } outcome;

static inline magnitude abs128(__int128 x) { return x < 0 ? -(magnitude)x : (magnitude)x; }

// signed128 gives a magnitude its sign. It is an overflow where NUMERIC ends.
static inline outcome signed128(magnitude m, bool negative, __int128 *result) {
  if (m >= POWER38) return OVERFLOW;
  *result = negative ? -(__int128)m : (__int128)m;
  return FINE;
}

// divide_limbs divides a number of n limbs of 32 bits, the highest first, by a billion, and returns the remainder.
static uint64_t divide_limbs(uint32_t *limbs, int n) {
  uint64_t remainder = 0;
  for (int i = 0; i < n; i++) {
    uint64_t part = remainder << 32 | limbs[i];
    limbs[i] = (uint32_t)(part / BILLION);
    remainder = part % BILLION;
  }
  return remainder;
}

// long_product is a * b / 10^9, half away from zero, of magnitudes of which one has more than 64 bits.
static outcome long_product(magnitude a, magnitude b, magnitude *result) {
  uint64_t x[2] = {(uint64_t)a, (uint64_t)(a >> 64)}, y[2] = {(uint64_t)b, (uint64_t)(b >> 64)}, sum[4] = {0};
  for (int i = 0; i < 2; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 2; j++) {
      magnitude t = (magnitude)x[i] * y[j] + sum[i + j] + carry;
      sum[i + j] = (uint64_t)t;
      carry = (uint64_t)(t >> 64);
    }
    sum[i + 2] += carry;
  }
  uint32_t limbs[8];
  for (int i = 0; i < 4; i++) {
    limbs[2 * i] = (uint32_t)(sum[3 - i] >> 32);
    limbs[2 * i + 1] = (uint32_t)sum[3 - i];
  }
  uint64_t remainder = divide_limbs(limbs, 8);
  if (limbs[0] | limbs[1] | limbs[2] | limbs[3]) return OVERFLOW;
  *result = (magnitude)limbs[4] << 96 | (magnitude)limbs[5] << 64 | (magnitude)limbs[6] << 32 | limbs[7];
  if (*result >= POWER38) return OVERFLOW; // before the sum below may not fit
  *result += remainder >= BILLION / 2;
  return FINE;
}

static inline outcome add(__int128 a, __int128 b, __int128 *result) {
  if (__builtin_add_overflow(a, b, result)) return OVERFLOW;
  return abs128(*result) < POWER38 ? FINE : OVERFLOW;
}

static inline outcome subtract(__int128 a, __int128 b, __int128 *result) {
  if (__builtin_sub_overflow(a, b, result)) return OVERFLOW;
  return abs128(*result) < POWER38 ? FINE : OVERFLOW;
}

static inline outcome multiply(__int128 a, __int128 b, __int128 *result) {
  magnitude x = abs128(a), y = abs128(b), r;
  bool negative = (a < 0) != (b < 0);
  if ((uint64_t)(x >> 64) | (uint64_t)(y >> 64)) {
    outcome o = long_product(x, y, &r);
    return o == FINE ? signed128(r, negative, result) : o;
  }
  magnitude p = (magnitude)(uint64_t)x * (uint64_t)y;
  if (!(uint64_t)(p >> 64)) {
    uint64_t low = (uint64_t)p;
    r = low / BILLION + (low % BILLION >= BILLION / 2);
  } else {
    uint32_t limbs[4] = {(uint32_t)(p >> 96), (uint32_t)(p >> 64), (uint32_t)(p >> 32), (uint32_t)p};
    uint64_t remainder = divide_limbs(limbs, 4);
    r = (magnitude)limbs[0] << 96 | (magnitude)limbs[1] << 64 | (magnitude)limbs[2] << 32 | limbs[3];
    r += remainder >= BILLION / 2;
  }
  return signed128(r, negative, result);
}

// long_division is a * 10^9 / b where the dividend has more than 128 bits: bit by bit, half away from zero.
static outcome long_division(magnitude a, magnitude b, magnitude *result) {
  magnitude low = (magnitude)(uint64_t)a * BILLION, high = (a >> 64) * BILLION + (uint64_t)(low >> 64);
  magnitude quotient = high / b, rest = high % b;
  for (int i = 63; i >= 0; i--) { // rest < b < 2^127
    rest = rest << 1 | ((uint64_t)low >> i & 1);
    bool one = rest >= b;
    if (one) rest -= b;
    if (quotient >= POWER38) return OVERFLOW;
    quotient = quotient << 1 | one;
  }
  if (quotient >= POWER38) return OVERFLOW;
  *result = quotient + (rest >= b - rest);
  return FINE;
}

static inline outcome divide(__int128 a, __int128 b, __int128 *result) {
  if (b == 0) return BY_ZERO;
  magnitude x = abs128(a), y = abs128(b), r;
  bool negative = (a < 0) != (b < 0);
  if (x >> 98) {
    outcome o = long_division(x, y, &r);
    return o == FINE ? signed128(r, negative, result) : o;
  }
  x *= BILLION;
  if ((uint64_t)(x >> 64) | (uint64_t)(y >> 64)) {
    magnitude rest = x % y;
    r = x / y + (rest >= y - rest);
  } else {
    uint64_t n = (uint64_t)x, d = (uint64_t)y, rest = n % d;
    r = n / d + (rest >= d - rest);
  }
  return signed128(r, negative, result);
}

// quotient is the whole part of a / b.
static inline outcome quotient(__int128 a, __int128 b, __int128 *result) {
  if (b == 0) return BY_ZERO;
  magnitude whole = abs128(a) / abs128(b);
  if (whole >= POWER38 / BILLION) return OVERFLOW;
  return signed128(whole * BILLION, (a < 0) != (b < 0), result);
}

// remainder is that of a / b, with the sign of a.
static inline outcome remainder128(__int128 a, __int128 b, __int128 *result) {
  if (b == 0) return BY_ZERO;
  *result = a % b;
  return FINE;
}

// scaled rounds to n digits after the point, which may be before it: half away from zero, or towards zero.
static inline outcome scaled(__int128 a, int64_t n, bool half, __int128 *result) {
  if (n >= 9) {
    *result = a;
    return FINE;
  }
  if (n < -29) {
    *result = 0;
    return FINE;
  }
  magnitude unit = 1, x = abs128(a);
  for (int64_t i = n; i < 9; i++) unit *= 10;
  magnitude rest = (uint64_t)(x >> 64) | (uint64_t)(unit >> 64) ? x % unit : (uint64_t)x % (uint64_t)unit;
  x -= rest;
  if (half && rest >= unit / 2) x += unit;
  return signed128(x, a < 0, result);
}

static inline outcome rounded(__int128 a, int64_t n, __int128 *result) { return scaled(a, n, true, result); }
static inline outcome truncated(__int128 a, int64_t n, __int128 *result) { return scaled(a, n, false, result); }

// text writes a NUMERIC as CAST(x AS STRING) does, into 48 bytes.
static const char *text(__int128 x, char *out) {
  magnitude m = abs128(x);
  char digits[40];
  int n = 0, last = 0;
  for (; n < 10 || m > 0; m /= 10) digits[n++] = (char)('0' + (int)(m % 10));
  char *p = out;
  if (x < 0) *p++ = '-';
  for (int i = n - 1; i >= 9; i--) *p++ = digits[i];
  while (last < 9 && digits[last] == '0') last++;
  if (last < 9) *p++ = '.';
  for (int i = 8; i >= last; i--) *p++ = digits[i];
  *p = 0;
  return out;
}

// fail makes the call an error in BigQuery's words; how is the form of a division by zero.
static void fail(duckdb_function_info info, outcome o, const char *how, __int128 a, __int128 b) {
  char message[160], x[48], y[48];
  if (o == OVERFLOW) {
    duckdb_scalar_function_set_error(info, "numeric overflow");
    return;
  }
  snprintf(message, sizeof message, how, text(a, x), text(b, y));
  duckdb_scalar_function_set_error(info, message);
}

static inline __int128 load(const void *data, uint64_t i) {
  __int128 x;
  memcpy(&x, (const char *)data + 16 * i, 16);
  return x;
}

static inline void store(void *data, uint64_t i, __int128 x) { memcpy((char *)data + 16 * i, &x, 16); }

static inline bool valid(const uint64_t *validity, uint64_t i) { return !validity || (validity[i / 64] >> (i % 64) & 1); }

// EACH applies a calculation to the rows of a chunk. NULL is the result of a NULL. ARGUMENT reads the second argument.
#define EACH(CALCULATE, ARGUMENT, HOW)                                                                          \
  duckdb_vector va = duckdb_data_chunk_get_vector(input, 0), vb = duckdb_data_chunk_get_vector(input, 1);       \
  const void *a = duckdb_vector_get_data(va), *b = duckdb_vector_get_data(vb);                                  \
  const uint64_t *valid_a = duckdb_vector_get_validity(va), *valid_b = duckdb_vector_get_validity(vb);          \
  void *out = duckdb_vector_get_data(output);                                                                   \
  uint64_t *nulls = 0;                                                                                          \
  if (valid_a || valid_b) {                                                                                     \
    duckdb_vector_ensure_validity_writable(output);                                                             \
    nulls = duckdb_vector_get_validity(output);                                                                 \
  }                                                                                                             \
  uint64_t rows = duckdb_data_chunk_get_size(input);                                                            \
  for (uint64_t i = 0; i < rows; i++) {                                                                         \
    if (!valid(valid_a, i) || !valid(valid_b, i)) {                                                             \
      nulls[i / 64] &= ~(UINT64_C(1) << (i % 64));                                                              \
      continue;                                                                                                 \
    }                                                                                                           \
    __int128 result;                                                                                            \
    outcome o = CALCULATE(load(a, i), ARGUMENT, &result);                                                       \
    if (o != FINE) {                                                                                            \
      fail(info, o, HOW, load(a, i), ARGUMENT);                                                                 \
      return;                                                                                                   \
    }                                                                                                           \
    store(out, i, result);                                                                                      \
  }

#define DECIMAL load(b, i)
#define INTEGER ((const int64_t *)b)[i]

#define FUNCTION(NAME, CALCULATE, ARGUMENT, HOW) \
  void NAME(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) { EACH(CALCULATE, ARGUMENT, HOW) }

FUNCTION(numeric_add, add, DECIMAL, "%s + %s")
FUNCTION(numeric_subtract, subtract, DECIMAL, "%s - %s")
FUNCTION(numeric_multiply, multiply, DECIMAL, "%s * %s")
FUNCTION(numeric_divide, divide, DECIMAL, "division by zero: %s / %s")
FUNCTION(numeric_quotient, quotient, DECIMAL, "division by zero: %s / %s")
FUNCTION(numeric_remainder, remainder128, DECIMAL, "division by zero: MOD(%s, %s)")
FUNCTION(numeric_round, rounded, INTEGER, "ROUND(%s, %s)")
FUNCTION(numeric_truncate, truncated, INTEGER, "TRUNC(%s, %s)")

void numeric_integer(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  duckdb_vector vector = duckdb_data_chunk_get_vector(input, 0);
  const void *a = duckdb_vector_get_data(vector);
  const uint64_t *validity = duckdb_vector_get_validity(vector);
  int64_t *out = duckdb_vector_get_data(output);
  uint64_t *nulls = 0;
  if (validity) {
    duckdb_vector_ensure_validity_writable(output);
    nulls = duckdb_vector_get_validity(output);
  }
  uint64_t rows = duckdb_data_chunk_get_size(input);
  for (uint64_t i = 0; i < rows; i++) {
    if (!valid(validity, i)) {
      nulls[i / 64] &= ~(UINT64_C(1) << (i % 64));
      continue;
    }
    __int128 x = load(a, i), whole;
    magnitude m = abs128(x);
    if ((uint64_t)(m >> 64)) {
      m = m / BILLION + (m % BILLION >= BILLION / 2);
    } else {
      m = (uint64_t)m / BILLION + ((uint64_t)m % BILLION >= BILLION / 2);
    }
    whole = x < 0 ? -(__int128)m : (__int128)m;
    if (whole < INT64_MIN || whole > INT64_MAX) {
      char message[80], shown[48];
      snprintf(message, sizeof message, "int64 out of range: %s", text(x, shown));
      duckdb_scalar_function_set_error(info, message);
      return;
    }
    out[i] = (int64_t)whole;
  }
}
