# make test needs Go only. make check and .ci/run say what else they need.

GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS = -s -w -X main.Version=$(VERSION)
export CGO_ENABLED ?= 0

.PHONY: help build test check fmt vet lint race libsecp cross warm interop browser bench proof soak dist dist-test processors clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: ## build bin/privyseal: static, pure Go
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/privyseal ./cmd/privyseal

# What runs the whole program and holds it to bounds in seconds runs after the
# rest, one package at a time: it measures the program, not its neighbours.
whole = $(GO) list ./... | grep /tests/
parts = $(GO) list ./... | grep -v /tests/

test: ## every test that needs only Go
	$(GO) test $$($(parts))
	$(GO) test -p 1 $$($(whole))

check: fmt vet lint cross libsecp race ## format, vet, staticcheck, exhaustive switches, both builds, race tests

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "not formatted:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...
	cd tests/interop/peers && $(GO) vet ./...

# The tools stand in a module of their own (tools/), pinned there.
tools = cd tools && $(GO) build -o ../bin/ honnef.co/go/tools/cmd/staticcheck github.com/nishanths/exhaustive/cmd/exhaustive
lint:
	@mkdir -p bin
	$(tools)
	bin/staticcheck ./...
	bin/exhaustive -default-signifies-exhaustive=false -ignore-enum-types '^(time|go/.*|reflect|os|syscall|net/.*|log/.*)\.|nip46\.Method$$|client\.Code$$' ./...

# What must build elsewhere, builds here: as for a release, so that what is
# compiled is found again by dist-test.
cross:
	GOOS=linux GOARCH=arm64 $(GO) vet -trimpath ./cmd/... ./client/...
	GOOS=darwin GOARCH=arm64 $(GO) build -trimpath -o /dev/null ./cmd/privyseal
	GOOS=windows GOARCH=amd64 $(GO) build -trimpath -o /dev/null ./cmd/privyseal
	GOEXPERIMENT=runtimesecret $(GO) vet ./internal/vault/...

# The second build: over the system's libsecp256k1 (0.2 or newer, by pkg-config)
# and SQLite in C, which alone takes a minute to compile.
# Of the keeper's tests it gets those that hang on what is different there: keys,
# and what stands in the store when something stops, fails, or was changed.
# What go test would vet, make vet does: all but the files of this build alone,
# which are vetted here.
bothways = Crash|Kill|Stop|Restart|Record|Disk|Replay|Budget|Changed|Verify|Opened|Version|Quirk|Sealed|Sign
withc = ./nostr/schnorr/... ./internal/store/sqlite
libsecp:
	@pkg-config --atleast-version=0.2.0 libsecp256k1 || { echo "libsecp256k1 is missing: apt-get install libsecp256k1-dev pkg-config"; exit 1; }
	CGO_ENABLED=1 $(GO) vet -tags libsecp256k1 $(withc)
	CGO_ENABLED=1 $(GO) test -vet=off -tags libsecp256k1 ./nostr/... ./internal/vault/... ./internal/store/...
	CGO_ENABLED=1 $(GO) test -vet=off -tags libsecp256k1 -run '$(bothways)' ./internal/keeper/...

# Of what runs the program as a process, only tests/proof has much of it in its
# own. It runs beside cmd/privyseal, which mostly waits.
#
# The detector does not look into the arithmetic of ciphers and key derivation,
# nor into SQLite's own code: they share nothing of ours, and took half the time
# (cmd/privyseal 180 s of CPU in place of 315).
# Every test runs but those of what is pure, which has nothing to share; all of
# our code is watched, and every other library. It has no file of its own to vet.
pure = /internal/(policy|effect|words|promptbook)(/|$$)
unwatched = modernc.org/sqlite/lib modernc.org/libc modernc.org/memory \
	golang.org/x/crypto/scrypt golang.org/x/crypto/argon2 golang.org/x/crypto/blake2b \
	golang.org/x/crypto/chacha20 golang.org/x/crypto/internal/poly1305 \
	github.com/decred/dcrd/dcrec/secp256k1/v4
racing = -race $(unwatched:%=-gcflags=%=-race=false)
raced = $(parts) | grep -Ev '$(pure)'
race:
	CGO_ENABLED=1 $(GO) test $(racing) -vet=off -timeout 25m $$($(raced)) ./tests/proof

# Nothing of its own: the other targets find compiled what they build, and
# analysed what they look into, their tests too, in the order in which .ci/run
# needs it. It has it done behind what mostly waits.
warm:
	$(GO) list -export -test ./... >/dev/null
	CGO_ENABLED=1 $(GO) list -export -test $(racing) $$($(raced)) ./tests/proof >/dev/null
	CGO_ENABLED=1 $(GO) list -export -test -tags libsecp256k1 ./nostr/... ./internal/vault/... ./internal/store/... ./internal/keeper/... >/dev/null
	CGO_ENABLED=1 $(GO) list -export -tags libsecp256k1 ./cmd/privyseal >/dev/null
	CGO_ENABLED=1 $(GO) vet -tags libsecp256k1 $(withc)
	@mkdir -p bin
	$(tools)
	bin/staticcheck ./...
	$(MAKE) vet cross
	for system in linux/amd64 linux/arm64 darwin/amd64; do \
		GOOS=$${system%/*} GOARCH=$${system#*/} $(GO) build -trimpath -o /dev/null ./cmd/privyseal || exit; done

interop: ## real client libraries against the real binary (needs Node 20)
	tests/interop/run --check

browser: ## the console in real Chromium (needs Node 20 and Debian's chromium and libnss3-tools)
	tests/browser/run

bench: ## the whole signer under load, both builds, beside other signers and its goals (see docs/bench.md; -quick: three minutes)
	$(GO) run ./scripts/bench

proof: ## system-call traces: every signature follows a sync of its record, and a disk that fails at every write (needs strace, ptrace and libsecp256k1)
	$(GO) vet -tags proof ./tests/proof
	$(GO) vet -tags failpoints ./tests/proof ./internal/...
	$(GO) vet -tags timing ./nostr/schnorr
	$(GO) test -tags proof -count=1 -v -run '^(TestEachSignatureFollowsASync|TestEveryWriteFails)$$' ./tests/proof

soak: ## long crash sweeps and fuzzing
	CGO_ENABLED=1 scripts/soak

dist: ## release files for every system, with checksums
	scripts/dist $(VERSION)

dist-test: ## the release files built twice, started and looked into (needs dpkg, systemd, qemu-user-static)
	$(GO) vet -tags dist ./tests/dist
	$(GO) test -tags dist -count=1 -timeout 30m ./tests/dist

# Where there is assembly, and who hangs on it.
pure = ./internal/plain ./internal/offheap ./nostr/schnorr ./nostr/nip04 ./nostr/nip44 ./nip46
processors: ## the curve, ciphers and parsers on other processors: arm64, amd64 without AVX2, BMI2 and ADX (needs qemu-user-static)
	GOARCH=arm64 $(GO) test -short -exec qemu-aarch64-static $(pure)
	GOARCH=amd64 $(GO) test -short -exec 'qemu-x86_64-static -cpu Nehalem' $(pure)

clean:
	rm -rf bin dist
