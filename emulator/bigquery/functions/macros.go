package functions

// macros are the functions that SQL expresses.
var macros = []string{
	// Comparisons and arrays
	`bq_in_array(x, a) AS CASE WHEN coalesce(len(a), 0) = 0 THEN FALSE WHEN x IS NULL THEN NULL
		WHEN list_contains(a, x) THEN TRUE WHEN list_count(a) < len(a) THEN NULL ELSE FALSE END`,
	`bq_range_bucket(x, a) AS CASE WHEN x IS NULL OR a IS NULL THEN NULL ELSE len(list_filter(a, lambda b: b <= x)) END`,

	`bq_array_slice(a, i, j) AS a[CASE WHEN i < 0 THEN greatest(len(a) + i, 0) ELSE i END + 1:CASE WHEN j < 0 THEN len(a) + j ELSE j END + 1]`,

	// Numbers
	`bq_numeric_mul(a, b) AS CAST(bq_decimal_mul(CAST(a AS VARCHAR), CAST(b AS VARCHAR)) AS DECIMAL(38,9))`,
	`bq_numeric_div(a, b) AS CAST(bq_decimal_div(CAST(a AS VARCHAR), CAST(b AS VARCHAR)) AS DECIMAL(38,9))`,
	`bq_round_numeric(x, n) AS CAST(bq_decimal_round(CAST(x AS VARCHAR), CAST(n AS BIGINT)) AS DECIMAL(38,9))`,
	`bq_trunc_numeric(x, n) AS CAST(bq_decimal_trunc(CAST(x AS VARCHAR), CAST(n AS BIGINT)) AS DECIMAL(38,9))`,
	`bq_shift_left(x, n) AS CASE WHEN n < 0 THEN bq_error('Shift by a negative number')::BIGINT WHEN n >= 64 THEN 0
		ELSE bq_shift(x, n) END`,
	`bq_shift_right(x, n) AS CASE WHEN n < 0 THEN bq_error('Shift by a negative number')::BIGINT WHEN n >= 64 THEN 0
		ELSE bq_shift(x, -n) END`,
	`bq_quantiles(a, n) AS CASE WHEN coalesce(len(a), 0) = 0 THEN NULL
		ELSE list_transform(range(n + 1), lambda i: a[greatest(CAST(ceil(len(a) * i / n) AS BIGINT), 1)]) END`,
	// Strings
	`bq_substr_from(s, p) AS substr(s, CASE WHEN p = 0 THEN 1 WHEN p < 0 THEN greatest(length(s) + p + 1, 1) ELSE p END)`,
	`bq_substr(s, p, n) AS CASE WHEN n < 0 THEN bq_error('Third argument in SUBSTR() cannot be negative')
		ELSE substr(s, CASE WHEN p = 0 THEN 1 WHEN p < 0 THEN greatest(length(s) + p + 1, 1) ELSE p END, least(n, 4294967295)) END`,
	`bq_left(s, n) AS CASE WHEN n < 0 THEN bq_error('Second argument in LEFT() cannot be negative') ELSE left(s, least(n, 4294967295)) END`,
	`bq_right(s, n) AS CASE WHEN n < 0 THEN bq_error('Second argument in RIGHT() cannot be negative') ELSE right(s, least(n, 4294967295)) END`,
	`bq_lpad(s, n, p) AS CASE WHEN n < 0 THEN bq_error('Second argument (output size) for LPAD/RPAD cannot be negative')
		WHEN p = '' THEN bq_error('Third argument (pad pattern) for LPAD/RPAD cannot be empty') ELSE lpad(s, CAST(n AS INTEGER), p) END`,
	`bq_rpad(s, n, p) AS CASE WHEN n < 0 THEN bq_error('Second argument (output size) for LPAD/RPAD cannot be negative')
		WHEN p = '' THEN bq_error('Third argument (pad pattern) for LPAD/RPAD cannot be empty') ELSE rpad(s, CAST(n AS INTEGER), p) END`,

	`bq_interval(s) AS to_months(CAST(split_part(s, ' ', 1) AS INTEGER)) + to_days(CAST(split_part(s, ' ', 2) AS INTEGER))
		+ to_microseconds(CAST(split_part(s, ' ', 3) AS BIGINT))`,
	// APPROX_TOP_COUNT and APPROX_TOP_SUM: the most frequent values, exactly
	`bq_top_count(a, n) AS (SELECT list({'value': v, 'count': c} ORDER BY c DESC, v) FROM
		(SELECT v, count(*) AS c FROM (SELECT unnest(a) AS v) GROUP BY v ORDER BY c DESC, v LIMIT n))`,
	`bq_top_sum(a, n) AS (SELECT list({'value': v, 'sum': c} ORDER BY c DESC, v) FROM
		(SELECT e.v AS v, sum(e.w) AS c FROM (SELECT unnest(a) AS e) GROUP BY e.v ORDER BY c DESC, v LIMIT n))`,

	`bq_hours(a, b) AS to_microseconds(epoch_us(a) - epoch_us(b))`,
}

func init() {
	macros = append(macros,
		`bq_floor_div(a, b) AS (a - ((a % b) + b) % b) // b`,
		`bq_time_micros(t) AS epoch_us(DATE '1970-01-01' + t)`,
		`bq_bucket(x, i, origin) AS CASE
			WHEN datepart('year', i) * 12 + datepart('month', i) > 0
			THEN time_bucket(i, x, origin)
			ELSE make_timestamp(epoch_us(origin) + bq_floor_div(epoch_us(x) - epoch_us(origin), CAST(epoch(i) * 1000000 AS BIGINT)) * CAST(epoch(i) * 1000000 AS BIGINT)) END`,
	)
}
