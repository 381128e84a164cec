#!/bin/bash
# Builds helm from the Go module that go.mod names, for the tests of the chart (about 5 minutes on two cores, once).
#   build.sh          builds it where it is missing
#   build.sh --dir    prints where it is or would be
# It is kept in ${XDG_CACHE_HOME:-~/.cache}/penstock/helm/<versions>, or in $PENSTOCK_HELM_DIR.
# For another version: go get -tool helm.sh/helm/v4/cmd/helm@VERSION && go mod tidy
set -euo pipefail
cd "$(dirname "$0")"
versions=$(cat go.mod | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c1-12)
dir=${PENSTOCK_HELM_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/penstock/helm/$versions}
if [ "${1:-}" = --dir ]; then echo "$dir"; exit; fi
[ ! -x "$dir/helm" ] || exit 0
command -v go >/dev/null || { echo "build.sh: Go 1.26 or newer is needed to build helm; see https://go.dev/dl" >&2; exit 1; }

export GOFLAGS="-p=${PENSTOCK_HELM_JOBS:-2} -mod=readonly -buildvcs=false -trimpath" CGO_ENABLED=0 GOWORK=off
mkdir -p "$dir"
echo "building helm (once; kept in $dir)"
# Built beside its place and then renamed: a build that is cut short leaves nothing half done.
go build -ldflags "-s -w" -o "$dir/.helm.$$" helm.sh/helm/v4/cmd/helm
mv "$dir/.helm.$$" "$dir/helm"
