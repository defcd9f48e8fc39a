package pubsub

import (
	"context"
	"net/http"
	"path"
	"strings"

	"google.golang.org/grpc"

	"github.com/tallystream/tallystream/emulator/profile"
)

// operation is what a method is to a profile; "" for those of subscribers, whose time is
// that of a push.
func operation(method string) profile.Operation {
	switch strings.ToLower(method) {
	case "publish":
		return profile.PubSubPublish
	case "pull", "acknowledge", "modifyackdeadline":
		return ""
	}
	return profile.PubSubRequest
}

// pacedCalls makes the gRPC calls take the time that a profile says.
func pacedCalls(p *profile.Profile) grpc.ServerOption {
	return grpc.ChainUnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		if op := operation(path.Base(info.FullMethod)); op != "" {
			if err := p.Wait(ctx, op); err != nil {
				return nil, err
			}
		}
		return handle(ctx, req)
	})
}

// pacedRequests does the same to the JSON API, whose methods stand after a colon.
func pacedRequests(p *profile.Profile, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, method, _ := strings.Cut(path.Base(r.URL.Path), ":")
		if op := operation(method); op != "" && p.Wait(r.Context(), op) != nil {
			return // nobody waits for the answer
		}
		next.ServeHTTP(w, r)
	})
}
