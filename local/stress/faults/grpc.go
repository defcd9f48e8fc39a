package faults

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// before is the error of a gRPC request that a fault keeps from taking effect; nil
// where it is passed on.
func (in *Injector) before(op Op, fault Fault) error {
	switch fault {
	case Refused:
		return status.Error(codes.Unavailable, "refused by a fault")
	case Denied:
		return status.Error(codes.PermissionDenied, "denied by a fault")
	case KillBefore:
		in.kill(op)
		return status.Error(codes.Unavailable, "the sender was killed by a fault")
	}
	return nil
}

// after is the error in place of the answer to a gRPC request that took effect; nil
// where the answer is passed on.
func (in *Injector) after(op Op, fault Fault) error {
	switch fault {
	case KillAfter:
		in.kill(op)
		fallthrough
	case AnswerLost:
		return status.Error(codes.Unavailable, "the answer was lost by a fault")
	}
	return nil
}
