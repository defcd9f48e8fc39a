package cloud

import (
	"context"
	"strconv"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging/metric"
	"github.com/tallystream/tallystream/emulator/cloud/logging/sink"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/project"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

// keeping are the APIs whose resources are kept, with no effect, by their services' names.
func keeping(ctx context.Context, policies *policy.Policies, locations []string) map[string]*resource.Service {
	all := map[string]*resource.Service{}
	for name, kinds := range map[string][]resource.Kind{
		"artifactregistry": {
			{Collection: "projects/*/locations/*/repositories", IDs: "repositoryid", LongRunning: true, IAM: true},
		},
		"managedkafka": {
			{Collection: "projects/*/locations/*/clusters", IDs: "clusterid", LongRunning: true, Complete: completeCluster},
			{Collection: "projects/*/locations/*/clusters/*/topics", IDs: "topicid"},
			{Collection: "projects/*/locations/*/clusters/*/acls", IDs: "aclid"},
		},
		"monitoring": {
			{Collection: "projects/*/alertPolicies", MadeIDs: true, Complete: completeAlert},
			{Collection: "projects/*/dashboards", MadeIDs: true},
			{Collection: "projects/*/notificationChannels", MadeIDs: true},
			{Collection: "projects/*/uptimeCheckConfigs", MadeIDs: true},
			{Collection: "projects/*/services", IDs: "serviceid"},
			{Collection: "projects/*/services/*/serviceLevelObjectives", IDs: "servicelevelobjectiveid"},
		},
		"logging": {
			{Collection: "projects/*/metrics", Slashes: true, ShortNames: true, Check: metric.Check},
			{Collection: "projects/*/sinks", ShortNames: true, Check: sink.Check, Complete: completeSink},
			{Collection: "projects/*/locations/*/buckets", IDs: "bucketid", Creates: "createAsync", Complete: func(o api.Object) { o["lifecycleState"] = "ACTIVE" }},
		},
		"billingbudgets": {
			{Collection: "billingAccounts/*/budgets", MadeIDs: true},
		},
	} {
		all[name] = resource.New(ctx, name+google, policies, kinds...)
	}
	all["artifactregistry"].Locations = locations
	return all
}

// completeCluster adds to a Kafka cluster its state and its bootstrap address, which
// nothing listens at.
func completeCluster(o api.Object) {
	name := o["name"].(string)
	o["state"] = "ACTIVE"
	o["bootstrapAddress"] = "bootstrap." + api.Segment(name, "clusters") + "." + api.Segment(name, "locations") +
		".managedkafka." + api.Segment(name, "projects") + ".cloud.goog:9092"
}

// completeAlert names an alert's conditions.
func completeAlert(o api.Object) {
	conditions, _ := o["conditions"].([]any)
	for n, c := range conditions {
		if condition, ok := c.(api.Object); ok && condition["name"] == nil {
			condition["name"] = o["name"].(string) + "/conditions/" + strconv.Itoa(n+1)
		}
	}
}

// completeSink gives a sink the account that all sinks of its project write as.
func completeSink(o api.Object) {
	number := project.Number(api.Segment(o["name"].(string), "projects"))
	o["writerIdentity"] = "serviceAccount:service-" + number + "@gcp-sa-logging.iam.gserviceaccount.com"
}
