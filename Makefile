# Shortcuts; each line can be typed as well.
.PHONY: run test ci bench demo image

run:
	go run ./cmd/proba

test:
	go test ./...

ci:
	.ci/run

bench:
	go run ./cmd/proba bench

demo:
	go run ./cmd/proba demo

image:
	docker build -t proba .
