package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// brokerSettings are those of the broker that it acts on when they change.
var brokerSettings = []string{
	"connections.max.reauth.ms", "max.incremental.fetch.session.cache.slots",
	"group.consumer.heartbeat.interval.ms", "group.consumer.session.timeout.ms", "group.max.size",
	"group.min.session.timeout.ms", "group.max.session.timeout.ms",
	"transaction.max.timeout.ms", "transactional.id.expiration.ms",
	"offsets.retention.minutes", "offsets.retention.check.interval.ms",
	"group.share.heartbeat.interval.ms", "group.share.session.timeout.ms", "group.share.delivery.count.limit",
	"group.share.record.lock.duration.ms", "group.share.partition.max.record.locks", "group.share.max.share.sessions",
	"group.share.max.size",
}

// checkBroker returns why a setting of the broker isn't changed.
func checkBroker(name string) *refusal {
	if slices.Contains(brokerSettings, name) {
		return nil
	}
	return &refusal{kerr.InvalidRequest, fmt.Sprintf("Cannot update these configs dynamically: %s. The emulator has options for topics' defaults.", name)}
}

// alterConfigs takes resources out of a request whose settings are refused.
func alterConfigs(g *Gate, request kmsg.Request) (bool, completion, error) {
	r := request.(*kmsg.AlterConfigsRequest)
	return altering(g, &r.Resources, checkAlter,
		func(q kmsg.AlterConfigsRequestResource, no *refusal) kmsg.AlterConfigsResponseResource {
			return unaltered(q.ResourceType, q.ResourceName, no)
		},
		func(answer kmsg.Response) *[]kmsg.AlterConfigsResponseResource {
			return &answer.(*kmsg.AlterConfigsResponse).Resources
		})
}

// altering takes the resources out of a request that check refuses, and answers for them
// beside the broker's answers.
func altering[Q, A any](g *Gate, resources *[]Q, check func(*Q) *refusal, unaltered func(Q, *refusal) A, answers func(kmsg.Response) *[]A) (bool, completion, error) {
	kept, refused := sift(*resources, check, unaltered)
	*resources = kept
	return true, func(response kmsg.Response) bool {
		g.changed()
		all := answers(response)
		*all = append(*all, refused...)
		return true
	}, nil
}

// unaltered is the answer for a resource whose settings stay.
func unaltered(kind kmsg.ConfigResourceType, name string, no *refusal) kmsg.AlterConfigsResponseResource {
	answer := kmsg.NewAlterConfigsResponseResource()
	answer.ResourceType, answer.ResourceName = kind, name
	answer.ErrorCode, answer.ErrorMessage = no.code.Code, &no.say
	return answer
}

// checkAlter checks the settings that replace those of a resource, and names them as they
// are stored.
func checkAlter(r *kmsg.AlterConfigsRequestResource) *refusal {
	for i := range r.Configs {
		c := &r.Configs[i]
		switch r.ResourceType {
		case kmsg.ConfigResourceTypeTopic:
			if problem := topicconfig.Check(c.Name, c.Value); problem != "" {
				return &refusal{kerr.InvalidConfig, problem}
			}
			c.Name, c.Value = stored(c.Name), trimmed(c.Value)
		case kmsg.ConfigResourceTypeBroker:
			if no := checkBroker(c.Name); no != nil {
				return no
			}
		}
	}
	return nil
}

// incrementalAlterConfigs takes resources out of a request whose changes are refused.
func incrementalAlterConfigs(g *Gate, request kmsg.Request) (bool, completion, error) {
	r := request.(*kmsg.IncrementalAlterConfigsRequest)
	return altering(g, &r.Resources, g.checkChanges,
		func(q kmsg.IncrementalAlterConfigsRequestResource, no *refusal) kmsg.IncrementalAlterConfigsResponseResource {
			return kmsg.IncrementalAlterConfigsResponseResource(unaltered(q.ResourceType, q.ResourceName, no))
		},
		func(answer kmsg.Response) *[]kmsg.IncrementalAlterConfigsResponseResource {
			return &answer.(*kmsg.IncrementalAlterConfigsResponse).Resources
		})
}

// checkChanges checks the changes of a resource. Those of a topic it writes as the broker
// shall make them.
func (g *Gate) checkChanges(r *kmsg.IncrementalAlterConfigsRequestResource) *refusal {
	var configs map[string]*string
	if r.ResourceType == kmsg.ConfigResourceTypeTopic {
		info := g.broker.TopicInfo(r.ResourceName)
		if info == nil {
			return nil // the broker says so
		}
		configs = info.Configs
	}
	seen := map[string]bool{}
	for i := range r.Configs {
		c := &r.Configs[i]
		if seen[c.Name] {
			return &refusal{kerr.InvalidRequest, "Error due to duplicate config keys: " + c.Name}
		}
		seen[c.Name] = true
		switch r.ResourceType {
		case kmsg.ConfigResourceTypeTopic:
			if no := g.checkChange(c, configs); no != nil {
				return no
			}
		case kmsg.ConfigResourceTypeBroker:
			if no := checkBroker(c.Name); no != nil {
				return no
			}
		}
	}
	return nil
}

// checkChange checks the change of one setting of a topic. A change of a list becomes the
// list that it makes.
func (g *Gate) checkChange(c *kmsg.IncrementalAlterConfigsRequestResourceConfig, configs map[string]*string) *refusal {
	switch c.Op {
	case kmsg.IncrementalAlterConfigOpAppend, kmsg.IncrementalAlterConfigOpSubtract:
		s, _ := topicconfig.Find(c.Name)
		if s.Type != kmsg.ConfigTypeList || c.Value == nil {
			return &refusal{kerr.InvalidConfig, fmt.Sprintf("Can't append to or subtract from %s: it isn't a list, or no value is given.", c.Name)}
		}
		list := topicconfig.List(effective(g.defaults, configs, c.Name))
		for _, v := range topicconfig.List(*c.Value) {
			has := slices.Contains(list, v)
			switch {
			case c.Op == kmsg.IncrementalAlterConfigOpAppend && !has:
				list = append(list, v)
			case c.Op == kmsg.IncrementalAlterConfigOpSubtract && has:
				list = slices.DeleteFunc(list, func(old string) bool { return old == v })
			}
		}
		value := strings.Join(list, ",")
		c.Op, c.Value = kmsg.IncrementalAlterConfigOpSet, &value
	}
	if c.Op == kmsg.IncrementalAlterConfigOpSet {
		if problem := topicconfig.Check(c.Name, c.Value); problem != "" {
			return &refusal{kerr.InvalidConfig, problem}
		}
	}
	c.Name, c.Value = stored(c.Name), trimmed(c.Value)
	return nil
}
