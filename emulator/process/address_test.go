package process

import (
	"fmt"
	"runtime"
	"testing"
)

// A port that another process has been given isn't given, although nothing listens on it yet.
func TestFreeAddressIsReserved(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("ports are reserved on Linux only")
	}
	address, err := FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	var port uint32
	if _, err := fmt.Sscanf(address, "127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	if again, err := free(port); err == nil {
		t.Errorf("%s is given a second time", again)
	}
	for range len(given.last) { // others are given meanwhile
		if _, err := FreeAddress(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := free(port); err != nil {
		t.Errorf("after %d others %s isn't free again: %v", len(given.last), address, err)
	}
}
