package api

import (
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// resourceID is Pub/Sub's rule: 3 to 255 characters that start with a letter.
var resourceID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._~+%-]{2,254}$`)

// checkName checks a name of the form projects/P/<collection>/ID.
func checkName(collection, name string) error {
	parts := strings.Split(name, "/")
	if len(parts) == 4 && parts[0] == "projects" && parts[1] != "" && parts[2] == collection &&
		resourceID.MatchString(parts[3]) && !strings.HasPrefix(parts[3], "goog") {
		return nil
	}
	return status.Errorf(codes.InvalidArgument, "Invalid [%s] name: (name=%s): want projects/PROJECT/%s/ID, "+
		"the ID 3 to 255 letters, digits and -._~+%%, starting with a letter and not with goog.", collection, name, collection)
}
