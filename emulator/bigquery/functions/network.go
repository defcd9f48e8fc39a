package functions

import (
	"database/sql/driver"
	"encoding/binary"
	"net/netip"
	"net/url"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"golang.org/x/net/publicsuffix"
)

// networkFunctions are those of NET.
var networkFunctions = []scalar{
	{name: "bq_net_host", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return orNull(host(a[0].(string))), nil
	}},
	{name: "bq_net_public_suffix", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return orNull(suffix(host(a[0].(string)))), nil
	}},
	{name: "bq_net_reg_domain", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		h := host(a[0].(string))
		s := suffix(h)
		if s == "" || s == h {
			return nil, nil
		}
		before := strings.TrimSuffix(strings.TrimSuffix(h, s), ".")
		return before[strings.LastIndexByte(before, '.')+1:] + "." + s, nil
	}},
	{name: "bq_net_ip_from_string", args: []duckdb.Type{text}, result: blob, call: func(a []driver.Value) (any, error) {
		ip, err := netip.ParseAddr(a[0].(string))
		if err != nil || ip.Zone() != "" {
			return nil, errorf("Invalid IP address: %s", a[0])
		}
		return ip.AsSlice(), nil
	}},
	{name: "bq_net_ip_to_string", args: []duckdb.Type{blob}, result: text, call: func(a []driver.Value) (any, error) {
		ip, ok := netip.AddrFromSlice(a[0].([]byte))
		if !ok {
			return nil, errorf("NET.IP_TO_STRING() encountered a non-IP value of %d bytes", len(a[0].([]byte)))
		}
		return ip.String(), nil
	}},
	{name: "bq_net_ip_trunc", args: []duckdb.Type{blob, integer}, result: blob, call: func(a []driver.Value) (any, error) {
		ip, ok := netip.AddrFromSlice(a[0].([]byte))
		if !ok {
			return nil, errorf("NET.IP_TRUNC() needs 4 or 16 bytes")
		}
		p, err := ip.Prefix(int(a[1].(int64)))
		return p.Addr().AsSlice(), err
	}},
	{name: "bq_net_ip_net_mask", args: []duckdb.Type{integer, integer}, result: blob, call: func(a []driver.Value) (any, error) {
		size, bits := a[0].(int64), a[1].(int64)
		if size != 4 && size != 16 || bits < 0 || bits > size*8 {
			return nil, errorf("NET.IP_NET_MASK() needs a size of 4 or 16 bytes, and a prefix within it")
		}
		mask := make([]byte, size)
		for i := range bits {
			mask[i/8] |= 0x80 >> (i % 8)
		}
		return mask, nil
	}},
	{name: "bq_net_ipv4_from_int64", args: []duckdb.Type{integer}, result: blob, call: func(a []driver.Value) (any, error) {
		n := a[0].(int64)
		if n < -0x80000000 || n > 0xFFFFFFFF {
			return nil, errorf("NET.IPV4_FROM_INT64() needs a number of 32 bits")
		}
		return binary.BigEndian.AppendUint32(nil, uint32(n)), nil
	}},
	{name: "bq_net_ipv4_to_int64", args: []duckdb.Type{blob}, result: integer, call: func(a []driver.Value) (any, error) {
		b := a[0].([]byte)
		if len(b) != 4 {
			return nil, errorf("NET.IPV4_TO_INT64() needs 4 bytes")
		}
		return int64(binary.BigEndian.Uint32(b)), nil
	}},
}

// host is the host of a URL that may lack its scheme.
func host(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "//") {
		s = "//" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Hostname(), ".")
}

// suffix is the public suffix of a host, in the host's own case.
func suffix(h string) string {
	if h == "" || !strings.Contains(h, ".") {
		return ""
	}
	s, known := publicsuffix.PublicSuffix(strings.ToLower(h))
	if !known && !strings.Contains(s, ".") {
		return ""
	}
	return h[len(h)-len(s):]
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
