# A static binary in an empty image, run by nobody.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /proba ./cmd/proba \
    && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /proba /proba
COPY --from=build --chown=65532:65532 --chmod=700 /data /data
USER 65532:65532
ENV PROBA_ENV=production PROBA_ADDR=0.0.0.0:8080 PROBA_DATA=/data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/proba"]
