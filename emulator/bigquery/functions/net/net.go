// Package net holds the functions of NET.
package net

import (
	"database/sql/driver"
	"encoding/binary"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// Groups are the functions of the package.
var Groups = []function.Group{addresses}

// addresses are hosts and addresses.
var addresses = function.Group{
	Scalars: map[string]function.Scalar{
		"net.host":                function.SQL("bq_net_host($1)"),
		"net.public_suffix":       function.SQL("bq_net_public_suffix($1)"),
		"net.reg_domain":          function.SQL("bq_net_reg_domain($1)"),
		"net.ip_from_string":      function.SQL("bq_net_ip_from_string($1)"),
		"net.safe_ip_from_string": function.SQL(ducksql.OrNull("bq_net_ip_from_string($1)")),
		"net.ip_to_string":        function.SQL("bq_net_ip_to_string($1)"),
		"net.ip_trunc":            function.SQL("bq_net_ip_trunc($1, $2)"),
		"net.ip_net_mask":         function.SQL("bq_net_ip_net_mask($1, $2)"),
		"net.ipv4_from_int64":     function.SQL("bq_net_ipv4_from_int64($1)"),
		"net.ipv4_to_int64":       function.SQL("bq_net_ipv4_to_int64($1)"),
	},
	Natives: []function.Native{
		{Name: "bq_net_host", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return orNull(host(a[0].(string))), nil
		}},
		{Name: "bq_net_public_suffix", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return orNull(suffix(host(a[0].(string)))), nil
		}},
		{Name: "bq_net_reg_domain", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			h := host(a[0].(string))
			s := suffix(h)
			if s == "" || s == h {
				return nil, nil
			}
			before := strings.TrimSuffix(strings.TrimSuffix(h, s), ".")
			return before[strings.LastIndexByte(before, '.')+1:] + "." + s, nil
		}},
		{Name: "bq_net_ip_from_string", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			ip, err := netip.ParseAddr(a[0].(string))
			if err != nil || ip.Zone() != "" {
				return nil, function.Errorf("Invalid IP address: %s", a[0])
			}
			return ip.AsSlice(), nil
		}},
		{Name: "bq_net_ip_to_string", Args: function.Types{function.Blob}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			ip, ok := netip.AddrFromSlice(a[0].([]byte))
			if !ok {
				return nil, function.Errorf("NET.IP_TO_STRING() encountered a non-IP value of %d bytes", len(a[0].([]byte)))
			}
			return ip.String(), nil
		}},
		{Name: "bq_net_ip_trunc", Args: function.Types{function.Blob, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			ip, ok := netip.AddrFromSlice(a[0].([]byte))
			if !ok {
				return nil, function.Errorf("NET.IP_TRUNC() needs 4 or 16 bytes")
			}
			p, err := ip.Prefix(int(a[1].(int64)))
			return p.Addr().AsSlice(), err
		}},
		{Name: "bq_net_ip_net_mask", Args: function.Types{function.Integer, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			size, bits := a[0].(int64), a[1].(int64)
			if size != 4 && size != 16 || bits < 0 || bits > size*8 {
				return nil, function.Errorf("NET.IP_NET_MASK() needs a size of 4 or 16 bytes, and a prefix within it")
			}
			mask := make([]byte, size)
			for i := range bits {
				mask[i/8] |= 0x80 >> (i % 8)
			}
			return mask, nil
		}},
		{Name: "bq_net_ipv4_from_int64", Args: function.Types{function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			n := a[0].(int64)
			if n < -0x80000000 || n > 0xFFFFFFFF {
				return nil, function.Errorf("NET.IPV4_FROM_INT64() needs a number of 32 bits")
			}
			return binary.BigEndian.AppendUint32(nil, uint32(n)), nil
		}},
		{Name: "bq_net_ipv4_to_int64", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			b := a[0].([]byte)
			if len(b) != 4 {
				return nil, function.Errorf("NET.IPV4_TO_INT64() needs 4 bytes")
			}
			return int64(binary.BigEndian.Uint32(b)), nil
		}},
	},
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
