package cloudrun_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/emulator/profile"
)

// A service that takes one request at a time and isn't for strangers.
func Example() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "drained")
	}))
	defer service.Close()
	cloud, err := profile.Parse("cloud/100", profile.Options{})
	if err != nil {
		panic(err)
	}
	gate, err := cloudrun.New(cloudrun.Service{
		Name: "bridge", URL: service.URL, Concurrency: 1, MaxInstances: 1, Timeout: time.Minute,
		Internal: true, Start: profile.RunStart,
	}, cloud, nil)
	if err != nil {
		panic(err)
	}
	front := httptest.NewServer(gate)
	defer front.Close()
	for _, caller := range []string{"curl", "Google-Cloud-Scheduler"} {
		req, err := http.NewRequest(http.MethodPost, front.URL, nil)
		if err != nil {
			panic(err)
		}
		req.Header.Set("User-Agent", caller)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
		fmt.Println(caller, resp.Status)
	}
	// Output:
	// curl 404 Not Found
	// Google-Cloud-Scheduler 200 OK
}
