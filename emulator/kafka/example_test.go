package kafka_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/twmb/franz-go/pkg/kgo"
)

func ExampleStart() {
	ctx := context.Background()
	broker, err := kafka.Start(ctx, kafka.Options{Topics: map[string]int32{"orders": 3}})
	if err != nil {
		log.Fatal(err)
	}
	defer broker.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addr()), kgo.ConsumeTopics("orders"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(ctx, &kgo.Record{Topic: "orders", Value: []byte("an order")}).FirstErr(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", client.PollFetches(ctx).Records()[0].Value)
	// Output: an order
}
