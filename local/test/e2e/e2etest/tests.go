package e2etest

import "testing"

// tests are those of the whole chain.
var tests = []struct {
	name string
	run  func(*testing.T, Warehouse)
}{
	{"CleanElection", cleanElection},
	{"OpenBallot", openBallot},
	{"VotersAfterVotes", votersAfterVotes},
	{"DayFromTheVotes", dayFromTheVotes},
	{"Delivery", delivery},
	{"DashboardShowsTheResult", dashboardShowsTheResult},
	{"Backfill", backfill},
	{"BackfillWhileVotesComeIn", backfillWhileVotesComeIn},
	{"BackPressure", backPressure},
	{"PageFillsFromTheStages", pageFillsFromTheStages},
	{"Clock", clock},
	{"ManyWriteIns", manyWriteIns},
	{"DeadLetterIsReplayed", deadLetterIsReplayed},
	{"DeadLetterIsFixed", deadLetterIsFixed},
	{"Backlog", backlog},
	{"ScheduleOfAnIdleDeployment", scheduleOfAnIdleDeployment},
	{"Incarnations", incarnations},
	{"RebuildMendsEverything", rebuildMendsEverything},
	{"RebuildOfARange", rebuildOfARange},
	{"RebuildWhileVotesComeIn", rebuildWhileVotesComeIn},
	{"SchemaChangeWhileVotesComeIn", schemaChangeWhileVotesComeIn},
	{"ColumnComesAfterItsWriter", columnComesAfterItsWriter},
	{"BridgeIsTerminated", bridgeIsTerminated},
	{"IngestIsTerminated", ingestIsTerminated},
	{"AggregateIsTerminated", aggregateIsTerminated},
	{"DashboardIsTerminated", dashboardIsTerminated},
	{"StateKnowsWhatEveryStageHolds", stateKnowsWhatEveryStageHolds},
	{"StateKnowsOfOpenTransactions", stateKnowsOfOpenTransactions},
	{"Certification", certification},
	{"VerifyFindsDamage", verifyFindsDamage},
	{"VerifyWhileVotesComeIn", verifyWhileVotesComeIn},
	{"VerifyWhereKafkaHoldsMore", verifyWhereKafkaHoldsMore},
}

// Run runs every test of the whole chain on a warehouse, several at once: each has stages, tables and a Kafka of
// its own, and waits for them much of the time.
func Run(t *testing.T, w Warehouse) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, w)
		})
	}
}
