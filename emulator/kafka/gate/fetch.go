package gate

import "github.com/twmb/franz-go/pkg/kmsg"

func fetch(*Gate, kmsg.Request) (bool, completion, error) {
	return false, func(r kmsg.Response) (changed bool) {
		topics := r.(*kmsg.FetchResponse).Topics
		for i := range topics {
			for j := range topics[i].Partitions {
				changed = show(&topics[i].Partitions[j].RecordBatches) || changed
			}
		}
		return changed
	}, nil
}

func shareFetch(*Gate, kmsg.Request) (bool, completion, error) {
	return false, func(r kmsg.Response) (changed bool) {
		topics := r.(*kmsg.ShareFetchResponse).Topics
		for i := range topics {
			for j := range topics[i].Partitions {
				changed = show(&topics[i].Partitions[j].Records) || changed
			}
		}
		return changed
	}, nil
}

// show replaces batches by what clients read; false if they are so already.
func show(batches *[]byte) bool {
	out, changed := shown(*batches)
	if changed {
		*batches = out
	}
	return changed
}
