package types

import (
	"bytes"
	"strings"
	"testing"
)

// The bytes of numbers compare as the numbers do, and come back as they were.
func TestBigNumericBytes(t *testing.T) {
	const most = "578960446186580977117854925043439539266.34992332820282019728792003956564819967"
	var last []byte
	for _, s := range []string{
		"-" + most, "-12345678901234567890123.5", "-1", "-0.00000000000000000000000000000000000001", "0", "0.00000000000000000000000000000000000001", "0.5", "1", "10", most,
	} {
		b, err := BigBytes(s)
		if err != nil || len(b) != 32 || BigText(b) != s {
			t.Errorf("%s is %x, %v and comes back as %s", s, b, err, BigText(b))
		}
		if bytes.Compare(last, b) >= 0 {
			t.Errorf("%s isn't after the number before it", s)
		}
		last = b
	}
	if b, err := BigBytes("0.000000000000000000000000000000000000005"); err != nil || BigText(b) != "0.00000000000000000000000000000000000001" {
		t.Errorf("half of the last digit is %s, %v", BigText(b), err)
	}
	for _, bad := range []string{"", "x", "1/3", "0x1", "1e999", "6" + most[1:], strings.Repeat("9", 300)} {
		if b, err := BigBytes(bad); err == nil {
			t.Errorf("%q is %x", bad, b)
		}
	}
}
