package pubsub_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A push subscription from topic to handler, as a test of a handler needs it.
func ExampleStart() {
	ctx := context.Background()
	server, err := pubsub.Start(ctx, pubsub.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	got := make(chan string)
	handler := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.Header.Get("Content-Type")
	}))
	defer handler.Close()

	// A client that honours PUBSUB_EMULATOR_HOST=server.Addr() does as well.
	conn, err := grpc.NewClient(server.Addr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	publisher, subscriber := pubsubpb.NewPublisherClient(conn), pubsubpb.NewSubscriberClient(conn)
	topic, err := publisher.CreateTopic(ctx, &pubsubpb.Topic{Name: "projects/test/topics/orders"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = subscriber.CreateSubscription(ctx, &pubsubpb.Subscription{
		Name: "projects/test/subscriptions/handler", Topic: topic.Name,
		PushConfig: &pubsubpb.PushConfig{PushEndpoint: handler.URL},
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = publisher.Publish(ctx, &pubsubpb.PublishRequest{
		Topic: topic.Name, Messages: []*pubsubpb.PubsubMessage{{Data: []byte("an order")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-got)
	// Output: application/json
}
