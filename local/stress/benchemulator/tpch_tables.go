//go:build cgo

package main

// macros make values of hashes: a number below n, one of a list, an amount between two, and a telephone number.
var macros = []string{
	"CREATE MACRO pick(h, n) AS (h % n)::BIGINT",
	"CREATE MACRO one(h, list) AS list[1 + pick(h, len(list))]",
	"CREATE MACRO amount(h, least, most) AS (least * 100 + pick(h, (most - least) * 100)) / 100",
	"CREATE MACRO phone(h, nation) AS (10 + nation) || '-' || (100 + pick(h, 900)) || '-555'",
	"CREATE MACRO supplier_of(part, i, suppliers) AS 1 + (part + i * (suppliers // 4 + 1)) % suppliers",
}

// tables are the columns that the queries read, with DuckDB's types and how they are made.
var tables = []struct {
	name, columns, rows string
}{
	{"region", "r_regionkey BIGINT, r_name VARCHAR",
		`SELECT i, ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][1 + i] FROM range(5) AS r(i)`},
	{"nation", "n_nationkey BIGINT, n_name VARCHAR, n_regionkey BIGINT",
		`SELECT i, n, r FROM (SELECT unnest(range(25)) AS i, unnest([
			'ALGERIA', 'ARGENTINA', 'BRAZIL', 'CANADA', 'EGYPT', 'ETHIOPIA', 'FRANCE', 'GERMANY', 'INDIA', 'INDONESIA', 'IRAN', 'IRAQ', 'JAPAN', 'JORDAN',
			'KENYA', 'MOROCCO', 'MOZAMBIQUE', 'PERU', 'CHINA', 'ROMANIA', 'SAUDI ARABIA', 'VIETNAM', 'RUSSIA', 'UNITED KINGDOM', 'UNITED STATES']) AS n,
			unnest([0, 1, 1, 1, 4, 0, 3, 3, 2, 2, 4, 4, 2, 4, 0, 0, 0, 1, 2, 3, 4, 2, 3, 3, 1]) AS r)`},
	{"supplier", "s_suppkey BIGINT, s_name VARCHAR, s_address VARCHAR, s_nationkey BIGINT, s_phone VARCHAR, s_acctbal DECIMAL(15,2), s_comment VARCHAR",
		`SELECT i, 'Supplier#' || i, 'Street ' || pick(hash(i, 1), 999), n, phone(hash(i, 2), n), amount(hash(i, 3), -999, 9999),
			CASE WHEN pick(hash(i, 4), 50) = 0 THEN 'slow Customer service, many Complaints' ELSE 'quiet packages' END
		FROM (SELECT i, i % 25 AS n FROM range(1, {supplier} + 1) AS r(i))`},
	{"customer", "c_custkey BIGINT, c_name VARCHAR, c_address VARCHAR, c_nationkey BIGINT, c_phone VARCHAR, c_acctbal DECIMAL(15,2), c_mktsegment VARCHAR, c_comment VARCHAR",
		`SELECT i, 'Customer#' || i, 'Road ' || pick(hash(i, 1), 999), n, phone(hash(i, 2), n), amount(hash(i, 3), -999, 9999),
			one(hash(i), ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY']), 'regular deposits ' || i
		FROM (SELECT i, pick(hash(i, 0), 25) AS n FROM range(1, {customer} + 1) AS r(i))`},
	{"part", "p_partkey BIGINT, p_name VARCHAR, p_mfgr VARCHAR, p_brand VARCHAR, p_type VARCHAR, p_size BIGINT, p_container VARCHAR",
		`SELECT i, one(hash(i, 1), colors) || ' ' || one(hash(i, 2), colors), 'Manufacturer#' || (1 + b // 5), 'Brand#' || (1 + b // 5) || (1 + b % 5),
			one(hash(i, 3), ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO']) || ' ' ||
			one(hash(i, 4), ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED']) || ' ' || one(hash(i, 5), ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER']),
			1 + pick(hash(i, 6), 50), one(hash(i, 7), ['SM', 'LG', 'MED']) || ' ' ||
			one(hash(i, 8), ['CASE', 'BOX', 'BAG', 'PKG', 'PACK'])
		FROM (SELECT i, pick(hash(i, 0), 25) AS b, ['almond', 'azure', 'forest', 'green', 'ivory', 'khaki', 'lemon', 'navy', 'olive', 'plum', 'red', 'white'] AS colors
			FROM range(1, {part} + 1) AS r(i))`},
	{"partsupp", "ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty BIGINT, ps_supplycost DECIMAL(15,2)",
		`SELECT p_partkey, supplier_of(p_partkey, i, {supplier}), 1 + pick(hash(p_partkey, i, 1), 9999), amount(hash(p_partkey, i, 2), 1, 1000)
		FROM tpch.part, range(4) AS r(i)`},
	{"orders", "o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus VARCHAR, o_totalprice DECIMAL(15,2), o_orderdate DATE, o_orderpriority VARCHAR, o_shippriority BIGINT, o_comment VARCHAR",
		`SELECT i, c - CASE WHEN c % 3 = 0 AND c > 1 THEN 1 ELSE 0 END, one(hash(i, 3), ['F', 'O', 'P']), amount(hash(i, 4), 900, 500000),
			DATE '1992-01-01' + pick(hash(i, 2), 2406)::INTEGER, one(hash(i, 5), ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW']), 0,
			CASE WHEN pick(hash(i, 6), 60) = 0 THEN 'special packages and requests' ELSE 'ironic deposits' END
		FROM (SELECT i, 1 + pick(hash(i, 1), {customer}) AS c FROM range(1, {orders} + 1) AS r(i))`},
	{"lineitem", `l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber BIGINT, l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), l_discount DECIMAL(15,2), l_tax DECIMAL(15,2), l_returnflag VARCHAR, l_linestatus VARCHAR, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipinstruct VARCHAR, l_shipmode VARCHAR`,
		`SELECT o, p, supplier_of(p, pick(hash(o, l, 7), 4), {supplier}), 1 + l, q, q * (90000 + pick(hash(o, l, 3), 110000)) / 100, (pick(hash(o, l, 4), 11)) / 100,
			(pick(hash(o, l, 5), 9)) / 100, CASE WHEN d > DATE '1995-06-17' THEN 'N' WHEN pick(hash(o, l, 6), 2) = 0 THEN 'R' ELSE 'A' END,
			CASE WHEN d > DATE '1995-06-17' THEN 'O' ELSE 'F' END, d, ordered + (30 + pick(hash(o, l, 8), 61))::INTEGER, d + (1 + pick(hash(o, l, 9), 30))::INTEGER,
			one(hash(o, l, 10), ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN']),
			one(hash(o, l, 11), ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])
		FROM (SELECT o_orderkey AS o, o_orderdate AS ordered, l, 1 + pick(hash(o_orderkey, l, 1), 50) AS q, 1 + pick(hash(o_orderkey, l, 0), {part}) AS p,
				o_orderdate + (1 + pick(hash(o_orderkey, l, 2), 121))::INTEGER AS d
			FROM tpch.orders, range(7) AS r(l) WHERE l <= o_orderkey % 7)`},
}
