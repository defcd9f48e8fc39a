package gate

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/emulator/kafka/topicconfig"
)

// describeConfigs has the broker tell all that a topic sets, and describes every setting
// from it.
func describeConfigs(g *Gate, request kmsg.Request) (bool, completion, error) {
	r := request.(*kmsg.DescribeConfigsRequest)
	names := map[string][]string{} // that are asked for; nil for all
	for i := range r.Resources {
		if t := &r.Resources[i]; t.ResourceType == kmsg.ConfigResourceTypeTopic {
			names[t.ResourceName] = t.ConfigNames
			t.ConfigNames = nil
		}
	}
	return true, func(response kmsg.Response) bool {
		answer := response.(*kmsg.DescribeConfigsResponse)
		for i := range answer.Resources {
			t := &answer.Resources[i]
			switch {
			case t.ErrorCode != 0:
			case t.ResourceType == kmsg.ConfigResourceTypeTopic:
				t.Configs = g.described(t.Configs, names[t.ResourceName], r.IncludeSynonyms)
			case t.ResourceType == kmsg.ConfigResourceTypeBroker:
				g.describeRetention(t.Configs)
			}
		}
		return true
	}, nil
}

// described returns the settings with these names, or all, of a topic that the broker
// described.
func (g *Gate) described(broker []kmsg.DescribeConfigsResponseResourceConfig, names []string, synonyms bool) []kmsg.DescribeConfigsResponseResourceConfig {
	configs := map[string]*string{}
	for _, c := range broker {
		if c.Source == kmsg.ConfigSourceDynamicTopicConfig {
			configs[strings.TrimPrefix(c.Name, ownPrefix)] = c.Value
		}
	}
	all := g.describe(configs, synonyms)
	if names == nil {
		return all
	}
	return slices.DeleteFunc(all, func(c kmsg.DescribeConfigsResponseResourceConfig) bool { return !slices.Contains(names, c.Name) })
}

// describe returns every setting of a topic, with its value and where that comes from.
func (g *Gate) describe(configs map[string]*string, synonyms bool) []kmsg.DescribeConfigsResponseResourceConfig {
	var list []kmsg.DescribeConfigsResponseResourceConfig
	for _, s := range topicconfig.All {
		c := kmsg.NewDescribeConfigsResponseResourceConfig()
		c.Name, c.ConfigType = s.Name, s.Type
		from := []kmsg.DescribeConfigsResponseResourceConfigConfigSynonym{}
		add := func(value string, source kmsg.ConfigSource) {
			one := kmsg.NewDescribeConfigsResponseResourceConfigConfigSynonym()
			one.Name, one.Value, one.Source = s.Name, &value, source
			from = append(from, one)
		}
		if v := configs[s.Name]; v != nil {
			add(*v, kmsg.ConfigSourceDynamicTopicConfig)
		}
		if v, ok := g.defaults[s.Name]; ok {
			add(v, kmsg.ConfigSourceStaticBrokerConfig)
		}
		add(s.Default, kmsg.ConfigSourceDefaultConfig)
		c.Value, c.Source = from[0].Value, from[0].Source
		c.IsDefault = c.Source == kmsg.ConfigSourceDefaultConfig
		if synonyms {
			c.ConfigSynonyms = from
		}
		list = append(list, c)
	}
	return list
}

// describeRetention tells the retention of topics that set none, which isn't the broker's.
func (g *Gate) describeRetention(configs []kmsg.DescribeConfigsResponseResourceConfig) {
	for i := range configs {
		if v, ok := g.defaults[strings.TrimPrefix(configs[i].Name, "log.")]; ok && strings.HasPrefix(configs[i].Name, "log.retention.") {
			configs[i].Value = &v
		}
	}
}
