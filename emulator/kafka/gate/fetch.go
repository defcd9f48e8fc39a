package gate

import "github.com/twmb/franz-go/pkg/kmsg"

// fetch changes what consumers are given, by themselves and in share groups.
func fetch(*Gate, kmsg.Request) (bool, completion, error) {
	return false, func(r kmsg.Response) (changed bool) {
		switch r := r.(type) {
		case *kmsg.FetchResponse:
			for _, t := range r.Topics {
				for i := range t.Partitions {
					changed = show(&t.Partitions[i].RecordBatches) || changed
				}
			}
		case *kmsg.ShareFetchResponse:
			for _, t := range r.Topics {
				for i := range t.Partitions {
					changed = show(&t.Partitions[i].Records) || changed
				}
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
