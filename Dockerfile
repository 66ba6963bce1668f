# Privy Seal as one static file in an empty image: no shell, no user but 65532.
#
#   docker build -t privyseal .
#   docker run --rm -i -v privyseal:/data -v privyseal-state:/state \
#     -v ./vault.key:/run/secrets/privyseal:ro privyseal \
#     init --name Ana --key-file /run/secrets/privyseal
#   docker run -d -v privyseal:/data -v privyseal-state:/state \
#     -v ./vault.key:/run/secrets/privyseal:ro \
#     --read-only --cap-drop ALL --security-opt no-new-privileges \
#     --ulimit memlock=67108864 -p 127.0.0.1:4646:4646 privyseal
#
# vault.key must be readable by user 65532.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=docker
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -buildid= -X main.Version=$VERSION" -o /out/privyseal ./cmd/privyseal \
 && install -d -m 0700 /out/data /out/state

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/privyseal /privyseal
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/state /state
USER 65532:65532
# The state holds the mark that betrays an older copy of the data.
ENV PRIVYSEAL_DATA=/data PRIVYSEAL_STATE=/state
VOLUME ["/data", "/state"]
EXPOSE 4646
STOPSIGNAL SIGTERM
ENTRYPOINT ["/privyseal"]
CMD ["up", "--listen", "0.0.0.0:4646", "--log-format", "json", "--key-file", "/run/secrets/privyseal"]
