package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging/sink"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
	"github.com/tallystream/tallystream/emulator/cloud/storage"
)

// deliver starts to deliver log entries as the sinks say.
func (c *Cloud) deliver(ctx context.Context, kept *resource.Service, objects *storage.Service) *sink.Deliverer {
	return sink.Start(ctx, sink.Options{
		Logs:  c.logs,
		Sinks: func() map[string]api.Object { return kept.Resources("projects/*/sinks/*") },
		Allowed: func(member, permission, name string) error {
			if !c.options.Enforce {
				return nil
			}
			return c.policies.Check(member, permission, name, policy.Project(name))
		},
		Create: objects.Create, Publish: c.publish,
	})
}

// publish publishes a message to Pub/Sub's emulator.
func (c *Cloud) publish(ctx context.Context, topic string, data []byte, attributes map[string]string) error {
	if c.options.PubSub == "" {
		return errors.New("the local cloud has no Pub/Sub")
	}
	body, err := json.Marshal(api.Object{"messages": []any{api.Object{"data": data, "attributes": attributes}}})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.options.PubSub+"/v1/"+topic+":publish", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 512)) // enough to say what is wrong
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return err
}
