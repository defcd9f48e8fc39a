package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	vkit "cloud.google.com/go/pubsub/v2/apiv1"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/api/option"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/local/stress/faults"
	"github.com/tallystream/tallystream/shared/drain"
)

// setup is in what trials differ.
type setup struct {
	election uint64          // seed of the records
	children map[string]bool // stages that are processes of their own
	control  *control        // the rule that is broken, if any
	skew     func() time.Duration
	batch    int                                           // most records of a message
	clock    *clock                                        // of the aggregate; nil for the machine's
	delay    func() time.Duration                          // of each push; nil for none
	pushed   time.Duration                                 // how long a push may take; 0 for long enough
	called   func(drain.BridgeRequest) drain.BridgeRequest // changes a call to a stage; nil leaves it
	audited  bool                                          // the verifier audits the outcome too

	statement func(number int, sql string) // is called with the statements of passes; may be nil
}

// trial carries one election through the stages, with faults.
type trial struct {
	setup
	place    *place
	fixture  *fixture
	in       *faults.Injector
	platform *platform
	pubsub   *pubsub.Server
	topics   *vkit.TopicAdminClient
	subs     *vkit.SubscriptionAdminClient
	http     *http.Client
	inflight inflight
	logs     buffer.Buffer
	closers  []func()

	calling sync.Mutex
	callers map[int]context.CancelFunc // of calls under way
	calls   int

	early  []string // times at which the count was called complete too early
	unlike []string // live figures that weren't what the pass over them made of them
	live   int      // live figures that were compared with those
}

// newTrial sets everything up; no fault happens before the injector is started.
func (p *place) newTrial(ctx context.Context, s setup) (_ *trial, err error) {
	t := &trial{setup: s, place: p, in: &faults.Injector{}, http: newClient()}
	if t.pushed == 0 {
		t.pushed = 20 * time.Second
	}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	t.closers = append(t.closers, t.http.CloseIdleConnections)
	if t.fixture, err = newFixture(ctx, s.election, t.in.Listen); err != nil {
		return nil, err
	}
	t.closers = append(t.closers, t.fixture.close)
	if t.pubsub, err = pubsub.Start(context.WithoutCancel(ctx), pubsub.Options{Grace: time.Millisecond}); err != nil {
		return nil, err
	}
	t.closers = append(t.closers, func() { _ = t.pubsub.Close() })
	defer p.Hold()()
	if err := p.Empty(ctx, t.way()); err != nil {
		return nil, err
	}
	t.platform = &platform{children: s.children, program: p.harness.program, clock: s.clock, logs: &t.logs}
	if s.control != nil {
		t.platform.build = s.control.build
		if s.control.live != nil {
			restore, err := p.ChangeLive(ctx, s.control.live)
			if err != nil {
				return nil, err
			}
			t.closers = append(t.closers, restore)
		}
	}
	t.in.Kill = t.platform.kill
	if t.platform.env, err = t.environment(ctx); err != nil {
		return nil, err
	}
	t.closers = append(t.closers, t.platform.close)
	if err := t.subscribe(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// close ends what the trial started, the last first.
func (t *trial) close() {
	for i := len(t.closers) - 1; i >= 0; i-- {
		t.closers[i]()
	}
}

// way is what happens between the stages and the tables.
func (t *trial) way() Way {
	w := Way{In: t.in, HTTP: t.http, Skew: t.skew, Statement: t.statement}
	if c := t.control; c != nil {
		w.Rewrite = c.rewrite[t.place.harness.warehouse.Kind()]
		w.Forgetful = c.forgetful && w.Rewrite == nil
	}
	return w
}

// environment starts the proxies and leads the functions to them.
func (t *trial) environment(ctx context.Context) (map[string]string, error) {
	conn, err := DialGRPC(t.pubsub.Addr())
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, func() { _ = conn.Close() })
	publisher := &faults.Publisher{In: t.in, Upstream: pubsubpb.NewPublisherClient(conn), Passed: t.inflight.published}
	if c := t.control; c != nil {
		publisher.AnswerFirst = c.publishAnswersFirst
		publisher.Rewrite = c.message
	}
	publish, stop, err := ServeGRPC(publisher.Register)
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, stop)
	env, err := t.place.Connect(ctx, t.way())
	if err != nil {
		return nil, err
	}
	t.closers = append(t.closers, t.place.Disconnect)
	text, err := json.Marshal(t.fixture.election)
	if err != nil {
		return nil, err
	}
	maps.Copy(env, map[string]string{
		"WAREHOUSE":            t.place.harness.warehouse.Kind(),
		"KAFKA_BROKERS":        strings.Join(t.fixture.kafka.seeds, ","),
		"KAFKA_GROUP":          "torture",
		"GOOGLE_CLOUD_PROJECT": t.place.id,
		"PUBSUB_EMULATOR_HOST": publish,
		"HMAC_KEY":             t.place.hmacKey,
		"ELECTION":             string(text),
		"BATCH_RECORDS":        strconv.Itoa(t.batch),
		"LINGER_MS":            "2",
		"PASS_INTERVAL":        "0.01",
		"LOG_LEVEL":            "debug",
	})
	return env, nil
}

const (
	topicName = "kafka-records"
	deadName  = "kafka-records-dead"
)

func (t *trial) topic(name string) string { return "projects/" + t.place.id + "/topics/" + name }
func (t *trial) subscription(name string) string {
	return "projects/" + t.place.id + "/subscriptions/" + name
}

// subscribe has Pub/Sub push to ingest, through the faults.
func (t *trial) subscribe(ctx context.Context) (err error) {
	conn, err := DialGRPC(t.pubsub.Addr())
	if err != nil {
		return err
	}
	t.closers = append(t.closers, func() { _ = conn.Close() })
	if t.topics, err = vkit.NewTopicAdminClient(ctx, option.WithGRPCConn(conn)); err != nil {
		return err
	}
	if t.subs, err = vkit.NewSubscriptionAdminClient(ctx, option.WithGRPCConn(conn)); err != nil {
		return err
	}
	pusher := &faults.Pusher{
		In: t.in, Client: t.http, Deadline: t.pushed, Delay: t.delay, Answered: t.inflight.acknowledged,
		Endpoint:    func(ctx context.Context) (string, error) { return t.platform.endpoint(ctx, ingestStage) },
		AnswerFirst: t.control != nil && t.control.pushAnswersFirst,
	}
	endpoint, err := Serve(pusher)
	if err != nil {
		return err
	}
	t.closers = append(t.closers, endpoint.Close)
	for _, name := range []string{topicName, deadName} {
		if _, err := t.topics.CreateTopic(ctx, &pubsubpb.Topic{Name: t.topic(name)}); err != nil {
			return fmt.Errorf("create topic %s: %w", name, err)
		}
	}
	for _, s := range []*pubsubpb.Subscription{
		{Name: t.subscription(deadName), Topic: t.topic(deadName)},
		{
			Name: t.subscription(topicName), Topic: t.topic(topicName), AckDeadlineSeconds: 60,
			PushConfig: &pubsubpb.PushConfig{PushEndpoint: endpoint.URL},
			RetryPolicy: &pubsubpb.RetryPolicy{
				MinimumBackoff: durationpb.New(20 * time.Millisecond), MaximumBackoff: durationpb.New(500 * time.Millisecond),
			},
			DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{DeadLetterTopic: t.topic(deadName), MaxDeliveryAttempts: 100},
		},
	} {
		if _, err := t.subs.CreateSubscription(ctx, s); err != nil {
			return fmt.Errorf("create subscription %s: %w", s.Name, err)
		}
	}
	return nil
}

// deadLetters counts the messages that Pub/Sub has given up.
func (t *trial) deadLetters(ctx context.Context) (int, error) {
	r, err := t.subs.Pull(ctx, &pubsubpb.PullRequest{
		Subscription: t.subscription(deadName), MaxMessages: 100,
		//lint:ignore SA1019 everything has been delivered: there is nothing to wait for
		ReturnImmediately: true,
	})
	return len(r.GetReceivedMessages()), err
}
