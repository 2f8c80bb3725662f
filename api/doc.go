// Package api is Proba's HTTP interface: the JSON API under /api/v1, the public
// verification page, and the contract that describes both.
//
// A request passes: recover, security headers, request id and log line, deadline,
// the route's guard (rate, token, permission, body), its handler. Guards hang on
// the route table, the only place where a route is declared. Handlers decode,
// call one service and encode; they decide nothing. Faults become problem
// documents (RFC 9457) in one place, problem.go.
//
// The contract, openapi.yaml, is written by hand, embedded, served, and checked
// against every exchange of the tests.
package api
