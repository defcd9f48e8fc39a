// Package api holds the manners that Google's REST APIs share: how a request is read,
// how an answer and an error are written, which verb stands behind the colon of a path.
package api
