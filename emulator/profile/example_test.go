package profile_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// A program that waits as long as an operation takes on Google Cloud, at twenty times
// the cloud's speed.
func Example() {
	cloud, err := profile.Parse("cloud/20", profile.Options{Seed: 1})
	if err != nil {
		panic(err)
	}
	if err := cloud.Wait(context.Background(), profile.PubSubPublish); err != nil {
		panic(err)
	}
	fmt.Println("published, like", cloud)
	fmt.Println("a minute takes", cloud.Scale(time.Minute))
	// Output:
	// published, like cloud/20
	// a minute takes 3s
}
