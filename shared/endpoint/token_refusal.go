package endpoint

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/sasl"
)

// refusable is OAUTHBEARER whose error says why a token was refused. The broker's answer
// holds the reason, as a JSON object with a status (RFC 7628).
type refusable struct{ sasl.Mechanism }

func (m refusable) Authenticate(ctx context.Context, host string) (sasl.Session, []byte, error) {
	session, first, err := m.Mechanism.Authenticate(ctx, host)
	if err != nil {
		return nil, nil, &tokenError{err}
	}
	return refusableSession{session}, first, nil
}

type refusableSession struct{ sasl.Session }

func (s refusableSession) Challenge(answer []byte) (bool, []byte, error) {
	if len(answer) > 0 {
		return false, nil, &refusedTokenError{answer: string(answer)}
	}
	return s.Session.Challenge(answer)
}

// tokenError is the reason why a login got no token.
type tokenError struct{ error }

func (e *tokenError) Unwrap() error { return e.error }

// refusedTokenError is a broker's answer to a token that it refuses.
type refusedTokenError struct{ answer string }

func (e *refusedTokenError) Error() string {
	return fmt.Sprintf("the broker refuses the token: %.200q", e.answer)
}
