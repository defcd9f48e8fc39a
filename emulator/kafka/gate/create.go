package gate

import (
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// createTopics takes topics out of a request whose name or settings are refused.
func createTopics(g *Gate, request kmsg.Request) (bool, completion, error) {
	r := request.(*kmsg.CreateTopicsRequest)
	kept, refused := sift(r.Topics, checkTopic, func(t kmsg.CreateTopicsRequestTopic, no *refusal) kmsg.CreateTopicsResponseTopic {
		answer := kmsg.NewCreateTopicsResponseTopic()
		answer.Topic, answer.ErrorCode, answer.ErrorMessage = t.Topic, no.code.Code, &no.say
		answer.NumPartitions, answer.ReplicationFactor = -1, -1
		return answer
	})
	configs := map[string]map[string]*string{} // of the topics that the broker makes
	for _, t := range kept {
		configs[t.Topic] = map[string]*string{}
		for i := range t.Configs {
			c := &t.Configs[i]
			c.Value = trimmed(c.Value)
			configs[t.Topic][c.Name] = c.Value
			c.Name = stored(c.Name)
		}
	}
	r.Topics = kept
	return true, func(response kmsg.Response) bool {
		g.changed()
		answer := response.(*kmsg.CreateTopicsResponse)
		for i := range answer.Topics {
			if t := &answer.Topics[i]; t.ErrorCode == 0 {
				t.Configs = g.created(configs[t.Topic])
			}
		}
		answer.Topics = append(answer.Topics, refused...)
		return true
	}, nil
}

// checkTopic returns why a topic isn't made, as far as the broker doesn't say so.
func checkTopic(t *kmsg.CreateTopicsRequestTopic) *refusal {
	if err := topicconfig.CheckName(t.Topic); err != nil {
		return &refusal{kerr.InvalidTopicException, err.Error()}
	}
	for _, c := range t.Configs {
		if problem := topicconfig.Check(c.Name, c.Value); problem != "" {
			return &refusal{kerr.InvalidConfig, problem}
		}
	}
	return nil
}

// created are the settings of a new topic as the answer has them.
func (g *Gate) created(configs map[string]*string) []kmsg.CreateTopicsResponseTopicConfig {
	var list []kmsg.CreateTopicsResponseTopicConfig
	for _, d := range g.describe(configs, false) {
		c := kmsg.NewCreateTopicsResponseTopicConfig()
		c.Name, c.Value, c.Source = d.Name, d.Value, int8(d.Source)
		list = append(list, c)
	}
	return list
}
